"""What a monitoring system is told: counts by state and ages, without a text, a name or an id."""

from typing import Any

from sqlite_utils import Database

from jobs.store_rows import records


class MetricSearch:
    """Read queries whose answers may be seen by whoever may reach the server."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def counts(self) -> dict[str, list[dict[str, Any]]]:
        """Rows with their labels and `value`, by what they count."""
        return {name: records(self.db, sql) for name, sql in COUNTS.items()}

    def moments(self) -> dict[str, str | None]:
        """ISO 8601 UTC: when the last full run ended, when a run last failed, what the findings are as of."""
        return records(self.db, MOMENTS)[0]


COUNTS = {
    "job_runs": "SELECT job, state, count(*) AS value FROM job_run GROUP BY job, state ORDER BY job, state",
    "documents": "SELECT stream, count(*) AS value FROM document GROUP BY stream ORDER BY stream",
    "quarantined_rows": "SELECT input, reason, count(*) AS value FROM quarantine GROUP BY input, reason ORDER BY 1, 2",
    "notifications": """
        SELECT column1 AS state, (SELECT count(*) FROM notification WHERE state = column1) AS value
        FROM (VALUES ('pending'), ('claimed'), ('failed'), ('uncertain'), ('dead'), ('sent'))""",
    "alerts": """
        SELECT CASE WHEN s.closed_at IS NOT NULL THEN 'closed' ELSE l.state END AS state, l.hazard, count(*) AS value
        FROM alert l JOIN alert_standing s USING (alert_id) GROUP BY 1, 2 ORDER BY 1, 2""",
    "triage_documents": """
        SELECT column1 AS state, (SELECT count(*) FROM triage WHERE (closed_at IS NULL) = (column1 = 'open')) AS value
        FROM (VALUES ('open'), ('closed'))""",
}
MOMENTS = """
    SELECT (SELECT max(finished_at) FROM job_run WHERE job = 'digest' AND state IN ('done', 'skipped')) AS last_run,
      (SELECT max(finished_at) FROM job_run WHERE state = 'failed') AS last_failure,
      (SELECT max(as_of) FROM job_run WHERE job = 'detect' AND state IN ('done', 'skipped')) AS as_of,
      (SELECT max(received_at) FROM document) AS last_arrival"""
