"""Entities: the fields that a text volunteers, and the numbers and words that are none."""

import time

import pytest

from nlp.entities import ENTITIES, entities

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
        [(f"Session: {UUID}", [UUID]), (f"Uploaded thread: {UUID}", [UUID])],
        ["in this session everything broke", "thread 12"],
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
    assert set(CASES) == set(ENTITIES)


@pytest.mark.parametrize(("name", "text", "values"), [(n, t, v) for n, (found, _) in CASES.items() for t, v in found])
def test_field_is_read(name: str, text: str, values: list[str]) -> None:
    assert entities(text).get(name) == values


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, (_, left) in CASES.items() for t in left])
def test_near_miss_is_not_read(name: str, text: str) -> None:
    assert name not in entities(text)


def test_text_without_fields_has_none() -> None:
    assert entities("it refuses my homework") == {} == entities("")


@pytest.mark.parametrize(
    "bait", ["a", "1.", "req_", "request id", "https://a@", "claude-", "version ", "error ", "- ", "gpt-4"]
)
def test_time_is_bounded_on_text_made_to_be_slow(bait: str) -> None:
    text = (bait * (150_000 // len(bait) + 1))[:150_000]
    began = time.process_time()
    entities(text)
    assert time.process_time() - began < 5
