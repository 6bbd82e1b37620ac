"""Finding changes and alerts, with the series, themes and people's actions that belong to them."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlite_utils import Database

from jobs.store_effects import Effects
from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import encoded, records

FURTHER = ("escalating", "regressed")
"""States of an alert whose newest change is the news."""
OPEN = "state <> 'resolved' AND closed_at IS NULL"


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes: days are ISO text, half-open, by the day of the change."""

    series: str | None = None
    theme: str | None = None
    direction: str | None = None
    day_from: str | None = None
    day_to: str | None = None


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts; `state` may also be "open" (neither resolved nor closed by somebody) or "closed" (by somebody)."""

    state: str | None = None
    owner: str | None = None
    theme: str | None = None
    hazard: str | None = None
    acknowledged: bool | None = None


class FindingSearch:
    """Read queries over `change`, `alert` and `alert_event`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def changes(self, wanted: ChangeFilter, *, limit: int = 50, cursor: str | None = None) -> Page:
        """Changepoints, newest first."""
        sql = f"""
            {CHANGE} WHERE (:series IS NULL OR c.series = :series) AND (:theme IS NULL OR c.theme_id = :theme)
            AND (:direction IS NULL OR c.direction = :direction)
            AND (:day_from IS NULL OR c.day >= :day_from) AND (:day_to IS NULL OR c.day < :day_to)"""
        listing = Listing(sql, asdict(wanted), ("day", "change_id"))
        page = read_page(self.db, listing, limit=limit, cursor=cursor)
        return replace(page, rows=_flagged(page.rows))

    def alerts(self, wanted: AlertFilter, *, limit: int = 50, cursor: str | None = None) -> Page:
        """Alerts, newest first."""
        sql = f"""
            SELECT * FROM ({ALERT}) WHERE (:owner IS NULL OR owner = :owner)
            AND (:state IS NULL OR state = :state OR (:state = 'open' AND {OPEN})
              OR (:state = 'closed' AND closed_at IS NOT NULL))
            AND (:theme IS NULL OR theme_id = :theme) AND (:hazard IS NULL OR hazard = :hazard)
            AND (:acknowledged IS NULL OR (acknowledged_at IS NOT NULL) = :acknowledged)"""
        listing = Listing(sql, asdict(wanted), ("day", "alert_id"))
        return read_page(self.db, listing, limit=limit, cursor=cursor)

    def alert(self, alert_id: str) -> dict[str, Any] | None:
        """One alert with its changes, the leading one first, what people did and what came of it; else None."""
        found = records(self.db, f"SELECT * FROM ({ALERT}) WHERE alert_id = ?", (alert_id,))
        if not found:
            return None
        alert = found[0]
        # Members are ids of changes; a later detection may have renamed them, hence the series as well.
        sql = f"""
            {CHANGE} WHERE c.change_id IN (SELECT value FROM json_each(:members))
            OR (c.series = :series AND c.direction = :direction
              AND abs(julianday(c.day) - julianday(:day)) <= 14)
            ORDER BY c.series = :series DESC, (c.type = 'first_seen') = (:type = 'first_seen') DESC,
              CASE WHEN :further THEN julianday(c.day) ELSE c.score END DESC, c.day, c.change_id"""
        episode = {name: alert[name] for name in ("direction", "day", "series", "type")}
        further = alert["state"] in FURTHER
        parameters = {**episode, "members": encoded(alert["members"]), "further": further}
        alert["changes"] = _flagged(records(self.db, sql, parameters))
        events = """
            SELECT happened_at, actor, action, detail FROM alert_event WHERE alert_id = ?
            ORDER BY happened_at, event_id"""
        alert["events"] = records(self.db, events, (alert_id,))
        alert["effect"] = Effects(self.db).check(alert_id)
        return alert

    def judged(self) -> list[dict[str, Any]]:
        """By owner: alerts, and how many of them people found useful, not useful, or disagree on."""
        return records(self.db, JUDGED)

    def releases(self) -> list[dict[str, Any]]:
        """Releases of mitigations, oldest first, with the mitigation's name."""
        sql = """
            SELECT r.release_id, r.mitigation, coalesce(m.name, r.mitigation) AS mitigation_name,
              r.released_on, r.version, r.note, r.declared
            FROM release r LEFT JOIN mitigation m ON m.mitigation_id = r.mitigation
            ORDER BY r.released_on, r.release_id"""
        return records(self.db, sql)


CHANGE = """
    SELECT c.change_id, c.series, coalesce(s.title, c.series) AS title, c.theme_id, s.hazard, c.day,
      c.day_low, c.day_high, c.direction, c.type, c.ratio, c.ratio_low, c.ratio_high, c.before_mean,
      c.after_mean, c.p_value, c.q_value, c.score, c.reporters, c.customers, c.detected_on, c.ends_on,
      c.confirmed, c.coverage, c.as_of, c.explanation
    FROM change c LEFT JOIN series s USING (series)"""
ALERT = """
    SELECT l.alert_id, l.series, l.theme_id, l.direction, l.state, l.type, l.hazard, l.title, l.day,
      l.detected_on, l.owner, coalesce(o.name, l.owner) AS owner_name, l.members, l.raised_as_of,
      l.updated_as_of, s.acknowledged_at, s.acknowledged_by, s.closed_at, s.closed_by, s.closed_with,
      s.snoozed_until, s.snoozed_by, s.ticket, s.useful, s.not_useful
    FROM alert l JOIN alert_standing s USING (alert_id) LEFT JOIN owner o ON o.owner_id = l.owner"""
JUDGED = """
    SELECT l.owner, coalesce(o.name, l.owner) AS owner_name, count(*) AS alerts,
      sum(s.useful > s.not_useful) AS useful, sum(s.not_useful > s.useful) AS not_useful,
      sum(s.useful = s.not_useful AND s.useful > 0) AS disputed
    FROM alert l JOIN alert_standing s USING (alert_id) LEFT JOIN owner o ON o.owner_id = l.owner
    GROUP BY l.owner ORDER BY l.owner"""


def _flagged(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "confirmed": bool(row["confirmed"])} for row in changes]
