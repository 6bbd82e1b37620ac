"""EARS C1, C2 and C3 beside ours: a day against the mean and scatter of a week before it."""

import numpy as np

from benchmarks.beside_alarms import Array, Watched

BASELINE = 7
LONGER_BASELINE = 28
LAG = 2
LEAST_SPREAD = 0.5
"""Smallest standard deviation, in counts: a week of equal counts would make any other an alarm."""
PUBLISHED = (3.0, 3.0, 2.0)
"""Alarm thresholds of C1, C2, C3."""


def ears_statistic(counts: Array, expected: Array, dispersion: Array, *, baseline: int = BASELINE) -> Watched:
    """Largest of C1, C2, C3 over their published thresholds (Hutwagner et al. 2003): at level 1 it is EARS as used.

    Each works on counts per expectation; falls count like rises, in C1 and C2. `dispersion` is not used.
    """
    del dispersion
    known = expected > 0
    rate = np.where(known, counts / np.where(known, expected, 1.0), np.nan)
    early, lagged = (_scores(rate, expected, lag=lag, baseline=baseline) for lag in (0, LAG))
    above = np.maximum(lagged - 1.0, 0.0)
    third = above + _shifted(above, 1) + _shifted(above, 2)
    one, two, three = PUBLISHED
    statistic = np.max([np.abs(early) / one, np.abs(lagged) / two, third / three], axis=0)
    since = np.broadcast_to(np.arange(counts.shape[1]), counts.shape).copy()
    return Watched(np.where(known, statistic, 0.0), since)


def longer_ears_statistic(counts: Array, expected: Array, dispersion: Array) -> Watched:
    """The same with a baseline of four weeks (Tokars et al. 2009, Emerging Infectious Diseases)."""
    return ears_statistic(counts, expected, dispersion, baseline=LONGER_BASELINE)


def _scores(rate: Array, expected: Array, *, lag: int, baseline: int) -> Array:
    """Standard scores against the `baseline` days that end `lag` days before; 0 where fewer than four are known."""
    padded = np.pad(rate, ((0, 0), (baseline + lag, 0)), constant_values=np.nan)
    weeks = np.lib.stride_tricks.sliding_window_view(padded, baseline, axis=1)[:, : rate.shape[1]]
    number = np.isfinite(weeks).sum(axis=2)
    total = np.nansum(weeks, axis=2)
    mean = total / np.maximum(number, 1)
    squared = np.nansum((weeks - mean[:, :, None]) ** 2, axis=2)
    spread = np.sqrt(squared / np.maximum(number - 1, 1))
    floor = LEAST_SPREAD / np.where(expected > 0, expected, 1.0)
    scores = (np.nan_to_num(rate) - mean) / np.maximum(spread, floor)
    return np.where(np.isfinite(rate) & (number >= 4), scores, 0.0)


def _shifted(values: Array, days: int) -> Array:
    return np.pad(values, ((0, 0), (days, 0)))[:, : values.shape[1]]
