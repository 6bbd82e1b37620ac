"""Split a redacted text into the customer's own words and the boilerplate around them."""

import re
from collections.abc import Callable, Iterator, Sequence

from nlp import boilerplate
from nlp.banners import BANNERS
from nlp.literals import Guarded, lowered
from nlp.markup import html, json_objects
from nlp.prose import UNSPACED, prose
from nlp.quotes import quote
from nlp.records import Span, Split
from nlp.snippets import code, fenced_json, fenced_log
from nlp.templates import NO_TEMPLATES, Templates
from nlp.traces import log

Found = Iterator[tuple[int, int]]

# Raised when the same text is taken apart otherwise, so that what is stored is taken apart again.
SPLIT_VERSION = "2"
WORD = re.compile(r"[^\W\d_]{2,}")
# Looked for only where a word occurs that each of their matches holds.
LABEL, ID_LINE, SIGNATURE = map(Guarded, (boilerplate.LABEL, boilerplate.ID_LINE, boilerplate.SIGNATURE))
# With fewer words than this beside it, what the text quotes is what it says.
FEWEST_WORDS = 3
MEANINGFUL = ("quote", "banner")
# What stands in for a part that is cut out of the middle of a sentence: a sign without a letter, so that no count
# of words, fingerprint or theme knows of it.
OMITTED = "[…]"
# A shorter banner in a sentence is how the writer names it, and stays.
SHORT_BANNER = 60
TAIL = 500
# Words of an answer to a question of choice that may be a sentence ("Medium - Would be very helpful" is none).
LONG_ANSWER = 8


def form(text: str) -> Found:
    """Headings of known forms, fields left empty, ticked assurances, attachments, the tag of a title."""
    if "#" in text or "**" in text:
        yield from (match.span() for match in boilerplate.HEADING.finditer(text))
    if ":" in text:
        yield from LABEL.spans(text, lowered(text))
        if "<b>" in text:
            yield from (match.span() for match in boilerplate.REPORTER_TYPE.finditer(text))
    if "_" in text or "**" in text or "<!" in text or "N" in text:
        yield from (match.span() for match in boilerplate.NO_RESPONSE.finditer(text))
    if "[" in text or "(screen" in text:
        yield from (match.span() for match in boilerplate.TITLE_TAG.finditer(text))
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
    """Answers of choice fields, lines such as "- OS: Windows 11", folded system information; never a sentence."""
    if "#" in text:
        for match in boilerplate.CHOICE.finditer(text):
            spoken = len(match["answer"].split()) >= LONG_ANSWER and prose(match["answer"])
            yield match.start(), match.start("answer") if spoken else match.end()
    if ":" in text or "：" in text:
        for pattern in (boilerplate.ENVIRONMENT_ITEM, boilerplate.ENVIRONMENT_LINE):
            yield from (match.span() for match in pattern.finditer(text) if not prose(match["answer"]))
    if "<summary>" in text:
        for match in boilerplate.DETAILS.finditer(text):
            end = text.find("</details>", match.end())
            yield match.start(), end + len("</details>") if end >= 0 else match.end()


def id_line(text: str) -> Found:
    """Labelled identifiers such as "Feedback ID: ..."."""
    return ID_LINE.spans(text, lowered(text)) if ":" in text or "=" in text else iter(())


def banner(text: str) -> Found:
    """Verbatim sentences of products about a block; what people say about a block is never one."""
    low = lowered(text)
    for literal, pattern in BANNERS.items():
        if literal in low:
            yield from (match.span() for match in pattern.finditer(text))


def signature(text: str) -> Found:
    """A farewell with what follows it, at the end of the text, or what a tool signs with."""
    tail = max(0, len(text) - TAIL)
    end = text[tail:]
    yield from ((start + tail, stop + tail) for start, stop in SIGNATURE.spans(end, lowered(end)))
    if "🤖" in end or "-by: " in end or "-By: " in end:
        yield from ((m.start() + tail, m.end() + tail) for m in boilerplate.TOOL_SIGNATURE.finditer(end))


# In order of precedence: a later part gets what an earlier one left of it. A banner is evidence wherever it stands.
PARTS: tuple[tuple[str, Callable[[str], Found]], ...] = (
    ("banner", banner),
    ("code", code),
    ("json", fenced_json),
    ("log", fenced_log),
    ("environment", environment),
    ("html", html),
    ("form", form),
    ("json", json_objects),
    ("id_line", id_line),
    ("log", log),
    ("quote", quote),
    ("signature", signature),
)
# What is given back first when too little is left: what likeliest carries the customer's meaning.
GIVEN_BACK = ("quote", "banner", "signature", "log", "json", "code", "html", "id_line", "environment", "form")
# Cut out of a sentence, these leave a gap in it; the others stand beside sentences.
GAPS = frozenset({"banner", "json", "log", "code"})
MARK_ALONE = re.compile(r"\s*(?:```+|~~~+)[A-Za-z]{0,15}\s*")
SENTENCE_GOES_ON = re.compile(r"[\"'”’`)\]]{0,3}[,;]?[ \t]{1,3}[a-zà-ÿа-я(]|[\"'”’`]{0,2}[぀-ヿ㐀-鿿가-힯]")
SENTENCE_OPEN = re.compile(r"[^\W_][,]?[ \t]{0,3}[\"'“‘„«`(\[]{0,3}\Z")


