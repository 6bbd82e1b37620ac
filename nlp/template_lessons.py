"""Learn a workspace's forms from its documents: only what stands in a form's place, never what people say.

A heading, label or box is learnt where it stands with at least two others in nearly all documents of many
reporters, with text of their own after it; an instruction only inside a section of such a form. What stands
anywhere as a sentence of its own, outside of a form's place, is somebody's claim and is never learnt."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import log2

from nlp.template_blocks import FEWEST_PARTNERS, LEAST_DOCUMENTS, LEAST_REPORTERS, TOGETHER, Lesson, with_blocks
from nlp.templates import Element, Form, Templates, normal

# Share of an element's places with something after it before the next one.
FILLED = 0.5
LONGEST_HEADING = 8
PERPLEXITY = 12
SAID_BY = 2

HEADING_LINE = re.compile(r"[ \t]{0,3}(?:#{1,6}[ \t]+(.{1,100}?)[ \t]*:?|\*\*([^*]{1,80})\*\*:?)[ \t]*")
LABEL_LINE = re.compile(
    r"[ \t]{0,3}(?:[-*•] )?(?:\*\*)?([^\W\d_][^:：\n*.!?,]{1,40}?)(?:\*\*)?[ \t]?[:：](?:\*\*)?(?=\s|$)"
)
BOX = re.compile(r"(?<!\S)(?:[-*] )?\[[ xX]\] (.{3,200}?)(?=\s(?:[-*] )?\[[ xX]\] |\s#{1,6}\s|\s\*\*|$)")
FLAT_HEADING = re.compile(r"(?<!\S)#{1,6} (?=\S)")
FLAT_BOLD = re.compile(r"(?<!\S)\*\*([^*\n]{2,60}?):?\*\*")
FLAT_LABEL = re.compile(r"(?<!\S)[-*•] (?:\*\*)?([^\W\d_][^:\n*.!?,]{1,40}?)(?:\*\*)?:(?:\*\*)?(?=\s)")
LETTERS = re.compile(r"[^\W\d_]{2}")
SENTENCE = re.compile(r"[^.!?\n]{3,200}[.!?]?")
# A line longer than this that holds several headings lost its line breaks.
LONG_LINE = 160


@dataclass(slots=True)
class Seen:
    """Where a candidate was seen: documents, and in how many places something stands after it."""

    documents: set[int] = field(default_factory=set)
    places: int = 0
    filled: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A candidate in a document, and whether words stand between it and the next one."""

    element: Element
    start: int
    end: int


def learn(lessons: Sequence[Lesson]) -> Templates:
    """The forms in these documents, largest first; the order of the documents changes nothing.

    At least 12 documents (LEAST_DOCUMENTS) of 12 reporters make a form."""
    headings = flat_headings(lessons)
    seen: dict[Element, Seen] = defaultdict(Seen)
    for number, lesson in enumerate(lessons):
        note(seen, number, lesson, places(lesson, headings))
    often = {one: found for one, found in seen.items() if LETTERS.search(one.text) and common(found, lessons)}
    said = claims(often, lessons)
    often = {one: found for one, found in often.items() if one.kind == "known" or normal(one.text) not in said}
    forms = [form for group in groups(often) if (form := as_form(group, often, lessons))]
    forms = [with_blocks(form, lessons, said) for form in forms]
    return Templates(tuple(sorted(forms, key=lambda form: (-form.documents, [one.key for one in form.elements]))))


def common(found: Seen, lessons: Sequence[Lesson]) -> bool:
    """Whether enough reporters have it, and it stands before text as a form's piece does."""
    if len(found.documents) < LEAST_DOCUMENTS or found.filled < FILLED * found.places:
        return False
    return len({lessons[number].reporter for number in found.documents}) >= LEAST_REPORTERS


