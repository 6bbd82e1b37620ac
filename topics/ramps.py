"""Slow moves among the changes of a series: a ramp where it explains the days better than steps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from topics.levels import Array

LENGTHS = (12, 60)
"""Days; a quicker rise is a step, a slower one is told by the anchor."""
STEP_COST = 5.0
"""Nats that each further step of a staircase costs beside a ramp."""
MARGIN = 2.0
"""Nats by which a ramp must be better than steps."""
REACH_DAYS = 35


@dataclass(frozen=True, slots=True)
class Ramp:
    """The level moves from `day` until before `end`, in place of the changes on days `first` to `last`."""

    day: int
    end: int
    first: int
    last: int


def ramps(likelihood: Array, sums: Array, days: Sequence[int], *, spacing: float) -> list[Ramp]:
    """The ramps among changes `days` (ascending) of one series, none sharing a change.

    `likelihood` (levels, days), `sums` (levels, days + 1); levels are `spacing` apart in their logarithm. Neighbours
    that move the same way within REACH_DAYS are tried together, the longest run first.
    """
    by_day, by_sum = np.ascontiguousarray(likelihood.T), np.ascontiguousarray(sums.T)
    edges = [0, *days, likelihood.shape[1]]
    upward = _upward(sums, edges)
    found, place = [], 0
    while place < len(days):
        for until in range(_run_end(days, upward, place), place, -1):
            if _transient(days, upward, place, until):
                continue
            ramp = _fitted((by_day, by_sum, spacing), edges, range(place, until))
            if ramp is not None:
                found.append(ramp)
                place = until - 1
                break
        place += 1
    return found


def _upward(sums: Array, edges: Sequence[int]) -> list[bool]:
    best = [int((sums[:, high] - sums[:, low]).argmax()) for low, high in zip(edges[:-1], edges[1:], strict=True)]
    return [after > before for before, after in zip(best[:-1], best[1:], strict=True)]


def _run_end(days: Sequence[int], upward: Sequence[bool], place: int) -> int:
    """One past the last of the neighbours that move as the change at `place` does, each soon after the last."""
    until = place + 1
    while until < len(days) and upward[until] == upward[place] and days[until] - days[until - 1] <= REACH_DAYS:
        until += 1
    return until


def _transient(days: Sequence[int], upward: Sequence[bool], place: int, until: int) -> bool:
    """Whether the changes from `place` until before `until` undo what came just before, or are soon undone."""
    undone = until < len(days) and upward[until] != upward[place] and days[until] - days[until - 1] <= REACH_DAYS
    undoing = place > 0 and upward[place - 1] != upward[place] and days[place] - days[place - 1] <= REACH_DAYS
    return undone or undoing


def _fitted(told_by: tuple[Array, Array, float], edges: Sequence[int], places: range) -> Ramp | None:
    """The ramp in place of these changes, if it is better than they are."""
    from topics.kernels import ramp_fit  # brings numba, slow to import

    by_sum = told_by[1]
    inner = [edges[place] for place in range(places[0], places[-1] + 3)]
    low, high = inner[0], inner[-1]
    steps = sum(float((by_sum[b] - by_sum[a]).max()) for a, b in zip(inner[:-1], inner[1:], strict=True))
    starts = np.array([max(inner[1] - REACH_DAYS, low + 3), inner[1] + 2])
    start, end, told = ramp_fit(*told_by, low, high, starts, np.array(LENGTHS))
    if told - steps + STEP_COST * (len(places) - 1) < MARGIN or end < inner[-2]:
        return None
    return Ramp(int(start), int(end), inner[1], inner[-2])
