"""Which column of a file is which field: guessed from names and a sample, shown, overridable."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.columns_names import (
    CLOCKS,
    DATE_WORDS,
    FIELDS,
    OTHER_DATES,
    PLACES,
    SEGMENTS,
    TEXT_WORDS,
    TITLES,
    VAGUE_IDS,
)
from jobs.dates import LAYOUTS, is_time_of_day

CONSTANT = "="
MOST_VALUES = 60
LONGEST_VALUE = 40
"""Of a column whose segments are guessed; declared ones may be these:"""
MOST_DECLARED = 400
LONGEST_DECLARED = 60
EMPTY = frozenset({"", "nan", "null", "none", "n/a", "<na>", "nat"})


class UnknownColumn(ValueError):
    """`--map` or `--segments` names a column or a field that is not there."""


class MissingField(ValueError):
    """No column was found for a field that every row must have."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of each field (several are joined; "=x" is the constant x), and the segment columns by key."""

    fields: Mapping[str, tuple[str, ...]]
    segments: Mapping[str, str]
    guessed: frozenset[str]
    ignored: tuple[str, ...]

    def value(self, row: Mapping[str, Any], field: str) -> Any:
        """A field's value: text, None where it is empty, or a JSON list or object as it is."""
        names = self.fields.get(field, ())
        if len(names) == 1:
            return _cell(row, names[0])
        parts = [str(cell) for cell in (_cell(row, name) for name in names) if cell is not None]
        return " ".join(parts) or None

    def parts(self, row: Mapping[str, Any], field: str) -> list[Any]:
        """The cells of a field that is composed, without the empty ones."""
        cells = (_cell(row, name) for name in self.fields.get(field, ()))
        return [cell for cell in cells if cell is not None]

    def describe(self) -> list[str]:
        """One line a field: text <- Title, Body (guessed)."""
        lines = [
            f"{field} <- {', '.join(names)}{' (guessed)' if field in self.guessed else ''}"
            for field, names in self.fields.items()
        ]
        tail = " (guessed)" if "segments" in self.guessed else ""
        return lines + [f"segment {key} <- {column}{tail}" for key, column in self.segments.items()]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person says of the columns: fields by `--map`, segments by `--segments` (None: guess)."""

    fields: Mapping[str, tuple[str, ...]]
    segments: Mapping[str, str] | None = None


def choose(rows: Sequence[Mapping[str, Any]], kind: str, wishes: Wishes) -> Columns:
    """The columns of an input of this kind, from a sample of its rows.

    Raises `UnknownColumn`, `MissingField`.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    _check(rows, names, kind, wishes)
    fields = {name: columns for name, columns in wishes.fields.items() if columns}
    taken = {column for columns in fields.values() for column in columns}
    guess = Guess(rows, [name for name in names if name not in taken])
    guessed = []
    for field in FIELDS[kind]:
        if field in wishes.fields:
            continue
        found = guess.take(kind, field)
        if found:
            fields[field] = found
            guessed.append(field)
    _require(fields, kind, names)
    if wishes.segments is None:
        segments = guess.segments(kind)
        guessed.append("segments")
    else:
        segments = dict(wishes.segments)
    used = {column for columns in fields.values() for column in columns} | set(segments.values())
    ordered = {name: fields[name] for name in FIELDS[kind] if name in fields}
    return Columns(ordered, segments, frozenset(guessed), tuple(name for name in names if name not in used))


def _check_segment(rows: Sequence[Mapping[str, Any]], column: str) -> None:
    """A slice has few, short values; free text must not get in as one."""
    values = {str(row.get(column) or "") for row in rows}
    longest = max(map(len, values))
    if longest > LONGEST_DECLARED or len(values) > MOST_DECLARED:
        raise UnknownColumn(
            f"expected a segment of at most {MOST_DECLARED} values of at most {LONGEST_DECLARED} characters, got "
            f"{len(values)} values of up to {longest} in column {column!r}; choose another for --segments"
        )


def _check(rows: Sequence[Mapping[str, Any]], names: Sequence[str], kind: str, wishes: Wishes) -> None:
    for field, columns in wishes.fields.items():
        if field not in FIELDS[kind]:
            known = ", ".join(FIELDS[kind])
            raise UnknownColumn(f"expected a field of {kind} ({known}), got {field!r}; correct --map")
        for column in columns:
            if column not in names and not column.startswith(CONSTANT):
                raise UnknownColumn(f"expected a column ({', '.join(names)}), got {column!r}; correct --map")
    for column in (wishes.segments or {}).values():
        if column not in names:
            raise UnknownColumn(f"expected a column ({', '.join(names)}), got {column!r}; correct --segments")
        _check_segment(rows, column)


