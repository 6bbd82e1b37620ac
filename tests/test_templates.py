"""Learnt templates: what a form prints goes, what people say stays, however many say it."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.claim import split
from nlp.records import Span
from nlp.template_blocks import Lesson
from nlp.template_lessons import effects, learn
from nlp.templates import NO_TEMPLATES, Templates, from_card

WORDS = (
    "model sample culture refuses invoice twice lab plasmid lecture answer screen nothing yesterday payment photo cell "
    "novel chapter exam poison villain network packet scan exploit harmless teacher nurse dosage again export chart"
).split()
SLOGANS = [
    "verified but still blocked",
    "unfair billing practices",
    "it blocks my homework",
    "Please fix your filter, we are verified professionals and deserve better",
    "稽查员也被封号",
]


def story(dice: random.Random, words: int = 14) -> str:
    """Free text that hardly anybody else writes."""
    return " ".join(dice.choice(WORDS) for _ in range(words)) + f" {dice.randrange(10**6)}"


def lined(dice: random.Random, said: str | None = None) -> str:
    return (
        f"### Where does it pinch?\n\n{said or story(dice)}\n\n### Customer number\n\n{dice.randrange(10**8)}\n\n"
        f"**Wished outcome**\nPlease describe the outcome in one sentence.\n{said or story(dice)}\n\n"
        f"- [x] I want to be called back\nProduct line: {dice.choice(['A', 'B', 'C'])}\n"
    )


def flattened(dice: random.Random, said: str | None = None) -> str:
    return (
        f"{story(dice, 4)}\n\n### Where does it pinch? {said or story(dice)} ### Customer number "
        f"{dice.randrange(10**8)} ### Wished outcome {story(dice)} - Product line: {dice.choice('ABCDEFG')} "
        f"- Shop branch: {dice.randrange(99)} "
    )


def lessons(texts: list[str], reporters: int | None = None) -> list[Lesson]:
    return [
        Lesson(text, split(text).parts, f"r{number % (reporters or len(texts))}") for number, text in enumerate(texts)
    ]


def made(write: Callable[[random.Random], str], count: int = 40, seed: int = 0) -> list[str]:
    dice = random.Random(seed)
    return [write(dice) for _ in range(count)]


def elements(templates: Templates) -> set[tuple[str, str]]:
    return {(one.kind, one.text) for form in templates.forms for one in form.elements if one.kind != "known"}


def test_form_in_lines_is_learnt() -> None:
    learnt = learn(lessons(made(lined)))
    assert elements(learnt) == {
        ("heading", "Where does it pinch?"),
        ("heading", "Customer number"),
        ("heading", "Wished outcome"),
        ("checkbox", "I want to be called back"),
        ("label", "Product line"),
        ("block", "Please describe the outcome in one sentence."),
    }
    text = lined(random.Random(9), "it refuses my lecture on mushrooms")
    said = split(text, learnt).claim
    assert said.count("it refuses my lecture on mushrooms") == 2
    assert not any(word in said for word in ("pinch", "Wished", "describe", "called", "Product"))


def test_form_that_lost_its_lines_is_learnt() -> None:
    learnt = learn(lessons(made(flattened, 200)))
    assert {text for kind, text in elements(learnt) if kind == "heading"} == {
        "Where does it pinch?",
        "Customer number",
        "Wished outcome",
    }
    text = flattened(random.Random(9), "it refuses my lecture on mushrooms")
    assert "it refuses my lecture on mushrooms" in split(text, learnt).claim
    assert "pinch" not in split(text, learnt).claim


def test_new_heading_among_known_ones_is_learnt() -> None:
    form = "### Describe the bug\n{}\n### To Reproduce\n{}\n### Tenant colour\n{}\n"
    texts = made(lambda dice: form.format(story(dice), story(dice), story(dice, 2)))
    assert elements(learn(lessons(texts))) == {("heading", "Tenant colour")}


def test_few_reporters_make_no_form() -> None:
    assert learn(lessons(made(lined, 200), reporters=5)) == NO_TEMPLATES


def test_few_documents_make_no_form() -> None:
    assert learn(lessons(made(lined, 8))) == NO_TEMPLATES


@pytest.mark.parametrize("slogan", SLOGANS)
@pytest.mark.parametrize(
    "wave",
    [
        "{slogan}",
        "{slogan}\n\n{story}",
        "{story}\n\n{slogan}",
        "**{slogan}**\n\n{story}",
        "# {slogan}\n{story}",
        "{slogan}: {story}",
        "- [x] {slogan}\n{story}",
        "Subject: {slogan}\n\n{story}",
    ],
)
def test_slogan_of_hundreds_is_never_taken(slogan: str, wave: str) -> None:
    dice = random.Random(1)
    texts = [wave.format(slogan=slogan, story=story(dice)) for _ in range(300)] + made(lined, 100)
    learnt = learn(lessons(texts))
    for text in (texts[0], slogan, f"{slogan}. {story(dice)}"):
        assert slogan in split(text, learnt).claim


@pytest.mark.parametrize("slogan", SLOGANS)
@pytest.mark.parametrize("share", [0.5, 0.9, 1.0])
@pytest.mark.parametrize("write", [lined, flattened])
def test_slogan_inside_a_form_is_never_taken(slogan: str, share: float, write: Callable[..., str]) -> None:
    """A wave of honest customers who all write the same line into the same field."""
    dice = random.Random(2)
    texts = [write(dice, slogan if dice.random() < share else None) for _ in range(200)]
    learnt = learn(lessons(texts))
    assert slogan in split(write(dice, slogan), learnt).claim
    assert all(slogan.casefold() not in text.casefold() for _, text in elements(learnt))


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=8).map(" ".join),
    st.integers(20, 200),
    st.sampled_from(["{0}", "{0}\n{1}", "### {0}\n{1}", "**{0}** {1}", "{1}\n{0}", "{0}:\n{1}", "- {0}: {1}"]),
    st.integers(0, 99),
)
def test_common_sentence_is_never_taken(slogan: str, people: int, shape: str, seed: int) -> None:
    dice = random.Random(seed)
    texts = [shape.format(slogan, story(dice)) for _ in range(people)]
    texts += [lined(dice) for _ in range(60)] + [slogan] * 3
    learnt = learn(lessons(texts))
    assert slogan in split(slogan, learnt).claim
    assert slogan in split(texts[0], learnt).claim
    assert slogan in split(lined(dice, slogan), learnt).claim


def test_documents_in_another_order_teach_the_same() -> None:
    taught = lessons(made(lined) + made(flattened, 100))
    assert learn(taught) == learn(taught[::-1])


def test_element_alone_is_no_form() -> None:
    learnt = learn(lessons(made(lined)))
    assert split("### Customer number\nWhere is it?", learnt) == split("### Customer number\nWhere is it?")


def test_veto_keeps_a_template_in_the_claim() -> None:
    learnt = learn(lessons(made(lined)))
    vetoed = learnt.without(["wished outcome"])
    assert vetoed.version != learnt.version
    assert "Wished outcome" in split(lined(random.Random(9)), vetoed).claim
    assert "pinch" not in split(lined(random.Random(9)), vetoed).claim


def test_templates_survive_json() -> None:
    learnt = learn(lessons(made(lined)))
    assert from_card(learnt.card()) == learnt
    assert from_card(NO_TEMPLATES.card()) == NO_TEMPLATES
    assert NO_TEMPLATES.version == "none"


def test_effect_of_each_template_is_told() -> None:
    taught = lessons(made(lined))
    rows = effects(taught, learn(taught))
    assert {row["text"] for row in rows} == {text for _, text in elements(learn(taught))}
    assert all(row["documents"] == 40 and row["emptied"] == 0 for row in rows)
    assert all(0 < float(str(row["share"])) < 0.3 for row in rows)


@settings(max_examples=60)
@given(st.text(max_size=60), st.integers(0, 3))
def test_words_are_never_lost_to_templates(said: str, place: int) -> None:
    learnt = learn(lessons(made(lined)))
    pieces = ["### Where does it pinch?", "**Wished outcome**", "Product line: A"]
    pieces.insert(place, said)
    text = "\n".join(pieces)
    found = split(text, learnt)
    assert all(0 <= part.start < part.end <= len(text) and isinstance(part, Span) for part in found.parts)
    assert all(a.end <= b.start for a, b in zip(found.parts, found.parts[1:], strict=False))
    assert found.claim or not any(map(str.isalnum, said))
