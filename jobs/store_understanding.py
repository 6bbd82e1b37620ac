"""What was made of each document: its vector and its classification."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import frame, records, wanted
from nlp.records import Span

VECTOR_TYPE = np.float16


class Understanding:
    """The tables `vector`, `classification` and `agreement`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def pending(self, embedder_version: str, classifier_version: str, *, most: int) -> pd.DataFrame:
        """At most `most` documents, by id, that these versions have not enriched yet.

        Columns: document_id, stream, text, claim, mitigation, anomaly_type.
        """
        sql = """
            SELECT d.document_id, d.stream, d.text, d.claim, d.mitigation, d.anomaly_type FROM document d
            LEFT JOIN vector v ON v.document_id = d.document_id AND v.embedder_version = ?
            LEFT JOIN classification c ON c.document_id = d.document_id AND c.classifier_version = ?
            WHERE c.document_id IS NULL OR (v.document_id IS NULL AND d.claim != '')
            ORDER BY d.document_id LIMIT ?"""
        return frame(self.db, sql, (embedder_version, classifier_version, most))

    def pending_count(self, embedder_version: str, classifier_version: str) -> int:
        """How many documents these versions have not enriched yet."""
        sql = """
            SELECT count(*) FROM document d
            LEFT JOIN vector v ON v.document_id = d.document_id AND v.embedder_version = ?
            LEFT JOIN classification c ON c.document_id = d.document_id AND c.classifier_version = ?
            WHERE c.document_id IS NULL OR (v.document_id IS NULL AND d.claim != '')"""
        return int(self.db.conn.execute(sql, (embedder_version, classifier_version)).fetchone()[0])

    def parts(self, ids: Sequence[str]) -> list[tuple[Span, ...]]:
        """The boilerplate parts of each of these documents, in the order of the ids and of the text."""
        wanted(self.db, ids)
        found: dict[str, list[Span]] = {document_id: [] for document_id in ids}
        sql = """
            SELECT document_id, start, end, name FROM span JOIN wanted USING (document_id)
            WHERE type = 'boilerplate' ORDER BY document_id, start"""
        for document_id, start, end, name in self.db.conn.execute(sql):
            found[document_id].append(Span(start, end, name))
        return [tuple(found[document_id]) for document_id in ids]

    def write_vectors(self, ids: Sequence[str], vectors: np.ndarray, *, embedder_version: str) -> None:
        """Store unit vectors (n, 384) as half floats, replacing those of an earlier version."""
        rows = [
            (document_id, embedder_version, row.tobytes())
            for document_id, row in zip(ids, vectors.astype(VECTOR_TYPE), strict=True)
        ]
        self.db.conn.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows)

    def vectors(self, ids: Sequence[str] | None = None) -> tuple[list[str], np.ndarray]:
        """Document ids, ordered, and their vectors as float32 (n, 384); all of them unless ids are given."""
        if ids is None:
            rows = self.db.conn.execute("SELECT document_id, vector FROM vector ORDER BY document_id").fetchall()
        else:
            wanted(self.db, ids)
            rows = self.db.conn.execute(
                "SELECT document_id, vector FROM vector JOIN wanted USING (document_id) ORDER BY document_id"
            ).fetchall()
        if not rows:
            return [], np.zeros((0, 384), dtype=np.float32)
        stacked = np.frombuffer(b"".join(row[1] for row in rows), dtype=VECTOR_TYPE)
        return [row[0] for row in rows], stacked.reshape(len(rows), -1).astype(np.float32)

    def write_classifications(self, rows: Sequence[dict[str, Any]]) -> None:
        """Store classifications, replacing those of an earlier version."""
        self.db.table("classification").upsert_all(rows, pk="document_id")

    def claims(self) -> pd.DataFrame:
        """Every claim of the feedback stream: document_id, claim, reporter, template."""
        sql = """
            SELECT document_id, claim, reporter, template FROM document
            WHERE stream = 'feedback' ORDER BY document_id"""
        return frame(self.db, sql)

    def claimed(self, stream: str) -> pd.DataFrame:
        """What themes are made of, by id: document_id, claim, reporter (None: unknown), template, received_at."""
        sql = """
            SELECT d.document_id, d.claim, d.template, d.received_at,
              CASE WHEN d.reporter_known THEN d.reporter END AS reporter
            FROM document d JOIN vector v USING (document_id)
            WHERE d.stream = ? AND d.claim != '' ORDER BY d.document_id"""
        return frame(self.db, sql, (stream,))

    def counted(self) -> pd.DataFrame:
        """Every document with what is counted of it, by id.

        Columns: document_id, stream, source, occurred_at (ISO text), received_at, day, received_day (datetime64, UTC),
        customer, reporter, reporter_known (bool), claim, template, request_id, decision_id, mitigation,
        anomaly_type, segments (dict), kind, harm_domain, hazard, use_case, severity, theme_id, parent_id, muted (bool:
        its theme or that one's roll-up is), kept_id, rule, kept (bool: not a collapsed duplicate). What has not been
        made yet is None. Where people settled kind, harm domain, use case or severity, that is what is counted; the
        hazard stays that of the classifier's answer.
        """
        sql = """
            SELECT d.document_id, d.stream, d.source, d.occurred_at, d.received_at, d.customer, d.reporter,
              d.reporter_known, d.claim, d.template, d.request_id, d.decision_id, d.mitigation, d.anomaly_type,
              d.segments, coalesce(s.kind, c.kind) AS kind, coalesce(s.harm_domain, c.harm_domain) AS harm_domain,
              c.hazard, coalesce(s.use_case, c.use_case) AS use_case, coalesce(s.severity, c.severity) AS severity,
              a.theme_id, t.parent_id, coalesce(t.muted OR r.muted, t.muted, 0) AS muted, u.kept_id, u.rule
            FROM document d
            LEFT JOIN classification c USING (document_id)
            LEFT JOIN settled_document s USING (document_id)
            LEFT JOIN assignment a USING (document_id)
            LEFT JOIN theme t USING (theme_id)
            LEFT JOIN theme r ON r.theme_id = t.parent_id
            LEFT JOIN duplicate u USING (document_id)
            ORDER BY d.document_id"""
        found = frame(self.db, sql)
        found["segments"] = [json.loads(text) for text in found["segments"]]
        for name in ("reporter_known", "muted"):
            found[name] = found[name].astype(bool)
        found["received_at"] = pd.to_datetime(found["received_at"], utc=True).dt.tz_localize(None)
        found["kept"] = found["kept_id"].isna()
        found["day"] = pd.to_datetime(found["occurred_at"].str[:10])
        found["received_day"] = found["received_at"].dt.normalize()
        return found

    def newest_claims(self, most: int) -> dict[str, str]:
        """The claims of the feedback that arrived last, by document id; empty ones left out."""
        sql = """
            SELECT document_id, claim FROM document WHERE stream = 'feedback' AND claim != ''
            ORDER BY received_at DESC, document_id LIMIT ?"""
        return dict(self.db.conn.execute(sql, (most,)).fetchall())

    def write_agreement(self, as_of: str, embedder_version: str, *, claims: int, cosine: float) -> None:
        """Record how near the embedder was to the teacher on a sample; a rerun replaces its own row."""
        sql = "INSERT OR REPLACE INTO agreement VALUES (?, ?, ?, ?)"
        self.db.execute(sql, (as_of, embedder_version, claims, cosine))

    def agreements(self, *, most: int = 7) -> list[dict[str, Any]]:
        """The newest records, latest first: as_of, embedder_version, claims, cosine."""
        return records(self.db, "SELECT * FROM agreement ORDER BY as_of DESC, embedder_version LIMIT ?", (most,))
