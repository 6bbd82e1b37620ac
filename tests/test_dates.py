"""Timestamps: one format for a column, and days that can be true, or the column is refused."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.dates import ASKED, LAYOUTS, TimeReader, UnknownDateFormat, layout, stamp, zone
from jobs.dates_verdict import ColumnRefused, ColumnScan

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def scanned(values: Iterable[str], *, asked: str | None = None, now: datetime = NOW) -> ColumnScan:
    scan = ColumnScan("when", zone=UTC, now=now, asked=asked)
    scan.add(values)
    return scan


def days(first: date, count: int, form: str, *, each: int = 1) -> list[str]:
    return [(first + timedelta(days=number)).strftime(form) for number in range(count) for _ in range(each)]


@pytest.mark.parametrize(
    ("form", "value", "utc"),
    [
        ("iso", "2026-02-03T04:05:06Z", "2026-02-03T04:05:06Z"),
        ("iso", "2026-02-03 04:05:06.789 -0800", "2026-02-03T12:05:06Z"),
        ("iso", "2026-02-03T04:05+05:30", "2026-02-02T22:35:00Z"),
        ("iso", "2026/2/3", "2026-02-03T00:00:00Z"),
        ("day-first", "03/02/2026 4:05 PM", "2026-02-03T16:05:00Z"),
        ("month-first", "02/03/26, 12:05 AM", "2026-02-03T00:05:00Z"),
        ("day-month-name", "3-Feb-26", "2026-02-03T00:00:00Z"),
        ("day-month-name", "Tue, 3 February 2026 04:05:06 GMT", "2026-02-03T04:05:06Z"),
        ("month-name-day", "Feb 3, 2026", "2026-02-03T00:00:00Z"),
        ("ctime", "Tue Feb 03 04:05:06 +0000 2026", "2026-02-03T04:05:06Z"),
        ("epoch-s", "1770091506", "2026-02-03T04:05:06Z"),
        ("epoch-ms", "1770091506789", "2026-02-03T04:05:06Z"),
        ("iso-basic", "20260203T040506Z", "2026-02-03T04:05:06Z"),
        ("mixed-mdy", "04-08-15", "2015-04-08T00:00:00Z"),
        ("mixed-mdy", "24-06-15", "2015-06-24T00:00:00Z"),
        ("mixed-mdy", "04-Aug-15", "2015-04-08T00:00:00Z"),
        ("mixed-dmy", "06/24/2015", "2015-06-24T00:00:00Z"),
        ("%d|%m|%Y", "03|02|2026", "2026-02-03T00:00:00Z"),
    ],
)
def test_layout_reads(form: str, value: str, utc: str) -> None:
    found = TimeReader(layout(form)).read(value)
    assert found is not None and stamp(found) == utc


@pytest.mark.parametrize(
    "value", ["", "yesterday", "2026-13-04", "2026-02-30", "2026-02-03 25:00", "13:00 PM", "12", "\u0662/3", "9" * 4000]
)
def test_nonsense_is_not_read(value: str) -> None:
    assert all(TimeReader(layout(name)).read(value) is None for name in ("iso", "day-first", "epoch-s", "mixed-mdy"))


def test_naive_times_are_of_the_zone_that_is_named() -> None:
    found = TimeReader(layout("iso"), zone("America/New_York")).read("2026-07-01 12:00")
    assert found is not None and stamp(found) == "2026-07-01T16:00:00Z"


@pytest.mark.parametrize("name", ["dd.mm.yyyy", "soon"])
def test_unknown_format_is_named_with_those_that_exist(name: str) -> None:
    with pytest.raises(UnknownDateFormat, match="mixed-mdy"):
        layout(name)


def test_whole_column_gets_one_format() -> None:
    reader, notes = scanned(days(date(2025, 12, 1), 60, "%d/%m/%Y")).verdict()
    assert reader.layout.name == "day-first"
    assert "2025-12-01 to 2026-01-29, rows on 60 of 60 days" in notes[0]


def test_two_readings_are_refused_with_both_ranges_and_the_option() -> None:
    with pytest.raises(ColumnRefused) as error:
        scanned(["03/04/2025", "05/06/2025", "07/08/2025"]).verdict()
    told = str(error.value)
    assert "day-first: 2025-04-03 to 2025-08-07" in told and "month-first: 2025-03-04 to 2025-07-08" in told
    assert "--date-format day-first" in told


def test_reading_that_lies_in_the_future_is_no_reading() -> None:
    values = days(date(2026, 2, 1), 12, "%m/%d/%Y", each=3)
    reader, _ = scanned(values, now=datetime(2026, 2, 13, tzinfo=UTC)).verdict()
    assert reader.layout.name == "month-first"


def test_mixed_formats_are_refused_with_their_shapes_and_not_their_values() -> None:
    values = [*days(date(2026, 1, 1), 30, "%Y-%m-%d"), *["call Ann Lee on 12"] * 20]
    with pytest.raises(ColumnRefused) as error:
        scanned(values).verdict()
    assert "iso reads 30" in str(error.value) and "'aaaa aaa aaa aa 99' (20 rows)" in str(error.value)
    assert "Ann" not in str(error.value)


def test_few_wrong_rows_do_not_condemn_a_column() -> None:
    values = [*days(date(2026, 1, 1), 40, "%Y-%m-%d"), "soon", "1900-01-01", "2100-01-01"]
    assert scanned(values).verdict()[0].layout.name == "iso"


def test_column_of_future_days_is_refused() -> None:
    with pytest.raises(ColumnRefused, match="60 before 1990 or in the future"):
        scanned(days(date(2026, 6, 1), 60, "%Y-%m-%d")).verdict()


def exchanged(first: date, count: int, form: str) -> list[str]:
    """Days written month-first where both numbers are at most 12, and day-first otherwise."""
    other = form.replace("%d", "%X").replace("%m", "%d").replace("%X", "%m")
    calendar = (first + timedelta(days=number) for number in range(count) for _ in range(4))
    return [day.strftime(form if day.day > 12 else other) for day in calendar]


def test_exchanged_days_and_months_are_refused_with_what_was_seen_and_the_option() -> None:
    values = exchanged(date(2025, 4, 1), 91, "%d-%m-%y")
    with pytest.raises(ColumnRefused) as error:
        scanned(values).verdict()
    assert "rows on days 1 to 12 fall in 9 months that have no row on days 13 to 31" in str(error.value)
    assert "2025-04-01 to 2025-06-30, rows on 91 of 91 days: --date-format mixed-mdy" in str(error.value)
    reader, notes = scanned(values, asked="mixed-mdy").verdict()
    assert "rows on 91 of 91 days" in notes[0]


def test_same_day_of_every_month_is_refused_unless_it_is_asked_for() -> None:
    values = [f"2025-{month:02d}-01" for month in range(1, 13) for _ in range(5)]
    with pytest.raises(ColumnRefused, match="100% of the rows fall on day 1 of their month, in 12 different months"):
        scanned(values).verdict()
    assert "taken as it is, but" in scanned(values, asked="iso").verdict()[1][1]


def test_days_of_the_month_that_never_occur_are_refused() -> None:
    year = (date(2025, 1, 1) + timedelta(days=number) for number in range(365))
    values = [day.isoformat() for day in year if day.day not in range(7, 14)]
    with pytest.raises(ColumnRefused, match="no row ever falls on day 7, 8, 9, 10, 11, 12, 13"):
        scanned(values).verdict()


@pytest.mark.parametrize("step", [1, 2, 7])
@pytest.mark.parametrize("first", [date(2025, 1, 1), date(2025, 1, 28), date(2024, 11, 20)])
@pytest.mark.parametrize("count", [5, 30, 60, 120])
def test_honest_calendars_are_not_refused(first: date, step: int, count: int) -> None:
    calendar = (first + timedelta(days=step * number) for number in range(count))
    assert scanned(day.isoformat() for day in calendar if day < NOW.date()).verdict()[0].layout.name == "iso"


def test_scan_does_not_grow_with_the_rows() -> None:
    scan = ColumnScan("when", zone=UTC, now=NOW)
    for number in range(200):
        scan.add(f"{number} {'x' * (number % 60)} words {other}" for other in range(50))
    assert len(scan.shapes) <= 40


@settings(max_examples=40)
@given(
    time=st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)),
    mark=st.sampled_from("-/."),
    clock=st.sampled_from(["", "T%H:%M:%SZ", " %H:%M", ", %I:%M:%S %p", "T%H:%M:%S.%f+05:30", " %H:%M UTC"]),
)
def test_what_is_read_as_iso_is_read_by_no_other_layout(time: datetime, mark: str, clock: str) -> None:
    value = time.strftime(f"%Y{mark}%m{mark}%d{clock}")
    taken = [name for name, read in {**LAYOUTS, "mixed-mdy": ASKED["mixed-mdy"]}.items() if read(value) is not None]
    assert taken == ["iso"]
