"""Changes of real-valued series, by the vote of three readings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.real_costs import halved, partition
from topics.real_series import LEAST, NEAR, first_reported, real_changes, real_steps, voted


def stepped(*levels: float, length: int = 60, seed: int = 1) -> np.ndarray:
    """Stretches of equal length around each level, noise of one."""
    return np.repeat(levels, length) + np.random.default_rng(seed).normal(0, 1, len(levels) * length)


def test_steps_are_found_where_they_are() -> None:
    found = real_steps(stepped(0, 6, -3))
    assert len(found) == 2
    assert abs(found[0] - 60) <= 2 and abs(found[1] - 120) <= 2


def test_series_that_never_changed_has_none() -> None:
    quiet = [len(real_steps(np.random.default_rng(seed).normal(size=200))) for seed in range(20)]
    assert sum(quiet) <= 2


def test_slow_wave_and_random_walk_are_hardly_taken_for_steps() -> None:
    walks = [np.random.default_rng(seed).normal(size=300).cumsum() for seed in range(10)]
    assert np.mean([len(real_changes(walk)) for walk in walks]) <= 3


@pytest.mark.parametrize("values", [[], [1.0], [2.0] * 30, [np.nan] * 30, [1, 2, 3, 4, 5, 6, 7]])
def test_short_flat_and_empty_series_have_none(values: list[float]) -> None:
    assert real_steps(values) == [] and real_changes(values) == [] and first_reported(values) == []


def test_missing_values_do_not_move_a_change() -> None:
    series = stepped(0, 6)
    series[[0, 5, 80]] = np.nan
    assert [abs(step - 60) <= 2 for step in real_steps(series)] == [True]


def test_change_has_direction_interval_and_chance() -> None:
    (change,) = real_changes(stepped(0, -6))
    assert change.direction == "down" and change.p_value < 1e-6
    assert change.low <= change.step <= change.high <= change.low + 6


def test_change_is_reported_soon_and_once() -> None:
    ((change, reported),) = first_reported(stepped(0, 6))
    assert abs(change.step - 60) <= NEAR and 60 < reported <= 75


@given(st.floats(-100, 100), st.floats(0.01, 100), st.integers(0, 50))
@settings(max_examples=20)
def test_scale_and_origin_of_the_values_do_not_matter(origin: float, scale: float, seed: int) -> None:
    series = stepped(0, 3, length=30, seed=seed)
    assert real_steps(origin + scale * series) == real_steps(series)


def test_partition_is_the_best_of_all() -> None:
    values = np.array([0.0, 0.1, 5.0, 5.2, 5.1, -3.0, -3.1])
    sums = np.concatenate([[0.0], values.cumsum()]), np.concatenate([[0.0], (values**2).cumsum()])

    def cost(starts: np.ndarray, end: int) -> np.ndarray:
        first, second = (column[end] - column[starts] for column in sums)
        return second - first**2 / (end - starts)

    assert partition(cost, 7, penalty=1.0, least=1) == [2, 5]


def test_what_one_reading_alone_says_is_no_change() -> None:
    assert voted([[10], [40], [70]]) == []
    assert voted([[10], [10 + NEAR], []]) == [12]
    assert LEAST > 1


def test_change_of_slope_is_a_change_and_a_slope_is_none() -> None:
    rng = np.random.default_rng(3)
    steady = np.arange(120) * 0.1
    bent = np.concatenate([steady[:60], steady[59] - 0.15 * np.arange(1, 61)])
    assert real_steps(steady + rng.normal(0, 0.1, 120)) == []
    assert any(abs(step - 60) <= NEAR for step in real_steps(bent + rng.normal(0, 0.1, 120)))


def test_segmentation_splits_while_it_gains() -> None:
    assert halved(np.repeat([0.0, 5.0, -5.0], 6), penalty=10.0) == [6, 12]
    assert halved(np.zeros(20), penalty=1.0) == [] and halved(np.arange(3.0), penalty=0.1) == []


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1e12, 1e305])
def test_the_unit_of_a_series_changes_nothing(scale: float) -> None:
    values = np.repeat([0.0, 5.0], 60) + np.random.default_rng(0).normal(0, 1, 120)
    assert real_steps(values * scale) == real_steps(values) == [60]
    assert real_steps(np.full(40, 0.1 * scale) * 3) == []
