"""Reading watchlists: how much each one matched lately, its documents and why, its changes and alerts."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from jobs.store_paging import Page
from jobs.store_rows import records
from jobs.store_search_documents import DocumentFilter, DocumentSearch
from jobs.store_small_cells import blanked, marked, unmarked
from jobs.store_theme_queries import AS_OF

COUNTS = ("documents", "unique_documents", "reporters", "customers")
"""What is about the documents of the last 28 days; blank where a cell is small."""
PARTS = ("documents_7d", "unique_7d", "reporters_7d", "novel", "total", "last_seen")
"""What could be subtracted from it: only where nothing is hidden."""
ASKED = "streams harm_domains kinds words examples similarity match segments".split()
LIMITS = "floor floor_days false_alerts_per_week".split()

Row = dict[str, Any]


class WatchSearch:
    """Read queries over `watchlist` and `watch_match`. `small_cell` 0 hides nothing."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def every(self, *, small_cell: int = 0) -> list[Row]:
        """All watchlists in the order of the file, counted over the last 28 days and 7 days before the as-of day.

        `novel` and `customers` are of the 28 days, `total` of all days. Where small cells are hidden, so are `PARTS`
        and what a watchlist looks for.
        """
        return [_told(row, small_cell) for row in self._rows(small_cell)]

    def one(self, watchlist: str, *, small_cell: int = 0) -> Row | None:
        """One watchlist, with the keys of its series; without them where small cells are hidden."""
        row = next((row for row in self._rows(small_cell) if row["watchlist"] == watchlist), None)
        if row is None:
            return None
        return {**_told(row, small_cell), "series": [] if small_cell else self._series(watchlist)}

    def matches(self, watchlist: str, *, novel: bool | None = None, limit: int = 50, cursor: str | None = None) -> Page:
        """The documents that match, newest first, each with `why` it does: list rows of documents.

        `why`: words found, the nearest example sentence if it is near enough, similarity to it, whether it is new.
        """
        wanted = DocumentFilter(watch=watchlist, novel=novel)
        page = DocumentSearch(self.db).page(wanted, limit=limit, cursor=cursor)
        reasons = self.reasons(watchlist, [row["document_id"] for row in page.rows])
        return replace(page, rows=[{**row, "why": reasons[row["document_id"]]} for row in page.rows])

    def reasons(self, watchlist: str, document_ids: Sequence[str]) -> dict[str, Row]:
        """Why these documents match, by id."""
        marks = ", ".join("?" * len(document_ids))
        sql = f"""
            SELECT m.document_id, m.why, m.similarity, m.novel, w.definition FROM watch_match m
            JOIN watchlist w USING (watchlist) WHERE m.watchlist = ? AND m.document_id IN ({marks})"""
        rows = records(self.db, sql, [watchlist, *document_ids])
        return {row["document_id"]: _reason(row) for row in rows}

    def alerts(self, watchlist: str) -> list[Row]:
        """Every alert about a series of this watchlist, newest first."""
        sql = """
            SELECT alert_id, series, title, state, type, hazard, day, detected_on, owner FROM alert
            WHERE series IN (SELECT value FROM json_each(?)) ORDER BY day DESC, alert_id"""
        return records(self.db, sql, (json.dumps(_keys(watchlist)),))

    def _series(self, watchlist: str) -> list[str]:
        sql = "SELECT series FROM series WHERE series IN (SELECT value FROM json_each(?)) ORDER BY series"
        return [row[0] for row in self.db.execute(sql, (json.dumps(_keys(watchlist)),))]

    def _rows(self, small_cell: int) -> list[Row]:
        sql = marked(COUNTED, group="1", key="watchlist") if small_cell else unmarked(COUNTED)
        rows = records(self.db, f"{sql} ORDER BY position", {"small_cell": small_cell})
        return blanked(rows, COUNTS)


