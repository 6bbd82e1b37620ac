"""A file of decisions that is nobody's workspace: actions, scores, sampled truths and slices, a row a decision."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from jobs.log_file_columns import MONTH, NoDecisions, Wanted, chosen
from jobs.log_file_rows import RowTaker
from jobs.log_scale import ColumnTaker
from jobs.log_scale_arrow import in_columns, rows_of
from jobs.progress import bar
from jobs.reading import Refusal, sample
from jobs.reading_bytes import inspect


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
    """Read a file, with its progress shown on a terminal.

    Raises `NoDecisions` and InputError (ValueErrors) for a file without decisions; bad rows are refused alone.
    """
    source = inspect(asked.file, encoding=asked.encoding)
    columns, slices = chosen(sample(source), asked.columns, asked.segments)
    wanted = Wanted(columns, slices)
    taker = ColumnTaker(wanted) if in_columns(source) else RowTaker(wanted)
    refused: list[Refusal] = []
    with bar(f"reading {source.name}", rows_of(source)) as advance:
        for rows, bad in taker.read(source):
            refused += bad
            advance(rows)
    refused.sort(key=lambda one: one.line)
    if not taker.taken:
        told = f", {len(refused):,} refused ({refused[0].detail})" if refused else ""
        raise NoDecisions(f"{asked.file.name}: expected rows with an action, got none that can be read{told}")
    frame = taker.frame()
    # A guessed column may turn out to have one value: it is no slice of anything.
    sliced = [name for name in slices if asked.segments or frame[name].nunique(dropna=False) > 1]
    names = (*sliced, *((MONTH,) if wanted.dated else ()))
    return Log(frame, names, columns, taker.taken + len(refused), refused)
