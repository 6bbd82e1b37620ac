"""Negative binomial CUSUM beside ours: cumulative log-likelihood ratios against a trailing level."""

from dataclasses import dataclass

import numpy as np

from benchmarks.beside_alarms import WARM_UP, Alarms, Array, Days, log_negbin_ratio

RATIOS = np.array([1.5, 2.5, 10.0, 0.6, 0.3])
LEFT_OUT = 21
"""The level a day is measured against leaves out so many days before it, lest a change becomes its own level."""
TRAILING = 120
SETTLED = 0.5
"""Reporters added to the level's count: a level of nought would make any first reporter a change."""


def cusum_alarms(counts: Array, expected: Array, *, level: float, dispersion: Array) -> Alarms:
    """CUSUM of the log-likelihood ratio (Page 1954; Höhle & Paul 2008 for the negative binomial), five ratios.

    After an alarm the sums start from nought and the level is learnt anew from the day of the change on. The
    uncertainty of the level widens the scatter.
    """
    state = _started(counts, expected)
    scatter = np.broadcast_to(np.asarray(dispersion).reshape(len(counts), -1), counts.shape)
    alarms: Alarms = [[] for _ in counts]
    for day in range(counts.shape[1]):
        total, exposed = _trailing(state, day)
        known = (expected[:, day] > 0) & (exposed > 0)
        mean = np.where(known, (total + SETTLED) / np.maximum(exposed + SETTLED * state.unit, 1e-9), 1.0)
        mean *= np.where(known, expected[:, day], 1.0)
        widened = scatter[:, day] + (1.0 + scatter[:, day]) / (total + SETTLED)
        told = log_negbin_ratio(counts[:, day, None], mean[:, None], RATIOS, widened[:, None])
        _added(state, np.where(known[:, None], told, 0.0), day)
        raised = (state.sums.max(axis=1) >= level) & known & (day >= np.maximum(state.wait, WARM_UP))
        for row in np.flatnonzero(raised):
            since = int(state.since[row, state.sums[row].argmax()])
            alarms[row].append((day, since))
            _restarted(state, int(row), since, day)
    return alarms


@dataclass(frozen=True, slots=True)
class _State:
    """Sums and their first days (series, ratios); anchor of the level, first day of a next alarm (series,)."""

    counted: Array
    exposed: Array
    unit: Array
    sums: Array
    since: Days
    anchor: Days
    wait: Days


def _started(counts: Array, expected: Array) -> _State:
    series = len(counts)
    known = expected > 0
    counted = np.pad(np.cumsum(np.where(known, counts, 0.0), axis=1), ((0, 0), (1, 0)))
    exposed = np.pad(np.cumsum(expected, axis=1), ((0, 0), (1, 0)))
    shape = (series, len(RATIOS))
    zeros = np.zeros(series, dtype=np.int64)
    return _State(
        counted, exposed, np.ones(series), np.zeros(shape), np.zeros(shape, dtype=np.int64), zeros, zeros.copy()
    )


def _trailing(state: _State, day: int) -> tuple[Array, Array]:
    """Counts and expectation of the days a level is learnt from: young levels use all there is."""
    low = np.maximum(state.anchor, day - LEFT_OUT - TRAILING)
    high = np.maximum(np.maximum(day - LEFT_OUT, np.minimum(state.anchor + LEFT_OUT, day)), low)
    rows = np.arange(len(low))
    counted, exposed = (sums[rows, high] - sums[rows, low] for sums in (state.counted, state.exposed))
    return counted, exposed


def _added(state: _State, told: Array, day: int) -> None:
    stood = state.sums > 0
    state.since[...] = np.where(stood, state.since, day)
    state.sums[...] = np.maximum(state.sums + told, 0.0)


def _restarted(state: _State, row: int, since: int, day: int) -> None:
    state.sums[row] = 0.0
    state.anchor[row] = since
    state.wait[row] = day + WARM_UP // 2
