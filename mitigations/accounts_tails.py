"""Upper tails and intervals of negative binomial and beta-binomial counts, for many counts at once."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LOWEST = 1e-300
MOST_TERMS = 4_000
"""Terms of a sum after which the rest of a beta-binomial tail is left out."""


def negative_binomial(counts: Array, mean: Array, size: Array) -> Array:
    """Minus the log of P(count or more); variance is mean + mean² / size.

    >>> float(negative_binomial(np.array([0.0]), np.array([2.0]), np.array([1.0]))[0])
    -0.0
    >>> round(float(np.exp(-negative_binomial(np.array([1.0]), np.array([1.0]), np.array([1.0]))[0])), 3)
    0.5
    """
    from scipy.special import betainc

    tail = np.where(counts > 0, betainc(np.maximum(counts, 1e-9), size, mean / (mean + size)), 1.0)
    found: Array = -np.log(np.clip(tail, LOWEST, 1.0))
    return found


def beta_binomial(successes: Array, trials: Array, share: Array, precision: Array) -> Array:
    """Minus the log of P(successes or more of these trials); the share is Beta(share x precision, ...).

    >>> half, two = np.array([0.5]), np.array([2.0])
    >>> round(float(np.exp(-beta_binomial(two, two, half, two)[0])), 3)
    0.333
    """
    from scipy.special import betaln, gammaln

    alpha, beta = share * precision, (1.0 - share) * precision
    first = gammaln(trials + 1) - gammaln(successes + 1) - gammaln(trials - successes + 1)
    first = first + betaln(successes + alpha, trials - successes + beta) - betaln(alpha, beta)
    total, ratio, at = np.ones(len(trials)), np.ones(len(trials)), successes.copy()
    going = np.flatnonzero(at < trials)
    for _ in range(MOST_TERMS):
        if not len(going):
            break
        one, many = at[going], trials[going]
        ratio[going] *= (many - one) / (one + 1) * (alpha[going] + one) / (many - one - 1 + beta[going])
        total[going] += ratio[going]
        at[going] += 1
        going = going[(at[going] < trials[going]) & (ratio[going] > 1e-12 * total[going])]
    tail = np.where(successes > 0, np.exp(np.minimum(first + np.log(total), 0.0)), 1.0)
    found: Array = -np.log(np.clip(tail, LOWEST, 1.0))
    return found


def negative_binomial_ends(mean: float, size: float) -> tuple[float, float]:
    """The central 95 % of counts."""
    from scipy.stats import nbinom

    ends = np.asarray(nbinom.ppf([0.025, 0.975], size, size / (size + mean)))
    return float(ends[0]), float(ends[1])


def beta_binomial_ends(trials: float, share: float, precision: float) -> tuple[float, float]:
    """The central 95 % of successes."""
    from scipy.stats import betabinom

    alpha, beta = share * precision, (1.0 - share) * precision
    ends = np.asarray(betabinom.ppf([0.025, 0.975], int(trials), alpha, beta))
    return float(ends[0]), float(ends[1])