def reads(why: Row) -> str:
    """A reason in one line.

    >>> reads({"words": ["sabotag*"], "example": "it broke the build on purpose", "similarity": 0.71})
    'says "sabotag*"; 0.71 like "it broke the build on purpose"'
    >>> reads({"words": [], "example": None, "similarity": None})
    'is of the kind, domain and segments asked for'
    """
    said = ", ".join(f'"{word}"' for word in why["words"])
    parts = [f"says {said}"] if said else []
    if why["example"] is not None:
        parts.append(f'{why["similarity"]:.2f} like "{why["example"]}"')
    return "; ".join(parts) or "is of the kind, domain and segments asked for"


def _keys(watchlist: str) -> list[str]:
    streams = ("feedback", "usage_anomaly")
    return [f"{stream}/watch={watchlist}{end}" for stream in streams for end in ("", "&novel=yes")]


def _reason(row: Row) -> Row:
    why, examples = json.loads(row["why"]), json.loads(row["definition"])["examples"]
    place = why["example"]
    example = examples[place] if place is not None and place < len(examples) else None
    return {"words": why["words"], "example": example, "similarity": row["similarity"], "novel": bool(row["novel"])}


def _told(row: Row, small_cell: int) -> Row:
    definition = json.loads(row["definition"])
    kept = {name: value for name, value in row.items() if name not in ("definition", "position")}
    kept["query"] = None if small_cell else {name: definition[name] for name in ASKED}
    hidden = dict.fromkeys(PARTS) if small_cell else {}
    return {**kept, **hidden, **{name: definition[name] for name in LIMITS}}


COUNTED = f"""
    WITH matched AS MATERIALIZED (
      SELECT m.watchlist, d.reporter, d.customer, substr(d.occurred_at, 1, 10) AS day, m.novel,
        u.document_id IS NULL AS kept, d.occurred_at >= date({AS_OF}, '-27 days') AS recent,
        d.occurred_at >= date({AS_OF}, '-6 days') AS week
      FROM watch_match m JOIN document d USING (document_id) LEFT JOIN duplicate u USING (document_id)),
    counted AS (
      SELECT watchlist, count(*) AS total, max(day) AS last_seen, sum(week) AS documents_7d,
        sum(week AND kept) AS unique_7d, count(DISTINCT CASE WHEN week AND kept THEN reporter END) AS reporters_7d,
        sum(recent) AS documents, sum(recent AND kept) AS unique_documents,
        count(DISTINCT CASE WHEN recent AND kept THEN reporter END) AS reporters,
        count(DISTINCT CASE WHEN recent AND kept THEN customer END) AS customers,
        sum(recent AND kept AND novel) AS novel
      FROM matched GROUP BY watchlist)
    SELECT w.watchlist, w.position, w.name, w.definition, w.hazard, w.since,
      coalesce(w.owner, (SELECT l.owner FROM alert l WHERE l.series = 'feedback/watch=' || w.watchlist
        ORDER BY l.raised_as_of DESC LIMIT 1)) AS owner,
      coalesce(c.documents_7d, 0) AS documents_7d, coalesce(c.unique_7d, 0) AS unique_7d,
      coalesce(c.reporters_7d, 0) AS reporters_7d, coalesce(c.documents, 0) AS documents,
      coalesce(c.unique_documents, 0) AS unique_documents, coalesce(c.reporters, 0) AS reporters,
      coalesce(c.customers, 0) AS customers, coalesce(c.novel, 0) AS novel, c.last_seen,
      coalesce(c.total, 0) AS total,
      (SELECT count(*) FROM alert l WHERE l.state <> 'resolved' AND l.series IN ('feedback/watch=' || w.watchlist,
        'feedback/watch=' || w.watchlist || '&novel=yes', 'usage_anomaly/watch=' || w.watchlist,
        'usage_anomaly/watch=' || w.watchlist || '&novel=yes')) AS open_alerts
    FROM watchlist w LEFT JOIN counted c USING (watchlist)"""
