"""Intervals of counts and of weighted rates: exact where small, right as often as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitigations.estimate import ClassifierError, adjusted_counts, classifier_error
from mitigations.rates import (
    InclusionOutOfRange,
    poisson_interval,
    share_interval,
    weighted_rate,
    weighted_rates,
)

items = st.lists(st.tuples(st.booleans(), st.floats(0.01, 1.0)), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (100, 81.36, 121.63)]
)
def test_poisson_interval_is_that_of_garwood(count: int, low: float, high: float) -> None:
    found = poisson_interval([count])
    assert found[0][0] == pytest.approx(low, abs=5e-3)
    assert found[1][0] == pytest.approx(high, abs=5e-3)


def test_share_interval_is_that_of_clopper_and_pearson() -> None:
    low, high = share_interval([1, 0, 20, 3], [20, 20, 20, 0])
    assert low[:3] == pytest.approx([0.0013, 0.0, 0.8316], abs=1e-4)
    assert high[:3] == pytest.approx([0.2487, 0.1684, 1.0], abs=1e-4)
    assert np.isnan([low[3], high[3]]).all()


@given(items)
def test_rate_lies_in_its_interval_and_the_interval_in_one(drawn: list[tuple[bool, float]]) -> None:
    rate = weighted_rate(*zip(*drawn, strict=True))
    assert 0 <= rate.low <= rate.estimate <= rate.high <= 1
    assert rate.effective <= rate.audited + 1e-6


@given(items)
def test_rate_does_not_depend_on_the_order_of_audits(drawn: list[tuple[bool, float]]) -> None:
    forward, backward = (weighted_rate(*zip(*part, strict=True)) for part in (drawn, drawn[::-1]))
    assert forward.estimate == pytest.approx(backward.estimate)
    assert (forward.low, forward.high) == pytest.approx((backward.low, backward.high))


def test_equal_weights_give_the_binomial_interval() -> None:
    rate = weighted_rate([1] * 7 + [0] * 33, [0.001] * 40)
    low, high = share_interval([7], [40])
    assert (rate.low, rate.high) == pytest.approx((low[0], high[0]), abs=0.01)


def test_census_is_known_exactly() -> None:
    rate = weighted_rate([1, 0, 0, 0], [1.0] * 4)
    assert (rate.low, rate.estimate, rate.high) == (0.25, 0.25, 0.25)


def test_no_error_among_few_audits_still_leaves_room_for_errors() -> None:
    assert weighted_rate([0] * 10, [0.1] * 10).high == pytest.approx(0.3085, abs=1e-4)


def test_cells_are_estimated_each_by_its_own_audits() -> None:
    wrong, inclusion, cell = [1, 0, 1, 1], [0.5, 0.5, 0.2, 0.2], np.array([0, 0, 2, 2])
    rates = weighted_rates(wrong, inclusion, cell, 3)
    assert rates.audited.tolist() == [2, 0, 2]
    assert rates.estimate[0] == 0.5 and np.isnan(rates.estimate[1]) and rates.estimate[2] == 1.0


@pytest.mark.parametrize("inclusion", [0.0, -0.1, 1.5, float("nan")])
def test_inclusion_outside_the_unit_interval_is_refused(inclusion: float) -> None:
    with pytest.raises(InclusionOutOfRange, match="expected inclusion probabilities"):
        weighted_rate([1, 0], [0.5, inclusion])


def test_intervals_of_unequally_drawn_audits_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    for truth in (0.03, 0.2, 0.5):
        # Three strata that err differently and are audited at rates that hide it.
        stratum = rng.integers(0, 3, size=4000)
        share = truth * np.array([0.4, 1.0, 1.6])
        wrong = rng.random(4000) < share[stratum]
        inclusion = np.array([0.15, 0.05, 0.02])[stratum]
        held = 0
        for _ in range(300):
            drawn = rng.random(4000) < inclusion
            rate = weighted_rate(wrong[drawn], inclusion[drawn])
            held += rate.low <= wrong.mean() <= rate.high
        assert held / 300 >= 0.93, truth


def sampled_error(rng: np.random.Generator, *, prevalence: float, hit: float, false: float) -> ClassifierError:
    """Labels of 8,000 documents, drawn more often where the classifier said yes."""
    actual = rng.random(8000) < prevalence
    predicted = np.where(actual, rng.random(8000) < hit, rng.random(8000) < false)
    inclusion = np.where(predicted, 0.25, 0.04)
    drawn = rng.random(8000) < inclusion
    return classifier_error(predicted[drawn], actual[drawn], inclusion[drawn])


def test_corrected_counts_hold_the_truth_where_raw_counts_are_biased() -> None:
    rng = np.random.default_rng(6)
    held = raw_held = usable = 0
    for _ in range(200):
        error = sampled_error(rng, prevalence=0.08, hit=0.8, false=0.06)
        actual = rng.random(rng.poisson(900)) < 0.08
        predicted = np.where(actual, rng.random(len(actual)) < 0.8, rng.random(len(actual)) < 0.06)
        if not error.enough:
            continue
        usable += 1
        _, low, high = adjusted_counts([predicted.sum()], [(~predicted).sum()], error, seed=1)
        held += low[0] <= 72 <= high[0]
        raw_low, raw_high = poisson_interval([predicted.sum()])
        raw_held += raw_low[0] <= 72 <= raw_high[0]
    assert usable >= 190
    assert held / usable >= 0.93
    assert raw_held / usable < 0.5


def test_few_labels_do_not_correct() -> None:
    error = classifier_error([1] * 15 + [0] * 50, [1] * 15 + [0] * 50, [0.1] * 65)
    assert not error.enough


def test_cell_is_corrected_alike_whatever_else_is_asked() -> None:
    error = sampled_error(np.random.default_rng(7), prevalence=0.1, hit=0.9, false=0.05)
    alone = adjusted_counts([30], [300], error, seed=3)
    among = adjusted_counts([3, 30, 0], [10, 300, 0], error, seed=3)
    assert [part[0] for part in alone] == [part[1] for part in among]
    assert among[0][2] == 0.0
