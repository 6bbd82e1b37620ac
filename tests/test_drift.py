"""Drift between labelled and counted weeks: quiet where nothing changed, loud where it did."""

from dataclasses import replace

import numpy as np
import pytest

from mitigations.drift import SCORES, SLICES, TRUTH, drift_words, score_drift, slice_drift, truth_drift
from mitigations.ppi_bins import BINS
from mitigations.ppi_claims import Cells, Sample, claims

WEEK = np.arange(10, 18)
USUAL = np.array([600, 150, 80, 30, 20, 30, 40, 50.0])


def labels(rng: np.random.Generator, week: int, *, precision: float, number: int = 60) -> Sample:
    bins = rng.integers(0, len(BINS), number)
    chance = np.where(bins >= 4, precision, 0.05)
    whole = np.ones(number, dtype=np.int64)
    true = (rng.random(number) < chance).astype(float)
    return Sample(bins, week * whole, 0 * whole, true, np.full(number, 0.1), whole)


def joined(parts: list[Sample]) -> Sample:
    names = ("bin", "week", "slice", "y", "inclusion", "labellers")
    return Sample(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def counts(rng: np.random.Generator, last: np.ndarray) -> np.ndarray:
    return np.stack([rng.poisson(USUAL) for _ in WEEK[:-1]] + [rng.poisson(last)]).astype(float)


def test_scores_that_stay_raise_no_alarm() -> None:
    rng = np.random.default_rng(0)
    found = np.concatenate([score_drift(counts(rng, USUAL), WEEK, window=8)[1:] for _ in range(50)])
    assert (found < 0.01).mean() < 0.02


def test_scores_that_shift_are_found_in_their_week() -> None:
    found = score_drift(counts(np.random.default_rng(1), USUAL[::-1]), WEEK, window=8)
    assert found[-1] < 1e-6
    assert np.isnan(found[0])
    assert found[1:-1].min() > 0.01


def test_small_shift_of_many_documents_is_not_worth_a_word() -> None:
    last = USUAL * 1000
    last = last + np.array([0, 0, 0, 0, 0, 0, 0, 0.02 * last.sum()])
    assert score_drift(np.stack([USUAL * 1000, last]), np.array([1, 2]), window=8)[-1] == 1.0


def test_truth_that_stays_raises_alarms_as_seldom_as_stated() -> None:
    rng = np.random.default_rng(2)
    found = [
        truth_drift(joined([labels(rng, week, precision=0.8) for week in WEEK]), WEEK[-1:], window=8)[0]
        for _ in range(300)
    ]
    assert np.mean(np.array(found) < 0.05) < 0.09


def test_precision_that_falls_at_equal_scores_is_found() -> None:
    rng = np.random.default_rng(3)
    parts = [labels(rng, week, precision=0.85) for week in WEEK[:-1]] + [labels(rng, 17, precision=0.4)]
    assert truth_drift(joined(parts), WEEK, window=8)[-1] < 0.01


def test_week_without_labels_of_its_own_is_not_judged_by_labels() -> None:
    rng = np.random.default_rng(4)
    assert np.isnan(truth_drift(labels(rng, 10, precision=0.8), np.array([17]), window=8)[0])


def test_both_kinds_of_drift_are_told_in_words() -> None:
    low = np.array([1e-9, 0.5, np.nan])
    found = drift_words(low, low, np.zeros(3, dtype=bool))
    assert found == [f"{SCORES}; {TRUTH}", None, None]


@pytest.mark.parametrize(("own", "marked"), [(60, True), (400, False)])
def test_row_is_marked_unless_its_own_labels_carry_it(own: int, marked: bool) -> None:
    rng = np.random.default_rng(5)
    parts = [labels(rng, week, precision=0.85) for week in WEEK[:-1]] + [labels(rng, 17, precision=0.3, number=own)]
    unique = counts(rng, USUAL)
    cells = Cells(unique, np.zeros(len(WEEK)), WEEK, np.zeros(len(WEEK), dtype=np.int64))
    found = claims(joined(parts), cells)
    assert (found.drift[-1] == TRUTH) == marked


def test_slice_that_is_read_worse_than_the_others_is_marked() -> None:
    rng = np.random.default_rng(6)
    parts = [replace(labels(rng, week, precision=0.85), slice=np.arange(60) % 3) for week in WEEK]
    worse = replace(labels(rng, 17, precision=0.3), slice=np.full(60, 3))
    assert slice_drift(joined([*parts, worse]), 4)[3]
    unique = np.full((4, len(BINS)), 20.0)
    cells = Cells(unique, np.zeros(4), np.full(4, 17), np.arange(4))
    assert SLICES in str(claims(joined([*parts, worse]), cells).drift[3])


def test_slices_that_are_read_alike_raise_alarms_as_seldom_as_stated() -> None:
    rng = np.random.default_rng(7)
    alarms = [
        slice_drift(replace(labels(rng, 10, precision=0.8, number=600), slice=rng.integers(0, 10, 600)), 10).any()
        for _ in range(200)
    ]
    assert np.mean(alarms) < 0.1
