"""What a roll-up needs beyond a leaf: words that its children have in common, or else their names together."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

import numpy as np

from topics.describe import LONGEST_NAME, UNNAMED, safe_name
from topics.headlines import Headline
from topics.word_shares import GroupWords

_CHILDREN = 0.5  # share of the children that must hold a headline
_HELD = 0.02  # in this share of a child's documents


def interleaved(children: Sequence[Sequence[int]]) -> list[int]:
    """Rows of all children, each once: the nearest of every child first.

    >>> interleaved([[5, 6, 7], [1, 2]])
    [5, 1, 6, 2, 7]
    """
    rows = (row for turn in zip_longest(*children) for row in turn if row is not None)
    return list(dict.fromkeys(rows))


def shared(found: Sequence[Headline], shares: GroupWords, children: Sequence[Sequence[int]]) -> list[Headline]:
    """The headlines that at least half of the children hold, the more the better."""
    places = [np.searchsorted(shares.rows, np.unique(np.asarray(rows, dtype=np.int64))) for rows in children]
    kept = []
    for one in found:
        spread = sum(float(one.held[place].mean()) >= _HELD for place in places if len(place)) / max(len(places), 1)
        if spread >= _CHILDREN and spread * len(places) >= 2:
            kept.append(replace(one, score=one.score * spread))
    return sorted(kept, key=lambda one: (-round(one.score, 9), one.text))


def joined(names: Sequence[str]) -> str:
    """The names of the first two children as one; unnamed ones and mixed subjects only where there are no others.

    >>> joined(["Lost card", "Card stolen abroad", "PIN blocked"])
    'Lost card, card stolen abroad and more'
    """
    plain = [name for name in names if not name.startswith(("Mixed: ", UNNAMED))] or list(names)
    more = " and more" if len(names) > 2 or len(plain) < len(names) else ""
    first, second = (plain + ["", ""])[:2]
    small = second[:1].lower() + second[1:] if second[1:2].islower() else second
    both = f"{first}, {small}{more}" if second else first + more
    return safe_name(both if len(both) <= LONGEST_NAME else first + " and more")
