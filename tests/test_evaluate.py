"""The measures by which a classifier is judged."""

import numpy as np
import pytest

from nlp.calibrate import abstention_threshold, calibration_error, fit_calibration, recalibration, softmax
from nlp.evaluate import (
    LengthsDiffer,
    accuracy,
    lenient,
    macro_f1,
    per_label,
    quadratic_kappa,
    wilson,
)


def test_a_perfect_prediction_scores_one_everywhere() -> None:
    truth = ["a"] * 10 + ["b"] * 10
    frame = per_label(truth, truth)
    assert frame[["precision", "recall", "f1"]].eq(1.0).all(axis=None)
    assert macro_f1(truth, truth) == 1.0
    assert accuracy(truth, truth)["value"] == 1.0


def test_precision_and_recall_count_what_they_say() -> None:
    truth, said = ["a", "a", "a", "b"], ["a", "a", "b", "b"]
    row = per_label(truth, said).set_index("label").loc["b"]
    assert (row["precision"], row["recall"], row["support"], row["predicted"]) == (0.5, 1.0, 1, 2)
    assert row["f1"] == pytest.approx(2 / 3)


def test_every_interval_holds_its_estimate() -> None:
    rng = np.random.default_rng(3)
    truth = rng.choice(["a", "b", "c"], 200).tolist()
    said = [label if rng.random() < 0.7 else "a" for label in truth]
    frame = per_label(truth, said)
    for name in ("precision", "recall", "f1"):
        assert (frame[f"{name}_low"] <= frame[name]).all()
        assert (frame[name] <= frame[f"{name}_high"]).all()


def test_an_interval_narrows_with_more_documents() -> None:
    few, many = wilson(8, 10), wilson(800, 1000)
    assert few[1] - few[0] > 3 * (many[1] - many[0])
    assert wilson(0, 0) == (0.0, 1.0)


def test_rare_labels_stay_out_of_the_macro_average() -> None:
    truth = ["a"] * 10 + ["rare"]
    assert macro_f1(truth, ["a"] * 11) == pytest.approx(20 / 21)


def test_an_acceptable_alternative_counts_in_the_lenient_reading() -> None:
    assert lenient(["a", "a"], [["b"], []], ["b", "b"]) == ["b", "a"]


def test_kappa_punishes_far_misses_more() -> None:
    truth = [0, 1, 2, 3] * 5
    near = [1, 2, 3, 2] * 5
    far = [3, 3, 0, 0] * 5
    assert quadratic_kappa(truth, truth) == 1.0
    assert quadratic_kappa(truth, near) > quadratic_kappa(truth, far)


def test_overconfident_scores_get_a_temperature_above_one() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1, (4000, 3))
    truth = np.array([rng.choice(3, p=row) for row in softmax(logits)])
    assert fit_calibration(logits, truth)[0] == pytest.approx(1.0, abs=0.15)
    assert fit_calibration(logits * 4, truth)[0] == pytest.approx(4.0, abs=0.6)


def test_labels_that_are_wrong_whatever_the_score_get_a_floor_and_honest_probabilities() -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 2, (4000, 4))
    truth = np.array([rng.choice(4, p=row) for row in softmax(logits)])
    astray = rng.random(4000) < 0.12
    truth[astray] = rng.integers(0, 4, int(astray.sum()))
    temperature, floor = fit_calibration(logits[::2], truth[::2])
    assert floor == pytest.approx(0.12, abs=0.06)
    said = softmax(logits[1::2], temperature=temperature, floor=floor)
    figures = recalibration(said.max(axis=1), said.argmax(axis=1) == truth[1::2])
    assert figures["slope_low"] < 1 < figures["slope_high"]


def test_nothing_to_fit_leaves_scores_as_they_are() -> None:
    assert fit_calibration(np.zeros((0, 3)), np.zeros(0, dtype=np.int64)) == (1.0, 0.0)
    assert fit_calibration(np.zeros((5, 1)), np.zeros(5, dtype=np.int64)) == (1.0, 0.0)


def test_the_threshold_covers_the_share_that_was_asked_for() -> None:
    sure = np.random.default_rng(1).random(1000)
    threshold = abstention_threshold(sure, coverage=0.85)
    assert (sure >= threshold).mean() == pytest.approx(0.85, abs=0.002)
    assert abstention_threshold(np.zeros(0), coverage=0.85) == 0.0


def test_honest_probabilities_have_no_calibration_error_and_slope_one() -> None:
    rng = np.random.default_rng(2)
    sure = rng.uniform(0.3, 0.95, 5000)
    right = rng.random(5000) < sure
    assert calibration_error(sure, right) < 0.03
    assert recalibration(sure, right)["slope"] == pytest.approx(1.0, abs=0.1)


def test_different_lengths_are_refused() -> None:
    with pytest.raises(LengthsDiffer, match="got 1 for 2"):
        accuracy(["a", "b"], ["a"])
