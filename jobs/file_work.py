"""What is done with a batch of documents of a file: lines of JSON, and what there is to count."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from jobs.cli_context import CONTROLS
from jobs.file_documents import Batch
from nlp.classify import SEVERITY
from nlp.taxonomy import FIELDS

if TYPE_CHECKING:
    from spacy.language import Language

    from nlp.understand import Reader

JUDGED = (*FIELDS, SEVERITY)


@dataclass(slots=True)
class Tally:
    """What was counted: documents, those that the name recogniser read, and by name what else a command counts."""

    documents: int = 0
    names_read: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Count in another batch."""
        self.documents += other.documents
        self.names_read += other.names_read
        for name, counter in other.counts.items():
            self.counts.setdefault(name, Counter()).update(counter)


@dataclass(frozen=True, slots=True)
class Done:
    """A batch as it is written: lines of JSON in UTF-8, each with its end."""

    content: bytes
    tally: Tally


class Work(Protocol):
    """What a command does with a batch. It is handed to worker processes whole."""

    def __call__(self, batch: Batch) -> Done:
        """The batch as lines, and its counts."""


@dataclass(frozen=True, slots=True)
class Classify:
    """`groundswell classify`: one record a document; `with_text` adds the redacted text."""

    reader: "Reader"
    with_text: bool = False

    def __call__(self, batch: Batch) -> Done:
        """Lines of id and record; counts kinds, languages, hazards and what abstained."""
        from nlp.extract import extract
        from nlp.understand import records

        found = extract(batch.texts, pipeline=self.reader.pipeline, rules=self.reader.rules)
        told = records(found, self.reader.judged(found), self.reader.classifier)
        texts = [{"text": one.redacted.text} if self.with_text else {} for one in found]
        rows = [{"id": name, **text, **record} for name, text, record in zip(batch.ids, texts, told, strict=True)]
        counts = {
            "kinds": Counter(str(record["kind"]["label"]) for record in told),
            "languages": Counter(str(record["language"]) for record in told),
            "hazards": Counter(str(record["hazard"]) for record in told),
            "abstained": Counter(name for record in told for name in record["abstained"]),
        }
        return Done(lines(rows), Tally(len(rows), sum(one.redacted.asked for one in found), counts))


@dataclass(frozen=True, slots=True)
class Redact:
    """`groundswell redact`: the text without personal data, and where in the original that stood."""

    pipeline: "Language | None"

    def __call__(self, batch: Batch) -> Done:
        """Lines of id, text and spans; counts entities, and the documents that hold any."""
        from nlp.redact import redact_all

        found = redact_all(batch.texts, pipeline=self.pipeline)
        rows = [
            {
                "id": name,
                "text": one.text,
                "spans": [{"start": span.start, "end": span.end, "entity": span.name} for span in one.spans],
            }
            for name, one in zip(batch.ids, found, strict=True)
        ]
        counts = {
            "entities": Counter(span.name for one in found for span in one.spans),
            "redacted": Counter({"documents": sum(bool(one.spans) for one in found)}),
        }
        return Done(lines(rows), Tally(len(rows), sum(one.asked for one in found), counts))


def lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One JSON object a line, UTF-8; what drives a terminal or turns its direction is escaped, so is no Unicode.

    >>> lines([{"a": "\\x9b2J \\ud800 é"}])
    b'{"a": "\\\\u009b2J \\\\ud800 \\\\u00e9"}\\n'
    """
    return b"".join(_line(row) for row in rows)


def _line(row: Mapping[str, Any]) -> bytes:
    text = escaped(json.dumps(row, ensure_ascii=False))
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(row).encode() + b"\n"


def escaped(text: str) -> str:
    """JSON text in which what drives a terminal or turns its direction is written as an escape."""
    if text.isascii() and "\x7f" not in text:
        return text
    return CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
