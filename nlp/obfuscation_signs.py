"""Signs that look like letters, and signs that are not seen, inside words."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from nlp.fold import HOMOGLYPHS
from nlp.known_words import is_word
from nlp.obfuscation_records import Hidden

UNSEEN = "\u200b-\u200f\u2060-\u2064\u206a-\u206f\ufeff\u00ad\u180e\U000e0020-\U000e007f"
MARKS = "\u0300-\u036f\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
HAS_UNSEEN = re.compile(f"[{UNSEEN}{MARKS}]")
WITH_UNSEEN = re.compile(rf"[^\W_](?:[^\W_]|[{UNSEEN}{MARKS}]){{1,120}}")
ONE_UNSEEN = re.compile(f"[{UNSEEN}]")
STRIPPED = re.compile(f"[{UNSEEN}{MARKS}]")
SOFT_HYPHEN = "\u00ad"
LEAST_MARKED = 3
"""Letters of a word with a mark that no alphabet writes."""
JOINING = range(0x0590, 0x18B0)
"""Scripts whose joiners, marks and breaks are spelling: Hebrew and Arabic to Khmer and Mongolian."""

SIGN = "[^\\W\\d_]|[\u24b6-\u24e9\U0001f110-\U0001f189]"
WORD = re.compile(f"(?:{SIGN}){{1,60}}")
DRESSES = re.compile(
    "(?:MATHEMATICAL|FULLWIDTH LATIN|(?:NEGATIVE )?(?:CIRCLED|SQUARED) LATIN|PARENTHESIZED LATIN|MODIFIER LETTER"
    "|LATIN LETTER SMALL CAPITAL|DOUBLE-STRUCK|SCRIPT|BLACK-LETTER)(?: [A-Z-]{2,20}){0,6} ([A-Z])"
)
DRESSED = ((0x1D00, 0x1D6B), (0x0262, 0x02A0), (0x2102, 0x2140), (0x24B6, 0x24EA), (0xFF21, 0xFF5B),
           (0x1D400, 0x1D6A4), (0x1F110, 0x1F18A))  # fmt: skip
FULL_WIDTH = range(0xFF21, 0xFF5B)
CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Further letters of other alphabets that stand in for Latin ones: Greek, Cyrillic, Armenian, Cherokee.
MORE_ALIKE = str.maketrans(
    "γηυωχςτεσπβϲϹѵѡєпгзбвнтҝҡёїүөҽһօսհոցզքյլւտՕՍԼՏᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᏀᏃᏒᏕᏚᏞᏟᏢᏦᏴ",
    "ynuwxcteonbcCvwenrebbhtkkeiyoehouhnggpjlwsOULSDRTiAJEWMHGZRSSLCPKB",
)
LEAST_LETTERS = 3
FOREIGN = 5
"""Times as many Latin letters as others: then a word wholly in look-alikes is a stranger."""


def zero_width(text: str) -> Iterator[Hidden]:
    """Words with signs inside that nobody sees, or with marks that no alphabet writes; plain: without them.

    Joiners of emoji, of Persian or Hindi, and one soft hyphen for hyphenation are none.
    """
    if text.isascii() or not HAS_UNSEEN.search(text):
        return
    for word in WITH_UNSEEN.finditer(text):
        if HAS_UNSEEN.search(word[0]) and (_cut(word[0]) or _marked(word[0])):
            yield Hidden(word.start(), word.end(), _bare(word[0]))


def _bare(word: str) -> str:
    """Without unseen signs and marks that stand alone; an accent that belongs to its letter stays."""
    return STRIPPED.sub("", unicodedata.normalize("NFC", word))


def _cut(word: str) -> bool:
    """Whether something unseen stands between two letters of a script that has no use for it."""
    inner = [sign for sign in word[1:-1] if ONE_UNSEEN.match(sign)]
    if not inner or any(ord(sign) in JOINING for sign in word):
        return False
    letters = len(STRIPPED.sub("", word))
    soft = inner.count(SOFT_HYPHEN)
    return len(inner) > soft or soft > max(letters // 4, 1)


def _marked(word: str) -> bool:
    composed = unicodedata.normalize("NFC", word)
    if any(ord(sign) in JOINING for sign in word):
        return False
    return sum(1 for sign in composed if unicodedata.combining(sign)) >= LEAST_MARKED


@cache
def dresses() -> dict[int, str]:
    """Letters in another dress (mathematical, circled, full-width, small capital) to plain ones, by their names."""
    table = {}
    for start, end in DRESSED:
        for code in range(start, end):
            named = DRESSES.fullmatch(unicodedata.name(chr(code), ""))
            if named:
                small = "CAPITAL" not in named[0] or "SMALL CAPITAL" in named[0]
                table[code] = named[1].lower() if small else named[1]
    return table


def homoglyphs(text: str) -> Iterator[Hidden]:
    """Words in which letters of another alphabet or dress stand for Latin ones; plain: the Latin letters.

    Text in Cyrillic or Greek is none: a word must mix alphabets, or be a lone stranger that reads as an English word.
    Words of fewer than LEAST_LETTERS count only beside longer ones.
    """
    if text.isascii():
        return
    table = dresses()
    wide_is_usual = bool(CJK.search(text))
    found = []
    for word in WORD.finditer(text):
        if word[0].isascii():
            continue
        plain = word[0].translate(table).translate(HOMOGLYPHS).translate(MORE_ALIKE)
        if plain != word[0] and (_dressed(word[0], table, wide_is_usual) or _mixed(word[0], plain, text)):
            found.append(Hidden(word.start(), word.end(), plain))
    if any(len(one.plain) >= LEAST_LETTERS for one in found):
        yield from found


def _dressed(word: str, table: dict[int, str], wide_is_usual: bool) -> bool:
    signs = [sign for sign in word if ord(sign) in table]
    if not signs or (wide_is_usual and all(ord(sign) in FULL_WIDTH for sign in signs)):
        return False
    return len(signs) >= min(LEAST_LETTERS, len(word))


def _mixed(word: str, plain: str, text: str) -> bool:
    strange = [not _latin(sign) for sign in word]
    if not any(strange) or not all(_latin(sign) for sign in plain):
        return False
    turns = sum(here != after for here, after in zip(strange, strange[1:], strict=False))
    if all(strange):
        return len(word) != LEAST_LETTERS and is_word(plain) and _among_latin(text)
    return is_word(plain) or (turns >= 2 and len(word) > LEAST_LETTERS)


def _latin(sign: str) -> bool:
    code = ord(sign)
    return code < 0x250 or 0x1E00 <= code < 0x1F00


def _among_latin(text: str) -> bool:
    letters = [sign for sign in text[:4_000] if sign.isalpha()]
    latin = sum(1 for sign in letters if ord(sign) < 0x250)
    return latin >= FOREIGN * (len(letters) - latin)
