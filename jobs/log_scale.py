"""Decisions of a file taken a column at a time: of ten million rows, each distinct cell is read once a block."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from jobs.columns import CONSTANT
from jobs.ingest_cells import segment
from jobs.log_file_cells import OTHERS, Bad, action_in, chance_in, month_in, number_in
from jobs.log_file_columns import MONTH, Wanted
from jobs.log_scale_arrow import Block, blocks, coded, floats, months
from jobs.reading import Refusal
from jobs.reading_bytes import Source
from jobs.reading_formats import parquet_error

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ROWS = 200_000
"""Rows of a block."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of a block: the distinct words, and the place of each row's among them."""

    words: list[str | None]
    codes: Codes

    def first_seen(self, keep: Flags) -> tuple[Codes, list[int]]:
        """The codes of the rows kept, and the places that occur among them by their first appearance."""
        kept = self.codes[keep]
        first = np.full(len(self.words), len(kept))
        # Written from the last row to the first, so that the first appearance is what stays.
        first[kept[::-1]] = np.arange(len(kept))[::-1]
        places = np.argsort(first, kind="stable")
        return kept, [int(place) for place in places if first[place] < len(kept)]


class WordBlocks:
    """A column of few words, block after block; the words have the order in which rows first named them."""

    def __init__(self) -> None:
        self.codes: list[npt.NDArray[np.int32]] = []
        self.known: dict[str, int] = {}

    def add(self, block: Coded, keep: Flags) -> None:
        """The rows kept of one block."""
        codes, seen = block.first_seen(keep)
        table = np.full(len(block.words), -1, np.int32)
        for place in seen:
            word = block.words[place]
            table[place] = -1 if word is None else self.known.setdefault(word, len(self.known))
        self.codes.append(table[codes])

    def column(self) -> pd.Categorical:
        """All rows."""
        codes = np.concatenate(self.codes) if self.codes else np.zeros(0, np.int32)
        found: pd.Categorical = pd.Categorical.from_codes(codes, pd.Index(list(self.known), dtype=object))
        return found


class Faults:
    """The rows of a block that are refused, each for the first fault that is found."""

    def __init__(self, block: Block) -> None:
        self.lines, self.refused = block.lines, list(block.refused)
        self.clean = np.ones(len(block.lines), bool)

    def add(self, wrong: Flags, told: Callable[[int], Bad]) -> None:
        """Refuse these rows, unless they are refused already; `told`: what is wrong with a row, by its place."""
        for place in np.flatnonzero(wrong & self.clean):
            bad = told(int(place))
            self.refused.append(Refusal(int(self.lines[place]), bad.reason, str(bad)))
        self.clean &= ~wrong


