"""Usage anomalies: those derived, with what they rest on, and lists of all there are."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlite_utils import Database

from jobs.store_anomaly_links import links
from jobs.store_documents import Documents
from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import records

FACTS = "window_days observed decisions accounts_ever counted usual usual_low usual_high level_a_day first_day".split()
"""Attributes of a derived anomaly that are columns of its row; None where its type has none."""
MOST_BESIDE = 20


@dataclass(frozen=True, slots=True)
class AnomalyFilter:
    """Which anomalies; days are ISO text, half-open. `derived` None: those from files too."""

    anomaly_type: str | None = None
    mitigation: str | None = None
    customer: str | None = None
    theme: str | None = None
    derived: bool | None = None
    day_from: str | None = None
    day_to: str | None = None


class Anomalies:
    """The tables `anomaly`, `anomaly_decision`, `anomaly_customer` and `anomaly_day`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add(self, rows: Sequence[dict[str, Any]]) -> int:
        """Store derived anomalies that are not here yet, as `jobs.anomaly_documents` makes them; returns how many."""
        documents = Documents(self.db)
        known = documents.content_hashes([row["document_id"] for row in rows])
        fresh = [row for row in rows if row["document_id"] not in known]
        documents.add([{name: value for name, value in row.items() if name != "anomaly"} for row in fresh])
        execute = self.db.conn.executemany
        told = [{"document_id": row["document_id"], **row["anomaly"]} for row in fresh]
        execute(
            "INSERT INTO anomaly (document_id, detector, day, expected_false_a_day, decisions_behind, derived_as_of) "
            "VALUES (:document_id, :detector, :day, :expected_false_a_day, :decisions_behind, :derived_as_of)",
            told,
        )
        decisions = [(row["document_id"], place, *pair) for row in told for place, pair in enumerate(row["decisions"])]
        names = "document_id, position, decision_id, request_id"
        execute(f"INSERT INTO anomaly_decision ({names}) VALUES (?, ?, ?, ?)", decisions)
        people = [(row["document_id"], customer) for row in told for customer in row["customers"]]
        execute("INSERT OR IGNORE INTO anomaly_customer (document_id, customer) VALUES (?, ?)", people)
        return len(fresh)

    def replace_days(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace the account of days: day, found, kept."""
        self.db.execute("DELETE FROM anomaly_day")
        self.db.conn.executemany("INSERT INTO anomaly_day (day, found, kept) VALUES (:day, :found, :kept)", rows)

    def page(self, wanted: AnomalyFilter, *, limit: int = 50, cursor: str | None = None) -> Page:
        """Anomalies, newest first; `extra`: how many are derived, and how many were above the cap of their day."""
        listing = Listing(ANOMALY, _parameters(wanted), ("observed_at", "document_id"))
        page = read_page(self.db, listing, limit=limit, cursor=cursor)
        return replace(page, rows=[_shown(row) for row in page.rows], extra=self.account())

    def account(self) -> dict[str, int]:
        """`derived` anomalies that are stored, and those `above_cap` that were found and not stored."""
        sql = "SELECT (SELECT count(*) FROM anomaly), (SELECT coalesce(sum(found - kept), 0) FROM anomaly_day)"
        derived, dropped = self.db.conn.execute(sql).fetchone()
        return {"derived": derived, "above_cap": dropped}

    def ties(self, theme_id: str, stream: str) -> list[dict[str, Any]]:
        """Ties of a theme to themes of the other stream, see `jobs.store_anomaly_links.links`."""
        return links(self.db, theme_id, stream)

    def types(self) -> list[str]:
        """Types there are, by name."""
        sql = "SELECT DISTINCT anomaly_type FROM document WHERE stream = 'usage_anomaly' ORDER BY 1"
        return [row[0] for row in self.db.conn.execute(sql) if row[0]]

    def anomaly(self, document_id: str) -> dict[str, Any] | None:
        """One anomaly with `decision_ids`, `customers`, `beside` (others of its customers, newest first) and
        `above_cap` (of its day); None where there is none of this id."""
        rows = records(self.db, f"SELECT * FROM ({ANOMALY}) WHERE document_id = :id", {**NOBODY, "id": document_id})
        if not rows:
            return None
        ask = self.db.conn.execute
        names = "SELECT decision_id FROM anomaly_decision WHERE document_id = ? ORDER BY position"
        people = "SELECT customer FROM anomaly_customer WHERE document_id = ? ORDER BY customer"
        above = "SELECT found - kept FROM anomaly_day WHERE day = ?"
        beside = records(self.db, BESIDE, {**NOBODY, "id": document_id, "most": MOST_BESIDE})
        return {
            **_shown(rows[0]),
            "decision_ids": [row[0] for row in ask(names, (document_id,))],
            "customers": [row[0] for row in ask(people, (document_id,))],
            "above_cap": next((row[0] for row in ask(above, (rows[0]["day"],))), 0),
            "beside": [_shown(row) for row in beside],
        }


def _parameters(wanted: AnomalyFilter) -> dict[str, Any]:
    return {**asdict(wanted), "derived": None if wanted.derived is None else int(wanted.derived)}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the facts of a derived anomaly as columns."""
    facts = row.pop("attributes") or {}
    plain = {"derived": row["detector"] is not None, "worded": bool(row["worded"])}
    return {**row, **plain, **{name: facts.get(name) for name in FACTS}}


NOBODY = _parameters(AnomalyFilter())
# What a file says in its attributes may be private: only facts that were derived here are listed.
ANOMALY = """
    SELECT d.document_id, d.anomaly_type, d.occurred_at AS observed_at, substr(d.occurred_at, 1, 10) AS day,
      d.magnitude, d.customer, d.mitigation, d.source, a.detector, t.theme_id, t.name AS theme_name,
      d.claim <> '' AS worded,
      coalesce(a.decisions_behind, 0) AS decisions_behind, a.expected_false_a_day, a.derived_as_of AS as_of,
      (SELECT count(*) FROM anomaly_customer p WHERE p.document_id = d.document_id) AS accounts,
      CASE WHEN a.document_id IS NOT NULL THEN d.attributes END AS attributes
    FROM document d LEFT JOIN anomaly a USING (document_id) LEFT JOIN assignment s USING (document_id)
    LEFT JOIN theme t USING (theme_id)
    WHERE d.stream = 'usage_anomaly' AND (:anomaly_type IS NULL OR d.anomaly_type = :anomaly_type)
    AND (:mitigation IS NULL OR d.mitigation = :mitigation) AND (:theme IS NULL OR s.theme_id = :theme)
    AND (:customer IS NULL OR d.customer = :customer OR EXISTS (SELECT 1 FROM anomaly_customer p
      WHERE p.document_id = d.document_id AND p.customer = :customer))
    AND (:derived IS NULL OR (a.document_id IS NOT NULL) = :derived)
    AND (:day_from IS NULL OR d.occurred_at >= :day_from) AND (:day_to IS NULL OR d.occurred_at < :day_to)"""
BESIDE = f"""
    WITH people AS (
      SELECT customer FROM anomaly_customer WHERE document_id = :id
      UNION SELECT customer FROM document WHERE document_id = :id AND customer IS NOT NULL),
    theirs AS (
      SELECT document_id FROM anomaly_customer JOIN people USING (customer)
      UNION SELECT document_id FROM document JOIN people USING (customer) WHERE stream = 'usage_anomaly')
    SELECT * FROM ({ANOMALY}) WHERE document_id IN (SELECT document_id FROM theirs) AND document_id <> :id
    ORDER BY observed_at DESC, document_id LIMIT :most"""
