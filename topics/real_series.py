"""Changes of one real-valued series: what two of three readings of it agree on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from topics.effect import change_p_value, location_interval
from topics.real_costs import Array, explained, halved, partition, spread_about_line, spread_about_link

NEAR = 5
"""Readings whose changes are at most so many steps apart mean the same change."""
LEAST = 4
"""Fewest steps of a regime that a regression is read in; twice as many make a series."""
LEVELS_PENALTY = 2.0
"""Times log n: what a change of level gains on the standardised series, in squared deviations (Schwarz's criterion)."""
LINES_PENALTY = 0.05
"""Of the number of steps: what a change of straight line gains on the standardised series, in squared deviations."""
LINKS_PENALTY = 4.0
"""Times log n: what a change of the autoregression gains, in twice nats (four parameters and a place)."""
ROUNDING = 1e-14
"""Of the largest value: what differs by less does not vary."""
REPORTED = 0.003
"""Largest p-value of a change that is reported before the series is whole."""


@dataclass(frozen=True, slots=True)
class RealChange:
    """A change as step numbers: the new regime starts on `step`, within `low` to `high` at 95 %."""

    step: int
    low: int
    high: int
    direction: str
    p_value: float


def real_steps(values: npt.ArrayLike) -> list[int]:
    """First steps of the new regimes of a series (n,), ascending; [] if it never changed or has fewer than 8 steps.

    The vote of two out of three readings of what a regime is: a level, found by halving what differs most (binary
    segmentation, Scott & Knott 1974); a straight line, by the best partition; a first-order autoregression, by the
    best partition, which takes no trend for a change of level. Each errs where its regimes are not the series': two
    rarely err alike. One rule for all series. A missing value (NaN) is the last one before it.

    >>> real_steps([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 9, 8, 9, 8, 9, 8, 9, 8, 9, 8])
    [10]
    """
    series = standardised(values)
    if len(series) < 2 * LEAST or not series.any():
        return []
    steps = len(series)
    levels = halved(series, penalty=LEVELS_PENALTY * np.log(steps))
    lines = partition(spread_about_line(series), steps, penalty=LINES_PENALTY * steps, least=LEAST)
    if not levels and not lines:
        return []  # one reading alone is no vote, and the third one is the slowest
    links = partition(spread_about_link(series), steps, penalty=LINKS_PENALTY * np.log(steps), least=LEAST)
    return voted([levels, lines, links])


def real_changes(values: npt.ArrayLike) -> list[RealChange]:
    """`real_steps`, each with its interval, its direction and what chance may do.

    Sized between its neighbours by means, with as many independent steps as the autocorrelation leaves (Bartlett
    1946, JRSS Supplement).
    """
    series = standardised(values)
    steps = real_steps(values)
    ends = [0, *steps, len(series)]
    return [_sized(series[low:high], at - low, low) for low, at, high in zip(ends, steps, ends[2:], strict=False)]


def first_reported(values: npt.ArrayLike) -> list[tuple[RealChange, int]]:
    """Changes as they would have been reported step by step: each with the last step that was known then.

    A change is new if nothing within `NEAR` steps of it was reported before. It is sized from what was known, and
    waits until chance does as much once in `1 / REPORTED` searches.
    """
    series = np.asarray(values, dtype=np.float64)
    told: list[tuple[RealChange, int]] = []
    for end in range(2 * LEAST, len(series) + 1):
        known = [change.step for change, _ in told]
        if all(any(abs(step - one) <= NEAR for one in known) for step in real_steps(series[:end])):
            continue
        for change in real_changes(series[:end]):
            if change.p_value <= REPORTED and all(abs(change.step - one) > NEAR for one in known):
                told.append((change, end - 1))
    return told


def standardised(values: npt.ArrayLike) -> Array:
    """Mean 0 and variance 1, missing values filled forward; all nought where nothing varies."""
    series = np.array(values, dtype=np.float64)
    known = ~np.isnan(series)
    if not known.any():
        return np.zeros(len(series))
    last = np.maximum.accumulate(np.where(known, np.arange(len(series)), -1))
    series = np.where(last >= 0, series[np.maximum(last, 0)], series[known][0])
    reach = series.max() / 2 - series.min() / 2
    if reach <= ROUNDING * np.abs(series).max():
        return np.zeros(len(series))
    # By a power of two, which loses no digit: squares of very large or very small numbers have no float.
    series = np.ldexp(series, -int(np.frexp(reach)[1]))
    return np.asarray((series - series.mean()) / series.std())


def voted(readings: list[list[int]]) -> list[int]:
    """Changes that two readings have within `NEAR` steps: the median of what they say, one in each neighbourhood.

    >>> voted([[10, 50], [12], [50, 90]])
    [11, 50]
    """
    found: list[int] = []
    for number, reading in enumerate(readings):
        for step in reading:
            others = [
                min(other, key=lambda one: abs(one - step))
                for place, other in enumerate(readings)
                if place != number and any(abs(one - step) <= NEAR for one in other)
            ]
            if others:
                found.append(int(np.median([step, *others])))
    kept: list[int] = []
    for step in sorted(found):
        if not kept or step - kept[-1] > NEAR:
            kept.append(step)
    return kept


def _sized(series: Array, at: int, offset: int) -> RealChange:
    """The change `at` of one stretch that has no other."""
    left = series - np.where(np.arange(len(series)) < at, series[:at].mean(), series[at:].mean())
    noise = max(float(left.var()), 1e-12)
    link = float(np.clip((left[1:] * left[:-1]).sum() / max(float((left**2).sum()), 1e-12), 0.0, 0.99))
    gain = explained(series) / noise * (1 - link) / (1 + link) / 2
    gain = np.concatenate([[-np.inf], gain, [-np.inf]])
    low, high = location_interval(gain, at)
    direction = "up" if series[at:].mean() >= series[:at].mean() else "down"
    p_value = change_p_value(max(2 * float(gain[at]), 0.0), length=len(series))
    return RealChange(offset + at, offset + low, offset + high, direction, p_value)
