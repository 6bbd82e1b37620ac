"""Claim and boilerplate: the customer's words stay, whatever surrounds them goes to named parts."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.banners import BANNERS
from nlp.claim import OMITTED, PARTS, evidence, split
from nlp.duplicates import fingerprint, masked

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
    "banner": "«I asked for a dialog twice as wide and got […]» API Error: Claude Code is unable to respond to this "
    "request, "
    "which appears to violate our Usage Policy (https://policy.example/aup). Try rephrasing "
    "the request or attempting a "
    "different approach. «Nothing here is about security.»",
    "fallback banner": "«Reading a plist is enough:» Fable 5's safety measures "
    "flagged this message for cybersecurity or "
    "biology topics... Switched to Opus 4.8.\n«Please look into this.»",
    "error JSON": '«Every batch dies with […]» Error: 400 {"error": {"message": "no", "type": "invalid_request_error", '
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
    "title tag": "[BUG] «It deletes my files»\n\n### What's Wrong? «All of them.»",
    "answer in a shell block": "### Error Messages/Logs ```shell «There were none, it just did nothing at all.» ``` "
    "### Steps to Reproduce «1. wait»",
    "short code in a sentence": "«To run it you need» ``` «npx tool@latest» ``` «and it fails.»",
    "long inline code": "«Running» `for f in $(ls *.txt); do curl -s https://x.example/$f | grep name; done` "
    "«.. was called an attack.»",
    "java trace": '«The import died:»\nException in thread "main" java.lang.IllegalStateException: closed\n'
    "\tat com.acme.Loader.load(Loader.java:41)\n\tat com.acme.Main.main(Main.java:7)\nCaused by: java.io.IOException: "
    "pipe\n\t... 12 more\n«and takes the session with it»",
    "go trace": "«Crash each morning:»\npanic: runtime error: index out of range\n\ngoroutine 1 [running]:\n"
    "main.load(0xc000)\n\t/src/app/main.go:17 +0x1d\n«please look»",
    "rust trace": "«It aborts here»\nthread 'main' panicked at src/main.rs:4:5:\nnote: run with `RUST_BACKTRACE=1` "
    "environment variable\n«every day»",
    "csharp trace": "«Our add-in stops.»\nSystem.NullReferenceException: no object\n"
    "   at Acme.Loader.Load(String path) in C:\\src\\Loader.cs:line 12\n«Since the update.»",
    "ruby trace": "«The job fails»\n/srv/app/lib/run.rb:12:in `call': no route (RuntimeError)\n"
    "\tfrom /srv/app/bin/go.rb:3:in `<main>'\n«twice a day»",
    "php trace": "«The shop is white.»\nPHP Fatal error:  Uncaught Exception: no key in /srv/a.php:3\n"
    "#0 /srv/b.php(9): load()\n#1 {main}\n«Customers complain.»",
    "swift trace": "«The app quits.»\nMyApp/Chat.swift:88: Fatal error: Index out of range\n«On every photo.»",
    "bundled frames": "«Crashes at start» «ERROR Invalid string» - (file:///usr/lib/cli.js:1437:2700) "
    "- wx (file:///usr/lib/cli.js:717:20240) «for days»",
    "flattened log": "«It stops like this:» 2025-12-06T17:59:38Z [ERROR] no space 2025-12-06T17:59:39Z [ERROR] bye "
    "### What Should Happen? «It should not.»",
    "quoted mail, answered below": "On Mon, 3 Mar 2025 at 10:11, Support wrote:\n> Dear customer,\n> closed.\n\n"
    "«This answers nothing of what I asked you.»",
    "quoted mail in German": "«Das hilft mir nicht weiter.»\n\nVon: Support\nGesendet: Montag\nAn: "
    "mich\nBetreff: Fall\n\n"
    "Ihr Fall ist geschlossen.",
    "quoted mail in Chinese": "«这个回复没有解决我的问题。»\n\n发件人: 客服\n发送时间: 2025年3月3日\n"
    "主题: 回复\n\n您的问题已关闭。",
    "flattened mail": "«You closed it without reading it.» On Mon, Mar 3, 2025 at 10:11 AM Support <EMAIL_1> "
    "wrote: Dear "
    "customer, your case is closed.",
    "own mail": "From: <EMAIL_1>\nTo: support\nSubject: «latency since Tuesday»\n\n«Everything is slow.»",
    "conversation": "«It contradicts itself:»\nUser: «is aspirin safe?»\nAssistant: I cannot help with drugs.\n"
    "User: «why?»\nAssistant: It is perfectly safe.\n\n«Which one is it now?»",
    "agent turns that lost their lines": "«Why does it edit in plan mode?» ⏺ You are right! I should not have. ⎿ Done "
    "### What Should Happen? «Nothing.»",
    "editor's bug reporter": "Type: <b>Bug</b>\n\n«Copilot stops at random.»\n\nExtension version: 0.27.2\n"
    "VS Code version: Code 1.100.2\n<details>\n<summary>System Info</summary>\n\n|Item|Value|\n|VM|0%|\n</details>",
    "tool's signature": "«It asks too often.»\n\n🤖 Generated with [Claude Code](https://claude.example/code)",
    "empty feedback id": "**Bug Description** «it loops forever» **Environment Info** - Platform: darwin - "
    "Feedback ID: "
    "**Errors** ```json [] ```",
    "chinese form": "### 问题描述\n\n«写小说的时候总是被拦截，说我违反政策»\n\n### 环境\n\n- 操作系统：macOS\n",
}


def unmarked(text: str) -> str:
    """The text itself, without the marks and the signs that stand in for what is cut out of a sentence."""
    return re.sub(r" ?\[…\]|[«»]", "", text)


@pytest.mark.parametrize("marked", TEXTS.values(), ids=TEXTS)
def test_claim_is_what_the_customer_says(marked: str) -> None:
    wanted = " ".join(" ".join(re.findall("«(.*?)»", marked, re.S)).split())
    assert split(unmarked(marked)).claim == wanted


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
        "It ran `rm -rf build` although I had said `--dry-run`, and wiped "
        "`/srv/data/customers/2025/exports/all-of-it.csv`.",
        'The `{"type":"summary"}` events are still there.',
        "What I miss:\n• dark mode\n• a stop button\n● and search",
        "Error: it says every time that I am not allowed to, and then it does nothing",
        "Plan: I will cancel my subscription because of this",
        "Model: it is the one that you told me to use",
        "On Monday you wrote: all is well. It is not.",
        "Claude: the worst colleague I ever had",
        "The docs say that [some] {thing} at (home): works",
    ],
)
def test_what_people_say_is_never_boilerplate(text: str) -> None:
    done = split(text)
    assert (done.claim, done.parts) == (" ".join(text.split()), ())


def test_parts_are_named() -> None:
    done = split(unmarked(TEXTS["feedback dialogue"]))
    assert {part.name for part in done.parts} == {"form", "environment", "id_line", "json"}


def test_each_sort_of_part_occurs_in_the_examples() -> None:
    found = {part.name for marked in TEXTS.values() for part in split(unmarked(marked)).parts}
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


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (
            'I get "Content Exists Risk" from the interface, why?',
            'I get "Content Exists Risk" from the interface, why?',
        ),
        (
            "I get `API Error: Claude Code is unable to respond to this request, which appears to violate our Usage "
            "Policy (https://policy.example/aup).` from the interface",
            "I get `[…]` from the interface",
        ),
        ("动不动就来个 `Content exists Risk`，毫无道理。", "动不动就来个 `Content exists Risk`，毫无道理。"),
        ('It said {"error": {"code": 1}} and stopped.', "It said […] and stopped."),
        ('Settings are: {"error": {"code": 1}} This must change.', "Settings are: This must change."),
    ],
)
def test_sentence_around_a_part_stays_whole(text: str, claim: str) -> None:
    assert split(text).claim == claim


def test_mark_of_what_was_cut_out_is_no_word() -> None:
    assert masked(OMITTED) == "" and fingerprint(f"a {OMITTED} b") == fingerprint("a b")


def test_banner_is_found_inside_code_and_data() -> None:
    for text in ("see\n```\nContent Exists Risk\n```\nand help", '{"message": "Content Exists Risk", "code": 1} help'):
        assert "banner" in {part.name for part in split(text).parts}


EVIDENCE = [
    ("nothing but words", "nothing but words"),
    (
        "[BUG] It was refused\n### Environment\n- OS: Linux\nContent Exists Risk\n### Impact\nRequest ID: "
        "req_011CbQm4uTzXwL8sKe7YpRv2",
        "[BUG] It was refused Content Exists Risk Request ID: req_011CbQm4uTzXwL8sKe7YpRv2",
    ),
    (
        "Look:\n```python\nimport os\nraise Blocked('denied by policy')\n```\nbad",
        "Look: raise Blocked('denied by policy') bad",
    ),
    ('Got {"error": {"message": "too long", "code": "c4"}, "id": 7} Sad.', "Got too long c4 Sad."),
    ("```json\n[]\n```", "```json [] ```"),
    ("Refused.\n\nBest regards,\nAda", "Refused."),
    ("Odd:\n> your request was refused\nWhy?", "Odd: > your request was refused Why?"),
]


@pytest.mark.parametrize(("text", "told"), EVIDENCE)
def test_evidence_keeps_what_tells_of_a_block(text: str, told: str) -> None:
    assert evidence(text, split(text)) == told


def test_banner_stays_a_part_when_it_becomes_the_claim() -> None:
    done = split("Content Exists Risk")
    assert done.claim == "Content Exists Risk"
    assert [part.name for part in done.parts] == ["banner"]


@pytest.mark.parametrize("literal", BANNERS)
def test_banner_is_looked_for_by_a_literal_of_its_own(literal: str) -> None:
    assert literal == literal.lower()


PIECES = st.sampled_from(
    [*(unmarked(marked) for marked in TEXTS.values()), "```", "{", "}", '{"a":', "<p>", "</p>",
     "### ", "**", "> ",
     "\n", "- [x] ", "plain words here", "\u200b", "\ud800", "\x00", "🙂"]
)  # fmt: skip


@settings(max_examples=200)
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
    "`a ", "<details><summary>logs</summary>", "⏺ ", "User: a\nAssistant: ", "From: a\nTo: b\n", "On Mon, 3 10:11 ",
    "at a.b(", "a::b ", "goroutine 1 [", "file:///a:1 ", "2025-01-01T10:00:00Z ERROR ", "Caused by: a", 
    "🤖 Generated with ",
    "x.rb:1:in `a'", "[BUG]", "Context: ", "content exists risk ", "sorry, you have been blocked ", "-- \n", 
    "#0 a.php(1) ",
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
