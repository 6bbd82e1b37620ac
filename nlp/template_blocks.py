"""Instructions that a form prints: lines that speak to whoever fills it in."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlp.records import Span
from nlp.templates import Element, Form, Templates, normal

LEAST_DOCUMENTS = 12
LEAST_REPORTERS = 12
# In so many of an element's documents the other elements of its form stand too, and the other way round.
TOGETHER = 0.8
FEWEST_PARTNERS = 2
# An instruction speaks to who fills the form in.
INSTRUCTION = re.compile(
    r"\b(?:please|describe|provide|fill in|attach|paste|include|e\.g\.|tell us|do not|bitte|veuillez|por favor)\b|"
    r"^[_(<\[].*[_)>\]]$",
    re.I,
)
# Who says "we" or "my" speaks for himself, not for a form.
FIRST_PERSON = re.compile(
    r"\b(?:i|me|my|mine|we|us|our|ich|wir|mein\w*|unser\w*|je|nous|mon|yo|mi|nosotros|eu|nós)\b", re.I
)
# Share of an instruction's documents whose section says something of its own beside it.
OF_ITS_OWN = 0.5


@dataclass(frozen=True, slots=True)
class Lesson:
    """One document to learn from: its redacted text, the parts that are known anyway, who wrote it.

    Documents of unknown reporters carry a name of their own each."""

    text: str
    parts: tuple[Span, ...]
    reporter: str


def with_blocks(form: Form, lessons: Sequence[Lesson], said: set[str]) -> Form:
    """The form and its instructions: lines that speak to the writer, stand in nearly all of its documents and in
    none outside of it, and beside which their sections say different things."""
    mine = Templates((form,))
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    outside: set[str] = set()
    wording: dict[str, str] = {}
    members = 0
    for lesson in lessons:
        starts = [start for start, _, _ in mine.found(lesson.text)]
        members += bool(starts)
        for line, rest in instructions(lesson.text, starts):
            key = normal(line)
            wording[key] = min(wording.get(key, line), line)
            beside[key].update([rest] if rest else [])
            outside |= set() if starts else {key}
    least = max(LEAST_DOCUMENTS, TOGETHER * members)
    blocks = [
        Element("block", wording[key])
        for key, rests in beside.items()
        if rests.total() >= least and len(rests) >= OF_ITS_OWN * rests.total() and key not in outside | said
    ]
    return Form((*form.elements, *sorted(blocks, key=lambda one: one.key)), form.documents, form.reporters)


def instructions(text: str, starts: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Lines that speak to the writer, and what else their section says ("" before the first element)."""
    edges = [*sorted(starts), len(text)]
    at = 0
    for line in text.split("\n"):
        own = line.strip()
        if own and len(own) <= 300 and INSTRUCTION.search(own) and not FIRST_PERSON.search(own):
            section = next(((a, b) for a, b in pairwise(edges) if a < at < b), (0, 0))
            others = [other.strip() for other in text[section[0] : section[1]].split("\n")[1:]]
            yield own, " ".join(other for other in others if other != own and any(map(str.isalnum, other)))
        at += len(line) + 1
