"""Finding documents in triage: which wait for a person, why, whose they are, who was told, what was done."""

from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import encoded, records


@dataclass(frozen=True, slots=True)
class TriageFilter:
    """Which documents. Days are ISO text, half-open, by arrival; `owners` None means anybody's."""

    state: str | None = None
    owner: str | None = None
    harm_domain: str | None = None
    day_from: str | None = None
    day_to: str | None = None
    owners: tuple[str, ...] | None = None

    def parameters(self) -> dict[str, Any]:
        """The filter as parameters of a query."""
        return {
            "state": self.state,
            "owner": self.owner,
            "harm_domain": self.harm_domain,
            "day_from": self.day_from,
            "day_to": self.day_to,
            "owners": None if self.owners is None else encoded(list(self.owners)),
        }


class TriageSearch:
    """Read queries over `triage` and what belongs to it; a document's text is in none of them."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def page(self, wanted: TriageFilter, *, limit: int = 50, cursor: str | None = None) -> Page:
        """Documents in triage, worst first."""
        sql = f"""
            SELECT * FROM ({ROW}) WHERE (:state IS NULL OR state = :state) AND (:owner IS NULL OR owner = :owner)
            AND (:harm_domain IS NULL OR harm_domain = :harm_domain)
            AND (:day_from IS NULL OR received_at >= :day_from) AND (:day_to IS NULL OR received_at < :day_to)
            AND (:owners IS NULL OR owner IN (SELECT value FROM json_each(:owners)))"""
        page = read_page(
            self.db, Listing(sql, wanted.parameters(), ("score", "document_id")), limit=limit, cursor=cursor
        )
        return replace(page, rows=[_whole(row) for row in page.rows])

    def document(self, document_id: str) -> dict[str, Any] | None:
        """One document in triage with the deliveries of its message and what people did; None if it never was there."""
        found = records(self.db, f"SELECT * FROM ({ROW}) WHERE document_id = ?", (document_id,))
        if not found:
            return None
        told = """
            SELECT n.channel, n.state, n.sent_at, n.error
            FROM triage t JOIN notification n ON n.triage_id = t.message_id
            WHERE t.document_id = ? ORDER BY n.rowid"""
        events = """
            SELECT happened_at, actor, action, detail FROM triage_event WHERE document_id = ? ORDER BY event_id"""
        row = _whole(found[0])
        row["deliveries"] = records(self.db, told, (document_id,))
        row["events"] = records(self.db, events, (document_id,))
        return row

    def standing(self, *, owners: tuple[str, ...] | None = None) -> dict[str, Any]:
        """How many documents wait: open, oldest_received_at (None where none), undelivered."""
        sql = """
            SELECT count(*) AS open, min(d.received_at) AS oldest_received_at,
              coalesce(sum(NOT EXISTS (
                SELECT 1 FROM notification n WHERE n.triage_id = t.message_id AND n.state = 'sent')), 0) AS untold
            FROM triage t JOIN document d USING (document_id)
            WHERE t.closed_at IS NULL AND (:owners IS NULL OR t.owner IN (SELECT value FROM json_each(:owners)))"""
        return records(self.db, sql, {"owners": None if owners is None else encoded(list(owners))})[0]

    def owners(self) -> list[dict[str, Any]]:
        """Owners of documents in triage, by id: owner_id, name."""
        sql = """
            SELECT DISTINCT t.owner AS owner_id, coalesce(o.name, t.owner) AS name
            FROM triage t LEFT JOIN owner o ON o.owner_id = t.owner WHERE t.owner IS NOT NULL ORDER BY 1"""
        return records(self.db, sql)

    def owned_by(self, holder: str) -> tuple[str, ...]:
        """Owners whom the holder of a key is: those whose id or name it bears."""
        sql = """
            SELECT owner_id FROM owner WHERE lower(owner_id) = lower(:holder) OR lower(name) = lower(:holder)
            ORDER BY 1"""
        return tuple(row[0] for row in self.db.execute(sql, {"holder": holder}))


ROW = """
    SELECT t.document_id, CASE WHEN t.closed_at IS NULL THEN 'open' ELSE 'closed' END AS state, d.received_at,
      t.raised_at, d.source, d.segments, d.mitigation, t.kind, t.kind_probability, t.harm_domain,
      t.harm_domain_probability, t.probability, t.score, t.reasons, t.owner, coalesce(o.name, t.owner) AS owner_name,
      (SELECT max(n.sent_at) FROM notification n WHERE n.triage_id = t.message_id AND n.state = 'sent') AS told_at,
      (SELECT json_group_array(n.channel) FROM notification n WHERE n.triage_id = t.message_id AND n.state = 'sent')
        AS channels,
      t.outcome, t.closed_at, t.closed_by, t.close_reason, t.versions
    FROM triage t JOIN document d USING (document_id) LEFT JOIN owner o ON o.owner_id = t.owner"""


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the channels that took its message under the name `told_to`."""
    return {("told_to" if name == "channels" else name): value for name, value in row.items()}
