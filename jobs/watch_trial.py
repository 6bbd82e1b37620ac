"""Trying a watchlist on what is stored: how much it would have matched, and what it would have told."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from jobs.count import counted, title, watched
from jobs.detect import conditions, detection, headline
from jobs.embedder import workspace_embedder
from jobs.store import Store
from jobs.surroundings import surroundings
from jobs.watch_alerts import Looked, asked_changes
from jobs.watching import Queries, chunks, decoded, looked_at, prepared, vectors_of
from jobs.watchlist import Watchlist
from jobs.workspace import Workspace
from topics.alerts import STANDING_COLUMNS, alerts
from topics.assign import Vectors
from topics.coverage import coverage
from topics.delay import completeness
from topics.volume import daily
from topics.watch import by_similarity, matched, novel, watchlist_of
from topics.watched import watched_series

LEVELS = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
WEEKS = 8
"""So many newest weeks are shown."""

Row = dict[str, Any]


def trial(store: Store, workspace: Workspace, watchlists: Sequence[Watchlist], *, examples: int) -> list[Row]:
    """What each watchlist would have done, in their order; nothing is written.

    Each row: watchlist, name, documents, unique_documents, reporters, novel, a_week (unique documents over the weeks
    since the stream began), first_day, last_day, weeks (the newest), at_similarity (documents of the fields asked
    for, by their similarity to the nearest example), alerts_raised and alerts (day, detected_on, type, title),
    examples (the newest documents, with why).
    """
    asked = prepared(watchlists, lambda texts: _embed(store, workspace, texts))
    rows, close = _matches(store, asked)
    found = pd.DataFrame(rows, columns=["watchlist", "document_id", "why", "similarity"])
    places = store.watch.placed(found["document_id"].tolist())
    fresh = set(places.loc[novel(places), "document_id"]) if len(places) else set()
    found["novel"] = found["document_id"].isin(fresh)
    documents = watched(counted(store), found)
    told = _alerts(store, workspace, documents, watchlists) if len(found) else []
    return [
        {
            **_size(entry, documents, found[found["watchlist"] == entry.id]),
            "at_similarity": by_similarity(close[entry.id], LEVELS) if entry.examples else {},
            "alerts_raised": sum(row["watchlist"] == entry.id for row in told),
            "alerts": [row for row in told if row["watchlist"] == entry.id],
            "examples": _examples(store, found[found["watchlist"] == entry.id], entry, examples),
        }
        for entry in watchlists
    ]


def _embed(store: Store, workspace: Workspace, texts: list[str]) -> Vectors:
    return workspace_embedder(store, workspace.settings, workspace.models).embed(texts)


def _matches(store: Store, asked: Queries) -> tuple[list[Row], dict[str, list[float]]]:
    """Every match, and by watchlist the similarities of all documents of the fields it asks for."""
    rows: list[Row] = []
    close: dict[str, list[float]] = {query.id: [] for query in asked.queries}
    for chunk in chunks(store):
        vectors = vectors_of(store, chunk["document_id"].tolist(), wanted=asked.wants_vectors)
        rows += looked_at(chunk, asked, vectors)
        frame = decoded(chunk)
        for query in asked.queries:
            if len(query.examples):
                near = matched(replace(query, words=(), every=False, similarity=LEVELS[0]), frame, vectors)
                close[query.id] += near["similarity"].tolist()
    return rows, close


def _alerts(store: Store, workspace: Workspace, documents: pd.DataFrame, watchlists: Sequence[Watchlist]) -> list[Row]:
    """The alerts that these watchlists alone would have raised, oldest first."""
    today = pd.Timestamp(str(store.documents.latest_received())).tz_localize(None)
    covered = coverage(documents)
    around = surroundings(store, covered, completeness(documents, as_of=today))
    volumes = daily(documents)
    given = conditions(documents, around, as_of=today)
    own = volumes[watched_series(volumes)]
    looked = Looked(documents, own, covered, given, detection(workspace.settings))
    table = asked_changes(looked, watchlists)
    table = table.assign(owner="", beside=table["series"].map(lambda name: frozenset()))
    names = {entry.id: entry.name for entry in watchlists}
    titles = {str(series): title(str(series), {}, names) for series in own["series"].unique()}
    types = dict(zip(table["change_id"], table["type"], strict=True))
    raised = alerts(table, pd.DataFrame(columns=list(STANDING_COLUMNS)), as_of=today)
    return [
        {
            "watchlist": watchlist_of(str(row["series"])),
            "day": f"{row['day']:%Y-%m-%d}",
            "detected_on": f"{row['detected_on']:%Y-%m-%d}",
            "type": types[row["change_id"]],
            "title": headline({**row, "type": types[row["change_id"]]}, titles),
        }
        for row in raised.to_dict("records")
    ]


def _size(entry: Watchlist, documents: pd.DataFrame, found: pd.DataFrame) -> Row:
    own = documents[documents["document_id"].isin(found["document_id"])]
    kept = own[own["kept"]]
    stream = documents[documents["stream"].isin(entry.streams)]
    weeks = max((stream["day"].max() - stream["day"].min()).days + 1, 7) / 7 if len(stream) else np.nan
    return {
        "watchlist": entry.id,
        "name": entry.name,
        "documents": len(own),
        "unique_documents": len(kept),
        "reporters": int(kept["reporter"].nunique()),
        "novel": int(found["novel"].sum()),
        "a_week": None if np.isnan(weeks) else round(len(kept) / weeks, 2),
        "first_day": f"{own['day'].min():%Y-%m-%d}" if len(own) else None,
        "last_day": f"{own['day'].max():%Y-%m-%d}" if len(own) else None,
        "weeks": _weeks(kept, stream),
    }


def _weeks(kept: pd.DataFrame, stream: pd.DataFrame) -> list[Row]:
    """The newest ISO weeks of the stream: unique documents and distinct reporters that match."""
    if stream.empty:
        return []
    week = kept["day"].dt.strftime("%G-W%V")
    days = pd.date_range(stream["day"].min(), stream["day"].max(), freq="D")
    known = list(dict.fromkeys(days.strftime("%G-W%V")))[-WEEKS:]
    return [
        {
            "week": name,
            "documents": int((week == name).sum()),
            "reporters": int(kept.loc[week == name, "reporter"].nunique()),
        }
        for name in known
    ]


def _examples(store: Store, found: pd.DataFrame, entry: Watchlist, most: int) -> list[Row]:
    """The newest documents that match; texts of critical hazard are withheld."""
    why = {
        str(row["document_id"]): {str(name): value for name, value in row.items()} for row in found.to_dict("records")
    }
    rows = store.search.documents.some(list(why))
    newest = sorted(rows, key=lambda row: (row["occurred_at"], row["document_id"]), reverse=True)[:most]
    return [
        {
            "day": row["occurred_at"][:10],
            "document_id": row["document_id"],
            "why": _why(why[row["document_id"]], entry),
            "withheld": row["withheld"],
            "excerpt": row["excerpt"],
        }
        for row in newest
    ]


def _why(row: Row, entry: Watchlist) -> Row:
    place, close = row["why"]["example"], row["similarity"]
    return {
        "words": row["why"]["words"],
        "example": None if place is None else entry.examples[place],
        "similarity": None if pd.isna(close) else close,
        "novel": bool(row["novel"]),
    }
