"""Recommendations of all mitigations in one order: by their effect on both errors, never by how many complain."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigations.interventions import (
    CONFIDENCE,
    COST,
    DOMINATED,
    GAIN,
    OPEN,
    TIERS,
    TRADE,
    NotARecommendation,
    Ranked,
    loosens,
    rank,
)

Row = dict[str, Any]


def ends(estimate: float, low: float, high: float) -> Row:
    return {"estimate": estimate, "low": low, "high": high}


def change(text: str = "raise the threshold", **said: Any) -> Row:
    """A change of cyber-guard that spares two wrong blocks in 10,000 decisions and lets nothing more through."""
    plain = {
        "mitigation": "cyber-guard",
        "change": "threshold",
        "text": text,
        "where": None,
        "over_block": ends(-2.0, -3.0, -1.0),
        "under_block": ends(0.0, 0.0, 0.0),
        "customers": 12,
        "cost": "low: one setting",
        "confidence": "high",
        "rests_on": "400 judged decisions by random audit",
        "evidence": ["d1"],
        "loosens": True,
    }
    return {**plain, **said}


def texts(listed: tuple[Row, ...]) -> list[str]:
    return [one["text"] for one in listed]


UNTOLD = st.sampled_from([None, {"estimate": None, "low": 0.0, "high": 9.0}])
NUMBERS = st.floats(-20, 20).map(lambda value: round(value, 2))
EFFECTS = st.one_of(
    UNTOLD, st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda three: ends(*(sorted(three)[at] for at in (1, 0, 2))))
)
CHANGES: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {
        "mitigation": st.sampled_from(["cyber-guard", "bio-guard"]),
        "change": st.sampled_from(["threshold", "rule", "training_data", "appeal_path", "allow_list", "audit"]),
        "text": st.text("ab", max_size=2),
        "where": st.sampled_from([None, "plan=edu", "plan=pro"]),
        "over_block": EFFECTS,
        "under_block": EFFECTS,
        "customers": st.integers(0, 50),
        "cost": st.sampled_from(COST),
        "confidence": st.sampled_from(CONFIDENCE),
        "rests_on": st.just("audits"),
        "evidence": st.just([]),
        "loosens": st.booleans(),
    }
)
COMPLAINTS = st.dictionaries(st.sampled_from(["cyber-guard", "bio-guard", "nobody"]), st.integers(0, 10**6))


@settings(max_examples=40)
@given(st.lists(CHANGES, max_size=8), COMPLAINTS, COMPLAINTS)
def test_no_number_of_complaints_moves_anything_but_audits(made: list[Row], some: Row, others: Row) -> None:
    one, other = rank(made, some), rank(made, others)
    assert one.ranked == other.ranked == rank(made).ranked
    assert one.first == other.first
    assert sorted(map(repr, one.audits)) == sorted(map(repr, other.audits))
    assert all(row["change"] == "audit" for row in one.audits)


@settings(max_examples=40)
@given(st.lists(CHANGES, max_size=8), st.randoms(use_true_random=False))
def test_order_does_not_depend_on_how_they_were_given(made: list[Row], dice: Any) -> None:
    shuffled = made.copy()
    dice.shuffle(shuffled)
    assert rank(made) == rank(shuffled)


@settings(max_examples=40)
@given(st.lists(CHANGES, max_size=8))
def test_each_is_listed_once_and_nothing_that_loosens_is_ranked_unaudited(made: list[Row]) -> None:
    found = rank(made)
    assert len(found.ranked) + len(found.first) + len(found.audits) == len(made)
    tiers = [TIERS.index(row["tier"]) for row in found.ranked]
    assert tiers == sorted(tiers)
    for row in found.ranked:
        known = row["under_block"] is not None and row["under_block"]["estimate"] is not None
        assert known or not loosens(row)


def test_more_complaints_put_an_audit_first() -> None:
    audits = [change(f"audit {name}", mitigation=name, change="audit") for name in ("a", "b", "c")]
    assert texts(rank(audits).audits) == ["audit a", "audit b", "audit c"]
    assert texts(rank(audits, {"c": 90, "b": 2}).audits) == ["audit c", "audit b", "audit a"]


def test_what_loosens_without_audits_of_what_it_lets_through_is_not_ranked() -> None:
    blind = change("allow the customers", change="allow_list", under_block=None, loosens=False)
    found = rank([blind, change()])
    assert texts(found.ranked) == ["raise the threshold"]
    assert texts(found.first) == ["allow the customers"] and "audit first" in found.first[0]["because"]


def test_a_change_expected_to_let_more_through_loosens_whatever_it_says_of_itself() -> None:
    assert loosens(change(loosens=False, under_block=ends(0.5, 0.1, 1.0)))
    assert loosens(change(change="allow_list", loosens=False, under_block=None))
    assert not loosens(change(loosens=False, under_block=ends(-0.5, -1.0, -0.1)))


def test_gains_come_before_trades_before_what_is_open() -> None:
    made = [
        change("open", mitigation="a", over_block=ends(-9.0, -20.0, 1.0)),
        change("trade", mitigation="b", over_block=ends(-5.0, -6.0, -4.0), under_block=ends(0.0, 0.0, 0.4)),
        change("gain", mitigation="c", over_block=ends(-1.0, -1.5, -0.5)),
        change("untold", mitigation="d", over_block=None, under_block=ends(-9.0, -12.0, -6.0), loosens=False),
    ]
    found = rank(made).ranked
    assert [(row["text"], row["tier"]) for row in found] == [
        ("gain", GAIN),
        ("trade", TRADE),
        ("open", OPEN),
        ("untold", OPEN),
    ]


def test_a_trade_that_risks_less_for_what_it_saves_comes_first() -> None:
    dear = change("dear", mitigation="a", over_block=ends(-8.0, -9.0, -7.0), under_block=ends(1.0, 0.2, 8.0))
    cheap = change("cheap", mitigation="b", over_block=ends(-4.0, -5.0, -3.0), under_block=ends(0.1, 0.0, 0.5))
    assert texts(rank([dear, cheap]).ranked) == ["cheap", "dear"]


def test_confidence_counts_before_size_and_cost_and_customers_after() -> None:
    made = [
        change("large but unsure", mitigation="a", over_block=ends(-9.0, -12.0, -6.0), confidence="low"),
        change("costly", mitigation="b", cost="high: a new model"),
        change("few customers", mitigation="c", customers=1),
        change("many customers", mitigation="d", customers=70),
    ]
    assert texts(rank(made).ranked) == ["many customers", "few customers", "costly", "large but unsure"]


def test_a_dominated_change_of_the_same_place_comes_last() -> None:
    worse = change("worse", over_block=ends(-1.0, -1.5, -0.5), cost="high: a new model")
    elsewhere = change("elsewhere", mitigation="bio-guard", over_block=ends(-0.5, -0.8, -0.2), confidence="low")
    found = rank([worse, change("better"), elsewhere])
    assert texts(found.ranked) == ["better", "elsewhere", "worse"] and found.ranked[-1]["tier"] == DOMINATED


def test_a_shorter_way_of_appeal_is_no_alternative_to_deciding_otherwise() -> None:
    repair = change("shorten appeals", change="appeal_path", over_block=ends(-0.1, -0.2, -0.05), confidence="low")
    assert [row["tier"] for row in rank([repair, change()]).ranked] == [GAIN, GAIN]


def test_changes_in_two_places_do_not_dominate_each_other() -> None:
    made = [
        change("in edu", where="plan=edu"),
        change("in pro", where="plan=pro", over_block=ends(-1.0, -1.5, -0.5)),
    ]
    assert [row["tier"] for row in rank(made).ranked] == [GAIN, GAIN]


@pytest.mark.parametrize(
    "wrong", [{"cost": "free"}, {"confidence": "certain"}, {"mitigation": None}], ids=["cost", "confidence", "whose"]
)
def test_what_is_no_recommendation_is_refused_with_the_reason(wrong: Row) -> None:
    with pytest.raises(NotARecommendation, match="expected a"):
        rank([change(**wrong)])


def test_nothing_recommended_is_nothing_ranked() -> None:
    assert rank([]) == Ranked((), (), ())
