"""What a change coincides with: events on the same days, each with evidence for and against."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from topics.periods import Periods

DAY = pd.Timedelta(days=1)
FLOOD_SHARE = 0.5
DEMAND_RATIO = 1.2
INCOMPLETE = 0.9
CALENDAR_TYPES = {"outage": "outage", "incident": "outage", "policy": "policy_change"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else is known; each may be left out.

    `releases`: release_id, mitigation, day[, type (version, threshold, policy)]. `calendar`: day, name,
    type[, end (exclusive)]. `exposure`: day, requests[, mitigation]. `coverage`: as `coverage.coverage`.
    `completeness`: as `delay.completeness`.
    """

    releases: pd.DataFrame | None = None
    calendar: pd.DataFrame | None = None
    exposure: pd.DataFrame | None = None
    coverage: pd.DataFrame | None = None
    completeness: pd.DataFrame | None = None


def coincides_with(change: "pd.Series[Any]", periods: Periods, around: Surroundings) -> list[dict[str, Any]]:
    """Records of type, id, day, evidence_for, evidence_against, chance; `unclear` alone if there is none.

    `chance` is the probability that an event of that type lies in an interval of this length anyway, at the
    frequency such events had over the days known; None where that has no meaning.
    """
    found = [
        *_releases(change, periods, around.releases),
        *_calendar(change, around.calendar),
        *_coverage(change, around.coverage),
        *_flood(periods),
        *_late(change, around.completeness),
        *_demand(change, periods, around.exposure),
    ]
    nothing = _record("unclear", None, None, "nothing known lies in the date interval", "", None)
    return found or [nothing]


def _releases(change: "pd.Series[Any]", periods: Periods, releases: pd.DataFrame | None) -> Iterator[dict[str, Any]]:
    if releases is None or releases.empty:
        return
    low, high = change["day_low"] - DAY, change["day_high"]
    for _, release in releases[releases["day"].between(low, high)].sort_values(["day", "release_id"]).iterrows():
        policy = str(release.get("type", "version")) == "policy"
        lead = (change["day"] - release["day"]).days
        days = f"{abs(lead)} day" + ("s" if abs(lead) > 1 else "")
        when = f"{days} {'before' if lead > 0 else 'after'} the most likely first day" if lead else "on the first day"
        share = periods.share_after("mitigation", release["mitigation"])
        against = "" if share is None or share >= 0.5 else f"{share:.0%} of the documents name this mitigation"
        named = "" if share is None or share < 0.5 else f"; {share:.0%} of the documents name this mitigation"
        yield _record(
            "policy_change" if policy else "release",
            str(release["release_id"]),
            release["day"],
            f"{release['mitigation']} was released {release['day']:%Y-%m-%d}, {when}{named}",
            against,
            _chance(releases["day"], low, high, periods),
        )


def _calendar(change: "pd.Series[Any]", calendar: pd.DataFrame | None) -> Iterator[dict[str, Any]]:
    if calendar is None or calendar.empty:
        return
    low, high = change["day_low"] - DAY, change["day_high"]
    end = calendar["end"] if "end" in calendar else pd.Series(pd.NaT, index=calendar.index)
    end = pd.to_datetime(end).fillna(calendar["day"] + DAY)
    for _, event in calendar[(calendar["day"] <= high) & (end > low)].sort_values(["day", "name"]).iterrows():
        kind = CALENDAR_TYPES.get(str(event["type"]), "external_event")
        stated = f"{event['name']} ({event['type']}) is in the calendar for {event['day']:%Y-%m-%d}"
        yield _record(kind, str(event["name"]), event["day"], stated, "", None)


def _coverage(change: "pd.Series[Any]", coverage: pd.DataFrame | None) -> Iterator[dict[str, Any]]:
    marked = change.get("coverage")
    if isinstance(marked, str):
        yield _record("coverage_change", marked, change["day"], f"{marked} explains half or more of it", "", None)
        return
    if coverage is None or coverage.empty:
        return
    near = (coverage["day_low"] <= change["day_high"] + DAY) & (coverage["day_high"] >= change["day_low"] - DAY)
    same = coverage["stream"] == str(change["series"]).partition("/")[0]
    for _, event in coverage[near & same].iterrows():
        name = f"{event['dimension']}={event['value']} {event['kind']}"
        yield _record("coverage_change", name, event["day_low"], event["evidence"], "it holds less than half", None)


def _flood(periods: Periods) -> Iterator[dict[str, Any]]:
    share = periods.top_reporter_share
    if share >= FLOOD_SHARE and periods.after_documents >= 10:
        stated = f"one reporter filed {share:.0%} of the {periods.after_documents} documents"
        against = f"counted is each reporter once a day: {periods.after_reporters} reporters"
        yield _record("flood", periods.top_reporter, None, stated, against, None)


def _late(change: "pd.Series[Any]", completeness: pd.DataFrame | None) -> Iterator[dict[str, Any]]:
    if completeness is None or completeness.empty:
        return
    own = completeness[completeness["day"] >= change["day_low"]]
    if "stream" in own:
        own = own[own["stream"] == str(change["series"]).partition("/")[0]]
    least = float(own["completeness"].min()) if not own.empty else 1.0
    if least < INCOMPLETE and change["direction"] == "down":
        stated = f"about {least:.0%} of the most recent day has arrived"
        against = "the expected counts of recent days are lowered for it"
        yield _record("reporting_delay", None, None, stated, against, None)


def _demand(change: "pd.Series[Any]", periods: Periods, exposure: pd.DataFrame | None) -> Iterator[dict[str, Any]]:
    if exposure is None or exposure.empty:
        return
    own = exposure[exposure["mitigation"] == "all"] if "mitigation" in exposure else exposure
    own = exposure if own.empty else own
    daily = own.groupby("day")["requests"].sum()
    before = daily[(daily.index >= periods.start) & (daily.index < periods.day)].mean()
    after = daily[(daily.index >= periods.day) & (daily.index < periods.end)].mean()
    growth = float(after / before) if before > 0 else np.nan
    same_way = growth >= DEMAND_RATIO if change["direction"] == "up" else growth <= 1.0 / DEMAND_RATIO
    if same_way:
        stated = f"requests went to ×{growth:.2g} at the same time"
        against = f"at equal requests the series still went to ×{float(change['ratio']):.2g}"
        yield _record("demand_growth", None, periods.day, stated, against, None)


def _chance(days: "pd.Series[Any]", low: pd.Timestamp, high: pd.Timestamp, periods: Periods) -> float:
    """Probability of one event or more in the interval, if they fell evenly over the days known."""
    first, last = min(days.min(), periods.first), max(days.max(), periods.last)
    known = max((last - first).days + 1, 1)
    length = (high - low).days + 1
    return round(float(1.0 - (1.0 - min(length / known, 1.0)) ** len(days)), 3)


def _record(
    kind: str, name: str | None, day: pd.Timestamp | None, stated: str, against: str, chance: float | None
) -> dict[str, Any]:
    return {
        "type": kind,
        "id": name,
        "day": None if day is None else f"{day:%Y-%m-%d}",
        "evidence_for": stated,
        "evidence_against": against,
        "chance": chance,
    }
