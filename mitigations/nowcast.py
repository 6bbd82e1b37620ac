"""What an incomplete week will come to: what has arrived, completed by the reporting delay, with interval."""

import numpy as np
import numpy.typing as npt
from scipy.stats import nbinom

Floats = npt.NDArray[np.float64]
LEAST_COMPLETE = 0.05
"""Below this share nothing is told of the rest."""


def nowcast(
    arrived: npt.ArrayLike, completeness: npt.ArrayLike, *, pairs: int = 1000, confidence: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Expected final count, and the interval it will lie in, of weeks of which `arrived` are here.

    `completeness`: share of the final count that has arrived, in (0, 1]; it was estimated from `pairs`
    documents. What is still to come, given what came, is negative binomial with arrived + 1/2 successes of
    probability `completeness` (the Poisson level integrated out under Jeffreys' prior; Lawless 1994, Canadian
    Journal of Statistics). NaN where completeness is not known or below `LEAST_COMPLETE`.

    >>> [end.round(1).tolist() for end in nowcast([80, 80], [0.8, 1.0])]
    [[100.0, 80.0], [91.0, 80.0], [111.0, 80.0]]
    """
    here, share = np.asarray(arrived, dtype=np.float64), np.asarray(completeness, dtype=np.float64)
    here, share = np.broadcast_arrays(here, share)
    told = share >= LEAST_COMPLETE
    share = np.where(told, np.minimum(share, 1.0), 1.0)
    tail = (1 - confidence) / 2
    rest = (here + 0.5) * (1 - share) / share
    # The share is itself an estimate, as uncertain as a binomial one of that many pairs: moments matched.
    slip = (here + 0.5) ** 2 * (1 - share) / (share**3 * pairs)
    wide = rest / share + slip
    chance = np.where(rest > 0, rest / np.where(rest > 0, wide, 1.0), 0.5)
    size = np.where(rest > 0, rest, 1.0) * chance / (1 - chance)
    low, high = (here + nbinom.ppf(part, size, chance) for part in (tail, 1 - tail))
    expected = here / share
    ends = (expected, np.minimum(low, expected), np.maximum(high, expected))
    expected, low, high = (np.where(told, np.where(share < 1, end, here), np.nan) for end in ends)
    return expected, low, high
