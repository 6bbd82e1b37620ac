"""The documents of a file whose themes are wanted: columns, days and writers settled, then read a chunk at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain
from pathlib import Path

import jobs.ingest_cells as cells
from jobs.columns import MissingField, UnknownColumn, Wishes
from jobs.dates_verdict import ColumnRefused
from jobs.file_documents import ROWS, Batch, document_id, document_text
from jobs.ingest_plan import ALL_FIELDS, Plan, Request, make_plan
from jobs.reading import Chunk, Refusal, Row, chunks

TIME = "received_at"
NO_COLUMN = ""
"""Given in place of a column's name: none is to be taken, nor guessed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One file and what its owner says of it. `text`, `time`, `id` and `reporter` are columns by name, several in one
    with commas between; None is guessed."""

    path: Path
    text: tuple[str, ...] = ()
    time: str | None = None
    id: str | None = None
    reporter: str | None = None
    date_format: str | None = None
    timezone: str | None = None
    encoding: str | None = None
    limit: int | None = None

    def wishes(self, *, whole: bool) -> Wishes:
        """The columns by field; `whole`: a comma is part of a name."""
        given: dict[str, str | tuple[str, ...] | None] = {
            "text": self.text,
            TIME: self.time,
            "id": self.id,
            "reporter_id": self.reporter,
        }
        wished: dict[str, tuple[str, ...]] = {}
        for name, columns in given.items():
            listed = () if columns is None else (columns,) if isinstance(columns, str) else columns
            if listed:
                parted = ([column] if whole and column else split(column) for column in listed)
                wished[name] = tuple(chain.from_iterable(parted))
        if self.reporter == NO_COLUMN:
            wished["customer_id"] = ()
        return Wishes(wished, {})


@dataclass(slots=True)
class FiledBatch(Batch):
    """Documents with who wrote each (None: not said) and its UTC day (None: not known)."""

    reporters: list[str | None] = field(default_factory=list)
    days: list[date | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Filed:
    """A file whose columns and dates are settled; `notes` say what was taken."""

    plan: Plan
    limit: int | None
    notes: tuple[str, ...]

    @property
    def dated(self) -> bool:
        """Whether documents have days."""
        return TIME in self.plan.times

    @property
    def signed(self) -> bool:
        """Whether it is said who wrote."""
        return bool({"reporter_id", "customer_id"} & set(self.plan.columns.fields))

    def batches(self) -> Iterator[FiledBatch]:
        """The documents in order, at most ROWS at a time.

        Raises `InputError` where the file breaks off.
        """
        left = self.limit
        for chunk in chunks(self.plan.source, size=ROWS):
            batch = self._batch(chunk, left)
            left = None if left is None else left - len(batch.ids)
            yield batch
            if left == 0:
                return

    def _batch(self, chunk: Chunk, most: int | None) -> FiledBatch:
        batch = FiledBatch()
        columns = self.plan.columns
        end = chunk.next_line
        for line, row in zip(chunk.lines, chunk.rows, strict=True):
            if most is not None and len(batch.ids) >= most:
                end = line
                break
            text = document_text(columns, row)
            time, fault = self._time(row)
            if isinstance(text, tuple) or fault:
                batch.refused.append(Refusal(line, *(text if isinstance(text, tuple) else fault or ("", ""))))
                continue
            batch.ids.append(document_id(columns, row) or f"line-{line}")
            batch.texts.append(text)
            batch.reporters.append(cells.name(columns.value(row, "reporter_id") or columns.value(row, "customer_id")))
            batch.days.append(time.date() if time else None)
        batch.refused += [refusal for refusal in chunk.refused if refusal.line < end]
        batch.refused.sort(key=lambda refusal: refusal.line)
        return batch

    def _time(self, row: Row) -> tuple[datetime | None, tuple[str, str] | None]:
        """When a document arrived, and why the row is refused. A guessed column refuses none."""
        if not self.dated:
            return None, None
        time = self.plan.time(row, TIME)
        fault = self.plan.fault(row, TIME, time)
        if fault is None:
            return time, None
        return None, None if TIME in self.plan.columns.guessed else fault


def open_filed(asked: Asked, *, now: datetime) -> Filed:
    """Look what the file is, which columns hold what, and how the days are written.

    A column of days that was guessed and cannot be read is left out, and that is said; a named one is an error.
    Raises `InputError`, `MissingField`, `UnknownColumn`, `ColumnRefused`: ValueErrors that say what to do.
    """
    try:
        plan = _plan(asked, now)
    except ColumnRefused as refusal:
        told = str(refusal).replace(f"--map {TIME}=", "--time ").replace("column with --map", "column with --time")
        if asked.time is not None:
            raise ColumnRefused(told) from None
        plan = _plan(replace(asked, time=NO_COLUMN), now)
        notes: tuple[str, ...] = (f"no days are used, for they are in doubt: {told.splitlines()[0]}",)
    else:
        notes = tuple(note for note in plan.notes if note.startswith("column "))
    return Filed(plan, asked.limit, (*plan.columns.describe(), *notes))


def split(names: str) -> list[str]:
    """Column names that commas part.

    >>> split("title, body"), split("")
    (['title', 'body'], [])
    """
    return [name.strip() for name in names.split(",") if name.strip()]


def _plan(asked: Asked, now: datetime) -> Plan:
    """The reading of the file; a name with a comma in it may be one column or several."""
    try:
        return make_plan(_request(asked, whole=False), timezone="UTC", now=now)
    except UnknownColumn as unknown:
        if any("," in column for column in (*asked.text, asked.time or "", asked.id or "", asked.reporter or "")):
            try:
                return make_plan(_request(asked, whole=True), timezone="UTC", now=now)
            except UnknownColumn:
                pass
        told = str(unknown).replace("correct --map", "correct --text, --time, --id or --reporter")
        raise UnknownColumn(f"{asked.path.name}: {told}") from None
    except MissingField as missing:
        told = str(missing).replace("--map text=COLUMN", "--text COLUMN")
        raise MissingField(f"{asked.path.name}: {told}") from None


def _request(asked: Asked, *, whole: bool) -> Request:
    formats = {ALL_FIELDS: asked.date_format} if asked.date_format else {}
    return Request(
        asked.path,
        "themes",
        asked.wishes(whole=whole),
        date_formats=formats,
        timezone=asked.timezone,
        encoding=asked.encoding,
    )
