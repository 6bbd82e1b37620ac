"""What documents say of the worth of customers: revenue and seats."""

import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import frame


class Worth:
    """Of the table `document`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def by_customer(self) -> pd.DataFrame:
        """customer (each once), revenue and seats as last told by a document (NaN: never), by customer.

        The unit of revenue is that of the documents; one account's is never added to itself.
        """
        sql = """
            SELECT customer, revenue, seats FROM document
            WHERE customer IS NOT NULL AND (revenue IS NOT NULL OR seats IS NOT NULL)
            ORDER BY received_at, document_id"""
        told = frame(self.db, sql).astype({"revenue": float, "seats": float})
        return told.groupby("customer", sort=True)[["revenue", "seats"]].last().reset_index()
