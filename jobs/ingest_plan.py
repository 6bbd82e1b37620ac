"""What a file is and how it will be read: settled for the whole file before a row is stored."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from jobs.columns import Columns, Wishes, choose
from jobs.columns_names import TIMES
from jobs.dates import LAYOUTS, TimeReader, layout, zone
from jobs.dates_verdict import ColumnRefused, ColumnScan, within
from jobs.reading import Row, chunks, column_names, sample
from jobs.reading_bytes import Source, inspect
from jobs.store_rows import encoded
from jobs.store_runs import FileKey

SCAN_ROWS = 2000
ALL_FIELDS = ""
LENIENT = ("customer_since", "closed_at", "labelled_at")
"""Times that nothing is counted by: odd days are told, not refused."""


@dataclass(frozen=True, slots=True)
class Request:
    """One file to ingest and what its owner says about it.

    `input`: feedback, usage_anomaly, decisions, exposure, appeals or labels. `date_formats` by field, or under
    "" for all. `source` names where the rows come from when no column does; the file's name otherwise.
    """

    path: Path
    input: str = "feedback"
    wishes: Wishes = field(default_factory=lambda: Wishes({}))
    source: str | None = None
    date_formats: Mapping[str, str] = field(default_factory=dict)
    timezone: str | None = None
    encoding: str | None = None
    dry_run: bool = False

    def options(self) -> dict[str, Any]:
        """What changes the meaning of the rows; ingesting again with other options is another ingest."""
        return {
            "source": self.source,
            "date_formats": dict(self.date_formats),
            "timezone": self.timezone,
            "encoding": self.encoding,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is read: its columns, the reading of each time field, and what to tell the person."""

    source: Source
    input: str
    source_name: str
    columns: Columns
    times: Mapping[str, TimeReader]
    rows: int
    notes: tuple[str, ...]
    options: Mapping[str, Any]
    now: datetime

    @property
    def key(self) -> FileKey:
        """The identity of this ingest."""
        text = encoded([self.mapping, dict(self.options)])
        return FileKey(self.source.hash, self.input, hashlib.sha256(text.encode()).hexdigest()[:16])

    @property
    def mapping(self) -> dict[str, Any]:
        """Fields and segments with their columns, as they are recorded."""
        fields = {name: list(columns) for name, columns in self.columns.fields.items()}
        return {"fields": fields, "segments": dict(self.columns.segments)}

    def time(self, row: Row, name: str) -> datetime | None:
        """A time field of a row in UTC; None where it is missing or does not fit."""
        if name not in self.times:
            return None
        value = self.columns.value(row, name)
        if not isinstance(value, str):
            return None
        found = self.times[name].read(value)
        if found is None and len(self.columns.fields[name]) > 1:
            first = self.columns.parts(row, name)[:1]
            found = self.times[name].read(first[0]) if first else None
        return found

    def fault(self, row: Row, name: str, time: datetime | None) -> tuple[str, str] | None:
        """Why a row cannot be dated by a field: (reason, detail); None when it can."""
        if time is None:
            missing = self.columns.value(row, name) is None
            reason, what = ("no_date", "a value, got none") if missing else ("bad_date", "the column's format")
            return reason, f"{name}: expected {what}"
        if not within(time, self.now):
            return "implausible_date", f"{name}: year {time.year}"
        return None


def make_plan(request: Request, *, timezone: str, now: datetime) -> Plan:
    """Look at the whole file once: format, encoding, columns, dates. `timezone` is that of naive times.

    Raises `InputError`, `UnknownColumn`, `MissingField`, `ColumnRefused`; all are ValueErrors that say what to do.
    """
    source = inspect(request.path, encoding=request.encoding)
    columns = choose(sample(source), request.input, request.wishes)
    _check_formats(request.date_formats, columns)
    local = zone(request.timezone or timezone)
    fields = [name for name in TIMES if name in columns.fields]
    scans = {name: _scan(columns, name, request, local, now) for name in fields}
    rows = 0
    for chunk in chunks(source, size=SCAN_ROWS):
        rows += len(chunk)
        for name, scan in scans.items():
            scan.add(_text(columns.value(row, name)) for row in chunk.rows)
    times, notes = _verdicts(scans, source, columns, local, now)
    if columns.ignored:
        notes.append("columns not used: " + ", ".join(columns.ignored))
    return Plan(
        source, request.input, request.source or source.stem, columns, times, rows, tuple(notes), request.options(), now
    )


def _verdicts(
    scans: Mapping[str, ColumnScan], source: Source, columns: Columns, local: tzinfo, now: datetime
) -> tuple[dict[str, TimeReader], list[str]]:
    times: dict[str, TimeReader] = {}
    notes: list[str] = []
    for name, scan in scans.items():
        if not scan.rows:
            continue
        try:
            times[name], told = scan.verdict()
        except ColumnRefused as refusal:
            if name in LENIENT:
                notes.append(f"{name} is not used: {refusal}")
                continue
            raise ColumnRefused("\n".join([str(refusal), *_others(source, columns, local, now)])) from None
        notes.extend(told)
    return times, notes


def _others(source: Source, columns: Columns, local: tzinfo, now: datetime) -> list[str]:
    """What the columns that are not mapped would say as dates: a way out, or that there is none."""
    rows = sample(source)
    names = [name for name in columns.ignored if name in column_names(rows) and _dated(rows, name)]
    told = []
    for name in names[:5]:
        scan = ColumnScan(name, zone=local, now=now)
        for chunk in chunks(source, size=SCAN_ROWS):
            scan.add(_text(row.get(name)) for row in chunk.rows)
        try:
            told.append(f"it may do instead: --map received_at='{name}' ({scan.verdict()[1][0]})")
        except ColumnRefused as refusal:
            told.append(f"nor will another do: {refusal}")
    return told


def _dated(rows: list[Row], name: str) -> bool:
    values = [value.strip() for value in (_text(row.get(name)) for row in rows[:100]) if value and value.strip()]
    shaped = [value for value in values if not value.isdigit()]
    return bool(shaped) and all(any(read(value) for read in LAYOUTS.values()) for value in shaped)


def _scan(columns: Columns, name: str, request: Request, local: tzinfo, now: datetime) -> ColumnScan:
    asked = request.date_formats.get(name, request.date_formats.get(ALL_FIELDS))
    shown = " + ".join(columns.fields[name])
    return ColumnScan(shown, zone=local, now=now, asked=asked, strict=name not in LENIENT)


def _check_formats(formats: Mapping[str, str], columns: Columns) -> None:
    for name, form in formats.items():
        layout(form)
        if name != ALL_FIELDS and name not in columns.fields:
            known = ", ".join(name for name in TIMES if name in columns.fields)
            raise ColumnRefused(f"expected a time field ({known}), got {name!r}; correct --date-format")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
