"""Themes and triggers of errors: planted ones are found with their rates, noise has none, silence where none can be."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.causes_world import Plan, World, world
from mitigations.errors import Theme, error_themes
from mitigations.errors_excerpts import Corpus, Excerpts, corpus_of, excerpts_of
from mitigations.errors_found import kept, rates_in
from mitigations.judged import judged
from mitigations.triggers import TRIGGERS, Trigger, error_triggers
from mitigations.triggers_words import word_marks, words_of
from nlp.hashing import Hashing

ROWS = 7_000
UNKNOWN: Any = None


@cache
def made(kind: str, planted: str, seed: int = 8) -> World:
    return world(seed, Plan(kind, trigger=planted == "trigger", theme=planted == "theme", ratio=9.0), rows=ROWS)


@cache
def corpus(kind: str, planted: str) -> Corpus:
    return corpus_of(judged(made(kind, planted).log))


@cache
def themes(kind: str, planted: str) -> list[Theme]:
    found = corpus(kind, planted)
    return error_themes(excerpts_of(found, kind), Hashing().embed(list(found.texts)))


@cache
def triggers(kind: str, planted: str) -> list[Trigger]:
    return error_triggers([excerpts_of(corpus(kind, planted), kind)])


def test_planted_theme_is_found_with_its_rate() -> None:
    [first, *_] = themes("over_block", "theme")
    odd = made("over_block", "theme").odd
    cases = excerpts_of(corpus("over_block", "theme"), "over_block")
    own = cases.rows[first.found.inside]
    assert odd[own].mean() > 0.9
    true = _true_rate(made("over_block", "theme"), odd)
    assert first.record["rate_low"] < true < first.record["rate_high"]
    assert first.record["rest_high"] < first.record["rate_low"]
    assert first.record["wrong"] == int((first.found.inside & cases.wrong).sum())
    assert first.record["name"]
    assert first.record["evidence"]
    assert set(first.record["evidence"]) <= set(made("over_block", "theme").log["decision_id"].iloc[own])


def _true_rate(found: World, part: Any) -> float:
    benign = ~found.harmful & part
    return float((found.log["action"] == "block").to_numpy()[benign].mean())


def test_noise_has_neither_theme_nor_trigger() -> None:
    for kind in ("over_block", "under_block"):
        assert themes(kind, "none") == []
        assert triggers(kind, "none") == []


def test_planted_trigger_is_named_with_its_rate_and_explains_its_words() -> None:
    found = triggers("over_block", "trigger")
    assert [one.record["trigger"] for one in found] == ["context file"]
    record = found[0].record
    true = _true_rate(made("over_block", "trigger"), made("over_block", "trigger").marked)
    assert record["rate_low"] < true < record["rate_high"]
    assert record["customers"] >= 3
    assert found[0].marks.sum() < len(corpus("over_block", "trigger").texts) / 4


def test_word_of_a_planted_theme_is_found_by_its_log_odds() -> None:
    words = [one.record for one in triggers("over_block", "theme") if one.record["sort"] == "word"]
    assert words
    assert all(one["z"] > 1.96 and one["log_odds"] > 0 and one["q_value"] <= 0.05 for one in words)


def test_customer_alone_makes_no_theme() -> None:
    log = made("over_block", "trigger").log.assign(customer="c1")
    assert error_triggers([excerpts_of(corpus_of(judged(log)), "over_block")]) == []


def test_side_that_nobody_judged_is_told_as_such() -> None:
    log = made("over_block", "none").log
    unseen = log["action"] == "allow"
    blind = log.assign(truth=log["truth"].mask(unseen), inclusion_probability=log["inclusion_probability"].mask(unseen))
    found = corpus_of(judged(blind))
    under = excerpts_of(found, "under_block")
    assert under.reason == "cannot tell: no random audit of allowed decisions"
    assert error_themes(under, Hashing().embed(list(found.texts))) == error_triggers([under]) == []
    over = excerpts_of(found, "over_block")
    assert over.measure == "share of acted decisions that were benign"
    assert bool(over.known.acted[over.rows].all())


def test_log_without_excerpts_is_told_as_such() -> None:
    for log in (made("over_block", "none").log.drop(columns="excerpt"), made("over_block", "none").log.head(0)):
        found = corpus_of(judged(log))
        assert found.texts == ()
        assert excerpts_of(found, "over_block").reason.startswith("cannot tell")


def test_found_groups_are_the_same_for_any_order_of_decisions() -> None:
    log = made("over_block", "trigger").log
    turned = error_triggers([excerpts_of(corpus_of(judged(log.iloc[::-1])), "over_block")])
    same = {**triggers("over_block", "trigger")[0].record, "evidence": None}
    assert {**turned[0].record, "evidence": None} == pytest.approx(same)


def test_second_group_must_tell_something_beside_the_first() -> None:
    cases = excerpts_of(corpus("over_block", "trigger"), "over_block")
    first = triggers("over_block", "trigger")[0].found.inside
    within = first & (np.arange(len(first)) % 3 > 0)
    assert [one.number for one in kept(cases, [first, within], level=0.05)] == [0]
    assert kept(cases, [within], level=0.05, covered=first) == []


def test_rates_of_a_census_are_shares_of_counts() -> None:
    log = pd.DataFrame(
        {
            "action": ["block"] * 6 + ["allow"] * 14,
            "truth": ["benign"] * 4 + ["harmful"] * 2 + ["benign"] * 14,
            "excerpt": [f"about {'wolves' if row % 2 else 'ferries'}" for row in range(20)],
        }
    )
    cases = excerpts_of(corpus_of(judged(log)), "over_block")
    found = rates_in(cases, np.arange(len(cases.rows)) < 4)
    assert (found["rate"], found["rest"]) == (1.0, 0.0)
    assert 0 <= found["rest_low"] <= found["rest"] <= found["rest_high"] < found["rate_low"] <= 1


MARKED = {
    "banner words": "API Error: Claude Code is unable to respond to this request, which appears to violate our Usage "
    "Policy (https://example.com/aup).",
    "context file": "Read AGENTS.md and the .cursorrules before you start",
    "tool result": '<tool_result>{"status": "done"}</tool_result>',
    "stack trace": 'Traceback (most recent call last):\n  File "a.py", line 3, in run\nValueError: no',
    "code": "```python\nfor row in rows: print(row)\n```",
    "language other than English": "Bitte erklären Sie mir, wie ich die Kündigung an meinen Vermieter schreibe.",
    "obfuscation": "h0w t0 m4k3 a b0mb at h0m3 t0d4y",
}


@pytest.mark.parametrize("name", sorted(TRIGGERS))
def test_every_trigger_knows_its_mark_and_no_plain_sentence(name: str) -> None:
    plain = "Please write a friendly reminder to my neighbour about the garden fence."
    assert TRIGGERS[name]([MARKED[name], plain]).tolist() == [True, False]
    assert TRIGGERS[name]([]).tolist() == []


def _marked(log: pd.DataFrame) -> set[str]:
    found = corpus_of(judged(log))
    return set(word_marks(excerpts_of(found, "over_block"), words_of(found)))


def test_words_leave_out_names_obscenities_and_tokens() -> None:
    texts = [f"maria lopez <EMAIL_1> says fuck the printer {row} again" for row in range(30)]
    log = pd.DataFrame({"action": "block", "truth": ["benign", "harmful"] * 15, "excerpt": texts})
    log["excerpt"] = [text if row % 3 else "the scanner" for row, text in enumerate(texts)]
    found = _marked(log)
    assert "printer" not in found  # more than half of the decisions hold it
    log["excerpt"] = [text if row % 2 else "the scanner" for row, text in enumerate(texts)]
    found = _marked(log)
    assert not found & {"maria", "lopez", "fuck", "email"}


def test_excerpts_that_differ_in_numbers_alone_are_one() -> None:
    log = pd.DataFrame({"action": ["block"] * 3, "truth": "benign", "excerpt": ["case 12", "Case 77!", " "]})
    found: Excerpts = excerpts_of(corpus_of(judged(log)), "over_block")
    assert found.corpus.texts == ("case 12",)
    assert (len(found.rows), found.without) == (2, 1)
