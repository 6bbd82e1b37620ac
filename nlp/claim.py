"""Split a redacted text into the customer's own words and the boilerplate around them."""

import re
from collections.abc import Callable, Iterator

from nlp import boilerplate
from nlp.banners import BANNERS
from nlp.markup import html, json_objects
from nlp.records import Span, Split

Found = Iterator[tuple[int, int]]

FENCE = re.compile(r"(?:```+|~~~+)")
FENCE_LANGUAGE = re.compile(r"[A-Za-z0-9+#-]{0,15}")
SHELL_LANGUAGES = {"shell", "console", "log", "logs", "text", "txt", "output", "sh-session"}
WORD = re.compile(r"[^\W\d_]{2,}")
# With fewer words than this beside it, what the text quotes is what it says.
FEWEST_WORDS = 3
MEANINGFUL = ("quote", "banner")


def fences(text: str) -> Iterator[tuple[int, int, str]]:
    """Fenced blocks, each with its part: json, log or code. The last mark without a partner is no block."""
    marks = list(FENCE.finditer(text)) if "```" in text or "~~~" in text else []
    for opening, closing in zip(marks[::2], marks[1::2], strict=False):
        inside = text[opening.end() : closing.start()]
        language = FENCE_LANGUAGE.match(inside)
        word = language[0].lower() if language else ""
        body = inside[len(word) :].lstrip()
        part = "json" if word == "json" or body[:1] in ("{", "[") else "log" if word in SHELL_LANGUAGES else "code"
        yield opening.start(), closing.end(), part
    if len(marks) % 2:
        line = text.find("\n", marks[-1].end())
        yield marks[-1].start(), marks[-1].end() if line < 0 or line > marks[-1].end() + 15 else line, "code"


def code(text: str) -> Found:
    """Fenced blocks that are neither data nor a log."""
    return ((start, end) for start, end, part in fences(text) if part == "code")


def fenced_json(text: str) -> Found:
    """Fenced blocks of JSON."""
    return ((start, end) for start, end, part in fences(text) if part == "json")


def fenced_log(text: str) -> Found:
    """Fenced blocks of a shell or a log."""
    return ((start, end) for start, end, part in fences(text) if part == "log")


def form(text: str) -> Found:
    """Headings of known forms, fields left empty, ticked assurances, attachments."""
    if "#" in text or "**" in text:
        yield from (match.span() for match in boilerplate.HEADING.finditer(text))
    if ":" in text:
        yield from (match.span() for match in boilerplate.LABEL.finditer(text))
    if "_" in text or "**" in text or "<!" in text or "N" in text:
        yield from (match.span() for match in boilerplate.NO_RESPONSE.finditer(text))
    if "[" in text or "(screen" in text:
        yield from checklist(text)
        yield from (match.span() for match in boilerplate.IMAGE.finditer(text))


def checklist(text: str) -> Found:
    """Check boxes that assure what every form asks; other boxes are the customer's."""
    boxes = list(boilerplate.CHECKBOX.finditer(text)) if "] " in text else []
    for box, following in zip(boxes, [*boxes[1:], None], strict=False):
        item = text[box.end() : min(following.start() if following else len(text), box.end() + 300)]
        stop = re.search(r"\n|\s#{1,6}\s|\s\*\*", item)
        item = item[: stop.start()] if stop else item
        if boilerplate.CHECK_PHRASES.search(item) and len(item) < 300:
            yield box.start(), box.end() + len(item)
        elif re.fullmatch(r"\W{0,20}(?:searched|latest version|single bug report)\W{0,20}", item, re.I):
            yield box.start(), box.end() + len(item)


def environment(text: str) -> Found:
    """Answers of choice fields and lines such as "- OS: Windows 11"."""
    if "#" in text:
        yield from (match.span() for match in boilerplate.CHOICE.finditer(text))
    if ":" in text or "：" in text:
        yield from (match.span() for match in boilerplate.ENVIRONMENT_ITEM.finditer(text))
        yield from (match.span() for match in boilerplate.ENVIRONMENT_LINE.finditer(text))


def id_line(text: str) -> Found:
    """Labelled identifiers such as "Feedback ID: ..."."""
    return (match.span() for match in boilerplate.ID_LINE.finditer(text)) if ":" in text or "=" in text else iter(())


