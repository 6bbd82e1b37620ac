"""The interval of a corrected count: counts by bin times shares of true ones, small numbers kept honest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]
TAIL = 0.025
HALVINGS = 10
"""Steps of the bisection: the end of an interval is found to a thousandth of the shift that one label makes."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Share of true ones in each bin: `true` of `trials` equally weighted labels, both (cells, bins).

    Both may be fractional (effective sample sizes). `guess` stands where no label is: what the classifier
    says of the bin, in [0, 1].
    """

    true: Floats
    trials: Floats
    guess: Floats

    @property
    def mean(self) -> Floats:
        """Estimated share."""
        return np.where(self.trials > 0, self.true / np.maximum(self.trials, 1e-9), self.guess)


@dataclass(frozen=True, slots=True)
class Noise:
    """Wrong labels: a share `rate` of `answers` that were checked was the opposite of the truth.

    `touched`: share of each bin's labels that are open to it (cells, bins). `rate` and `answers`: (2,) or (cells, 2),
    of the bins said no and of those said yes; `yes` (cells, bins) tells which. `apart`: whether the two are
    estimates of their own, not one and the same.
    """

    touched: Floats
    yes: npt.NDArray[np.bool_]
    rate: Floats
    answers: Floats
    apart: bool = False

    @property
    def wrong(self) -> Floats:
        """Share of wrong labels in each bin."""
        return self.touched * np.where(self.yes, self.rate[..., 1:], self.rate[..., :1])


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean, variance and third central moment of a confidence distribution, by cell."""

    mean: Floats
    variance: Floats
    third: Floats

    def plus(self, other: "Moments") -> "Moments":
        """That of the sum with an independent one."""
        return Moments(self.mean + other.mean, self.variance + other.variance, self.third + other.third)

    def less(self, other: "Moments") -> "Moments":
        """What has to be added to the other to come to this."""
        return Moments(self.mean - other.mean, self.variance - other.variance, self.third - other.third)


def corrected(
    counts: Floats, certain: Floats, shares: Shares, noise: Noise | None, swing: Floats | None = None
) -> tuple[Floats, Floats, Floats]:
    """Estimate, low and high of the mean number of true ones behind each cell's counts.

    `counts` (cells, bins), `certain` (cells,): known to be true. The sum over bins of count times share of
    true ones is a weighted sum of small numbers. Its confidence distribution has that sum's moments; for the
    low end one label of the bin that lowers it most is taken to be false, for the high end one of the bin that
    raises it most, or one more document, to be true (as for standardised rates: Fay & Feuer 1997, Statistics in
    Medicine), and the two are mixed evenly (mid-P: Fay & Kim 2017, Biometrical Journal). Counts vary as Poisson.
    `swing` (cells,): mean square of what the log odds of all shares differ by from those of the labels (`swings.py`).
    """
    lowest, highest, one_more = shifts(counts, certain, shares)
    centre = _total(counts, certain, shares, noise, swing)
    fewer = _total(counts, certain, _shifted(shares, lowest, 0.0), noise, swing).less(centre)
    more = _total(counts, certain, _shifted(shares, highest, 1.0), noise, swing).less(centre)
    more = more.plus(Moments(one_more, one_more**2, 2 * one_more**3))
    # A bin whose label could go either way goes one way; two bins go each their own.
    same = (lowest & highest).any(-1)
    parts = [centre.plus(fewer), centre.plus(more)]
    parts += [
        Moments(*(np.where(same, one, other) for one, other in pair))
        for pair in (_pairs(parts[0], centre), _pairs(parts[1], centre.plus(fewer).plus(more)))
    ]
    low, high = (quantile(parts, tail) for tail in (TAIL, 1 - TAIL))
    point = (counts * cleaned(share_moments(shares.true, shares.trials, shares.guess), noise).mean).sum(-1)
    estimate = np.clip(point + certain, 0.0, counts.sum(-1) + certain)
    nothing = (shares.true * counts).sum(-1) + certain <= 0
    low = np.where(nothing, 0.0, np.maximum(low, 0.0))
    return estimate, np.minimum(low, estimate), np.maximum(high, estimate)


def _pairs(one: Moments, other: Moments) -> tuple[tuple[Floats, Floats], ...]:
    return (one.mean, other.mean), (one.variance, other.variance), (one.third, other.third)


def shifts(
    counts: Floats, certain: Floats, shares: Shares
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], Floats]:
    """Where one label more or less matters most (cells, bins), and what one document more is worth (cells,)."""
    share = shares.mean
    down, up = (counts * part / (shares.trials + 1) for part in (share, 1 - share))
    bins = np.arange(counts.shape[-1])
    lowest, highest = (bins == side.argmax(-1)[..., None] for side in (down, up))
    # Also of a bin that holds none: a slice without any predicted claim may still produce some.
    document = np.maximum(share.max(-1), np.where(certain > 0, 1.0, 0.0))
    document = np.where(counts.sum(-1) + certain > 0, document, 1.0)
    alone = document > up.max(-1)
    return lowest, highest & ~alone[..., None], np.where(alone, document, 0.0)