def note(seen: dict[Element, Seen], number: int, lesson: Lesson, found: Sequence[Place]) -> None:
    """Count the candidates of one document."""
    for place, following in zip(found, [*found[1:], None], strict=False):
        mine = seen[place.element]
        mine.documents.add(number)
        mine.places += 1
        rest = lesson.text[place.end : following.start if following else len(lesson.text)]
        mine.filled += place.element.kind in ("checkbox", "known") or any(map(str.isalnum, rest))


def places(lesson: Lesson, headings: frozenset[str]) -> list[Place]:
    """The candidates of a document in its order, each once per place; `headings`: those of flattened texts."""
    found = [
        Place(Element("known", text), part.start, part.end)
        for part in lesson.parts
        if part.name == "form" and (text := known_heading(lesson.text[part.start : part.end]))
    ]
    at = 0
    for line in lesson.text.split("\n"):
        if len(line) > LONG_LINE or len(FLAT_HEADING.findall(line)) > 1:
            found += in_long_line(line, at, headings)
        else:
            found += in_line(line, at)
        at += len(line) + 1
    inside = [(part.start, part.end) for part in lesson.parts]
    free = [one for one in found if one.element.kind == "known" or not overlaps(one, inside)]
    return sorted(free, key=lambda one: (one.start, one.end))


def known_heading(part: str) -> str:
    """The words of a heading that is boilerplate anyway; "" for other parts of forms."""
    return normal(part) if part.lstrip()[:1] in ("#", "*") and "\n" not in part.strip() and len(part) < 100 else ""


def overlaps(place: Place, inside: Sequence[tuple[int, int]]) -> bool:
    """Whether a place shares a sign with one of these stretches."""
    return any(start < place.end and place.start < end for start, end in inside)


def in_line(line: str, at: int) -> Iterator[Place]:
    """The candidate that a line of its own is or begins with."""
    heading = HEADING_LINE.fullmatch(line)
    if heading:
        yield Place(Element("heading", " ".join((heading[1] or heading[2]).split())), at, at + len(line))
    elif box := BOX.match(line.lstrip()):
        start = at + len(line) - len(line.lstrip())
        yield Place(Element("checkbox", " ".join(box[1].split())), start, start + box.end())
    elif label := LABEL_LINE.match(line):
        if len(label[1].split()) <= 5:
            yield Place(Element("label", " ".join(label[1].split())), at, at + label.end())


def in_long_line(line: str, at: int, headings: frozenset[str]) -> Iterator[Place]:
    """The candidates inside a line that lost its line breaks."""
    for mark in FLAT_HEADING.finditer(line):
        words = line[mark.end() : mark.end() + 200].split()[:LONGEST_HEADING]
        for length in range(len(words), 0, -1):
            text = " ".join(words[:length])
            if text in headings:
                start = at + mark.start()
                yield Place(Element("heading", text, whole=False), start, at + mark.end() + len(text))
                break
    for bold in FLAT_BOLD.finditer(line):
        yield Place(Element("heading", " ".join(bold[1].split()), whole=False), at + bold.start(), at + bold.end())
    for box in BOX.finditer(line):
        yield Place(Element("checkbox", " ".join(box[1].split())), at + box.start(), at + box.end())
    for label in FLAT_LABEL.finditer(line):
        if len(label[1].split()) <= 5:
            yield Place(Element("label", " ".join(label[1].split()), whole=False), at + label.start(), at + label.end())


def flat_headings(lessons: Sequence[Lesson]) -> frozenset[str]:
    """Where headings of flattened texts end: after the words that go on in many different ways.

    A heading that nearly everybody follows with the same words has no end that can be told, and is not learnt."""
    after: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for lesson in lessons:
        known = [(part.start, part.end) for part in lesson.parts]
        for mark in FLAT_HEADING.finditer(lesson.text):
            if any(start <= mark.start() < end for start, end in known):
                continue
            words = lesson.text[mark.end() : mark.end() + 200].split()[: LONGEST_HEADING + 1]
            for length in range(1, len(words)):
                after[tuple(words[:length])][words[length]] += 1
    found: set[str] = set()
    for prefix in sorted(after, key=len):
        ended = any(" ".join(prefix[:length]) in found for length in range(1, len(prefix)))
        if not ended and free_after(after[prefix]):
            found.add(" ".join(prefix))
    return frozenset(found)


