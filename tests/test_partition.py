"""The grid search finds the optimum that the searches of ruptures find."""

import numpy as np
import pytest
import ruptures
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.costs import CostPoisson, CostRobustNegBin
from topics.levels import LIKELIHOODS, level_grid
from topics.partition import GridPartition, NotFitted, changepoints, optimum

COSTS = {"poisson": CostPoisson, "robust_negbin": CostRobustNegBin}
COUNTS = st.lists(st.integers(0, 30), min_size=2, max_size=14)


def objective(cost: CostPoisson, ends: list[int], penalty: float) -> float:
    """Penalised cost of a partition given by its ends."""
    return float(cost.sum_of_costs(ends)) + penalty * (len(ends) - 1)


@settings(max_examples=40)
@given(COUNTS, st.sampled_from(sorted(COSTS)), st.sampled_from([0.5, 3.0, 8.0]))
def test_no_number_of_changes_of_dynp_is_better(counts: list[int], model: str, penalty: float) -> None:
    signal = np.array(counts)
    cost = COSTS[model]().fit(signal)
    found = GridPartition(model=model).fit_predict(signal, pen=penalty)
    search = ruptures.Dynp(custom_cost=COSTS[model](), min_size=1, jump=1).fit(signal)
    best = min(objective(cost, search.predict(n), penalty) for n in range(min(len(counts), 6)))
    assert objective(cost, found, penalty) <= best + 1e-6


@settings(max_examples=40)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=40), st.sampled_from(sorted(COSTS)))
def test_pelt_reaches_the_same_optimum(counts: list[int], model: str) -> None:
    signal = np.array(counts)
    cost = COSTS[model]().fit(signal)
    found = GridPartition(model=model).fit_predict(signal, pen=4.0)
    pelt = ruptures.Pelt(custom_cost=COSTS[model](), min_size=1, jump=1).fit(signal).predict(pen=4.0)
    assert objective(cost, found, 4.0) == pytest.approx(objective(cost, pelt, 4.0), abs=1e-6)


def test_many_series_at_once_are_as_one_by_one() -> None:
    counts = np.random.default_rng(0).poisson([[2.0], [9.0], [0.2]], (3, 60)).astype(float)
    counts[1, 30:] += 20.0
    ones = np.ones_like(counts)
    likelihood = LIKELIHOODS["poisson"](counts, ones, ones, level_grid(counts, ones))
    together = optimum(likelihood, penalty=8.0)
    for row in range(3):
        alone = optimum(likelihood[:, [row]], penalty=8.0)
        assert changepoints(together, row) == changepoints(alone, 0)
    assert changepoints(together, 1) == [30]


def test_one_pass_holds_the_optimum_of_every_prefix() -> None:
    counts = np.random.default_rng(1).poisson(4.0, (1, 50)).astype(float)
    counts[0, 25:] += 12.0
    ones = np.ones_like(counts)
    likelihood = LIKELIHOODS["poisson"](counts, ones, ones, level_grid(counts, ones))
    whole = optimum(likelihood, penalty=8.0)
    for days in (10, 26, 30, 50):
        part = optimum(likelihood[:, :, :days], penalty=8.0)
        assert part.best[0, -1] == pytest.approx(whole.best[0, days])
        assert changepoints(part, 0) == changepoints(whole, 0, until=days)


def test_a_partition_without_a_signal_is_refused() -> None:
    with pytest.raises(NotFitted, match="call fit"):
        GridPartition().predict(8.0)
