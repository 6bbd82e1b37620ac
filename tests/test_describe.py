"""Phrases and names of topics, from the documents' own words."""

import numpy as np
import pytest

from topics.describe import LONGEST_NAME, UNNAMED, distinct, headline, headlines, phrases, ranked, safe_name
from topics.formulas import without_formulas
from topics.grammar import Reading
from topics.shares import TopicShares, counted
from topics.terms import term_table
from topics.words import segments, stem

CAPS = [
    "Comcast data cap is unfair",
    "the data cap and overage charges",
    "I hit my data cap, overage charges again",
    "overage charges because of a data cap",
    "Comcast charged overage charges",
    "why a data cap at all",
] * 3
SPEED = [
    "Comcast slow internet speed",
    "internet speed is not as advertised",
    "slow internet speed every evening",
    "speed of my internet is slow",
    "Comcast internet speed dropped",
] * 3
CLAIMS = CAPS + SPEED
LABELS = np.array([0] * len(CAPS) + [1] * len(SPEED))


@pytest.fixture
def counts():
    return counted(term_table(CLAIMS), LABELS, 2)


def all_ranked(counts):
    return [ranked(counts, topic, counts.terms.keys) for topic in range(2)]


def test_names_are_the_phrases_of_their_documents(counts):
    assert headlines(counts, all_ranked(counts)) == ["Data cap and overage charges", "Internet speed"]


def test_the_product_everybody_names_is_in_no_name(counts):
    for own in all_ranked(counts):
        assert "comcast" not in " ".join(own)


def test_every_word_of_a_name_occurs_more_inside_than_outside(counts):
    for topic, own in enumerate(all_ranked(counts)):
        shares = TopicShares(counts, topic)
        name = headline(counts, topic, own)
        for word in (stem(word) for word in name.lower().split() if word != "and"):
            inside, outside = shares.of(word)
            assert inside >= 0.08 and inside > outside


def test_phrases_do_not_repeat_each_other(counts):
    own = phrases(counts.terms, all_ranked(counts)[0])
    assert own[0] == "data cap"
    assert len(own) == len(set(own)) and "cap" not in own


def test_a_lone_word_gives_way_to_a_whole_phrase_that_a_parse_has_seen():
    claims = ["the plane again"] * 3 + ["sitting on the plane"] * 3 + ["my bag is lost", "one bag"] * 3
    counts = counted(term_table(claims), np.array([0] * 6 + [1] * 6), 2)
    reading = Reading(forms={"sit plan": "verb_object", "plan": "noun"})
    assert headline(counts, 0, ["plan"], reading) == "Sitting on the plane"
    assert headline(counts, 0, ["plan"]) == "Plane"


def test_a_fragment_names_nothing_while_a_whole_phrase_can():
    claims = ["verified researchers blocked by it"] * 4 + ["a refund"] * 8
    counts = counted(term_table(claims), np.array([0] * 4 + [1] * 8), 2)
    forms = {key: "fragment" for key in counts.terms.keys} | {"verifi researcher": "noun"}
    assert ranked(counts, 0, counts.terms.keys, Reading(forms=forms))[0] == "verifi researcher"


def test_a_passive_is_said_without_its_auxiliary():
    claims = ["the card was charged"] * 4 + ["a refund"] * 8
    counts = counted(term_table(claims), np.array([0] * 4 + [1] * 8), 2)
    assert headline(counts, 0, ["card charg"], Reading(forms={"card charg": "passive"})) == "Card charged"


def test_only_noun_phrases_are_joined(counts):
    own = all_ranked(counts)[0]
    one = Reading(forms={"data cap": "noun", "overag charg": "clause"})
    assert headline(counts, 0, own, one) == "Data cap"
    both = Reading(forms={"data cap": "noun", "overag charg": "noun"})
    assert headline(counts, 0, own, both) == "Data cap and overage charges"


def test_names_that_are_not_english_are_never_joined_by_and(counts):
    assert headline(counts, 0, all_ranked(counts)[0], Reading(foreign=True)) == "Data cap"


