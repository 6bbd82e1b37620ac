"""Finding deliveries: what waits, what was given up, what may or may not have arrived; counts by state."""

from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import encoded, records

STATES = ("pending", "claimed", "failed", "uncertain", "dead", "sent")
GROUPS = {
    "open": ("pending", "claimed", "failed", "uncertain", "dead"),
    "waiting": ("pending", "claimed", "failed"),
    "all": STATES,
    **{state: (state,) for state in STATES},
}
"""What may be asked for: a state, all that has not arrived for sure (open), what will be tried by itself (waiting)."""


@dataclass(frozen=True, slots=True)
class NotificationFilter:
    """Which deliveries; `state` is one of `GROUPS`."""

    state: str = "open"
    owner: str | None = None


class DeliverySearch:
    """Read queries over `notification`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def page(self, wanted: NotificationFilter, *, limit: int = 50, cursor: str | None = None) -> Page:
        """Deliveries, those that need a person first, then by the time they were last tried."""
        sql = f"""
            SELECT * FROM ({NOTIFICATION}) WHERE (:owner IS NULL OR owner = :owner)
            AND state IN (SELECT value FROM json_each(:states))"""
        states = encoded(list(GROUPS[wanted.state]))
        listing = Listing(sql, {"owner": wanted.owner, "states": states}, ("rank", "tried_at", "notification_id"))
        page = read_page(self.db, listing, limit=limit, cursor=cursor)
        return replace(page, rows=[_plain(row) for row in page.rows])

    def one(self, notification_id: str) -> dict[str, Any] | None:
        """One delivery, None for an unknown id."""
        found = records(self.db, f"SELECT * FROM ({NOTIFICATION}) WHERE notification_id = ?", (notification_id,))
        return _plain(found[0]) if found else None

    def starting(self, text: str) -> list[str]:
        """Ids that begin with this text, the whole id alone where it is one; two at most."""
        sql = """
            SELECT notification_id FROM notification WHERE substr(notification_id, 1, length(?)) = ? AND ? <> ''
            ORDER BY notification_id <> ?, notification_id LIMIT 2"""
        ids = [row[0] for row in self.db.execute(sql, (text, text, text, text))]
        return ids[:1] if text in ids else ids

    def counts(self) -> dict[str, int]:
        """Deliveries by state, every state named."""
        sql = "SELECT state, count(*) FROM notification GROUP BY state"
        return dict.fromkeys(STATES, 0) | {state: count for state, count in self.db.execute(sql)}


NOTIFICATION = """
    SELECT n.notification_id,
      CASE WHEN n.triage_id IS NOT NULL THEN 'triage' WHEN n.digest_id IS NOT NULL THEN 'digest' ELSE 'alert' END
        AS about,
      coalesce(n.triage_id, n.digest_id, n.alert_id) AS about_id, a.title, n.owner,
      coalesce(o.name, n.owner) AS owner_name, n.channel, n.state, n.alert_state, n.onset, n.attempts,
      n.next_attempt_at, n.claimed_at, n.sent_at,
      coalesce(n.error, CASE n.state WHEN 'uncertain' THEN 'its sender ended before it could tell' END) AS error,
      coalesce(n.sent_at, n.claimed_at, n.next_attempt_at, '') AS tried_at,
      CASE n.state WHEN 'uncertain' THEN 6 WHEN 'dead' THEN 5 WHEN 'failed' THEN 4 WHEN 'claimed' THEN 3
        WHEN 'pending' THEN 2 ELSE 1 END AS rank
    FROM notification n LEFT JOIN alert a ON a.alert_id = n.alert_id LEFT JOIN owner o ON o.owner_id = n.owner"""


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("rank", "tried_at")}
