"""Where names stand on a map, so that few of them overlap: the greedy rule, largest first."""

import textwrap
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LETTER, LINE = 6.8, 13.0
"""Pixels that a letter and a line of bold 11 px type take, on average."""

_WIDEST = 22  # letters of a line
_MOST_LINES = 2
_MARGIN = 2.0

Box = tuple[float, float, float, float]


def wrapped(name: str) -> str:
    """A name on at most two short lines.

    >>> wrapped("Verified researchers still blocked on vulnerability analysis")
    'Verified researchers\\nstill blocked on …'
    """
    lines = textwrap.wrap(name, _WIDEST, max_lines=_MOST_LINES, placeholder=" …", break_long_words=True)
    return "\n".join(lines)


def label_places(
    middles: Floats, reach: Floats, texts: Sequence[str], *, width: float, height: float
) -> list[tuple[float, float] | None]:
    """Middle of each label in pixels, or None where there is no room for it.

    `middles` (k, 2) and radii `reach` (k,) of discs in pixels, from the top left; `texts` as `wrapped` gives them. The
    largest disc chooses first: on itself, below, above, right, left; not over another label nor out of the picture, and
    where it can be not over another disc.
    """
    found: list[tuple[float, float] | None] = [None] * len(texts)
    taken: list[Box] = []
    for one in sorted(range(len(texts)), key=lambda number: (-float(reach[number]), number)):
        sides = _candidates(middles[one], float(reach[one]), texts[one])
        free = [box for box in sides if _inside(box, width, height) and not any(_meet(box, other) for other in taken)]
        clear = [box for box in free if not _over_disc(box, middles, reach, one)]
        chosen = next(iter(clear or free), None)
        if chosen is not None:
            taken.append(chosen)
            found[one] = ((chosen[0] + chosen[2]) / 2, (chosen[1] + chosen[3]) / 2)
    return found


def _candidates(middle: Floats, reach: float, text: str) -> list[Box]:
    lines = text.split("\n")
    wide, high = max(map(len, lines)) * LETTER / 2, len(lines) * LINE / 2
    x, y = float(middle[0]), float(middle[1])
    below, aside = reach + high + _MARGIN, reach + wide + 2 * _MARGIN
    spots = [(x, y), (x, y + below), (x, y - below), (x + aside, y), (x - aside, y)]
    return [(left - wide, top - high, left + wide, top + high) for left, top in spots]


def _inside(box: Box, width: float, height: float) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height


def _meet(one: Box, other: Box) -> bool:
    apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    return not apart


def _over_disc(box: Box, middles: Floats, reach: Floats, own: int) -> bool:
    """Whether a label covers the middle part of another disc."""
    nearest = np.column_stack([np.clip(middles[:, 0], box[0], box[2]), np.clip(middles[:, 1], box[1], box[3])])
    covered = ((nearest - middles) ** 2).sum(axis=1) < (0.8 * reach) ** 2
    covered[own] = False
    return bool(covered.any())
