"""Words and phrases of claims, and what a name must be."""

import pytest

from topics.describe import LONGEST_NAME, distinct, safe_name
from topics.formulas import without_formulas
from topics.terms import term_table
from topics.words import segments, stem


@pytest.mark.parametrize(
    "text",
    [
        "Hi there, thanks in advance. Kind regards",
        "To whom it may concern: Observed behaviour",
        "request id req_6f7ba78e8f5c2a21",
        "Sehr geehrte Damen und Herren, mit freundlichen Grüßen",
        "Buenos días. Muchas gracias",
        "Bonjour, merci d'avance. Cordialement",
        "Buongiorno. Cordiali saluti",
        "Bom dia. Aguardo retorno",
        "Добрый день. Спасибо",
        "こんにちは。よろしくお願いいたします",
        "你好，谢谢",
    ],
)
def test_greetings_closings_and_headings_are_in_no_phrase(text):
    assert term_table([text] * 2).keys == ()
    assert len(without_formulas(text)) == len(text)


def test_a_formula_inside_a_word_is_left_alone():
    assert without_formulas("history of this machine, the highest") == "history of this machine, the highest"


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


def test_weak_words_are_counted_though_they_are_no_phrase_alone():
    table = term_table(["the wrong amount"] * 2)
    assert set(table.keys) == {"amount", "wrong amount"}
    assert set(table.words) == {"amount", "wrong"} and table.word_matrix.sum() == 4


def test_no_claims_give_an_empty_table():
    table = term_table([])
    assert table.keys == () and table.matrix.shape == (0, 0) and table.word_matrix.shape == (0, 0)
