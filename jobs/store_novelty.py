"""What novelty looks at: badly fitting documents of the last weeks, and the teacher's vectors of them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import frame

VECTOR_TYPE = np.float16


class Novelty:
    """The table `teacher_vector`, and what is read of others to judge what is new."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def candidates(self, stream: str, *, since: str, until: str) -> pd.DataFrame:
        """Documents of a stream that have a place and arrived in since < received_at <= until, by id.

        Columns: document_id, claim, template, reporter (None: unknown), received_at (datetime64, UTC), harm_domain,
        theme_id, state (of the theme), similarity.
        """
        sql = """
            SELECT d.document_id, d.claim, d.template, d.received_at, a.theme_id, t.state, a.similarity,
              CASE WHEN d.reporter_known THEN d.reporter END AS reporter,
              coalesce(s.harm_domain, c.harm_domain) AS harm_domain
            FROM document d JOIN assignment a USING (document_id)
            LEFT JOIN theme t USING (theme_id)
            LEFT JOIN classification c USING (document_id)
            LEFT JOIN settled_document s USING (document_id)
            WHERE d.stream = ? AND d.received_at > ? AND d.received_at <= ? AND d.claim != ''
            ORDER BY d.document_id"""
        found = frame(self.db, sql, (stream, since, until))
        found["received_at"] = pd.to_datetime(found["received_at"], utc=True).dt.tz_localize(None)
        return found.astype({"reporter": object, "harm_domain": object})

    def write_vectors(self, ids: Sequence[str], vectors: np.ndarray, *, version: str, as_of: str) -> None:
        """Store the teacher's unit vectors (n, 384) as half floats, replacing those of an earlier version."""
        columns = "(document_id, embedder_version, vector, read_as_of)"
        sql = f"INSERT OR REPLACE INTO teacher_vector {columns} VALUES (?, ?, ?, ?)"
        rows = [(one, version, row.tobytes(), as_of) for one, row in zip(ids, vectors.astype(VECTOR_TYPE), strict=True)]
        self.db.conn.executemany(sql, rows)

    def read_before(self, version: str, *, as_of: str) -> set[str]:
        """Ids of the documents that the teacher of this version had read before the run as of then."""
        sql = "SELECT document_id FROM teacher_vector WHERE embedder_version = ? AND read_as_of < ?"
        return {row[0] for row in self.db.conn.execute(sql, (version, as_of))}

    def vectors(self, version: str) -> dict[str, np.ndarray]:
        """The teacher's vectors of this version that are kept, float32 (384,), by document id."""
        sql = "SELECT document_id, vector FROM teacher_vector WHERE embedder_version = ?"
        found = self.db.conn.execute(sql, (version,)).fetchall()
        return {one: np.frombuffer(blob, dtype=VECTOR_TYPE).astype(np.float32) for one, blob in found}

    def forget(self, *, before: str) -> None:
        """Drop the vectors of documents that arrived so long ago that nothing looks at them."""
        sql = """
            DELETE FROM teacher_vector
            WHERE document_id IN (SELECT document_id FROM document WHERE received_at <= ?)"""
        self.db.execute(sql, (before,))

    def closed(self, stream: str, *, since: str) -> np.ndarray:
        """Centroids (q, 384) of themes that ended on the day `since` or after, by their last event; by theme."""
        sql = """
            SELECT t.centroid FROM theme t JOIN theme_event e USING (theme_id)
            WHERE t.stream = ? AND t.state IN ('retired', 'merged')
            GROUP BY t.theme_id HAVING max(substr(e.happened_as_of, 1, 10)) >= ? ORDER BY t.theme_id"""
        blobs = [row[0] for row in self.db.conn.execute(sql, (stream, since))]
        return (
            np.stack([np.frombuffer(blob, dtype=np.float32) for blob in blobs])
            if blobs
            else np.zeros((0, 384), np.float32)
        )
