"""The queue of single grave documents: what was looked at, why each is there, who was told, who closed it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import encoded, frame, records

OUTCOMES = ("grave", "not_grave", "duplicate", "handled")
# Not yet classified counts as critical: a text of unknown hazard is not shown. Nor is one that is in triage before
# a person has found it not grave.
WITHHELD = """(coalesce(c.hazard, 'critical') = 'critical' OR EXISTS (SELECT 1 FROM triage g
      WHERE g.document_id = d.document_id AND coalesce(g.outcome, 'grave') <> 'not_grave'))"""


class Triage:
    """The tables `triage`, `triage_look`, `triage_message` and `triage_event`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def mark(self) -> int:
        """The place after the newest document: what is stored later comes after it."""
        return int(self.db.execute("SELECT coalesce(max(rowid), 0) FROM document").fetchone()[0])

    def unseen(self, version: str, *, after: int = 0, most: int) -> pd.DataFrame:
        """At most `most` documents of feedback, by id, that this version of the watch has not looked at.

        Only those stored after the place `after`. Columns: document_id, text, claim.
        """
        sql = """
            SELECT d.document_id, d.text, d.claim FROM document d LEFT JOIN triage_look l USING (document_id)
            WHERE d.stream = 'feedback' AND d.rowid > ? AND (l.version IS NULL OR l.version <> ?)
            ORDER BY d.document_id LIMIT ?"""
        return frame(self.db, sql, (after, version, most))

    def unseen_count(self, version: str) -> int:
        """How many documents of feedback this version of the watch has not looked at."""
        sql = """
            SELECT count(*) FROM document d LEFT JOIN triage_look l USING (document_id)
            WHERE d.stream = 'feedback' AND (l.version IS NULL OR l.version <> ?)"""
        return int(self.db.execute(sql, (version,)).fetchone()[0])

    def note_looks(self, ids: Sequence[str], *, version: str) -> None:
        """Note that this version has looked at these documents."""
        sql = "INSERT OR REPLACE INTO triage_look (document_id, version) VALUES (?, ?)"
        self.db.conn.executemany(sql, [(document_id, version) for document_id in ids])

    def add(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Queue grave documents once: one that is or was in the queue stays as it is. Returns the rows added.

        Rows: document_id, reasons (list of rule, words, probability), probability, score, kind, harm_domain, each
        with its probability, versions (dict), raised_at.
        """
        sql = """
            INSERT INTO triage (document_id, reason, reasons, probability, score, kind, kind_probability, harm_domain,
              harm_domain_probability, versions, raised_at)
            VALUES (:document_id, :reason, :reasons, :probability, :score, :kind, :kind_probability, :harm_domain,
              :harm_domain_probability, :versions, :raised_at) ON CONFLICT DO NOTHING"""
        before = self.db.conn.total_changes
        for row in rows:
            told = {"reason": row["reasons"][0]["words"], "reasons": encoded(row["reasons"])}
            self.db.execute(sql, {**row, **told, "versions": encoded(row["versions"])})
        return self.db.conn.total_changes - before

    def ownerless(self) -> pd.DataFrame:
        """Open documents whose owner was not found yet, by id.

        Columns: document_id, request_id, decision_id, customer, mitigation, received_at, kind, harm_domain.
        """
        sql = """
            SELECT t.document_id, d.request_id, d.decision_id, d.customer, d.mitigation, d.received_at,
              t.kind, t.harm_domain
            FROM triage t JOIN document d USING (document_id)
            WHERE t.owner IS NULL AND t.closed_at IS NULL ORDER BY t.document_id"""
        return frame(self.db, sql)

    def give(self, owners: Mapping[str, str]) -> None:
        """Note the owner of each of these documents, if it has none yet."""
        sql = "UPDATE triage SET owner = ? WHERE document_id = ? AND owner IS NULL"
        self.db.conn.executemany(sql, [(owner, document_id) for document_id, owner in owners.items()])

    def left_untold(self) -> bool:
        """Whether there is an open document that nobody was told of."""
        sql = "SELECT EXISTS (SELECT 1 FROM triage WHERE message_id IS NULL AND closed_at IS NULL)"
        return bool(self.db.execute(sql).fetchone()[0])

    def untold(self) -> list[dict[str, Any]]:
        """Open documents of a known owner whom nobody has been told of, worst first; takes the write lock.

        Inside a transaction: of two processes one reads them, and the other sees what the first has told.
        """
        self.db.execute("UPDATE triage SET owner = owner WHERE document_id IS NULL")
        sql = """
            SELECT t.document_id, t.owner, t.reasons, t.probability, t.score, t.kind, t.harm_domain, d.received_at,
              d.source, d.segments
            FROM triage t JOIN document d USING (document_id)
            WHERE t.message_id IS NULL AND t.owner IS NOT NULL AND t.closed_at IS NULL
            ORDER BY t.score DESC, t.document_id"""
        return records(self.db, sql)

    def write_message(self, row: Mapping[str, Any], ids: Sequence[str]) -> None:
        """Store a message and note that it tells of these documents; row: message_id, owner, urgent, as_of, content."""
        sql = """
            INSERT INTO triage_message (message_id, owner, urgent, as_of, content)
            VALUES (:message_id, :owner, :urgent, :as_of, :content) ON CONFLICT DO NOTHING"""
        self.db.execute(sql, {**row, "urgent": int(row["urgent"]), "content": encoded(row["content"])})
        told = "UPDATE triage SET message_id = ? WHERE document_id = ? AND message_id IS NULL"
        self.db.conn.executemany(told, [(row["message_id"], document_id) for document_id in ids])

    def message(self, message_id: str) -> dict[str, Any] | None:
        """A stored message, None for an unknown id."""
        found = records(self.db, "SELECT * FROM triage_message WHERE message_id = ?", (message_id,))
        return found[0] if found else None

    def unreached(self) -> list[dict[str, Any]]:
        """Messages that no channel has taken and none is about to: message_id, owner, urgent, channels (list)."""
        sql = """
            SELECT m.message_id, m.owner, m.urgent, json_group_array(n.channel) AS channels
            FROM triage_message m LEFT JOIN notification n ON n.triage_id = m.message_id
            GROUP BY m.message_id
            HAVING coalesce(sum(n.state IN ('sent', 'pending', 'claimed')), 0) = 0 ORDER BY m.message_id"""
        return records(self.db, sql)

    def close(self, document_id: str, *, outcome: str, reason: str, actor: str, at: str) -> bool:
        """Close an open document; false where it is not open. Who, when and why is kept."""
        sql = """
            UPDATE triage SET outcome = ?, close_reason = ?, closed_by = ?, closed_at = ?
            WHERE document_id = ? AND closed_at IS NULL"""
        if self.db.execute(sql, (outcome, reason, actor, at, document_id)).rowcount != 1:
            return False
        self._event(document_id, at=at, actor=actor, action="closed", detail={"outcome": outcome, "reason": reason})
        return True

    def reopen(self, document_id: str, *, reason: str, actor: str, at: str) -> bool:
        """Open a closed document again; false where it is open or unknown. Who, when and why is kept."""
        sql = """
            UPDATE triage SET outcome = NULL, close_reason = NULL, closed_by = NULL, closed_at = NULL
            WHERE document_id = ? AND closed_at IS NOT NULL"""
        if self.db.execute(sql, (document_id,)).rowcount != 1:
            return False
        self._event(document_id, at=at, actor=actor, action="reopened", detail={"reason": reason})
        return True

    def _event(self, document_id: str, *, at: str, actor: str, action: str, detail: Mapping[str, str]) -> None:
        sql = "INSERT INTO triage_event (document_id, happened_at, actor, action, detail) VALUES (?, ?, ?, ?, ?)"
        self.db.execute(sql, (document_id, at, actor, action, encoded(dict(detail))))
