"""The regimes of one series in retrospect: small changes merged, changes that ended paired as bursts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from topics.effect import Effect, effect
from topics.levels import Array

LONGEST_BURST = 21
"""A change that is undone within three weeks is a burst; later it is a step, and a step back."""


@dataclass(frozen=True, slots=True)
class Regime:
    """A change and its regime as row positions: `start` of the regime before, effect, first day after it.

    `transient`: the level went back at `end`.
    """

    start: int
    effect: Effect
    end: int
    transient: bool


def merged(sums: Array, grid: Array, days: Sequence[int], *, smallest_ratio: float) -> list[int]:
    """Drop the smallest change until every neighbouring pair of levels differs by `smallest_ratio`.

    `sums`: (levels, days + 1) of one series; `days`: its changepoints, ascending.
    """
    kept = list(days)
    while kept:
        size = np.abs(np.diff(np.log(_levels(sums, grid, kept))))
        smallest = int(size.argmin())
        if size[smallest] >= np.log(smallest_ratio):
            break
        del kept[smallest]
    return kept


def regimes(sums: Array, grid: Array, days: Sequence[int], *, smallest_ratio: float) -> list[Regime]:
    """The changes of one series; the end of a burst is part of it, not a change of its own."""
    edges = [0, *days, sums.shape[1] - 1]
    levels = _levels(sums, grid, days)
    found = []
    place = 1
    while place < len(edges) - 1:
        transient = _returns(edges, levels, place, smallest_ratio)
        sized = effect(sums, grid, start=edges[place - 1], day=edges[place], end=edges[place + 1])
        found.append(Regime(edges[place - 1], sized, edges[place + 1], transient))
        place += 2 if transient else 1
    return found


def _returns(edges: Sequence[int], levels: Array, place: int, smallest_ratio: float) -> bool:
    """Whether the regime after change `place` is short and the level after it that of before."""
    if place + 1 >= len(edges) - 1 or edges[place + 1] - edges[place] > LONGEST_BURST:
        return False
    there = np.log(levels[place] / levels[place - 1])
    left_over = np.log(levels[place + 1] / levels[place - 1])
    back = np.sign(there) != np.sign(left_over - there)
    return bool(back and abs(left_over) < max(float(np.log(smallest_ratio)), 0.35 * abs(there)))


def _levels(sums: Array, grid: Array, days: Sequence[int]) -> Array:
    edges = [0, *days, sums.shape[1] - 1]
    best = [int((sums[:, b] - sums[:, a]).argmax()) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    return grid[best]
