"""The count costs are proper costs, and the likelihoods proper likelihoods."""

import numpy as np
import pytest
import ruptures
from ruptures.exceptions import NotEnoughPoints

from topics.costs import CostPoisson, CostRobustNegBin
from topics.levels import LIKELIHOODS, level_grid

SURGE = np.array([3, 2, 4, 3, 2, 3, 4, 2, 3, 3, 14, 12, 15, 13, 12, 16, 14, 13, 12, 15])


@pytest.mark.parametrize("cost", [CostPoisson(), CostRobustNegBin()])
@pytest.mark.parametrize("search", [ruptures.Dynp, ruptures.Binseg, ruptures.BottomUp])
def test_every_ruptures_search_finds_the_surge(cost: CostPoisson, search: type) -> None:
    found = search(custom_cost=cost, min_size=1, jump=1).fit(SURGE).predict(n_bkps=1)
    assert found == [10, 20]


@pytest.mark.parametrize("cost", [CostPoisson(), CostRobustNegBin()])
def test_pelt_finds_the_surge(cost: CostPoisson) -> None:
    assert ruptures.Pelt(custom_cost=cost, min_size=1, jump=1).fit(SURGE).predict(pen=8.0) == [10, 20]


@pytest.mark.parametrize("cost", [CostPoisson(), CostRobustNegBin()])
def test_splitting_a_segment_never_costs_more(cost: CostPoisson) -> None:
    fitted = cost.fit(SURGE)
    for cut in range(1, 20):
        assert fitted.error(0, cut) + fitted.error(cut, 20) <= fitted.error(0, 20) + 1e-9


def test_an_empty_segment_is_refused() -> None:
    with pytest.raises(NotEnoughPoints):
        CostPoisson().fit(SURGE).error(3, 3)


def test_masked_days_cost_nothing() -> None:
    signal = np.column_stack([SURGE, np.r_[np.ones(18), 0.0, 0.0]])
    assert CostRobustNegBin().fit(signal).error(18, 20) == 0.0


@pytest.mark.parametrize("name", sorted(LIKELIHOODS))
@pytest.mark.parametrize("mean", [0.3, 5.0])
def test_a_likelihood_sums_to_one_over_the_counts(name: str, mean: float) -> None:
    counts = np.arange(200_000, dtype=float)[None, :]
    ones = np.ones_like(counts)
    total = np.exp(LIKELIHOODS[name](counts, ones, 0.12 * ones, np.array([[mean]]))).sum()
    assert total == pytest.approx(1.0, abs=1e-4)


def test_one_wild_day_costs_a_bounded_number_of_nats() -> None:
    wild = np.r_[np.full(30, 5.0), 500.0][None, :]
    ones = np.ones_like(wild)
    level = np.array([[5.0]])
    robust = LIKELIHOODS["robust_negbin"](wild, ones, 0.12 * ones, level)[0, 0, -1]
    plain = LIKELIHOODS["poisson"](wild, ones, 0.12 * ones, level)[0, 0, -1]
    assert robust > -25.0
    assert plain < -1000.0


def test_the_grid_brackets_silence_and_the_largest_day() -> None:
    counts = np.array([[0.0] * 50 + [40.0] * 5])
    grid = level_grid(counts, np.ones_like(counts))[:, 0]
    assert grid[0] < 0.1
    assert grid[-1] > 40.0
