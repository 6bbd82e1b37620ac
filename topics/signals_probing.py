"""Language that asks how a safeguard decides: which word triggers it, where its limit is, how to get past it.

Who looks for the edge of a classifier asks it, or whoever runs it, just that (Lowd and Meek 2005, Adversarial
learning, KDD); who was blocked by mistake asks the same. So a single text proves nothing: its share does.
"""

import re
from collections.abc import Sequence

import numpy as np

from nlp.phrases import SEARCHED_CHARACTERS, normal
from topics.signals_patterns import ENGLISH
from topics.signals_patterns_others import OTHERS
from topics.signals_words import Words

PATTERNS = (*ENGLISH, *OTHERS)
"""To add a way of asking, add a row to one of them; its example is tested."""

_COMPILED = tuple((one.asks, one.needs, re.compile(one.expression)) for one in PATTERNS)

_ROOTS = re.compile("|".join(sorted({re.escape(need.split()[0]) for one in PATTERNS for need in one.needs})))


def asks(text: str) -> tuple[str, ...]:
    """What a text asks of the safeguard, by our names, in the order of the patterns.

    >>> asks("Which word trips the filter, and how do I phrase it without being blocked?")
    ('which word triggers it', 'how to put it')
    >>> asks("Which word processor do you support?")
    ()
    """
    low = text[:SEARCHED_CHARACTERS]
    low = low.lower() if low.isascii() else normal(low)
    found: list[str] = []
    for name, needs, pattern in _COMPILED:
        for one in needs:
            if one in low:
                if name not in found and pattern.search(low):
                    found.append(name)
                break
    return tuple(found)


def asked(claims: Sequence[str], words: Words) -> list[tuple[str, ...]]:
    """`asks` of each text; `words`: those of the same texts, by which most are passed over unread."""
    chosen = [code for code, word in enumerate(words.vocabulary) if _ROOTS.search(word)]
    may = np.asarray(words.has[:, chosen].sum(axis=1)).ravel() > 0
    return [
        asks(claim) if some or not claim.isascii() else () for claim, some in zip(claims, may.tolist(), strict=True)
    ]
