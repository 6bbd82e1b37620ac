"""Kappa and accuracy: known values, honest intervals where items are few."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from mitigations.agreement import accuracy, cohen


def test_kappa_is_that_of_the_reference() -> None:
    rng = np.random.default_rng(1)
    first = rng.choice(["a", "b", "c"], 300)
    second = np.where(rng.random(300) < 0.7, first, rng.choice(["a", "b", "c"], 300))
    found = cohen(first.tolist(), second.tolist())
    assert found.kappa == pytest.approx(cohen_kappa_score(first, second))
    assert found.low < found.kappa < found.high


def test_interval_covers_the_truth_for_few_items() -> None:
    rng = np.random.default_rng(2)
    truth = 0.6
    covered = 0
    for _ in range(1000):
        first = rng.choice(["a", "b", "c"], 40, p=[0.5, 0.3, 0.2])
        second = np.where(rng.random(40) < truth, first, rng.choice(["a", "b", "c"], 40, p=[0.5, 0.3, 0.2]))
        found = cohen(first.tolist(), second.tolist())
        covered += found.low <= truth <= found.high
    assert covered >= 920


def test_full_agreement_of_few_items_is_not_certain() -> None:
    found = cohen(["a", "b", "a"], ["a", "b", "a"])
    assert found.kappa == 1 and found.high == 1 and found.low < 0.5


def test_no_items_and_one_label_tell_nothing() -> None:
    assert np.isnan(cohen([], []).kappa) and cohen([], []).items == 0
    one = cohen(["a", "a"], ["a", "a"])
    assert one.agreement == 1 and np.isnan(one.kappa)
    assert np.isnan(accuracy(0, 0)[0])