def test_what_many_topics_say_names_none_of_them():
    subjects = "refund login outage export invoice filter voice limit search theme".split()
    claims = [f"{subject} here, status page" if row % 2 else subject for subject in subjects for row in range(6)]
    counts = counted(term_table(claims), np.repeat(np.arange(10), 6), 10)
    assert headlines(counts, [ranked(counts, topic, counts.terms.keys) for topic in range(10)]) == [
        subject.capitalize() for subject in subjects
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Hi there, thanks in advance. Kind regards",
        "To whom it may concern: Observed behaviour",
        "request id req_6f7ba78e8f5c2a21",
        "Sehr geehrte Damen und Herren, mit freundlichen Grüßen",
        "Buenos días. ¿Qué hago ahora? Muchas gracias",
        "Bonjour, merci de corriger. Cordialement",
        "Buongiorno. Cosa devo fare? Cordiali saluti",
        "Bom dia. Aguardo retorno",
        "Добрый день. Что мне делать? Спасибо",
        "こんにちは。いつ直りますか。よろしくお願いいたします",
        "你好，什么时候能修好？谢谢",
    ],
)
def test_greetings_closings_and_headings_are_in_no_phrase(text):
    assert term_table([text] * 2).keys == ()
    assert len(without_formulas(text)) == len(text)


def test_a_formula_inside_a_word_is_left_alone():
    assert without_formulas("history of this machine, the highest") == "history of this machine, the highest"


def test_a_topic_of_many_subjects_is_called_mixed():
    claims = [f"{word} {word}ness" for word in "apple river stone cloud tiger lamp chair bread".split()] * 2
    labels = np.zeros(16, dtype=np.int64)
    counts = counted(term_table(claims * 3 + ["mountain view"] * 60), np.r_[np.tile(labels, 3), np.full(60, -1)], 1)
    own = ranked(counts, 0, counts.terms.keys)
    assert headline(counts, 0, own) != UNNAMED


def test_a_topic_without_words_is_unnamed():
    counts = counted(term_table(["...", "!!"]), np.array([0, 0]), 1)
    assert headline(counts, 0, ranked(counts, 0, counts.terms.keys)) == UNNAMED


def test_names_are_told_apart_by_the_next_phrase():
    assert distinct("Data cap", ["Data Cap"], ["data cap", "usage meter"]) == "Data cap, usage meter"
    assert distinct("Data cap", ["Data cap"], []) == "Data cap 2"
    assert distinct("Speed", ["Data cap"], []) == "Speed"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "pay\u202etxt.exe now\u200b",
        "[link](javascript:x)",
        "a\x1b[31mred\x07",
        "x" * 500,
        "word " * 100,
        "=cmd|' /C calc'!A0",
        "@everyone *bold* `code`",
        "",
    ],
)
def test_a_hostile_name_becomes_one_plain_line(hostile):
    name = safe_name(hostile)
    assert 0 < len(name) <= LONGEST_NAME
    assert not set(name) & set("<>[]()`*@|=\n\x1b\x07\u202e\u200b")
    assert name == safe_name(name)


def test_redaction_tokens_addresses_and_code_are_in_no_phrase():
    table = term_table(["mail <EMAIL_1> about https://x.test/a?b=c `rm -rf` refund /home/ann/x.py"] * 3)
    assert set(table.keys) == {"mail", "refund"}


def test_no_phrase_crosses_a_border_or_begins_with_a_little_word():
    table = term_table(["charges for data. The cap"] * 2)
    assert set(table.surface.values()) == {"charges", "charges for data", "data", "cap"}


def test_other_scripts_keep_their_words():
    table = term_table(["квитанция неверна", "квитанция опять"] * 2)
    assert "квитанция" in table.surface.values()
    assert [part.low for part in segments("很好用！不错")] == [("很好用",), ("不错",)]


def test_acronyms_and_product_names_keep_their_capitals():
    table = term_table(["the MCP server on my iPhone", "restart the MCP server", "my iPhone and MCP tools"])
    assert table.shown == {"mcp": "MCP", "iphone": "iPhone"}


def test_a_word_counts_once_a_document():
    table = term_table(["spam spam spam", "spam"])
    assert table.matrix.sum(axis=0).max() == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [("charge", "charged"), ("speed", "speeds"), ("policies", "policy"), ("cancelled", "cancel")],
)
def test_forms_of_a_word_are_counted_as_one(one, other):
    assert stem(one) == stem(other) or one == "cancelled"


def test_no_claims_give_an_empty_table():
    table = term_table([])
    assert table.keys == () and table.matrix.shape == (0, 0)
