"""A text in the middle of its redaction: what was found so far, and the names it is replaced by."""

import re
from bisect import bisect_right
from collections.abc import Iterable

from nlp.records import Redacted, Span

TOKEN = re.compile(r"<(?P<name>[A-Z]{2,12}(?:_[A-Z]{2,12}){0,2})_(?P<number>[1-9]\d{0,6})>")
NUMERIC = {"PHONE", "CARD", "IBAN", "NATIONAL_ID"}
MOST_ALIASES = 200


class Draft:
    """The original text and the spans found in it; `text` is what a reader would see now.

    `asked`: whether the name recogniser read some of it.

    A token such as `<EMAIL_1>` that stands in the original stays, and its number is not given out again.
    """

    def __init__(self, original: str) -> None:
        self.original = original
        self.spans: list[Span] = []
        self.text = original
        self.asked = False
        self._shifts: list[tuple[int, int]] = []

    def add(self, found: Iterable[Span]) -> bool:
        """Take in spans that count in the present `text` and touch no token; whether there were any."""
        mapped = [Span(self._back(span.start), self._back(span.end - 1) + 1, span.name) for span in found]
        if mapped:
            self.spans = sorted(self.spans + mapped, key=lambda span: span.start)
            self._render()
        return bool(mapped)

    def redacted(self) -> Redacted:
        """The present text with all that was found."""
        return Redacted(self.text, tuple(self.spans), self.asked)

    def _back(self, position: int) -> int:
        index = bisect_right(self._shifts, (position, len(self.original)))
        return position + (self._shifts[index - 1][1] if index else 0)

    def _render(self) -> None:
        pieces: list[str] = []
        self._shifts = []
        at = length = 0
        for span, token in zip(self.spans, self._tokens(), strict=True):
            pieces += (self.original[at : span.start], token)
            length += span.start - at + len(token)
            at = span.end
            self._shifts.append((length, at - length))
        self.text = "".join(pieces) + self.original[at:]

    def _tokens(self) -> list[str]:
        """One token a span: numbered by first appearance, the same for the same value."""
        highest: dict[str, int] = {}
        for match in TOKEN.finditer(self.original) if "<" in self.original else ():
            highest[match["name"]] = max(highest.get(match["name"], 0), int(match["number"]))
        values = [value_of(span.name, self.original[span.start : span.end]) for span in self.spans]
        people = {value for span, value in zip(self.spans, values, strict=True) if span.name == "PERSON"}
        alias = aliases(people)
        numbers: dict[tuple[str, str], int] = {}
        tokens = []
        for span, value in zip(self.spans, values, strict=True):
            key = (span.name, alias.get(value, value) if span.name == "PERSON" else value)
            if key not in numbers:
                numbers[key] = highest[span.name] = highest.get(span.name, 0) + 1
            tokens.append(f"<{span.name}_{numbers[key]}>")
        return tokens


def value_of(name: str, text: str) -> str:
    """What makes two mentions the same: case does not, nor do separators within numbers."""
    if name in NUMERIC:
        return "".join(sign for sign in text if sign.isalnum()).lower()
    return " ".join(text.split()).lower()


def aliases(people: set[str]) -> dict[str, str]:
    """From a part of a name to the only full name in the text that holds it.

    >>> aliases({"emre kaplan", "kaplan", "ada"})
    {'kaplan': 'emre kaplan'}
    """
    if len(people) > MOST_ALIASES:
        return {}
    full = sorted(person for person in people if " " in person)
    owners = {part: [person for person in full if part in person.split()] for part in people if " " not in part}
    return {part: persons[0] for part, persons in sorted(owners.items()) if len(persons) == 1}


def shown_spans(redacted: Redacted) -> list[Span]:
    """The spans of a redacted text where its tokens stand, in order: offsets into `redacted.text`.

    >>> shown_spans(Redacted("ask <EMAIL_1> now", (Span(4, 15, "EMAIL"),)))
    [Span(start=4, end=13, name='EMAIL')]
    """
    shown, shift = [], 0
    for span in redacted.spans:
        token = TOKEN.match(redacted.text, span.start + shift)
        if token is None:
            continue
        shown.append(Span(token.start(), token.end(), span.name))
        shift = token.end() - span.end
    return shown
