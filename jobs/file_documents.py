"""The documents of a file that belongs to no workspace: its text and id columns, and its rows a chunk at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jobs.ingest_cells as cells
from jobs.columns import Columns, MissingField, UnknownColumn, Wishes, choose
from jobs.reading import Chunk, Refusal, Row, chunks, sample
from jobs.reading_bytes import Source, inspect

ROWS = 500
"""Documents handled together, by one process."""
GUESSED_FROM = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file and what is asked of it: `text` and `id` are columns by name, () for a guess; `limit` documents."""

    path: Path
    text: tuple[str, ...] = ()
    id: str | None = None
    encoding: str | None = None
    limit: int | None = None


@dataclass(slots=True)
class Batch:
    """Some documents in file order, their ids beside them, and the rows between them that are none."""

    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Documents:
    """A file whose columns are settled."""

    source: Source
    columns: Columns
    wanted: Wanted

    def batches(self) -> Iterator[Batch]:
        """The documents, at most ROWS at a time.

        Raises `InputError` where the file breaks off.
        """
        left = self.wanted.limit
        for chunk in chunks(self.source, size=ROWS):
            batch = self._batch(chunk, left)
            left = None if left is None else left - len(batch.ids)
            yield batch
            if left == 0:
                return

    def _batch(self, chunk: Chunk, most: int | None) -> Batch:
        batch = Batch()
        for line, row in zip(chunk.lines, chunk.rows, strict=True):
            if most is not None and len(batch.ids) >= most:
                break
            text = document_text(self.columns, row)
            if isinstance(text, str):
                batch.ids.append(document_id(self.columns, row) or f"line-{line}")
                batch.texts.append(text)
            else:
                batch.refused.append(Refusal(line, *text))
        else:
            line = chunk.next_line
        batch.refused = sorted(
            [*batch.refused, *(refusal for refusal in chunk.refused if refusal.line < line)], key=_line
        )
        return batch


def document_text(columns: Columns, row: Row) -> str | tuple[str, str]:
    """The text of a row, or why there is none: (reason, detail). One column's is taken to the character."""
    parts = columns.parts(row, "text")
    strange = next((part for part in parts if not isinstance(part, str)), None)
    if strange is not None:
        return "not_text", f"text: expected text, got {type(strange).__name__}"
    text: str = parts[0] if len(parts) == 1 else cells.composed(parts)
    if not cells.visible(text):
        return "empty_text", "text: expected words, got nothing visible"
    return text


def document_id(columns: Columns, row: Row) -> str | None:
    """The row's own id. A guessed column's is left out where it may be somebody's address."""
    name = cells.name(columns.value(row, "id"))
    return None if name is not None and "@" in name and "id" in columns.guessed else name


def few(wanted: Wanted, least: int) -> bool:
    """Whether the file has fewer documents than `least`; reads no further than that. Raises as `open_documents`."""
    found = 0
    for batch in open_documents(wanted).batches():
        found += len(batch.ids)
        if found >= least:
            return False
    return True


def open_documents(wanted: Wanted) -> Documents:
    """Look what the file is and which columns hold text and id.

    Raises `InputError`, `MissingField`, `UnknownColumn`, all ValueErrors that say what to do.
    """
    source = inspect(wanted.path, encoding=wanted.encoding)
    wishes: dict[str, tuple[str, ...]] = {}
    if wanted.text:
        wishes["text"] = wanted.text
    if wanted.id is not None:
        wishes["id"] = (wanted.id,)
    rows = sample(source, rows=GUESSED_FROM)
    try:
        columns = choose(rows, "file", Wishes(wishes, {}))
    except MissingField as missing:
        raise MissingField(f"{source.name}: {missing}") from None
    except UnknownColumn as unknown:
        told = str(unknown).replace("correct --map", "correct --text, --id or --map")
        raise UnknownColumn(f"{source.name}: {told}") from None
    return Documents(source, columns, wanted)


def quarantined(refusal: Refusal) -> dict[str, Any]:
    """A refused row as it is written down: where, why, what was seen; never the text."""
    return {"line": refusal.line, "reason": refusal.reason, "detail": refusal.detail}


def _line(refusal: Refusal) -> int:
    return refusal.line
