"""Which claims are copies of one another: a flood with varied words is one voice, whoever signs it."""

from collections.abc import Sequence

import numpy as np

from nlp.masks import masked
from nlp.near import NearIndex, Vocabulary, bands, distinct, runs_of, similarity, word_hashes
from nlp.repeats import FEWEST_TOKENS, LEAST_SIMILAR
from topics.assign import Indices


def wordings(claims: Sequence[str]) -> Indices:
    """Number (n,) of each claim's wording, that of the first claim with nearly the same words.

    Two claims are of one wording if they share half of their runs of three words or a third is like both. Claims
    under FEWEST_TOKENS words are alike by chance: only equal ones are of one wording.

    >>> wordings(["refund me", "refund me", "no refund"]).tolist()
    [0, 0, 2]
    """
    words = [masked(claim).split() for claim in claims]
    code = np.arange(len(words), dtype=np.int64)
    first: dict[tuple[str, ...], int] = {}
    for row, own in enumerate(words):
        code[row] = first.setdefault(tuple(own), row)
    long = [row for row in sorted(set(code.tolist())) if len(words[row]) >= FEWEST_TOKENS]
    shingles = distinct(runs_of(word_hashes([words[row] for row in long], Vocabulary())))
    index, keys = NearIndex(), bands(shingles)
    sets = {row: frozenset(shingles.of(place).tolist()) for place, row in enumerate(long)}
    for place, row in enumerate(long):
        for name in index.candidates(keys[place].tolist()):
            if similarity(sets[row], sets[int(name)]) >= LEAST_SIMILAR:
                one, other = sorted((_root(code, row), _root(code, int(name))))
                code[other] = one
        index.add(str(row), keys[place].tolist())
    return np.array([_root(code, row) for row in range(len(code))], dtype=np.int64)


def _root(code: Indices, row: int) -> int:
    while code[row] != row:
        row = int(code[row])
    return row
