"""Watchlists as they were last run, the documents each one matches and why, and what was looked at."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import encoded, frame

Row = Mapping[str, Any]


class Watch:
    """The tables `watchlist`, `watch_match` and `watch_look`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def replace(self, rows: Sequence[Row], *, since: str) -> None:
        """Make the table say what watchlists.yaml says: watchlist, name, definition, owner, hazard, in order.

        `since` is noted on those that are new; what left the file goes with its matches.
        """
        known = dict(self.db.conn.execute("SELECT watchlist, since FROM watchlist").fetchall())
        self.db.execute("DELETE FROM watchlist")
        sql = """
            INSERT INTO watchlist (watchlist, position, name, definition, owner, hazard, since)
            VALUES (:watchlist, :position, :name, :definition, :owner, :hazard, :since)"""
        for position, row in enumerate(rows):
            self.db.conn.execute(sql, {**row, "position": position, "since": known.get(row["watchlist"], since)})
        self.db.execute("DELETE FROM watch_match WHERE watchlist NOT IN (SELECT watchlist FROM watchlist)")

    def names(self) -> dict[str, str]:
        """The name of each watchlist by its id."""
        return dict(self.db.conn.execute("SELECT watchlist, name FROM watchlist ORDER BY position").fetchall())

    def hazards(self) -> dict[str, str]:
        """The hazard of each watchlist that states one, by its id."""
        return dict(self.db.conn.execute("SELECT watchlist, hazard FROM watchlist WHERE hazard IS NOT NULL").fetchall())

    def segment_names(self) -> set[str]:
        """The names of the segments that documents have; empty where there is no document."""
        sql = "SELECT DISTINCT e.key FROM document d, json_each(d.segments) e"
        return {row[0] for row in self.db.conn.execute(sql)}

    def documents(self, *, after: str = "", most: int) -> pd.DataFrame:
        """At most `most` documents whose ids come after this one, by id: what queries look at, and what they saw.

        Columns: document_id, stream, said (the claim, the text where there is none), segments (JSON text), kind,
        harm_domain, vector (version of its vector), seen, queries (None: never looked at). What people settled
        stands in place of what the classifier said.
        """
        sql = """
            SELECT d.document_id, d.stream, CASE WHEN d.claim <> '' THEN d.claim ELSE d.text END AS said, d.segments,
              coalesce(s.kind, c.kind) AS kind, coalesce(s.harm_domain, c.harm_domain) AS harm_domain,
              v.embedder_version AS vector, l.seen, l.queries
            FROM document d
            LEFT JOIN classification c USING (document_id)
            LEFT JOIN settled_document s USING (document_id)
            LEFT JOIN vector v USING (document_id)
            LEFT JOIN watch_look l USING (document_id)
            WHERE d.document_id > ? ORDER BY d.document_id LIMIT ?"""
        return frame(self.db, sql, (after, most))

    def write(self, looks: Sequence[tuple[str, str, str]], matches: Sequence[Row]) -> None:
        """Store what queries saw (document_id, seen, queries) and, of just these documents, what they match.

        `matches`: watchlist, document_id, why, similarity; of a match that stays, whether it is new stays.
        """
        ids = [(look[0],) for look in looks]
        self.db.conn.execute("CREATE TEMP TABLE IF NOT EXISTS was_new (watchlist TEXT, document_id TEXT)")
        self.db.conn.execute("DELETE FROM was_new")
        keep = "INSERT INTO was_new SELECT watchlist, document_id FROM watch_match WHERE document_id = ? AND novel"
        self.db.conn.executemany(keep, ids)
        self.db.conn.executemany("DELETE FROM watch_match WHERE document_id = ?", ids)
        sql = """
            INSERT INTO watch_match (watchlist, document_id, why, similarity, novel)
            VALUES (:watchlist, :document_id, :why, :similarity, EXISTS (SELECT 1 FROM was_new w
              WHERE w.watchlist = :watchlist AND w.document_id = :document_id))"""
        self.db.conn.executemany(sql, [{**row, "why": encoded(row["why"])} for row in matches])
        self.db.conn.executemany("INSERT OR REPLACE INTO watch_look VALUES (?, ?, ?)", looks)

    def forget(self) -> None:
        """Let every document be looked at again, and match nothing until then."""
        self.db.execute("DELETE FROM watch_match")
        self.db.execute("DELETE FROM watch_look")

    def matches(self) -> pd.DataFrame:
        """Every match, by watchlist and document: watchlist, document_id, novel (bool)."""
        sql = "SELECT watchlist, document_id, novel FROM watch_match ORDER BY watchlist, document_id"
        found = frame(self.db, sql)
        return found.assign(novel=found["novel"].astype(bool))

    def placed(self, document_ids: Sequence[str]) -> pd.DataFrame:
        """Where these documents stand among the themes, by id.

        Columns: document_id, day, theme_id, placed (bool: a fit has looked at it), born_on, first_fit (datetime64).
        """
        sql = """
            SELECT d.document_id, substr(d.occurred_at, 1, 10) AS day, a.theme_id, a.document_id IS NOT NULL AS placed,
              t.born_on, (SELECT substr(min(f.fitted_as_of), 1, 10) FROM theme_fit f WHERE f.stream = d.stream)
                AS first_fit
            FROM (SELECT DISTINCT value AS document_id FROM json_each(?)) w JOIN document d USING (document_id)
            LEFT JOIN assignment a USING (document_id) LEFT JOIN theme t USING (theme_id) ORDER BY d.document_id"""
        found = frame(self.db, sql, (encoded(list(document_ids)),))
        for name in ("day", "born_on", "first_fit"):
            found[name] = pd.to_datetime(found[name])
        return found.assign(placed=found["placed"].astype(bool))

    def write_novel(self, document_ids: Sequence[str]) -> int:
        """Mark the matches of these documents, and of no others, as new; returns how many changed."""
        self.db.conn.execute("CREATE TEMP TABLE IF NOT EXISTS new_ids (document_id TEXT PRIMARY KEY)")
        self.db.conn.execute("DELETE FROM new_ids")
        self.db.conn.executemany("INSERT INTO new_ids VALUES (?)", [(one,) for one in document_ids])
        sql = """
            UPDATE watch_match SET novel = NOT novel
            WHERE novel <> (document_id IN (SELECT document_id FROM new_ids))"""
        return int(self.db.conn.execute(sql).rowcount)
