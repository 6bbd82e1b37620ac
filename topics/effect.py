"""The size, date and certainty of one change, from the cumulated likelihoods of its series."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from topics.levels import Array

DROP_95 = float(chi2.ppf(0.95, 1))
LOCATION_MASS = 0.95


@dataclass(frozen=True, slots=True)
class Effect:
    """Days as row positions: the new regime starts in `low` <= day <= `high`, best guess `day`.

    `ratio` is after / before at equal exposure, with a 95 % interval; `score` twice the gain in nats.
    """

    day: int
    low: int
    high: int
    ratio: float
    ratio_low: float
    ratio_high: float
    score: float
    p_value: float


def effect(sums: Array, grid: Array, *, start: int, day: int, end: int) -> Effect:
    """Effect of the change on `day` between regimes start <= t < day and day <= t < end.

    `sums`: (levels, days + 1) of the series; `grid`: (levels,), log-spaced.
    """
    own = sums[:, start : end + 1]
    gain = location_gain(own)
    best = int(np.clip(day - start, 1, own.shape[1] - 2))
    low, high = location_interval(gain, best)
    ratio, ratio_low, ratio_high = profile_ratio(
        own[:, best] - own[:, 0], own[:, -1] - own[:, best], float(np.log(grid[1] / grid[0]))
    )
    score = max(2.0 * float(gain[best]), 0.0)
    p_value = change_p_value(score, length=end - start)
    return Effect(start + best, start + low, start + high, ratio, ratio_low, ratio_high, score, p_value)


def location_gain(own: Array) -> Array:
    """Gain in nats of a change at each position of a segment (levels, days + 1); −inf at both ends."""
    first, last = own[:, :1], own[:, -1:]
    gain: Array = (own - first).max(axis=0) + (last - own).max(axis=0) - float((last - first).max())
    gain[[0, -1]] = -np.inf
    return gain


def location_interval(gain: Array, best: int) -> tuple[int, int]:
    """Shortest run of positions around `best` that holds 95 % of the normalised likelihood."""
    weight = np.exp(gain - gain.max())
    weight /= weight.sum()
    low = high = best
    mass = float(weight[best])
    while mass < LOCATION_MASS and (low > 1 or high < len(weight) - 2):
        left = weight[low - 1] if low > 1 else -1.0
        right = weight[high + 1] if high < len(weight) - 2 else -1.0
        low, high = (low - 1, high) if left >= right else (low, high + 1)
        mass += float(max(left, right))
    return low, high


def profile_ratio(before: Array, after: Array, step: float) -> tuple[float, float, float]:
    """Ratio of two levels and its 95 % interval by profile likelihood.

    `before`, `after`: log-likelihood at each grid level; `step`: difference of neighbouring log levels.
    An end of the interval the grid does not reach is 0 or infinite.
    """
    levels = len(before)
    padded = np.pad(after, levels - 1, constant_values=-np.inf)
    profile = (np.lib.stride_tricks.sliding_window_view(padded, levels) + before).max(axis=1)
    fall = 2.0 * (profile.max() - profile)
    best = int(profile.argmax())
    inside = np.flatnonzero(fall <= DROP_95)
    low = _crossing(fall, int(inside[0]), -1)
    high = _crossing(fall, int(inside[-1]), 1)
    centre = _vertex(profile, best)
    to_ratio = [np.exp((place - (levels - 1)) * step) for place in (centre, low, high)]
    return float(to_ratio[0]), float(to_ratio[1]), float(to_ratio[2])


def _crossing(fall: Array, edge: int, side: int) -> float:
    """Position, between grid points, where `fall` reaches DROP_95 beyond `edge`."""
    outside = edge + side
    if not 0 <= outside < len(fall):
        return -np.inf if side < 0 else np.inf
    share = (DROP_95 - fall[edge]) / max(float(fall[outside] - fall[edge]), 1e-12)
    return edge + side * float(share)


def _vertex(profile: Array, best: int) -> float:
    """Top of the parabola through the best grid point and its neighbours."""
    if not 0 < best < len(profile) - 1:
        return float(best)
    left, top, right = profile[best - 1 : best + 2]
    bend = left - 2.0 * top + right
    return best + float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else float(best)


def change_p_value(score: float, *, length: int) -> float:
    """Chance of such a score for the best of all `length` − 1 dates of an unchanged segment.

    Asymptotic tail of the maximum of a squared standardised bridge over the middle 1 − 2/n of the segment
    (James, James and Siegmund 1987, Biometrika; Andrews 1993, Econometrica).
    """
    if score <= 1.0 or length < 3:
        return 1.0
    trim = 1.0 / length
    span = 2.0 * np.log((1.0 - trim) / trim)
    density = np.sqrt(score / (2.0 * np.pi)) * np.exp(-score / 2.0)
    return float(np.clip(density * (span * (1.0 - 1.0 / score) + 2.0 / score), 0.0, 1.0))


def q_values(p_values: Array, *, tests: int) -> Array:
    """Benjamini and Hochberg (1995) adjusted p-values among `tests` >= len(p_values) tests.

    Tests that are not listed count as p = 1. The tests of one run are dependent and their dates were
    chosen by search, so read a q-value as a ranking, not as a guarantee.
    """
    order = np.argsort(p_values, kind="stable")
    rank = np.arange(1, len(p_values) + 1)
    adjusted = np.minimum.accumulate((p_values[order] * max(tests, len(p_values)) / rank)[::-1])[::-1]
    values = np.empty_like(p_values)
    values[order] = np.minimum(adjusted, 1.0)
    return values
