"""What was told to whom: notifications, claimed before they are sent, and digests, with what they are made of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.dates import stamp
from jobs.store_rows import encoded, frame, records
from jobs.store_triage import WITHHELD

OPEN = ("pending", "failed", "claimed", "uncertain")


class Delivery:
    """The tables `notification` and `digest`, and the reading of what messages are made of."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def queue(self, rows: Sequence[dict[str, Any]]) -> int:
        """Add pending notifications; one that is known stays as it is. Returns how many were added.

        Rows: notification_id, owner, channel, and alert_id (with alert_state, onset), digest_id or triage_id.
        """
        names = ("notification_id", "alert_id", "digest_id", "triage_id", "owner", "channel", "alert_state", "onset")
        marks = ", ".join(f":{name}" for name in names)
        sql = f"""
            INSERT INTO notification ({", ".join(names)}, state) VALUES ({marks}, 'pending') ON CONFLICT DO NOTHING"""
        before = self.db.conn.total_changes
        with self.db.atomic():
            self.db.conn.executemany(sql, [dict.fromkeys(names) | row for row in rows])
        return self.db.conn.total_changes - before

    def onsets(self) -> dict[tuple[str, str, str], list[str]]:
        """Onset days that were told: (alert_id, alert_state, channel) -> days."""
        told: dict[tuple[str, str, str], list[str]] = {}
        sql = "SELECT alert_id, alert_state, channel, onset FROM notification WHERE alert_id IS NOT NULL ORDER BY 1"
        for alert_id, state, channel, onset in self.db.execute(sql):
            told.setdefault((alert_id, state, channel), []).append(onset)
        return told

    def notifications(self, *, states: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Notifications in these states (all unless named), those of triage first, by owner, channel and id."""
        sql = """
            SELECT * FROM notification WHERE :states IS NULL OR state IN (SELECT value FROM json_each(:states))
            ORDER BY triage_id IS NULL, owner, channel, digest_id IS NOT NULL, onset, notification_id"""
        return records(self.db, sql, {"states": None if states is None else encoded(list(states))})

    def claim(self, row: dict[str, Any], *, now: datetime, state: str = "claimed") -> bool:
        """Make the notification ours if it is still as it was read: true for exactly one of several callers."""
        sql = """
            UPDATE notification SET state = ?, claimed_at = ?
            WHERE notification_id = ? AND state = ? AND claimed_at IS ? AND attempts = ?"""
        claimed = (state, now.isoformat(timespec="microseconds"))
        # On the disk before it is sent: after a power cut as well nobody must take it for unsent.
        self.db.execute("PRAGMA synchronous = FULL")
        try:
            return bool(self.db.execute(sql, (*claimed, *_seen(row))).rowcount == 1)
        finally:
            self.db.execute("PRAGMA synchronous = NORMAL")

    def record(self, notification_id: str, *, state: str, now: datetime, **told: str | None) -> None:
        """Write how the attempt ended; `told`: error, next_attempt_at. Counts the attempt."""
        sql = """
            UPDATE notification SET state = :state, attempts = attempts + 1, error = :error,
              next_attempt_at = :next_attempt_at, sent_at = CASE WHEN :state = 'sent' THEN :now END
            WHERE notification_id = :id"""
        known = {"error": told.get("error"), "next_attempt_at": told.get("next_attempt_at")}
        self.db.execute(sql, {"id": notification_id, "state": state, "now": stamp(now), **known})

    def settle(self, row: dict[str, Any], *, state: str, note: str, now: datetime | None = None) -> bool:
        """Write what a person said of a delivery if it is still as it was read; its attempts count from nought."""
        sql = """
            UPDATE notification SET state = ?, error = ?, sent_at = ?, attempts = 0, next_attempt_at = NULL,
              claimed_at = NULL
            WHERE notification_id = ? AND state = ? AND claimed_at IS ? AND attempts = ?"""
        sent_at = stamp(now) if now is not None else None
        return bool(self.db.execute(sql, (state, note, sent_at, *_seen(row))).rowcount == 1)

    def write_digest(self, row: dict[str, Any]) -> None:
        """Store a digest by id: digest_id, owner, period_from, period_to, as_of, content (dict)."""
        self.db.table("digest").upsert({**row, "content": encoded(row["content"])}, pk="digest_id")

    def digests(self, *, owner: str | None = None, before: str | None = None) -> list[dict[str, Any]]:
        """Digests, newest first; of one owner, as of earlier than `before`, if asked for."""
        sql = """
            SELECT * FROM digest WHERE (:owner IS NULL OR owner = :owner) AND (:before IS NULL OR as_of < :before)
            ORDER BY as_of DESC, digest_id"""
        return records(self.db, sql, {"owner": owner, "before": before})

    def digest(self, digest_id: str) -> dict[str, Any] | None:
        """One digest, None for an unknown id."""
        found = records(self.db, "SELECT * FROM digest WHERE digest_id = ?", (digest_id,))
        return found[0] if found else None

    def days(self, series: str, *, since: str) -> pd.DataFrame:
        """Daily volume of one series from a day on: day (datetime64), documents, reporters, expected, ..."""
        sql = """
            SELECT day, documents, unique_documents, reporters, customers, expected, completeness, masked
            FROM volume WHERE series = ? AND day >= ? ORDER BY day"""
        found = frame(self.db, sql, (series, since))
        found["day"] = pd.to_datetime(found["day"])
        return found

    def exemplars(self, series: str, *, since: str, most: int, withheld: bool = False) -> list[dict[str, Any]]:
        """Claims of a series that show what it is about, each of another reporter and wording: document_id, claim, day.

        No collapsed duplicate; the nearest to their theme first. None that is withheld, unless `withheld`: then
        `claim` is None for all. A series that is about everything has none.
        """
        about = filters(series)
        if not about:
            return []
        sql = f"""
            SELECT document_id, {"NULL AS claim" if withheld else "claim"}, day FROM (
              SELECT d.document_id, d.claim, substr(d.occurred_at, 1, 10) AS day, a.similarity,
                row_number() OVER (
                  PARTITION BY CASE WHEN d.reporter_known THEN d.reporter ELSE d.document_id END
                  ORDER BY a.similarity DESC, d.document_id) AS turn,
                row_number() OVER (PARTITION BY d.template ORDER BY a.similarity DESC, d.document_id) AS wording
              FROM document d JOIN classification c USING (document_id)
              LEFT JOIN assignment a USING (document_id) LEFT JOIN duplicate u USING (document_id)
              WHERE d.stream = :stream AND u.document_id IS NULL AND ({int(withheld)} OR NOT {WITHHELD})
                AND length(d.claim) >= 20 AND d.occurred_at >= :since AND {" AND ".join(about)})
            WHERE turn = 1 AND wording = 1 ORDER BY similarity DESC, document_id LIMIT :most"""
        parameters = {"stream": series.partition("/")[0], "since": since, "most": most, **values(series)}
        return records(self.db, sql, parameters)


COLUMNS = {
    "theme": "a.theme_id = :theme",
    "kind": "c.kind = :kind",
    "harm_domain": "c.harm_domain = :harm_domain",
    "mitigation": "d.mitigation = :mitigation",
    "anomaly_type": "d.anomaly_type = :anomaly_type",
    "watch": """EXISTS (SELECT 1 FROM watch_match w WHERE w.document_id = d.document_id AND w.watchlist = :watch)""",
    "novel": """EXISTS (SELECT 1 FROM watch_match w WHERE w.document_id = d.document_id AND w.watchlist = :watch
                AND w.novel)""",
}


def values(series: str) -> dict[str, str]:
    """What a series key says its documents are.

    >>> values("feedback/kind=over_block&harm_domain=cyber")
    {'kind': 'over_block', 'harm_domain': 'cyber'}
    """
    parts = [part.partition("=") for part in series.partition("/")[2].split("&")]
    return {name: value for name, equals, value in parts if equals}


def filters(series: str) -> list[str]:
    """The conditions of a series key, with parameters as in `values`; none for totals and the unassigned."""
    return [COLUMNS[name] for name in values(series) if name in COLUMNS]


def _seen(row: dict[str, Any]) -> tuple[Any, ...]:
    """What tells a notification as it was read from one that somebody was at since."""
    return (row["notification_id"], row["state"], row["claimed_at"], row["attempts"])
