"""Forms that a workspace's documents were written into: their headings, labels and instructions, found in a text."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

KINDS = ("heading", "label", "checkbox", "block", "known")
# With fewer elements of a form than this a document is not written into it.
FEWEST_ELEMENTS = 2
GAP = r"[ \t]{1,4}"
EDGE = r"(?![^\W_])"


@dataclass(frozen=True, slots=True)
class Element:
    """One piece of a form. `whole`: it was learnt from lines of its own and is looked for as one.

    Kinds: heading ("### Steps", "**Steps**"), label ("Order number: 12"), checkbox ("[x] I searched"), block (an
    instruction on a line); known: a heading that is boilerplate anyway and only tells which form it is."""

    kind: str
    text: str
    whole: bool = True

    @property
    def key(self) -> str:
        """Equal for one element however it is spaced and capitalised."""
        return f"{self.kind} {normal(self.text)}"


@dataclass(frozen=True, slots=True)
class Form:
    """Elements that stand together in the documents of many reporters, and how many of both were seen."""

    elements: tuple[Element, ...]
    documents: int
    reporters: int


@dataclass(frozen=True)
class Templates:
    """The forms learnt in a workspace. Where there are none, nothing is ever found."""

    forms: tuple[Form, ...] = ()

    @property
    def version(self) -> str:
        """Eight hexadecimal digits that change with what is looked for; "none" without forms."""
        found = [[(one.kind, one.text, one.whole) for one in form.elements] for form in self.forms]
        return hashlib.sha256(json.dumps(found, ensure_ascii=False).encode()).hexdigest()[:8] if found else "none"

    def without(self, vetoed: Iterable[str]) -> "Templates":
        """The same without the elements of these texts, however they are spaced and capitalised."""
        no = {normal(text) for text in vetoed}
        kept = (
            Form(tuple(one for one in form.elements if normal(one.text) not in no), form.documents, form.reporters)
            for form in self.forms
        )
        return Templates(tuple(form for form in kept if any(one.kind != "known" for one in form.elements)))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where elements stand in a text that holds at least FEWEST_ELEMENTS of one form, in order of the text."""
        return sorted((start, end) for start, end, element in self.found(text) if element.kind != "known")

    def found(self, text: str) -> list[tuple[int, int, Element]]:
        """Start, end and element of each find in a text written into a form."""
        if not self.forms:
            return []
        matches = [
            (match.start(), match.end(), self._elements[f"{kind} {normal(match['text'])}"])
            for kind, sign, pattern in self._patterns
            if sign in text
            for match in pattern.finditer(text)
        ]
        seen: dict[int, set[str]] = defaultdict(set)
        for _, _, element in matches:
            for form in self._forms_of[element.key]:
                seen[form].add(element.key)
        sure = {form for form, keys in seen.items() if len(keys) >= FEWEST_ELEMENTS}
        return [one for one in matches if sure.intersection(self._forms_of[one[2].key])]

    @cached_property
    def _elements(self) -> dict[str, Element]:
        return {element.key: element for form in self.forms for element in form.elements}

    @cached_property
    def _forms_of(self) -> dict[str, list[int]]:
        owners: dict[str, list[int]] = defaultdict(list)
        for number, form in enumerate(self.forms):
            for element in form.elements:
                owners[element.key].append(number)
        return owners

    @cached_property
    def _patterns(self) -> list[tuple[str, str, re.Pattern[str]]]:
        """Kind, a sign that each match holds, and the expression whose group `text` is an element's text."""
        found = []
        for kind in KINDS:
            for whole in (True, False):
                texts = [one.text for one in self._elements.values() if one.kind == kind and one.whole == whole]
                if texts:
                    found += [(kind, sign, pattern) for sign, pattern in expressions(kind, whole, texts)]
        return found

    def card(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"version": self.version, "forms": [asdict(form) for form in self.forms]}


NO_TEMPLATES = Templates()


def from_card(card: Mapping[str, Any]) -> Templates:
    """The templates of a `card`."""
    return Templates(
        tuple(
            Form(tuple(Element(**one) for one in form["elements"]), form["documents"], form["reporters"])
            for form in card["forms"]
        )
    )


def normal(text: str) -> str:
    """A text in small letters, single spaces, without punctuation at its ends."""
    return " ".join(text.casefold().split()).strip(" :.?!*#_-")


def expressions(kind: str, whole: bool, texts: Sequence[str]) -> list[tuple[str, re.Pattern[str]]]:
    """Expressions that find elements of one kind, each with a sign that its matches hold."""
    ordered = sorted(texts, key=lambda text: (-len(text), text))
    choice = "|".join(GAP.join(map(re.escape, text.split())) for text in ordered)
    said = rf"(?P<text>{choice})"
    if kind in ("heading", "known"):
        end = r"[ \t]{0,4}[:：]?[ \t]{0,4}$" if whole else EDGE
        start = r"^[ \t]{0,3}" if whole else r"(?<!\S)"
        return [
            ("#", re.compile(rf"{start}#{{1,6}}{GAP}{said}{end}", re.I | re.M)),
            ("**", re.compile(rf"(?<!\S)\*\*[ \t]?{said}[ \t]?[:：]?[ \t]?\*\*[:：]?", re.I)),
        ]
    if kind == "label":
        start = r"^[ \t]{0,3}(?:[-*•] )?" if whole else r"(?<!\S)[-*•] "
        mark = r"(?:\*\*)?[ \t]?[:：](?:\*\*)?"
        return [(":", re.compile(rf"{start}(?:\*\*)?{said}{mark}(?=\s|$)", re.I | re.M))]
    if kind == "checkbox":
        return [("] ", re.compile(rf"(?<!\S)(?:[-*] )?\[[ xX]\] {said}{EDGE}[.!?]?", re.I))]
    return [("", re.compile(rf"^[ \t]{{0,3}}{said}[ \t]{{0,4}}$", re.I | re.M))]
