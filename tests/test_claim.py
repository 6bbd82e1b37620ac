"""Claim and boilerplate: the customer's words stay, whatever surrounds them goes to named parts."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.banners import BANNERS
from nlp.claim import PARTS, split

PREFLIGHT = (
    "### Preflight Checklist - [x] I have searched [existing issues](https://github.example/issues?q=is%3Aopen) "
    "and this "
    "hasn't been reported yet - [x] This is a single bug report - [x] I am using the latest version of the tool "
)

# text with the claim's pieces between « and »: all else must go
TEXTS = {
    "flattened form": PREFLIGHT
    + "### What's Wrong? «It deletes my files.» ### What Should Happen? «It should ask first.» ### Error Messages/Logs "
    "```shell ``` ### Steps to Reproduce «1. open a project 2. type hello» ### Claude Model Opus ### "
    "Is this a regression? "
    "Yes, this worked in a previous version ### Last Working Version _No response_ ### Claude Code Version 2.0.53 "
    "### Platform Anthropic API ### Operating System macOS ### Terminal/Shell Terminal.app (macOS) "
    "### Additional Information _No response_",
    "form in lines": "### Describe the bug\n\n«The filter blocks my biology "
    "homework.»\n\n### Environment\n- OS: Windows 11\n"
    "- Browser: Chrome 120\n\n### Anything else?\n\n_No response_\n",
    "feedback dialogue": "**Bug Description** «my tests get flagged as cyber» **Environment "
    "Info** - Platform: darwin - "
    "Terminal: cursor - Version: 2.0.70 - Feedback ID: f2595e46-bc44-4d2d-869d-fa6050c0061f **Errors** "
    '```json [{"error":"Error: Lock acquisition failed\\n at K$R (/$bunfs/root/claude:2346:2155)"}] ``` '
    "**Note:** Error logs were truncated.",
    "banner": "«I asked for a dialog twice as wide and got» API Error: Claude Code is unable to respond to this "
    "request, "
    "which appears to violate our Usage Policy (https://policy.example/aup). Try rephrasing "
    "the request or attempting a "
    "different approach. «Nothing here is about security.»",
    "fallback banner": "«Reading a plist is enough:» Fable 5's safety measures "
    "flagged this message for cybersecurity or "
    "biology topics... Switched to Opus 4.8.\n«Please look into this.»",
    "error JSON": '«Every batch dies with» Error: 400 {"error": {"message": "no", "type": "invalid_request_error", '
    '"param": null}} «although the balance is paid up»',
    "stack trace": "«The tool crashes on start:»\nTraceback (most recent call last):\n"
    '  File "/app/engine.py", line 149, in run\n    raise e\nValueError: bad thing happened\n'
    "«and nobody answers my mails»",
    "log lines": "«The job stops at noon every day»\n2025-12-06T17:59:38Z INFO starting up\n[ERROR] disk is full\n"
    "npm ERR! code 1\n«and it worked last week»",
    "code": "«Here is what I ran:»\n```python\nprint('hello world of code')\n```\n«It was refused as an attack.»",
    "quoted mail": "«You closed my case without reading it.»\n\nOn Mon, 3 Mar 2025 at 10:11, Support wrote:\n> Dear "
    "customer,\n> your case is closed.\n",
    "quoted lines": "«This is the answer I got:»\n> your request was refused\n> "
    "for safety reasons\n«That is absurd, I teach "
    "chemistry.»",
    "signature": "«I want my money back for the last month.»\n\nBest regards,\n<PERSON_1>\n",
    "phone signature": "«please unblock my account today»\n\nSent from my iPhone",
    "block page": '«A user mailed us this page:»\n<html><body><h2 class="x">Why have I been blocked?</h2>'
    "<p>This website "
    "uses a security service.</p></body></html>\n«Our site is an honest shop.»",
    "identifiers": "«Flagged again for nothing at all.»\nRequest ID: req_011CbQm4uTzXwL8sKe7YpRv2\nSession: "
    "019ac2f1-aa07-7d55-b81e-c40b9e1f2d76",
    "plain labels": "Steps to reproduce:\n«ask it about fungi»\nExpected behavior:\n«an answer about mushrooms»",
    "chinese form": "### 问题描述\n\n«写小说的时候总是被拦截，说我违反政策»\n\n### 环境\n\n- 操作系统：macOS\n",
}


@pytest.mark.parametrize("marked", TEXTS.values(), ids=TEXTS)
def test_claim_is_what_the_customer_says(marked: str) -> None:
    wanted = " ".join(" ".join(re.findall("«(.*?)»", marked, re.S)).split())
    assert split(marked.replace("«", "").replace("»", "")).claim == wanted


@pytest.mark.parametrize(
    "text",
    [
        "banned by the little dictators in the lounge. please help",
        "verified but still blocked",
        "unfair billing practices",
        "my account was disabled and nobody tells me why, your usage policy is a joke",
        "Rate limit reached after two messages, again",
        "The filter says it may violate the content policy. It does not.",
        "- [ ] what does each model allow?\n- [ ] are workarounds allowed?",
        "I compared <this> with {that} and # the other **thing** at noon (today): fine",
        "# My own headline about mushrooms\n\nIt refuses them all.",
        "Please use `git push --force` never again!",
    ],
)
def test_what_people_say_is_never_boilerplate(text: str) -> None:
    done = split(text)
    assert (done.claim, done.parts) == (" ".join(text.split()), ())


def test_parts_are_named() -> None:
    done = split(TEXTS["feedback dialogue"].replace("«", "").replace("»", ""))
    assert {part.name for part in done.parts} == {"form", "environment", "id_line", "json"}


def test_each_sort_of_part_occurs_in_the_examples() -> None:
    found = {part.name for marked in TEXTS.values() for part in split(re.sub("[«»]", "", marked)).parts}
    assert found == {name for name, _ in PARTS}


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", None),
        ('> HOW COME YOU KNOW MY API KEY??\n', "> HOW COME YOU KNOW MY API KEY??"),
        ('{"error": "only this"}', '{"error": "only this"}'),
        ("### What's Wrong? _No response_", None),
        ('**Bug Description** "got lazy" **Environment Info** - Platform: win32', '"got lazy"'),
        ("", ""),
        ("...", "..."),
    ],
)  # fmt: skip
def test_claim_falls_back_to_what_there_is(text: str, claim: str | None) -> None:
    assert split(text).claim == (text if claim is None else claim)


def test_banner_stays_a_part_when_it_becomes_the_claim() -> None:
    done = split("Content Exists Risk")
    assert done.claim == "Content Exists Risk"
    assert [part.name for part in done.parts] == ["banner"]


@pytest.mark.parametrize("literal", BANNERS)
def test_banner_is_looked_for_by_a_literal_of_its_own(literal: str) -> None:
    assert literal == literal.lower()


PIECES = st.sampled_from(
    [*(re.sub("[«»]", "", marked) for marked in TEXTS.values()), "```", "{", "}", '{"a":', "<p>", "</p>",
     "### ", "**", "> ",
     "\n", "- [x] ", "plain words here", "\u200b", "\ud800", "\x00", "🙂"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES | st.text(max_size=10), max_size=6).map(" ".join))
def test_parts_are_apart_and_words_are_never_lost(text: str) -> None:
    done = split(text)
    assert all(0 <= part.start < part.end <= len(text) for part in done.parts)
    assert all(a.end <= b.start for a, b in zip(done.parts, done.parts[1:], strict=False))
    assert done.claim == " ".join(done.claim.split())
    if any(map(str.isalnum, text)):
        assert done.claim
    outside, at = "", 0
    for part in done.parts:
        outside, at = outside + text[at : part.start] + " ", part.end
    assert all(word in done.claim.split() for word in (outside + text[at:]).split() if any(map(str.isalnum, word)))


BAIT = [
    "{", '{"a":', "```", "<p>", "<p ", "### ", "**", "- [x] ", "- OS: ", "\n> ", "\n⏺ ", "at (", " at a (",
    "a: ", "<!-- ", "[x", "Error: ", '"', "Regards,\n", "\n", "your account has been blocked as ",
    "### Model ",
]  # fmt: skip


@pytest.mark.parametrize("bait", BAIT)
def test_time_is_bounded_on_text_made_to_be_slow(bait: str) -> None:
    text = (bait * (150_000 // len(bait) + 1))[:150_000]
    began = time.process_time()
    split(text)
    assert time.process_time() - began < 5
