"""Decisions of a file taken one row at a time: for JSON lines, whose rows may each have other keys."""

from array import array
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from jobs.columns import CONSTANT
from jobs.ingest_cells import segment
from jobs.log_file_cells import OTHERS, Bad, action_by, action_in, chance_in, month_in, number_in
from jobs.log_file_columns import MONTH, Wanted
from jobs.reading import Refusal, Row, chunks
from jobs.reading_bytes import Source

CHUNK = 20_000


class Words:
    """A column of few words: a number a row, so that ten million rows fit."""

    def __init__(self) -> None:
        self.codes, self.known = array("i"), dict[str, int]()

    def add(self, value: str | None) -> None:
        """The word of the next row, None where it has none."""
        self.codes.append(-1 if value is None else self.known.setdefault(value, len(self.known)))

    def column(self) -> pd.Categorical:
        """All rows; words in order of their first appearance."""
        codes = np.frombuffer(self.codes, dtype=np.int32)
        found: pd.Categorical = pd.Categorical.from_codes(codes, pd.Index(list(self.known), dtype=object))
        return found


class RowTaker:
    """Takes rows one by one."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted, self.taken = wanted, 0
        self.words = {name: Words() for name in wanted.words}
        self.numbers = {name: array("d") for name in wanted.numbers}

    def read(self, source: Source) -> Iterator[tuple[int, list[Refusal]]]:
        """Take all rows of a file; after every chunk, how many rows it had and which of them were refused."""
        for chunk in chunks(source, size=CHUNK):
            refused = list(chunk.refused)
            for line, row in zip(chunk.lines, chunk.rows, strict=True):
                try:
                    self.take(row)
                except Bad as bad:
                    refused.append(Refusal(line, bad.reason, str(bad)))
            yield len(chunk), refused

    def take(self, row: Row) -> None:
        """Add a row whole. Raises `Bad` and adds nothing."""
        numbers = {name: number_in(self._cell(row, name), name) for name in self.numbers}
        chance_in(numbers.get("inclusion_probability", np.nan))
        if numbers.get("inclusion_probability") == 0:
            numbers["inclusion_probability"] = np.nan
        words: dict[str, str | None] = {"action": self._action(row, numbers)}
        words |= {name: read(self._cell(row, name)) for name, read in OTHERS.items() if name in self.wanted.columns}
        words |= {name: segment(row.get(column)) for name, column in self.wanted.slices.items()}
        if self.wanted.dated:
            words[MONTH] = month_in(self._cell(row, "decided_at"))
        for name, column in self.words.items():
            column.add(words[name])
        for name, value in numbers.items():
            self.numbers[name].append(value)
        self.taken += 1

    def frame(self) -> pd.DataFrame:
        """All that was taken."""
        numbers = {name: np.frombuffer(values, dtype=np.float64) for name, values in self.numbers.items()}
        return pd.DataFrame({**{name: words.column() for name, words in self.words.items()}, **numbers})

    def _action(self, row: Row, numbers: Mapping[str, float]) -> str:
        if self.wanted.acts_by_score:
            return action_by(numbers["score"], numbers["threshold"])
        return action_in(self._cell(row, "action"))

    def _cell(self, row: Row, name: str) -> str:
        column = self.wanted.columns[name]
        if column.startswith(CONSTANT) and column not in row:
            return column[1:]
        value: Any = row.get(column)
        return value.strip() if isinstance(value, str) else ""
