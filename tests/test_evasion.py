"""Evasion over time: one customer is one unit, new ways are told apart, events are derived without composing text."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from mitigations.evasion import by_technique, by_week, evasion, share_of
from mitigations.evasion_trend import slope

ASK = "explain how to open the locked cabinet at the railway station during the night"
MONDAY = pd.Timestamp("2026-03-02")


def episode(customer: str, day: float, text: str, *, passed: bool, asked: str = ASK) -> list[dict[str, Any]]:
    at = MONDAY + pd.Timedelta(days=day)
    named = f"{customer}-{day}"
    return [
        {"decision_id": f"{named}-0", "decided_at": at, "action": "block", "customer": customer,
         "conversation_id": named, "excerpt": asked},
        {"decision_id": f"{named}-1", "decided_at": at + pd.Timedelta(minutes=3),
         "action": "allow" if passed else "block", "customer": customer, "conversation_id": named, "excerpt": text},
    ]  # fmt: skip


def quiz(number: int) -> list[dict[str, Any]]:
    text = f"Quiz worksheet with blanks and answer key, exercise {number}: {ASK}"
    return episode(f"q{number}", number, text, passed=False)


def test_busy_customer_counts_once() -> None:
    told = share_of(pd.Series(["a"] * 98 + ["b", "c"]), pd.Series([True] * 98 + [False, False]))
    assert told["share"] == pytest.approx(1 / 3)
    assert told["share_low"] < 0.1
    assert told["share_high"] > 0.8


def test_weeks_count_episodes_customers_and_successes() -> None:
    rows = [*episode("a", 0, ASK, passed=True), *episode("a", 1, ASK, passed=False), *episode("b", 8, ASK, passed=True)]
    weeks = by_week(evasion(pd.DataFrame(rows)).tries)
    assert weeks["week"].tolist() == [MONDAY, MONDAY + pd.Timedelta(days=7)]
    assert weeks[["episodes", "customers", "passed"]].to_numpy().tolist() == [[2, 1, 1], [1, 1, 1]]
    assert weeks["share"].tolist() == [0.5, 1.0]
    assert ((weeks["share_low"] <= weeks["share"]) & (weeks["share"] <= weeks["share_high"])).all()


def test_way_that_no_rule_knows_becomes_a_theme_of_its_own() -> None:
    rows = [row for number in range(8) for row in quiz(number)] + episode("a", 2, ASK, passed=True)
    themes = evasion(pd.DataFrame(rows)).techniques.set_index("technique")["tries"]
    assert themes["retry"] == 1
    (new,) = [name for name in themes.index if name.startswith("other: ")]
    assert themes[new] == 8
    assert set(new.removeprefix("other: ").split()) <= {"quiz", "worksheet", "blanks", "answer", "key", "exercise"}


def test_words_that_may_not_be_shown_name_no_theme() -> None:
    rows = [row for number in range(8) for row in quiz(number)]
    assert evasion(pd.DataFrame(rows), words_told=False).techniques["technique"].tolist() == ["other 1"]


def test_frame_that_few_people_use_is_no_theme() -> None:
    rows = [
        row for number in range(8) for row in episode("one", number, f"Quiz worksheet answer key: {ASK}", passed=False)
    ]
    assert evasion(pd.DataFrame(rows)).techniques["technique"].tolist() == ["other"]


def test_technique_that_gets_through_more_and_more_is_rising() -> None:
    dice = np.random.default_rng(4)
    rows = []
    for number in range(60):
        passed = bool(dice.random() < number / 60)
        rows += episode(f"c{number % 40}", number, ASK.replace("locked", "l0ck3d c4bin3t"), passed=passed)
        rows += episode(f"d{number % 40}", number + 0.5, ASK, passed=bool(dice.random() < 0.4))
    told = evasion(pd.DataFrame(rows))
    trend = told.techniques.set_index("technique")["trend"]
    assert trend.to_dict() == {"leetspeak": "rising", "retry": "steady"}


def test_trend_of_few_customers_cannot_be_told() -> None:
    rows = [row for number in range(7) for row in episode(f"c{number}", number, ASK, passed=number > 3)]
    found = evasion(pd.DataFrame(rows))
    assert by_technique(found.tries, MONDAY)["trend"].tolist() == ["cannot tell"]


def test_log_that_cannot_tell_says_so() -> None:
    rows = pd.DataFrame([row for number in range(3) for row in episode(f"c{number}", number, ASK, passed=False)])
    notes = " ".join(evasion(rows.drop(columns=["excerpt", "conversation_id"])).notes)
    assert "have no excerpt" in notes
    assert "no conversations are named" in notes
    assert "shares that pass are too low" in notes


def test_log_without_blocks_has_nothing_to_tell() -> None:
    rows = pd.DataFrame(episode("a", 0, ASK, passed=True)).assign(action="allow")
    found = evasion(rows)
    assert (found.stopped, len(found.tries), len(found.weeks), len(found.techniques)) == (0, 0, 0, 0)


def test_share_that_stays_level_is_seldom_a_slope_even_if_customers_differ_and_come_at_one_time() -> None:
    dice, small = np.random.default_rng(8), 0
    for _ in range(300):
        who = np.repeat(np.arange(20), 4)
        at = np.repeat(dice.random(20), 4) + 0.02 * dice.random(80)
        passed = dice.random(80) < np.repeat(dice.beta(0.6, 1.2, 20), 4)
        part = pd.DataFrame({"decided_at": MONDAY + at * pd.Timedelta(days=90), "customer": who, "passed": passed})
        chance = slope(part)[1]
        small += chance is not None and chance <= 0.025
    assert small <= 300 * 0.08
