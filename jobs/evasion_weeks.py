"""What a drop in complaints is judged by: a mitigation's weeks of complaints, blocks, customers and appeals."""

import pandas as pd

from jobs.effect_evidence import evidence
from jobs.store import Store
from mitigations.cells import week_start
from mitigations.effects_measures import Known, table

WEEKS = 16
WEEK = pd.Timedelta(days=7)


def complaint_weeks(store: Store, mitigation: str, *, as_of: str) -> pd.DataFrame | None:
    """The last whole weeks as `mitigations.trust_loss.trust` takes them; None where nothing was complained of."""
    known = evidence(store, as_of=as_of)
    days = _days(known, mitigation)
    if days is None:
        return None
    days["customers"] = _customers(store.reference.exposure(), mitigation).reindex(days.index)
    last = week_start(pd.Series([known.end])).iloc[0]
    whole = days[(days.index >= last - WEEKS * WEEK) & (days.index < last)]
    weeks = whole.groupby(week_start(whole.index.to_series()))
    found = weeks.sum(min_count=1)
    found["customers"] = weeks["customers"].mean()
    return found.rename_axis("week").reset_index()


def _days(known: Known, mitigation: str) -> pd.DataFrame | None:
    """Counts and what they are counted per, by day; NaN where a day tells nothing."""
    said = table(known, "complaints")
    if said is None or mitigation not in said.counts:
        return None
    heard = said.exposures[mitigation]
    days = pd.DataFrame({"complaints": said.counts[mitigation].where(heard.notna()), "heard": heard})
    stopped = table(known, "blocked_share")
    if stopped is not None and mitigation in stopped.counts:
        days["blocked"] = stopped.counts[mitigation].reindex(days.index)
        days["requests"] = stopped.exposures[mitigation].reindex(days.index)
    appealed = table(known, "appeals")
    if appealed is not None and mitigation in appealed.counts and "blocked" in days:
        share = pd.Series({day: float(part) for day, part in known.appealed.items()}, dtype=float)
        arrived = share.reindex(days.index).fillna(1.0)
        usable = appealed.exposures[mitigation].reindex(days.index).notna()
        days["appeals"] = appealed.counts[mitigation].reindex(days.index).where(usable)
        days["appealable"] = (days["blocked"] * arrived).where(usable)
    return days.astype(float)


def _customers(exposure: pd.DataFrame, mitigation: str) -> "pd.Series[float]":
    """Active customers a day: of the mitigation where they are known, else of the product."""
    rows = exposure[exposure["customers"].notna()]
    own = rows[rows["mitigation"] == mitigation]
    used = own if len(own) else rows[rows["mitigation"] == "all"]
    counted: pd.Series[float] = used.groupby("day")["customers"].sum()
    return counted
