"""Series of a file that is nobody's workspace: a row a series and day, counts or real values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jobs.reading import Refusal, column_names, sample
from jobs.reading_bytes import inspect
from jobs.series_cells import Cells, days
from topics.given_series import Given, Unit

FIELDS: dict[str, tuple[str, ...]] = {
    "series": ("series", "name", "theme", "id"),
    "day": ("day", "date", "week", "index", "step", "t", "time"),
    "count": ("count", "counts", "n", "reporters", "cases"),
    "value": ("value", "y"),
    "exposure": ("exposure", "requests", "population"),
}
"""Field -> the names of columns that are taken for it, the first that is there."""
NUMBERS = frozenset(("count", "value"))
"""A file has one of them; where one is named the other is not guessed."""
LONGEST = 1_000_000
"""Most steps from the first to the last: a mistyped century must not fill the memory."""


class NoSeries(ValueError):
    """A file without a day, without a number, or with two kinds of numbers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person says of the file. `columns`: field -> column; `date_format` as `jobs.dates.layout` knows it."""

    file: Path
    columns: Mapping[str, str] = field(default_factory=dict)
    date_format: str = "iso"
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What was read. `real`: values, not counts. `refused` rows are in none of the series."""

    given: Given
    real: bool
    columns: dict[str, str]
    rows: int
    refused: list[Refusal]

    @property
    def unexposed(self) -> int:
        """Numbers without exposure, or of exposure 0, in a file that has an exposure: such a step says nothing."""
        if self.given.exposure is None:
            return 0
        return int((~np.isnan(self.given.values) & ~(self.given.exposure > 0)).sum())

    def reasons(self) -> dict[str, int]:
        """Refused rows by reason."""
        return dict(sorted(Counter(refusal.reason for refusal in self.refused).items()))


def read_series(asked: Asked) -> Read:
    """Raises `NoSeries` and InputError (ValueErrors) for a file that holds no series; bad rows are refused alone."""
    source = inspect(asked.file, encoding=asked.encoding)
    columns = chosen(column_names(sample(source)), asked.columns)
    real = "value" in columns
    reader = Cells(columns, "value" if real else "count", days(asked.date_format), asked.file.name)
    cells = list(reader.read(source))
    if not cells:
        first = min(reader.refused, key=_line)
        raise NoSeries(
            f"{asked.file.name}: expected rows with a day and a number, got none that can be read; the first one, line "
            f"{first.line}: {first.detail}"
        )
    frame = pd.DataFrame(cells, columns=["line", "series", "day", "number", "exposure"])
    given, off_grid = gridded(frame, real=real, exposed="exposure" in columns)
    refused = sorted([*reader.refused, *off_grid], key=_line)
    return Read(given, real, columns, len(cells) + len(reader.refused), refused)


def chosen(names: Sequence[str], wished: Mapping[str, str]) -> dict[str, str]:
    """The column of each field. Raises `NoSeries` where one is missing, or the numbers are of two kinds."""
    for name, column in wished.items():
        if name not in FIELDS or column not in names:
            raise NoSeries(
                f"expected --map FIELD=COLUMN of {', '.join(FIELDS)} and of {', '.join(names)}, got {name}={column}"
            )
    plain = {name.strip().lower(): name for name in reversed(names) if name not in wished.values()}
    found = dict(wished)
    settled = {*found, *(NUMBERS if found.keys() & NUMBERS else ())}
    for name, guesses in FIELDS.items():
        guess = next((guess for guess in guesses if guess in plain), None)
        if name not in settled and guess is not None:
            found[name] = plain.pop(guess)
    if found.keys() >= NUMBERS:
        raise NoSeries(
            f"expected either count or value, got both ({found['count']} and {found['value']}); name the one that is "
            f"meant, such as --map count={found['count']}"
        )
    if "day" not in found or not found.keys() & NUMBERS:
        raise NoSeries(
            f"expected columns series, day and either count or value, got {', '.join(names)}; name them, such as "
            "--map day=COLUMN --map count=COLUMN"
        )
    return {name: found[name] for name in FIELDS if name in found}


def gridded(frame: pd.DataFrame, *, real: bool, exposed: bool) -> tuple[Given, list[Refusal]]:
    """Matrices of line, series, day, number, exposure; and the rows that have no place in them.

    Whole numbers and days do not mix: the rarer kind is refused. Weeks are days a multiple of seven apart. Real
    values on uneven days, and counts of months, are taken one after the other. A series whose exposure is nowhere
    known has none.
    """
    whole = frame["day"].map(lambda day: isinstance(day, int))
    steps = bool(whole.mean() >= 0.5)
    refused = [
        Refusal(int(line), "bad_day", "expected days or whole numbers throughout, got both")
        for line in frame.loc[whole != steps, "line"]
    ]
    frame = frame[whole == steps]
    again = frame.duplicated(["series", "day"])
    refused += [
        Refusal(int(line), "duplicate_day", "expected one row a series and day, got another before this one")
        for line in frame.loc[again, "line"]
    ]
    frame = frame[~again]
    seen = sorted(set(frame["day"]))
    first, unit = seen[0], _unit(seen, steps=steps)
    span = _span(seen, unit)
    if (real and (unit != "step" or steps) and len(seen) < span / 2) or (not steps and unit == "day" and _rare(seen)):
        unit, steps, span = "step", False, len(seen)
        place = {day: number for number, day in enumerate(seen)}
    elif span > LONGEST:
        raise NoSeries(f"expected at most {LONGEST:,} steps, got {span:,} from {first} to {seen[-1]}; correct the days")
    else:
        place = {day: _steps(day, first, unit) for day in seen}
    labels = _labels(seen, place, span, first, unit)
    names = sorted(set(frame["series"]))
    at = (frame["series"].map({name: row for row, name in enumerate(names)}), frame["day"].map(place))
    values, exposure = (np.full((len(names), span), np.nan) for _ in range(2))
    values[at], exposure[at] = frame["number"], frame["exposure"]
    exposed = exposed and bool(frame["exposure"].notna().any())
    exposure[np.isnan(exposure).all(axis=1)] = 1.0
    stamps = pd.DatetimeIndex(labels) if unit == "day" else None
    return Given(names, labels, unit, values, exposure if exposed else None, stamps), refused


def _unit(days: Sequence[Any], *, steps: bool) -> Unit:
    if steps:
        return "step"
    apart = {(later - earlier).days % 7 for earlier, later in zip(days, days[1:], strict=False)}
    return "week" if apart == {0} else "day"


def _rare(days: Sequence[Any]) -> bool:
    """Whether days are months to years apart."""
    apart = [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)]
    return bool(apart) and min(apart) >= 28 and max(apart) <= 366


def _steps(day: Any, first: Any, unit: Unit) -> int:
    apart = day - first
    return int(apart) if isinstance(apart, int) else apart.days // (7 if unit == "week" else 1)


def _span(days: Sequence[Any], unit: Unit) -> int:
    return _steps(days[-1], days[0], unit) + 1


def _labels(days: Sequence[Any], place: Mapping[Any, int], span: int, first: Any, unit: Unit) -> list[str | int]:
    """What each step is called: its day, or its number."""
    if len(place) == span:
        return [day if isinstance(day, int) else day.isoformat() for day in days]
    if isinstance(first, int):
        return list(range(first, first + span))
    return [(first + timedelta(days=step * (7 if unit == "week" else 1))).isoformat() for step in range(span)]


def _line(refusal: Refusal) -> int:
    return refusal.line
