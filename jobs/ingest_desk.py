"""What every loader is given, and what it gives back: the contract between `ingest` and the input families."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from jobs.ingest_identity import Identity
from jobs.ingest_plan import Plan
from jobs.reading import Chunk, Refusal
from jobs.store import Store
from nlp.extract import BUILT_IN, Rules
from nlp.taxonomy import Taxonomy

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a loader works: the plan of its file, the store, the hashes, the decision log, the name finder, rules;
    for labels the taxonomy they are values of."""

    plan: Plan
    store: Store
    identity: Identity
    decisions: Path
    pipeline: "Language | None" = None
    rules: Rules = BUILT_IN
    taxonomy: Taxonomy | None = None


@dataclass(slots=True)
class Parsed:
    """A chunk as its loader's own items, and the rows that are none."""

    items: Any
    refused: list[Refusal] = field(default_factory=list)


@dataclass(slots=True)
class Written:
    """How many items were new, how many known already, and what was refused at the last moment."""

    new: int = 0
    same: int = 0
    refused: list[Refusal] = field(default_factory=list)


class Loader(Protocol):
    """One input family. `parse` touches nothing; `write` and `finish` run inside a transaction."""

    chunk_rows: int

    def __init__(self, desk: Desk) -> None: ...

    def parse(self, chunk: Chunk) -> Parsed:
        """The chunk's rows as items."""

    def write(self, items: Any) -> Written:
        """Store the items."""

    def replay(self, items: Any) -> None:
        """Take note of items that an interrupted ingest has stored before."""

    def finish(self) -> list[str]:
        """What is left to do once the file is read to its end; returns notes."""
