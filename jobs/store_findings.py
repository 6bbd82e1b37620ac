"""What was found: series and their volumes, coverage changes, changepoints, alerts and what people did with them."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import decoded, encoded, frame, null, records

ALERT_KEPT = ("alert_id", "fingerprint", "raised_as_of", "owner")


class Findings:
    """The tables `series`, `volume`, `coverage_change`, `change`, `alert` and `alert_event`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def replace_volumes(self, series: pd.DataFrame, volumes: pd.DataFrame) -> None:
        """Replace every series and its daily volumes; columns as the tables'."""
        self.db.execute("DELETE FROM volume")
        self.db.execute("DELETE FROM series")
        self._insert("series", series)
        self._insert("volume", volumes)

    def volumes(self) -> pd.DataFrame:
        """All daily volumes, by series and day; `day` as datetime64."""
        found = frame(self.db, "SELECT * FROM volume ORDER BY series, day")
        found["day"] = pd.to_datetime(found["day"])
        return found

    def series(self) -> pd.DataFrame:
        """All series with what they are about."""
        return frame(self.db, "SELECT * FROM series ORDER BY series")

    def titles(self) -> dict[str, str]:
        """How a person reads each series key."""
        return dict(self.db.conn.execute("SELECT series, title FROM series").fetchall())

    def write_smallest_ratios(self, ratios: pd.DataFrame) -> None:
        """Note on each series the smallest rise that would have been seen; columns series, smallest_ratio."""
        finite = ratios[np.isfinite(ratios["smallest_ratio"].astype(float))]
        rows = [(float(ratio), name) for name, ratio in finite[["series", "smallest_ratio"]].itertuples(index=False)]
        self.db.conn.executemany("UPDATE series SET smallest_ratio = ? WHERE series = ?", rows)

    def write_expected(self, expected: pd.DataFrame) -> None:
        """Note on each day what the weeks before lead one to expect; columns series, day (datetime64), expected."""
        known = expected.dropna()
        days = known["day"].dt.strftime("%Y-%m-%d")
        rows = zip(known["expected"].round(3), known["series"], days, strict=True)
        self.db.conn.executemany("UPDATE volume SET expected = ? WHERE series = ? AND day = ?", rows)

    def quiet(self) -> list[dict[str, Any]]:
        """Watched series of which no change was found: series, title, smallest_ratio; the busiest first."""
        sql = """
            SELECT s.series, s.title, s.smallest_ratio FROM series s
            LEFT JOIN change c USING (series) JOIN volume v USING (series)
            WHERE c.series IS NULL AND s.monitored AND s.smallest_ratio IS NOT NULL
            GROUP BY s.series ORDER BY sum(v.unique_documents) DESC, s.series"""
        return records(self.db, sql)

    def replace_coverage(self, coverage: pd.DataFrame) -> None:
        """Replace the coverage changes; columns as the table's."""
        self.db.execute("DELETE FROM coverage_change")
        self._insert("coverage_change", coverage)

    def coverage(self) -> list[dict[str, Any]]:
        """Feed gaps, starts and stops, newest first."""
        return records(self.db, "SELECT * FROM coverage_change ORDER BY day_high DESC, coverage_id")

    def replace_changes(self, changes: pd.DataFrame) -> None:
        """Replace the changepoints by those of the newest detection; columns as the table's."""
        self.db.execute("DELETE FROM change")
        self._insert("change", changes)

    def changes(self) -> list[dict[str, Any]]:
        """All changepoints, newest first."""
        return records(self.db, "SELECT * FROM change ORDER BY day DESC, score DESC, change_id")

    def alerts(self) -> pd.DataFrame:
        """All alerts with their states; closed_*, snoozed_*, acknowledged_by: what people's acts come to."""
        sql = """
            SELECT l.*, s.closed_at, s.closed_by, s.closed_with, s.snoozed_until, s.snoozed_by, s.acknowledged_by
            FROM alert l JOIN alert_standing s USING (alert_id) ORDER BY l.alert_id"""
        found = frame(self.db, sql)
        found["members"] = [decoded("members", text) for text in found["members"]]
        return found

    def alert_rows(self) -> list[dict[str, Any]]:
        """All alerts as rows."""
        return records(self.db, "SELECT * FROM alert ORDER BY alert_id")

    def judged_alerts(self) -> list[dict[str, Any]]:
        """series, direction, day, useful, not_useful of the alerts that people judged; the last two count people."""
        sql = """
            SELECT l.series, l.direction, l.day, s.useful, s.not_useful
            FROM alert l JOIN alert_standing s USING (alert_id) WHERE s.useful + s.not_useful > 0 ORDER BY alert_id"""
        return records(self.db, sql)

    def settled(self) -> list[dict[str, Any]]:
        """series, day of every time that people said the level of an alert's series is as it should be."""
        sql = """
            SELECT l.series, json_extract(e.detail, '$.on') AS day FROM alert_event e JOIN alert l USING (alert_id)
            WHERE e.action = 'settled' ORDER BY e.event_id"""
        return records(self.db, sql)

    def write_alerts(self, alerts: Sequence[dict[str, Any]]) -> None:
        """Store alerts by fingerprint; what was published first (id, owner, day raised) stays."""
        columns = [name for name in alerts[0] if name not in ALERT_KEPT] if alerts else []
        updates = ", ".join(f"{name} = excluded.{name}" for name in columns)
        for alert in alerts:
            row = {**alert, "members": encoded(list(alert["members"]))}
            names = ", ".join(row)
            marks = ", ".join(f":{name}" for name in row)
            sql = f"INSERT INTO alert ({names}) VALUES ({marks}) ON CONFLICT (fingerprint) DO UPDATE SET {updates}"
            self.db.conn.execute(sql, row)

    def resolve(self, themes: Collection[str]) -> list[str]:
        """Resolve the open alerts of these themes; their ids."""
        sql = """
            UPDATE alert SET state = 'resolved'
            WHERE theme_id IN (SELECT value FROM json_each(?)) AND state <> 'resolved' RETURNING alert_id"""
        return sorted(row[0] for row in self.db.conn.execute(sql, (encoded(sorted(themes)),)).fetchall())

    def assign(self, alert_id: str, *, owner: str) -> None:
        """Hand an alert on; a later run leaves the owner as it is."""
        self.db.execute("UPDATE alert SET owner = ? WHERE alert_id = ?", (owner, alert_id))

    def add_alert_event(self, alert_id: str, *, at: str, actor: str, action: str, detail: dict[str, Any]) -> None:
        """Append what happened to an alert; the same event twice is stored once."""
        sql = """
            INSERT INTO alert_event (alert_id, happened_at, actor, action, detail) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING"""
        self.db.execute(sql, (alert_id, at, actor, action, encoded(detail)))

    def _insert(self, table: str, rows: pd.DataFrame) -> None:
        columns = list(self.db.table(table).columns_dict)
        marks = ", ".join("?" * len(columns))
        cells = ([null(value) for value in row] for row in rows[columns].itertuples(index=False, name=None))
        self.db.conn.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", cells)