def split(text: str, templates: Templates = NO_TEMPLATES) -> Split:
    """The claim and the boilerplate parts of a text; `templates`: the forms learnt in a workspace.

    The claim is what the parts leave, joined by spaces. Where hardly a word is left, the parts most likely to
    carry the meaning go into the claim too (and stay in `parts`): a text with words has a claim with words.

    >>> split("### What's Wrong? It deletes files ### Platform Anthropic API").claim
    'It deletes files'
    """
    parts = _parts(text, templates)
    claim = _rest(text, parts)
    for name in GIVEN_BACK if parts else ():
        words = said(claim)
        if words >= FEWEST_WORDS or (words and name not in MEANINGFUL):
            break
        if any(part.name == name for part in parts):
            claim = _rest(text, [part for part in parts if part.name not in GIVEN_BACK[: GIVEN_BACK.index(name) + 1]])
    return Split(claim or " ".join(text.split()), tuple(parts))


def said(claim: str) -> int:
    """About how many words of two letters or more the beginning of a claim has; two signs of writing without
    spaces are one."""
    beginning = len(WORD.findall(claim, 0, 200))
    if beginning >= FEWEST_WORDS:
        return beginning
    return len(WORD.findall(claim, 0, 10_000)) + len(UNSPACED.findall(claim, 0, 10_000)) // 2


def _parts(text: str, templates: Templates) -> list[Span]:
    """The parts, in order and apart."""
    taken: list[Span] = []
    for name, find in PARTS:
        new = sorted(set(find(text)))
        if new:
            fresh = [part for part in _left_over(new, taken, name) if not text[part.start : part.end].isspace()]
            taken = sorted(taken + fresh, key=lambda part: part.start)
    learnt = sorted(templates.spans(text))
    if learnt:
        taken = sorted(taken + list(_left_over(learnt, taken, "form")), key=lambda part: part.start)
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


def _rest(text: str, parts: Sequence[Span]) -> str:
    """What the parts leave of the text, without stretches of mere punctuation; gaps in sentences are marked."""
    if not parts:
        return " ".join(text.split())
    pieces: list[str] = []
    at = 0
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        before = text[at : part.start]
        pieces.append(before if any(map(str.isalnum, before)) else " ")
        after = text[part.end : following.start if following else len(text)]
        pieces.append(_stand_in(text, part, before, after) if part.name in GAPS else " ")
        at = part.end
    end = text[at:]
    pieces.append(end if any(map(str.isalnum, end)) else " ")
    return " ".join("".join(pieces).split())


def _stand_in(text: str, part: Span, before: str, after: str) -> str:
    """What a part leaves in the sentence that it stands in: itself if it is a short banner, else a mark."""
    goes_on = SENTENCE_GOES_ON.match(after) is not None and any(map(str.isalnum, before))
    if not goes_on and not (part.name == "banner" and SENTENCE_OPEN.search(before[-10:])):
        return " "
    inside = text[part.start : part.end]
    if part.name == "banner" and len(inside) <= SHORT_BANNER:
        return inside
    return " " if MARK_ALONE.fullmatch(inside) else OMITTED


# In the text that a classifier reads a banner, an identifier and a quotation stay; of these parts what went wrong.
EVIDENT = frozenset({"banner", "id_line", "quote"})
TELLING = frozenset({"log", "code", "json"})
ERROR = re.compile(r"error|exception|denied|refused|blocked|flagged|filtered|violat|fatal|failed|panic", re.I)
MESSAGE = re.compile(
    r"\\?[\"'](?:message|code|type|status|error|reason|detail|finish_reason)\\?[\"']\s{0,3}:\s{0,3}"
    r"\\?[\"']([^\"'\\\n]{2,200})"
)
MOST_LINES = 3
BEFORE_ERROR, AFTER_ERROR = 60, 160
LOOKED_AT = 4_000


def evidence(text: str, found: Split) -> str:
    """The text for a classifier: the claim with banners, identifiers and error lines in their places.

    `found` is the `split` of this text. Left out are code, data, environment, pages, forms and signatures, but for
    the tag of the title and what went wrong: of code and logs the first three lines with an error, of an object
    in JSON beside sentences its messages and codes.

    >>> text = "Refused again.\\n### Environment\\nOS: Linux\\nContent Exists Risk\\nKeyError: 'x'"
    >>> evidence(text, split(text))
    "Refused again. Content Exists Risk KeyError: 'x'"
    """
    if not found.parts:
        return found.claim
    pieces: list[str] = []
    at = 0
    for part in found.parts:
        pieces.append(text[at : part.start])
        inside = text[part.start : part.end]
        if part.name in EVIDENT or (part.start == 0 and inside[0] == "["):
            pieces.append(inside)
        elif part.name in TELLING:
            pieces.append(f" {told(inside, part.name)} ")
        else:
            pieces.append(" ")
        at = part.end
    pieces.append(text[at:])
    said = " ".join("".join(pieces).split())
    return said if any(map(str.isalnum, said)) else found.claim


def told(part: str, name: str) -> str:
    """What a part in code says that went wrong."""
    if name == "json":
        return "" if part[:3] in ("```", "~~~") else " ".join(MESSAGE.findall(part[:LOOKED_AT])[:MOST_LINES])
    lines: list[str] = []
    done = 0
    for match in ERROR.finditer(part, 0, LOOKED_AT):
        if match.start() >= done and len(lines) < MOST_LINES:
            start = max(part.rfind("\n", 0, match.start()) + 1, match.start() - BEFORE_ERROR, done)
            end = part.find("\n", match.end())
            done = min(end if end >= 0 else len(part), match.end() + AFTER_ERROR)
            lines.append(part[start:done].strip("` "))
    return " ".join(lines)
