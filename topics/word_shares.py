"""How often words occur inside a group of claims and outside it, and how many reporters use them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from topics.barred_words import barred
from topics.terms import Terms

LEAST_SHARE = 0.06
"""Share of a group's documents that each content word of its name occurs in, at least."""
LEAST_REPORTERS = 3
"""Reporters who use each word of a name, and who use all of them in one document, at least."""
_SMALL, _FEWER = 6, 2  # in a group of fewer documents than six: two reporters
_EVERYWHERE = 0.3  # share of the other documents
_LIFT = 1.3  # how many times more often inside than outside a telling word occurs
_TELLING = 15.0  # a lift beyond which a rarer word is no better

Rows = NDArray[np.int64]
Held = NDArray[np.bool_]
_NONE: Rows = np.zeros(0, dtype=np.int64)


class Words:
    """Which claims hold which word, who wrote them, and the groups they are in (which may overlap)."""

    def __init__(self, terms: Terms, groups: Sequence[Rows], reporters: Sequence[str] | None) -> None:
        self.terms = terms
        self.groups = groups
        self.claims = terms.word_matrix.shape[0]
        names: Sequence[object] = range(self.claims) if reporters is None else reporters
        numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
        self.writers: Rows = np.array([numbers[name] for name in names], dtype=np.int64)
        self.total = np.asarray(terms.word_matrix.sum(axis=0)).ravel()
        self._columns = terms.word_matrix.tocsc()
        places = np.concatenate([np.full(len(rows), group) for group, rows in enumerate(groups)] or [_NONE])
        self._sizes = np.maximum([len(rows) for rows in groups], 1)
        member = (np.ones(len(places)), (places, np.concatenate([*groups, _NONE])))
        self._member = csr_matrix(member, shape=(len(groups), self.claims))

    def holds(self, stems: Sequence[str]) -> Held:
        """Which claims hold all of the words, (n,)."""
        return all_of(self._columns, [self.terms.words.get(one) for one in stems])

    def by_group(self, held: Held) -> NDArray[np.float64]:
        """Share of each group's claims that are held, (k,)."""
        shares: NDArray[np.float64] = (self._member @ held) / self._sizes
        return shares


def all_of(columns: csc_matrix, numbers: Sequence[int | None]) -> Held:
    """Which rows have every one of the columns; none where a column is unknown."""
    count = np.zeros(columns.shape[0], dtype=np.int16)
    for number in numbers:
        if number is not None:
            count[columns.indices[columns.indptr[number] : columns.indptr[number + 1]]] += 1
    held: Held = count == len(numbers)
    return held


class GroupWords:
    """The words of one group."""

    def __init__(self, words: Words, group: int, *, least_share: float = LEAST_SHARE) -> None:
        self.words = words
        self.group = group
        self.rows = words.groups[group]
        self._least_share = least_share
        self.size = max(len(self.rows), 1)
        self.least = LEAST_REPORTERS if len(self.rows) >= _SMALL else min(_FEWER, self.size)
        self._own = words.terms.word_matrix[self.rows].tocsc()
        self._writers = words.writers[self.rows]
        self._inside = np.diff(self._own.indptr)

    def of(self, stem: str) -> tuple[float, float]:
        """Share inside and (smoothed by half a document) outside, 0 to 1."""
        column = self.words.terms.words.get(stem)
        if column is None:
            return 0.0, 0.0
        inside, total = float(self._inside[column]), float(self.words.total[column])
        others = self.words.claims - len(self.rows)
        return inside / self.size, (total - inside + 0.5) / (others + 1) if others else 0.0

    def allowed(self, stem: str) -> bool:
        """Whether a word may be in the name: in enough documents, of enough reporters, and in fewer outside."""
        inside, outside = self.of(stem)
        if inside < self._least_share or inside <= outside or barred(stem):
            return False
        return self.reporters_of(self.holds([stem])) >= self.least

    def everywhere(self, stem: str) -> bool:
        """Whether so many other documents hold the word (the product's name) that it tells nothing."""
        return self.of(stem)[1] >= _EVERYWHERE

    def telling(self, stem: str) -> bool:
        """Whether a word says what this group is about, not what all claims are about."""
        inside, outside = self.of(stem)
        return not self.everywhere(stem) and inside >= _LIFT * outside

    def weight(self, stem: str) -> float:
        """How much a word says of the group: common inside, rare outside."""
        inside, outside = self.of(stem)
        return float(inside**0.8 * np.log(np.clip(inside / max(outside, 1e-9), 1.0, _TELLING)))

    def holds(self, stems: Sequence[str]) -> Held:
        """Which of the group's claims, in the order of `rows`, hold all of the words."""
        return all_of(self._own, [self.words.terms.words.get(one) for one in stems])

    def reporters_of(self, held: Held) -> int:
        """How many reporters wrote those of the group's claims."""
        return len(np.unique(self._writers[held]))

    def contrast(self, stems: Sequence[str]) -> float:
        """1 where no other group holds the words, 0.5 where one does as often, less where one does more often."""
        shares = self.words.by_group(self.words.holds(stems))
        own = float(shares[self.group])
        most = float(np.delete(shares, self.group).max(initial=0.0))
        return own / (own + most) if own else 0.0
