"""Releases and entries of the calendar that lie on the days of a change."""

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from topics.carried import MORE_THAN_BEFORE, excess_share, share_of_known
from topics.coincidence_order import under_way
from topics.periods import Periods, reporter_days, without
from topics.surroundings import DAY, Coincidence, chance, interval

CALENDAR_TYPES = {"outage": "outage", "incident": "outage", "policy": "policy_change"}
PASSING = ("holiday", "outage", "incident")
"""Entries that say nothing of a change that goes on long after their end."""
OUTLASTS = pd.Timedelta(days=7)
HOLDS = 0.5
"""So much of a change (of its excess, or of the logarithm of its ratio) is most of it."""
HARDLY = 0.2
"""A release of whose domain so little of the change speaks is ruled out, or no more than always did."""
EVEN = 0.5
"""In an interval so long that a release lies in it anyway, one of which nothing speaks is ruled out."""


def releases(change: "pd.Series[Any]", periods: Periods, known: pd.DataFrame | None) -> Iterator[Coincidence]:
    """Releases within the date interval or a day before, declared and inferred, with how much of the change is
    about them."""
    if known is None or known.empty:
        return
    low, high = interval(change)
    for _, release in known[known["day"].between(low, high)].sort_values(["day", "release_id"]).iterrows():
        for_it, against, contradicted = _about(release, periods)
        earlier = under_way(change, periods, release["day"], _domain(release, periods))
        against += [earlier] if earlier else []
        likely = chance(known["day"], (low, high), periods)
        policy = str(release.get("type", "version")) == "policy"
        yield Coincidence(
            "policy_change" if policy else "release",
            str(release["release_id"]),
            release["day"],
            "; ".join([_released(release, change), *for_it]),
            "; ".join(against),
            likely,
            contradicted or bool(earlier) or (likely >= EVEN and bool(against) and not for_it),
        )


def _domain(release: "pd.Series[Any]", periods: Periods) -> str | None:
    """The domain of a release, if most of the change is about it: then that part tells when it began."""
    domain = release.get("harm_domain")
    held = excess_share(periods, "harm_domain", domain) if isinstance(domain, str) else None
    return str(domain) if held is not None and held >= HOLDS else None


def _released(release: "pd.Series[Any]", change: "pd.Series[Any]") -> str:
    lead = (change["day"] - release["day"]).days
    days = f"{abs(lead)} day" + ("s" if abs(lead) > 1 else "")
    when = f"{days} {'before' if lead > 0 else 'after'} the most likely first day" if lead else "on the first day"
    stated = f"{release['mitigation']} was released {release['day']:%Y-%m-%d}, {when}"
    if release.get("inferred", False) is not True and not bool(release.get("inferred") or False):
        return stated
    seen = release.get("evidence")
    return f"{stated}, inferred from the decision log" + (f": {seen}" if isinstance(seen, str) and seen else "")


def _about(release: "pd.Series[Any]", periods: Periods) -> tuple[list[str], list[str], bool]:
    """How much of the change speaks of the mitigation: what is for it, what against, and whether hardly any does."""
    for_it: list[str] = []
    against: list[str] = []
    domain = release.get("harm_domain")
    about = excess_share(periods, "harm_domain", domain) if isinstance(domain, str) else None
    if about is not None:
        told = f"{_percent(about)} of the change is about its domain, {str(domain).replace('_', ' ')}"
        (for_it if about >= HOLDS else against).append(told)
    share = periods.share_after("mitigation", release["mitigation"])
    named = excess_share(periods, "mitigation", release["mitigation"])
    if share is not None:
        told = f"{share:.0%} of the documents that name a mitigation name this one"
        more = named is None or named >= HOLDS
        (for_it if share >= HOLDS and more else against).append(told + ("" if share < HOLDS or more else ", as before"))
    hardly = [
        _hardly(periods, column, value, held)
        for column, value, held in (("harm_domain", domain, about), ("mitigation", release["mitigation"], named))
        if held is not None
    ]
    return for_it, against, about is not None and all(hardly)


def _hardly(periods: Periods, column: str, value: object, held: float) -> bool:
    """Whether a value holds next to nothing of the change, or no more than it held before."""
    usual = share_of_known(reporter_days(periods.before)[column], value)
    return held < max(HARDLY, min(HOLDS, MORE_THAN_BEFORE * usual))


def calendar(change: "pd.Series[Any]", periods: Periods, known: pd.DataFrame | None) -> Iterator[Coincidence]:
    """Entries of the calendar that touch the date interval or the day before."""
    if known is None or known.empty:
        return
    low, high = interval(change)
    end = known["end"] if "end" in known else pd.Series(pd.NaT, index=known.index)
    known = known.assign(end=pd.to_datetime(end).fillna(known["day"] + DAY))
    touching = known[(known["day"] <= high) & (known["end"] > low)]
    for _, event in touching.sort_values(["day", "name"]).iterrows():
        alike = known.loc[known["type"] == event["type"], "day"]
        earlier = under_way(change, periods, event["day"])
        outlasted = _outlasted(event, change, periods)
        yield Coincidence(
            CALENDAR_TYPES.get(str(event["type"]), "external_event"),
            str(event["name"]),
            event["day"],
            f"{event['name']} ({event['type']}) is in the calendar for {event['day']:%Y-%m-%d}",
            "; ".join(part for part in (outlasted, earlier) if part),
            chance(alike, (low, high), periods),
            bool(outlasted),
        )


def _outlasted(event: "pd.Series[Any]", change: "pd.Series[Any]", periods: Periods) -> str:
    """What speaks against something that passes and a change that is there long after it, its own days left out."""
    if str(event["type"]) not in PASSING or _last(change, periods) - event["end"] < OUTLASTS:
        return ""
    days = pd.date_range(event["day"], event["end"] - DAY)
    whole, left = without(periods, ()), without(periods, days)
    way = 1.0 if change["direction"] == "up" else -1.0
    moved = way * math.log(whole)
    if moved > 0 and way * math.log(left) < HOLDS * moved:
        return ""
    return (
        f"it was over by {event['end']:%Y-%m-%d}, the change goes on: ×{left:.2g} without its days, ×{whole:.2g} with"
    )


def _last(change: "pd.Series[Any]", periods: Periods) -> pd.Timestamp:
    """The first day after what is known of the change."""
    return change["end"] if pd.notna(change["end"]) else periods.end


def _percent(share: float) -> str:
    return f"{min(max(share, 0.0), 1.0):.0%}"
