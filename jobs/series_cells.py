"""The cells of a file of series: a day or step, a number, its exposure."""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime

from jobs.dates import layout
from jobs.reading import Refusal, Row, chunks
from jobs.reading_bytes import Source

ReadDay = Callable[[str], date | int | None]
CHUNK = 50_000


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
            raise _Bad("bad_day", f"expected a day such as 2026-03-01 or a whole number, got {value[:40]!r}")
        return found

    def _number(self, row: Row) -> float:
        value = self._cell(row, self.number)
        if value.lower() in ("", "na", "nan", "null"):
            return math.nan
        try:
            number = float(value)
        except ValueError:
            number = math.inf
        if not math.isfinite(number):
            raise _Bad(f"bad_{self.number}", f"expected a number, got {value[:40]!r}")
        if self.number == "count" and (number < 0 or number != round(number)):
            raise _Bad("bad_count", f"expected a whole number from 0 on, got {value[:40]!r}; is the column a value?")
        return number

    def _exposure(self, row: Row) -> float:
        value = self._cell(row, "exposure")
        try:
            number = float(value) if value else math.nan
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
    """Reads a cell as index, ISO week or day; None for what does not fit."""
    read = layout(date_format).read

    def day(value: str) -> date | int | None:
        if value.lstrip("-").isdecimal() and len(value) < 8:
            return int(value)
        if len(value) == 8 and value[4:6] == "-W" and (value[:4] + value[6:]).isdecimal():
            try:
                return date.fromisocalendar(int(value[:4]), int(value[6:]), 1)
            except ValueError:
                return None
        found: datetime | None = read(value)
        return None if found is None else found.date()

    return day
