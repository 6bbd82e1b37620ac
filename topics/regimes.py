"""The regimes of one series in retrospect: small changes merged, changes that ended paired as bursts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from topics.effect import Effect, effect, profile_ratio
from topics.levels import Array
from topics.ramps import Ramp

LONGEST_BURST = 21
"""A change that is undone within three weeks is a burst; later it is a step, and a step back."""


@dataclass(frozen=True, slots=True)
class Regime:
    """A change and its regime as row positions: `start` of the regime before, effect, first day after it.

    `transient`: the level went back at `end`. `arrived`: first day at the new level, later than the change where the
    level took weeks to get there.
    """

    start: int
    effect: Effect
    end: int
    transient: bool
    arrived: int


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
        found.append(Regime(edges[place - 1], sized, edges[place + 1], transient, sized.day))
        place += 2 if transient else 1
    return found


def with_ramps(found: Sequence[Regime], slow: Sequence[Ramp], sums: Array, grid: Array) -> list[Regime]:
    """`found` with each of the changes that one ramp explains better replaced by it."""
    kept = list(found)
    for ramp in slow:
        own = [one for one in kept if ramp.first <= one.effect.day <= ramp.last]
        if own:
            at = kept.index(own[0])
            kept = [one for one in kept if one not in own]
            kept.insert(at, _slow(ramp, own, sums, grid))
    return kept


def _slow(ramp: Ramp, own: Sequence[Regime], sums: Array, grid: Array) -> Regime:
    """The ramp in place of the changes it explains: sized by what was before it began and after it arrived."""
    start, end = own[0].start, own[-1].end
    rough = effect(sums, grid, start=start, day=own[0].effect.day, end=end)
    before, after = sums[:, ramp.day] - sums[:, start], sums[:, end] - sums[:, ramp.end]
    ratio, low, high = profile_ratio(before, after, float(np.log(grid[1] / grid[0])))
    sized = replace(
        rough, day=ramp.day, low=min(rough.low, ramp.day), high=max(ramp.day, min(rough.high, ramp.end)),
        ratio=ratio, ratio_low=low, ratio_high=high,
    )  # fmt: skip
    return Regime(start, sized, end, False, ramp.end)


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
