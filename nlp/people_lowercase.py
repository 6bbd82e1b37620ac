"""Find people in texts without capitals, and names in lower case that are introduced."""

import re

from nlp.name_lists import GIVEN, MAYBE_GIVEN, NAMES, SURNAME, unaccented
from nlp.not_names import NOT_NAMES
from nlp.pseudonyms import TOKEN
from nlp.redact_checks import Found

LETTERS = r"[^\W\d_]"
# A word of a text in lower case, and an initial and a word behind it.
LOWERCASE = re.compile(
    rf"(?<![\w@#/\\.~$-])(?P<first>{LETTERS}{{3,20}})(?![\w@/\\(=_]|-\w|\.\w)"
    rf"(?:(?P<middle> {{1,2}}{LETTERS}\.?)?(?= {{1,2}}(?P<last>{LETTERS}[\w'\u2019-]{{2,30}})))?"
)
INTRODUCED = re.compile(
    rf"\bname(?:'s|\u2019s| is|:) {{0,8}}(?P<first>{LETTERS}{{3,20}})(?![\w@/\\(=_])"
    rf"(?P<middle> {LETTERS}\.?(?= ))?(?: (?P<last>{LETTERS}[\w'\u2019-]{{2,30}}))?"
)
FEWEST_LETTERS = 4


def known_name(word: str) -> int:
    """The bits of the lists for a word in lower case; none for one that is also an ordinary word's."""
    plain = word.removesuffix("'s").removesuffix("\u2019s")
    return 0 if plain in NOT_NAMES else NAMES.get(unaccented(plain), 0)


def lowercase_person(match: re.Match[str]) -> Found:
    """A given name that is no other word, with the surname behind it, where the whole text has no capitals."""
    first, last = known_name(match["first"]), known_name(match["last"] or "")
    alone = first & GIVEN and len(match["first"]) >= FEWEST_LETTERS
    pair = first & (GIVEN | MAYBE_GIVEN) and last & SURNAME
    if not (alone or pair) or not without_capitals(match.string):
        return
    yield match.start(), _end(match, last)


def _end(match: re.Match[str], last: int) -> int:
    """Where the name ends: behind the second word if that may be a surname."""
    if not match["last"] or not (last & (SURNAME | GIVEN) or (match["middle"] and last)):
        return match.end("first")
    return match.start("last") + len(match["last"].removesuffix("'s").removesuffix("\u2019s").rstrip("'\u2019-"))


def introduced_lowercase(match: re.Match[str]) -> Found:
    """A name in lower case behind "name is", if a list knows it or the surname."""
    first, last = known_name(match["first"]), known_name(match["last"] or "")
    if match["first"][0].islower() and (first & (GIVEN | SURNAME) or (first and last & SURNAME)):
        yield match.start("first"), _end(match, last)


def without_capitals(text: str) -> bool:
    """Whether no letter of the text outside of tokens is a capital."""
    return text.islower() or (text[:1] == "<" or "<" in text) and TOKEN.sub("", text).islower()
