"""Which series are worth a close look today: a quick test of the last days against the weeks before them."""

import numpy as np
import numpy.typing as npt

from topics.levels import Array

SPANS = (1, 2, 3, 5, 7, 10, 14, 21, 28, 35)
"""Days at the end of a series that may be a new regime."""
BASE_DAYS = 56
SCATTER = 0.12
WORTH_A_LOOK = 10.0
"""Twice the gain in nats from which on a series is looked at: below every alarm level there is (8 and more)."""


def unusual(counts: Array, expected: Array) -> Array:
    """How unlike the weeks before the last days are, (series,): the largest of SPANS, twice a gain in nats.

    `counts`, `expected` (series, days): 0 expected on masked days. Overdispersed Poisson deviance of the last days and
    of the BASE_DAYS before them against both together; it sees rises and falls alike.
    """
    known = expected > 0
    seen, exposed = (_sums(np.where(known, values, 0.0)) for values in (counts, expected))
    best = np.zeros(len(counts))
    for span in SPANS:
        if span >= counts.shape[1]:
            break
        here, before = (
            (_last(sums, 0, span) for sums in (seen, exposed)),
            (_last(sums, span, BASE_DAYS) for sums in (seen, exposed)),
        )
        best = np.maximum(best, _deviance(tuple(here), tuple(before), span))
    return best


def _deviance(here: tuple[Array, ...], before: tuple[Array, ...], days: int) -> Array:
    (count, exposed), (base, base_exposed) = here, before
    both = (count + base) / np.maximum(exposed + base_exposed, 1e-9)
    told: Array = 2.0 * (_gain(count, both * exposed) + _gain(base, both * base_exposed))
    scatter = 1.0 + SCATTER * both * exposed / days
    return np.where((exposed > 0) & (base_exposed > 0), np.maximum(told, 0.0) / scatter, 0.0)


def _gain(count: Array, mean: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        logged = np.where(count > 0, count * np.log(count / np.maximum(mean, 1e-12)), 0.0)
    return logged - (count - mean)


def _sums(values: Array) -> Array:
    return np.pad(np.cumsum(values, axis=1), ((0, 0), (1, 0)))


def _last(sums: Array, skip: int, days: int) -> npt.NDArray[np.float64]:
    """Sum of so many days that end `skip` days before the end."""
    end = sums.shape[1] - 1 - skip
    total: Array = sums[:, end] - sums[:, max(end - days, 0)]
    return total
