"""How much more than Poisson a series scatters, learnt from its past without its latest change."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

PRIOR_DISPERSION = 0.12
PRIOR_DAYS = 10.0
"""Weight of the prior, in days whose count would tell the dispersion perfectly."""
LEFT_OUT_DAYS = 28
LEVEL_REACH = 7
CLIPPED_AT = 9.0
"""Squared standard scores above this count as this: a jump is not scatter."""
RANGE = (0.005, 3.0)


def dispersion(counts: Array, expected: Array, *, causal: bool) -> Array:
    """α of variance m + α m² for each day, (series, days), shrunken to PRIOR_DISPERSION.

    Moments of the counts around the mean of the fortnight centred on them, each day weighted by what it
    can tell (almost nothing at low counts). `causal` gives each day what was known 28 days before it, so
    that a fresh change cannot hide behind the scatter it makes; otherwise every day gets the whole row's.
    """
    level = surrounding_level(counts, expected)
    mean = level * expected
    known = (expected > 0) & (mean > 0)
    safe = np.where(known, mean, 1.0)
    variance = safe + PRIOR_DISPERSION * safe**2
    squared = np.minimum((counts - safe) ** 2, CLIPPED_AT * variance)
    excess = (squared * _small_sample(expected) - safe) / safe**2
    tells = np.where(known, (PRIOR_DISPERSION * safe / (1.0 + PRIOR_DISPERSION * safe)) ** 2, 0.0)
    above = np.cumsum(tells * excess, axis=1) + PRIOR_DAYS * PRIOR_DISPERSION
    below = np.cumsum(tells, axis=1) + PRIOR_DAYS
    learnt = np.clip(above / below, *RANGE)
    if not causal:
        return np.repeat(learnt[:, -1:], learnt.shape[1], axis=1)
    lagged = np.full_like(learnt, PRIOR_DISPERSION)
    lagged[:, LEFT_OUT_DAYS:] = learnt[:, :-LEFT_OUT_DAYS]
    return lagged


def surrounding_level(counts: Array, expected: Array) -> Array:
    """Level of each day from the seven days before and after it, without the day itself."""
    seen = _ring_sum(np.where(expected > 0, counts, 0.0))
    exposed = _ring_sum(expected)
    return seen / np.maximum(exposed, 1e-9)


def _ring_sum(values: Array) -> Array:
    padded = np.pad(values, ((0, 0), (LEVEL_REACH + 1, LEVEL_REACH)))
    running = np.cumsum(padded, axis=1)
    sums: Array = running[:, 2 * LEVEL_REACH + 1 :] - running[:, : -(2 * LEVEL_REACH + 1)] - values
    return sums


def _small_sample(expected: Array) -> Array:
    """The mean of k other days adds 1/k to the variance of a residual."""
    neighbours = np.maximum(_ring_sum((expected > 0).astype(float)), 1.0)
    return neighbours / (neighbours + 1.0)
