"""How a theme is tied to themes of the other stream: by request, customer, mitigation and meaning."""

from typing import Any

from sqlite_utils import Database

from jobs.store_rows import records
from jobs.store_search_theme_kin import NAMES_ONE, related
from mitigations.anomaly_links import Tie, by_customer, share

Row = dict[str, Any]

MOST = 12


def links(db: Database, theme_id: str, stream: str) -> list[Row]:
    """Ties of a theme to living themes of the other stream, the strongest of each kind first.

    Rows: theme_id, name, state, stream, kind, strength, low, high, shared, of, by_chance, value.
    """
    parameters = {"theme": theme_id, "stream": stream, "least": NAMES_ONE}
    named = {row["theme_id"]: row for row in records(db, LIVING, parameters)}
    if not named:
        return []
    ties = [*_requests(db, parameters), *_customers(db, parameters), *_mitigations(db, parameters)]
    ties += [
        Tie("vector", row["theme_id"], max(row["similarity"], 0.0), None, None, None, None)
        for row in related(db, theme_id, stream)
        if row["mitigation"] is None or row["similarity"] >= 0.65
    ]
    order = {"request": 0, "customer": 1, "mitigation": 2, "vector": 3}
    kept = sorted(
        (tie for tie in ties if tie.theme_id in named), key=lambda t: (order[t.kind], -t.strength, t.theme_id)
    )
    found: list[Row] = []
    for kind in order:
        found += [{**named[tie.theme_id], **tie.row()} for tie in kept if tie.kind == kind][: MOST // 3]
    return found


def _requests(db: Database, parameters: Row) -> list[Tie]:
    """Documents of both that name one request or decision; of those of the feedback theme that name any."""
    rows = records(db, REQUESTS, parameters)
    return [Tie("request", row["theme_id"], *share(row["shared"], row["size"]), None) for row in rows]


def _customers(db: Database, parameters: Row) -> list[Tie]:
    """Customers of both, where they are more than chance makes of so many."""
    rows = records(db, CUSTOMERS, parameters)
    return by_customer([(row["theme_id"], row["shared"], row["own"], row["other"], row["everybody"]) for row in rows])


def _mitigations(db: Database, parameters: Row) -> list[Tie]:
    """Themes about the same mitigation: the smaller of the two shares that name it."""
    rows = records(db, MITIGATIONS, parameters)
    mine = next((row for row in rows if row["theme_id"] == parameters["theme"]), None)
    if mine is None:
        return []
    same = [row for row in rows if row["mitigation"] == mine["mitigation"] and row is not mine]
    weaker = [(row, min(row, mine, key=lambda one: (one["naming"] / one["size"], one["size"]))) for row in same]
    return [
        Tie("mitigation", row["theme_id"], *share(least["naming"], least["size"]), None, mine["mitigation"])
        for row, least in weaker
    ]


LIVING = """
    SELECT theme_id, name, state, stream FROM theme
    WHERE stream <> :stream AND level = 0 AND state IN ('emerging', 'active', 'dormant')"""
# A document names requests by itself, by the decision it was joined to, and an anomaly by all decisions behind it.
NAMED = """
    WITH asked AS (
      SELECT d.document_id, d.stream, d.request_id AS name FROM document d WHERE d.request_id IS NOT NULL
      UNION SELECT d.document_id, d.stream, d.decision_id FROM document d WHERE d.decision_id IS NOT NULL
      UNION SELECT j.document_id, d.stream, j.decision_id FROM document_decision j JOIN document d USING (document_id)
        WHERE j.agrees AND j.decision_id IS NOT NULL
      UNION SELECT document_id, 'usage_anomaly', request_id FROM anomaly_decision WHERE request_id IS NOT NULL
      UNION SELECT document_id, 'usage_anomaly', decision_id FROM anomaly_decision),
    placed AS (
      SELECT a.document_id, a.stream, a.name, s.theme_id FROM asked a JOIN assignment s USING (document_id)
      WHERE s.theme_id IS NOT NULL)"""
REQUESTS = f"""
    {NAMED},
    both AS (
      SELECT DISTINCT f.theme_id AS feedback, u.theme_id AS usage_theme, f.document_id
      FROM placed f JOIN placed u USING (name) WHERE f.stream = 'feedback' AND u.stream = 'usage_anomaly'
      AND :theme IN (f.theme_id, u.theme_id))
    SELECT CASE WHEN b.feedback = :theme THEN b.usage_theme ELSE b.feedback END AS theme_id,
      count(*) AS shared, (SELECT count(DISTINCT p.document_id) FROM placed p WHERE p.theme_id = b.feedback) AS size
    FROM both b GROUP BY b.feedback, b.usage_theme"""
CUSTOMERS = """
    WITH named AS (
      SELECT d.document_id, d.customer FROM document d WHERE d.customer IS NOT NULL
      UNION SELECT document_id, customer FROM anomaly_customer),
    people AS (
      SELECT DISTINCT d.stream, s.theme_id, n.customer FROM named n JOIN document d USING (document_id)
      JOIN assignment s USING (document_id) WHERE s.theme_id IS NOT NULL),
    own AS (SELECT customer FROM people WHERE theme_id = :theme),
    sizes AS (SELECT theme_id, count(*) AS size FROM people WHERE stream <> :stream GROUP BY theme_id),
    both AS (
      SELECT theme_id, count(*) AS shared FROM people JOIN own USING (customer) WHERE stream <> :stream GROUP BY 1)
    SELECT b.theme_id, b.shared, (SELECT count(*) FROM own) AS own, z.size AS other,
      (SELECT count(DISTINCT customer) FROM people) AS everybody
    FROM both b JOIN sizes z USING (theme_id)"""
MITIGATIONS = """
    WITH named AS (
      SELECT s.theme_id, d.mitigation, count(*) AS naming FROM assignment s JOIN document d USING (document_id)
      WHERE s.theme_id = :theme OR (d.stream <> :stream AND s.theme_id IS NOT NULL) GROUP BY 1, 2),
    summed AS (
      SELECT *, sum(naming) OVER (PARTITION BY theme_id) AS size,
        sum(naming) FILTER (WHERE mitigation IS NOT NULL) OVER (PARTITION BY theme_id) AS naming_any FROM named)
    SELECT theme_id, mitigation, naming, size FROM summed
    WHERE mitigation IS NOT NULL AND 2 * naming > naming_any AND naming_any >= :least * size"""
