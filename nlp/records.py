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
    """A text without personal data; `spans` are in order, apart, and count in the *original* text.

    `asked`: whether the name recogniser read some of it, the slowest step by far."""

    text: str
    spans: tuple[Span, ...]
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """The customer's own words, and the parts that are not; `parts` count in the text that was split."""

    claim: str
    parts: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class EntityPattern:
    """A field to read out of texts: the group `value` of each match, else all of it; or always `value`, if given."""

    id: str
    pattern: str
    value: str = ""
