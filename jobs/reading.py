"""Rows of an input file, a chunk at a time, each with the line it began on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from jobs.reading_bytes import InputError, Source
from jobs.reading_formats import FORMATS

Row = dict[str, Any]

MAX_FIELD = 1_000_000
"""Characters; a row with a longer field is put in quarantine."""
CHUNK_CHARACTERS = 4_000_000
"""A chunk is closed early at this size, so that memory stays bounded by it and not by the rows."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not taken: `detail` says what was seen and never quotes a text."""

    line: int
    reason: str
    detail: str


@dataclass(slots=True)
class Chunk:
    """Some rows in file order. Values are text, None, or the lists and dicts of JSON.

    `lines[i]` is where `rows[i]` begins: a line of a text file, a row of a Parquet file, both from 1.
    """

    lines: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def next_line(self) -> int:
        """The first line that is in no chunk so far."""
        return max([*self.lines[-1:], *(refusal.line for refusal in self.refused[-1:])], default=0) + 1

    def __len__(self) -> int:
        return len(self.rows) + len(self.refused)


def chunks(source: Source, *, size: int, from_line: int = 0) -> Iterator[Chunk]:
    """The rows from `from_line` on, at most `size` at a time.

    Raises `InputError` where the file breaks off or cannot be read as what it is.
    """
    chunk, characters = Chunk(), 0
    for line, row in FORMATS[source.format](source):
        if line < from_line:
            continue
        if isinstance(row, Mapping):
            length = {name: len(value) for name, value in row.items() if isinstance(value, str)}
            longest = max(length, key=length.__getitem__, default="")
            if length.get(longest, 0) > MAX_FIELD:
                row = too_long(length[longest])
            else:
                characters += sum(length.values())
        if isinstance(row, Mapping):
            chunk.lines.append(line)
            chunk.rows.append(row)
        else:
            chunk.refused.append(Refusal(line, *row))
        if len(chunk) >= size or characters >= CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = Chunk(), 0
    if len(chunk):
        yield chunk


def too_long(characters: int) -> tuple[str, str]:
    """The refusal of a row with a field of so many characters."""
    return "too_long", f"{characters:,} characters in one field; at most {MAX_FIELD:,}"


def sample(source: Source, *, rows: int = 1000) -> list[Row]:
    """The first rows, to guess columns from.

    Raises `InputError` where there is no row at all.
    """
    found = [row for chunk in islice(chunks(source, size=rows), 3) for row in chunk.rows][:rows]
    if not found and not any(len(chunk) for chunk in chunks(source, size=1)):
        raise InputError(f"{source.name}: expected rows, got only a header; give one that has rows")
    if not found:
        raise InputError(f"{source.name}: expected readable rows, got none in the first {rows:,}; check the format")
    return found


def column_names(rows: list[Row]) -> list[str]:
    """The names in order of appearance."""
    return list(dict.fromkeys(name for row in rows for name in row))
