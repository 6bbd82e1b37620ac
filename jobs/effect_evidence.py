"""What effects are measured on, read from the store: claims, appeals, exposure, and the days that say nothing."""

from datetime import date, timedelta

import pandas as pd

from jobs.count import whole_exposure
from jobs.ledger_job import arrived
from jobs.store import Store
from mitigations.effects_measures import Known
from topics.delay import completeness

NEAR_DAYS = 3
"""What happened within so many days cannot be told apart by daily counts."""
MASKING = ("holiday", "outage")
"""Entries of the calendar whose days are left out; others stand beside what happens near them."""


def evidence(store: Store, *, as_of: str) -> Known:
    """All that releases are judged by, up to before the day of `as_of` (ISO 8601 UTC), which is not over."""
    moment = pd.Timestamp(as_of).tz_localize(None)
    documents = store.ledger.documents()
    appeals = store.effects.appeals()
    exposure = store.reference.exposure()
    requests, blocked = (whole_exposure(exposure.assign(requests=exposure[name])) for name in ("requests", "blocked"))
    both = requests.merge(blocked.rename(columns={"requests": "blocked"}), on=["day", "mitigation"], how="outer")
    here = documents["reporter"].where(documents["reporter_known"], "document " + documents["document_id"])
    filed = arrived(documents, as_of=moment)
    end = moment.normalize()
    return Known(
        documents=documents.assign(reporter=here)[documents["day"] < end],
        appeals=appeals[appeals["day"] < end],
        exposure=both,
        domains={row["mitigation_id"]: row["harm_domain"] for row in store.reference.mitigations()},
        end=end,
        arrived={} if filed is None else dict(zip(filed.index, filed.to_numpy(float), strict=True)),
        appealed=_appealed(appeals, as_of=moment),
        hidden=gaps(store),
        odd=odd_days(store),
    )


def gaps(store: Store, stream: str = "feedback") -> frozenset[pd.Timestamp]:
    """Days on which a feed of the stream was silent."""
    rows = [row for row in store.findings.coverage() if row["type"] == "gap" and row["stream"] == stream]
    return frozenset(day for row in rows for day in pd.date_range(row["day_low"], row["day_high"]))


def odd_days(store: Store) -> frozenset[pd.Timestamp]:
    """Holidays and outages of the calendar."""
    rows = [row for row in store.reference.calendar() if row["type"] in MASKING]
    return frozenset(day for row in rows for day in pd.date_range(row["day_from"], row["day_to"], inclusive="left"))


def beside(store: Store, onset: date) -> tuple[str, ...]:
    """What happened within three days of `onset` and may move counts: entries of the calendar, feeds come or gone."""
    first, last = (onset - timedelta(days=NEAR_DAYS)).isoformat(), (onset + timedelta(days=NEAR_DAYS)).isoformat()
    known = [
        f"{row['note'] or row['calendar_id']} ({row['type']}, {row['day_from']}) fell on the same days"
        for row in store.reference.calendar()
        if row["type"] not in MASKING and row["day_from"] <= last and row["day_to"] > first
    ]
    feeds = [
        f"the {row['type']} of {row['dimension'].replace('_', ' ')} {row['value']} ({row['day_low']}) fell on them"
        for row in store.findings.coverage()
        if row["type"] in ("start", "stop") and row["day_low"] <= last and row["day_high"] >= first
    ]
    return (*known, *feeds)


def _appealed(appeals: pd.DataFrame, *, as_of: pd.Timestamp) -> dict[pd.Timestamp, float]:
    if not len(appeals) or not (appeals["received_day"] > appeals["day"]).any():
        return {}
    found = completeness(appeals.assign(stream="appeals"), as_of=as_of)
    return dict(zip(found["day"], found["completeness"], strict=True))
