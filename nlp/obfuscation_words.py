"""Words written with digits for letters, and words with their letters set apart."""

import re
from collections.abc import Iterator
from itertools import product

from nlp.known_words import is_word, parted
from nlp.obfuscation_records import Hidden

STANDS_FOR = {"0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
              "@": "a", "$": "s", "!": "i", "|": "l", "+": "t", "€": "e", "£": "l"}  # fmt: skip
LEET = re.compile(r"(?<![^\s\"'“”‘’(\[{<*,;])[A-Za-z0-9@$!|+€£]{2,30}(?![^\s\"'“”‘’)\]}>*,;.?:])")
TRAILING = re.compile(r"[A-Za-z]{1,30}[\d!+|]{1,30}|\d{2,30}[A-Za-z]{1,30}")
"""Versions, models, sizes, hours: letters and then digits, digits and then letters."""
EDGES = "0123456789@$!|+€£"
LEAST_LETTERS = 4
MOST_READINGS = 8

SPACED = re.compile(
    r"(?<![^\W_])(?<![^\W_]['’])[^\W\d_]"
    r"(?:(?P<sep>[._*~|/•·\-])[^\W\d_](?:(?P=sep)[^\W\d_]){0,300}|(?: {1,4}[^\W\d_](?![^\W_]|['’])){3,300})"
    r"(?![^\W_])"
)
GAP = re.compile(r" {2,4}")
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
ACRONYM = 7
UNKNOWN_LETTERS = 9
"""A run this long without a known reading counts where it has the vowels of a language."""
VOWELS = re.compile("[aeiouyäöüáéíóúàèìòùâêîôûãõаеёиоуыэюя]", re.I)


def leetspeak(text: str) -> Iterator[Hidden]:
    """Words with digits or signs for letters that read as English words; not versions, models, sizes or names of code.

    A word of fewer than LEAST_LETTERS counts only beside longer ones.
    """
    found = [
        Hidden(run.start(), run.start() + len(token), plain)
        for run in LEET.finditer(text)
        if (plain := _read(token := run[0].rstrip("!")))
    ]
    if any(len(one.plain) >= LEAST_LETTERS for one in found):
        yield from found


def _read(token: str) -> str:
    """The token as a word, "" if it is none in disguise."""
    signs = [sign for sign in token if sign in STANDS_FOR]
    if not signs or len(signs) == len(token) or TRAILING.fullmatch(token) or is_word(token.strip(EDGES)):
        return ""
    if token[0] == "@" and len(signs) == 1:
        return ""  # A handle.
    choices = [STANDS_FOR.get(sign, sign) for sign in token]
    for number, reading in enumerate(product(*choices)):
        if number >= MOST_READINGS:
            break
        plain = "".join(reading)
        if is_word(plain) or (len(signs) > 1 and _compound(plain)):
            return plain
    return ""


def _compound(letters: str) -> bool:
    """Two words in one, each of three letters or more: "malware", "jailbreak"."""
    words = parted(letters)
    return len(words) == 2 and min(map(len, words)) >= 3


def spaced_out(text: str) -> Iterator[Hidden]:
    """Four letters or more set apart by one sign or by blanks that read as words; not lists, initials or acronyms.

    Shorter words count only beside longer ones.
    """
    found = [
        Hidden(run.start(), run.end(), plain) for run in SPACED.finditer(text) if (plain := _joined(run[0], run["sep"]))
    ]
    if any(sum(map(str.isalpha, one.plain)) >= LEAST_LETTERS for one in found):
        yield from found


def _joined(run: str, sep: str | None) -> str:
    words = ["".join(part.split(sep)) for part in (GAP.split(run) if sep is None else [run])]
    letters = "".join(words)
    if len(letters) < LEAST_LETTERS:
        return letters if sep is not None and letters.islower() and is_word(letters) else ""
    if letters.lower() in ALPHABET or len(set(letters.lower())) < 3:
        return ""
    if letters.isupper() and sep is not None and len(letters) < ACRONYM:
        return ""
    if all(is_word(word) for word in words):
        return " ".join(words)
    found = parted(letters)
    if found and len(letters) >= 3 * len(found):
        return " ".join(found)
    vowels = len(VOWELS.findall(letters)) / len(letters)
    return " ".join(words) if len(letters) >= UNKNOWN_LETTERS and 0.25 <= vowels <= 0.6 else ""
