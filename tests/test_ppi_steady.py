"""Change of claims in a wave: more true ones among as many false alarms as ever."""

import numpy as np

from mitigations.ppi_bins import BINS, score_bins
from mitigations.ppi_change import change
from mitigations.ppi_claims import Cells, Sample
from mitigations.ppi_steady import steady_change

YES, NO = (int(score_bins(np.array([said]), np.array([0.9]))[0]) for said in (True, False))
DOCUMENTS, HIT, FALSE, LABELS = 700, 0.8, 0.06, 200


def stream(true: list[int], rng: np.random.Generator, labels: int = LABELS) -> tuple[Sample, Cells]:
    """Weeks with so many true claims on average among 700 documents, and labels drawn evenly from all of them."""
    weeks = np.repeat(np.arange(len(true)), rng.poisson(DOCUMENTS, len(true)))
    claim = rng.random(len(weeks)) < np.array(true)[weeks] / DOCUMENTS
    side = np.where(rng.random(len(weeks)) < np.where(claim, HIT, FALSE), YES, NO)
    unique = np.zeros((len(true), len(BINS)))
    np.add.at(unique, (weeks, side), 1.0)
    drawn = rng.choice(len(weeks), labels, replace=False)
    chance = np.full(labels, labels / len(weeks))
    nowhere, ones = np.zeros(labels, dtype=np.int64), np.ones(labels, dtype=np.int64)
    sample = Sample(side[drawn], weeks[drawn], nowhere, claim[drawn].astype(float), chance, ones)
    weekly = np.arange(len(true))
    return sample, Cells(unique, np.zeros(len(true)), weekly, np.zeros_like(weekly), 1)


def test_interval_of_a_change_holds_a_wave() -> None:
    rng = np.random.default_rng(3)
    held = []
    for _ in range(100):
        found = change(*stream([80, 80, 80, 80, 80, 80, 80, 200], rng))
        held.append(found.low[-1] <= 200 / 80 <= found.high[-1])
    assert np.mean(held) >= 0.93


def test_interval_of_no_change_holds_one() -> None:
    rng = np.random.default_rng(4)
    found = [change(*stream([80] * 8, rng)) for _ in range(100)]
    assert np.mean([one.low[-1] <= 1 <= one.high[-1] for one in found]) >= 0.93


def test_too_few_labels_leave_the_second_reading_out() -> None:
    sample, cells = stream([80] * 5, np.random.default_rng(5), labels=12)
    told, low, high = steady_change(sample, cells, cells.unique, cells.certain)
    assert not told.any() and np.isnan(low).all() and np.isnan(high).all()
