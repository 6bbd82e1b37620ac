"""Settings of mitigations by day, releases read from them, effects of releases and of actions on alerts."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_ledger import spread
from jobs.store_rows import encoded, frame, records

Row = Mapping[str, Any]


class Effects:
    """The tables `decision_setting`, `release_seen`, `release_effect` and `effect_check`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def replace_settings(self, mitigation: str, month: str, rows: Sequence[Row]) -> None:
        """Replace what one mitigation's log of a month (2026-03) says: day, version, threshold, decisions."""
        month_of = (mitigation, f"{month}-01", f"{month}-32")
        self.db.execute("DELETE FROM decision_setting WHERE mitigation = ? AND day >= ? AND day < ?", month_of)
        self._insert("decision_setting", [{**row, "mitigation": mitigation} for row in rows])

    def settings(self) -> pd.DataFrame:
        """As `mitigations.inferred.infer` takes it: day (datetime64), mitigation, version, threshold, decisions."""
        found = frame(self.db, "SELECT * FROM decision_setting ORDER BY mitigation, day, version, threshold")
        found["day"] = pd.to_datetime(found["day"])
        return found.astype({"threshold": float, "decisions": int})

    def log_by_segment(self, mitigation: str, *, since: str, until: str) -> pd.DataFrame:
        """One mitigation's decisions by day, version, threshold and segments (a column each), days half-open."""
        sql = """
            SELECT day, version, threshold_low AS threshold, segments, sum(decisions) AS decisions FROM decision_day
            WHERE mitigation = ? AND day >= ? AND day < ? GROUP BY 1, 2, 3, 4"""
        found = spread(frame(self.db, sql, (mitigation, since, until)))
        return found.assign(day=pd.to_datetime(found["day"])).astype({"threshold": float, "decisions": int})

    def replace_seen(self, rows: Sequence[Row]) -> None:
        """Replace what the log shows of releases; those that nobody declared become releases that are inferred.

        A row: the columns of `release_seen` and `declared` (bool).
        """
        self.db.execute("DELETE FROM release WHERE declared = 0")
        self.db.execute("DELETE FROM release_seen")
        self._insert("release_seen", [{name: row[name] for name in row if name != "declared"} for row in rows])
        inferred = [
            {
                "release_id": row["release_id"],
                "mitigation": row["mitigation"],
                "released_on": row["first_day"],
                "version": row["version"] or None,
                "note": row["evidence"],
                "declared": 0,
            }
            for row in rows
            if not row["declared"]
        ]
        self._insert("release", inferred)

    def appeals(self) -> pd.DataFrame:
        """day (of the decision where it is known), received_day, mitigation, customer (an unknown one is its own)."""
        sql = """
            SELECT substr(coalesce(d.decided_at, a.filed_at), 1, 10) AS day, substr(a.filed_at, 1, 10) AS received_day,
              d.mitigation, coalesce(a.customer, 'appeal ' || a.appeal_id) AS customer
            FROM appeal a LEFT JOIN decision d ON d.decision_id = coalesce(a.decision_id,
              (SELECT min(x.decision_id) FROM decision x WHERE x.request_id = a.request_id))
            ORDER BY a.appeal_id"""
        found = frame(self.db, sql)
        return found.assign(day=pd.to_datetime(found["day"]), received_day=pd.to_datetime(found["received_day"]))

    def releases(self, mitigation: str | None = None) -> list[dict[str, Any]]:
        """Declared and inferred releases, newest first, with what the log shows of them (None: nothing)."""
        sql = """
            SELECT r.release_id, r.mitigation, coalesce(m.name, r.mitigation) AS mitigation_name, r.released_on,
              r.version, r.note, r.declared, s.first_day, s.type, s.half_on, s.whole_on, s.until, s.share, s.rollback,
              s.evidence AS in_log
            FROM release r LEFT JOIN mitigation m ON m.mitigation_id = r.mitigation
            LEFT JOIN release_seen s USING (release_id)
            WHERE ?1 IS NULL OR r.mitigation = ?1 ORDER BY r.released_on DESC, r.release_id DESC"""
        return [_plain(row, "declared", "rollback") for row in records(self.db, sql, (mitigation,))]

    def replace_effects(self, rows: Sequence[Row]) -> None:
        """Replace the effects of all releases; rows have the columns of `release_effect`, detail as a dict."""
        self.db.execute("DELETE FROM release_effect")
        self._insert("release_effect", [{**row, "detail": encoded(row["detail"])} for row in rows])

    def effects(self, *, mitigation: str | None = None, release: str | None = None) -> list[dict[str, Any]]:
        """Effects of releases, newest release first, in the order of the measures."""
        sql = """
            SELECT * FROM release_effect WHERE (?1 IS NULL OR mitigation = ?1) AND (?2 IS NULL OR release_id = ?2)
            ORDER BY day DESC, release_id DESC, rowid"""
        return records(self.db, sql, (mitigation, release))

    def mitigations(self) -> list[dict[str, Any]]:
        """Every mitigation that is declared or has releases: id, name, harm_domain, owner, how many releases."""
        sql = """
            SELECT k.mitigation, coalesce(m.name, k.mitigation) AS name, m.harm_domain, m.owner,
              count(r.release_id) AS releases, coalesce(sum(r.declared = 0), 0) AS inferred,
              max(r.released_on) AS newest
            FROM (SELECT mitigation_id AS mitigation FROM mitigation UNION SELECT mitigation FROM release
              UNION SELECT mitigation FROM decision_setting) k
            LEFT JOIN mitigation m ON m.mitigation_id = k.mitigation LEFT JOIN release r USING (mitigation)
            GROUP BY k.mitigation ORDER BY k.mitigation"""
        return records(self.db, sql)

    def mitigation(self, name: str) -> dict[str, Any] | None:
        """One mitigation with its releases, newest first, each with its `effects`; None for an unknown one."""
        known = [row for row in self.mitigations() if row["mitigation"] == name]
        if not known:
            return None
        measured = self.effects(mitigation=name)
        releases = [
            {**row, "effects": [_titled(one) for one in measured if one["release_id"] == row["release_id"]]}
            for row in self.releases(name)
        ]
        return {**known[0], "releases": releases}

    def closed(self) -> list[dict[str, Any]]:
        """Alerts that somebody closed with an action and nobody opened since, by the day of closing.

        Columns of `alert`, and action, closed_on (by the findings' clock), closed_in (its state then), checked (the
        closing that the check there is speaks of, None: there is none), ends_on (last day of a burst that has ended).
        One that came back worse is among them: that is what a check is for.
        """
        sql = """
            SELECT l.*, json_extract(e.detail, '$.did') AS action,
              coalesce(json_extract(e.detail, '$.on'), substr(e.happened_at, 1, 10)) AS closed_on,
              json_extract(e.detail, '$.state') AS closed_in,
              k.closed_on AS checked,
              (SELECT max(c.ends_on) FROM change c WHERE c.series = l.series AND c.direction = l.direction
                AND abs(julianday(c.day) - julianday(l.day)) <= 14) AS ends_on
            FROM alert l JOIN alert_event e ON e.action = 'closed' AND e.event_id = (
              SELECT max(event_id) FROM alert_event WHERE alert_id = l.alert_id AND action IN ('closed', 'reopened'))
            LEFT JOIN effect_check k USING (alert_id)
            ORDER BY closed_on, l.alert_id"""
        return records(self.db, sql)

    def write_check(self, row: Row) -> None:
        """Store the check of an alert, detail as a dict; a later closing's replaces an earlier one's."""
        self.db.execute("DELETE FROM effect_check WHERE alert_id = ?", (row["alert_id"],))
        self._insert("effect_check", [{**row, "detail": encoded(row["detail"])}])

    def check(self, alert_id: str) -> dict[str, Any] | None:
        """What came of the action on an alert; None before it is checked. `sentence` says it in words."""
        found = records(self.db, f"{CHECK} WHERE k.alert_id = ?", (alert_id,))
        return _said(found[0]) if found else None

    def told(self, owner: str, *, since: str | None = None, until: str | None = None) -> list[dict[str, Any]]:
        """Checks of an owner's alerts made after `since` and up to `until` (ISO UTC; None: any), the oldest first.

        alert_id, title, owner, action, closed_on, onset, checked_as_of, verdict, ratio, ratio_low, ratio_high, reason,
        sentence. Title and action are other people's text: escape them, and the sentence that repeats them.
        """
        sql = f"""
            {CHECK} WHERE l.owner = ?1 AND (?2 IS NULL OR k.checked_as_of > ?2)
            AND (?3 IS NULL OR k.checked_as_of <= ?3) ORDER BY k.checked_as_of, k.alert_id"""
        return [_said(row) for row in records(self.db, sql, (owner, since, until))]

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            names = list(rows[0])
            marks = ", ".join(f":{name}" for name in names)
            self.db.conn.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)


CHECK = """
    SELECT k.alert_id, l.title, l.owner, k.action, k.closed_on, k.onset, k.checked_as_of, k.verdict, k.ratio,
      k.ratio_low, k.ratio_high, k.reason, k.detail
    FROM effect_check k JOIN alert l USING (alert_id)"""


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """The same with its sentence, which is composed when it is read: the title may have been renamed since."""
    from mitigations.effects_words import of_action

    detail = row.pop("detail")
    return {**row, "sentence": of_action(row, level=detail.get("level"))}


def _titled(row: dict[str, Any]) -> dict[str, Any]:
    """An effect beside its release: with the title of its measure, without what the release says."""
    from mitigations.effects_measures import MEASURES

    kept = {name: row[name] for name in row if name not in ("release_id", "mitigation", "day")}
    return {**kept, "title": MEASURES[row["measure"]].title if row["measure"] in MEASURES else row["measure"]}


def _plain(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**row, **{name: bool(row[name]) for name in names}}
