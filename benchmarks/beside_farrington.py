"""Farrington's method beside ours: a day against a quasi-Poisson trend through the weeks before it."""

import numpy as np
from scipy.stats import nbinom

from benchmarks.beside_alarms import Array, Watched

BASELINE = 70
LEFT_OUT = 28
LEAST_DAYS = 14
CLEAR_TREND = 1.96
"""A trend enters the prediction only where it is so many standard errors (Farrington et al. 1996)."""
OUTLYING = 2.58
"""Standardised residuals above this are weighed down by their square (Noufaily et al. 2013)."""
LEAST_COUNT, COUNTED_DAYS = 5, 28
"""No alarm of a rise with fewer reports than this in the days up to it."""
ROUNDS = 3


def farrington_statistic(counts: Array, expected: Array, dispersion: Array, *, left_out: int = LEFT_OUT) -> Watched:
    """Minus log10 of the chance of such a day, two-sided (Farrington et al. 1996; Noufaily et al. 2013, daily).

    Log-linear trend where it is clear and does not lead above all of the baseline, expectation as offset, own
    overdispersion, past outliers weighed down; negative binomial tail. `dispersion` is not used: it estimates its own.
    """
    del dispersion
    series, days = counts.shape
    statistic = np.zeros((series, days))
    recent = _recent(np.where(expected > 0, counts, 0.0))
    for day in range(left_out + LEAST_DAYS, days):
        block = slice(max(day - left_out - BASELINE, 0), day - left_out)
        mean, spread = _predicted(counts[:, block], expected[:, block], ahead=day - block.start)
        mean = np.maximum(mean * expected[:, day], 1e-6)
        size = mean / np.maximum(spread - 1.0, 1e-3)
        chance = size / (size + mean)
        above = nbinom.sf(counts[:, day] - 1.0, size, chance)
        below = nbinom.cdf(counts[:, day], size, chance)
        above = np.where(recent[:, day] >= LEAST_COUNT, above, 1.0)
        unlikely = -np.log10(np.maximum(2.0 * np.minimum(above, below), 1e-300))
        known = (expected[:, day] > 0) & ((expected[:, block] > 0).sum(axis=1) >= LEAST_DAYS)
        statistic[:, day] = np.where(known, unlikely, 0.0)
    since = np.broadcast_to(np.arange(days), counts.shape).copy()
    return Watched(np.maximum(statistic, 0.0), since)


def _recent(counts: Array) -> Array:
    sums = np.pad(np.cumsum(counts, axis=1), ((0, 0), (COUNTED_DAYS, 0)))
    within: Array = sums[:, COUNTED_DAYS:] - sums[:, :-COUNTED_DAYS]
    return within


def _predicted(counts: Array, expected: Array, *, ahead: int) -> tuple[Array, Array]:
    """Level `ahead` days after the first of the block, and overdispersion (series,)."""
    known = (expected > 0).astype(float)
    weight = known
    for _ in range(2):
        start, slope, information = _fitted(counts, expected, weight)
        fitted = _means(start, slope, expected)
        spread = _overdispersion(counts, fitted, weight)
        residual = _anscombe(counts, fitted) / np.sqrt(spread)[:, None]
        outlying = np.maximum(residual / OUTLYING, 1.0)
        weight = known / outlying**2
    with np.errstate(divide="ignore", invalid="ignore"):
        highest = np.max(np.where(known > 0, counts / expected, 0.0), axis=1)
    level = np.exp(np.clip(start + slope * ahead, -20.0, 20.0))
    flat = (weight * counts).sum(axis=1) / np.maximum((weight * expected).sum(axis=1), 1e-9)
    clear = np.abs(slope) * np.sqrt(information / spread) > CLEAR_TREND
    return np.where(clear & (level <= highest), level, flat), spread


def _fitted(counts: Array, expected: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Start and slope a day of the log level, by iterated weighted least squares; what is known of the slope."""
    steps = np.arange(counts.shape[1], dtype=float)
    start = np.log(((weight * counts).sum(axis=1) + 0.1) / np.maximum((weight * expected).sum(axis=1), 1e-9))
    slope = np.zeros(len(counts))
    for _ in range(ROUNDS):
        mean = _means(start, slope, expected)
        work = weight * mean
        pull = weight * (counts - mean)
        centre = (work * steps).sum(axis=1) / np.maximum(work.sum(axis=1), 1e-9)
        apart = steps - centre[:, None]
        information = (work * apart**2).sum(axis=1)
        turn = (pull * apart).sum(axis=1) / (information + 1e-3)
        rise = pull.sum(axis=1) / np.maximum(work.sum(axis=1), 1e-2)
        slope = np.clip(slope + turn, -0.2, 0.2)
        start = start + np.clip(rise - turn * centre, -5.0, 5.0)
    return start, slope, information


def _means(start: Array, slope: Array, expected: Array) -> Array:
    steps = np.arange(expected.shape[1], dtype=float)
    mean: Array = np.exp(np.clip(start[:, None] + slope[:, None] * steps, -12.0, 12.0)) * expected
    return np.maximum(mean, 1e-9)


def _overdispersion(counts: Array, mean: Array, weight: Array) -> Array:
    squared = (weight * (counts - mean) ** 2 / mean).sum(axis=1)
    return np.asarray(np.maximum(squared / np.maximum(weight.sum(axis=1) - 2.0, 1.0), 1.0))


def _anscombe(counts: Array, mean: Array) -> Array:
    """Residuals that are nearly normal (Anscombe 1953)."""
    return np.asarray(1.5 * (counts ** (2 / 3) - mean ** (2 / 3)) / mean ** (1 / 6))
