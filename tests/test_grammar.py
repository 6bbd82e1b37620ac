"""Which claims are parsed, and what of them could stand in a headline."""

import pytest

from nlp.names import load_parser
from topics.clauses import clauses
from topics.grammar import Reader, sample


@pytest.fixture(scope="module")
def pipeline():
    loaded = load_parser()
    assert loaded is not None, "the lock file brings spaCy's English model; install it"
    return loaded


def anything(stem):
    return True


@pytest.mark.parametrize(
    ("text", "headline", "form"),
    [
        ("The verified researchers are waiting.", "verified researchers", "noun"),
        ("There is a link in the documentation.", "link in the documentation", "noun"),
        ("My card was charged twice.", "card charged", "passive"),
        ("The export fails every night.", "export fails", "clause"),
        ("I want to cancel the subscription.", "cancel subscription", "verb_object"),
        ("My new card has still not arrived.", "new card has still not arrived", "clause"),
        ("The filter is too strict for our work.", "filter is strict", "clause"),
        ("Verified researchers are still blocked on vulnerability analysis.", None, "passive"),
        ("You have to roll back to the old version.", "roll back to the old version", "verb_object"),
        ("The app is not available.", "app is not available", "clause"),
        ("The export no longer works.", "export no longer works", "clause"),
        ("I am unable to open the files.", "unable to open files", "verb_object"),
        ("The top up was reverted.", "top up reverted", "passive"),
        ("The advisory has been public for weeks.", "advisory has been public", "clause"),
    ],
)
def test_a_claim_offers_its_shortened_phrases(pipeline, text, headline, form):
    wanted = headline or "verified researchers still blocked on vulnerability analysis"
    found = {" ".join(word.low for word in clause.words): clause.form for clause in clauses(pipeline(text), anything)}
    assert found.get(wanted) == form


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("The usage limit was lowered.", "limit lowered"),
        ("A checkbox would be enough for us.", "checkbox be enough"),
        ("Can my daughter open an account?", "daughter open account"),
        ("I waited for 40 minutes.", "minutes"),
        ("The card has not arrived.", "card arrived"),
        ("The app is not available.", "app is available"),
        ("The export no longer works.", "export works"),
        ("I am unable to open the files.", "open files"),
        ("It refuses to answer questions.", "answer questions"),
        ("I do not want to close the account.", "close account"),
        ("Write to <EMAIL_1> about the refund.", "email"),
    ],
)
def test_what_would_say_another_thing_is_not_offered(pipeline, text, wrong):
    found = {" ".join(word.low for word in clause.words) for clause in clauses(pipeline(text), anything)}
    assert wrong not in found


def test_trimmings_go_whose_words_are_not_allowed(pipeline):
    parsed = pipeline("My brand-new card was charged.")
    found = {" ".join(word.low for word in clause.words) for clause in clauses(parsed, {"card", "charg"}.__contains__)}
    assert found == {"card", "card charged"}


def test_claims_in_another_language_are_not_parsed(pipeline):
    claims = ["Die Rechnung enthält einen falschen Betrag und niemand antwortet mir darauf."]
    reader = Reader(claims, pipeline)
    reader.read([0])
    assert reader.foreign([0]) and not list(reader.parsed([0]))


def test_without_a_pipeline_only_the_language_is_known():
    reader = Reader(["The usage limit is far too low for our whole team."], None)
    reader.read([0])
    assert not reader.foreign([0]) and not list(reader.parsed([0]))


def test_odd_characters_do_not_stop_the_parse(pipeline):
    claims = ["\ud800 \u202e \x00 the usage limit is far too low for our whole team", "", "\U0001f600" * 50]
    reader = Reader(claims, pipeline)
    reader.read([0, 1, 2])
    found = [
        " ".join(w.low for w in clause.words) for _, one in reader.parsed([0]) for clause in clauses(one, anything)
    ]
    assert "usage limit" in found


def test_a_sample_is_spread_over_the_nearer_rows():
    claims = ["x" * 300] * 90
    rows = sample(list(range(90)), claims)
    assert rows == sorted(rows) and rows[0] == 0 and 50 <= rows[-1] < 60
    assert sample([], claims) == [] and sample([4], claims) == [4]
