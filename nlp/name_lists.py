"""What a capitalised word may be: a given name, a surname, a known other word (`data/person_names.txt`)."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from nlp.not_names import NOT_NAMES

# Bits of `kind`. A "maybe" is also a word, a place or a brand, and needs company.
GIVEN, MAYBE_GIVEN, SURNAME, MAYBE_SURNAME, KNOWN = 1, 2, 4, 8, 16
SECTIONS = {
    "given": GIVEN,
    "given, also a word": MAYBE_GIVEN,
    "surname": SURNAME,
    "surname, also a word": MAYBE_SURNAME,
}
# Letters that do not decompose into a plain one and an accent.
PLAIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "ı": "i", "ə": "a"}
)
CONTRACTION = re.compile(r"(?:I|[A-Z][a-z]+)['\u2019](?:m|ve|ll|d|re|t|all)$|Y['\u2019]")
INNER_CAPITAL = re.compile(r"(?:Mc|Mac|[DO]['\u2019]|De|Van|.{2,12}-[A-Z\u00c0-\u00de])")


def unaccented(word: str) -> str:
    """Lower case without accents, as the lists are written.

    >>> unaccented("Þórunn"), unaccented("José")
    ('thorunn', 'jose')
    """
    low = word.lower()
    if low.isascii():
        return low
    parts = unicodedata.normalize("NFKD", low.translate(PLAIN))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _load() -> dict[str, int]:
    lists: dict[str, int] = {}
    bit = 0
    for line in (Path(__file__).parent / "data" / "person_names.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            bit = SECTIONS[line.strip("[]")]
        elif not line.startswith("#"):
            for word in line.split():
                lists[word] = lists.get(word, 0) | bit
    return lists


NAMES = _load()


def bare(word: str) -> str:
    """Without the punctuation around it and the possessive.

    >>> bare("Kaplan's,")
    'Kaplan'
    """
    return word.strip(".,'\u2019-").removesuffix("'s").removesuffix("\u2019s")


@lru_cache(maxsize=8192)
def not_a_name(word: str) -> bool:
    """Whether a capitalised word is a known product, place or ordinary word, or shaped like code."""
    plain = bare(word)
    code = any(sign.isdigit() or sign == "_" for sign in plain) or (
        any(sign.isupper() for sign in plain[1:]) and not plain.isupper() and not INNER_CAPITAL.match(plain)
    )
    return (
        code
        or CONTRACTION.match(plain) is not None
        or plain.isupper()
        and len(plain) < 3
        or plain.lower() in NOT_NAMES
        or any(part.lower() in NOT_NAMES for part in plain.split("-")[1:])
    )


@lru_cache(maxsize=8192)
def kind(word: str) -> int:
    """The bits that hold of a capitalised word; 0 for one that no list knows.

    >>> kind("Kevin") & GIVEN, kind("Claude") == KNOWN, kind("Grace") == MAYBE_GIVEN | KNOWN, kind("Qwyx")
    (1, True, False, 0)
    """
    parts = bare(word).split("-")
    found = NAMES.get(unaccented(parts[0]), 0)
    for part in parts[1:]:
        found |= NAMES.get(unaccented(part), 0)
    return found | (KNOWN if not_a_name(word) else 0)
