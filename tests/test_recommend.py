"""Recommendations: effects on both errors that hold the truth, nothing that does not pay, and people's claims aside."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.causes_world import THRESHOLD, Plan, World, world
from mitigations.error_rates import error_rates
from mitigations.errors_excerpts import Corpus, corpus_of, excerpts_of
from mitigations.judged import Judged, judged
from mitigations.recommend import CHANGES, Findings, recommendations
from mitigations.recommend_audits import Complained
from mitigations.recommend_effects import FIELDS, HARM_COUNTS, Effect, Part, moved, pays
from mitigations.recommend_people import allow_list, appeal_path
from mitigations.recommend_places import places
from mitigations.recommend_threshold import threshold_change
from mitigations.thresholds import Costs
from mitigations.triggers import Trigger, error_triggers

UNKNOWN: Any = None
ROWS = 8_000


@cache
def made() -> World:
    return world(7, Plan("over_block", trigger=True, ratio=9.0), rows=ROWS)


@cache
def corpus() -> Corpus:
    return corpus_of(judged(made().log))


@cache
def triggers() -> tuple[Trigger, ...]:
    return tuple(error_triggers([excerpts_of(corpus(), "over_block")]))


def rates(known: Judged) -> dict[str, Any]:
    return dict(error_rates(known).to_dict("records")[0])


def told(**given: Any) -> list[dict[str, Any]]:
    return recommendations(Findings(corpus(), triggers()), rates(corpus().known), **given)


def changed(found: list[dict[str, Any]], change: str) -> list[dict[str, Any]]:
    return [one for one in found if one["change"] == change]


def test_every_recommendation_has_all_its_fields_and_ordered_ends() -> None:
    found = told()
    assert found
    for one in found:
        assert set(one) == set(FIELDS)
        assert one["change"] in CHANGES
        assert one["confidence"] in ("high", "medium", "low")
        assert one["cost"].split(":")[0] in ("low", "medium", "high")
        for error in ("over_block", "under_block"):
            ends = one[error]
            if ends["estimate"] is not None:
                assert ends["low"] <= ends["estimate"] <= ends["high"]


def test_effect_on_the_planted_trigger_holds_what_the_whole_log_says() -> None:
    blocked = (made().log["action"] == "block").to_numpy()
    [place] = places(corpus(), triggers(), (), ())
    for harmful in (False, True):
        effect = moved(corpus().known, place.part, acted=True, harmful=harmful)
        true = 10_000 * float((made().marked & blocked & (made().harmful == harmful)).mean())
        assert effect.low <= true <= effect.high


def test_rule_that_may_cost_more_than_it_saves_becomes_training_data() -> None:
    cheap = recommendations(Findings(corpus(), triggers()), rates(corpus().known), costs=Costs(1.0, 0.01))
    dear = recommendations(Findings(corpus(), triggers()), rates(corpus().known), costs=Costs(1.0, 1_000.0))
    [rule] = changed(cheap, "rule")
    assert rule["where"] == "mark: context file"
    assert rule["loosens"]
    assert rule["over_block"]["high"] < 0 <= rule["under_block"]["low"]
    assert "judged decisions by random audit" in rule["rests_on"]
    assert not changed(dear, "rule")
    [taught] = changed(dear, "training_data")
    assert not taught["loosens"]
    assert taught["over_block"]["estimate"] < 0
    assert not any(one["loosens"] for one in dear)


def test_complaints_change_no_recommendation_but_an_audit() -> None:
    quiet = told()
    loud = [Complained(f"T{number:04} Blocked", 10**6, number % 2, 10**6) for number in range(40)]
    for complained in (loud[:1], loud[:2], loud, loud * 2):
        found = told(complained=complained)
        assert [one for one in found if one not in quiet] == found[len(quiet) :]
        assert found[: len(quiet)] == quiet
        extra = found[len(quiet) :]
        assert {one["change"] for one in extra} <= {"audit"}
        assert all(one["over_block"] == one["under_block"] for one in extra)
        assert all(one["over_block"] == {"estimate": 0.0, "low": 0.0, "high": 0.0} for one in extra)
        assert not any(one["loosens"] for one in extra)


def test_threshold_is_recommended_only_where_it_pays_at_worst() -> None:
    found = threshold_change(corpus().known, Costs(1.0, 0.5))
    assert found is not None
    assert found["loosens"]
    at = float(found["text"].split(" to ")[1].split(":")[0])
    assert at > THRESHOLD
    score = made().log["score"].to_numpy()
    blocked = (made().log["action"] == "block").to_numpy()
    for error, harmful, sign in (("over_block", False, -1.0), ("under_block", True, 1.0)):
        true = sign * 10_000 * float((blocked & (score < at) & (made().harmful == harmful)).mean())
        assert found[error]["low"] <= true <= found[error]["high"]
    assert found["over_block"]["high"] + 0.5 * found["under_block"]["high"] < 0
    lower = threshold_change(corpus().known, Costs(1.0, 10_000.0))
    assert lower is None or not lower["loosens"]


def test_threshold_of_old_decisions_is_not_judged_by_new_ones() -> None:
    log = made().log.copy()
    log.loc[log.index[: ROWS // 2], "threshold"] = 0.5
    half = threshold_change(judged(log), Costs(1.0, 0.5))
    assert half is None or f"from {THRESHOLD} to" in half["text"]
    assert threshold_change(judged(log.drop(columns="threshold")), HARM_COUNTS) is None


def blocks(accounts: dict[str, tuple[int, int]], *, source: str = "audit") -> pd.DataFrame:
    """Judged blocks: account -> how many were benign, how many harmful; beside 400 others, a fifth benign."""
    people = [
        (name, truth) for name, (good, bad) in accounts.items() for truth in ["benign"] * good + ["harmful"] * bad
    ]
    others = [(f"o{row}", "benign" if row % 5 == 0 else "harmful") for row in range(400)]
    rows = pd.DataFrame(people + others, columns=["customer", "truth"])
    rows["action"] = "block"
    rows["decision_id"] = [f"d{row}" for row in range(len(rows))]
    rows["truth_source"] = [source] * len(people) + ["audit"] * len(others)
    rows["inclusion_probability"] = 0.5 if source == "audit" else [np.nan] * len(people) + [0.5] * len(others)
    unjudged = pd.DataFrame({"customer": rows["customer"], "action": "block", "truth": UNKNOWN})
    return pd.concat([rows, unjudged], ignore_index=True)


def test_accounts_whose_audited_blocks_were_all_benign_are_listed() -> None:
    found = allow_list(judged(blocks({"good": (12, 0), "mixed": (12, 1), "few": (3, 0)})), Costs(1.0, 0.01))
    assert found is not None
    assert found["where"] == "customers: good"
    assert found["loosens"]
    assert found["customers"] == 1
    assert found["over_block"]["high"] < 0


def test_appeals_and_a_harmful_request_keep_an_account_off_the_list() -> None:
    assert allow_list(judged(blocks({"loud": (40, 0)}, source="appeal")), Costs(1.0, 0.01)) is None
    log = blocks({"good": (12, 0)})
    harm = {"customer": "good", "action": "allow", "truth": "harmful", "truth_source": "audit"}
    log = pd.concat([log, pd.DataFrame([{**harm, "inclusion_probability": 0.1}])], ignore_index=True)
    assert allow_list(judged(log), Costs(1.0, 0.01)) is None


def appealed(log: pd.DataFrame, won: int, lost: int) -> pd.DataFrame:
    outcome = ["overturned"] * won + ["upheld"] * lost + ["open"] * 50
    return pd.DataFrame({"decision_id": log["decision_id"].head(len(outcome)), "outcome": outcome})


@pytest.mark.parametrize(("won", "lost", "is_told"), [(30, 30, True), (4, 60, False), (9, 1, False), (0, 0, False)])
def test_way_of_appeal_is_shortened_where_many_are_overturned(won: int, lost: int, is_told: bool) -> None:
    log = blocks({})
    found = appeal_path(judged(log), appealed(log, won, lost))
    assert (found is not None) == is_told
    if found is not None:
        assert f"{won} of {won + lost} closed appeals" in found["text"]
        assert not found["loosens"]
        assert found["over_block"]["low"] < found["over_block"]["high"] < 0 <= found["under_block"]["high"]


def test_side_without_audits_calls_for_one_and_loosens_nothing() -> None:
    log = made().log
    unseen = log["action"] == "allow"
    blind = log.assign(truth=log["truth"].mask(unseen), inclusion_probability=log["inclusion_probability"].mask(unseen))
    found = corpus_of(judged(blind))
    [audit] = changed(recommendations(Findings(found), rates(found.known)), "audit")
    assert "allowed decisions drawn at random" in audit["text"]
    nobody = corpus_of(judged(log.assign(truth=UNKNOWN, inclusion_probability=np.nan)))
    told_of_nothing = recommendations(Findings(nobody), rates(nobody.known))
    assert [one["change"] for one in told_of_nothing] == ["audit", "audit"]


def test_cause_that_is_found_twice_is_told_once() -> None:
    again = [triggers()[0], triggers()[0]]
    assert len(places(corpus(), again, (), ())) == 1


def test_slice_of_a_version_is_left_to_the_effect_of_its_release() -> None:
    row = {"attributes": {"version": "2"}, "slice": "version=2", "kind": "over_block", "tested": 9}
    assert places(corpus(), (), (), [row]) == []


def test_part_without_an_audit_is_bounded_by_its_size() -> None:
    known = judged(made().log)
    unseen = ~known.used
    part = Part(np.asarray(unseen), True)
    effect = moved(known, part, acted=True, harmful=True)
    size = 10_000 * float((unseen & known.acted).mean())
    assert np.isnan(effect.estimate)
    assert (effect.low, effect.high) == (0.0, pytest.approx(size))


@settings(max_examples=25)
@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.5, 0.999))
def test_surer_effects_are_wider_and_signs_turn(good: int, bad: int, confidence: float) -> None:
    log = blocks({"one": (good, bad)})
    known = judged(log)
    marked = (log["customer"] == "one").to_numpy()
    wide = moved(known, Part(marked, True, 0.9999), acted=True, harmful=False)
    own = moved(known, Part(marked, True, confidence), acted=True, harmful=False)
    if good + bad:
        assert wide.low <= own.low <= own.estimate <= own.high <= wide.high
    turned = -own
    assert (-turned).plain() == own.plain()
    assert pays(turned, Effect(0.0, 0.0, 0.0), Costs(1.0, 1.0)) == (own.low > 0)
