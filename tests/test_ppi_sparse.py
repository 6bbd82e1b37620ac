"""Corrected counts of slices that hold next to nothing: what was not seen this week may still come."""

import numpy as np
import pytest

from mitigations.ppi_bins import BINS, score_bins
from mitigations.ppi_claims import Cells, Estimates, Sample, claims

YES, NO = (int(score_bins(np.array([said]), np.array([0.9]))[0]) for said in (True, False))
RIGHT, MISSED = 0.8, 0.01


def estimated(yes: np.ndarray, no: np.ndarray, rng: np.random.Generator) -> Estimates:
    """The claims of slices with so many documents said yes and no, by 200 labels of all slices of their week."""
    side = np.where(rng.random(200) < 0.3, YES, NO)
    true = (rng.random(200) < np.where(side == YES, RIGHT, MISSED)).astype(float)
    week = np.full(200, 100)
    sample = Sample(side, week, np.full(200, -1), true, np.full(200, 0.1), np.ones(200, dtype=np.int64))
    unique = np.zeros((len(yes), len(BINS)))
    unique[:, YES], unique[:, NO] = yes, no
    nothing = np.zeros(len(yes))
    return claims(sample, Cells(unique, nothing, np.full(len(yes), 100), np.arange(len(yes)), 1))


def test_slice_without_a_predicted_claim_may_still_produce_some() -> None:
    found = estimated(np.zeros(1), np.full(1, 20), np.random.default_rng(1))
    assert found.method[0] == "ppi" and found.estimate[0] < 1
    assert 1.5 < found.high[0] < 4.5


@pytest.mark.parametrize("claimed", [0.2, 1, 3, 8])
def test_intervals_of_sparse_slices_hold_what_they_produce_on_average(claimed: float) -> None:
    rng = np.random.default_rng(20)
    held = []
    for _ in range(40):
        found = estimated(rng.poisson(claimed, 50), rng.poisson(20, 50), rng)
        mean = RIGHT * claimed + MISSED * 20
        held.append((found.low <= mean) & (mean <= found.high))
    assert np.mean(held) >= 0.93
