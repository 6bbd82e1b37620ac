"""Alarm levels for a stated number of false alerts a week, from simulated series in which nothing happens."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from topics.levels import Array
from topics.null_tails import NULL_TAILS
from topics.prepare import prepared
from topics.score import scan
from topics.synth import Nulls, days_from_start, null_counts

STRATUM_LEVELS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
STRATUM_DISPERSIONS = (0.03, 0.12, 0.4)
TRIED_LEVELS = (10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 18.0, 21.0, 25.0)
LEAST_ALARMS = 4
"""A tried level with fewer alarms than this says too little about the tail."""
USUAL_SLOPE, SLOPES = 0.6, (0.25, 0.7)
"""Of the log rate over the level; theory has 0.5 far out."""
HIGHEST_RATE = 0.012
"""Alarms a series and week: nobody asks for more, and the line need not fit there."""
LEVEL_RANGE = (8.0, 40.0)
MOST_PER_SERIES = 1.0 / 104.0
"""No series may spend more than one false alert in two years, however few share the budget."""


@dataclass(frozen=True, slots=True)
class Search:
    """What the online detector was set to; alarm levels are valid for one such record."""

    detector: str = "robust_negbin"
    window_days: int = 35
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
    rates = np.minimum(budget.false_alerts_per_week * weights / max(float(weights.sum()), 1e-9), budget.most_per_series)
    return levels_at(means, dispersion, rates, search=search)


def levels_at(means: Array, dispersion: Array, rates: Array, *, search: Search) -> Array:
    """Level (n,) at which each series raises `rates` false alarms a week if nothing changes; infinite at rate 0."""
    intercept, slope = _interpolated(null_tails(search, Simulation()), means, dispersion)
    with np.errstate(divide="ignore"):
        levels = np.clip((intercept - np.log(rates)) / slope, *LEVEL_RANGE)
    return np.where(rates > 0, levels, np.inf)


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
    weeks = nulls.series * (nulls.days - search.warm_up_days) / 7.0
    known = ready.expected > 0
    alarms = []
    for level in TRIED_LEVELS:
        same = np.full(nulls.series, level)
        found = scan(ready.fits, known, ready.grid, same, window=search.window_days, warm_up=search.warm_up_days)
        alarms.append(len(found.alarms))
    return np.array(alarms) / weeks


def _tail(rates: npt.NDArray[np.float64], simulation: Simulation) -> tuple[float, float]:
    """Straight line through log rate over level, by the alarms behind each; of usual slope where they are few."""
    weeks = simulation.series * simulation.days / 7.0
    counts = rates * weeks
    enough = (counts >= LEAST_ALARMS) & (rates <= HIGHEST_RATE)
    tried = np.array(TRIED_LEVELS)
    if not enough.any():
        return float(np.log(LEAST_ALARMS / weeks) + USUAL_SLOPE * tried[0]), USUAL_SLOPE
    logged, weight = np.log(rates[enough]), counts[enough]
    slope = USUAL_SLOPE
    if enough.sum() >= 3:
        slope = float(np.clip(-np.polyfit(tried[enough], logged, 1, w=np.sqrt(weight))[0], *SLOPES))
    return float(np.average(logged + slope * tried[enough], weights=weight)), slope


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
