"""What must hold before a change of level may be called the effect of what was done on that day."""

from dataclasses import dataclass

import numpy as np

from mitigations.effects_fit import Fit
from mitigations.effects_window import POST, Window, after, fit, part

TREND_DAYS = 28.0
TIMING_REACH = 28
"""A change this many days before or after is looked for as a rival."""
EARLY_DAYS, LATE_DAYS = 3, 6
"""A best day so near before or after is the day itself."""
RIVAL_GAIN = 5.0
"""Log-likelihood by which another day must explain the counts better."""
CHANGE_GAIN = 4.0
"""Log-likelihood by which that change must be better than none."""
SLOPE_GAIN = 1.5
"""Log-likelihood by which a slope that began earlier must explain the counts better."""
SLOPE_LEAD = 7
PLACEBO_STEP = 7
PLACEBO_BEFORE = 56
LEAST_PLACEBO_BEFORE = 28
PRIOR_DATES = 3.0
"""How many dates without surprise the placebo dates are added to."""


@dataclass(frozen=True, slots=True)
class Trend:
    """The slope before: ratio in 28 days, its p-value, and the log ratio it alone would make of before and after."""

    ratio: float
    p_value: float
    implied: float


@dataclass(frozen=True, slots=True)
class Rival:
    """Another day that explains the counts better: days from the release, log-likelihood more than the release's.

    `change`: log-likelihood more than no change. `gradual`: the day is the first of a slope.
    """

    day: int
    gain: float
    change: float
    gradual: bool = False


@dataclass(frozen=True, slots=True)
class Placebo:
    """The same estimate on earlier days on which nothing was done: how many, how many of them significant.

    `wider`: how much wider than the model says the scatter of such estimates is, at least 1.
    """

    dates: int
    significant: int
    wider: float


def trend(own: Window) -> Trend:
    """Whether the days before already went up or down (with a control: against it)."""
    before = part(own, int(own.at[0]), 0)
    slope = (before.at - before.at.mean()) / TREND_DAYS
    found = fit(before, slope)
    middle = (own.at[own.at >= 0].mean() - before.at.mean()) / TREND_DAYS
    log = float(found.coefficients[POST])
    return Trend(float(np.exp(np.clip(log, -5, 5))), found.p_value(POST), log * float(middle))


def rival(own: Window, *, wider: float) -> tuple[Rival | None, float | None]:
    """A change that explains the counts clearly better than one on day 0, or None; and how far a slope falls short.

    `wider`: how much more than the model says the series scatters; gains count less by its square. The second value is
    the log-likelihood by which a step on day 0 is better than the best slope that begins earlier; None: none was tried.
    """
    here = fit(own, after(own))
    first, last = max(-TIMING_REACH, int(own.at[0]) + 7), min(TIMING_REACH, int(own.at[-1]) - 6)
    days = [day for day in range(first, last + 1, 2) if not -EARLY_DAYS <= day <= LATE_DAYS]
    steps = {day: fit(own, after(own, day), dispersion=here.dispersion, errors=False) for day in days}
    slopes = {
        day: fit(own, np.maximum(own.at - day, 0) / TREND_DAYS, dispersion=here.dispersion, errors=False)
        for day in days
        if day <= -SLOPE_LEAD
    }
    none = fit(own, np.zeros(len(own.at)), dispersion=here.dispersion, errors=False)
    found = [
        best
        for fits, gradual in ((slopes, True), (steps, False))
        if (best := _best(own, fits, (here, none), gradual=gradual, wider=wider)) is not None
    ]
    sudden = next((-one.gain for one in found if one.gradual), None)
    clear = [
        one for one in found if one.gain > (SLOPE_GAIN if one.gradual else RIVAL_GAIN) and one.change > CHANGE_GAIN
    ]
    return (clear[0] if clear else None), sudden


def _best(own: Window, fits: dict[int, Fit], beside: tuple[Fit, Fit], *, gradual: bool, wider: float) -> Rival | None:
    """The best of these fits, compared with the step on day 0 and with no change."""
    if not fits:
        return None
    here, none = beside
    best = max(fits, key=lambda day: (fits[day].gain, -abs(day)))
    # Of shares the better model's scatter: no confounder blew it up. Of counts all fits have one dispersion.
    scatter = (1.0 if own.control is None else min(fits[best].dispersion, here.dispersion)) * wider**2
    return Rival(
        best, (fits[best].gain - here.gain) / scatter, (fits[best].gain - none.gain) / scatter, gradual=gradual
    )


def placebo(own: Window, *, length: int) -> Placebo:
    """Estimates on days before, a week apart, each with days before it and `length` days after it, all before 0."""
    first = int(own.at[0])
    room = -length - first
    reach = min(PLACEBO_BEFORE, max(LEAST_PLACEBO_BEFORE, room - 3 * PLACEBO_STEP))
    scores, hits = [], 0
    for day in range(-length, first + reach - 1, -PLACEBO_STEP):
        own_part = part(own, day - reach, day + length, zero=day)
        if own_part.before < reach // 2 or own_part.after < length // 2 or own_part.count.sum() < 1:
            continue
        found = fit(own_part, after(own_part))
        if found.error(POST) > 0:
            scores.append(float(found.coefficients[POST]) / found.error(POST))
            hits += found.p_value(POST) < 0.05
    # Neighbouring dates share most of their days: each counts for the share that is new.
    weight = PLACEBO_STEP / max(length, PLACEBO_STEP)
    squares = float(np.square(np.clip(scores, -6, 6)).sum()) * weight
    wider = np.sqrt((squares + PRIOR_DATES) / (weight * len(scores) + PRIOR_DATES))
    return Placebo(len(scores), int(hits), float(max(1.0, wider)))
