"""The exact optimal partition of many count series at once, by dynamic programming over a grid of levels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from ruptures.base import BaseEstimator

from topics.levels import LIKELIHOODS, Array, level_grid

Indexes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best partition of every prefix of every series.

    `best` (series, days + 1): least penalised cost of the first t days. `start` (series, days + 1): first day of
    the last regime of that optimum.
    """

    best: Array
    start: Indexes


def optimum(likelihood: Array, *, penalty: float) -> Optimum:
    """Minimise Σ over regimes of −max over levels of its log-likelihood, plus `penalty` a change.

    `likelihood`: (levels, series, days), in nats. O(days × levels) a series: the level of the running
    regime is the state, so it needs no pruning (the functional view of Maidstone et al. 2017; the
    objective of optimal partitioning, Jackson et al. 2005). Ties keep the running regime.
    """
    series, days = likelihood.shape[1:]
    best = np.zeros((series, days + 1))
    start = np.zeros((series, days + 1), dtype=np.int64)
    if series:
        from topics.kernels import partition  # brings numba, slow to import

        partition(np.ascontiguousarray(np.moveaxis(likelihood, 0, 2)), float(penalty), best, start)
    return Optimum(best, start)


def changepoints(found: Optimum, series: int, *, until: int | None = None) -> list[int]:
    """First days of the new regimes in the best partition of the first `until` days, ascending."""
    end = found.start.shape[1] - 1 if until is None else until
    changes: list[int] = []
    while end > 0:
        end = int(found.start[series, end])
        changes.append(end)
    return sorted(day for day in changes if day > 0)


class GridPartition(BaseEstimator):  # type: ignore[misc]
    """`optimum` in the shape of a `ruptures` search: exact, for one series.

    Interchangeable with `ruptures.Pelt(custom_cost=CostRobustNegBin(...), min_size=1, jump=1)`.
    """

    def __init__(self, model: str = "robust_negbin", dispersion: float = 0.12) -> None:
        self.model = model
        self.dispersion = dispersion
        self.likelihood: Array | None = None

    def fit(self, signal: npt.NDArray[Any]) -> "GridPartition":
        """`signal`: counts of shape (n,) or (n, 1), or (n, 2) with expected multipliers beside them."""
        counts, expected = counts_and_expected(signal)
        spread = np.full_like(counts, self.dispersion)
        grid = level_grid(counts, expected)
        self.likelihood = LIKELIHOODS[self.model](counts, expected, spread, grid)
        return self

    def predict(self, pen: float) -> list[int]:
        """Ends of the regimes, the last one being n, as every `ruptures` search gives them."""
        if self.likelihood is None:
            raise NotFitted("expected a fitted partition, got none; call fit(signal) first")
        return [*changepoints(optimum(self.likelihood, penalty=pen), 0), self.likelihood.shape[2]]

    def fit_predict(self, signal: npt.NDArray[Any], pen: float) -> list[int]:
        """`fit`, then `predict`."""
        return self.fit(signal).predict(pen)


class NotFitted(RuntimeError):
    """A partition was asked for before a signal was given."""


def counts_and_expected(signal: npt.NDArray[Any]) -> tuple[Array, Array]:
    """Rows (1, n) of counts and expected multipliers from a `ruptures` signal."""
    values = np.asarray(signal, dtype=float).reshape(len(signal), -1)
    expected = values[:, 1] if values.shape[1] > 1 else np.ones(len(values))
    return values[None, :, 0], expected[None, :]
