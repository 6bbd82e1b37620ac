"""Words written backwards, or with every letter moved thirteen places."""

import codecs
import re
from collections.abc import Callable, Iterator

from nlp.known_words import is_word
from nlp.obfuscation_records import Hidden

WORD = re.compile(r"[^\W\d_]{1,30}")
LONG = 4
"""Letters of a word that tells much: shorter ones are words either way too often."""
SHORT_WORDS = frozenset(
    "the and you are for not how can who was has but all any with from that this now get use".split()
)
LONG_TELLS, SHORT_TELLS = 2, 1
LEAST_TOLD = 4
MOST_STRANGE = 1
"""Words in a row that are no words turned: then the passage has ended."""


def backwards(text: str) -> Iterator[Hidden]:
    """Passages that read as English from right to left; plain: read so.

    Where only the letters of each word are turned, so are only they.
    """
    for start, end in _passages(text, lambda word: word[::-1]):
        passage = text[start:end]
        first = next(WORD.finditer(passage), None)
        word_by_word = first is not None and first[0][-1:].isupper() and len(first[0]) > 1
        plain = WORD.sub(lambda word: word[0][::-1], passage) if word_by_word else passage[::-1]
        yield Hidden(start, end, plain)


def rotated(text: str) -> Iterator[Hidden]:
    """Passages that read as English after thirteen places (ROT13)."""
    for start, end in _passages(text, _rot13):
        yield Hidden(start, end, _rot13(text[start:end]))


def _rot13(letters: str) -> str:
    return codecs.encode(letters, "rot13")


def _passages(text: str, turned: Callable[[str], str]) -> Iterator[tuple[int, int]]:
    """Stretches of words that are words only when turned (LEAST_TOLD), hardly a stranger among them."""
    start = end = told = strange = 0
    for word in WORD.finditer(text):
        tells = _tells(word[0], turned)
        if tells > 0:
            if not told:
                start = word.start()
            told, end, strange = told + tells, word.end(), 0
        elif tells < 0 and told:
            strange += 1
            if strange > MOST_STRANGE:
                if told >= LEAST_TOLD:
                    yield start, end
                told = strange = 0
        elif told and not strange:
            end = word.end()
    if told >= LEAST_TOLD:
        yield start, end


def _tells(word: str, turned: Callable[[str], str]) -> int:
    """How much it tells that this is a word only when turned; -1: that it is not so; 0: nothing."""
    if len(word) < LONG:
        small = turned(word).lower()
        return SHORT_TELLS if small in SHORT_WORDS and word.lower() not in SHORT_WORDS else 0
    return LONG_TELLS if is_word(turned(word)) and not is_word(word) else -1
