"""Bayesian online changepoint detection beside ours: posterior of the days since the last change."""

import numpy as np
from scipy.special import gammaln, logsumexp

from benchmarks.beside_alarms import Array, Watched

HAZARD = 1 / 1000
WINDOW = 35
LONGEST = 150
"""Longest run that is told apart; older ones are one."""
PRIOR_SHAPE = 1.0
LEAST_PRIOR = 0.3
"""Reporters a day a new level is expected to have at least: a series of noughts may give birth."""


def bocpd_statistic(counts: Array, expected: Array, dispersion: Array) -> Watched:
    """Log Bayes factor of a change within the window (Adams & MacKay 2007; gamma prior of a Poisson level).

    The scatter beyond Poisson enters the predictive distribution, which stays negative binomial. The prior of a new
    level is an exponential about the mean of the series so far.
    """
    series, days = counts.shape
    scatter = np.broadcast_to(np.asarray(dispersion).reshape(series, -1), counts.shape)
    log_run = np.full((series, LONGEST + 1), -np.inf)
    log_run[:, 0] = 0.0
    shape = np.full((series, LONGEST + 1), PRIOR_SHAPE)
    rate = np.ones((series, LONGEST + 1))
    rate[:, 0] = PRIOR_SHAPE / _mean_so_far(counts, expected)[:, 0]
    statistic, since = np.zeros((series, days)), np.zeros((series, days), dtype=np.int64)
    prior = _mean_so_far(counts, expected)
    for day in range(days):
        known = expected[:, day] > 0
        told = _predictive(counts[:, day], expected[:, day], scatter[:, day], shape, rate)
        joint = log_run + np.where(known[:, None], told, 0.0)
        shape = shape + np.where(known, counts[:, day], 0.0)[:, None]
        rate = rate + expected[:, day, None]
        joint -= logsumexp(joint, axis=1, keepdims=True)
        statistic[:, day], since[:, day] = _evidence(joint, day)
        log_run, shape, rate = _grown(joint, shape, rate, prior[:, day])
    return Watched(statistic, since, rest=0.75, calm=7)


def _mean_so_far(counts: Array, expected: Array) -> Array:
    """Level of all days up to each, and no less than LEAST_PRIOR."""
    known = expected > 0
    mean: Array = (np.cumsum(np.where(known, counts, 0.0), axis=1) + 0.5) / (np.cumsum(expected, axis=1) + 1.0)
    return np.maximum(mean, LEAST_PRIOR)


def _predictive(count: Array, expected: Array, scatter: Array, shape: Array, rate: Array) -> Array:
    mean = np.maximum(shape / rate * expected[:, None], 1e-9)
    size = 1.0 / (scatter[:, None] * (1.0 + 1.0 / shape) + 1.0 / shape)
    many = count[:, None]
    told: Array = gammaln(many + size) - gammaln(size) - gammaln(many + 1.0)
    return told + size * np.log(size / (size + mean)) + many * np.log(mean / (size + mean))


def _evidence(joint: Array, day: int) -> tuple[Array, np.ndarray]:
    """Posterior odds of a run of at most WINDOW days over a longer one, over the odds before; its first day.

    Column r holds runs that began r days ago. The run since the first day is no change.
    """
    within = min(WINDOW, day)
    if within == 0:
        return np.zeros(len(joint)), np.zeros(len(joint), dtype=np.int64)
    recent = logsumexp(joint[:, :within], axis=1)
    older = logsumexp(joint[:, within:], axis=1)
    chance = 1.0 - (1.0 - HAZARD) ** within
    return recent - older - np.log(chance / (1.0 - chance)), day - joint[:, :within].argmax(axis=1)


def _grown(joint: Array, shape: Array, rate: Array, prior: Array) -> tuple[Array, Array, Array]:
    """Every run one day older, and a new one; the two oldest columns become one with what the older has learnt."""
    fresh = np.full((len(joint), 1), np.log(HAZARD))
    older = joint[:, :-1] + np.log1p(-HAZARD)
    older[:, -1] = np.logaddexp(joint[:, -2], joint[:, -1]) + np.log1p(-HAZARD)
    grown_shape, grown_rate = shape[:, :-1].copy(), rate[:, :-1].copy()
    oldest = np.isfinite(joint[:, -1])
    grown_shape[oldest, -1], grown_rate[oldest, -1] = shape[oldest, -1], rate[oldest, -1]
    start = np.full((len(joint), 1), PRIOR_SHAPE)
    return (
        np.hstack([fresh, older]),
        np.hstack([start, grown_shape]),
        np.hstack([start / prior[:, None], grown_rate]),
    )
