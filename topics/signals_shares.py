"""Whether a share of accounts rose, beyond what it did everywhere else: exact interval, exact test."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, gammaln

LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many accounts."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share; 0 of none."""
        return self.part / self.whole if self.whole else 0.0


def exact_interval(share: Share) -> tuple[float, float]:
    """95 % interval of a share (Clopper and Pearson 1934, Biometrika).

    >>> low, high = exact_interval(Share(3, 10))
    >>> round(low, 3), round(high, 3)
    (0.067, 0.652)
    """
    part, whole = share.part, share.whole
    low = 0.0 if part == 0 else float(betaincinv(part, whole - part + 1, LEVEL / 2))
    high = 1.0 if part == whole else float(betaincinv(part + 1, whole - part, 1 - LEVEL / 2))
    return low, high


def odds_ratio(before: Share, after: Share) -> float:
    """Odds after over odds before, half an account added to every cell (Haldane 1956, Annals of Human Genetics)."""
    odds = [(one.part + 0.5) / (one.whole - one.part + 0.5) for one in (before, after)]
    return odds[1] / odds[0]


def rise_p_value(before: Share, after: Share, *, elsewhere: float = 1.0) -> float:
    """Chance of so many or more after, if the odds rose by `elsewhere` (an odds ratio) at most.

    Given the margins: Fisher's exact test (1935, Journal of the Royal Statistical Society), with his noncentral
    hypergeometric distribution where everything else rose as well; a fall elsewhere proves nothing here.

    >>> round(rise_p_value(Share(2, 40), Share(9, 20)), 5)
    0.0004
    >>> rise_p_value(Share(2, 40), Share(9, 20), elsewhere=4.0) > 0.05
    True
    """
    parts = before.part + after.part
    low, high = max(0, parts - before.whole), min(parts, after.whole)
    counts = np.arange(low, high + 1)
    weights = -gammaln(counts + 1) - gammaln(after.whole - counts + 1)
    weights -= gammaln(parts - counts + 1) + gammaln(before.whole - parts + counts + 1)
    weights += counts * np.log(max(elsewhere, 1.0))
    chances = np.exp(weights - weights.max())
    return float(min(chances[counts >= after.part].sum() / chances.sum(), 1.0))
