"""A file of decisions that is nobody's workspace: actions, scores, sampled truths and slices, a row a decision."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jobs.columns import CONSTANT
from jobs.dates import layout
from jobs.ingest_cells import number, segment
from jobs.ingest_decisions import ACTIONS, TRUTHS
from jobs.log_file_columns import MONTH, NoDecisions, chosen
from jobs.reading import Refusal, Row, chunks, sample
from jobs.reading_bytes import inspect

CHUNK = 20_000
NUMBERS = ("score", "threshold", "inclusion_probability")
WORDS = ("action", "truth", "truth_source")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person says of the file; `segments` are columns to slice by, () for a guess."""

    file: Path
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    segments: tuple[str, ...] = ()
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """What was read: `frame` with action, truth, truth_source, inclusion_probability, score, threshold as far as the
    file has them, and a column for each of `segments`. `columns`: field -> column. Refused rows are in no figure."""

    frame: pd.DataFrame
    segments: tuple[str, ...]
    columns: dict[str, str]
    rows: int
    refused: list[Refusal]

    def reasons(self) -> dict[str, int]:
        """Refused rows by reason."""
        return dict(sorted(Counter(refusal.reason for refusal in self.refused).items()))


def read_log(asked: Asked) -> Log:
    """Raises `NoDecisions` and InputError (ValueErrors) for a file without decisions; bad rows are refused alone."""
    source = inspect(asked.file, encoding=asked.encoding)
    columns, slices = chosen(sample(source), asked.columns, asked.segments)
    reader = _Rows(columns, slices)
    refused: list[Refusal] = []
    for chunk in chunks(source, size=CHUNK):
        refused += chunk.refused
        for line, row in zip(chunk.lines, chunk.rows, strict=True):
            try:
                reader.take(row)
            except _Bad as bad:
                refused.append(Refusal(line, bad.reason, str(bad)))
    if not reader.taken:
        told = f", {len(refused):,} refused ({refused[0].detail})" if refused else ""
        raise NoDecisions(f"{asked.file.name}: expected rows with an action, got none that can be read{told}")
    names = (*slices, *([MONTH] if MONTH in reader.words and MONTH not in slices else []))
    return Log(reader.frame(), names, columns, reader.taken + len(refused), sorted(refused, key=lambda one: one.line))


class _Words:
    """A column of few words: a number a row, so that ten million rows fit."""

    def __init__(self) -> None:
        self.codes, self.known = array("i"), dict[str, int]()

    def add(self, value: str | None) -> None:
        self.codes.append(-1 if value is None else self.known.setdefault(value, len(self.known)))

    def column(self) -> pd.Categorical:
        values = pd.Index(list(self.known), dtype=object)
        codes = np.frombuffer(self.codes, dtype=np.int32).astype(np.int64)
        found: pd.Categorical = pd.Categorical.from_codes(codes, values)
        return found


class _Rows:
    """Takes rows one by one."""

    def __init__(self, columns: Mapping[str, str], slices: Mapping[str, str]) -> None:
        self.columns, self.slices, self.taken = columns, slices, 0
        timed = [MONTH] if "decided_at" in columns and MONTH not in slices else []
        named = [name for name in WORDS if name in columns or name == "action"]
        self.words = {name: _Words() for name in [*named, *slices, *timed]}
        self.numbers = {name: array("d") for name in NUMBERS if name in columns}
        self.iso = layout("iso").read

    def take(self, row: Row) -> None:
        """Add a row whole. Raises `_Bad` and adds nothing."""
        numbers = {name: self._number(row, name) for name in self.numbers}
        chance = numbers.get("inclusion_probability", 1.0)
        if not (np.isnan(chance) or 0 < chance <= 1):
            raise _Bad("bad_probability", f"inclusion_probability: expected more than 0 and at most 1, got {chance:g}")
        words = {"action": self._action(row, numbers), "truth": self._truth(row), "truth_source": self._source(row)}
        words |= {name: segment(row.get(column)) for name, column in self.slices.items()}
        if MONTH in self.words and MONTH not in self.slices:
            time = self.iso(self._cell(row, "decided_at"))
            words[MONTH] = None if time is None else f"{time:%Y-%m}"
        for name, column in self.words.items():
            column.add(words[name])
        for name, value in numbers.items():
            self.numbers[name].append(value)
        self.taken += 1

    def frame(self) -> pd.DataFrame:
        """All that was taken."""
        numbers = {name: np.frombuffer(values, dtype=np.float64) for name, values in self.numbers.items()}
        return pd.DataFrame({**{name: words.column() for name, words in self.words.items()}, **numbers})

    def _cell(self, row: Row, name: str) -> str:
        column = self.columns.get(name, "")
        if column.startswith(CONSTANT) and column not in row:
            return column[1:]
        value: Any = row.get(column)
        return value.strip() if isinstance(value, str) else ""

    def _action(self, row: Row, numbers: Mapping[str, float]) -> str:
        if "action" not in self.columns:
            if np.isnan(numbers["score"]) or np.isnan(numbers["threshold"]):
                raise _Bad("no_action", "expected a score and a threshold, got one or none of them")
            return "block" if numbers["score"] >= numbers["threshold"] else "allow"
        found = ACTIONS.get(self._cell(row, "action").lower())
        if found is None:
            raise _Bad("bad_action", "action: expected allow, flag, block or downgrade")
        return found

    def _truth(self, row: Row) -> str | None:
        value = self._cell(row, "truth").lower()
        if value in ("", "nan", "none", "null", "na", "n/a"):
            return None
        if value not in TRUTHS:
            raise _Bad("bad_truth", "truth: expected harmful or benign")
        return TRUTHS[value]

    def _source(self, row: Row) -> str | None:
        value = self._cell(row, "truth_source").lower()
        if "appeal" in value:
            return "appeal"
        return "red_team" if "red" in value and "team" in value else value[:40] or None

    def _number(self, row: Row, name: str) -> float:
        value = self._cell(row, name)
        if value.lower() in ("", "nan", "none", "null", "na", "n/a"):
            return float("nan")
        found = number(value)
        if found is None:
            raise _Bad(f"bad_{name}", f"{name}: expected a number, got {value[:40]!r}")
        return found


class _Bad(ValueError):
    """A row that cannot be read."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
