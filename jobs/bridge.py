"""Part of the step `ledger`: where a new classifier or taxonomy serves, the last weeks counted under both."""

import pandas as pd

from jobs.store import Store
from jobs.store_bridge import Pair
from mitigations.bridge import bridged, first_day
from mitigations.cells import ALL, attributes_of, weeks_within

BY = (ALL, "harm_domain")
Cell = tuple[str, str, str, int]


def keep(store: Store, ids: list[str], *, version: str) -> None:
    """Keep what is said of these documents before `version` answers anew, of the last 26 weeks."""
    latest = store.documents.latest_received()
    if latest is not None:
        store.bridge.keep(ids, version=version, since=_since(latest))


def run(store: Store, *, as_of: str) -> int:
    """Write the bridge as of this moment (ISO 8601 UTC), and say which revisions the new version caused.

    To be called after the ledger was written, in its transaction. Returns the rows of the bridge; none where
    no recent document was read by an earlier version.
    """
    since = _since(as_of)
    store.bridge.forget(before=since)
    pair = store.bridge.pair(as_of=as_of)
    if pair is None:
        store.bridge.replace(pd.DataFrame(), None, as_of=as_of)
        store.bridge.judge({})
        return 0
    documents = store.bridge.documents(pair, since=since)
    new = store.bridge.standing() != pair
    rows = bridged(documents, by=BY)
    store.bridge.replace(rows, pair, as_of=as_of)
    store.bridge.judge(moved(store, documents) if new else {})
    return len(rows)


def moved(store: Store, documents: pd.DataFrame) -> dict[Cell, int]:
    """By how many unique documents the new version moved each cell that was revised now."""
    revised = store.bridge.unjudged()
    ways = sorted({"&".join(attributes_of(row["slice"])) or ALL for row in revised})
    rows = bridged(documents, by=ways).to_dict("records") if ways else []
    shifts = {(row["week"], row["kind"], row["slice"]): row["unique_after"] - row["unique_before"] for row in rows}
    return {
        (row["week"], row["kind"], row["slice"], row["span"]): sum(
            shifts.get((week, row["kind"], row["slice"]), 0) for week in weeks_within(row["week"], row["span"])
        )
        for row in revised
    }


def versions(pair: Pair) -> str:
    """The two versions in words.

    >>> versions(Pair("classifier-1-ab/12", "classifier-2-cd/12", "1.0.0", "1.0.0", "2026-03-01T00:00:00Z"))
    'classifier-1-ab/12 → classifier-2-cd/12'
    """
    taxonomy = f", taxonomy {pair.taxonomy_before} → {pair.taxonomy_after}"
    return f"{pair.version_before} → {pair.version_after}" + (
        taxonomy if pair.taxonomy_before != pair.taxonomy_after else ""
    )


def _since(moment: str) -> str:
    return f"{first_day(pd.Timestamp(moment).tz_localize(None)):%Y-%m-%d}"
