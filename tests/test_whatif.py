"""What another threshold would do, from sampled truths: errors, volumes, whom it touches, and what it rests on."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigations.judged import judged
from mitigations.whatif import moved, what_if
from mitigations.whatif_setting import Asked, NoThreshold, UnknownSegment, followers, setting
from mitigations.whatif_touched import touched

UNKNOWN: Any = None
TODAY = 0.7


def world(seed: int, *, rows: int = 12_000, blocked_only: bool = False) -> pd.DataFrame:
    """Scores that are right; blocks from 0.7 on; of them a third, of the rest a fifth audited, far off half."""
    dice = np.random.default_rng(seed)
    score = dice.beta(0.6, 2.0, rows)
    harmful = dice.random(rows) < score
    blocked = score >= TODAY
    chance = np.where(blocked, 0.35, 0.0 if blocked_only else 0.2) * np.where(np.abs(score - TODAY) < 0.2, 1.0, 0.5)
    drawn = dice.random(rows) < chance
    return pd.DataFrame(
        {
            "action": np.where(blocked, "block", "allow"),
            "score": score,
            "threshold": TODAY,
            "version": "v2",
            "decided_at": pd.date_range("2026-03-01", periods=rows, freq="min"),
            "customer": [f"c{number % 97}" for number in range(rows)],
            "plan": np.where(dice.random(rows) < 0.3, "edu", "pro"),
            "truth": np.where(drawn, np.where(harmful, "harmful", "benign"), UNKNOWN),
            "truth_source": "audit",
            "inclusion_probability": np.where(drawn, chance, np.nan),
            "real": harmful,
        }
    )


def test_intervals_hold_what_thresholds_that_were_never_in_use_would_do() -> None:
    log, missed, told = world(1), [], 0
    bad, acted = log["real"].to_numpy(), (log["score"] >= TODAY).to_numpy()
    for row in what_if(judged(log), [0.5, 0.65, 0.75, 0.9], today=TODAY).to_dict("records"):
        acts = (log["score"] >= row["threshold"]).to_numpy()
        true = {
            "acted": acts.sum(),
            "over": (acts & ~bad).sum(),
            "under": (~acts & bad).sum(),
            "fpr": (acts & ~bad).sum() / (~bad).sum(),
            "fnr": (~acts & bad).sum() / bad.sum(),
            "precision": (acts & bad).sum() / acts.sum(),
        }
        if not row["is_today"]:
            true["over_change"] = (acts & ~bad).sum() - (acted & ~bad).sum()
            true["under_change"] = (~acts & bad).sum() - (~acted & bad).sum()
            true["moved"] = (acts != acted).sum()
        for name, value in true.items():
            told += 1
            if not row[f"{name}_low"] <= value <= row[f"{name}_high"]:
                missed.append((name, row["threshold"]))
        assert row["acted"] == acts.sum()
    assert len(missed) <= 0.05 * told, missed


KNOWN = judged(world(0, rows=1_500))


@settings(max_examples=25)
@given(st.floats(0.05, 0.95).filter(lambda at: at != TODAY))
def test_a_lower_threshold_spares_nobody_and_a_higher_one_stops_nothing_more(threshold: float) -> None:
    now, row = what_if(KNOWN, [threshold], today=TODAY).to_dict("records")
    lower = threshold < TODAY
    assert row["acted"] - now["acted"] == pytest.approx(row["moved"] if lower else -row["moved"])
    if not np.isnan(row["over_change"]):
        assert row["over_change_low"] >= 0 if lower else row["over_change_high"] <= 0
        assert row["under_change_high"] <= 0 if lower else row["under_change_low"] >= 0
    for name in ("fpr", "fnr", "precision"):
        if not np.isnan(row[name]):
            assert 0 <= row[f"{name}_low"] <= row[name] <= row[f"{name}_high"] <= 1


def test_audits_of_blocks_alone_tell_what_a_higher_threshold_lets_through_and_nothing_of_a_lower() -> None:
    rows = what_if(judged(world(2, blocked_only=True)), [0.6, 0.8], today=TODAY).set_index("threshold")
    assert np.isnan(rows.loc[0.6, ["over_change", "under_change", "moved_harmful"]].astype(float)).all()
    assert rows.loc[0.6, "moved"] > 0
    assert rows.loc[0.8, "under_change_low"] > 0
    assert np.isnan(rows["fnr"]).all()
    assert rows.loc[TODAY, "precision_low"] > 0.5


def test_what_it_rests_on_are_the_judged_decisions_near_it() -> None:
    log = world(3)
    row = what_if(judged(log), [0.8], today=TODAY).iloc[1]
    told = log[log["truth"].notna()]
    assert row["judged_moved"] == told["score"].between(0.7, 0.8, inclusive="left").sum()
    assert row["judged_below"] + row["judged_from"] == len(told)
    assert 0 < row["near_from"] < row["judged_from"]


def test_only_the_newest_version_counts_where_its_truths_suffice() -> None:
    log = world(4)
    old = log["decided_at"] < log["decided_at"].median()
    log = log.assign(version=np.where(old, "v1", "v2"), threshold=np.where(old, 0.4, TODAY))
    found = setting(log, Asked({}))
    assert (found.in_force, found.versions) == (TODAY, ("v2",))
    assert "other versions are left out" in found.notes[0]
    assert len(setting(log, Asked({}, every_version=True)).rows) == len(log)
    unseen = log.assign(truth=log["truth"].mask(~old))
    assert setting(unseen, Asked({})).versions == ("v1", "v2")
    assert "too few truths of version v2 alone" in setting(unseen, Asked({})).notes[0]


def test_actions_that_follow_from_the_threshold_are_the_yes() -> None:
    log = world(5, rows=2_000)
    over = log["score"] >= TODAY
    flagged = np.arange(len(log)) % 5 == 0
    log["action"] = np.where(over, np.where(flagged, "flag", "block"), "allow")
    assert followers(log, TODAY) == {"block", "flag"}
    log["action"] = np.where(over, "block", np.where(flagged, "flag", "allow"))
    assert followers(log, TODAY) == {"block"}
    log["action"] = np.where(over & flagged, "allow", np.where(over, "block", "allow"))
    assert "were not acted on" in setting(log, Asked({})).notes[0]


def test_a_segment_that_no_decision_has_is_refused_with_those_there_are() -> None:
    log = world(6, rows=500)
    assert set(setting(log, Asked({"plan": "edu"})).rows["plan"]) == {"edu"}
    with pytest.raises(UnknownSegment, match="one of edu, pro, got none with 'team'"):
        setting(log, Asked({"plan": "team"}))
    with pytest.raises(UnknownSegment, match="got 'customer'"):
        setting(log, Asked({"customer": "c1"}))
    with pytest.raises(NoThreshold, match="--today"):
        setting(log.drop(columns="threshold"), Asked({}))


def test_customers_whose_decisions_would_change_are_counted_once_with_what_is_known_of_them() -> None:
    known = judged(world(7, rows=2_000))
    changes = moved(known.rows, 0.8, TODAY)
    who = sorted(set(known.rows["customer"][changes]))
    worth = pd.DataFrame({"customer": [*who[:3], "c_else"], "revenue": [10.0, 5.0, np.nan, 99.0], "seats": np.nan})
    found = touched(known, changes, worth)
    assert (found.customers, found.of, found.at_least) == (len(who), 97, False)
    assert (found.revenue, found.revenue_known) == (15.0, 2)
    assert (found.seats, found.seats_known) == (None, 0)
    nameless = judged(known.rows.drop(columns="customer"))
    assert touched(nameless, changes).customers is None


def test_a_log_that_holds_few_of_what_was_allowed_tells_the_least_number_of_customers() -> None:
    log = world(8)
    logged = (log["action"] == "block") | log["truth"].notna() | (np.arange(len(log)) % 50 == 0)
    known = judged(log[logged])
    assert touched(known, moved(known.rows, 0.6, TODAY)).at_least
    assert not touched(known, moved(known.rows, 0.8, TODAY)).at_least
    row = what_if(known, [0.6], today=TODAY).iloc[1]
    assert row["moved_low"] <= moved(log, 0.6, TODAY).sum() <= row["moved_high"]
