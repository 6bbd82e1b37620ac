"""Prediction-powered means, totals and ratios: the numbers of the authors' own package, and the laws behind them."""

import importlib.util
from typing import Any

import numpy as np
import pytest

from mitigations.estimate import ClassifierError, adjusted_counts
from mitigations.ppi import TooFewLabels, active_total, ppi_mean, ppi_ratio
from mitigations.rates import InclusionOutOfRange, Rate

I60, I900 = np.arange(60), np.arange(900)
LABELS = (I60 % 7 < 2).astype(float)
SAID = LABELS * 0.2 + (I60 % 5) * 0.15
OTHERS = (I900 % 11 < 3) * 0.2 + (I900 % 5) * 0.15
INCLUSION = 0.05 + (I60 % 9) * 0.1
# Made with ppi-python 0.2.3: ppi_mean_pointestimate and ppi_mean_ci(alpha=0.05) of the data above, with
# lam = power (None: tuned) and w = 1 / INCLUSION where weighted.
PPI_PYTHON = [
    (None, False, 0.2967239484, 0.1870244537, 0.4064234432),
    (None, True, 0.2897410611, 0.0908842337, 0.4885978884),
    (0, False, 0.3, 0.184046967, 0.415953033),
    (0, True, 0.2897410611, 0.0908842337, 0.4885978884),
    (0.5, False, 0.2973333333, 0.1873367152, 0.4073299514),
    (0.5, True, 0.2919746343, 0.1009036788, 0.4830455898),
    (1, False, 0.2946666667, 0.1829555034, 0.4063778299),
    (1, True, 0.2942082075, 0.087443099, 0.500973316),
]
# Made with QuaPy 0.2.3: quapy.functional.solve_adjustment_binary(share, tpr, fpr).
QUAPY = [(0.3, 0.8, 0.1, 0.28571428571428564), (0.2, 0.9, 0.3, 0.0), (0.65, 0.7, 0.2, 0.9000000000000001)]


@pytest.mark.parametrize(("power", "weighted", "estimate", "low", "high"), PPI_PYTHON)
def test_mean_is_that_of_ppi_python(
    power: float | None, weighted: bool, estimate: float, low: float, high: float
) -> None:
    found = ppi_mean(LABELS, SAID, OTHERS, inclusion=INCLUSION if weighted else None, power=power)
    assert (found.estimate, found.low, found.high) == pytest.approx((estimate, low, high), abs=1e-9)


@pytest.mark.skipif(importlib.util.find_spec("ppi_py") is None, reason="ppi-python is not installed")
def test_mean_is_that_of_the_installed_ppi_python() -> None:
    reference: Any = importlib.import_module("ppi_py")
    low, high = reference.ppi_mean_ci(LABELS, SAID, OTHERS, alpha=0.05, w=1 / INCLUSION)
    found = ppi_mean(LABELS, SAID, OTHERS, inclusion=INCLUSION)
    assert (found.low, found.high) == pytest.approx((float(low[0]), float(high[0])))


@pytest.mark.parametrize(("share", "hit", "false", "expected"), QUAPY)
def test_adjusted_counting_is_that_of_quapy(share: float, hit: float, false: float, expected: float) -> None:
    known = [Rate(rate, rate, rate, 10**6, 1e6) for rate in (hit, false)]
    estimate, _, _ = adjusted_counts([1e6 * share], [1e6 * (1 - share)], ClassifierError(*known), seed=1)
    assert estimate[0] / 1e6 == pytest.approx(expected, abs=1e-9)


def test_predictions_that_say_nothing_are_not_trusted() -> None:
    found = ppi_mean(LABELS, np.full(60, 0.3), np.full(900, 0.3))
    assert found.power == 0
    assert found.estimate == pytest.approx(LABELS.mean())


def test_perfect_predictions_leave_the_variation_of_the_others_alone() -> None:
    others = (I900 % 7 < 2).astype(float)
    found = ppi_mean(LABELS, LABELS, others, power=1.0)
    assert found.error == pytest.approx(others.std() / np.sqrt(900))
    assert found.estimate == pytest.approx(others.mean())


def test_tuned_interval_is_no_wider_than_either_extreme() -> None:
    tuned, plain, full = (ppi_mean(LABELS, SAID, OTHERS, power=power).error for power in (None, 0.0, 1.0))
    assert tuned <= min(plain, full) + 1e-3


def test_total_of_a_census_is_exact() -> None:
    found = active_total(LABELS, SAID, np.ones(60), SAID)
    assert found.estimate == pytest.approx(LABELS.sum())
    assert found.error == 0


def test_active_total_is_unbiased_and_its_interval_holds() -> None:
    rng = np.random.default_rng(3)
    chance = rng.beta(1, 3, 3000)
    true = (rng.random(3000) < chance).astype(float)
    inclusion = np.clip(300 * np.sqrt(chance * (1 - chance)) / np.sqrt(chance * (1 - chance)).sum(), 0.01, 1)
    found = []
    for _ in range(400):
        drawn = rng.random(3000) < inclusion
        found.append(active_total(true[drawn], chance[drawn], inclusion[drawn], chance))
    assert np.mean([one.estimate for one in found]) == pytest.approx(true.sum(), rel=0.02)
    assert np.mean([one.low <= true.sum() <= one.high for one in found]) > 0.92


def test_ratio_to_a_constant_is_the_mean_over_it() -> None:
    twice = (np.full(60, 2.0), np.full(60, 2.0), np.full(900, 2.0))
    found, mean = ppi_ratio((LABELS, SAID, OTHERS), twice), ppi_mean(LABELS, SAID, OTHERS)
    assert found.estimate == pytest.approx(mean.estimate / 2, rel=1e-6)
    assert found.error == pytest.approx(mean.error / 2, rel=1e-3)


def test_one_label_is_refused() -> None:
    with pytest.raises(TooFewLabels, match="expected at least 2 labels, got 1"):
        ppi_mean([1], [1], [1, 0])


def test_inclusion_of_nought_is_refused() -> None:
    with pytest.raises(InclusionOutOfRange):
        active_total([1], [1], [0.0], [1])
