"""What a release is judged by: daily counts of a mitigation with their exposure, beside those of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from mitigations.effects_segments import Split
from nlp.frames import require

NO_COMPLAINT = ("praise", "feature_request", "other")
LEAST_COMPLETE = 0.5
"""A day of which less than this has arrived says too little."""
DOCUMENTS = {"day": "datetime", "kind": "str", "mitigation": "str", "harm_domain": "str", "reporter": "str"}


@dataclass(frozen=True, slots=True)
class Measure:
    """`better`: the way that is one, up or down; None where neither is by itself. `source`: what is counted.

    `per_request`: whether the requests of a day are its exposure.
    """

    title: str
    better: str | None
    source: str
    kinds: tuple[str, ...] = ()
    per_request: bool = True


MEASURES: dict[str, Measure] = {
    "over_blocks": Measure("over-blocks claimed", "down", "documents", ("over_block",)),
    "under_blocks": Measure("under-blocks claimed", "down", "documents", ("under_block",)),
    "complaints": Measure("complaints of any kind", "down", "documents"),
    "appeals": Measure("appeals", "down", "appeals"),
    "blocked_share": Measure("share of requests blocked", None, "blocked"),
    "requests": Measure("requests", None, "requests", per_request=False),
}


@dataclass(frozen=True, slots=True)
class Known:
    """All that is counted, by day (datetime64, UTC), up to before `end`.

    `documents`: feedback: day, kind, mitigation (nullable), harm_domain, reporter, kept. `appeals`: day (of the
    decision), mitigation, customer. `exposure`: day, mitigation (or `all`), requests, blocked. `domains`: harm domain
    by mitigation. `arrived`, `appealed`: share of the documents and appeals of a day that have arrived, by day (absent:
    all). `hidden`: days that say nothing of documents and appeals (gaps); `odd`: days that say nothing of anything.
    """

    documents: pd.DataFrame
    appeals: pd.DataFrame
    exposure: pd.DataFrame
    domains: Mapping[str, str]
    end: pd.Timestamp
    arrived: Mapping[pd.Timestamp, float] = field(default_factory=dict)
    appealed: Mapping[pd.Timestamp, float] = field(default_factory=dict)
    hidden: frozenset[pd.Timestamp] = frozenset()
    odd: frozenset[pd.Timestamp] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """One measure: counts and exposures by day (index) and mitigation (columns); exposure NaN: the day is not known."""

    counts: pd.DataFrame
    exposures: pd.DataFrame
    compared: bool = True


def table(known: Known, name: str) -> Table | None:
    """Counts of a measure by day and mitigation; None where nothing of the kind is known."""
    measure = MEASURES[name]
    counts = {"documents": _claims, "appeals": _appeals}.get(measure.source, _exposed)(known, measure)
    if counts is None or counts.empty:
        return None
    requests = _requests(known)
    exposures = pd.DataFrame(1.0, index=counts.index, columns=counts.columns)
    if measure.per_request and requests is not None:
        whole = requests["all"] if "all" in requests else None
        for mitigation in counts.columns:
            own = requests[mitigation] if mitigation in requests else whole
            if own is not None:
                exposures[mitigation] = own.reindex(counts.index)
    # All mitigations may see the same requests: they are nothing to compare each other's with.
    return Table(counts, _only_known(known, measure, exposures), compared=measure.per_request)


def daily(found: Table, mitigation: str, others: Sequence[str]) -> pd.DataFrame | None:
    """One mitigation as `mitigations.effects.effect` takes it, compared with `others` where there are any.

    None where nothing is known of the mitigation.
    """
    if mitigation not in found.counts:
        return None
    frame = pd.DataFrame(
        {"day": found.counts.index, "count": found.counts[mitigation], "exposure": found.exposures[mitigation]}
    )
    beside = [name for name in others if found.compared and name in found.counts and name != mitigation]
    if beside:
        frame["control"] = found.counts[beside].sum(axis=1)
        frame["control_exposure"] = found.exposures[beside].sum(axis=1, min_count=len(beside))
    return frame.reset_index(drop=True)


def by_segment(known: Known, name: str, mitigation: str, parts: Split) -> pd.DataFrame | None:
    """One mitigation in the segments that a release reached, compared with itself in those that it left alone.

    None for a measure that is not of documents, or where the documents do not tell the segment.
    """
    if MEASURES[name].source != "documents" or parts.attribute not in known.documents:
        return None
    value = known.documents[parts.attribute].astype(str)
    reached, left = (
        table(replace(known, documents=known.documents[value.isin(values)]), name)
        for values in (parts.reached, parts.left_alone)
    )
    frames = [None if one is None else daily(one, mitigation, ()) for one in (reached, left)]
    if frames[0] is None or frames[1] is None:
        return None
    control = frames[1].rename(columns={"count": "control", "exposure": "control_exposure"})
    return frames[0].merge(control, on="day", how="left")


def _claims(known: Known, measure: Measure) -> pd.DataFrame | None:
    """Distinct reporters a day; a document that names no mitigation is of its domain's only one."""
    rows = require(known.documents, DOCUMENTS, what="documents")
    rows = rows[rows["kept"] & rows["kind"].notna()]
    rows = rows[rows["kind"].isin(measure.kinds) if measure.kinds else ~rows["kind"].isin(NO_COMPLAINT)]
    sole = {domain: name for name, domain in known.domains.items() if list(known.domains.values()).count(domain) == 1}
    rows = rows.assign(mitigation=rows["mitigation"].fillna(rows["harm_domain"].map(sole))).dropna(
        subset=["mitigation"]
    )
    found = rows.groupby(["day", "mitigation"])["reporter"].nunique().unstack(fill_value=0)
    return _every_day(found, known.documents["day"], known)