def _require(fields: Mapping[str, tuple[str, ...]], kind: str, names: Sequence[str]) -> None:
    for field, about in FIELDS[kind].items():
        if about.required and field not in fields:
            raise MissingField(
                f"expected a column for {field} ({about.about}), found none among: {', '.join(names)}; "
                f"name it with --map {field}=COLUMN"
            )


class Guess:
    """Takes columns for fields; a column is taken once."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> None:
        self.rows = rows
        self.left = {name: plain(name) for name in names}

    def take(self, kind: str, field: str) -> tuple[str, ...]:
        """The columns of a field; () where none is found."""
        if field == "text":
            return self._text(kind)
        found = self._named(kind, field)
        if found is None and field in ("received_at", "decided_at") and kind != "exposure":
            found = self._dated()
        if found is None:
            return ()
        del self.left[found]
        clock = self._clock(found) if field == "received_at" else None
        return (found, clock) if clock else (found,)

    def segments(self, kind: str) -> dict[str, str]:
        """Columns that are slices by their name, of few and short values."""
        if kind == "labels":
            return {}
        found = {}
        names = dict(SEGMENTS)
        if any(name in PLACES for name in self.left.values()):
            names["region"] = ("state", *names["region"])
        for key, known in names.items():
            column = next((c for name in known for c, p in self.left.items() if p == name and self._few(c)), None)
            if column is not None:
                found[key] = column
                del self.left[column]
        return found

    def _text(self, kind: str) -> tuple[str, ...]:
        body = self._named(kind, "text")
        if body is None:
            words = [c for c, p in self.left.items() if TEXT_WORDS & set(p.split("_")) and p not in TITLES]
            body = max((c for c in words if self._length(c) >= 15), key=self._length, default=None)
        title = next((c for name in TITLES for c, p in self.left.items() if p == name and self._worded(c)), None)
        found = tuple(column for column in (title, body) if column is not None)
        for column in found:
            del self.left[column]
        return found

    def _named(self, kind: str, field: str) -> str | None:
        fits = {"text": self._worded, "id": self._distinct, "source": self._few}.get(field, self._any)
        known = FIELDS[kind][field].names
        pairs = [(c, p) for name in known for c, p in self.left.items() if p == name]
        found = [c for c, p in pairs if fits(c) or (field == "id" and p not in VAGUE_IDS)]
        if field == "text":
            # A note on some rows is no text of all, where there is another column that is.
            found.sort(key=lambda column: len(self._values(column)) < 0.5 * len(self.rows))
        return next(iter(found), None)

    def _dated(self) -> str | None:
        for column, name in self.left.items():
            words = set(name.split("_"))
            if words & DATE_WORDS and not words & OTHER_DATES and self._readable(column):
                return column
        return None

    def _clock(self, day: str) -> str | None:
        """A column with the time of day, where the day's column has none."""
        if any(":" in value for value in self._values(day)):
            return None
        for column, name in self.left.items():
            values = self._values(column)
            if name in CLOCKS and values and all(is_time_of_day(value) for value in values[:50]):
                del self.left[column]
                return column
        return None

    def _values(self, column: str) -> list[str]:
        cells = (_cell(row, column) for row in self.rows)
        return [cell for cell in cells if isinstance(cell, str)]

    def _any(self, column: str) -> bool:
        return True

    def _worded(self, column: str) -> bool:
        """Most values have letters: a count of comments is no comment."""
        values = self._values(column)
        return sum(any(letter.isalpha() for letter in value[:200]) for value in values) > 0.5 * len(values)

    def _distinct(self, column: str) -> bool:
        values = self._values(column)
        return len(set(values)) > 0.9 * len(values)

    def _few(self, column: str) -> bool:
        values = self._values(column)
        distinct = set(values)
        return 1 <= len(distinct) <= MOST_VALUES and max(len(value) for value in distinct) <= LONGEST_VALUE

    def _length(self, column: str) -> float:
        values = self._values(column)
        return sum(len(value) for value in values) / len(values) if values else 0.0

    def _readable(self, column: str) -> bool:
        values = self._values(column)[:50]
        return bool(values) and all(any(read(v.strip()) for read in LAYOUTS.values()) for v in values)


def plain(name: str) -> str:
    """A column's name as the tables write names.

    >>> plain("Customer Complaint"), plain("createdAt"), plain("Ticket #")
    ('customer_complaint', 'created_at', 'ticket')
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def _cell(row: Mapping[str, Any], column: str) -> Any:
    if column.startswith(CONSTANT) and column not in row:
        return column[1:]
    value = row.get(column)
    if isinstance(value, str):
        return None if len(value) < 10 and value.strip().lower() in EMPTY else value
    return value
