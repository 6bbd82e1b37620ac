"""Names of people: found where plausible, and products, places and code are no people."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.names import asked_pieces, load_pipeline, not_a_name, pieces, plausible
from nlp.redact import redact, redact_all
from nlp.seed import seed_corpus


@pytest.fixture(scope="module")
def pipeline():  # type: ignore[no-untyped-def]
    loaded = load_pipeline()
    assert loaded is not None, "the lock file brings spaCy's English model; install it"
    return loaded


@pytest.mark.parametrize(
    "text",
    [
        "I spoke to Prakash Nadkarni on Monday about the refund.",
        "The mails went out under the name of Nadia Ferrante.",
        "My colleague Kevin Peterson saw it too.",
    ],
)
def test_person_in_a_sentence_is_found(pipeline, text: str) -> None:  # type: ignore[no-untyped-def]
    assert "<PERSON_1>" in redact(text, pipeline=pipeline).text


@pytest.mark.parametrize(
    "text",
    [
        "Claude Code refused again while Visual Studio was open.",
        "I pay for Gemini Pro and Claude Max, and Fable 5 flags everything.",
        "Since Monday the Azure OpenAI endpoint in West Europe is down.",
        "The SessionStart hook calls GrepTool and AskUserQuestion.",
        "Seit Montag ist die Rückerstattung bei der Kundenhotline nicht möglich.",
        "### What Should Happen? ### Steps to Reproduce ### Operating System macOS",
    ],
)
def test_products_places_and_code_are_no_people(pipeline, text: str) -> None:  # type: ignore[no-untyped-def]
    assert redact(text, pipeline=pipeline).text == text


def test_person_once_found_is_replaced_everywhere(pipeline) -> None:  # type: ignore[no-untyped-def]
    done = redact("I spoke to Prakash Nadkarni on Monday. Then Nadkarni wrote back.", pipeline=pipeline)
    assert "Nadkarni" not in done.text and done.text.count("<PERSON_1>") == 2


def test_gate_lets_ordinary_complaints_pass_without_spacy() -> None:
    assert not plausible("It keeps refusing my homework, and the answer is always the same.")
    assert not plausible("Claude Code says the Usage Policy forbids it. What Should Happen?")
    assert plausible("please ask Grace about it")


def test_every_plausible_piece_of_a_text_is_asked_about() -> None:
    texts = [*seed_corpus()["text"], "Sure. Ask Grace Hopper!\nThanks", f"{'words ' * 120}I told Grace about it."]
    every = [
        (number, start, piece) for number, text in enumerate(texts) for start, piece in pieces(text) if plausible(piece)
    ]
    assert asked_pieces(texts) == every and {len(texts) - 2, len(texts) - 1} <= {number for number, _, _ in every}


def test_what_the_recogniser_remembers_does_not_grow_with_the_texts(pipeline) -> None:  # type: ignore[no-untyped-def]
    redact_all(["please ask Grace about it"], pipeline=pipeline)
    before = len(pipeline.vocab.strings), len(list(pipeline.vocab))
    made_up = [f"please ask Grace about the qwyx{number}s" for number in range(300)]
    assert all(one.asked for one in redact_all(made_up, pipeline=pipeline))
    assert (len(pipeline.vocab.strings), len(list(pipeline.vocab))) == before


def test_pieces_keep_their_offsets_and_leave_out_what_was_done() -> None:
    text = "First line.\nAsk <PERSON_1> about it. Then tell Ada."
    assert all(text[start : start + len(piece)] == piece for start, piece in pieces(text))
    assert [piece for _, piece in pieces(text)] == ["First line.", "Then tell Ada."]


def test_word_list_knows_code_and_hyphenated_names() -> None:
    assert not_a_name("GrepTool") and not_a_name("Claude's") and not_a_name("Opus-level")
    assert not not_a_name("McConnan") and not not_a_name("Thorsell-Reyes")


WORDS = st.sampled_from(
    ["Prakash", "Nadkarni", "Emre", "Kaplan", "Claude", "said", "to", "the", "Mr.", "Dr", "Regards,",
        "my name is", "a@x.example",
     "+49 151 2094 7738", "/home/tvasquez/x", "<PERSON_1>", "\n", ".", ". ", "\ud800", "\x00", "Berlin", "I'm",
     "from", "J.", "'s"]
)  # fmt: skip


@settings(max_examples=60)
@given(texts=st.lists(st.lists(WORDS, max_size=14).map(" ".join), max_size=4))
def test_redacting_twice_with_names_changes_nothing(pipeline, texts: list[str]) -> None:  # type: ignore[no-untyped-def]
    once = [done.text for done in redact_all(texts, pipeline=pipeline)]
    assert [done.text for done in redact_all(once, pipeline=pipeline)] == once


def test_lone_surrogates_and_long_texts_reach_spacy_unharmed(pipeline) -> None:  # type: ignore[no-untyped-def]
    text = "I saw \ud800 how Kevin Peterson left. " * 400
    assert "Peterson" not in redact(text, pipeline=pipeline).text
