"""Timestamps of a column: the layouts we know, each read by one rule for the whole column."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

MONTHS = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
ZONE = r"(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})"
TIME = rf"(?:(?:[T ]|, ?)\s*{CLOCK}\s*{ZONE}?)?"
WEEKDAY = r"(?:[A-Za-z]{3,9}\.?,? +)?"
ISO = re.compile(rf"(?P<year>\d{{4}})(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}}){TIME}")
BASIC = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    rf"(?:T?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?{ZONE}?)?"
)
NUMBERS = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<mark>[-/. ])(?P<second_part>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d{{2}}){TIME}"
)
DAY_NAME = re.compile(
    rf"{WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:[-/ ]|\. )(?P<name>[A-Za-z]{{3,9}})\.?,?[-/ ]"
    rf"(?P<year>\d{{4}}|\d{{2}}){TIME}"
)
NAME_DAY = re.compile(
    rf"{WEEKDAY}(?P<name>[A-Za-z]{{3,9}})\.?[- ](?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[- ](?P<year>\d{{4}}){TIME}"
)
CTIME = re.compile(rf"[A-Za-z]{{3}} (?P<name>[A-Za-z]{{3}}) +(?P<day>\d{{1,2}}) {CLOCK}(?: {ZONE})? (?P<year>\d{{4}})")
EPOCH = re.compile(r"(\d{9,10}|\d{12,13}|\d{15,16})(?:\.\d{1,9})?")
TIME_OF_DAY = re.compile(rf"\s*{CLOCK}\s*")

Read = Callable[[str], datetime | None]


class UnknownDateFormat(ValueError):
    """A date format that is neither a layout of ours nor a pattern of strptime."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to read a value; `read` gives an aware or naive time, None for what does not fit."""

    name: str
    read: Read


@dataclass(frozen=True, slots=True)
class TimeReader:
    """A layout and the zone of its naive times: what a time column was found to be."""

    layout: Layout
    zone: tzinfo = UTC

    def read(self, value: str) -> datetime | None:
        """UTC, whole seconds; None for what does not fit."""
        found = self.layout.read(value.strip())
        if found is None:
            return None
        try:
            aware = found if found.tzinfo else found.replace(tzinfo=self.zone)
            return aware.astimezone(UTC).replace(microsecond=0)
        except (OverflowError, ValueError):
            return None


def _built(match: re.Match[str], year: int, month: int, day: int) -> datetime | None:
    parts = match.groupdict()
    try:
        return datetime(
            year, month, day, _hour(parts), int(parts.get("minute") or 0), int(parts.get("second") or 0),
            tzinfo=_offset(parts.get("zone")),
        )  # fmt: skip
    except ValueError:
        return None


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = int(parts.get("hour") or 0), parts.get("half")
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if half in "pP" else 0)


def _offset(zone: str | None) -> timezone | None:
    if not zone:
        return None
    if zone[0] not in "+-":
        return UTC
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return timezone((1 if zone[0] == "+" else -1) * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _year(text: str) -> int:
    """Two digits are 1970 to 2069."""
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year < 70 else 1900)


def _in_order(pattern: re.Pattern[str]) -> Read:
    def read(value: str) -> datetime | None:
        match = pattern.fullmatch(value)
        return _built(match, int(match["year"]), int(match["month"]), int(match["day"])) if match else None

    return read


def _named(pattern: re.Pattern[str]) -> Read:
    def read(value: str) -> datetime | None:
        match = pattern.fullmatch(value)
        month = MONTHS.get(match["name"][:3].lower()) if match else None
        return _built(match, _year(match["year"]), month, int(match["day"])) if match and month else None

    return read


def _numbers(month_first: Callable[[int, int], bool]) -> Read:
    def read(value: str) -> datetime | None:
        match = NUMBERS.fullmatch(value)
        if not match:
            return None
        first, second = int(match["first"]), int(match["second_part"])
        month, day = (first, second) if month_first(first, second) else (second, first)
        return _built(match, _year(match["year"]), month, day)

    return read


def _mixed_mdy(value: str) -> datetime | None:
    """Month first where both parts are at most 12, day first otherwise; a month's name is its number."""
    found = MIXED_NUMBERS(value)
    if found is not None:
        return found
    named = next((time for time in (read(value) for read in NAMED) if time is not None), None)
    if named is None or named.day > 12:
        return named
    return named.replace(month=named.day, day=named.month)


def _epoch(digits: int) -> Read:
    scale = 10.0 ** (digits - 10)

    def read(value: str) -> datetime | None:
        match = EPOCH.fullmatch(value)
        if not match or len(match[1]) not in (digits, digits - 1):
            return None
        return datetime.fromtimestamp(int(match[1]) / scale, tz=UTC)

    return read


MIXED_NUMBERS = _numbers(lambda first, second: first <= 12)
NAMED = tuple(_named(pattern) for pattern in (DAY_NAME, NAME_DAY, CTIME))

LAYOUTS: dict[str, Read] = {
    "iso": _in_order(ISO),
    "day-first": _numbers(lambda first, second: False),
    "month-first": _numbers(lambda first, second: True),
    "day-month-name": NAMED[0],
    "month-name-day": NAMED[1],
    "ctime": NAMED[2],
    "epoch-s": _epoch(10),
    "epoch-ms": _epoch(13),
    "epoch-us": _epoch(16),
    "iso-basic": _in_order(BASIC),
}
"""Tried on a column whose format is not given. Day-first and month-first contend; the others exclude each other."""

ASKED: dict[str, Read] = {
    **LAYOUTS,
    "mixed-mdy": _mixed_mdy,
    "mixed-dmy": _numbers(lambda first, second: second > 12),
}
"""What `--date-format` may name, beside a pattern such as %d/%m/%Y."""


def layout(name: str) -> Layout:
    """The layout of this name, or of a strptime pattern.

    Raises `UnknownDateFormat`.

    >>> TimeReader(layout("mixed-mdy")).read("04-08-15 3:05 PM").isoformat()
    '2015-04-08T15:05:00+00:00'
    """
    if name in ASKED:
        return Layout(name, ASKED[name])
    if "%" not in name:
        raise UnknownDateFormat(
            f"expected a date format ({', '.join(ASKED)}, or a pattern such as %d/%m/%Y), got {name!r}; correct it"
        )

    def read(value: str) -> datetime | None:
        try:
            return datetime.strptime(value, name)
        except ValueError:
            return None

    return Layout(name, read)


def zone(name: str) -> tzinfo:
    """A time zone by its IANA name.

    Raises `UnknownDateFormat`.
    """
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise UnknownDateFormat(f"expected a time zone such as Europe/Berlin, got {name!r}; correct it") from None


def is_time_of_day(value: str) -> bool:
    """Whether a value is a time without a day, such as 3:53:50 PM."""
    return TIME_OF_DAY.fullmatch(value) is not None


def stamp(time: datetime) -> str:
    """How a UTC time is stored: 2026-03-01T12:00:00Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
