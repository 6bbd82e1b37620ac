"""Counts and rates with the intervals they deserve: small counts exact, weighted audits by their design."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import beta, chi2

Floats = npt.NDArray[np.float64]


class InclusionOutOfRange(ValueError):
    """An inclusion probability is not a probability."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its interval; `audited` items it rests on, worth `effective` equally weighted ones."""

    estimate: float
    low: float
    high: float
    audited: int
    effective: float


@dataclass(frozen=True, slots=True)
class Rates:
    """`Rate` for many cells: parallel arrays; NaN in the cells without an audited item."""

    estimate: Floats
    low: Floats
    high: Floats
    audited: npt.NDArray[np.int64]
    effective: Floats


def poisson_interval(counts: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Exact interval of the mean behind each Poisson count (Garwood 1936, Biometrika).

    >>> low, high = poisson_interval([0, 10])
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.0, 4.8], [3.69, 18.39])
    """
    counted = np.asarray(counts, dtype=np.float64)
    tail = (1 - confidence) / 2
    low = np.where(counted > 0, chi2.ppf(tail, 2 * np.maximum(counted, 0.5)) / 2, 0.0)
    return low, np.asarray(chi2.ppf(1 - tail, 2 * counted + 2) / 2, dtype=np.float64)


def share_interval(
    successes: npt.ArrayLike, trials: npt.ArrayLike, *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Exact interval of a share (Clopper & Pearson 1934, Biometrika); NaN without trials.

    Counts may be fractional.

    >>> low, high = share_interval([0, 5], [10, 10])
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.187], [0.308, 0.813])
    """
    hits, tried = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    tail = (1 - confidence) / 2
    tiny = 1e-9
    missed = tried - hits
    low = beta.ppf(tail, np.maximum(hits, tiny), missed + 1)
    high = beta.ppf(1 - tail, hits + 1, np.maximum(missed, tiny))
    low = np.where(hits <= tiny, 0.0, low)
    high = np.where(missed <= tiny, 1.0, high)
    known = tried > 0
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def weighted_rate(wrong: npt.ArrayLike, inclusion: npt.ArrayLike, *, confidence: float = 0.95) -> Rate:
    """Share of wrong ones in the population, from items drawn with known inclusion probabilities.

    >>> weighted_rate([1, 0, 0, 0], [0.5, 0.5, 0.5, 0.5]).estimate
    0.25
    >>> weighted_rate([1, 0, 0], [1.0, 0.25, 0.25]).estimate  # the certain one stands for itself alone
    0.1111111111111111
    """
    found = weighted_rates(wrong, inclusion, np.zeros(np.size(wrong), dtype=np.int64), 1, confidence=confidence)
    return Rate(
        float(found.estimate[0]),
        float(found.low[0]),
        float(found.high[0]),
        int(found.audited[0]),
        float(found.effective[0]),
    )


def weighted_rates(
    wrong: npt.ArrayLike,
    inclusion: npt.ArrayLike,
    cell: npt.NDArray[np.int64],
    cells: int,
    *,
    confidence: float = 0.95,
) -> Rates:
    """`weighted_rate` in each of `cells` cells; `cell` (n,) says where an item belongs.

    Hájek's ratio (1971): Σ wᵢ yᵢ / Σ wᵢ with w = 1/π. Its linearised variance under independent draws,
    Σ (1-πᵢ) wᵢ² (yᵢ-p)² / (Σ wᵢ)², gives an effective sample size n* = p(1-p)/v, never above n, and that
    an exact binomial interval (Korn & Graubard 1998, Survey Methodology). Where no item differs, n* is
    Kish's (Σ w)²/Σ w². A census (every π = 1) is known exactly.
    """
    bad, drawn = np.asarray(wrong, dtype=np.float64), checked(inclusion)
    weight = 1.0 / drawn

    def total(values: Floats) -> Floats:
        return np.bincount(cell, weights=values, minlength=cells).astype(np.float64)

    with np.errstate(divide="ignore", invalid="ignore"):
        audited = np.bincount(cell, minlength=cells)
        size = total(weight)
        estimate = np.clip(total(weight * bad) / size, 0.0, 1.0)
        spread = (1 - drawn) * weight**2 * (bad - estimate[cell]) ** 2
        variance = total(spread) / size**2 * audited / np.maximum(audited - 1, 1)
        kish = size**2 / total(weight**2)
        by_design = np.minimum(estimate * (1 - estimate) / variance, audited)
    effective = np.where(variance > 0, by_design, kish)
    low, high = share_interval(estimate * effective, effective, confidence=confidence)
    census = (audited > 0) & (total((drawn < 1).astype(np.float64)) == 0)
    low, high = np.where(census, estimate, low), np.where(census, estimate, high)
    return Rates(estimate, np.minimum(low, estimate), np.maximum(high, estimate), audited, effective)


def checked(inclusion: npt.ArrayLike) -> Floats:
    """The inclusion probabilities; raises `InclusionOutOfRange` unless each lies in (0, 1]."""
    drawn = np.asarray(inclusion, dtype=np.float64)
    outside = drawn[~((drawn > 0) & (drawn <= 1))]
    if len(outside):
        raise InclusionOutOfRange(
            f"expected inclusion probabilities in (0, 1], got {outside[0]}; leave it out where not known"
        )
    return drawn
