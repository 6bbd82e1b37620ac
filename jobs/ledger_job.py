"""The weekly account: reads what was ingested and understood, counts it, and keeps what changed since."""

from typing import Any

import pandas as pd

from jobs import bridge
from jobs.ledger_revisions import changed_names, late_weeks, revised, revisions, why
from jobs.settings import Settings
from jobs.store import Store
from jobs.store_ledger import OF_A_DOCUMENT
from mitigations.claims import CONTRACT
from mitigations.ledger import Evidence, weekly
from topics.delay import completeness

NO_SLICE = tuple("received_day received_at seats revenue said said_probability certain campaign".split())
CROSSED = ("harm_domain&plan", "harm_domain&product")
MOST_VALUES = 40
"""A segment of more values than this is no slice: its cells hold nearly nothing. It can be asked for."""


def run(store: Store, settings: Settings, *, as_of: str) -> int:
    """Write the ledger as of this moment (ISO 8601 UTC) in one transaction; returns its rows."""
    documents = store.ledger.documents()
    known = evidence(store, documents, as_of=moment(as_of))
    rows = weekly(documents, known, by=slicings(documents), as_of=moment(as_of))
    with store.transaction():
        store.ledger.replace(rows, changes(store, documents, rows))
        bridge.run(store, as_of=as_of)
    return len(rows)


def counted(store: Store, *, by: str, as_of: str) -> pd.DataFrame:
    """Ledger rows by a way of slicing that the ledger does not hold, such as "locale&plan"; not written."""
    documents = store.ledger.documents()
    known = evidence(store, documents, as_of=moment(as_of))
    return weekly(documents, known, by=[by], as_of=moment(as_of))


def changes(store: Store, documents: pd.DataFrame, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Revisions that these rows make of what the ledger says of closed weeks; to be asked before it is replaced."""
    known = store.ledger.closed()
    changed = revised(known, rows)
    since = None if known.empty else str(known["as_of"].max())
    other = changed_names(store.ledger.was_made_of(), store.ledger.made_of())
    return revisions(changed, why(changed, late_weeks(documents, since=since), other))


def evidence(store: Store, documents: pd.DataFrame, *, as_of: pd.Timestamp) -> Evidence:
    """All the store knows beside the documents, and how complete their recent days are."""
    ledger = store.ledger
    return Evidence(
        exposure=ledger.exposure(),
        decision_days=ledger.decision_days(),
        audited=ledger.audited(),
        appeals=ledger.appeals(),
        sample=sample(store),
        pairs=store.labels.pairs(),
        completeness=arrived(documents, as_of=as_of),
    )


def sample(store: Store) -> pd.DataFrame:
    """The labels of kind that were drawn at random, here or where the file came from, as `Evidence` takes them."""
    drawn, settled = store.labels.sample(), store.labels.settled()
    given = settled[
        settled["inclusion_probability"].notna()
        & settled["value"].notna()
        & ~settled["document_id"].isin(drawn["document_id"])
    ]
    given = given.assign(answers=given["value"].map(lambda value: [value]))
    names = ["document_id", "answers", "inclusion_probability"]
    found = pd.concat([frame[names] for frame in (drawn, given) if len(frame)] or [drawn[names]], ignore_index=True)
    labellers = settled.set_index("document_id")["labellers"]
    found["labellers"] = found["document_id"].map(labellers).fillna(1).astype(int)
    return found


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


def moment(as_of: str) -> pd.Timestamp:
    """ISO 8601 UTC as the naive UTC timestamp of the pure packages."""
    return pd.Timestamp(as_of).tz_localize(None)
