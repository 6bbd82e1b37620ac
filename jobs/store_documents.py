"""Documents as they were ingested: redacted text, claim, times, hashed people, and what is said of them."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import encoded, frame, records, wanted

SPANS = "spans"
ENTITIES = "entities"
JSON = ("segments", "attributes")


class Documents:
    """The tables `document`, `span`, `entity` and `document_decision`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add(self, rows: Sequence[dict[str, Any]]) -> int:
        """Store new documents; returns how many.

        A row has the columns of `document` (segments and attributes as dicts), `spans` as (start, end, type,
        name) and `entities` as lists of values by name.
        """
        if not rows:
            return 0
        columns = sorted({name for row in rows for name in row} - {SPANS, ENTITIES})
        marks = ", ".join(f":{name}" for name in columns)
        cells = [
            {
                name: encoded(row[name]) if name in JSON and row.get(name) is not None else row.get(name)
                for name in columns
            }
            for row in rows
        ]
        execute = self.db.conn.executemany
        execute(f"INSERT INTO document ({', '.join(columns)}) VALUES ({marks})", cells)
        spans = [(row["document_id"], *span) for row in rows for span in row[SPANS]]
        execute("INSERT OR IGNORE INTO span (document_id, start, end, type, name) VALUES (?, ?, ?, ?, ?)", spans)
        found = [
            (row["document_id"], name, value)
            for row in rows
            for name, values in row[ENTITIES].items()
            for value in values
        ]
        execute("INSERT OR IGNORE INTO entity (document_id, name, value) VALUES (?, ?, ?)", found)
        return len(rows)

    def content_hashes(self, ids: Sequence[str]) -> dict[str, str]:
        """The content hash of each of these documents that is stored."""
        wanted(self.db, ids)
        sql = "SELECT document_id, content_hash FROM document JOIN wanted USING (document_id)"
        return dict(self.db.conn.execute(sql).fetchall())

    def count(self) -> int:
        """How many documents there are."""
        return int(self.db.conn.execute("SELECT count(*) FROM document").fetchone()[0])

    def counts(self) -> list[dict[str, Any]]:
        """Documents by stream and source: documents, first and last day, reporters, share of unknown ones."""
        sql = """
            SELECT stream, source, count(*) AS documents, substr(min(occurred_at), 1, 10) AS first_day,
              substr(max(occurred_at), 1, 10) AS last_day, max(received_at) AS last_received,
              count(DISTINCT reporter) AS reporters, round(1 - avg(reporter_known), 3) AS unknown_reporters
            FROM document GROUP BY stream, source ORDER BY stream, source"""
        return records(self.db, sql)

    def latest_received(self) -> str | None:
        """When the newest document arrived, ISO 8601 UTC; None without documents."""
        latest: str | None = self.db.conn.execute("SELECT max(received_at) FROM document").fetchone()[0]
        return latest

    def input_hash(self) -> str:
        """Changes when documents are added or removed; what joins and other jobs write does not change it."""
        sql = "SELECT count(*), coalesce(max(rowid), 0), coalesce(max(received_at), '') FROM document"
        return "/".join(map(str, self.db.conn.execute(sql).fetchone()))

    def referring(self) -> pd.DataFrame:
        """Documents that name a request or a decision, by id.

        Columns: document_id, request_id, decision_id, customer, mitigation, received_at (text, UTC).
        """
        sql = """
            SELECT document_id, request_id, decision_id, customer, mitigation, received_at FROM document
            WHERE request_id IS NOT NULL OR decision_id IS NOT NULL ORDER BY document_id"""
        return frame(self.db, sql)

    def write_joins(self, joins: Sequence[dict[str, Any]]) -> None:
        """Store which decision each document is about, replacing what was joined before.

        A join has document_id, decision_id, agrees (bool), contradiction, decided_at, mitigation. Where it agrees
        the document takes the decision's time and mitigation: an event happened when it was decided.
        """
        self.db.conn.executemany(
            "INSERT OR REPLACE INTO document_decision (document_id, decision_id, agrees, contradiction) "
            "VALUES (:document_id, :decision_id, :agrees, :contradiction)",
            [{**join, "agrees": int(join["agrees"])} for join in joins],
        )
        self.db.conn.executemany(
            "UPDATE document SET occurred_at = :decided_at, occurred_from = 'decision', "
            "mitigation = coalesce(mitigation, :mitigation) "
            "WHERE document_id = :document_id",
            [join for join in joins if join["agrees"]],
        )

    def stale_count(self, rules_version: str) -> int:
        """How many documents other rules have taken apart."""
        sql = "SELECT count(*) FROM document WHERE rules_version != ?"
        return int(self.db.conn.execute(sql, (rules_version,)).fetchone()[0])

    def stale(self, rules_version: str, *, most: int) -> pd.DataFrame:
        """At most `most` documents that other rules have taken apart, by id: document_id, text."""
        sql = "SELECT document_id, text FROM document WHERE rules_version != ? ORDER BY document_id LIMIT ?"
        return frame(self.db, sql, (rules_version, most))

    def newest(self, most: int) -> pd.DataFrame:
        """The feedback that arrived last, at most `most`, by id: document_id, text, reporter."""
        sql = """
            SELECT document_id, text, reporter FROM (SELECT * FROM document WHERE stream = 'feedback'
            ORDER BY received_at DESC, document_id LIMIT ?) ORDER BY document_id"""
        return frame(self.db, sql, (most,))

    def reread(self, rows: Sequence[dict[str, Any]], *, rules_version: str) -> int:
        """Store claims, parts and entities anew; returns how many documents they differ of.

        A row has document_id, claim, fingerprint, template, `parts` as (start, end, name) and `entities` as lists of
        values by name. What models said of a claim or of parts that changed is dropped, so that it is made anew."""
        marks = [(row["document_id"],) for row in rows]
        before = self._read(marks)
        changed = [row for row in rows if _reading(row) != before[row["document_id"]]]
        execute = self.db.conn.executemany
        mine = [(row["document_id"],) for row in changed]
        for table in ("vector", "classification", "classification_before", "triage_look", "entity"):
            execute(f"DELETE FROM {table} WHERE document_id = ?", mine)
        execute("DELETE FROM span WHERE type = 'boilerplate' AND document_id = ?", mine)
        execute(
            "UPDATE document SET claim = :claim, fingerprint = :fingerprint, template = :template "
            "WHERE document_id = :document_id",
            [{name: row[name] for name in ("claim", "fingerprint", "template", "document_id")} for row in changed],
        )
        spans = [(row["document_id"], start, end, name) for row in changed for start, end, name in row["parts"]]
        execute("INSERT INTO span (document_id, start, end, type, name) VALUES (?, ?, ?, 'boilerplate', ?)", spans)
        found = [
            (row["document_id"], name, value)
            for row in changed
            for name, values in row[ENTITIES].items()
            for value in values
        ]
        execute("INSERT OR IGNORE INTO entity (document_id, name, value) VALUES (?, ?, ?)", found)
        execute(
            "UPDATE document SET rules_version = ? WHERE document_id = ?", [(rules_version, *mark) for mark in marks]
        )
        return len(changed)

    def _read(self, marks: Sequence[tuple[str]]) -> dict[str, tuple[Any, ...]]:
        """What is stored of these documents, as `_reading` has it."""
        found: dict[str, tuple[Any, ...]] = {}
        ask = self.db.conn.execute
        for mark in marks:
            claim = ask("SELECT claim FROM document WHERE document_id = ?", mark).fetchone()[0]
            spans = "SELECT start, end, name FROM span WHERE type = 'boilerplate' AND document_id = ? ORDER BY start"
            entities = ask("SELECT name, value FROM entity WHERE document_id = ?", mark).fetchall()
            found[mark[0]] = (claim, ask(spans, mark).fetchall(), set(entities))
        return found

    def joins(self) -> pd.DataFrame:
        """document_id, decision_id, agrees (bool), contradiction, ordered by document."""
        sql = "SELECT document_id, decision_id, agrees, contradiction FROM document_decision ORDER BY document_id"
        return frame(self.db, sql).astype({"agrees": bool})


def _reading(row: dict[str, Any]) -> tuple[Any, ...]:
    """Claim, parts and entities of a row, to compare with what is stored."""
    return (
        row["claim"],
        list(row["parts"]),
        {(name, value) for name, values in row[ENTITIES].items() for value in values},
    )
