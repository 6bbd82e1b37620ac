"""What "quiet" means: the smallest lasting rise that would have been reported."""

import numpy as np

from topics.dispersion import dispersion
from topics.levels import Array

LASTING_DAYS = 14
LOOKED_BACK_DAYS = 56


def smallest_detectable(counts: Array, expected: Array, level: float) -> float:
    """Smallest ratio of a rise of two weeks whose expected score reaches `level`; inf if above ×1000.

    `counts`, `expected`: the last days of one series, (days,), expected 0 on masked days. Level and scatter
    come from the last eight weeks; the score of a rise is its squared log ratio over the variance that
    eight weeks before and two weeks of it leave.
    """
    recent, exposed = counts[-LOOKED_BACK_DAYS:], expected[-LOOKED_BACK_DAYS:]
    total = float(np.where(exposed > 0, recent, 0.0).sum())
    base = max(total, 0.5) / max(float(exposed.sum()), 1e-9)
    scatter = float(dispersion(counts[None, :], expected[None, :], causal=False)[0, -1])
    ratios = np.geomspace(1.05, 1000.0, 400)
    known = max(int((exposed > 0).sum()), 1) * _information(base, scatter)
    rise = LASTING_DAYS * _information(base * ratios, scatter)
    score = np.log(ratios) ** 2 / (1.0 / rise + 1.0 / known)
    enough = np.flatnonzero(score >= level)
    return float(ratios[enough[0]]) if enough.size else float("inf")


def _information(mean: "Array | float", scatter: float) -> Array:
    """Fisher information of a day about the logarithm of its level."""
    return np.asarray(mean / (1.0 + scatter * mean), dtype=float)
