"""Prediction-powered means, totals and ratios: the formulas as published, by the normal approximation.

The ledger's counts use bins and exact small numbers instead (`ppi_claims`), which for a prediction of yes and no come
to the same estimate; these formulas are for continuous scores and for large samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from mitigations.ppi_interval import Floats
from mitigations.rates import checked

STEPS = 20
"""Of the ratio's fixed point; two are enough unless the predictions hardly help."""


class TooFewLabels(ValueError):
    """No variance can be told from so few labels."""


@dataclass(frozen=True, slots=True)
class Powered:
    """An estimate with standard error and interval; `power` says how far the predictions were trusted (0 to 1)."""

    estimate: float
    error: float
    low: float
    high: float
    power: float


def ppi_mean(
    labels: npt.ArrayLike,
    said: npt.ArrayLike,
    said_of_others: npt.ArrayLike,
    *,
    inclusion: npt.ArrayLike | None = None,
    power: float | None = None,
    confidence: float = 0.95,
) -> Powered:
    """Mean of what labels say, from n labels and their predictions and the predictions of N others.

    mean(y - λf) over the labels + λ mean(f) over the others (Angelopoulos et al. 2023, Science), with the λ of
    least variance, Cov(y, f) / ((1 + n/N) Var f) kept in [0, 1] (Angelopoulos, Duchi & Zrnic 2023, PPI++).
    `inclusion`: with it each label weighs 1/π over the mean of 1/π. `power`: λ, where it is not to be tuned.

    >>> found = ppi_mean([1, 0, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0] * 25)
    >>> round(found.estimate, 3), round(found.power, 3)
    (0.5, 0.635)
    """
    y, f, others = (np.asarray(part, dtype=np.float64) for part in (labels, said, said_of_others))
    _enough(len(y))
    weight = _weights(inclusion, len(y))
    trust = tuned_power(y, f, others, weight) if power is None else power
    estimate = float((weight * (y - trust * f)).mean() + trust * others.mean())
    variance = (weight * (y - trust * f)).var() / len(y) + trust**2 * others.var() / len(others)
    return _powered(estimate, float(variance), trust, confidence)


def tuned_power(y: Floats, f: Floats, others: Floats, weight: Floats) -> float:
    """The λ of PPI++ for a mean: what part of the prediction carries over, within [0, 1]."""
    centre = float(others.mean() + (weight * (y - f)).mean())
    one, other = weight * (y - centre), weight * (f - centre)
    both = np.mean((one - one.mean()) * (other - other.mean()))
    spread = np.var(np.concatenate([other, others - centre]), ddof=1)
    return float(np.clip(both / ((1 + len(y) / len(others)) * spread), 0.0, 1.0)) if spread > 0 else 0.0


def active_total(
    labels: npt.ArrayLike,
    said: npt.ArrayLike,
    inclusion: npt.ArrayLike,
    said_of_all: npt.ArrayLike,
    *,
    power: float = 1.0,
    confidence: float = 0.95,
) -> Powered:
    """Total of what labels would say of every item, from labels drawn each by itself with probability π.

    λ Σ f over all + Σ (y - λf)/π over the labels (Zrnic & Candès 2024, ICML; the difference estimator of Särndal
    1980, Biometrika). Its variance is that of the draw, Σ (1 - π)(y - λf)²/π²: the items are as they are.

    >>> active_total([1, 1], [1, 0], [1.0, 0.5], [1, 0, 0, 0]).estimate
    3.0
    """
    y, f, everyone = (np.asarray(part, dtype=np.float64) for part in (labels, said, said_of_all))
    drawn = checked(inclusion)
    wrong = (y - power * f) / drawn
    variance = float(((1 - drawn) * wrong**2).sum())
    return _powered(float(power * everyone.sum() + wrong.sum()), variance, power, confidence)


def ppi_ratio(
    top: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
    bottom: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
    *,
    inclusion: npt.ArrayLike | None = None,
    confidence: float = 0.95,
) -> Powered:
    """Ratio of two means, such as claims per document of a slice: each labels, predictions, predictions of others.

    Both parts speak of the same items. The ratio R is where mean(top) - R mean(bottom) is nought, so its error is
    that of the prediction-powered mean of top - R·bottom, over the mean of the bottom.

    >>> one = ([1, 0, 1, 0] * 5, [1, 0, 1, 0] * 5, [1, 0, 0, 0] * 25)
    >>> whole = ([1] * 20, [1] * 20, [1] * 100)
    >>> abs(ppi_ratio(one, whole).estimate - ppi_mean(*one).estimate) < 1e-6
    True
    """
    upper, lower = ([np.asarray(part, dtype=np.float64) for part in side] for side in (top, bottom))
    ratio = float(upper[0].mean() / lower[0].mean()) if lower[0].any() else np.nan
    base = ppi_mean(*lower, inclusion=inclusion).estimate
    for _ in range(STEPS):
        found = ppi_mean(*_rest(upper, lower, ratio), inclusion=inclusion)
        ratio += found.estimate / base
    return _powered(ratio, (found.error / base) ** 2, found.power, confidence)


def _rest(upper: Sequence[Floats], lower: Sequence[Floats], ratio: float) -> list[Floats]:
    return [one - ratio * other for one, other in zip(upper, lower, strict=True)]


def _weights(inclusion: npt.ArrayLike | None, labels: int) -> Floats:
    if inclusion is None:
        return np.ones(labels)
    weight = 1.0 / checked(inclusion)
    return np.asarray(weight / weight.mean(), dtype=np.float64)


def _powered(estimate: float, variance: float, power: float, confidence: float) -> Powered:
    error = float(np.sqrt(variance))
    reach = float(ndtri(0.5 + confidence / 2)) * error
    return Powered(estimate, error, estimate - reach, estimate + reach, power)


def _enough(labels: int) -> None:
    if labels < 2:
        raise TooFewLabels(f"expected at least 2 labels, got {labels}; label more, or count uncorrected")