def banner(text: str) -> Found:
    """Verbatim sentences of products about a block; what people say about a block is never one."""
    lowered = text.lower()
    for literal, pattern in BANNERS.items():
        if literal in lowered:
            yield from (match.span() for match in pattern.finditer(text))


def log(text: str) -> Found:
    """Stack frames anywhere, and lines in the shape of a log."""
    if "at " in text or "File " in text or "Traceback" in text:
        yield from (match.span() for match in boilerplate.STACK.finditer(text))
    if "\n" in text:
        yield from (match.span() for match in boilerplate.LOG_LINE.finditer(text))


def quote(text: str) -> Found:
    """Quoted lines, an agent's turns in a transcript, and all that follows the header of a quoted mail."""
    if "\n" not in text and not text.startswith(">"):
        return
    header = boilerplate.REPLY_HEADER.search(text)
    if header:
        yield header.start(), len(text)
    yield from (match.span() for match in boilerplate.QUOTED.finditer(text))
    yield from (match.span() for match in boilerplate.AGENT_TURN.finditer(text))


def signature(text: str) -> Found:
    """A farewell with what follows it, at the end of the text."""
    tail = max(0, len(text) - 500)
    return ((match.start() + tail, match.end() + tail) for match in boilerplate.SIGNATURE.finditer(text[tail:]))


# In order of precedence: a later part gets what an earlier one left of it.
PARTS: tuple[tuple[str, Callable[[str], Found]], ...] = (
    ("code", code),
    ("json", fenced_json),
    ("log", fenced_log),
    ("html", html),
    ("form", form),
    ("environment", environment),
    ("banner", banner),
    ("json", json_objects),
    ("id_line", id_line),
    ("log", log),
    ("quote", quote),
    ("signature", signature),
)
# What is given back first when too little is left: what likeliest carries the customer's meaning.
GIVEN_BACK = ("quote", "banner", "signature", "log", "json", "code", "html", "id_line", "environment", "form")


def split(text: str) -> Split:
    """The claim and the boilerplate parts of a text.

    The claim is what the parts leave, joined by spaces. Where hardly a word is left, the parts most likely to
    carry the meaning go into the claim too (and stay in `parts`): a text with words has a claim with words.

    >>> split("### What's Wrong? It deletes files ### Platform Anthropic API").claim
    'It deletes files'
    """
    parts = _parts(text)
    claim = _rest(text, parts)
    for name in GIVEN_BACK:
        words = len(WORD.findall(claim, 0, 10_000))
        if words >= FEWEST_WORDS or (words and name not in MEANINGFUL):
            break
        if any(part.name == name for part in parts):
            claim = _rest(text, [part for part in parts if part.name not in GIVEN_BACK[: GIVEN_BACK.index(name) + 1]])
    return Split(claim or " ".join(text.split()), tuple(parts))


def _parts(text: str) -> list[Span]:
    """The parts, in order and apart."""
    taken: list[Span] = []
    for name, find in PARTS:
        new = sorted(set(find(text)))
        if new:
            taken = sorted(taken + list(_left_over(new, taken, name)), key=lambda part: part.start)
    return taken


def _left_over(new: list[tuple[int, int]], taken: list[Span], name: str) -> Iterator[Span]:
    """The stretches of `new` (in order) outside of `taken` (in order), each once."""
    index, done = 0, 0
    for start, end in new:
        at = max(start, done)
        while index < len(taken) and taken[index].end <= at:
            index += 1
        cursor = index
        while cursor < len(taken) and taken[cursor].start < end:
            if at < taken[cursor].start:
                yield Span(at, taken[cursor].start, name)
            at = max(at, taken[cursor].end)
            cursor += 1
        if at < end:
            yield Span(at, end, name)
        done = max(done, end)


def _rest(text: str, parts: list[Span]) -> str:
    """What the parts leave of the text, without stretches of mere punctuation."""
    edges = [0, *(edge for part in parts for edge in (part.start, part.end)), len(text)]
    kept = (text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    return " ".join(word for piece in kept if any(map(str.isalnum, piece)) for word in piece.split())
