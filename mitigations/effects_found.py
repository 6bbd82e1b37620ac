"""What is found of an effect: the numbers, what speaks against a conclusion, and the conclusion."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from mitigations.effects_checks import Placebo, Rival, Trend


@dataclass(frozen=True, slots=True)
class Estimate:
    """Ratio of after to before with its 95 % interval and p-value."""

    ratio: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Around:
    """What else happened. `first`, `end`: days outside of which nothing may be used (neighbouring releases).

    `since`: the day on which the level before began (of an alert: its onset). `beside`: what forbids a conclusion
    whatever the counts say, in plain words: other things that happened on the same days.
    """

    first: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    since: pd.Timestamp | None = None
    beside: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What was found. `moved`: up, down, no (nothing detectable), unknown (cannot tell).

    `estimate` is the one to quote; `series` the interrupted time series, `against` the difference in differences,
    `control` what the control did by itself; `compared`: the difference in differences is quoted. `smallest`: the
    smallest rise seen four times in five, as a ratio. `fading`: ratio of the level in 28 days after, beyond the trend
    before. Days are those that were known. `by_model`: the p-value without what the placebo dates add. `dispersion`:
    α of the counts. `sudden`: log-likelihood by which a step on the day is better than any slope that began before.
    """

    moved: str
    reasons: tuple[str, ...]
    before: int
    after: int
    estimate: Estimate | None = None
    series: Estimate | None = None
    against: Estimate | None = None
    control: Estimate | None = None
    compared: bool = False
    smallest: float | None = None
    fading: float | None = None
    trend: Trend | None = None
    rival: Rival | None = None
    sudden: float | None = None
    placebo: Placebo | None = None
    by_model: float = 1.0
    dispersion: float = 0.0
