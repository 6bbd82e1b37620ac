"""How likely a day's count is at each of a grid of levels: the likelihoods all detection rests on."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

Array = npt.NDArray[np.float64]
Likelihood = Callable[[Array, Array, Array, Array], Array]

LEVELS = 96
OUTLIER_SHARE = 0.002
"""Share of days a single series may jump without a new regime: a heavy upper tail takes them."""
LOWEST_DAY = 0.02
"""A level below one reporter in fifty days cannot be told from none."""


def level_grid(counts: Array, expected: Array, *, levels: int = LEVELS) -> Array:
    """Log-spaced levels (levels, series) that bracket every regime a row could hold.

    `counts`, `expected`: (series, days); days with expected 0 are masked. A level times the day's
    expected multiplier is a count per day.
    """
    exposed = np.maximum(expected.sum(axis=1), 1e-9)
    mean = np.maximum(np.where(expected > 0, counts, 0.0).sum(axis=1) / exposed, LOWEST_DAY)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(expected > 0, counts / expected, 0.0)
    low = np.maximum(np.minimum(0.02 * mean, 0.1), LOWEST_DAY / 4)
    high = np.maximum(3.0 * mean, 1.2 * ratio.max(axis=1, initial=0.0)) + 0.5
    grid: Array = np.exp(np.linspace(np.log(low), np.log(high), levels))
    return grid


def poisson(counts: Array, expected: Array, dispersion: Array, grid: Array) -> Array:
    """Poisson log-likelihood (levels, series, days); 0 on masked days. `dispersion` is not used."""
    del dispersion
    mean = np.maximum(grid[:, :, None] * expected, 1e-12)
    likelihood: Array = counts * np.log(mean) - mean - gammaln(counts + 1.0)
    return np.where(expected > 0, likelihood, 0.0)


def robust_negbin(counts: Array, expected: Array, dispersion: Array, grid: Array) -> Array:
    """Log of (1-ε) negative binomial + ε heavy tail, (levels, series, days); 0 on masked days.

    The negative binomial has variance m + dispersion·m². The tail is (m+1)/((y+m+1)(y+m+2)), which sums
    to one over the counts: a single day far off costs about log(1/ε) + 2 log y nats, however far it is.
    """
    size = 1.0 / np.maximum(dispersion, 1e-4)
    mean = np.maximum(grid[:, :, None] * expected, 1e-12)
    fixed = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1.0) + size * np.log(size)
    regular = fixed + counts * np.log(mean) - (size + counts) * np.log(size + mean)
    tail = np.log((mean + 1.0) / ((counts + mean + 1.0) * (counts + mean + 2.0)))
    mixed = np.logaddexp(np.log1p(-OUTLIER_SHARE) + regular, np.log(OUTLIER_SHARE) + tail)
    return np.where(expected > 0, mixed, 0.0)


LIKELIHOODS: dict[str, Likelihood] = {"robust_negbin": robust_negbin, "poisson": poisson}


def fits(likelihood: Array) -> Array:
    """Likelihood of each level over that of the best one of its day, of the same shape."""
    return np.asarray(np.exp(likelihood - likelihood.max(axis=0)))


def cumulated(likelihood: Array) -> Array:
    """Running sums over days with a leading 0: (levels, series, days + 1); a segment is a difference."""
    levels, series, days = likelihood.shape
    sums = np.moveaxis(np.zeros((series, days + 1, levels)), 2, 0)
    np.cumsum(likelihood, axis=2, out=sums[:, :, 1:])
    return sums
