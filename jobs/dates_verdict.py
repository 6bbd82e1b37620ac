"""Whether a column is what it seems: one format for all of it, and days that can be true."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from jobs.dates import LAYOUTS, Layout, TimeReader, layout

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
WRONG_SHARE = 0.05
"""With more wrong rows than this the column is refused; with fewer the rows are put in quarantine."""
WRONG_FEW = 5
"""So many wrong rows do not condemn a column, however short the file, unless they are the most of it."""
ALONE = "iso"
"""The layout whose values no other layout reads."""
SHAPES = 40
FEWEST_ROWS = 20
FEWEST_STRAY = 4
"""Rows on days 1 to 12 of a month that make it odd that it has none on days 13 to 31 (chance: 3 %)."""


class ColumnRefused(ValueError):
    """A time column with no reading, two readings, or days that cannot be true."""


@dataclass(slots=True)
class Tally:
    """What one layout makes of a column."""

    layout: Layout
    read: int = 0
    outside: int = 0
    days: Counter[date] = field(default_factory=Counter)

    @property
    def span(self) -> str:
        """First and last day, and how many of the days between have rows."""
        first, last = min(self.days), max(self.days)
        return f"{first} to {last}, rows on {len(self.days):,} of {(last - first).days + 1:,} days"


class ColumnScan:
    """Reads a column once in every layout, in memory bounded by the number of days.

    `asked` is a format that a person named; with it, or without `strict`, odd days are told but not refused.
    """

    def __init__(
        self, name: str, *, zone: tzinfo, now: datetime, asked: str | None = None, strict: bool = True
    ) -> None:
        self.name, self.zone, self.now, self.asked, self.strict = name, zone, now, asked, strict
        names = [asked] if asked else list(LAYOUTS)
        self.tallies = [Tally(layout(each)) for each in names]
        self.rows = 0
        self.shapes: Counter[str] = Counter()
        self._mixed = Tally(layout("mixed-mdy"))
        self._alone = next((tally for tally in self.tallies if tally.layout.name == ALONE), None)

    def add(self, values: Iterable[str | None]) -> None:
        """Take in the values of some rows; missing ones are not counted."""
        for value, times in Counter(value.strip() for value in values if value and value.strip()).items():
            self.rows += times
            # Nothing else reads a year, a mark and a month: most columns are done here, and a long log in a fifth.
            if self._alone is not None and self._count(self._alone, value, times):
                continue
            taken = [self._count(tally, value, times) for tally in self.tallies]
            self._count(self._mixed, value, times)
            if not any(taken) and (len(self.shapes) < SHAPES or shape(value) in self.shapes):
                self.shapes[shape(value)] += times

    def _count(self, tally: Tally, value: str, times: int) -> bool:
        found = tally.layout.read(value)
        if found is None:
            return False
        tally.read += times
        if within(TimeReader(tally.layout, self.zone).read(value), self.now):
            tally.days[found.date()] += times
        else:
            tally.outside += times
        return True

    def verdict(self) -> tuple[TimeReader, list[str]]:
        """How to read the column, and what to tell about it.

        Raises `ColumnRefused`: what was seen, and the option that settles it.
        """
        likely = [tally for tally in self.tallies if tally.days and not too_many(self._wrong(tally), self.rows)]
        if not likely:
            raise ColumnRefused(self._unreadable())
        fewest = min(self._wrong(tally) for tally in likely)
        likely = [tally for tally in likely if self._wrong(tally) == fewest]
        if len(likely) > 1:
            raise ColumnRefused(self._ambiguous(likely))
        chosen = likely[0]
        doubt = implausible(chosen.days)
        if doubt and self.strict and not self.asked:
            raise ColumnRefused(self._implausible(chosen, doubt))
        notes = [f"column '{self.name}' read as {chosen.layout.name}: {chosen.span}"]
        if doubt:
            notes.append(f"column '{self.name}': taken as it is, but {doubt}")
        return TimeReader(chosen.layout, self.zone), notes

    def _wrong(self, tally: Tally) -> int:
        return self.rows - tally.read + tally.outside

    def _unreadable(self) -> str:
        best = max(self.tallies, key=lambda tally: (tally.read - tally.outside, tally.read))
        shapes = ", ".join(f"'{form}' ({count:,} rows)" for form, count in self.shapes.most_common(3))
        seen = f"unread shapes: {shapes}" if shapes else "every value has a known shape"
        outside = f", {best.outside:,} before {EARLIEST:%Y} or in the future" if best.outside else ""
        how = "correct it" if self.asked else "give --date-format (a name such as day-first, or %d/%m/%Y)"
        return (
            f"column '{self.name}': expected one date format, got {self.rows:,} rows of which {best.layout.name} "
            f"reads {best.read:,}{outside}; {seen}; {how}, or map another column with --map"
        )

    def _ambiguous(self, likely: list[Tally]) -> str:
        readings = "; ".join(f"{tally.layout.name}: {tally.span}" for tally in likely)
        options = " or ".join(f"--date-format {tally.layout.name}" for tally in likely)
        return f"column '{self.name}': expected one reading, got {len(likely)} ({readings}); say which: {options}"

    def _implausible(self, chosen: Tally, doubt: str) -> str:
        mixed = self._mixed
        better = mixed.days and mixed.read == self.rows and not mixed.outside and not implausible(mixed.days)
        advice = f"give --date-format {chosen.layout.name} to take it as it is, or a pattern such as %d/%m/%Y"
        if better and set(mixed.days) != set(chosen.days):
            advice = (
                "it looks like month-first where both numbers are at most 12 and day-first otherwise; read so it is "
                f"{mixed.span}: --date-format mixed-mdy (to take it as it is: --date-format {chosen.layout.name})"
            )
        return (
            f"column '{self.name}': expected days that can be true, got implausible ones: read as "
            f"{chosen.layout.name} it is {chosen.span}, but {doubt}; {advice}"
        )


def within(time: datetime | None, now: datetime) -> bool:
    """Whether a time can be that of a report: since 1990, and at most a day ahead of `now`."""
    return time is not None and EARLIEST <= time <= now + timedelta(days=1)


def too_many(wrong: int, rows: int) -> bool:
    """Whether so many wrong rows condemn the column."""
    return 2 * wrong > rows or wrong > max(WRONG_FEW, WRONG_SHARE * rows)


def shape(value: str) -> str:
    """What a value looks like, without saying it.

    >>> shape("12 Foo-2")
    '99 aaa-9'
    """
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", value))[:30]


def implausible(days: Counter[date]) -> str | None:
    """What is wrong with these days (rows by day); None where nothing is seen."""
    rows = sum(days.values())
    months = {(day.year, day.month) for day in days}
    if rows < FEWEST_ROWS or len(months) < 3:
        return None
    return _one_day_of_month(days, rows) or _stray_months(days) or _days_never_seen(days, months)


def _one_day_of_month(days: Counter[date], rows: int) -> str | None:
    by_day: Counter[int] = Counter()
    for day, count in days.items():
        by_day[day.day] += count
    number, count = by_day.most_common(1)[0]
    months = len({(day.year, day.month) for day in days if day.day == number})
    if count < 0.8 * rows or months < 3:
        return None
    return f"{count / rows:.0%} of the rows fall on day {number} of their month, in {months} different months"


def _stray_months(days: Counter[date]) -> str | None:
    """Days and months exchanged where both are at most 12: rows early in months that have no later day."""
    early = {day: count for day, count in days.items() if day.day <= 12}
    late = {day: count for day, count in days.items() if day.day > 12}
    whole = {(day.year, day.month) for day in late}
    by_month: Counter[tuple[int, int]] = Counter()
    for day, count in early.items():
        by_month[day.year, day.month] += count
    months = {month for month, count in by_month.items() if month not in whole and count >= FEWEST_STRAY}
    stray = {day: count for day, count in early.items() if (day.year, day.month) in months}
    total = sum(early.values())
    if min(total, sum(late.values())) < FEWEST_ROWS or len(months) < 3 or sum(stray.values()) < 0.4 * total:
        return None
    numbers = sorted({day.day for day in stray})
    listed = ", ".join(map(str, numbers)) if len(numbers) <= 4 else f"{numbers[0]} to {numbers[-1]}"
    return (
        f"{sum(stray.values()):,} of {total:,} rows on days 1 to 12 fall in {len(months)} months that have no row on "
        f"days 13 to 31, always on day {listed}"
    )


def _days_never_seen(days: Counter[date], months: set[tuple[int, int]]) -> str | None:
    """More days of the month without any row than chance leaves: with D days about 28·exp(-D/28) of 28."""
    absent = sorted(set(range(1, 29)) - {day.day for day in days})
    expected = 28 * math.exp(-len(days) / 28)
    if len(months) < 4 or len(absent) <= 3 + 3 * expected:
        return None
    listed = ", ".join(map(str, absent[:9])) + ("" if len(absent) <= 9 else ", ...")
    return f"in {len(months)} months no row ever falls on day {listed}"
