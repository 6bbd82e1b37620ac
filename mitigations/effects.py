"""What a release or an action did to a daily count: a ratio with interval, and what may be concluded from it."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from mitigations.effects_checks import Placebo, Rival, placebo, rival, trend
from mitigations.effects_fit import Fit
from mitigations.effects_found import Around, Effect, Estimate
from mitigations.effects_reasons import SIGNIFICANT, against_it
from mitigations.effects_window import POST, Window, after, alone, compared_with, fit, part, window

BEFORE_DAYS = 84
AFTER_DAYS = 42
LEAST_BEFORE = 14
LEAST_AFTER = 14
LEAST_EXPECTED = 8.0
"""Events to be expected on either side, were there no effect; below, nothing is estimated."""
LEAST_CONTROL = 0.5
"""What it is compared with must count at least this much of it; less adds more scatter than it takes away."""
POWER = 0.8


def effect(daily: pd.DataFrame, onset: pd.Timestamp, *, around: Around = Around()) -> Effect:  # noqa: B008 - frozen
    """The change of level of `daily` on `onset`, the first day after.

    `daily`: day, count, exposure, optionally control and control_exposure (`effects_window.window` says more).
    Interrupted time series with negative binomial errors (Wagner et al. 2002, J Clin Pharm Ther; Bernal et al. 2017,
    Int J Epidemiol), difference in differences on the odds of both series, the trend before, rival days and placebo
    dates. The interval is widened by how much placebo dates scatter beyond the model.
    """
    steps = () if around.since is None else (around.since,)
    whole = _cut(window(daily, onset, steps=steps), onset, around)
    own = part(whole, -BEFORE_DAYS, AFTER_DAYS)
    lacking = _lacking(own)
    if lacking:
        return Effect("unknown", (lacking,), own.before, own.after)
    found = _measured(whole, own)
    reasons = tuple(against_it(found, around))
    return replace(found, moved="unknown", reasons=reasons) if reasons else found


def _cut(whole: Window, onset: pd.Timestamp, around: Around) -> Window:
    first = int(whole.at[0]) if len(whole.at) else 0
    end = int(whole.at[-1]) + 1 if len(whole.at) else 0
    if around.first is not None:
        first = max(first, (around.first - onset).days)
    if around.end is not None:
        end = min(end, (around.end - onset).days)
    return part(whole, first, end)


def _lacking(own: Window) -> str:
    """Why nothing can be estimated; "" if it can."""
    if own.before < LEAST_BEFORE or own.after < LEAST_AFTER:
        return f"{own.before} days before and {own.after} after are known; {LEAST_BEFORE} of each are needed"
    share = float(own.exposure[own.at < 0].sum() / own.exposure.sum())
    if own.count.sum() * min(share, 1 - share) < LEAST_EXPECTED:
        return f"{own.count.sum():.0f} in all, before and after: too few"
    return ""


def _measured(whole: Window, own: Window) -> Effect:
    """Every number, before anything is concluded; `moved` says what the numbers alone would say."""
    single = _looked(alone(whole), alone(own))
    usable = own.control is not None and own.control.sum() >= LEAST_CONTROL * own.count.sum()
    pair = _looked(whole, own) if usable else None
    # Which of the two is quoted is settled by how narrow they are, not by what they say.
    quoted = pair if pair is not None and pair.error <= single.error else single
    estimate = quoted.estimate
    looked = [rival(each.own, wider=each.placebo.wider) for each in (single, pair) if each is not None]
    rivals = [one for one, _ in looked if one is not None]
    return Effect(
        moved="no" if estimate.p_value >= SIGNIFICANT else "up" if estimate.ratio > 1 else "down",
        reasons=(),
        before=own.before,
        after=own.after,
        estimate=estimate,
        series=single.estimate,
        against=None if pair is None else pair.estimate,
        control=_estimate(fit(compared_with(own), after(own)), 1.0) if usable else None,
        compared=quoted is pair,
        smallest=_smallest(quoted.fit, quoted.placebo.wider),
        fading=_fading(quoted.own),
        trend=trend(quoted.own),
        rival=max(rivals, key=_gain, default=None),
        sudden=min((by for _, by in looked if by is not None), default=None),
        placebo=quoted.placebo,
        by_model=quoted.fit.p_value(POST),
        dispersion=single.fit.dispersion,
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """One way of looking at it: the days, the fit, and how the placebo dates came out."""

    own: Window
    fit: Fit
    placebo: Placebo

    @property
    def error(self) -> float:
        return self.fit.error(POST) * self.placebo.wider

    @property
    def estimate(self) -> Estimate:
        return _estimate(self.fit, self.placebo.wider)


def _looked(whole: Window, own: Window) -> _Look:
    return _Look(own, fit(own, after(own)), placebo(whole, length=min(own.after, 2 * LEAST_AFTER)))


def _gain(one: Rival) -> float:
    return one.gain


def _estimate(found: Fit, wider: float) -> Estimate:
    low, high = found.interval(POST, wider=wider)
    ratio, bottom, top = (float(np.exp(np.clip(value, -20, 20))) for value in (found.coefficients[POST], low, high))
    return Estimate(ratio, bottom, top, found.p_value(POST, wider=wider))


def _smallest(found: Fit, wider: float) -> float:
    reach = stats.t.ppf(1 - SIGNIFICANT / 2, found.degrees) + stats.t.ppf(POWER, found.degrees)
    return float(np.exp(np.clip(float(reach) * found.error(POST) * wider, 0, 20)))


def _fading(own: Window) -> float | None:
    """Ratio in 28 days by which the slope after differs from the slope before (a segmented regression)."""
    time = own.at / 28.0
    found = fit(own, time * after(own), after(own), time)
    value = float(found.coefficients[POST])
    return float(np.exp(value)) if abs(value) < 5 else None
