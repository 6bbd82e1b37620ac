"""What people did to themes: their edits, and what the list of themes says because of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import encoded, frame, records
from topics.curated import CURATED_COLUMNS
from topics.curation import Edit


class Curation:
    """The table `theme_edit`, and what edits decide of the table `theme`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def edits(self, stream: str | None = None) -> list[Edit]:
        """Edits in force, in the order they were made; of one stream's themes, or of all."""
        return self._edits("WHERE e.undone_at IS NULL AND (:stream IS NULL OR t.stream = :stream)", stream)

    def ever(self, stream: str | None = None) -> list[Edit]:
        """Every edit, those taken back too, in the order they were made."""
        return self._edits("WHERE :stream IS NULL OR t.stream = :stream", stream)

    def _edits(self, where: str, stream: str | None) -> list[Edit]:
        rows = records(self.db, f"SELECT * FROM ({EDITS} {where}) ORDER BY number", {"stream": stream})
        return [Edit(row["edit_id"], row["action"], row["theme_id"], row["detail"], row["author"]) for row in rows]

    def page(self, *, theme: str | None = None, limit: int = 50, cursor: str | None = None) -> Page:
        """Edits as stored with the theme's name and stream, newest first; `theme`: those that name it."""
        sql = f"""{EDITS} WHERE :theme IS NULL OR :theme IN
            (e.theme_id, e.detail ->> 'into', e.detail ->> 'other', e.detail ->> 'to')
            OR (e.action = 'split' AND :theme IN (SELECT value FROM json_each(e.detail, '$.into')))"""
        return read_page(self.db, Listing(sql, {"theme": theme}, ("number",)), limit=limit, cursor=cursor)

    def edit(self, edit_id: str) -> dict[str, Any] | None:
        """One edit as stored, with the theme's name and stream; None if there is none."""
        found = records(self.db, f"{EDITS} WHERE e.edit_id = ?", (edit_id,))
        return found[0] if found else None

    def next_id(self) -> str:
        """The id of the next edit."""
        highest = self.db.conn.execute(f"SELECT max({NUMBER}) FROM theme_edit e").fetchone()[0]
        return f"E{int(highest or 0) + 1:04d}"

    def add(self, row: Mapping[str, Any]) -> None:
        """Store an edit: edit_id, action, theme_id, detail (dict), author, reason, made_at."""
        sql = """
            INSERT INTO theme_edit (edit_id, action, theme_id, detail, author, reason, made_at)
            VALUES (:edit_id, :action, :theme_id, :detail, :author, :reason, :made_at)"""
        self.db.execute(sql, {**row, "detail": encoded(row["detail"])})

    def take_back(self, edit_id: str, *, author: str, at: str, reason: str) -> bool:
        """Mark an edit as undone; false where it was already."""
        sql = """
            UPDATE theme_edit SET undone_by = ?, undone_at = ?, undone_reason = ?
            WHERE edit_id = ? AND undone_at IS NULL"""
        return bool(self.db.execute(sql, (author, at, reason, edit_id)).rowcount)

    def themes(self, stream: str) -> pd.DataFrame:
        """CURATED_COLUMNS of every theme of a stream, by id; what is not there is None."""
        columns = ", ".join(CURATED_COLUMNS)
        return frame(self.db, f"SELECT {columns} FROM theme WHERE stream = ? ORDER BY theme_id", (stream,))

    def write_themes(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write CURATED_COLUMNS of themes that are there."""
        values = ", ".join(f"{name} = :{name}" for name in CURATED_COLUMNS[1:])
        self.db.conn.executemany(f"UPDATE theme SET {values} WHERE theme_id = :theme_id", rows)

    def theme(self, theme_id: str) -> dict[str, Any] | None:
        """CURATED_COLUMNS of one theme with stream, fit_id and phrases; None if there is none."""
        columns = ", ".join(CURATED_COLUMNS)
        sql = f"SELECT {columns}, stream, fit_id, phrases FROM theme WHERE theme_id = ?"
        found = records(self.db, sql, (theme_id,))
        return found[0] if found else None

    def document(self, document_id: str) -> dict[str, Any] | None:
        """Stream of a document, the theme it is in and that theme's name; None if there is no such document."""
        sql = """
            SELECT d.stream, a.theme_id, t.name FROM document d
            LEFT JOIN assignment a USING (document_id) LEFT JOIN theme t USING (theme_id) WHERE d.document_id = ?"""
        found = records(self.db, sql, (document_id,))
        return found[0] if found else None

    def members(self, theme_id: str) -> list[str]:
        """Ids of the documents that are in a theme, by id."""
        sql = "SELECT document_id FROM assignment WHERE theme_id = ? ORDER BY document_id"
        return [row[0] for row in self.db.conn.execute(sql, (theme_id,))]

    def descent(self, stream: str) -> dict[str, list[str]]:
        """What fits made of themes: the parts each was split into, or the theme it was merged into."""
        sql = """
            SELECT v.theme_id, v.event, v.detail FROM theme_event v JOIN theme t USING (theme_id)
            WHERE t.stream = ? AND v.event IN ('split', 'merged') AND v.fit_id NOT IN (SELECT edit_id FROM theme_edit)
            ORDER BY v.happened_as_of, v.theme_id"""
        return descent(records(self.db, sql, (stream,)))

    def living(self, stream: str) -> list[dict[str, str]]:
        """Themes of a stream that documents can be in, by id: theme_id, name."""
        sql = """
            SELECT theme_id, name FROM theme WHERE stream = ? AND level = 0
            AND state IN ('emerging', 'active', 'dormant') ORDER BY theme_id"""
        return records(self.db, sql, (stream,))

    def anchors(self, theme_id: str, *, most: int) -> list[str]:
        """Documents that say what a theme is about: its exemplars, else the most similar ones; still in it."""
        sql = """
            SELECT a.document_id FROM assignment a JOIN theme t USING (theme_id)
            LEFT JOIN json_each(t.exemplars) e ON e.value = a.document_id
            WHERE a.theme_id = ? ORDER BY e.key IS NULL, e.key, a.similarity DESC, a.document_id LIMIT ?"""
        return [row[0] for row in self.db.conn.execute(sql, (theme_id, most))]

    def muted(self) -> set[str]:
        """Themes that raise no alert: muted themselves or with their roll-up."""
        sql = """
            SELECT t.theme_id FROM theme t LEFT JOIN theme p ON p.theme_id = t.parent_id
            WHERE t.muted OR coalesce(p.muted, 0)"""
        return {row[0] for row in self.db.conn.execute(sql)}

    def told(self) -> dict[str, list[dict[str, Any]]]:
        """Mutes and merges in force, the newest first: theme_id, name, author, reason, made_at; of merges `into`
        with the target's name too."""
        return {"muted": records(self.db, MUTED), "merged": records(self.db, MERGED)}


def descent(events: Iterable[Mapping[Any, Any]]) -> dict[str, list[str]]:
    """What became of each theme by its events `split` and `merged`, as fits write them, the last that happened.

    >>> descent([{"theme_id": "T0001", "event": "split", "detail": {"children": {"T0002": 0.6, "T0003": 0.4}}}])
    {'T0001': ['T0002', 'T0003']}
    """
    made = {}
    for event in events:
        if event["event"] in ("split", "merged"):
            detail = event["detail"]
            made[str(event["theme_id"])] = list(detail["children"]) if "children" in detail else [str(detail["into"])]
    return made


NUMBER = "CAST(substr(e.edit_id, 2) AS INTEGER)"
EDITS = f"""
    SELECT {NUMBER} AS number, e.edit_id, e.action, e.theme_id, t.name, t.stream, e.detail, e.author, e.reason,
      e.made_at, e.undone_by, e.undone_at, e.undone_reason
    FROM theme_edit e JOIN theme t USING (theme_id)"""
LAST = f"""
    FROM theme_edit e JOIN theme t USING (theme_id) WHERE e.undone_at IS NULL
    AND {NUMBER} = (SELECT max({NUMBER.replace("e.", "l.")}) FROM theme_edit l
      WHERE l.theme_id = e.theme_id AND l.action = e.action AND l.undone_at IS NULL)"""
SAID = "t.theme_id, t.name, e.author, e.reason, e.made_at"
MUTED = f"SELECT {SAID} {LAST} AND e.action = 'mute' AND t.muted ORDER BY {NUMBER} DESC"
MERGED = f"""
    SELECT {SAID}, o.theme_id AS into_id, o.name AS into_name
    {LAST.replace("WHERE", "JOIN theme o ON o.theme_id = t.merged_into WHERE", 1)}
    AND e.action = 'merge' AND t.state = 'merged' ORDER BY {NUMBER} DESC"""
