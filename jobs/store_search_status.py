"""The state of the workspace at a glance: headline numbers, feeds, runs, what was refused."""

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import records
from jobs.store_small_cells import blanked
from jobs.store_theme_queries import RECENT_DAYS

if TYPE_CHECKING:
    from jobs.store import Store


def readable(open_store: "Callable[[], Store]") -> bool:
    """Whether the store opens and answers."""
    try:
        with open_store() as store:
            store.search.status.as_of()
    except (sqlite3.Error, OSError):
        return False
    return True


class StatusSearch:
    """Read queries about the data itself and the jobs that made it."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def as_of(self) -> str | None:
        """The clock of the newest finished run, else the latest arrival; None with no document."""
        found = self.db.execute(f"SELECT {AS_OF}").fetchone()[0]
        return str(found) if found is not None else None

    def headline(self, *, small_cell: int = 0) -> dict[str, Any]:
        """Feedback of the last 28 days, what is open, freshness; counts None where `suppressed`."""
        parameters = {"recent": f"-{RECENT_DAYS - 1} days", "small_cell": small_cell}
        return blanked(records(self.db, HEADLINE, parameters), HEADLINE_COUNTS)[0]

    def feeds(self) -> list[dict[str, Any]]:
        """Every source by stream: documents, first and last day, last arrival, days of silence."""
        return records(self.db, FEEDS)

    def files(self) -> list[dict[str, Any]]:
        """Files that were ingested, newest first, with rows in, new, same and quarantined."""
        sql = """
            SELECT name, input, first_ingested_at, finished, rows_in, rows_new, rows_same, rows_quarantined
            FROM input_file ORDER BY first_ingested_at DESC, name LIMIT 100"""
        return records(self.db, sql)

    def quarantine(self) -> list[dict[str, Any]]:
        """Rows that were refused, by input and reason, with one line as an example."""
        sql = """
            SELECT q.input, q.reason, count(*) AS rows, min(f.name) AS file, min(q.line) AS first_line,
              max(q.quarantined_at) AS last_at
            FROM quarantine q LEFT JOIN (SELECT DISTINCT file_hash, name FROM input_file) f USING (file_hash)
            GROUP BY q.input, q.reason ORDER BY rows DESC, q.input, q.reason"""
        return records(self.db, sql)

    def coverage(self, *, stream: str | None = None, limit: int = 50, cursor: str | None = None) -> Page:
        """Feed gaps, starts and stops, newest first."""
        sql = """
            SELECT coverage_id, stream, dimension, value, type, day_low, day_high, evidence
            FROM coverage_change WHERE :stream IS NULL OR stream = :stream"""
        listing = Listing(sql, {"stream": stream}, ("day_high", "coverage_id"))
        return read_page(self.db, listing, limit=limit, cursor=cursor)

    def runs(
        self, *, job: str | None = None, state: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> Page:
        """Executions of jobs, newest first."""
        sql = """
            SELECT run_id, job, started_at, finished_at, as_of, state, rows_in, rows_out, quarantined, collapsed,
              versions, seconds, error
            FROM job_run WHERE (:job IS NULL OR job = :job) AND (:state IS NULL OR state = :state)"""
        listing = Listing(sql, {"job": job, "state": state}, ("started_at", "run_id"))
        return read_page(self.db, listing, limit=limit, cursor=cursor)


HEADLINE_COUNTS = (
    "documents_ever anomalies_ever documents unique_documents reporters customers placed unassigned "
    "unassigned_share open_triage"
).split()
AS_OF = """
    coalesce((SELECT max(as_of) FROM job_run WHERE state = 'done'),
      (SELECT max(received_at) FROM document))"""
HEADLINE = f"""
    WITH clock AS (SELECT {AS_OF} AS as_of),
    lately AS (
      SELECT d.document_id, d.reporter, d.customer, u.document_id IS NULL AS kept,
        a.document_id AS placed, a.theme_id
      FROM document d LEFT JOIN duplicate u USING (document_id) LEFT JOIN assignment a USING (document_id)
      WHERE d.stream = 'feedback' AND d.occurred_at >= date((SELECT as_of FROM clock), :recent))
    SELECT (SELECT as_of FROM clock) AS as_of,
      (SELECT date(as_of, :recent) FROM clock) AS recent_from,
      (SELECT count(*) FROM document) AS documents_ever,
      (SELECT count(*) FROM document WHERE stream = 'usage_anomaly') AS anomalies_ever,
      count(*) AS documents, coalesce(sum(kept), 0) AS unique_documents,
      count(DISTINCT CASE WHEN kept THEN reporter END) AS reporters,
      count(DISTINCT CASE WHEN kept THEN customer END) AS customers,
      count(*) > 0 AND count(DISTINCT CASE WHEN kept THEN customer END) < :small_cell AS suppressed,
      count(placed) AS placed, coalesce(sum(placed IS NOT NULL AND theme_id IS NULL), 0) AS unassigned,
      1.0 * sum(placed IS NOT NULL AND theme_id IS NULL) / nullif(count(placed), 0) AS unassigned_share,
      (SELECT max(received_at) FROM document) AS last_received_at,
      (SELECT count(*) FROM alert WHERE state <> 'resolved') AS open_alerts,
      (SELECT count(*) FROM alert WHERE state <> 'resolved' AND hazard = 'critical') AS critical_alerts,
      (SELECT count(*) FROM theme WHERE level = 0 AND state IN ('emerging', 'active', 'dormant')) AS living_themes,
      (SELECT count(*) FROM triage WHERE closed_at IS NULL) AS open_triage,
      (SELECT count(*) FROM quarantine) AS quarantined,
      (SELECT max(finished_at) FROM job_run WHERE state = 'done') AS last_run_at
    FROM lately"""
FEEDS = """
    SELECT stream, source, count(*) AS documents, sum(reporter_known) AS known_reporters,
      1 - 1.0 * sum(reporter_known) / count(*) AS unknown_reporter_share,
      date(min(occurred_at)) AS first_day, date(max(occurred_at)) AS last_day,
      max(received_at) AS last_received_at,
      CAST(julianday(date((SELECT max(received_at) FROM document))) - julianday(date(max(received_at)))
        AS INTEGER) AS days_silent
    FROM document GROUP BY stream, source ORDER BY stream, documents DESC, source"""
