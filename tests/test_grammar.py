"""Which phrases of a claim are whole, by a parse."""

import pytest

from nlp.names import load_parser
from topics.grammar import Reader, form, sample


@pytest.fixture(scope="module")
def pipeline():
    loaded = load_parser()
    assert loaded is not None, "the lock file brings spaCy's English model; install it"
    return loaded


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("The verified researchers are waiting.", "verified researchers", "noun"),
        ("There is a link in the documentation.", "link in the documentation", "noun"),
        ("My card was charged twice.", "card was charged", "passive"),
        ("The export fails every night.", "export fails", "clause"),
        ("I want to cancel the subscription.", "cancel the subscription", "verb_object"),
        ("I want to cancel the subscription.", "want to cancel", "fragment"),
        ("The classifier ignores verified researchers.", "classifier ignores", "fragment"),
        ("The usage limit was lowered.", "limit was lowered", "fragment"),
        ("The longer the conversation, the worse it gets.", "longer the conversation", "fragment"),
        ("I found the mistake.", "found the mistake", "fragment"),
    ],
)
def test_the_form_of_a_phrase(pipeline, text, phrase, expected):
    start = text.index(phrase)
    assert form(pipeline(text).char_span(start, start + len(phrase))) == expected


def test_a_reading_says_form_and_place_of_each_phrase(pipeline):
    claims = ["The usage limit is too low.", "This usage limit again."]
    reading = Reader(claims, pipeline).readings([[0, 1]])[0]
    assert reading.forms["usag limit"] == "noun" and not reading.foreign
    assert 0 < reading.places["usag limit"] < 0.5
    assert "usag limit" in reading.phrases()


def test_claims_in_another_language_are_not_parsed(pipeline):
    claims = ["Die Rechnung enthält einen falschen Betrag und niemand antwortet mir darauf."]
    reading = Reader(claims, pipeline).readings([[0]])[0]
    assert reading.foreign and not reading.forms


def test_without_a_pipeline_only_the_language_is_known():
    reading = Reader(["The usage limit is far too low for our whole team."], None).readings([[0]])[0]
    assert not reading.foreign and not reading.forms


def test_odd_characters_do_not_stop_the_parse(pipeline):
    claims = ["\ud800 \u202e \x00 the usage limit is far too low for our whole team", "", "\U0001f600" * 50]
    assert "usag limit" in Reader(claims, pipeline).readings([[0, 1, 2]])[0].forms


def test_a_sample_is_spread_over_the_nearer_rows():
    claims = ["x" * 300] * 90
    rows = sample(list(range(90)), claims)
    assert rows == sorted(rows) and rows[0] == 0 and 50 <= rows[-1] < 60
    assert sample([], claims) == [] and sample([4], claims) == [4]
