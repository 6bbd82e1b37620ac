"""The weekly account: reads what was ingested and understood, counts it, and keeps what changed since."""

from typing import Any

import pandas as pd

from jobs.settings import Settings
from jobs.store import Store
from mitigations.claims import CONTRACT
from mitigations.ledger import Evidence, weekly
from topics.delay import completeness

OF_A_DOCUMENT = ("harm_domain", "mitigation", "source", "use_case")
NO_SLICE = ("received_day", "seats", "revenue")
CROSSED = ("harm_domain&plan", "harm_domain&product")
MOST_VALUES = 40
"""A segment of more values than this is no slice: its cells hold nearly nothing. It can be asked for."""


def run(store: Store, settings: Settings, *, as_of: str) -> int:
    """Write the ledger as of this moment (ISO 8601 UTC) in one transaction; returns its rows."""
    documents = store.ledger.documents()
    known = evidence(store, documents, as_of=moment(as_of))
    rows = weekly(documents, known, by=slicings(documents), as_of=moment(as_of))
    with store.transaction():
        store.ledger.replace(rows, revisions(store.ledger.closed(), rows))
    return len(rows)


def counted(store: Store, *, by: str, as_of: str) -> pd.DataFrame:
    """Ledger rows by a way of slicing that the ledger does not hold, such as "locale&plan"; not written."""
    documents = store.ledger.documents()
    known = evidence(store, documents, as_of=moment(as_of))
    return weekly(documents, known, by=[by], as_of=moment(as_of))


def evidence(store: Store, documents: pd.DataFrame, *, as_of: pd.Timestamp) -> Evidence:
    """All the store knows beside the documents, and how complete their recent days are."""
    ledger = store.ledger
    return Evidence(
        exposure=ledger.exposure(),
        decision_days=ledger.decision_days(),
        audited=ledger.audited(),
        appeals=ledger.appeals(),
        labels=ledger.labels(),
        completeness=arrived(documents, as_of=as_of),
    )


def arrived(documents: pd.DataFrame, *, as_of: pd.Timestamp) -> "pd.Series[float] | None":
    """Share of the final count by day, where it is not all; None if no document says when it happened."""
    if not (documents["received_day"] > documents["day"]).any():
        return None
    found = completeness(documents.assign(stream="feedback"), as_of=as_of)
    return found.set_index("day")["completeness"]


def slicings(documents: pd.DataFrame) -> list[str]:
    """The ways of slicing the ledger holds: what is known of a document, and every segment of few values."""
    segments = [
        name
        for name in documents.columns
        if name not in (*CONTRACT, *OF_A_DOCUMENT, *NO_SLICE) and 0 < documents[name].nunique() <= MOST_VALUES
    ]
    known = [name for name in OF_A_DOCUMENT if documents[name].notna().any()]
    crossed = [way for way in CROSSED if set(way.split("&")) <= {*segments, *known}]
    return [*known, *sorted(segments), *crossed]


def revisions(known: pd.DataFrame, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Revision rows for the closed weeks whose unique count is not what it was.

    `known`: as `store.ledger.closed()`. Where a cell is revised for the first time, what was said
    before becomes its revision 1.
    """
    closed = rows.loc[rows["partial"] == 0, ["week", "kind", "slice", "claimed_unique", "as_of"]]
    both = known.merge(closed, on=["week", "kind", "slice"], suffixes=("_old", ""))
    changed = both[both["claimed_unique_old"] != both["claimed_unique"]]
    added: list[dict[str, Any]] = []
    for row in changed.to_dict("records"):
        cell = {name: row[name] for name in ("week", "kind", "slice")}
        last = int(row["revision"])
        if last == 0:
            last = 1
            before = {"as_of": row["as_of_old"], "claimed_unique": int(row["claimed_unique_old"])}
            added.append({**cell, "revision": last, **before})
        now = {"as_of": row["as_of"], "claimed_unique": int(row["claimed_unique"])}
        added.append({**cell, "revision": last + 1, **now})
    return added


def moment(as_of: str) -> pd.Timestamp:
    """ISO 8601 UTC as the naive UTC timestamp of the pure packages."""
    return pd.Timestamp(as_of).tz_localize(None)