def free_after(following: Counter[str]) -> bool:
    """Whether words of many kinds follow: where 2 to the power of their entropy is at least 12 (PERPLEXITY)."""
    total = following.total()
    if total < LEAST_DOCUMENTS:
        return False
    entropy = -sum(count / total * log2(count / total) for count in following.values())
    return entropy >= log2(min(PERPLEXITY, 0.6 * total))


def claims(often: dict[Element, Seen], lessons: Sequence[Lesson]) -> set[str]:
    """Texts of candidates that two reporters or more (SAID_BY) say as a line or sentence of its own."""
    wanted = {normal(one.text) for one in often}
    sayers: dict[str, set[str]] = defaultdict(set)
    for lesson in lessons:
        for sentence in SENTENCE.finditer(lesson.text):
            text = sentence[0].lstrip()
            if text[:1] in "#*-[" or sentence[0].rstrip()[-1:] == ":":
                continue
            plain = normal(text)
            if plain in wanted and len(plain.split()) > 1:
                sayers[plain].add(lesson.reporter)
    return {text for text, reporters in sayers.items() if len(reporters) >= SAID_BY}


def groups(often: dict[Element, Seen]) -> list[list[Element]]:
    """Elements that stand together: each with two others or more in nearly all documents of either."""
    elements = sorted(often, key=lambda one: (one.key, one.whole))
    partners = {
        one: [other for other in elements if other is not one and mutual(often[one], often[other])] for one in elements
    }
    core = [one for one in elements if len(partners[one]) >= FEWEST_PARTNERS]
    found: list[list[Element]] = []
    left = set(core)
    for one in core:
        if one in left:
            group = [one, *(other for other in partners[one] if other in left)]
            left -= set(group)
            found.append(group)
    return found


def mutual(one: Seen, other: Seen) -> bool:
    """Whether nearly all documents of either have the other too."""
    both = len(one.documents & other.documents)
    return both >= TOGETHER * max(len(one.documents), len(other.documents))


def as_form(group: list[Element], often: dict[Element, Seen], lessons: Sequence[Lesson]) -> Form | None:
    """The group as a form; None where nothing in it is new."""
    if all(one.kind == "known" for one in group) or len(group) <= FEWEST_PARTNERS:
        return None
    documents = set[int]().union(*(often[one].documents for one in group))
    reporters = {lessons[number].reporter for number in documents}
    return Form(tuple(sorted(group, key=lambda one: one.key)), len(documents), len(reporters))


def effects(lessons: Sequence[Lesson], templates: Templates) -> list[dict[str, object]]:
    """What each element takes out of the claims of these documents, most first.

    Rows: kind, text, documents, characters, share (of the characters those documents' claims have without it),
    emptied (documents in which forms are all there is, whose claim therefore keeps them)."""
    rows: dict[str, dict[str, object]] = {}
    taken: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for lesson in lessons:
        found = [one for one in templates.found(lesson.text) if one[2].kind != "known"]
        if not found:
            continue
        known = sum(part.end - part.start for part in lesson.parts)
        left = len(lesson.text) - known
        rest = left - sum(end - start for start, end, _ in found)
        for key in {one.key for _, _, one in found}:
            counts = taken[key]
            mine = sum(end - start for start, end, one in found if one.key == key)
            for place, value in enumerate((1, mine, left, int(rest <= len(found)))):
                counts[place] += value
        rows |= {one.key: {"kind": one.kind, "text": one.text} for _, _, one in found}
    told = [
        {**rows[key], "documents": n, "characters": mine, "share": round(mine / max(left, 1), 4), "emptied": empty}
        for key, (n, mine, left, empty) in taken.items()
    ]
    return sorted(told, key=lambda row: (-int(str(row["characters"])), str(row["text"])))
