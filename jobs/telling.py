"""What estimates say, in one way for pages, tables and digests: when they tell anything, how they were corrected."""

import re
from collections.abc import Iterable

COUNTED = re.compile(r"\b\d+(?= random labels)")
WIDEST = 5
"""An interval that reaches beyond this many times its estimate tells nothing of it (docs/counts.md)."""


def tells(estimate: float | None, high: float | None) -> bool:
    """Whether an estimate with this upper end of its interval is worth a number; False where there is none.

    An estimate below one counts as one, so that a nought with a short interval still tells.

    >>> tells(396, 535), tells(6667, 64697), tells(0, 82911), tells(0, 4), tells(None, None)
    (True, False, False, True, False)
    """
    if estimate is None or high is None:
        return False
    return high <= WIDEST * max(estimate, 1)


def corrections(words: Iterable[str | None]) -> list[str]:
    """How a number was corrected, of many rows: those that differ in their labels alone are one, with a range.

    >>> corrections(["by 92 random labels of this slice", "uncorrected", "by 110 random labels of this slice", None])
    ['by 92 to 110 random labels of this slice', 'uncorrected']
    """
    numbers: dict[str, list[int]] = {}
    for one in sorted({word for word in words if word}):
        found = COUNTED.search(one)
        numbers.setdefault(COUNTED.sub("\0", one, count=1), []).extend([int(found[0])] if found else [])
    return [stem.replace("\0", _range(said)) for stem, said in numbers.items()]


def _range(numbers: list[int]) -> str:
    least, most = min(numbers, default=0), max(numbers, default=0)
    return str(most) if least == most else f"{least} to {most}"
