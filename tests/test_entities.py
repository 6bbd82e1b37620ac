"""Entities: the fields that a text volunteers, and the numbers and words that are none."""

import time
from pathlib import Path

import pytest

from nlp.entities import ENTITIES, entities
from nlp.entity_values import VALUES
from nlp.records import EntityPattern, Span
from nlp.taxonomy import DEFAULT, TaxonomyInvalid, load_taxonomy

UUID = "019ac2f1-aa07-7d55-b81e-c40b9e1f2d76"
CASES: dict[str, tuple[list[tuple[str, list[str]]], list[str]]] = {
    "request_id": (
        [
            ("Request ID: req_011CbQm4uTzXwL8sKe7YpRv2", ["req_011CbQm4uTzXwL8sKe7YpRv2"]),
            ('"request_id":"req_011CWAfdSrMjbc8QqKXsjkT1"', ["req_011CWAfdSrMjbc8QqKXsjkT1"]),
            (f"request id {UUID}", [UUID]),
        ],
        ["I requested an id", "request id: none", "req_x"],
    ),
    "decision_id": ([(f"decision_id={UUID}", [UUID])], ["your decision ID is unclear"]),
    "session_id": (
        [
            (f"Session: {UUID}", [UUID]),
            ("Session ID: session_01GCrM6D2t3FgicpyqZnNvwH", ["session_01GCrM6D2t3FgicpyqZnNvwH"]),
        ],
        ["in this session everything broke", f"Uploaded thread: {UUID}"],
    ),
    "thread_id": (
        [(f"Uploaded thread: {UUID}", [UUID]), (f"conversation id {UUID}", [UUID])],
        ["thread 12", "a thread of three years", f"Session: {UUID}"],
    ),
    "ticket": (
        [
            ("Ticket #483920, third mail", ["483920"]),
            ('case 00418833 "resolved"', ["00418833"]),
            ("reference INC0012345.", ["INC0012345"]),
        ],
        ["in case 2 of 3", "the ticket of 2024", "ticket to ride", "case 12.5.2024"],
    ),
    "plan": (
        [
            ("on the Pro plan since May", ["pro"]),
            ("Max 20x subscriber here", ["max 20x"]),
            ("I pay for ChatGPT Plus and a Team plan", ["plus", "team"]),
            ("Plan: Enterprise", ["enterprise"]),
        ],
        ["my plan is to leave", "free of charge", "pro and contra", "the team uses it", "gemini pro 2.5"],
    ),
    "http_status": (
        [("API Error: 529 Overloaded", ["529"]), ("HTTP 502 and invalid_request_error", ["502"])],
        ['"type":"invalid_request_error"', "500 dollars"],
    ),
    "surface": (
        [
            ("in the CLI and in VS Code", ["cli", "ide"]),
            ("the desktop app on my mac", ["desktop"]),
            ("on claude.ai in my browser", ["web"]),
            ("our API key was used through the API", ["api"]),
            ("the iPhone app", ["mobile"]),
        ],
        ["API Error: 500", "a rapid answer", "on the clinic's code"],
    ),
    "permission_mode": (
        [
            ("it edited in plan mode", ["plan"]),
            ("started with --dangerously-skip-permissions", ["bypass"]),
            ("auto-accept edits was on", ["accept_edits"]),
        ],
        ["I plan to leave", "dark mode", "automatic"],
    ),
    "banner_category": (
        [
            (
                "Fable 5's safety measures flagged this message for cybersecurity or biology topics... "
                "Switched to Opus 4.8.",
                ["cyber", "biological"],
            ),
            (
                '{"hate": {"filtered": false}, "violence": {"filtered": true, "severity": "high"}}',
                ["violence_extremism"],
            ),
            ("Potential NSFW content was detected in one or more images.", ["sexual_content"]),
        ],
        ["I teach biology and cybersecurity", "it flagged my biology homework"],
    ),
    "feedback_id": ([(f"- Feedback ID: {UUID}", [UUID])], ["feedback idea: more colours"]),
    "ray_id": ([("Ray ID: 92d41b7c0af8e3a1 ·", ["92d41b7c0af8e3a1"])], ["X-Ray ideas"]),
    "error_code": (
        [
            ("API Error: 529 Overloaded", ["529"]),
            ("HTTP 502 and status 400", ["502", "400"]),
            ('"type":"invalid_request_error"', ["invalid_request_error"]),
            ("Error: ENOENT: no such file", ["enoent"]),
        ],
        ["500 dollars", "error 12", "I wrote 429 lines", "code 4000"],
    ),
    "version": (
        [("Version: 2.0.70", ["2.0.70"]), ("codex-cli 0.130.0", ["0.130.0"]), ("since v2.1.220", ["2.1.220"])],
        ["costs 4.99", "on 12.3.2025 I wrote", "10.8.0.3"],
    ),
    "model": (
        [
            ("gpt-5.6-sol and Opus 4.8", ["gpt-5.6-sol", "opus 4.8"]),
            ("claude-opus-4-8 then gemini-2.5-pro", ["claude-opus-4-8", "gemini-2.5-pro"]),
            ("GPT-4 or gpt-4", ["gpt-4"]),
        ],
        ["claude-code", "gemini-cli", "magnum opus", "a sonnet by him"],
    ),
    "fallback_model": (
        [("Switched to Opus 4.8.", ["opus 4.8"]), ("rerouted to gpt-5.2", ["gpt-5.2"])],
        ["switched to Linux", "moved to opus"],
    ),
    "url_host": (
        [("see https://API.example.org/v1/x and http://u:p@b.example", ["api.example.org", "b.example"])],
        ["http is a protocol", "example.org"],
    ),
}


