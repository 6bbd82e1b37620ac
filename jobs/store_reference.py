"""What documents are compared with: decisions, exposure, appeals, labels, and the files people keep in git."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_decisions import DecisionTables
from jobs.store_rows import encoded, frame, records

FILES = {
    "mitigation": "mitigation_id",
    "release": "release_id",
    "owner": "owner_id",
    "calendar": "calendar_id",
}
"""Tables that mirror a YAML file, and their keys."""
DECLARED = "declared-"
"""How the ids of silences from `silences.yaml` begin; others were made by people at work."""


class Reference(DecisionTables):
    """The tables `exposure`, `decision`, `decision_day`, `appeal`, `label`, and those of the YAML files."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)

    def add_exposure(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store exposure by day, mitigation and segments (dict); the newest value of a cell stays."""
        sql = """
            INSERT OR REPLACE INTO exposure (day, mitigation, segments, requests, blocked, customers)
            VALUES (:day, :mitigation, :segments, :requests, :blocked, :customers)"""
        self.db.conn.executemany(sql, [{**row, "segments": encoded(row["segments"])} for row in rows])

    def exposure(self) -> pd.DataFrame:
        """day (datetime64), mitigation ('all' or an id), segments (dict), requests, blocked, customers."""
        found = frame(self.db, "SELECT * FROM exposure ORDER BY day, mitigation, segments")
        found["day"] = pd.to_datetime(found["day"])
        found["segments"] = [json.loads(text) for text in found["segments"]]
        return found

    def add_appeals(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store appeals by id; a later state of the same appeal replaces the earlier."""
        columns = "appeal_id filed_at decision_id request_id customer outcome closed_at text".split()
        marks = ", ".join(f":{name}" for name in columns)
        sql = f"INSERT OR REPLACE INTO appeal ({', '.join(columns)}) VALUES ({marks})"
        self.db.conn.executemany(sql, rows)

    def appeals(self) -> pd.DataFrame:
        """All appeals: appeal_id, filed_at, decision_id, request_id, customer, outcome, closed_at, text."""
        return frame(self.db, "SELECT * FROM appeal ORDER BY filed_at, appeal_id")

    def add_labels(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store labels by id (target, field, labeller); of two the later one stays."""
        sql = """
            INSERT INTO label (label_id, document_id, decision_id, field, value, labeller, labelled_at,
              inclusion_probability)
            VALUES (:label_id, :document_id, :decision_id, :field, :value, :labeller, :labelled_at,
              :inclusion_probability)
            ON CONFLICT (label_id) DO UPDATE SET value = excluded.value, labelled_at = excluded.labelled_at,
              inclusion_probability = excluded.inclusion_probability
            WHERE excluded.labelled_at >= label.labelled_at"""
        self.db.conn.executemany(sql, rows)

    def settle_labels(self) -> int:
        """Point labels that name a document by its id within its source to the document; how many were settled.

        A name that several sources use stays as it is: it cannot be told which is meant.
        """
        # The plus takes the column's affinity away: with it SQLite would not use the index on the expression.
        named = "(SELECT document_id FROM document WHERE substr(document_id, length(source) + 2) = +label.document_id)"
        sql = f"""
            UPDATE label SET document_id = {named}
            WHERE document_id IS NOT NULL AND document_id NOT IN (SELECT document_id FROM document)
              AND (SELECT count(*) FROM document
                   WHERE substr(document_id, length(source) + 2) = +label.document_id) = 1"""
        return int(self.db.conn.execute(sql).rowcount)

    def labels(self) -> pd.DataFrame:
        """All labels: document_id or decision_id, field, value, labeller, labelled_at, inclusion_probability."""
        return frame(self.db, "SELECT * FROM label ORDER BY label_id")

    def labelled_documents(self) -> pd.DataFrame:
        """Labels of feedback that is here, by document: document_id, text, claim, language (None before the first
        run), field, value, labeller, labelled_at, inclusion_probability. An adjudicated one stands alone."""
        sql = """
            SELECT d.document_id, d.text, d.claim, c.language, l.field, coalesce(v.value, l.value) AS value,
              l.labeller, l.labelled_at, l.inclusion_probability
            FROM (SELECT document_id, field, value, labeller, labelled_at, inclusion_probability FROM label
                  UNION ALL SELECT target, field, value, actor, decided_at, NULL FROM label_verdict) l
            JOIN document d USING (document_id) LEFT JOIN classification c USING (document_id)
            LEFT JOIN label_verdict v ON v.target = l.document_id AND v.field = l.field
            WHERE d.stream = 'feedback' ORDER BY d.document_id, l.field, l.labelled_at, l.labeller"""
        return frame(self.db, sql)

    def documents_named(self, ids: Sequence[str]) -> pd.DataFrame:
        """Documents by their id, or by their id within their source where one source uses it: id, text, lang."""
        sql = """
            SELECT wanted.value AS id, d.text, c.language AS lang FROM json_each(?) wanted
            JOIN document d
              ON d.document_id = wanted.value OR substr(d.document_id, length(d.source) + 2) = +wanted.value
            LEFT JOIN classification c USING (document_id)
            GROUP BY wanted.value HAVING count(*) = 1"""
        return frame(self.db, sql, (encoded(list(ids)),))

    def stray_labels(self) -> int:
        """Labels whose document is not here."""
        sql = """
            SELECT count(*) FROM label
            WHERE document_id IS NOT NULL AND document_id NOT IN (SELECT document_id FROM document)"""
        return int(self.db.conn.execute(sql).fetchone()[0])

    def replace(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Make a table that mirrors a YAML file say what the file says; inferred releases stay."""
        key = FILES[table]
        kept = " AND declared = 1" if table == "release" else ""
        names = encoded([row[key] for row in rows])
        self.db.execute(f"DELETE FROM {table} WHERE {key} NOT IN (SELECT value FROM json_each(?)){kept}", (names,))
        for row in rows:
            columns = ", ".join(row)
            marks = ", ".join(f":{name}" for name in row)
            self.db.execute(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})", dict(row))

    def replace_silences(self, rows: Sequence[Mapping[str, Any]], *, now: str) -> None:
        """Make the declared silences those of the file; a known one keeps the time it was made."""
        names = encoded([row["silence_id"] for row in rows])
        sql = "DELETE FROM silence WHERE silence_id LIKE ? AND silence_id NOT IN (SELECT value FROM json_each(?))"
        self.db.execute(sql, (f"{DECLARED}%", names))
        for row in rows:
            self.db.execute(
                "INSERT INTO silence (silence_id, matcher, until, reason, author, created_at) "
                "VALUES (:silence_id, :matcher, :until, :reason, :author, :now) ON CONFLICT DO NOTHING",
                {**row, "now": now},
            )

    def mitigations(self) -> list[dict[str, Any]]:
        """mitigation_id, name, harm_domain, owner, thresholds (dict)."""
        return records(self.db, "SELECT * FROM mitigation ORDER BY mitigation_id")

    def mitigation_names(self) -> list[str]:
        """Every mitigation that documents, decisions or exposure name, declared or not."""
        sql = """
            SELECT mitigation FROM document WHERE mitigation IS NOT NULL UNION SELECT mitigation FROM exposure
            UNION SELECT mitigation FROM decision_day ORDER BY 1"""
        return [row[0] for row in self.db.conn.execute(sql)]

    def releases(self) -> list[dict[str, Any]]:
        """release_id, mitigation, released_on, version, note, declared, by day."""
        return records(self.db, "SELECT * FROM release ORDER BY released_on, release_id")

    def owners(self) -> list[dict[str, Any]]:
        """owner_id, name, channels (dicts), cadence, budget (0: none of its own), urgent (dicts, or None)."""
        found = records(self.db, "SELECT * FROM owner ORDER BY owner_id")
        return [{**row, "urgent": json.loads(row["urgent"]) if row["urgent"] else None} for row in found]

    def calendar(self) -> list[dict[str, Any]]:
        """calendar_id, type, day_from, day_to (the first day after), note, by day."""
        return records(self.db, "SELECT * FROM calendar ORDER BY day_from, calendar_id")

    def silences(self) -> list[dict[str, Any]]:
        """silence_id, matcher (dict), until, reason, author, created_at; past ones too."""
        return records(self.db, "SELECT * FROM silence ORDER BY until, silence_id")

    def input_hash(self) -> str:
        """Changes when anything people gave changes; what the join writes does not change it."""
        digest = hashlib.blake2b(digest_size=16)
        for sql in INPUTS:
            for row in self.db.conn.execute(sql):
                digest.update(encoded(list(row)).encode())
        return digest.hexdigest()


INPUTS = (
    "SELECT * FROM mitigation ORDER BY 1",
    # What a run infers is no input of it.
    "SELECT * FROM release WHERE declared = 1 ORDER BY 1",
    "SELECT * FROM owner ORDER BY 1",
    "SELECT * FROM calendar ORDER BY 1",
    "SELECT silence_id, matcher, until FROM silence ORDER BY 1",
    "SELECT * FROM exposure ORDER BY day, mitigation, segments",
    "SELECT * FROM appeal ORDER BY 1",
    "SELECT document_id, kept_id, verdict FROM duplicate_verdict ORDER BY 1",
    "SELECT edit_id FROM theme_edit WHERE undone_at IS NULL ORDER BY 1",
    "SELECT label_id, value, labelled_at, inclusion_probability FROM label ORDER BY 1",
    "SELECT * FROM decision_day ORDER BY day, mitigation, version, action, segments",
    "SELECT target, field, value FROM label_verdict ORDER BY 1, 2",
    "SELECT draw_id, item_id, inclusion_probability FROM label_item ORDER BY 1, 2",
    # The truth that labels settle is in the labels: when it reaches the decision is no news.
    """SELECT decision_id, truth, truth_source, inclusion_probability FROM decision WHERE truth IS NOT NULL
       AND decision_id NOT IN (SELECT decision_id FROM settled_audit) ORDER BY 1""",
)
