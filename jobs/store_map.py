"""The map of themes: where each theme and each document stands."""

from collections.abc import Iterable, Sequence

import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import frame


class Map:
    """The tables `map_theme` and `map_point`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def places(self, stream: str) -> pd.DataFrame:
        """Where themes of a stream stand, ended ones too: theme_id, fit_id, x, y."""
        sql = """
            SELECT m.theme_id, m.fit_id, m.x, m.y FROM map_theme m JOIN theme t USING (theme_id)
            WHERE t.stream = ? ORDER BY m.theme_id"""
        return frame(self.db, sql, (stream,))

    def write_places(self, rows: Iterable[tuple[str, str, float, float]]) -> None:
        """Store (theme_id, fit_id, x, y), replacing where a theme stood."""
        self.db.conn.executemany("INSERT OR REPLACE INTO map_theme VALUES (?, ?, ?, ?)", rows)

    def forget_places(self, theme_ids: Sequence[str]) -> None:
        """Take themes off the map."""
        self.db.conn.executemany("DELETE FROM map_theme WHERE theme_id = ?", [(one,) for one in theme_ids])

    def forget_points(self, stream: str, theme_ids: Sequence[str] | None = None) -> None:
        """Take the documents of these themes off the map; None: all of the stream."""
        sql = "DELETE FROM map_point WHERE document_id IN (SELECT document_id FROM document WHERE stream = ?)"
        if theme_ids is None:
            self.db.execute(sql, (stream,))
            return
        own = f"{sql} AND document_id IN (SELECT document_id FROM assignment WHERE theme_id = ?)"
        self.db.conn.executemany(own, [(stream, one) for one in theme_ids])

    def waiting(self, stream: str) -> pd.DataFrame:
        """Assigned documents of a stream that are not on the map, by id: document_id, theme_id (None: no theme)."""
        sql = """
            SELECT a.document_id, a.theme_id FROM assignment a
            JOIN document d USING (document_id) JOIN vector v USING (document_id)
            LEFT JOIN map_point p USING (document_id)
            WHERE d.stream = ? AND p.document_id IS NULL ORDER BY a.document_id"""
        return frame(self.db, sql, (stream,))

    def write_points(self, rows: Iterable[tuple[str, str, float, float]]) -> None:
        """Store (document_id, fit_id, x, y), replacing where a document stood."""
        self.db.conn.executemany("INSERT OR REPLACE INTO map_point VALUES (?, ?, ?, ?)", rows)

    def points(self, stream: str, *, most: int) -> pd.DataFrame:
        """At most `most` documents of a stream, the latest first: theme_id, kind, harm_domain, x, y; no text."""
        sql = """
            SELECT a.theme_id, coalesce(s.kind, c.kind, d.anomaly_type) AS kind,
              coalesce(s.harm_domain, c.harm_domain) AS harm_domain, p.x, p.y
            FROM map_point p JOIN document d USING (document_id) JOIN assignment a USING (document_id)
            LEFT JOIN classification c USING (document_id) LEFT JOIN settled_document s USING (document_id)
            WHERE d.stream = ? ORDER BY d.occurred_at DESC, d.document_id LIMIT ?"""
        return frame(self.db, sql, (stream, most))
