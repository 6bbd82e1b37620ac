"""Themes, the fits they come from, their lineage, and which document belongs to which."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import decoded, encoded, frame, records
from jobs.theme_filter import ALIVE
from topics.strands import PROTOTYPE_COLUMNS


class Themes:
    """The tables `theme_fit`, `theme`, `theme_prototype`, `theme_event` and `assignment`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def latest_fit(self, stream: str) -> dict[str, Any] | None:
        """The newest fit of a stream; None before the first."""
        sql = "SELECT * FROM theme_fit WHERE stream = ? ORDER BY fitted_as_of DESC, rowid DESC LIMIT 1"
        found = frame(self.db, sql, (stream,)).to_dict("records")
        return {str(name): decoded(str(name), value) for name, value in found[0].items()} if found else None

    def all(self, stream: str) -> pd.DataFrame:
        """Every theme of a stream, by id.

        Columns: theme_id, name, phrases (list), state, level, parent_id, centroid (float32 vector), fit_id, born_on,
        exemplars (list), quality (dict), named_by, pinned, muted, merged_into, last_seen.
        """
        sql = """
            SELECT theme_id, name, phrases, state, level, parent_id, centroid, fit_id, born_on, exemplars, quality,
              named_by, pinned, muted, merged_into, last_seen
            FROM theme WHERE stream = ? ORDER BY theme_id"""
        found = frame(self.db, sql, (stream,))
        found["centroid"] = found["centroid"].map(_vector)
        for name in ("phrases", "exemplars", "quality"):
            found[name] = found[name].map(lambda text, name=name: decoded(name, text))
        return found

    def standing(self, stream: str) -> pd.DataFrame:
        """Living themes of a stream without roll-ups; columns as in `all`."""
        found = self.all(stream)
        return found[found["state"].isin(ALIVE) & (found["level"] == 0)].reset_index(drop=True)

    def prototypes(self, stream: str) -> pd.DataFrame:
        """Every prototype of a stream, by theme and number: PROTOTYPE_COLUMNS, centroid as a float32 vector.

        A living theme that has none yet has its centroid as the only one.
        """
        sql = f"""
            SELECT p.theme_id, p.number, p.centroid, p.origin, p.edit_id, p.documents
            FROM theme_prototype p JOIN theme t USING (theme_id) WHERE t.stream = :stream
            UNION ALL
            SELECT theme_id, 0, centroid, 'fit', NULL, 0 FROM theme t
            WHERE t.stream = :stream AND t.level = 0 AND t.state IN {ALIVE}
              AND NOT EXISTS (SELECT 1 FROM theme_prototype p WHERE p.theme_id = t.theme_id)
            ORDER BY 1, 2"""
        found = frame(self.db, sql, {"stream": stream})
        return found.assign(centroid=found["centroid"].map(_vector))[PROTOTYPE_COLUMNS]

    def write_prototypes(self, stream: str, rows: pd.DataFrame) -> None:
        """Replace every prototype of a stream; the themes must be there."""
        self.db.execute(
            "DELETE FROM theme_prototype WHERE theme_id IN (SELECT theme_id FROM theme WHERE stream = ?)", (stream,)
        )
        self.add_prototypes(rows)

    def add_prototypes(self, rows: pd.DataFrame) -> None:
        """Store prototypes, PROTOTYPE_COLUMNS, beside those that are there."""
        sql = "INSERT OR REPLACE INTO theme_prototype VALUES (?, ?, ?, ?, ?, ?)"
        values = [
            (theme, int(number), _blob(centroid), origin, edit_id if isinstance(edit_id, str) else None, int(documents))
            for theme, number, centroid, origin, edit_id, documents in rows[PROTOTYPE_COLUMNS].itertuples(index=False)
        ]
        columns = "(theme_id, number, centroid, origin, edit_id, documents)"
        self.db.conn.executemany(sql.replace(" VALUES", f" {columns} VALUES"), values)

    def drop_prototypes(self, theme_ids: Sequence[str]) -> None:
        """Forget the prototypes of themes that ended."""
        self.db.conn.executemany("DELETE FROM theme_prototype WHERE theme_id = ?", [(one,) for one in theme_ids])

    def names(self) -> dict[str, str]:
        """Every theme's name by id."""
        return dict(self.db.conn.execute("SELECT theme_id, name FROM theme").fetchall())

    def next_number(self) -> int:
        """The number of the next theme id, over both streams; ids are never used twice."""
        highest = self.db.conn.execute("SELECT max(CAST(substr(theme_id, 2) AS INTEGER)) FROM theme").fetchone()[0]
        return int(highest or 0) + 1

    def write_fit(self, fit: dict[str, Any]) -> None:
        """Record one fit; a rerun of the same fit replaces its record."""
        row = {**fit, "parameters": encoded(fit["parameters"])}
        self.db.table("theme_fit").upsert(row, pk="fit_id")

    def write_themes(self, themes: Sequence[dict[str, Any]]) -> None:
        """Store themes by id: theme_id, stream, name, phrases, state, centroid, fit_id, born_on, exemplars and, where
        given, level, parent_id, quality. A theme keeps the day it was born on; a name that a person gave stays."""
        sql = """
            INSERT INTO theme (theme_id, stream, name, phrases, state, centroid, fit_id, born_on, exemplars, level,
              parent_id, quality)
            VALUES (:theme_id, :stream, :name, :phrases, :state, :centroid, :fit_id, :born_on, :exemplars, :level,
              :parent_id, :quality)
            ON CONFLICT (theme_id) DO UPDATE SET
              name = CASE named_by WHEN 'fit' THEN excluded.name ELSE name END, phrases = excluded.phrases,
              state = excluded.state, centroid = excluded.centroid, fit_id = excluded.fit_id,
              exemplars = excluded.exemplars, level = excluded.level, parent_id = excluded.parent_id,
              quality = excluded.quality"""
        rows = [
            {
                **{"level": 0, "parent_id": None},
                **theme,
                "centroid": _blob(theme["centroid"]),
                "phrases": encoded(list(theme["phrases"])),
                "exemplars": encoded(list(theme["exemplars"])),
                "quality": encoded(theme.get("quality", {})),
            }
            for theme in themes
        ]
        self.db.conn.executemany(sql, rows)

    def end(self, theme_ids: Sequence[str], *, state: str) -> None:
        """Set the state of themes that live no longer; they are in no roll-up."""
        sql = "UPDATE theme SET state = ?, parent_id = NULL WHERE theme_id = ?"
        self.db.conn.executemany(sql, [(state, one) for one in theme_ids])

    def merge(self, into: dict[str, str]) -> None:
        """Let themes (keys) be merged into others: they are no parent's children, and say where they went."""
        sql = "UPDATE theme SET state = 'merged', merged_into = ?, parent_id = NULL WHERE theme_id = ?"
        self.db.conn.executemany(sql, [(other, one) for one, other in into.items()])

    def write_parents(self, rows: Sequence[tuple[str | None, str]]) -> None:
        """Set (parent, theme_id); None for a theme that belongs to no roll-up."""
        self.db.conn.executemany("UPDATE theme SET parent_id = ? WHERE theme_id = ?", rows)

    def seen(self, stream: str) -> pd.DataFrame:
        """When documents of each theme came: theme_id, documents, reporters, last_seen (day, ISO text)."""
        sql = """
            SELECT a.theme_id, count(*) AS documents, count(DISTINCT d.reporter) AS reporters,
              max(substr(d.occurred_at, 1, 10)) AS last_seen
            FROM assignment a JOIN document d USING (document_id)
            WHERE d.stream = ? AND a.theme_id IS NOT NULL GROUP BY a.theme_id ORDER BY a.theme_id"""
        return frame(self.db, sql, (stream,))

    def write_states(self, rows: Sequence[tuple[str, str | None, str]]) -> None:
        """Set (state, last_seen, theme_id)."""
        self.db.conn.executemany("UPDATE theme SET state = ?, last_seen = ? WHERE theme_id = ?", rows)

    def add_events(self, events: Sequence[dict[str, Any]]) -> None:
        """Append lineage events; the same event of the same fit is stored once."""
        rows = [{**event, "detail": encoded(event["detail"])} for event in events]
        self.db.table("theme_event").insert_all(rows, pk=("theme_id", "fit_id", "event"), ignore=True)

    def events_of(self, fit_id: str, event: str) -> list[dict[str, Any]]:
        """Events of one kind that a fit left: theme_id, detail."""
        sql = "SELECT theme_id, detail FROM theme_event WHERE fit_id = ? AND event = ? ORDER BY theme_id"
        return records(self.db, sql, (fit_id, event))

    def assignments(self, stream: str) -> pd.DataFrame:
        """The standing assignment: document_id, theme_id (None: unassigned), similarity."""
        sql = """
            SELECT a.document_id, a.theme_id, a.similarity FROM assignment a
            JOIN document d USING (document_id) WHERE d.stream = ? ORDER BY a.document_id"""
        return frame(self.db, sql, (stream,))

    def write_assignments(self, rows: Sequence[tuple[str, str | None, float, str]]) -> None:
        """Store (document_id, theme_id, similarity, fit_id), replacing what was said before."""
        self.db.conn.executemany("INSERT OR REPLACE INTO assignment VALUES (?, ?, ?, ?)", rows)


def _vector(blob: bytes) -> np.ndarray:
    return np.frombuffer(blob, dtype=np.float32)


def _blob(vector: np.ndarray) -> bytes:
    return np.asarray(vector, dtype=np.float32).tobytes()
