"""Text in an encoding that people do not read: base64, hexadecimal, binary, percent and character references."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator

from nlp.known_words import is_word
from nlp.obfuscation_records import Hidden
from nlp.obfuscation_words import leetspeak

BASE64 = re.compile(
    r"(?<![\w+/=.-])[A-Za-z0-9+/_-]{12,8000}={0,2}(?:\r?\n[A-Za-z0-9+/_-]{2,120}={0,2}){0,200}(?![\w+/=-]|\.\w)"
)
HEX = re.compile(
    r"(?<![\w\\])(?:0x)?(?:[0-9A-Fa-f]{2}[ :,]?){6,4000}(?!\w)|(?:(?:\\x|0x)[0-9A-Fa-f]{2}[ ,]{0,2}){6,4000}"
)
MARKER = re.compile(r"<ENCODED_[1-9]\d{0,6}>")
"""What redaction leaves of long base64 (`nlp.redact_secrets.encoded_text`): that there was text, and none of it."""
PAIR = re.compile(r"(?:\\x|0x)|[^0-9A-Fa-f]")
BINARY = re.compile(r"(?<!\w)(?:[01]{8}[ ,]{0,2}){4,2000}(?!\w)")
PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}|[\w.~-]|(?:&#x?[0-9A-Fa-f]{2,4};)){8,4000}")
NEEDLESS = re.compile(
    r"%(?:25)?(?:[46][1-9A-Fa-f]|[57][0-9Aa])|&#(?:x[46][1-9A-Fa-f]|x[57][0-9Aa]|6[5-9]|[78]\d|9[07-9]|1[01]\d|12[0-2]);"
)
PERCENT_BYTES = re.compile(r"(?:%[0-9A-Fa-f]{2}){1,4000}")
REFERENCE = re.compile(r"&#(x?)([0-9A-Fa-f]{2,4});")
LEAST_NEEDLESS = 4
WORDS = re.compile(r"[A-Za-z]{2,30}")
SENTENCE = frozenset(" \n'’.,!?;()-*")
LEAST_TEXT = 0.8
"""Share of letters, blanks and stops in what is a sentence; markup, JSON and code have more other signs."""
LEAST_WORDS = 0.5
"""Share of its words that the dictionary must know (of some other language: letters and blanks alone count)."""


def base64_text(text: str) -> Iterator[Hidden]:
    """Base64 that decodes to words, in one line or wrapped. Hashes, keys, tokens (JWT: JSON) and pictures do not.

    What was redacted counts by its mark alone; plain: nothing.
    """
    yield from sorted([*_base64(text), *_redacted(text)], key=lambda one: one.start)


def encodes_text(letters: str) -> bool:
    """Whether this is base64 of what people write."""
    return bool(_text_of(letters, _from_base64))


def _redacted(text: str) -> Iterator[Hidden]:
    for mark in MARKER.finditer(text):
        yield Hidden(mark.start(), mark.end(), "")


def _base64(text: str) -> Iterator[Hidden]:
    for run in BASE64.finditer(text):
        for length in dict.fromkeys((_wrapped(run[0]), len(run[0].split("\n")[0].rstrip("\r")))):
            plain = _text_of(run[0][:length], _from_base64)
            if plain:
                yield Hidden(run.start(), run.start() + length, plain)
                break


def _wrapped(run: str) -> int:
    """Characters up to the end of the lines that are as long as the first, and one shorter line."""
    lines = run.split("\n")
    width, end = len(lines[0].rstrip("\r")), len(lines[0])
    for line in lines[1:]:
        if len(line.rstrip("\r")) > width:
            break
        end += 1 + len(line)
        if len(line.rstrip("\r")) < width:
            break
    return end


def hexadecimal(text: str) -> Iterator[Hidden]:
    """Bytes in hexadecimal that are words."""
    return _decoded(text, HEX, lambda digits: bytes.fromhex(PAIR.sub("", digits)))


def binary_text(text: str) -> Iterator[Hidden]:
    """Bytes in ones and zeros that are words."""
    return _decoded(text, BINARY, _from_bits)


def percent_encoded(text: str) -> Iterator[Hidden]:
    """Percent codes and character references for letters, which never need them; those of an address's blanks do."""
    if "%" not in text and "&#" not in text:
        return
    for run in PERCENT.finditer(text):
        if len(NEEDLESS.findall(run[0])) >= LEAST_NEEDLESS:
            twice = PERCENT_BYTES.sub(_of_bytes, PERCENT_BYTES.sub(_of_bytes, run[0]))
            yield Hidden(run.start(), run.end(), REFERENCE.sub(_referred, twice))


def _of_bytes(codes: re.Match[str]) -> str:
    return bytes.fromhex(codes[0].replace("%", "")).decode("utf-8", "replace")


def _referred(match: re.Match[str]) -> str:
    return chr(int(match[2], 16) if match[1] else int(match[2])) if match[1] or match[2].isdigit() else match[0]


def _from_base64(letters: str) -> bytes:
    bare = "".join(letters.split()).rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)


def _from_bits(bits: str) -> bytes:
    digits = bits.replace(" ", "").replace(",", "")
    return bytes(int(digits[place : place + 8], 2) for place in range(0, len(digits) - 7, 8))


def _decoded(text: str, pattern: re.Pattern[str], decode: Callable[[str], bytes]) -> Iterator[Hidden]:
    for run in pattern.finditer(text):
        kept = run[0].rstrip(" ,:")
        plain = _text_of(kept, decode)
        if plain:
            yield Hidden(run.start(), run.start() + len(kept), plain)


def _text_of(letters: str, decode: Callable[[str], bytes]) -> str:
    """What the letters decode to where people would write it; else ""."""
    try:
        plain = decode(letters).decode("utf-8")
    except (ValueError, binascii.Error):
        return ""
    return plain if reads_as_text(plain) else ""


def reads_as_text(plain: str) -> bool:
    """Whether this is what people write: mostly letters and blanks, in words of a dictionary if in Latin letters."""
    if len(plain) < 4 or not plain.isprintable() and not plain.replace("\n", "").replace("\t", "").isprintable():
        return False
    if sum(1 for sign in plain if sign.isalnum() or sign in SENTENCE) < LEAST_TEXT * len(plain):
        return False
    words = WORDS.findall(plain)
    if not plain.isascii() and len(plain.split()) >= 3:
        return True
    known = sum(len(word) for word in words if is_word(word))
    if known >= LEAST_WORDS * max(sum(map(len, words)), 1) and known >= 4:
        return True
    return any(True for _ in leetspeak(plain))
