"""Decisions in SQLite: their daily aggregates, and the rows that carry truth or that something refers to."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import encoded, frame

COLUMNS = (
    "decision_id decided_at mitigation action request_id conversation_id version score threshold customer use_case "
    "language excerpt segments truth truth_source inclusion_probability"
).split()
JUDGED = ("truth", "truth_source", "inclusion_probability")


class DecisionTables:
    """The tables `decision` and `decision_day`; the whole log is in Parquet beside them."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add_decisions(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store decisions by id. One that is known keeps its facts; truth that is given replaces truth.

        Rows have the columns of the table, segments as JSON text.
        """
        marks = ", ".join(f":{name}" for name in COLUMNS)
        updates = ", ".join(f"{name} = excluded.{name}" for name in JUDGED)
        sql = f"""
            INSERT INTO decision ({", ".join(COLUMNS)}) VALUES ({marks})
            ON CONFLICT (decision_id) DO UPDATE SET {updates} WHERE excluded.truth IS NOT NULL"""
        self.db.conn.executemany(sql, rows)

    def decisions(self) -> pd.DataFrame:
        """Decisions that carry truth, or that a document, an appeal or a label refers to; not the whole log.

        decided_at as datetime64 (naive UTC), segments as dicts.
        """
        found = frame(self.db, "SELECT * FROM decision ORDER BY decision_id")
        found["decided_at"] = pd.to_datetime(found["decided_at"].str[:19], format="%Y-%m-%dT%H:%M:%S")
        found["segments"] = [json.loads(text) for text in found["segments"]]
        return found

    def replace_decision_days(self, mitigation: str, month: str, days: Sequence[Mapping[str, Any]]) -> None:
        """Replace the daily aggregates of one mitigation and month (2026-03)."""
        self.db.execute("DELETE FROM decision_day WHERE mitigation = ? AND substr(day, 1, 7) = ?", (mitigation, month))
        sql = """
            INSERT INTO decision_day (day, mitigation, version, action, segments, decisions, customers,
              threshold_low, threshold_high)
            VALUES (:day, :mitigation, :version, :action, :segments, :decisions, :customers, :threshold_low,
              :threshold_high)"""
        self.db.conn.executemany(sql, days)

    def decision_days(self) -> pd.DataFrame:
        """The whole log by day, mitigation, version, action and segments (dict); day as datetime64.

        `customers` are distinct within the row; they do not add up over rows.
        """
        sql = "SELECT * FROM decision_day ORDER BY day, mitigation, version, action, segments"
        found = frame(self.db, sql)
        found["day"] = pd.to_datetime(found["day"])
        found["segments"] = [json.loads(text) for text in found["segments"]]
        return found

    def referred_decisions(self) -> tuple[list[str], list[str]]:
        """Decision ids and request ids that appeals and labels name."""
        decisions = """
            SELECT decision_id FROM appeal WHERE decision_id IS NOT NULL
            UNION SELECT decision_id FROM label WHERE decision_id IS NOT NULL"""
        requests = "SELECT DISTINCT request_id FROM appeal WHERE request_id IS NOT NULL AND decision_id IS NULL"
        execute = self.db.conn.execute
        return [row[0] for row in execute(decisions)], [row[0] for row in execute(requests)]


def segments_text(values: Mapping[str, str | None]) -> str:
    """Segments as the text that is compared and stored: keys sorted, missing ones left out."""
    return encoded({name: value for name, value in values.items() if value is not None})
