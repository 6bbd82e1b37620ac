"""What complaints and appeals say of the decisions of one mitigation."""

from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import frame


class RootCause:
    """Reads of `document_decision`, `assignment` and `appeal`, joined to decisions."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def complaints(self, mitigation: str) -> pd.DataFrame:
        """Feedback joined to decisions in agreement of customer and time: document_id, decision_id, theme_id (None in
        no theme), reporter."""
        sql = """
            SELECT j.document_id, j.decision_id, a.theme_id, d.reporter
            FROM document_decision j JOIN decision x USING (decision_id) JOIN document d USING (document_id)
            LEFT JOIN assignment a USING (document_id)
            WHERE j.agrees = 1 AND x.mitigation = ? AND d.stream = 'feedback' ORDER BY j.document_id"""
        return frame(self.db, sql, (mitigation,))

    def appeals(self, mitigation: str) -> pd.DataFrame:
        """The newest appeal of each decision: decision_id, outcome (upheld, overturned, open)."""
        sql = """
            SELECT decision_id, outcome FROM (
              SELECT x.decision_id, a.outcome, row_number() OVER (
                PARTITION BY x.decision_id ORDER BY coalesce(a.closed_at, '') DESC, a.filed_at DESC, a.appeal_id DESC
              ) AS place
              FROM appeal a JOIN decision x ON x.decision_id = coalesce(a.decision_id,
                (SELECT min(y.decision_id) FROM decision y WHERE y.request_id = a.request_id))
              WHERE x.mitigation = ?) WHERE place = 1 ORDER BY decision_id"""
        return frame(self.db, sql, (mitigation,))

    def harm_domain(self, mitigation: str) -> str | None:
        """The declared harm domain; None for a mitigation that nobody declared."""
        row: Any = self.db.conn.execute(
            "SELECT harm_domain FROM mitigation WHERE mitigation_id = ?", (mitigation,)
        ).fetchone()
        return None if row is None else row[0]