def test_every_field_has_cases() -> None:
    assert set(CASES) == {*ENTITIES, *VALUES, "http_status"}


OWN = (
    EntityPattern("order_number", r"order (?P<value>A\d{6})"),
    EntityPattern("surface", r"\bkiosk\b", "kiosk"),
    EntityPattern("colour", r"red|green"),
)


def test_fields_of_the_taxonomy_are_read_beside_the_others() -> None:
    found = entities("The kiosk in our web app lost ORDER A123456, green and Red and green", patterns=OWN)
    assert found == {"surface": ["web", "kiosk"], "order_number": ["A123456"], "colour": ["green", "Red"]}


def test_taxonomy_file_alone_adds_a_field(tmp_path: Path) -> None:
    text = DEFAULT.read_text("utf-8")
    added = "\nentities:\n  - {id: order_number, pattern: 'order (?P<value>A\\d{6})'}\n"
    base = text if "\nentities:" not in text else text.split("\nentities:")[0]
    (tmp_path / "own.yaml").write_text(base + added, "utf-8")
    taxonomy = load_taxonomy(tmp_path / "own.yaml")
    assert entities("order A123456", patterns=taxonomy.entities) == {"order_number": ["A123456"]}
    assert repr(taxonomy) == repr(load_taxonomy())


@pytest.mark.parametrize(
    ("row", "problem"),
    [("{id: Order, pattern: a}", "ids such as"), ("{id: order, pattern: '('}", "regular expression")],
)
def test_faulty_field_is_refused(tmp_path: Path, row: str, problem: str) -> None:
    base = DEFAULT.read_text("utf-8").split("\nentities:")[0]
    (tmp_path / "own.yaml").write_text(f"{base}\nentities:\n  - {row}\n", "utf-8")
    with pytest.raises(TaxonomyInvalid, match=problem):
        load_taxonomy(tmp_path / "own.yaml")


def test_topics_are_those_of_the_parts_that_are_given() -> None:
    text = "Content Exists Risk about biology"
    assert "banner_category" not in entities(text, parts=())
    assert entities(text, parts=[Span(0, len(text), "banner")])["banner_category"] == ["biological"]


@pytest.mark.parametrize(("name", "text", "values"), [(n, t, v) for n, (found, _) in CASES.items() for t, v in found])
def test_field_is_read(name: str, text: str, values: list[str]) -> None:
    assert entities(text).get(name) == values


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, (_, left) in CASES.items() for t in left])
def test_near_miss_is_not_read(name: str, text: str) -> None:
    assert name not in entities(text)


def test_text_without_fields_has_none() -> None:
    assert entities("it refuses my homework") == {} == entities("")


@pytest.mark.parametrize(
    "bait",
    [
        "a",
        "1.",
        "req_",
        "request id",
        "https://a@",
        "claude-",
        "version ",
        "error ",
        "- ",
        "gpt-4",
        "ticket ",
        "pro ",
        "plan: ",
        "'hate':{",
        "permission mode ",
        "api key ",
    ],
)
def test_time_is_bounded_on_text_made_to_be_slow(bait: str) -> None:
    text = (bait * (150_000 // len(bait) + 1))[:150_000]
    began = time.process_time()
    entities(text)
    assert time.process_time() - began < 5