def _shifted(shares: Shares, where: npt.NDArray[np.bool_], true: float) -> Shares:
    """The shares with one more label there, true or false."""
    more = np.where(where, 1.0, 0.0)
    return Shares(shares.true + true * more, shares.trials + more, shares.guess)


def _total(counts: Floats, certain: Floats, shares: Shares, noise: Noise | None, swing: Floats | None) -> Moments:
    share = cleaned(share_moments(shares.true, shares.trials, shares.guess), noise)
    total = product_moments(counts, share).plus(Moments(certain, certain, 2 * certain))
    if swing is not None:
        slope, bend = bends(counts, share.mean)
        total = total.plus(Moments(0 * slope, slope**2 * swing, 3 * slope**2 * bend * swing**2))
    if noise is None:
        return total
    # A wrong rate of noise is wrong in all bins at once; it has a gamma's moments, a little more than seen.
    bent = counts * noise.touched * (2 * share.mean - 1) / (1 - 2 * noise.wrong)
    for side, part in enumerate([bent * ~noise.yes, bent * noise.yes] if noise.apart else [bent]):
        answers = noise.answers[..., side]
        wrong, unit = noise.rate[..., side] * answers + 1.0, part.sum(-1) / answers
        total = total.plus(Moments(0.5 * unit, wrong * unit**2, 2 * wrong * unit**3))
    return total


def bends(counts: Floats, share: Floats) -> tuple[Floats, Floats]:
    """First and second derivative of the true ones behind the counts, by the log odds of all bins."""
    slope = counts * np.maximum(share * (1 - share), 0.0)
    return slope.sum(axis=-1), (slope * (1 - 2 * share)).sum(axis=-1)


def cleaned(share: Moments, noise: Noise | None) -> Moments:
    """Shares of true ones from shares of labels that say so (Rogan & Gladen 1978, Am. J. Epidemiology)."""
    if noise is None:
        return share
    apart = 1 - 2 * noise.wrong
    return Moments((share.mean - noise.wrong) / apart, share.variance / apart**2, share.third / apart**3)


def share_moments(true: Floats, trials: Floats, guess: Floats) -> Moments:
    """Moments of Beta(true, trials - true); of a point at `guess` where there are no trials."""
    known = trials > 0
    mean = np.where(known, true / np.maximum(trials, 1e-9), guess)
    spread = np.where(known, mean * (1 - mean), 0.0)
    size = np.maximum(trials, 1.0)
    return Moments(mean, spread / size, 2 * spread * (1 - 2 * mean) / size**2)


def product_moments(counts: Floats, share: Moments) -> Moments:
    """Moments of Gamma(counts) times a share, summed over the bins (last axis)."""
    # Cumulants by conditioning on the share: a Gamma(N) has the cumulants N, N, 2N.
    mean, var, third = share.mean, share.variance, share.third
    second = var + mean**2
    cubed = third + 3 * mean * var + mean**3
    covariance = third + 2 * mean * var
    return Moments(
        (counts * mean).sum(-1),
        (counts**2 * var + counts * second).sum(-1),
        (counts**3 * third + 3 * counts**2 * covariance + 2 * counts * cubed).sum(-1),
    )


def quantile(parts: Sequence[Moments], tail: float) -> Floats:
    """Quantile of the even mixture of distributions."""
    shapes = [_shape(part) for part in parts]
    ends = np.stack([_point(*shape, tail) for shape in shapes])
    bottom, top = ends.min(axis=0), ends.max(axis=0)
    for _ in range(HALVINGS):
        middle = (bottom + top) / 2
        below = sum(_below(*shape, middle) for shape in shapes) < tail * len(parts)
        bottom, top = np.where(below, middle, bottom), np.where(below, top, middle)
    return np.asarray((bottom + top) / 2, dtype=np.float64)


def _shape(of: Moments) -> tuple[Floats, Floats, Floats]:
    """Mean, standard deviation and skewness; a hair of skewness stands for none, so that it can divide."""
    spread = np.sqrt(np.maximum(of.variance, 1e-18))
    skew = of.third / spread**3
    return of.mean, spread, np.where(np.abs(skew) < 1e-6, 1e-6, skew)


def _point(mean: Floats, spread: Floats, skew: Floats, tail: float) -> Floats:
    """Quantile of the shifted gamma with these moments (Wilson & Hilferty 1931, PNAS)."""
    root = np.maximum(1 - skew**2 / 36 + skew * ndtri(tail) / 6, 0.0)
    return np.asarray(mean + spread * 2 / skew * (root**3 - 1), dtype=np.float64)


def _below(mean: Floats, spread: Floats, skew: Floats, value: Floats) -> Floats:
    """Share of the shifted gamma that lies below the value."""
    root = np.cbrt(np.maximum(1 + skew * (value - mean) / (2 * spread), 0.0))
    return np.asarray(ndtr(6 / skew * (root - 1 + skew**2 / 36)), dtype=np.float64)
