"""Whether a change was under way before something that lies in its date interval: what comes after explains none."""

from typing import Any

import pandas as pd

from topics.alongside import chance_of_more
from topics.periods import Periods, reporter_days
from topics.surroundings import DAY

FEWEST_DAYS = 3 * DAY
"""Fewer days between the earliest first day and something tell nothing of what came first."""
LEAST_RATIO = 1.3
LARGEST_P = 0.01
MOSTLY = 0.5
"""So much of a change (of the logarithm of its ratio) must have come before."""


def under_way(change: "pd.Series[Any]", periods: Periods, day: pd.Timestamp, domain: str | None = None) -> str:
    """How far a change had gone before `day`; empty where it is not shown to have begun by then.

    Compares the days from `periods.low`, the earliest first day, with those before it: a step on `day` has moved
    nothing by then, a ramp or an earlier step has. Of documents about `domain` if there is one, else of all.
    What lies on the most likely first day or the day before is not late. Of the end of a change its periods tell
    nothing.
    """
    days = sum(one not in periods.silent for one in pd.date_range(periods.low, day - DAY))
    late = day - periods.low >= FEWEST_DAYS and not periods.day - DAY <= day <= periods.day
    if change["day"] != periods.day or not late or not days:
        return ""
    before, unsure, after = (_about(part, domain) for part in (periods.before, periods.unsure, periods.after))
    early = int((unsure["day"] < day).sum() + (after["day"] < day).sum())
    went = _ratio(len(before), early, periods.days_before, days)
    whole = _ratio(len(before), len(after), periods.days_before, periods.days_after)
    if change["direction"] == "up":
        shown = went >= max(LEAST_RATIO, whole**MOSTLY)
        likely = chance_of_more(len(before), early, periods.days_before, days)
    else:
        shown = went <= min(1.0 / LEAST_RATIO, whole**MOSTLY)
        likely = chance_of_more(early, len(before), days, periods.days_before)
    what = "what speaks of it" if domain else "the change"
    return f"{what} had gone to ×{went:.2g} before it" if shown and likely <= LARGEST_P else ""


def _about(documents: pd.DataFrame, domain: str | None) -> pd.DataFrame:
    days = reporter_days(documents)
    return days if domain is None else days[days["harm_domain"] == domain]


def _ratio(old: int, new: int, days_old: int, days_new: int) -> float:
    """Half a reporter on each side keeps the ratio of few finite."""
    return (new + 0.5) / days_new / ((old + 0.5) / days_old)
