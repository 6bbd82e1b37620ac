"""The records that text functions hand to one another."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A named stretch `start <= i < end` of a text, in Python characters."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without personal data; `spans` are in order, apart, and count in the *original* text."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """The customer's own words, and the parts that are not; `parts` count in the text that was split."""

    claim: str
    parts: tuple[Span, ...]
