"""What collapses into what: the documents to compare, what was found, and what people said of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import frame

CHUNK = 4_000
"""Documents read at a time: what bounds the memory of their texts."""


class Duplicates:
    """The tables `duplicate`, `duplicate_verdict`, `id_flag` and `campaign_document`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def filed(self) -> Iterator[pd.DataFrame]:
        """Every document as `nlp.duplicates.account` takes it, reporter by reporter, in parts of at most CHUNK rows."""
        # Keyset paging over an index: no cursor stays open while others write, and no sort of all texts.
        after: tuple[Any, ...] = ("", "", "")
        while True:
            part = frame(self.db, FILED, (*after, CHUNK))
            if part.empty:
                return
            last = part.iloc[-1]
            after = (last["reporter"], last["received"], last["document_id"])
            part["reporter_known"] = part["reporter_known"].astype(bool)
            part["received_at"] = pd.to_datetime(part.pop("received"), utc=True).dt.tz_localize(None)
            yield part

    def replace(self, duplicates: pd.DataFrame, flags: pd.DataFrame, campaigns: pd.DataFrame) -> None:
        """Replace the whole account: document_id, kept_id, rule; document_id, id_type, value, reporters; document_id,
        campaign_id."""
        for table, rows, columns in (
            ("duplicate", duplicates, ["document_id", "kept_id", "rule"]),
            ("id_flag", flags, ["document_id", "id_type", "value", "reporters"]),
            ("campaign_document", campaigns, ["document_id", "campaign_id"]),
        ):
            self.db.execute(f"DELETE FROM {table}")
            marks = ", ".join("?" * len(columns))
            self.db.conn.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",
                rows[columns].astype(object).itertuples(index=False, name=None),
            )

    def campaigns(self) -> pd.DataFrame:
        """Documents of suspected campaigns: document_id, campaign_id."""
        return frame(self.db, "SELECT document_id, campaign_id FROM campaign_document ORDER BY document_id")

    def verdicts(self) -> pd.DataFrame:
        """What people decided, by document: document_id, kept_id (None unless 'same'), verdict ('separate', 'same')."""
        sql = "SELECT document_id, kept_id, verdict FROM duplicate_verdict ORDER BY document_id"
        return frame(self.db, sql)

    def write_verdict(self, row: Mapping[str, Any]) -> None:
        """Store what a person decided of a document; an earlier decision of it is replaced.

        row: document_id, kept_id, verdict, actor, reason, decided_at (ISO 8601 UTC).
        """
        sql = """
            INSERT OR REPLACE INTO duplicate_verdict (document_id, kept_id, verdict, actor, reason, decided_at)
            VALUES (:document_id, :kept_id, :verdict, :actor, :reason, :decided_at)"""
        self.db.execute(sql, dict(row))

    def withdraw_verdict(self, document_id: str) -> bool:
        """Forget what was decided of a document; false where nothing was."""
        sql = "DELETE FROM duplicate_verdict WHERE document_id = ?"
        return bool(self.db.execute(sql, (document_id,)).rowcount)


FILED = """
    SELECT document_id, stream, received_at AS received, reporter, reporter_known, customer, claim, text, request_id,
      decision_id
    FROM document WHERE (reporter, received_at, document_id) > (?, ?, ?)
    ORDER BY reporter, received_at, document_id LIMIT ?"""
