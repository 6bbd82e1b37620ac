"""Thresholds of their own for segments: given where the truths support them, and nowhere else."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from mitigations.cost_bands import bands, kept
from mitigations.judged import Judged, judged
from mitigations.segment_thresholds import KEEP, by_segment
from mitigations.thresholds import Costs, NotACost, cheapest

UNKNOWN: Any = None
EVEN = Costs(1, 1)


def world(seed: int, *, shift: float = 0.0, rows: int = 20_000) -> Judged:
    """Three plans; in edu the scores lie `shift` logits too high. Half the blocks, a tenth of the rest audited."""
    dice = np.random.default_rng(seed)
    plan = dice.choice(["pro", "edu", "free"], rows, p=[0.5, 0.2, 0.3])
    right = dice.normal(-2.0, 1.8, rows)
    harmful = dice.random(rows) < 1 / (1 + np.exp(-right))
    score = 1 / (1 + np.exp(-right - np.where(plan == "edu", shift, 0.0)))
    blocked = score >= 0.6
    chance = np.where(blocked, 0.5, 0.1)
    drawn = dice.random(rows) < chance
    return judged(
        pd.DataFrame(
            {
                "plan": plan,
                "action": np.where(blocked, "block", "allow"),
                "score": score,
                "truth": np.where(drawn, np.where(harmful, "harmful", "benign"), UNKNOWN),
                "truth_source": "audit",
                "inclusion_probability": np.where(drawn, chance, np.nan),
            }
        )
    )


def test_a_segment_whose_scores_lie_too_high_gets_a_higher_threshold_and_no_other_does() -> None:
    found = by_segment(world(1, shift=2.0), "plan", EVEN).set_index("segment")
    edu = found.loc["plan=edu"]
    assert edu["advised"] > edu["common"]
    assert edu["verdict"].startswith("raise to")
    assert 0 < edu["saving_low"] < edu["saving"] < edu["saving_high"]
    # Harm is even at 0.5 of right scores, which is 0.88 two logits higher.
    assert edu["low"] <= 0.88 <= edu["high"]
    others = found.drop("plan=edu")
    # The odd segment pulls the common one up: the others may be told to lower it.
    assert not (others["advised"] > others["common"]).any()
    assert ((others["low"] <= 0.5) & (others["high"] >= 0.5)).all()


@pytest.mark.parametrize("seed", range(3))
def test_segments_that_do_not_differ_keep_the_common_threshold(seed: int) -> None:
    found = by_segment(world(seed), "plan", Costs(1, 3))
    assert (found["verdict"] == KEEP).all()
    assert found["advised"].isna().all()


def test_a_segment_without_audits_is_not_told_of() -> None:
    known = world(2)
    hidden = known.rows.assign(truth=known.rows["truth"].mask((known.rows["plan"] == "edu") & known.acted))
    found = by_segment(judged(hidden), "plan", EVEN).set_index("segment")
    assert found.loc["plan=edu", "verdict"] == "cannot tell: no random audit of acted decisions here"
    few = judged(hidden.assign(truth=hidden["truth"].where(hidden["plan"] == "pro")))
    assert "no random audit" in by_segment(few, "plan", EVEN).set_index("segment").loc["plan=free", "verdict"]
    with pytest.raises(NotACost):
        by_segment(known, "plan", Costs(-1, 1))


def test_the_range_of_the_cheapest_threshold_holds_it_and_narrows_with_truths() -> None:
    known = world(3)
    found = cheapest(known, EVEN)
    assert found["threshold_low"] <= 0.5 <= found["threshold_high"]
    assert found["saving_low"] <= found["saving"] <= found["saving_high"]
    fewer = judged(known.rows.assign(truth=known.rows["truth"].where(np.arange(len(known.rows)) % 10 == 0),
                                     inclusion_probability=known.rows["inclusion_probability"] / 10))  # fmt: skip
    wider = cheapest(fewer, EVEN)
    assert wider["threshold_high"] - wider["threshold_low"] > found["threshold_high"] - found["threshold_low"]


def test_bands_without_truths_rule_nothing_out() -> None:
    known = world(4, rows=2_000)
    nothing = judged(known.rows.assign(truth=UNKNOWN))
    at = np.array([0.2, 0.5, 0.8])
    assert kept(bands(nothing, at), 0.5) == (0, 2)
