"""What any name of a theme must be: one plain line, like no other theme's, without a person's name."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from itertools import pairwise

from nlp.name_lists import GIVEN, KNOWN, MAYBE_GIVEN, MAYBE_SURNAME, SURNAME, kind

LONGEST_NAME = 80
"""Characters of a name, at most."""

UNNAMED = "Unnamed theme"

_SURNAMES = SURNAME | MAYBE_SURNAME
_UNSAFE = re.compile(r"[^\w\s'’:&+.,/-]")


def distinct(name: str, taken: Collection[str], others: Sequence[str]) -> str:
    """The name, if need be told apart from those `taken` by the next phrase, else by a number.

    >>> distinct("Data cap", ["data cap"], ["data cap", "usage meter"])
    'Data cap, usage meter'
    """
    used = {_plain(other) for other in taken}
    if _plain(name) not in used:
        return name
    for phrase in others:
        longer = f"{name}, {phrase}"
        if _plain(phrase) not in _plain(name) and len(longer) <= LONGEST_NAME and _plain(longer) not in used:
            return longer
    number = 2
    while _plain(f"{name} {number}") in used:
        number += 1
    return f"{name[: LONGEST_NAME - 8]} {number}"


def safe_name(text: str) -> str:
    """Text as a one-line name: no control or invisible characters, no markup, at most LONGEST_NAME.

    Attackers write theme names; whoever shows one escapes it all the same.

    >>> safe_name("<b>Refunds</b>\\u202e not\\npaid")
    'b Refunds /b not paid'
    """
    normal = unicodedata.normalize("NFKC", text)
    visible = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in normal)
    line = " ".join(_UNSAFE.sub(" ", visible).split())
    if len(line) > LONGEST_NAME:
        line = line[: LONGEST_NAME + 1].rsplit(" ", 1)[0][:LONGEST_NAME]
    return line.strip(" ,:/-+=.&'") or UNNAMED


def named_person(text: str) -> bool:
    """Whether two words in a row are a given name and a surname; redaction should have left none.

    >>> named_person("call from maria lopez"), named_person("Claude Code")
    (True, False)
    """
    kinds = [kind(word.capitalize()) for word in text.split()]
    pairs = [(one, other) for one, other in pairwise(kinds) if not (one | other) & KNOWN]
    return any(one & GIVEN and other & _SURNAMES or one & MAYBE_GIVEN and other & SURNAME for one, other in pairs)


def _plain(text: str) -> str:
    """Name for comparison: small letters and single spaces."""
    return " ".join(text.casefold().split())
