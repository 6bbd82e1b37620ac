"""See through disguises: a text without invisible signs and look-alikes, and the way back to its offsets."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable

# Zero-width and direction marks, soft hyphen, fillers, variation selectors, tags, combining marks ("Zalgo").
INVISIBLE = re.compile(
    "[\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
# Letters and digits in another dress: mathematical, circled, full-width; each stands for one plain sign.
DRESSED = (*range(0x2102, 0x2150), *range(0x2460, 0x24EB), *range(0xFF01, 0xFF5F), *range(0x1D400, 0x1D800))


def _plain_signs() -> dict[int, str]:
    """From dressed signs, and from signs that stand in for an at, a dot, a hyphen or a space, to plain ones."""
    plain = {code: unicodedata.normalize("NFKC", chr(code)) for code in DRESSED}
    table = {code: sign for code, sign in plain.items() if len(sign) == 1 and sign.isascii()}
    for signs, sign in (
        ("\ufe6b", "@"),
        ("\u2024\u3002\ufe52\u2e33", "."),
        ("\u2010\u2011\u2212\ufe63", "-"),
        ("\u00a0\u2007\u202f\u2009\u3000\u2800", " "),
    ):
        table |= dict.fromkeys(map(ord, signs), sign)
    return table


LOOK_ALIKES = _plain_signs()
# Cyrillic and Greek letters that look like Latin ones: read so only in words that hold Latin letters too.
HOMOGLYPHS = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u0432\u043a\u043c\u043d\u0442\u03bf\u03b1\u03bd\u03b9\u03c1\u03ba"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0391\u0392\u0395\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7\u03a5\u0396",
    "aeopcyxijshdqwbkmhtoavipkABEKMHOPCTXIABEHIKMNOPTXYZ",
)
FOREIGN_LETTER = re.compile("[\u0391-\u03c1\u0405-\u0458\u04bb\u0501\u051b\u051d]")
WORD = re.compile(r"[\w.@+-]{2,}")
LATIN_LETTER = re.compile("[A-Za-z]")


def same(position: int) -> int:
    """The position itself: for a text that was not shortened."""
    return position


def fold(text: str) -> tuple[str, Callable[[int], int]]:
    """The text without disguises, and the function from its positions to those of the given text.

    >>> plain, back = fold("a\u200b@b")
    >>> plain, back(1)
    ('a@b', 2)
    """
    if text.isascii():
        return text, same
    plain = text.translate(LOOK_ALIKES)
    if not INVISIBLE.search(plain):
        return _latin(plain), same
    # The n-th removed character, at p, moves every later position by one more.
    removed = [match.start() - n for n, match in enumerate(INVISIBLE.finditer(plain))]
    return _latin(INVISIBLE.sub("", plain)), lambda position: position + bisect_right(removed, position)


def _latin(text: str) -> str:
    """The text with the homoglyphs of mixed words read as Latin letters; as long as it was."""
    return WORD.sub(_mixed, text) if FOREIGN_LETTER.search(text) else text


def _mixed(word: re.Match[str]) -> str:
    return word[0].translate(HOMOGLYPHS) if LATIN_LETTER.search(word[0]) else word[0]
