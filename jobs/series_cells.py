"""The cells of a file of series: a day or step, a number, its exposure."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache

from jobs.dates import layout
from jobs.reading import Refusal, Row, chunks
from jobs.reading_bytes import Source

ReadDay = Callable[[str], date | int | None]
CHUNK = 50_000
MISSING = frozenset(("", "na", "n/a", "nan", "nat", "null", "none", "<na>"))
"""What stands for a number that is not known, in lower case."""
MOST = 10**12
"""Largest count: models of counts lose their digits beyond it, and one such cell would take the whole file with it."""
WHOLE = re.compile(r"-?\d{1,7}(?:\.0*)?")
MONTH = re.compile(r"\d{4}-\d{2}")


class Cells:
    """Reads cells; what does not fit is in `refused`."""

    def __init__(self, columns: Mapping[str, str], number: str, day: ReadDay, name: str) -> None:
        self.columns, self.number, self.day, self.name = columns, number, day, name
        self.refused: list[Refusal] = []

    def read(self, source: Source) -> Iterator[tuple[int, str, date | int, float, float]]:
        """Line, series, day or index, number (NaN if empty), exposure (NaN if none)."""
        for chunk in chunks(source, size=CHUNK):
            self.refused += chunk.refused
            for line, row in zip(chunk.lines, chunk.rows, strict=True):
                try:
                    yield line, self._series(row), self._day(row), self._number(row), self._exposure(row)
                except _Bad as bad:
                    self.refused.append(Refusal(line, bad.reason, str(bad)))

    def _cell(self, row: Row, name: str) -> str:
        value = row.get(self.columns.get(name, ""))
        return "" if value is None else str(value).strip()

    def _series(self, row: Row) -> str:
        return self._cell(row, "series") or self.name

    def _day(self, row: Row) -> date | int:
        value = self._cell(row, "day")
        found = self.day(value)
        if found is None:
            raise _Bad(
                "bad_day",
                f"expected a day such as 2026-03-01 or a whole number of up to 7 digits, got {value[:40]!r}; other "
                "forms need --date-format",
            )
        return found

    def _number(self, row: Row) -> float:
        value = self._cell(row, self.number)
        if value.lower() in MISSING:
            return math.nan
        try:
            number = float(value)
        except ValueError:
            number = math.inf
        if not math.isfinite(number):
            raise _Bad(f"bad_{self.number}", f"expected a number, got {value[:40]!r}")
        if self.number == "count" and (number < 0 or number != round(number)):
            raise _Bad(
                "bad_count",
                f"expected a whole number from 0 on, got {value[:40]!r}; real numbers need --map value=COLUMN",
            )
        if self.number == "count" and number > MOST:
            raise _Bad("bad_count", f"expected a count of at most {MOST:,}, got {value[:40]!r}")
        return number

    def _exposure(self, row: Row) -> float:
        value = self._cell(row, "exposure")
        try:
            number = math.nan if value.lower() in MISSING else float(value)
        except ValueError:
            number = -1.0
        if number < 0 or math.isinf(number):
            raise _Bad("bad_exposure", f"expected a number from 0 on, got {value[:40]!r}")
        return number


class _Bad(ValueError):
    """A cell that cannot be read."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def days(date_format: str) -> ReadDay:
    """Reads a cell as day, index, ISO week (its Monday) or month (its first day); None for what does not fit."""
    read = layout(date_format).read

    def day(value: str) -> date | int | None:
        found: datetime | None = read(value)
        if found is not None:
            return found.date()
        if WHOLE.fullmatch(value):
            return int(value.partition(".")[0])
        try:
            return date.fromisoformat(f"{value}-01" if MONTH.fullmatch(value) else value)
        except ValueError:
            return None

    # Every series has the same days.
    return lru_cache(maxsize=100_000)(day)
