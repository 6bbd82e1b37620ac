"""Count costs for `ruptures`: the readable reference of what the grid search minimises."""

from typing import Any

import numpy as np
import numpy.typing as npt
from ruptures.base import BaseCost
from ruptures.exceptions import NotEnoughPoints

from topics.levels import LIKELIHOODS, cumulated, level_grid
from topics.partition import counts_and_expected


class GridCost(BaseCost):  # type: ignore[misc]
    """−max over a grid of levels of the log-likelihood of a segment of counts.

    Works with every `ruptures` search; take min_size=1 and jump=1. The grid is that of the whole signal.
    """

    model = "grid"
    min_size = 1

    def __init__(self, dispersion: float = 0.12) -> None:
        self.dispersion = dispersion

    def fit(self, signal: npt.NDArray[Any]) -> "GridCost":
        """`signal`: counts of shape (n,) or (n, 1), or (n, 2) with expected multipliers beside them."""
        counts, expected = counts_and_expected(signal)
        grid = level_grid(counts, expected)
        spread = np.full_like(counts, self.dispersion)
        self.signal = np.asarray(signal, dtype=float).reshape(len(signal), -1)
        self.sums = cumulated(LIKELIHOODS[self.model](counts, expected, spread, grid))[:, 0, :]
        return self

    def error(self, start: int, end: int) -> float:
        """Cost of days start <= day < end, in nats."""
        if end - start < self.min_size:
            raise NotEnoughPoints
        return -float((self.sums[:, end] - self.sums[:, start]).max())


class CostPoisson(GridCost):
    """Counts scatter as a Poisson law says; `dispersion` is not used."""

    model = "poisson"


class CostRobustNegBin(GridCost):
    """Counts scatter as a negative binomial with a few heavy days; `dispersion` is α of m + α m²."""

    model = "robust_negbin"
