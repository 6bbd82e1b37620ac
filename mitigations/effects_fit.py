"""Two small regressions of daily counts: negative binomial on exposure, and a share of two counts."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import stats

Array = npt.NDArray[np.float64]

LAG = 14
"""Days over which neighbouring errors are taken to hang together (Newey and West 1987, Econometrica)."""
ROUNDS = 25
CLOSE = 1e-6
RIDGE = 1e-10
MOST_LOG = 30.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients (p,) on the log scale, their covariance (p, p), and what the fit leaves.

    `dispersion`: α of variance m + α m², or φ of a variance φ times binomial. `gain`: log-likelihood up to a
    constant, of shares as if φ were 1.
    """

    coefficients: Array
    covariance: Array
    dispersion: float
    degrees: int
    gain: float

    def error(self, place: int) -> float:
        """Standard error of one coefficient."""
        return float(np.sqrt(max(self.covariance[place, place], 0.0)))

    def p_value(self, place: int, *, wider: float = 1.0) -> float:
        """Two-sided, by Student's t; `wider` multiplies the standard error. 1 where nothing can be told."""
        error = self.error(place) * wider
        if error <= 0 or not np.isfinite(error):
            return 1.0
        return float(2 * stats.t.sf(abs(self.coefficients[place]) / error, self.degrees))

    def interval(self, place: int, *, level: float = 0.95, wider: float = 1.0) -> tuple[float, float]:
        """Of one coefficient, on the log scale."""
        reach = float(stats.t.ppf(0.5 + level / 2, self.degrees)) * self.error(place) * wider
        middle = float(self.coefficients[place])
        return middle - reach, middle + reach


def counts(
    count: Array, exposure: Array, design: Array, *, dispersion: float | None = None, errors: bool = True
) -> Fit:
    """Negative binomial regression with log exposure as offset; α by moments unless it is given.

    `count`, `exposure` (> 0): (n,). `design`: (n, p), its first column ones. Errors: the larger of the model's and
    those that allow for errors that hang together over a fortnight. Without `errors` they are not worked out: only the
    likelihood is wanted.
    """
    alpha = 0.0 if dispersion is None else dispersion
    start = np.zeros(design.shape[1])
    start[0] = np.log((count.sum() + 0.5) / exposure.sum())
    offset = np.log(exposure)
    found = _weighted(count, offset, design, alpha, start)
    for _ in range(3 if dispersion is None else 0):
        alpha = _excess(count, _mean(found, offset, design), design.shape[1])
        found = _weighted(count, offset, design, alpha, found)
    mean = _mean(found, offset, design)
    weight = mean / (1 + alpha * mean)
    scores = design * ((count - mean) / (1 + alpha * mean))[:, None]
    gain = (
        float((count * np.log(mean) - (count + _inverse(alpha)) * np.log1p(alpha * mean)).sum())
        if alpha
        else float((count * np.log(mean) - mean).sum())
    )
    covariance = _covariance(design, weight, scores) if errors else np.zeros((len(found), len(found)))
    return Fit(found, covariance, alpha, _degrees(design), gain)


def shares(own: Array, other: Array, offset: Array, design: Array, *, errors: bool = True) -> Fit:
    """Regression of the odds of `own` against `other` counts of a day: what moves both alike cancels out.

    `offset`: log of the ratio of their exposures. Quasi-binomial with errors as in `counts`.
    """
    total = own + other
    found = np.zeros(design.shape[1])
    found[0] = np.log((own.sum() + 0.5) / (other.sum() + 0.5)) - float(np.average(offset, weights=total + 1e-9))
    for _ in range(ROUNDS):
        share = 1 / (1 + np.exp(-np.clip(design @ found + offset, -MOST_LOG, MOST_LOG)))
        step = _solve(design, total * share * (1 - share), own - total * share)
        found = found + step
        if np.abs(step).max() < CLOSE:
            break
    share = 1 / (1 + np.exp(-np.clip(design @ found + offset, -MOST_LOG, MOST_LOG)))
    weight = total * share * (1 - share)
    rest = own - total * share
    degrees = _degrees(design)
    seen = weight > 0
    scatter = max(1.0, float((rest[seen] ** 2 / weight[seen]).sum()) / degrees)
    gain = float((own * np.log(np.maximum(share, 1e-12)) + other * np.log(np.maximum(1 - share, 1e-12))).sum())
    covariance = np.zeros((len(found), len(found)))
    if errors:
        covariance = _covariance(design, weight, design * rest[:, None], scatter=scatter)
    return Fit(found, covariance, scatter, degrees, gain)


def _inverse(alpha: float) -> float:
    return 1.0 / alpha


def _mean(found: Array, offset: Array, design: Array) -> Array:
    mean: Array = np.exp(np.clip(design @ found + offset, -MOST_LOG, MOST_LOG))
    return mean


def _weighted(count: Array, offset: Array, design: Array, alpha: float, start: Array) -> Array:
    """Iterated weighted least squares (Nelder and Wedderburn 1972, JRSS A)."""
    found = start
    for _ in range(ROUNDS):
        mean = _mean(found, offset, design)
        step = _solve(design, mean / (1 + alpha * mean), (count - mean) / (1 + alpha * mean))
        found = found + np.clip(step, -3.0, 3.0)
        if np.abs(step).max() < CLOSE:
            break
    return found


def _solve(design: Array, weight: Array, rest: Array) -> Array:
    return np.asarray(_inverted(design, weight) @ (design.T @ rest), dtype=np.float64)


def _inverted(design: Array, weight: Array) -> Array:
    """Inverse of X'WX; a column that says nothing gets nearly nothing rather than an error."""
    square = (design * weight[:, None]).T @ design
    place = np.diag_indices_from(square)
    square[place] += RIDGE * (square[place] + 1.0)
    return np.asarray(np.linalg.inv(square), dtype=np.float64)


def _excess(count: Array, mean: Array, used: int) -> float:
    """α at which the squared errors are as large as they should be, by bisection; 0 where Poisson is enough."""
    target = max(len(count) - used, 1)
    low, high = 0.0, 10.0
    squared = (count - mean) ** 2
    if float((squared / mean).sum()) <= target:
        return 0.0
    for _ in range(40):
        middle = (low + high) / 2
        if float((squared / (mean + middle * mean**2)).sum()) > target:
            low = middle
        else:
            high = middle
    return high


def _degrees(design: Array) -> int:
    return int(max(design.shape[0] - design.shape[1], 1))


def _covariance(design: Array, weight: Array, scores: Array, *, scatter: float = 1.0) -> Array:
    """The model's covariance, or the one of errors that hang together, whichever says less of each coefficient."""
    bread = _inverted(design, weight)
    # Products of neighbours in the design: days that are left out close ranks, which is near enough.
    meat = scores.T @ (_kernel(len(scores)) @ scores)
    robust = bread @ meat @ bread * (len(scores) / _degrees(design))
    model = bread * scatter
    widen = np.sqrt(np.maximum(np.diag(robust) / np.maximum(np.diag(model), 1e-300), 1.0))
    covariance: Array = model * np.outer(widen, widen)
    return covariance


@lru_cache(maxsize=256)
def _kernel(length: int) -> Array:
    """How much of a product of errors so many days apart counts: less and less, none beyond `LAG`."""
    place = np.arange(length)
    kernel: Array = np.maximum(1.0 - np.abs(place[:, None] - place[None, :]) / (LAG + 1), 0.0)
    return kernel
