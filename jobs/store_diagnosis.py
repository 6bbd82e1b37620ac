"""What was found of each mitigation when it was last diagnosed, and what SQLite knows of the truth of its decisions."""

import json
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import encoded, frame

Record = dict[str, Any]


class Diagnosis:
    """The table `diagnosis`, a row a mitigation; and truths of decisions by audit, label and appeal."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def truths(self, mitigation: str) -> pd.DataFrame:
        """decision_id (each once), truth, truth_source, inclusion_probability of decisions that somebody judged.

        What an audit or a labeller says stands; where nobody did, the appeal that was closed last.
        """
        found = frame(self.db, TRUTHS, {"mitigation": mitigation})
        return found.astype({"inclusion_probability": float})

    def documents(self, mitigation: str) -> dict[str, str]:
        """The document (the first by id) that speaks of a decision, by decision id."""
        sql = """
            SELECT j.decision_id, min(j.document_id) FROM document_decision j JOIN decision d USING (decision_id)
            WHERE d.mitigation = ? GROUP BY 1"""
        return dict(self.db.conn.execute(sql, (mitigation,)).fetchall())

    def write(self, mitigation: str, as_of: str, record: Record) -> None:
        """Replace what is said of a mitigation; `record` as `jobs.diagnose.diagnosis` makes it, plain JSON."""
        sql = "INSERT OR REPLACE INTO diagnosis (mitigation, as_of, record) VALUES (?, ?, ?)"
        self.db.execute(sql, (mitigation, as_of, encoded(record)))

    def keep(self, mitigations: list[str]) -> None:
        """Forget every other mitigation: it has no decisions any more."""
        sql = "DELETE FROM diagnosis WHERE mitigation NOT IN (SELECT value FROM json_each(?))"
        self.db.execute(sql, (encoded(mitigations),))

    def latest(self, mitigation: str) -> Record | None:
        """What the last run found, with `mitigation` and `as_of`; None before the first."""
        rows = self.db.conn.execute("SELECT record FROM diagnosis WHERE mitigation = ?", (mitigation,)).fetchall()
        return json.loads(rows[0][0]) if rows else None

    def all(self) -> list[Record]:
        """The records of every mitigation, by name."""
        rows = self.db.conn.execute("SELECT record FROM diagnosis ORDER BY mitigation").fetchall()
        return [json.loads(row[0]) for row in rows]


TRUTHS = """
    WITH told AS (
      SELECT d.decision_id, CASE a.outcome WHEN 'overturned' THEN 'benign' ELSE 'harmful' END AS truth,
        row_number() OVER (PARTITION BY d.decision_id ORDER BY a.closed_at DESC, a.appeal_id DESC) AS place
      FROM appeal a JOIN decision d ON d.decision_id = coalesce(a.decision_id,
        (SELECT min(x.decision_id) FROM decision x WHERE x.request_id = a.request_id))
      WHERE d.mitigation = :mitigation AND a.outcome <> 'open' AND d.action <> 'allow')
    SELECT d.decision_id, coalesce(d.truth, told.truth) AS truth,
      CASE WHEN d.truth IS NULL THEN 'appeal' ELSE d.truth_source END AS truth_source,
      CASE WHEN d.truth IS NOT NULL THEN d.inclusion_probability END AS inclusion_probability
    FROM decision d LEFT JOIN told ON told.decision_id = d.decision_id AND told.place = 1
    WHERE d.mitigation = :mitigation AND coalesce(d.truth, told.truth) IS NOT NULL ORDER BY d.decision_id"""
