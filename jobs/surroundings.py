"""Part of the step `detect`: what the store knows beside the counts, as explanations take it."""

import pandas as pd

from jobs.bridge import versions
from jobs.count import whole_exposure
from jobs.store import Store
from topics.alongside import alongside, usual
from topics.explain import SEGMENTS, Surroundings
from topics.surroundings import Reread
from topics.volume import daily


def surroundings(
    store: Store, found_coverage: pd.DataFrame, late: pd.DataFrame, *, documents: pd.DataFrame | None = None
) -> Surroundings:
    """What was going on beside the counts: releases, calendar, exposure, coverage, late days, campaigns.

    With `documents`, those counted, also what the rest of each stream did, and what another classifier said of them.
    """
    exposure = whole_exposure(store.reference.exposure())
    return Surroundings(
        releases=releases(store),
        calendar=calendar(store),
        exposure=exposure if len(exposure) else None,
        coverage=found_coverage,
        completeness=late,
        campaigns=store.duplicates.campaigns(),
        alongside=None if documents is None else alongside(documents),
        usual=None if documents is None else usual(documents, SEGMENTS),
        reread=None if documents is None else reread(store, documents),
    )


def releases(store: Store) -> pd.DataFrame:
    """Declared and inferred releases with their day and the harm domain of their mitigation."""
    names = ["release_id", "mitigation", "released_on", "declared", "note"]
    found = pd.DataFrame(store.reference.releases(), columns=names)
    domains = {row["mitigation_id"]: row["harm_domain"] for row in store.reference.mitigations()}
    return found.assign(
        day=pd.to_datetime(found["released_on"]),
        harm_domain=found["mitigation"].map(domains),
        inferred=~found["declared"].astype(bool),
        evidence=found["note"],
    )


def calendar(store: Store) -> pd.DataFrame:
    """The entries of the calendar; a note is a better name than an id."""
    found = pd.DataFrame(store.reference.calendar(), columns=["calendar_id", "type", "day_from", "day_to", "note"])
    found["day"] = pd.to_datetime(found["day_from"])
    found["end"] = pd.to_datetime(found["day_to"])
    found["name"] = found["note"].where(found["note"] != "", found["calendar_id"])
    return found


def reread(store: Store, documents: pd.DataFrame) -> Reread | None:
    """Volumes of the weeks that two versions have read, by what the earlier one said; None where one read all."""
    pair = store.bridge.standing()
    if pair is None:
        return None
    before = store.bridge.documents(pair, since="")
    before = before[before["read_before"]].set_index("document_id")[["kind_before", "harm_domain_before"]]
    own = documents[documents["document_id"].isin(before.index)]
    said = before.loc[own["document_id"]]
    own = own.assign(
        kind=said["kind_before"].to_numpy(),
        harm_domain=said["harm_domain_before"].to_numpy(),
        theme_id=None,
    )
    since = pd.Timestamp(pair.since).tz_localize(None).normalize()
    volumes = daily(own.drop(columns="watched", errors="ignore"))[["series", "day", "reporters"]]
    return Reread(versions(pair), since, volumes)
