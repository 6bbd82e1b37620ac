"""What SQLite knows of one decision: its facts where it was judged or named, its appeals, and what speaks of it."""

from typing import Any

from sqlite_utils import Database

from jobs.store_rows import records


class DecisionSearch:
    """Read queries over `decision` and what names a decision; the whole log is in Parquet."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def decision(self, decision_id: str) -> dict[str, Any] | None:
        """Its row; None of one that nobody judged and nothing names, which only the log has."""
        rows = records(self.db, "SELECT * FROM decision WHERE decision_id = ?", (decision_id,))
        return rows[0] if rows else None

    def appeals(self, decision_id: str, request_id: str | None) -> list[dict[str, Any]]:
        """Appeals against it, by its id or else its request's, by time; never their texts."""
        sql = """
            SELECT appeal_id, filed_at, outcome, closed_at FROM appeal
            WHERE decision_id = :decision OR (decision_id IS NULL AND request_id = :request)
            ORDER BY filed_at, appeal_id"""
        return records(self.db, sql, {"decision": decision_id, "request": request_id})

    def speaking(self, decision_id: str, request_id: str | None, *, most: int) -> list[str]:
        """Ids of the documents that name it or its request, were joined to it, or are anomalies that rest on it."""
        given = {"decision": decision_id, "request": request_id, "most": most}
        return [row[0] for row in self.db.execute(SPEAKING, given)]


SPEAKING = """
    SELECT document_id FROM document_decision WHERE decision_id = :decision
    UNION SELECT document_id FROM document WHERE request_id = :request
    UNION SELECT document_id FROM document WHERE decision_id = :decision
    UNION SELECT document_id FROM anomaly_decision WHERE decision_id = :decision
    ORDER BY 1 LIMIT :most"""
