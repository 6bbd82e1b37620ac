"""What a change coincides with: events on the same days, each with evidence for and against."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from topics.coincidence_days import calendar, releases
from topics.coincidence_filing import campaign, coverage, flood, late, reporting
from topics.coincidence_use import adversarial, demand, model, signals
from topics.periods import Periods
from topics.surroundings import DAY, Coincidence, Reread, Surroundings

__all__ = ["Reread", "Surroundings", "coincides_with", "ended_with", "weighed"]

END_DAYS = 2 * DAY
"""The end of a burst is known to about so many days."""


def coincides_with(change: "pd.Series[Any]", periods: Periods, around: Surroundings) -> list[dict[str, Any]]:
    """Records of type, id, day, evidence_for, evidence_against, chance; `unclear` alone if there is none.

    `chance` is the probability that an event of that type lies in an interval of this length anyway, at the
    frequency such events had over the days known; None where that has no meaning.
    """
    return weighed(change, periods, around)[0]


def weighed(
    change: "pd.Series[Any]", periods: Periods, around: Surroundings
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the change coincides with, then what lies on the same days but hardly belongs to it; records as above."""
    found = list(_every(change, periods, around))
    standing = [one.record() for one in found if not one.contradicted]
    nothing = Coincidence("unclear", None, None, "nothing known lies in the date interval")
    return standing or [nothing.record()], [one.record() for one in found if one.contradicted]


def ended_with(change: "pd.Series[Any]", periods: Periods, around: Surroundings) -> list[dict[str, Any]]:
    """Releases and entries of the calendar on the days on which a change ended; records as above."""
    if pd.isna(change["end"]):
        return []
    end = pd.Series({"day": change["end"], "day_low": change["end"] - END_DAYS, "day_high": change["end"] + END_DAYS})
    end["end"] = pd.NaT
    found = [*releases(end, periods, around.releases), *calendar(end, periods, around.calendar)]
    return [one.record() for one in found if not one.contradicted]


def _every(change: "pd.Series[Any]", periods: Periods, around: Surroundings) -> Iterator[Coincidence]:
    yield from releases(change, periods, around.releases)
    yield from calendar(change, periods, around.calendar)
    told = list(signals(change, periods, around.signals))
    yield from told
    yield from adversarial(change, periods, around)
    if not any(one.type == "campaign" for one in told):
        yield from campaign(change, periods, around.campaigns)
    yield from flood(periods)
    yield from coverage(change, periods, around.coverage)
    yield from reporting(change, periods, around)
    yield from late(change, periods, around.completeness)
    yield from demand(change, periods, around.exposure)
    yield from model(change, periods, around.reread)
