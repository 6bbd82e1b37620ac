"""Replay by arrival on simulated worlds: every day with the reports that had come by its end."""

from collections.abc import Iterable

import numpy as np

from benchmarks.beside_alarms import Watched, excursions, log_negbin_ratio
from benchmarks.beside_clairvoyant import RATIOS, WINDOW
from benchmarks.changes_worlds import Alarms, Array, Ready
from topics.calibrate import Budget, Search, alarm_levels
from topics.kernels import follow
from topics.levels import fits, robust_negbin
from topics.score import no_belief, settings_of
from topics.synth import known_by
from topics.synth_feed import LONGEST_DELAY

WARM_UP = 14


def by_arrival(
    given: Ready, budgets: Iterable[float], levels: dict[tuple[str, float], float]
) -> dict[tuple[str, float], Alarms]:
    """Alarms of ours and of the clairvoyant at each budget."""
    known = [known_by(given.planted.arrived, day) for day in range(given.planted.means.shape[1])]
    watched = _clairvoyant(given, known)
    seen = given.planted.null_means > 0
    found: dict[tuple[str, float], Alarms] = {}
    for budget in budgets:
        found["ours", budget] = _ours(given, known, budget)
        found["clairvoyant", budget] = excursions(watched, seen, level=levels["clairvoyant", budget])
    return found


def _complete(given: Ready) -> Array:
    """Share of a day's reports known at the end of the last days, oldest first."""
    return np.cumsum(given.planted.shares)[::-1]


def _ours(given: Ready, known: list[Array], budget: float) -> Alarms:
    """What is settled is believed for good; the last fortnight is looked at anew every day."""
    made = given.prepared
    series, days = made.counts.shape
    means = made.counts.sum(axis=1) / np.maximum(made.expected.sum(axis=1), 1e-9)
    level = alarm_levels(means, made.scatter[:, -1], np.ones(series), budget=Budget(budget), search=Search())
    tuning = settings_of(made.grid, window=Search().window_days, warm_up=WARM_UP)
    tuning[:, 6] = 1.0
    settled, resumed = no_belief(made.grid), np.zeros(series, dtype=np.int64)
    alarms: Alarms = [[] for _ in range(series)]
    never, counted = np.full(series, np.inf), made.expected > 0
    for day in range(days):
        low = max(day - LONGEST_DELAY, 0)
        span = slice(low, day + 1)
        share = _complete(given)[-(day + 1 - low) :]
        expected = made.expected[:, span] * share
        likelihood = robust_negbin(known[day][:, span] * counted[:, span], expected, made.scatter[:, span], made.grid)
        by_day = np.ascontiguousarray(np.moveaxis(fits(likelihood), 0, 2))
        fresh = counted[:, span] & (np.arange(low, day + 1)[None, :] >= resumed[:, None])
        belief, score = settled.copy(), np.zeros(expected.shape)
        follow(by_day, fresh, tuning, never, score, belief)
        raised = (score[:, -1] > level) & (day >= WARM_UP) & counted[:, day]
        for row in np.flatnonzero(raised):
            alarms[row].append((day, day))
            settled[row, 0] = belief[row].sum(axis=0) / belief[row].sum()
            settled[row, 1] = 0.0
            resumed[row] = day + 1
        if day >= LONGEST_DELAY:
            first = np.ascontiguousarray(by_day[:, :1])
            oldest = fresh[:, :1] & ~raised[:, None]
            follow(first, oldest, tuning, never, np.zeros((series, 1)), settled)
    return alarms


def _clairvoyant(given: Ready, known: list[Array]) -> Watched:
    """Twice the largest log-likelihood ratio of the last weeks, of what was known of them."""
    means, scatter = given.planted.null_means, given.planted.scatter[:, None]
    statistic = np.zeros(means.shape)
    complete = np.cumsum(given.planted.shares)
    for day in range(means.shape[1]):
        span = slice(max(day - WINDOW + 1, 0), day + 1)
        age = day - np.arange(span.start, day + 1)
        mean = means[:, span] * complete[np.minimum(age, LONGEST_DELAY)]
        there = mean > 0
        safe = np.where(there, mean, 1.0)
        for ratio in RATIOS:
            told = np.where(there, log_negbin_ratio(known[day][:, span], safe, ratio, scatter), 0.0)
            best = np.cumsum(told[:, ::-1], axis=1).max(axis=1)
            statistic[:, day] = np.maximum(statistic[:, day], 2.0 * best)
    return Watched(statistic, np.tile(np.arange(means.shape[1]), (len(means), 1)))
