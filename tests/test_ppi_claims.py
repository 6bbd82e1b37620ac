"""True claims behind predicted ones: laws that hold for any labels, exact small numbers, and the choice of labels."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigations.noise import LabelNoise, label_noise
from mitigations.ppi_bins import BINS, SAID_YES, groups, score_bins
from mitigations.ppi_change import change
from mitigations.ppi_claims import Cells, Sample, claims
from mitigations.ppi_interval import Moments, Shares, corrected, product_moments, share_moments
from mitigations.ppi_pools import ENOUGH_OWN, WINDOW
from mitigations.rates import poisson_interval

YES, NO = 7, 0
sizes = st.integers(0, 2000)


def sample(
    bins: list[int], y: list[float], *, week: int = 10, slice_: int = 0, inclusion: float = 0.1, labellers: int = 1
) -> Sample:
    number = len(bins)
    whole = np.ones(number, dtype=np.int64)
    return Sample(
        np.array(bins, dtype=np.int64),
        week * whole,
        slice_ * whole,
        np.array(y, dtype=np.float64),
        np.full(number, inclusion),
        labellers * whole,
    )


def joined(*parts: Sample) -> Sample:
    names = ("bin", "week", "slice", "y", "inclusion", "labellers")
    return Sample(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def labelled(yes: int, right: int, no: int, missed: int, **rest: float) -> Sample:
    """So many labels predicted yes, of them right, and predicted no, of them missed."""
    bins = [YES] * yes + [NO] * no
    return sample(bins, [1.0] * right + [0.0] * (yes - right) + [1.0] * missed + [0.0] * (no - missed), **rest)


def cells(*rows: tuple[int, int], week: int = 10, certain: float = 0.0, span: int = 1) -> Cells:
    """One cell a row (predicted yes, predicted no): slices 0, 1, ... of one week."""
    unique = np.zeros((len(rows), len(BINS)))
    unique[:, YES], unique[:, NO] = np.array(rows).T
    number = len(rows)
    weeks = np.full(number, week, dtype=np.int64)
    return Cells(unique, np.full(number, certain), weeks, np.arange(number, dtype=np.int64), span)


NOBODY = sample([], [])


def test_without_labels_the_count_stays_and_says_so() -> None:
    found = claims(NOBODY, cells((10, 500)))
    low, high = poisson_interval([10])
    assert (found.estimate[0], found.low[0], found.high[0]) == (10, low[0], high[0])
    assert found.correction[0] == "uncorrected: sampling variation only"
    assert found.method[0] == "uncorrected"
    assert found.labels[0] == 0
    assert found.drift[0] is None


def test_nothing_counted_is_nothing_estimated() -> None:
    none = cells((1, 1))
    empty = Cells(none.unique[:0], none.certain[:0], none.week[:0], none.slice[:0])
    assert claims(NOBODY, empty).estimate.shape == (0,)
    assert claims(labelled(30, 20, 30, 1), empty).drift.shape == (0,)
    assert change(NOBODY, empty).ratio.shape == (0,)


def test_labels_long_before_the_count_do_no_harm() -> None:
    assert claims(labelled(1, 1, 0, 0, week=5, slice_=-1), cells((3, 4), week=100)).estimate[0] == 3


def test_labels_correct_the_count_in_both_directions() -> None:
    found = claims(labelled(50, 40, 100, 5), cells((200, 1000)))
    assert found.estimate[0] == pytest.approx(200 * 0.8 + 1000 * 0.05)
    assert found.low[0] < 210 < found.high[0]
    assert found.correction[0].startswith("prediction-powered: sampling and classifier error, 150 random labels")


@settings(max_examples=40)
@given(st.integers(1, 60), st.integers(1, 60))
def test_census_gives_the_exact_count_with_its_poisson_variation(right: int, missed: int) -> None:
    found = claims(labelled(60, right, 60, missed, inclusion=1.0), cells((60, 60)))
    low, high = poisson_interval([right + missed])
    assert found.estimate[0] == pytest.approx(right + missed)
    assert low[0] - 0.1 <= found.low[0] and found.high[0] <= high[0] + 0.1


def test_documents_all_read_count_as_read_whatever_the_other_slices_say() -> None:
    own = labelled(3, 0, 0, 0, slice_=1)
    found = claims(joined(labelled(80, 80, 80, 0), own), cells((100, 900), (3, 0)))
    assert found.estimate[1] == 0
    assert found.low[1] == 0


@settings(max_examples=40)
@given(sizes, sizes, st.integers(20, 60), st.integers(0, 20), st.integers(20, 100), st.integers(0, 20))
def test_estimate_lies_in_its_interval_and_between_nothing_and_everything(
    yes: int, no: int, asked: int, right: int, more: int, missed: int
) -> None:
    found = claims(labelled(asked, right, more, missed), cells((yes, no)))
    assert 0 <= found.low[0] <= found.estimate[0] <= found.high[0]
    assert found.estimate[0] <= yes + no


@settings(max_examples=40)
@given(st.integers(1, 40), st.integers(10, 40))
def test_splitting_a_bin_of_equal_rates_changes_nothing(right: int, half: int) -> None:
    right = min(right, half)
    counts, true, trials = (np.array([[part, 500.0]]) for part in (2.0 * half, 2.0 * right, 2.0 * half))
    split = [np.array([[first, first, 500.0]]) for first in (half, right, half)]
    whole = corrected(counts, np.zeros(1), Shares(true, trials, 0 * true), None)
    parts = corrected(split[0], np.zeros(1), Shares(split[1], split[2], 0 * split[1]), None)
    assert parts[0] == pytest.approx(whole[0])
    assert parts[1] == pytest.approx(whole[1], abs=1.5)
    assert parts[2] == pytest.approx(whole[2], abs=1.5)


@settings(max_examples=40)
@given(st.integers(0, 20), st.integers(20, 60), st.integers(2, 10))
def test_more_labels_of_the_same_kind_never_widen(right: int, asked: int, times: int) -> None:
    few = claims(labelled(asked, right, asked, right), cells((500, 3000)))
    many = claims(labelled(asked * times, right * times, asked * times, right * times), cells((500, 3000)))
    assert many.estimate == pytest.approx(few.estimate)
    assert many.high - many.low <= few.high - few.low + 1e-6


def test_equal_weights_of_any_size_change_nothing() -> None:
    often, seldom = (claims(labelled(50, 40, 100, 5, inclusion=pi), cells((200, 1000))) for pi in (0.5, 0.001))
    assert often.estimate == pytest.approx(seldom.estimate)
    assert often.high == pytest.approx(seldom.high)


def test_weights_undo_a_draw_that_preferred_the_true_ones() -> None:
    true, false = sample([NO] * 20, [1.0] * 20, inclusion=0.2), sample([NO] * 80, [0.0] * 80, inclusion=0.1)
    found = claims(joined(true, false, labelled(20, 20, 0, 0)), cells((0, 900)))
    assert found.estimate[0] == pytest.approx(900 * 100 / 900)


def test_no_true_one_among_few_labels_still_leaves_room_for_some() -> None:
    found = claims(labelled(10, 0, 20, 0), cells((0, 1000)))
    assert found.estimate[0] == 0
    assert 100 < found.high[0] < 200


def test_bin_without_labels_keeps_its_word_and_its_doubt() -> None:
    found = claims(labelled(0, 0, 40, 0), cells((50, 0)))
    assert found.estimate[0] == 50
    assert (found.low[0], found.high[0]) == (0, pytest.approx(60, abs=15))


def test_certain_claims_are_added_as_they_are() -> None:
    plain, more = (claims(labelled(50, 40, 100, 5), cells((200, 1000), certain=known)) for known in (0.0, 7.0))
    assert more.estimate == pytest.approx(plain.estimate + 7)
    assert more.high > plain.high


def test_cell_with_enough_labels_of_its_own_uses_no_others() -> None:
    own = labelled(ENOUGH_OWN, 30, ENOUGH_OWN, 0, slice_=1)
    others = labelled(ENOUGH_OWN, ENOUGH_OWN, ENOUGH_OWN, 0, slice_=0)
    found = claims(joined(own, others), cells((100, 0), (100, 0)))
    assert found.estimate.tolist() == pytest.approx([100, 30])
    assert "of this slice and week" in found.correction[1]


def test_cell_with_few_labels_uses_those_of_all_slices() -> None:
    found = claims(labelled(50, 25, 50, 0, slice_=0), cells((100, 0), (40, 0)))
    assert found.estimate.tolist() == pytest.approx([50, 20])
    assert f"of all slices in {WINDOW} weeks" in found.correction[1]


@pytest.mark.parametrize(
    ("age", "method"), [(WINDOW - 1, "ppi"), (WINDOW, "adjusted counting"), (-1, "adjusted counting")]
)
def test_labels_of_other_weeks_count_for_the_trailing_weeks_alone(age: int, method: str) -> None:
    found = claims(labelled(100, 90, 100, 2, week=10), cells((200, 1000), week=10 + age))
    assert found.method[0] == method


def test_old_labels_too_few_to_adjust_by_leave_the_count_uncorrected() -> None:
    assert claims(labelled(30, 10, 30, 1, week=10), cells((200, 1000), week=99)).method[0] == "uncorrected"


def test_noise_of_labels_is_taken_out_and_widens_the_interval() -> None:
    clean = claims(labelled(100, 90, 100, 10), cells((200, 1000)))
    noise = label_noise([1] * 90 + [0] * 10, [1] * 100)
    noisy = claims(labelled(100, 90, 100, 10), cells((200, 1000)), noise=noise)
    assert noise is not None
    expected = 1000 * (0.1 - noise.rate) / (1 - 2 * noise.rate) + 200 * (0.9 - noise.rate) / (1 - 2 * noise.rate)
    assert noisy.estimate[0] == pytest.approx(expected)
    assert noisy.high[0] - noisy.low[0] > clean.high[0] - clean.low[0]
    assert "label noise from 100 checks" in noisy.correction[0]


def test_noise_of_either_side_is_taken_out_where_it_is() -> None:
    said = [True] * 50 + [False] * 50
    noise = label_noise([True] * 50 + [False] * 50, [True] * 40 + [False] * 60, said_yes=said)
    assert noise is not None and noise.sides is not None
    no, yes = (side.rate for side in noise.sides)
    assert no == 0 < noise.rate < yes
    found = claims(labelled(100, 80, 100, 3), cells((200, 1000)), noise=noise)
    assert found.estimate[0] == pytest.approx(1000 * 0.03 + 200 * (0.8 - yes) / (1 - 2 * yes))
    told = change(labelled(80, 60, 80, 4), five_weeks(200, 100), noise=noise)
    assert told.ratio[4] == pytest.approx(2.0)


def test_few_pairs_of_one_side_leave_one_noise_for_both() -> None:
    noise = label_noise([1] * 30, [1] * 29 + [0], said_yes=[1] * 25 + [0] * 5)
    assert noise is not None and noise.sides is None


def test_adjudicated_labels_are_free_of_noise() -> None:
    noise = LabelNoise(0.1, 200.0, 100)
    settled = labelled(100, 90, 100, 10, labellers=0)
    assert claims(settled, cells((200, 1000)), noise=noise).estimate == pytest.approx(
        claims(settled, cells((200, 1000))).estimate
    )


def test_cells_do_not_depend_on_each_other() -> None:
    labels = labelled(60, 40, 60, 4)
    alone, among = claims(labels, cells((30, 300))), claims(labels, cells((30, 300), (5, 7), (900, 9)))
    assert (among.estimate[0], among.low[0], among.high[0]) == (alone.estimate[0], alone.low[0], alone.high[0])


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(11)
    counts = rng.poisson([40, 900], size=(3000, 2)).astype(float)
    true, trials = rng.binomial([30, 70], [0.7, 0.02], size=(3000, 2)), np.full((3000, 2), [30.0, 70.0])
    _, low, high = corrected(counts, np.zeros(3000), Shares(true.astype(float), trials, 0 * trials), None)
    truth = 40 * 0.7 + 900 * 0.02
    assert 0.94 <= np.mean((low <= truth) & (truth <= high)) <= 0.985


def test_moments_are_those_of_simulated_products() -> None:
    rng = np.random.default_rng(2)
    share = Moments(np.array([[0.3, 0.01]]), np.array([[0.3 * 0.7 / 31, 0.01 * 0.99 / 101]]), np.zeros((1, 2)))
    beta = rng.beta([9, 1], [21, 99], size=(400_000, 2))
    third = ((beta - beta.mean(0)) ** 3).mean(0)[None]
    found = product_moments(np.array([[50.0, 800.0]]), replace(share, third=third))
    drawn = (rng.gamma([50, 800], size=(400_000, 2)) * beta).sum(axis=1)
    assert found.mean[0] == pytest.approx(drawn.mean(), rel=0.01)
    assert found.variance[0] == pytest.approx(drawn.var(), rel=0.02)
    assert found.third[0] == pytest.approx(((drawn - drawn.mean()) ** 3).mean(), rel=0.1)


def test_no_trials_leave_the_guess_a_point() -> None:
    found = share_moments(np.zeros((1, 1)), np.zeros((1, 1)), np.full((1, 1), 0.4))
    assert (found.mean[0, 0], found.variance[0, 0]) == (0.4, 0)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 30), min_size=len(BINS), max_size=len(BINS)))
def test_groups_never_join_yes_and_no_and_run_in_order(labels: list[int]) -> None:
    found = groups(np.array([labels], dtype=float))[0]
    assert not set(found[SAID_YES]) & set(found[~SAID_YES])
    assert set(np.diff(found)) <= {0, 1}


@settings(max_examples=40)
@given(st.booleans(), st.floats(0, 1))
def test_every_answer_has_a_bin_of_its_own_side(yes: bool, probability: float) -> None:
    assert SAID_YES[score_bins([yes], [probability])[0]] == yes


def five_weeks(last: int, before: int) -> Cells:
    unique = np.zeros((5, len(BINS)))
    unique[:, YES] = [before] * 4 + [last]
    unique[:, NO] = [10 * before] * 4 + [10 * last]
    return Cells(unique, np.zeros(5), np.arange(6, 11), np.zeros(5, dtype=np.int64))


def test_change_is_against_the_mean_of_the_four_weeks_before() -> None:
    found = change(labelled(80, 60, 80, 4), five_weeks(200, 100))
    assert np.isnan(found.ratio[:4]).all()
    assert found.ratio[4] == pytest.approx(2.0)
    assert 1.5 < found.low[4] < 2 < found.high[4] < 2.7


def test_error_of_the_classifier_that_stays_the_same_cancels_in_the_change() -> None:
    few, many = (change(labelled(n, n // 2, n, n // 20), five_weeks(2000, 1000)) for n in (40, 4000))
    assert (few.high - few.low)[4] == pytest.approx((many.high - many.low)[4], rel=0.02)


def test_change_per_request_takes_out_growth() -> None:
    found = change(labelled(80, 60, 80, 4), five_weeks(200, 100), exposure=[100, 100, 100, 100, 200])
    assert found.ratio[4] == pytest.approx(1.0)


def test_change_without_labels_is_that_of_the_predicted_counts() -> None:
    found = change(NOBODY, five_weeks(30, 20))
    assert found.ratio[4] == pytest.approx(1.5)
    assert 0.9 < found.low[4] < found.high[4] < 2.3


def test_reading_all_of_a_week_does_not_empty_the_weeks_before() -> None:
    read = joined(labelled(80, 80, 80, 0, week=9, slice_=-1), labelled(3, 0, 30, 0))
    found = change(read, five_weeks(3, 3))
    assert found.ratio[4] == pytest.approx(1.0)


def test_change_from_week_to_week_needs_one_week_before() -> None:
    found = change(NOBODY, five_weeks(30, 20), weeks=1)
    assert found.ratio[1:].tolist() == pytest.approx([1, 1, 1, 1.5])


def test_change_from_nothing_cannot_be_told() -> None:
    assert np.isnan(change(NOBODY, five_weeks(30, 0)).ratio[4])


def test_change_of_a_row_of_four_weeks_is_against_the_row_before() -> None:
    found = change(NOBODY, replace(five_weeks(30, 20), span=4))
    assert np.isnan(found.ratio[3])
    assert found.ratio[4] == pytest.approx(1.5)
