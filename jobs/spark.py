"""Sparklines for a terminal: one character a week."""

import sys
from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN = "_.-:=+*#"
"""The same eight heights for a terminal that knows ASCII only."""
DAYS = 7


def by_week(days: Sequence[float]) -> list[float]:
    """Mean a day over weeks that end on the last day; days before the first whole week are left out.

    >>> by_week([9, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2])
    [1.0, 2.0]
    """
    first = len(days) % DAYS
    return [sum(days[start : start + DAYS]) / DAYS for start in range(first, len(days), DAYS)]


def spark(values: Sequence[float], *, marks: str = BLOCKS) -> str:
    """The values as characters, from nought to the largest; "" for none.

    >>> spark([0, 1, 2, 4]), spark([0, 0], marks=PLAIN)
    ('▁▃▅█', '__')
    """
    top = max(values, default=0)
    most = len(marks) - 1
    return "".join(marks[int(value / top * most + 0.5) if top > 0 else 0] for value in values)


def terminal_marks() -> str:
    """The characters that standard output can write."""
    try:
        BLOCKS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return PLAIN
    return BLOCKS
