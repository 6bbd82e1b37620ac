"""A step of the run: every watchlist looks at every document that it has not seen as it is now."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jobs.progress import say
from jobs.store import Store
from jobs.store_rows import encoded
from jobs.watchlist import Watchlist
from topics.assign import Vectors
from topics.watch import Query, matched, novel

CHUNK = 1000
"""Documents committed together; a kill loses at most the work on one chunk."""
SEEN = ("stream", "said", "segments", "kind", "harm_domain", "vector")
"""What a query may look at: a document is looked at again when one of these has changed."""
VERSION = 1
"""Raised when the same query over the same document may match otherwise."""

Embed = Callable[[list[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Queries:
    """What all watchlists look for, and a hash of it."""

    queries: tuple[Query, ...]
    version: str

    @property
    def wants_vectors(self) -> bool:
        """Whether any has example sentences."""
        return any(len(query.examples) for query in self.queries)


def run(store: Store, watchlists: Sequence[Watchlist], *, embed: Embed, as_of: str) -> int:
    """Match what is new or changed, mark what is novel; returns the documents looked at and the marks changed.

    `embed` makes the vectors of the example sentences, as those of the documents were made; it is called only
    where there are any. An interrupted run goes on where it stopped; another query looks at everything again.
    """
    asked = prepared(watchlists, embed)
    with store.transaction():
        store.watch.replace([_row(entry) for entry in watchlists], since=as_of)
        if not watchlists:
            store.watch.forget()
    looked = _look(store, asked) if watchlists else 0
    places = store.watch.placed(store.watch.matches()["document_id"].tolist())
    with store.transaction():
        marked = store.watch.write_novel(places.loc[novel(places), "document_id"].tolist())
    return looked + marked


def prepared(watchlists: Sequence[Watchlist], embed: Embed) -> Queries:
    """The queries of these watchlists, their examples as vectors."""
    queries = []
    for entry in watchlists:
        examples = embed(entry.examples) if entry.examples else np.zeros((0, 384), dtype=np.float32)
        queries.append(entry.query(np.asarray(examples, dtype=np.float32)))
    told = [(entry.id, entry.definition()) for entry in watchlists]
    # Vectors of the same sentence differ where the embedder does.
    prints = [query.examples.astype(np.float16).tobytes().hex() for query in queries]
    return Queries(tuple(queries), _hash(encoded([VERSION, told, prints])))


def looked_at(documents: pd.DataFrame, asked: Queries, vectors: Vectors) -> list[dict[str, Any]]:
    """The rows of `watch_match` of these documents (as `Watch.documents`); `vectors` (n, d), zero where none."""
    frame, rows = decoded(documents), []
    for query in asked.queries:
        for hit in matched(query, frame, vectors).to_dict("records"):
            close = None if pd.isna(hit["similarity"]) else float(hit["similarity"])
            why = {"words": list(hit["words"]), "example": int(hit["example"]) if hit["example"] >= 0 else None}
            row = {"watchlist": query.id, "document_id": hit["document_id"], "why": why, "similarity": close}
            rows.append(row)
    return rows


def decoded(documents: pd.DataFrame) -> pd.DataFrame:
    """The documents as queries take them: segments as dicts."""
    return documents.assign(segments=documents["segments"].map(json.loads))


def chunks(store: Store) -> Iterator[pd.DataFrame]:
    """Every document by id, a chunk at a time."""
    after = ""
    while len(chunk := store.watch.documents(after=after, most=CHUNK)):
        after = str(chunk["document_id"].iloc[-1])
        yield chunk


def vectors_of(store: Store, ids: list[str], *, wanted: bool) -> Vectors:
    """Vectors of these documents in their order, zero where there is none; all zero if none are wanted."""
    vectors = np.zeros((len(ids), 384), dtype=np.float32)
    if wanted and ids:
        known, found = store.understanding.vectors(ids)
        place = {name: row for row, name in enumerate(ids)}
        if known:
            vectors[[place[name] for name in known]] = found
    return vectors


def _look(store: Store, asked: Queries) -> int:
    looked = 0
    for chunk in chunks(store):
        seen = pd.Series([_hash(encoded(list(row))) for row in _shown(chunk)], index=chunk.index)
        fresh = (chunk["seen"] != seen) | (chunk["queries"] != asked.version)
        due = chunk[fresh].reset_index(drop=True)
        if due.empty:
            continue
        ids = due["document_id"].tolist()
        rows = looked_at(due, asked, vectors_of(store, ids, wanted=asked.wants_vectors))
        with store.transaction():
            store.watch.write(
                [(name, hash_, asked.version) for name, hash_ in zip(ids, seen[fresh], strict=True)], rows
            )
        looked += len(due)
    if looked:
        say(f"watchlists looked at {looked:,} documents")
    return looked


def _shown(chunk: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """What queries may look at, document by document."""
    return chunk[list(SEEN)].astype(object).where(chunk[list(SEEN)].notna(), None).itertuples(index=False, name=None)


def _row(entry: Watchlist) -> dict[str, Any]:
    return {
        "watchlist": entry.id,
        "name": entry.name,
        "definition": encoded(entry.model_dump(mode="json")),
        "owner": entry.owner,
        "hazard": entry.hazard,
    }


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