class ColumnTaker:
    """Takes blocks of columns; what it refuses, and all it takes, is what `RowTaker` does with the same rows."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted, self.taken = wanted, 0
        self.words = {name: WordBlocks() for name in wanted.words}
        self.numbers: dict[str, list[Floats]] = {name: [] for name in wanted.numbers}

    def read(self, source: Source, *, size: int = ROWS) -> Iterator[tuple[int, list[Refusal]]]:
        """Take all rows of a file; after every block, how many rows it had and which of them were refused."""
        import pyarrow as pa

        try:
            for block in blocks(source, self.wanted, size):
                yield len(block.lines) + len(block.refused), self.take(block)
        except pa.ArrowException as error:
            raise parquet_error(source, error) from None

    def take(self, block: Block) -> list[Refusal]:
        """Add the good rows of a block; the refusals of the others."""
        faults = Faults(block)
        numbers = {name: self._number(block, name, faults) for name in self.numbers}
        _check_chance(numbers, faults)
        words = {"action": self._action(block, numbers, faults)}
        for name, read in OTHERS.items():
            if name in self.wanted.columns:
                words[name] = self._word(block, name, read, faults)
        words |= {name: _segment(block, column) for name, column in self.wanted.slices.items()}
        if self.wanted.dated:
            words[MONTH] = self._month(block)
        for name, column in self.words.items():
            column.add(words[name], faults.clean)
        for name, values in numbers.items():
            self.numbers[name].append(values[faults.clean])
        self.taken += int(faults.clean.sum())
        return faults.refused

    def frame(self) -> pd.DataFrame:
        """All that was taken; what it was taken from is let go."""
        found: dict[str, Any] = {name: words.column() for name, words in self.words.items()}
        for name in list(self.numbers):
            found[name] = np.concatenate(self.numbers.pop(name) or [np.zeros(0)])
        return pd.DataFrame(found, copy=False)

    def _cells(self, block: Block, name: str) -> tuple[list[Any], Codes]:
        """The distinct cells of a field, and the place of each row's."""
        column = self.wanted.columns[name]
        if column.startswith(CONSTANT) and column not in block.columns:
            return [column[1:]], np.zeros(len(block.lines), np.int64)
        return coded(block.columns.get(column), len(block.lines))

    def _word(self, block: Block, name: str, read: Callable[[str], str | None], faults: Faults) -> Coded:
        values, codes = self._cells(block, name)
        words, bad = _each(values, read)
        if bad:
            faults.add(np.isin(codes, list(bad)), lambda place: bad[int(codes[place])])
        return Coded(words, codes)

    def _action(self, block: Block, numbers: Mapping[str, Floats], faults: Faults) -> Coded:
        if not self.wanted.acts_by_score:
            return self._word(block, "action", action_in, faults)
        score, threshold = numbers["score"], numbers["threshold"]
        missing = Bad("no_action", "expected a score and a threshold, got one or none of them")
        faults.add(np.isnan(score) | np.isnan(threshold), lambda place: missing)
        return Coded(["allow", "block"], (score >= threshold).astype(np.int64))

    def _number(self, block: Block, name: str, faults: Faults) -> Floats:
        column = block.columns.get(self.wanted.columns[name])
        found = floats(column)
        if found is not None:
            faults.add(np.isinf(found), lambda place: _not_a_number(f"{found[place]:g}", name))
            return found
        values, codes = self._cells(block, name)
        numbers, bad = _each(values, partial(number_in, name=name))
        if bad:
            faults.add(np.isin(codes, list(bad)), lambda place: bad[int(codes[place])])
        return np.array([np.nan if one is None else one for one in numbers], np.float64)[codes]

    def _month(self, block: Block) -> Coded:
        quick = months(block.columns.get(self.wanted.columns["decided_at"]))
        if quick is not None:
            return Coded(*quick)
        values, codes = self._cells(block, "decided_at")
        return Coded(_each(values, month_in)[0], codes)


def _check_chance(numbers: dict[str, Floats], faults: Faults) -> None:
    chance = numbers.get("inclusion_probability")
    if chance is not None:
        with np.errstate(invalid="ignore"):
            wrong = ~(np.isnan(chance) | ((chance >= 0) & (chance <= 1)))
        faults.add(wrong, lambda place: _told(partial(chance_in, float(chance[place]))))
        numbers["inclusion_probability"] = np.where(chance == 0, np.nan, chance)


def _segment(block: Block, column: str) -> Coded:
    values, codes = coded(block.columns.get(column), len(block.lines))
    return Coded([segment(value) for value in values], codes)


def _each(values: list[Any], read: Callable[[str], Any]) -> tuple[list[Any], dict[int, Bad]]:
    """What each distinct cell says, None for one that is bad, and what is wrong with those by their place."""
    found: list[Any] = []
    bad: dict[int, Bad] = {}
    for place, value in enumerate(values):
        try:
            found.append(read(value.strip() if isinstance(value, str) else ""))
        except Bad as fault:
            bad[place] = fault
            found.append(None)
    return found, bad


def _not_a_number(value: str, name: str) -> Bad:
    return _told(partial(number_in, value, name))


def _told(check: Callable[[], Any]) -> Bad:
    """The fault that a check finds."""
    try:
        check()
    except Bad as bad:
        return bad
    raise AssertionError("a cell that was found bad reads well")
