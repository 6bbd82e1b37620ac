"""What a regime of a real-valued series costs, and the searches for the regimes that cost least."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Steps = npt.NDArray[np.int64]
Cost = Callable[[Steps, int], Array]
"""Cost of every regime from one of the starts to before the end."""

LEAST_LEVEL = 2
"""Fewest steps of a regime that binary segmentation finds."""


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


def halved(series: Array, *, penalty: float) -> list[int]:
    """Binary segmentation by means: a regime is split where that gains most, while it gains the penalty."""
    regimes, found = [(0, len(series))], []
    while regimes:
        low, high = regimes.pop()
        if high - low < 2 * LEAST_LEVEL:
            continue
        gain = explained(series[low:high])[LEAST_LEVEL - 1 : high - low - LEAST_LEVEL]
        at = low + LEAST_LEVEL + int(gain.argmax())
        if gain.max() > penalty:
            found.append(at)
            regimes += [(low, at), (at, high)]
    return sorted(found)


def explained(series: Array) -> Array:
    """Squared deviations (n − 1,) that a change of mean before each step but the first explains."""
    steps = np.arange(1, len(series))
    first = series.cumsum()[:-1]
    rest = series.sum() - first
    return np.asarray(first**2 / steps + rest**2 / (len(series) - steps) - series.sum() ** 2 / len(series))


def spread_about_line(series: Array) -> Cost:
    """Squared deviations from the straight line of least squares."""
    when = np.arange(len(series), dtype=np.float64) / len(series)
    sums = _summed(when, series, when**2, series**2, when * series)

    def cost(starts: Steps, end: int) -> Array:
        n = end - starts
        x, y, xx, yy, xy = sums[:, end, None] - sums[:, starts]
        across, along, within = xx - x * x / n, xy - x * y / n, yy - y * y / n
        told = np.where(across > 1e-12, along**2 / np.maximum(across, 1e-12), 0.0)
        return np.asarray(np.maximum(within - told, 0.0))

    return cost


def spread_about_link(series: Array) -> Cost:
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
