"""Changes of one real-valued series: what two of three readings of it agree on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from topics.effect import change_p_value, location_interval

Array = npt.NDArray[np.float64]
Steps = npt.NDArray[np.int64]
Cost = Callable[[Steps, int], Array]
"""Cost of every regime from one of the starts to before the end."""

NEAR = 5
"""Readings whose changes are at most so many steps apart mean the same change."""
LEAST = 4
"""Fewest steps of a regime that a regression is read in; twice as many make a series."""
MEANS_PENALTY = 0.1
"""Of the number of steps: what a change of mean gains on the standardised series, in squared deviations."""
LINKS_PENALTY = 4.0
"""Times log n: what a change of the autoregression gains, in twice nats (four parameters and a place)."""
REPORTED = 0.01
"""Largest p-value of a change that is reported before the series is whole."""
WINDOW = 20
"""Steps that the sliding window looks at, half on either side."""


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

    The vote of two out of three readings: means in a sliding window (ruptures.Window), the best partition by means,
    the best partition by first-order autoregressions, which takes no trend for a change of level. One rule for all
    series. A missing value (NaN) is the last one before it.

    >>> real_steps([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 9, 8, 9, 8, 9, 8, 9, 8, 9, 8])
    [10]
    """
    series = standardised(values)
    if len(series) < 2 * LEAST or not series.any():
        return []
    penalty = MEANS_PENALTY * len(series)
    means = partition(_spread_about_mean(series), len(series), penalty=penalty, least=1)
    links = partition(_spread_about_link(series), len(series), penalty=LINKS_PENALTY * np.log(len(series)), least=LEAST)
    return voted([_windowed(series, penalty), links, means])


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
    spread = series.std()
    return np.asarray((series - series.mean()) / spread if spread > 1e-12 else np.zeros(len(series)))


def partition(cost: Cost, steps: int, *, penalty: float, least: int) -> list[int]:
    """Exact optimal partition (Jackson et al. 2005); `least`: fewest steps of a regime."""
    best = np.full(steps + 1, np.inf)
    best[0] = -penalty
    start = np.zeros(steps + 1, dtype=np.int64)
    for end in range(least, steps + 1):
        starts = np.arange(end - least + 1)
        total = best[starts] + cost(starts, end) + penalty
        start[end] = starts[total.argmin()]
        best[end] = total.min()
    found, end = [], steps
    while end > 0:
        end = int(start[end])
        found.append(end)
    return sorted(step for step in found if step > 0)


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


def _windowed(series: Array, penalty: float) -> list[int]:
    from ruptures import Window
    from ruptures.exceptions import BadSegmentationParameters

    width = min(WINDOW, len(series) // 4 * 2)
    try:
        ends = Window(width=width, model="l2", jump=1).fit(series[:, None]).predict(pen=penalty)
    except BadSegmentationParameters:
        return []
    return [int(end) for end in ends if end < len(series)]


def _spread_about_mean(series: Array) -> Cost:
    """Squared deviations from the mean."""
    sums = _summed(series, series**2)

    def cost(starts: Steps, end: int) -> Array:
        first, second = sums[:, end, None] - sums[:, starts]
        return np.asarray(second - first**2 / (end - starts))

    return cost


def _spread_about_link(series: Array) -> Cost:
    """Twice the negative log-likelihood of a regression of each step on the one before it, up to a constant."""
    before = np.concatenate([series[:1], series[:-1]])
    sums = _summed(before, series, before**2, series**2, before * series)
    # Exact repetitions have no spread at all; nothing is told apart below this part of the usual step.
    floor = 1e-4 * float(np.diff(series).var()) + 1e-12

    def cost(starts: Steps, end: int) -> Array:
        n = end - starts
        x, y, xx, yy, xy = sums[:, end, None] - sums[:, starts]
        across, along, within = xx - x * x / n, xy - x * y / n, yy - y * y / n
        told = np.where(across > 1e-12, along**2 / np.maximum(across, 1e-12), 0.0)
        return np.asarray(n * np.log(np.maximum(within - told, 0.0) / n + floor))

    return cost


def _summed(*columns: Array) -> Array:
    return np.stack([np.concatenate([[0.0], column.cumsum()]) for column in columns])


def _sized(series: Array, at: int, offset: int) -> RealChange:
    """The change `at` of one stretch that has no other."""
    steps = np.arange(1, len(series))
    first = series.cumsum()[:-1]
    rest = series.sum() - first
    explained = first**2 / steps + rest**2 / (len(series) - steps) - series.sum() ** 2 / len(series)
    left = series - np.where(np.arange(len(series)) < at, series[:at].mean(), series[at:].mean())
    noise = max(float(left.var()), 1e-12)
    link = float(np.clip((left[1:] * left[:-1]).sum() / max(float((left**2).sum()), 1e-12), 0.0, 0.99))
    gain = explained / noise * (1 - link) / (1 + link) / 2
    gain = np.concatenate([[-np.inf], gain, [-np.inf]])
    low, high = location_interval(gain, at)
    direction = "up" if series[at:].mean() >= series[:at].mean() else "down"
    p_value = change_p_value(max(2 * float(gain[at]), 0.0), length=len(series))
    return RealChange(offset + at, offset + low, offset + high, direction, p_value)
