"""What an unfinished week will come to, and how noisy labels are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigations.noise import MOST_NOISE, label_noise
from mitigations.nowcast import nowcast


@settings(max_examples=40)
@given(st.integers(0, 5000), st.floats(0.05, 1.0))
def test_nowcast_is_never_below_what_has_arrived(arrived: int, share: float) -> None:
    expected, low, high = nowcast([arrived], [share])
    assert arrived <= low[0] <= expected[0] + 1e-9
    assert expected[0] <= high[0] + 1e-9


def test_finished_week_is_what_it_is() -> None:
    assert [end[0] for end in nowcast([37], [1.0])] == [37, 37, 37]


@pytest.mark.parametrize("share", [np.nan, 0.01])
def test_week_of_which_hardly_anything_is_here_tells_nothing(share: float) -> None:
    assert np.isnan([end[0] for end in nowcast([3], [share])]).all()


def test_empty_beginning_may_still_fill() -> None:
    _, low, high = nowcast([0], [0.5])
    assert low[0] == 0 < high[0]


def test_fewer_pairs_behind_the_completeness_widen_the_nowcast() -> None:
    few, many = (nowcast([500], [0.6], pairs=pairs) for pairs in (50, 5000))
    assert few[2][0] - few[1][0] > 2 * (many[2][0] - many[1][0])


def test_nowcast_holds_the_final_count_as_often_as_it_says() -> None:
    rng = np.random.default_rng(8)
    final = rng.poisson(80, 4000)
    _, low, high = nowcast(rng.binomial(final, 0.7), np.full(4000, 0.7))
    assert 0.93 < np.mean((low <= final) & (final <= high)) < 0.98


def test_noise_of_labels_is_found_from_pairs() -> None:
    rng = np.random.default_rng(9)
    true = rng.random(20_000) < 0.3
    first, second = (true ^ (rng.random(20_000) < 0.05) for _ in range(2))
    found = label_noise(first, second)
    assert found is not None
    assert found.rate == pytest.approx(0.05, abs=0.004)


def test_noise_of_labels_is_found_from_known_answers() -> None:
    found = label_noise(answered=[1, 1, 0, 0, 1], known=[1, 1, 0, 0, 0])
    assert found is not None
    assert (found.rate, found.answers, found.checks) == (0.2, 5, 5)


def test_labellers_who_always_disagree_are_taken_for_noise_and_no_more() -> None:
    found = label_noise([1, 0, 1], [0, 1, 0])
    assert found is not None
    assert found.rate <= MOST_NOISE


def test_without_checks_the_noise_is_not_known() -> None:
    assert label_noise() is None
