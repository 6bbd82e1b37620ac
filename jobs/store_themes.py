"""Themes, the fits they come from, their lineage, and which document belongs to which."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import decoded, encoded, frame


class Themes:
    """The tables `theme_fit`, `theme`, `theme_event` and `assignment`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def latest_fit(self, stream: str) -> dict[str, Any] | None:
        """The newest fit of a stream; None before the first."""
        sql = "SELECT * FROM theme_fit WHERE stream = ? ORDER BY fitted_as_of DESC, fit_id DESC LIMIT 1"
        found = frame(self.db, sql, (stream,)).to_dict("records")
        return {str(name): decoded(str(name), value) for name, value in found[0].items()} if found else None

    def standing(self, stream: str) -> pd.DataFrame:
        """Living themes of a stream: theme_id, centroid (float32 vectors), name, phrases, state, fit_id."""
        sql = """
            SELECT theme_id, centroid, name, phrases, state, fit_id, born_on FROM theme
            WHERE stream = ? AND state IN ('emerging', 'active', 'dormant') ORDER BY theme_id"""
        found = frame(self.db, sql, (stream,))
        found["centroid"] = found["centroid"].map(lambda blob: np.frombuffer(blob, dtype=np.float32))
        found["phrases"] = found["phrases"].map(lambda text: decoded("phrases", text))
        return found

    def names(self) -> dict[str, str]:
        """Every theme's name by id."""
        return dict(self.db.conn.execute("SELECT theme_id, name FROM theme").fetchall())

    def next_number(self) -> int:
        """The number of the next theme id, over both streams; ids are never used twice."""
        highest = self.db.conn.execute("SELECT max(CAST(substr(theme_id, 2) AS INTEGER)) FROM theme").fetchone()[0]
        return int(highest or 0) + 1

    def write_fit(self, fit: dict[str, Any]) -> None:
        """Record one fit."""
        row = {**fit, "parameters": encoded(fit["parameters"])}
        self.db.table("theme_fit").upsert(row, pk="fit_id")

    def write_themes(self, themes: Sequence[dict[str, Any]]) -> None:
        """Store themes by id; a theme keeps the day it was born on."""
        sql = """
            INSERT INTO theme (theme_id, stream, name, phrases, state, centroid, fit_id, born_on, exemplars)
            VALUES (:theme_id, :stream, :name, :phrases, :state, :centroid, :fit_id, :born_on, :exemplars)
            ON CONFLICT (theme_id) DO UPDATE SET name = excluded.name, phrases = excluded.phrases,
              state = excluded.state, centroid = excluded.centroid, fit_id = excluded.fit_id,
              exemplars = excluded.exemplars"""
        rows = [
            {
                **theme,
                "centroid": np.asarray(theme["centroid"], dtype=np.float32).tobytes(),
                "phrases": encoded(list(theme["phrases"])),
                "exemplars": encoded(list(theme["exemplars"])),
            }
            for theme in themes
        ]
        self.db.conn.executemany(sql, rows)

    def end(self, theme_ids: Sequence[str], *, state: str) -> None:
        """Set the state of themes that a new fit no longer has."""
        self.db.conn.executemany("UPDATE theme SET state = ? WHERE theme_id = ?", [(state, i) for i in theme_ids])

    def add_events(self, events: Sequence[dict[str, Any]]) -> None:
        """Append lineage events; the same event of the same fit is stored once."""
        rows = [{**event, "detail": encoded(event["detail"])} for event in events]
        self.db.table("theme_event").insert_all(rows, pk=("theme_id", "fit_id", "event"), ignore=True)

    def unassigned_to(self, fit_id: str, stream: str) -> list[str]:
        """Ids of documents with a vector that this fit has not placed yet, ordered."""
        sql = """
            SELECT d.document_id FROM document d JOIN vector v USING (document_id)
            LEFT JOIN assignment a ON a.document_id = d.document_id AND a.fit_id = ?
            WHERE d.stream = ? AND a.document_id IS NULL ORDER BY d.document_id"""
        return [row[0] for row in self.db.conn.execute(sql, (fit_id, stream))]

    def assignments(self, stream: str) -> pd.DataFrame:
        """The standing assignment: document_id, theme_id (None: unassigned), similarity."""
        sql = """
            SELECT a.document_id, a.theme_id, a.similarity FROM assignment a
            JOIN document d USING (document_id) WHERE d.stream = ? ORDER BY a.document_id"""
        return frame(self.db, sql, (stream,))

    def write_assignments(self, rows: Sequence[tuple[str, str | None, float, str]]) -> None:
        """Store (document_id, theme_id, similarity, fit_id), replacing what an earlier fit said."""
        self.db.conn.executemany("INSERT OR REPLACE INTO assignment VALUES (?, ?, ?, ?)", rows)
