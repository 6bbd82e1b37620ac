"""See through disguises: a text without invisible signs and look-alikes, and the way back to its offsets."""

import re
from bisect import bisect_right
from collections.abc import Callable

# Zero-width and direction marks, soft hyphen, variation selectors, combining marks ("Zalgo").
INVISIBLE = re.compile(
    "[\u00ad\u0300-\u036f\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"
)
# Full-width forms, and the signs that stand in for an at, a dot, a hyphen or a space.
LOOK_ALIKES = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(sign): plain
    for signs, plain in (("\ufe6b", "@"), ("\u2024\u3002\ufe52", "."), ("\u2010\u2011\u2212\ufe63", "-"))
    for sign in signs
}
LOOK_ALIKES |= {ord(sign): " " for sign in "\u00a0\u2007\u202f\u2009\u3000"}


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
        return plain, same
    # The n-th removed character, at p, moves every later position by one more.
    removed = [match.start() - n for n, match in enumerate(INVISIBLE.finditer(plain))]
    return INVISIBLE.sub("", plain), lambda position: position + bisect_right(removed, position)
