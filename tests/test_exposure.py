"""Expected counts: exposure, weekdays, holidays and scatter."""

import numpy as np
import pandas as pd
import pytest

from topics.dispersion import PRIOR_DISPERSION, dispersion
from topics.exposure import day_groups, exposure_factor, weekday_factors

DAYS = pd.date_range("2026-01-05", periods=140, freq="D")


def test_no_exposure_means_factor_one() -> None:
    assert (exposure_factor(DAYS, None, mitigation=None) == 1.0).all()


def test_twice_the_requests_double_the_factor() -> None:
    requests = np.where(np.arange(140) < 70, 1000, 2000)
    factor = exposure_factor(DAYS, pd.DataFrame({"day": DAYS, "requests": requests}), mitigation=None)
    assert factor[10] == pytest.approx(1.0)
    assert factor[100] == pytest.approx(2.0)


def test_later_exposure_changes_no_earlier_factor() -> None:
    exposure = pd.DataFrame({"day": DAYS, "requests": np.arange(140) + 100})
    whole = exposure_factor(DAYS, exposure, mitigation=None)
    part = exposure_factor(DAYS[:60], exposure.iloc[:60], mitigation=None)
    assert whole[:60] == pytest.approx(part)


def test_a_mitigation_uses_its_own_exposure_else_all() -> None:
    own = pd.DataFrame({"day": DAYS, "requests": 10 + np.arange(140), "mitigation": "guard"})
    whole = pd.DataFrame({"day": DAYS, "requests": 1000, "mitigation": "all"})
    exposure = pd.concat([own, whole])
    assert exposure_factor(DAYS, exposure, mitigation="guard")[-1] > 4.0
    assert exposure_factor(DAYS, exposure, mitigation="other")[-1] == pytest.approx(1.0)


def test_a_day_without_exposure_keeps_the_last_known() -> None:
    exposure = pd.DataFrame({"day": DAYS[:30], "requests": 100.0})
    exposure.loc[29, "requests"] = 300.0
    assert exposure_factor(DAYS, exposure, mitigation=None)[-1] == pytest.approx(3.0)


def weekend_counts(level: float) -> np.ndarray:
    """Days of `level`, halved on Saturdays and Sundays."""
    return np.where(DAYS.dayofweek >= 5, 0.5, 1.0)[None, :] * level


@pytest.mark.parametrize(("level", "low", "high"), [(60.0, 0.5, 0.7), (0.2, 0.9, 1.0)])
def test_a_weekday_factor_needs_counts_to_leave_one(level: float, low: float, high: float) -> None:
    counts = weekend_counts(level)
    factors = weekday_factors(counts, np.ones_like(counts), DAYS, causal=True, holidays=frozenset())
    assert low < factors[0, DAYS.dayofweek == 6][-1] < high


def test_causal_factors_know_no_later_day() -> None:
    counts = weekend_counts(30.0)
    changed = counts.copy()
    changed[0, 100:] *= 7.0
    ones = np.ones_like(counts)
    first = weekday_factors(counts, ones, DAYS, causal=True, holidays=frozenset())
    second = weekday_factors(changed, ones, DAYS, causal=True, holidays=frozenset())
    assert (first[0, :101] == second[0, :101]).all()


def test_a_holiday_is_a_sunday() -> None:
    assert day_groups(DAYS, holidays=frozenset({DAYS[0]}))[0] == 6


def test_few_counts_keep_the_prior_scatter() -> None:
    counts = np.random.default_rng(0).poisson(0.1, (5, 140)).astype(float)
    found = dispersion(counts, np.ones_like(counts), causal=False)[:, -1]
    assert found == pytest.approx(PRIOR_DISPERSION, abs=0.03)


@pytest.mark.parametrize("scatter", [0.02, 0.12, 0.4])
def test_many_counts_show_their_scatter(scatter: float) -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(rng.gamma(1 / scatter, 50.0 * scatter, (40, 400))).astype(float)
    found = dispersion(counts, np.ones_like(counts), causal=False)[:, -1]
    assert found.mean() == pytest.approx(scatter, rel=0.35, abs=0.01)


def test_a_fresh_jump_does_not_widen_the_scatter() -> None:
    counts = np.random.default_rng(2).poisson(20.0, (1, 140)).astype(float)
    jumped = counts.copy()
    jumped[0, 120:] *= 5.0
    ones = np.ones_like(counts)
    assert dispersion(jumped, ones, causal=True)[0, -1] == dispersion(counts, ones, causal=True)[0, -1]
