"""Alarm levels for a stated number of false alerts a week, from simulated series in which nothing happens."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from topics.levels import Array
from topics.null_tails import NULL_TAILS
from topics.prepare import prepared
from topics.score import replay, scores
from topics.synth import Nulls, days_from_start, null_counts

STRATUM_LEVELS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
STRATUM_DISPERSIONS = (0.03, 0.12, 0.4)
TRIED_LEVELS = (9.0, 11.0, 13.0, 15.0, 17.0, 19.0)
LEAST_ALARMS = 5
"""A tried level with fewer alarms than this says too little about the tail."""
LEVEL_RANGE = (8.0, 60.0)
MOST_PER_SERIES = 1.0 / 104.0
"""No series may spend more than one false alert in two years, however few share the budget."""


@dataclass(frozen=True, slots=True)
class Search:
    """What the online detector was set to; alarm levels are valid for one such record."""

    detector: str = "robust_negbin"
    window_days: int = 35
    penalty: float = 8.0
    warm_up_days: int = 14


@dataclass(frozen=True, slots=True)
class Budget:
    """False alerts a week over all series together, and the most that one of them may spend."""

    false_alerts_per_week: float
    most_per_series: float = MOST_PER_SERIES


@dataclass(frozen=True, slots=True)
class Simulation:
    """How much is simulated per stratum: series, days of each, seed."""

    series: int = 60
    days: int = 400
    seed: int = 20_000


def alarm_levels(means: Array, dispersion: Array, weights: Array, *, budget: Budget, search: Search) -> Array:
    """Level of each series (n,): all together raise at most the budget if nothing changes.

    `means` a day and `dispersion` pick the stratum; the budget is shared in proportion to `weights`
    (0: not monitored, infinite level). Every stratum gets the same rate a series, so that small
    themes are not starved by large ones.
    """
    tails = null_tails(search, Simulation())
    intercept, slope = _interpolated(tails, means, dispersion)
    total = weights.sum()
    with np.errstate(divide="ignore"):
        share = budget.false_alerts_per_week * weights / max(total, 1e-9)
        wanted = np.log(np.minimum(share, budget.most_per_series))
    levels = np.clip((intercept - wanted) / slope, *LEVEL_RANGE)
    return np.where(weights > 0, levels, np.inf)


@lru_cache(maxsize=8)
def null_tails(search: Search, simulation: Simulation) -> Array:
    """Intercept and slope of log(alarms a series and week) = intercept − slope × level.

    Shape (volume strata, dispersion strata, 2). The default search has its table in `null_tails.py`.
    """
    if search == Search():
        return np.array(NULL_TAILS)
    return simulated_tails(search, simulation)


def simulated_tails(search: Search, simulation: Simulation) -> Array:
    """As `null_tails`, simulated: the detector runs on null series as it would on real ones."""
    table = np.zeros((len(STRATUM_LEVELS), len(STRATUM_DISPERSIONS), 2))
    for row, level in enumerate(STRATUM_LEVELS):
        for column, spread in enumerate(STRATUM_DISPERSIONS):
            nulls = Nulls(level, spread, simulation.series, simulation.days)
            seed = simulation.seed + 100 * row + column
            table[row, column] = _tail(_alarm_rates(nulls, search, seed=seed), simulation)
    return table


def _alarm_rates(nulls: Nulls, search: Search, *, seed: int) -> npt.NDArray[np.float64]:
    """Alarms a series and week at each of TRIED_LEVELS."""
    counts = null_counts(nulls, seed=seed)
    days = days_from_start(nulls.days)
    ready = prepared(counts, np.ones_like(counts), days, detector=search.detector, causal=True)
    scored = scores(ready.likelihood, window=search.window_days, penalty=search.penalty)
    weeks = nulls.series * (nulls.days - search.warm_up_days) / 7.0
    alarms = [
        sum(
            len(
                replay(
                    scored,
                    ready.sums,
                    row,
                    level=level,
                    window=search.window_days,
                    warm_up=search.warm_up_days,
                )
            )
            for row in range(nulls.series)
        )
        for level in TRIED_LEVELS
    ]
    return np.array(alarms) / weeks


def _tail(rates: npt.NDArray[np.float64], simulation: Simulation) -> tuple[float, float]:
    """Weighted straight line through log rate over level; the theory's slope of 1/2 where data are few."""
    weeks = simulation.series * simulation.days / 7.0
    counts = rates * weeks
    enough = counts >= LEAST_ALARMS
    tried = np.array(TRIED_LEVELS)
    if enough.sum() < 3:
        seen = max(float(counts[0]), 1.0) / weeks
        return float(np.log(seen) + 0.5 * tried[0]), 0.5
    slope, intercept = np.polyfit(tried[enough], np.log(rates[enough]), 1, w=np.sqrt(counts[enough]))
    return float(intercept), float(np.clip(-slope, 0.15, 0.6))


def _interpolated(tails: Array, means: Array, dispersion: Array) -> tuple[Array, Array]:
    """Intercept and slope at each series' own mean and dispersion, bilinear in their logarithms."""
    from scipy.interpolate import RegularGridInterpolator

    axes = (np.log(STRATUM_LEVELS), np.log(STRATUM_DISPERSIONS))
    where = np.column_stack(
        [
            np.clip(np.log(np.maximum(means, 1e-6)), axes[0][0], axes[0][-1]),
            np.clip(np.log(np.maximum(dispersion, 1e-6)), axes[1][0], axes[1][-1]),
        ]
    )
    found = RegularGridInterpolator(axes, tails)(where)
    return found[:, 0], found[:, 1]
