"""Which changes of a partition are more than drift, and where they lie: each weighed against a level that drifts."""

from collections.abc import Sequence

import numpy as np

from topics.levels import Array
from topics.score import ANYWHERE, DRIFT, JUMP_SPREAD

FURTHEST_LEVEL = float(np.log(4.0))
"""Levels further than this from those of all regimes are out of the question."""
CANDIDATE_DISCOUNT = 3.0
"""The partition that proposes changes asks for so many nats less than a change must have in the end."""
SHORT_DAYS = 21
SHORT_COST = 3.0
"""More nats for a change beside a regime this short: there are many more short stretches than long ones."""


def tuning_of(grid: Array) -> Array:
    """What `topics.kernels.jump_evidence` asks of a series; `grid` (levels,), log-spaced."""
    step = float(np.log(grid[1] / grid[0]))
    return np.array([ANYWHERE, np.exp(-step / JUMP_SPREAD), min(0.5 * (DRIFT / step) ** 2, 0.25)])


def sure_changes(fits: Array, sums: Array, grid: Array, days: Sequence[int], *, least: float) -> list[int]:
    """The changes among `days` (ascending) that tell by themselves, each on its likeliest day.

    `fits` (levels, days) of one series, as `topics.levels.fits` gives them; `sums` (levels, days + 1). A change is
    weighed between its neighbours: the weakest goes first, until every one left has `least` nats of evidence,
    summed over the days it may lie on, against a level that drifts but does not jump.
    """
    from topics.kernels import jump_evidence  # brings numba, slow to import

    by_day = np.ascontiguousarray(fits[_in_question(sums, grid, days)].T)
    tuning, scales = tuning_of(grid), np.zeros(len(by_day) + 1)
    edges = [0, *days, len(by_day)]
    weighed: dict[tuple[int, int], Array] = {}
    while len(edges) > 2:
        gains = []
        for low, high in zip(edges[:-2], edges[2:], strict=True):
            if (low, high) not in weighed:
                weighed[low, high] = jump_evidence(by_day, scales, low, high, tuning)
            gains.append(weighed[low, high])
        evidence = [
            float(np.logaddexp.reduce(gain)) - (SHORT_COST if _beside_a_short_one(edges, place + 1) else 0.0)
            for place, gain in enumerate(gains)
        ]
        weakest = int(np.argmin(evidence))
        if evidence[weakest] >= least:
            return [low + int(gain.argmax()) for low, gain in zip(edges[:-2], gains, strict=True)]
        del edges[weakest + 1]
    return []


def _in_question(sums: Array, grid: Array, days: Sequence[int]) -> slice:
    """The levels that any regime between `days` could be of."""
    edges = [0, *days, sums.shape[1] - 1]
    best = [int((sums[:, b] - sums[:, a]).argmax()) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    reach = int(np.ceil(FURTHEST_LEVEL / np.log(grid[1] / grid[0])))
    return slice(max(min(best) - reach, 0), max(best) + reach + 1)


def _beside_a_short_one(edges: Sequence[int], place: int) -> bool:
    """Whether the regime before or after the change at `place` is short and has another change at its far end."""
    before = place > 1 and edges[place] - edges[place - 1] <= SHORT_DAYS
    after = place < len(edges) - 2 and edges[place + 1] - edges[place] <= SHORT_DAYS
    return before or after
