"""Whether a name is borne out: how many documents hold its words, inside its theme and outside."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from topics.describe import UNNAMED
from topics.language_names import TEXTS_IN
from topics.words import kind, segments, stem


@dataclass(frozen=True, slots=True)
class NameCheck:
    """Mean share of documents that hold a content word of the name, `inside` its theme and `outside`, 0 to 1.

    `words`: stem -> its two shares. A name without content words has shares of 0 and no words.
    """

    inside: float
    outside: float
    words: dict[str, tuple[float, float]]


def checked_name(name: str, claims: Sequence[str], members: Collection[int]) -> NameCheck:
    """The check of any name, a person's own as well, against the theme's claims (`members` are row numbers).

    >>> checked_name("Lost bag", ["lost bag", "my bag was lost", "no refund", "bag fee"], [0, 1]).words
    {'lost': (1.0, 0.0), 'bag': (1.0, 0.5)}
    """
    words = content_words(name)
    inside_rows = set(members)
    held = [stems_of(claim) & set(words) for claim in claims]
    shares = {
        word: (
            _share([word in held[row] for row in range(len(claims)) if row in inside_rows]),
            _share([word in held[row] for row in range(len(claims)) if row not in inside_rows]),
        )
        for word in words
    }
    return summed(shares)


def summed(shares: dict[str, tuple[float, float]]) -> NameCheck:
    """The check from each word's shares inside and outside."""
    count = max(len(shares), 1)
    return NameCheck(
        inside=round(sum(inside for inside, _ in shares.values()) / count, 4),
        outside=round(sum(outside for _, outside in shares.values()) / count, 4),
        words=shares,
    )


def content_words(name: str) -> list[str]:
    """Stems of the words of a name that say something, each once.

    >>> content_words("Charged for the data cap")
    ['charg', 'data', 'cap']

    None where the name tells of no words: of languages, or of nothing.

    >>> content_words("Texts in German and French"), content_words("Unnamed theme 2")
    ([], [])
    """
    if name.startswith((TEXTS_IN, UNNAMED)):
        return []
    words = (word for part in segments(name) for word in part.low if kind(word) in ("content", "weak"))
    return list(dict.fromkeys(stem(word) for word in words))


def stems_of(claim: str) -> set[str]:
    """Stems of all words of a claim."""
    return {stem(word) for part in segments(claim) for word in part.low}


def _share(held: list[bool]) -> float:
    return sum(held) / max(len(held), 1)