def _appeals(known: Known, measure: Measure) -> pd.DataFrame | None:
    rows = known.appeals.dropna(subset=["mitigation"])
    # One customer's tool may appeal by the dozen: people are counted, as with documents.
    found = rows.groupby(["day", "mitigation"])["customer"].nunique().unstack(fill_value=0)
    return _every_day(found, rows["day"], known)


def _exposed(known: Known, measure: Measure) -> pd.DataFrame | None:
    rows = known.exposure[known.exposure["mitigation"] != "all"]
    column = "blocked" if measure.source == "blocked" else "requests"
    rows = rows[rows[column].notna() & (rows["day"] < known.end)]
    found: pd.DataFrame = rows.groupby(["day", "mitigation"])[column].sum().unstack()
    return found


def _requests(known: Known) -> pd.DataFrame | None:
    rows = known.exposure.dropna(subset=["requests"])
    if rows.empty:
        return None
    found: pd.DataFrame = rows.groupby(["day", "mitigation"])["requests"].sum().unstack()
    return found


def _every_day(counts: pd.DataFrame, days: "pd.Series[pd.Timestamp]", known: Known) -> pd.DataFrame | None:
    """With zeros on the days between the first and the last that anything of the source is known of."""
    if counts.empty:
        return None
    span = pd.date_range(days.min(), known.end - pd.Timedelta(days=1), name="day")
    return counts.reindex(span, fill_value=0).astype(float)


def _only_known(known: Known, measure: Measure, exposures: pd.DataFrame) -> pd.DataFrame:
    """Exposure less what has not arrived; NaN on days that say nothing."""
    filed = measure.source in ("documents", "appeals")
    arrived = {"documents": known.arrived, "appeals": known.appealed}.get(measure.source, {})
    share = np.array([float(arrived.get(day, 1.0)) for day in exposures.index])
    silent = known.odd | (known.hidden if filed else frozenset())
    share[exposures.index.isin(list(silent)) | (share < LEAST_COMPLETE)] = np.nan
    return exposures.mul(share, axis=0)
