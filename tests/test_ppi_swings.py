"""What swings of the truth behind equal scores add to intervals: nothing where there are none, much in a wave."""

import numpy as np
import pytest

from mitigations.ppi_bins import BINS
from mitigations.ppi_claims import Cells, Sample, claims, strata
from mitigations.ppi_interval import Floats, corrected
from mitigations.ppi_pools import WINDOW, pooled
from mitigations.swings import swings

YES, NO = 7, 0


def weeks(
    yes: list[int], no: int = 900, *, right: float = 0.5, missed: float = 0.1, labels: int = 20, slice_: int = 0
) -> tuple[Sample, Cells]:
    """Weeks of so many predicted yes, `labels` of either answer in each, the same shares of them true."""
    unique = np.zeros((len(yes), len(BINS)))
    unique[:, YES], unique[:, NO] = yes, no
    week = np.arange(len(yes))
    y = [1.0] * round(right * labels) + [0.0] * (labels - round(right * labels))
    y += [1.0] * round(missed * labels) + [0.0] * (labels - round(missed * labels))
    bins = np.tile(np.repeat([YES, NO], labels), len(yes))
    inclusion = (labels / unique[week.repeat(2 * labels), bins]).clip(max=1.0)
    number = len(bins)
    sample = Sample(
        bins, week.repeat(2 * labels), np.full(number, slice_), np.tile(y, len(yes)), inclusion, np.ones(number, int)
    )
    return sample, Cells(unique, np.zeros(len(yes)), week, np.zeros(len(yes), dtype=np.int64))


def swing(sample: Sample, cells: Cells) -> Floats:
    found = pooled(sample, cells)
    return swings(sample, cells, found, strata(found, cells.unique)[0])


def bare(sample: Sample, cells: Cells) -> tuple[Floats, Floats, Floats]:
    """The interval of labels that tell the same of every week."""
    shares, counts, _ = strata(pooled(sample, cells), cells.unique)
    return corrected(counts, cells.certain, shares, None)


def test_weeks_that_are_alike_are_hardly_wider() -> None:
    sample, cells = weeks([100] * WINDOW)
    _, low, high = bare(sample, cells)
    found = claims(sample, cells)
    assert (found.high - found.low)[-1] <= 1.01 * (high - low)[-1]


def test_wave_in_the_counted_week_widens_its_interval_and_leaves_its_estimate() -> None:
    sample, cells = weeks([100] * (WINDOW - 1) + [300])
    estimate, low, high = bare(sample, cells)
    found = claims(sample, cells)
    assert found.estimate == pytest.approx(estimate)
    assert (found.high - found.low)[-1] > 1.5 * (high - low)[-1]


def test_swings_of_the_counts_widen_by_more_the_larger_they_are() -> None:
    steady, some, much = (swing(*weeks([100 - by, 100 + by] * (WINDOW // 2)))[-1] for by in (0, 40, 80))
    assert steady < some < much


def test_labels_that_swing_widen_although_the_counts_stay() -> None:
    sample, cells = weeks([100] * WINDOW, labels=40)
    odd = np.where((sample.week % 2 == 1) & (sample.bin == YES), 1.0, np.where(sample.week % 2 == 1, sample.y, 0.0))
    torn = Sample(sample.bin, sample.week, sample.slice, odd, sample.inclusion, sample.labellers)
    assert swing(torn, cells)[-1] > 10 * swing(sample, cells)[-1]


def test_many_labels_that_say_the_same_of_every_week_take_back_what_the_counts_suggest() -> None:
    few, many = (swing(*weeks([40, 160] * (WINDOW // 2), labels=labels))[-1] for labels in (10, 40))
    assert many < few


def test_week_with_labels_enough_of_its_own_borrows_none() -> None:
    sample, cells = weeks([100, 300], labels=80)
    assert pooled(sample, cells).level.tolist() == [0, 0]
    assert swing(sample, cells).tolist() == [0, 0]


def test_labels_without_a_cell_tell_of_no_swing() -> None:
    sample, cells = weeks([100] * (WINDOW - 1) + [300], slice_=-1)
    assert swing(sample, cells).tolist() == [0] * WINDOW


def test_classifier_that_tells_nothing_tells_of_no_swing() -> None:
    assert swing(*weeks([100] * (WINDOW - 1) + [300], right=0.1, missed=0.1))[-1] == 0


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_labels_that_all_say_the_same_tell_of_no_swing(share: float) -> None:
    sample, cells = weeks([100] * (WINDOW - 1) + [300], right=share, missed=share)
    assert np.isfinite(swing(sample, cells)).all()


def test_slice_that_borrows_from_all_is_measured_against_all() -> None:
    sample, one = weeks([100] * WINDOW)
    unique = np.concatenate([one.unique, one.unique])
    unique[-1, YES] = 400
    both = Cells(
        unique, np.zeros(2 * WINDOW), np.tile(np.arange(WINDOW), 2), np.repeat(np.arange(2, dtype=np.int64), WINDOW)
    )
    found = swing(sample, both)
    assert found[-1] > 0.1


def test_rows_of_four_weeks_and_no_rows_at_all() -> None:
    sample, cells = weeks([100] * (WINDOW - 1) + [300])
    found = swing(sample, Cells(cells.unique, cells.certain, cells.week, cells.slice, span=4))
    assert np.isfinite(found).all()
    nothing = Cells(cells.unique[:0], cells.certain[:0], cells.week[:0], cells.slice[:0])
    assert swing(sample, nothing).shape == (0,)
