"""Scores against the truth: calibration, the curve of both errors, and the threshold that costs least."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from mitigations.judged import judged
from mitigations.reliability import reliability
from mitigations.thresholds import Costs, NotACost, cheapest, threshold_curve

UNKNOWN: Any = None


def world(seed: int, *, power: float = 1.0, rows: int = 20_000) -> pd.DataFrame:
    """Scores of which `power` 1 is right; blocks from 0.7 on; a third of them and a fifth of the rest audited."""
    dice = np.random.default_rng(seed)
    score = dice.beta(0.6, 2.0, rows)
    harmful = dice.random(rows) < score**power
    blocked = score >= 0.7
    chance = np.where(blocked, 0.35, 0.2)
    drawn = dice.random(rows) < chance
    return pd.DataFrame(
        {
            "action": np.where(blocked, "block", "allow"),
            "score": score,
            "threshold": 0.7,
            "truth": np.where(drawn, np.where(harmful, "harmful", "benign"), UNKNOWN),
            "truth_source": "audit",
            "inclusion_probability": np.where(drawn, chance, np.nan),
            "real": harmful,
        }
    )


def test_right_scores_show_no_more_error_than_chance() -> None:
    found = reliability(judged(world(1)))
    assert found.ece < 2 * found.ece_by_chance
    assert found.ece_low <= found.ece <= found.ece_high
    table = found.table
    assert ((table["observed_low"] <= table["score"]) & (table["score"] <= table["observed_high"])).mean() >= 0.8


def test_wrong_scores_show_and_the_map_mends_them() -> None:
    log = world(2, power=2.0)
    found = reliability(judged(log))
    assert found.ece_low > 2 * found.ece_by_chance
    steps = found.recalibration
    mended = steps["harmful"].to_numpy()[np.searchsorted(steps["score"], [0.3, 0.5, 0.8], side="right") - 1]
    assert mended == pytest.approx([0.09, 0.25, 0.64], abs=0.1)
    assert (np.diff(steps["harmful"]) > 0).all()


def test_scores_that_are_no_probabilities_have_bins_but_no_error() -> None:
    log = world(3, rows=3_000)
    found = reliability(judged(log.assign(score=log["score"] * 10)))
    assert found.reason.startswith("cannot tell the calibration error")
    assert np.isnan(found.ece)
    assert len(found.table) > 5


def test_curve_holds_the_errors_of_thresholds_that_were_never_in_use() -> None:
    log = world(4)
    points = threshold_curve(judged(log), [0.3, 0.5, 0.7, 0.9]).points
    for row in points.to_dict("records"):
        acts = log["score"] >= row["threshold"]
        assert row["fpr_low"] <= (acts & ~log["real"]).sum() / (~log["real"]).sum() <= row["fpr_high"]
        assert row["fnr_low"] <= (~acts & log["real"]).sum() / log["real"].sum() <= row["fnr_high"]
        assert row["acted"] == pytest.approx(acts.mean())


def test_cheapest_threshold_follows_the_costs() -> None:
    known = judged(world(5, rows=8_000))
    strict, loose = (cheapest(known, costs) for costs in (Costs(1, 4), Costs(4, 1)))
    assert strict["threshold"] < loose["threshold"]
    # Where scores are right, acting pays from over / (over + under) on.
    assert strict["threshold_low"] - 0.05 <= 0.2 <= strict["threshold_high"] + 0.05
    assert strict["verdict"] == "cheaper than today"
    assert strict["saving_low"] < strict["saving"] < strict["saving_high"]
    assert cheapest(known, Costs(7, 3))["verdict"].startswith("cannot tell")
    with pytest.raises(NotACost, match="got 0 and 0"):
        cheapest(known, Costs(0, 0))


def test_without_scores_or_audits_nothing_is_told() -> None:
    log = world(6, rows=2_000)
    assert threshold_curve(judged(log.drop(columns="score"))).reason == "cannot tell: the log has no scores"
    unseen = log.assign(truth=log["truth"].mask(log["action"] == "allow"))
    assert "no random audit of allowed" in reliability(judged(unseen)).reason
    assert "no random audit of allowed" in cheapest(judged(unseen), Costs(1, 1))["verdict"]
