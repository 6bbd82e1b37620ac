"""How much more often a term occurs inside a topic than outside: the evidence for a topic's name."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from topics.assign import Indices
from topics.grammar import Reading
from topics.terms import Terms
from topics.words import kind

LEAST_SHARE = 0.06
"""Share of a topic's documents in which every content word of its name occurs, at least."""

LEAST_LIFT = 1.5
"""How many times more often a phrase of its name occurs inside the topic than outside, at least."""

_EVERYWHERE = 0.3  # a word that so many other documents hold (the product's name) tells nothing
_ENDS_PHRASE = 0.5  # share of a noun's uses that end a phrase, at least
_LENGTH = {1: 0.4, 2: 1.4, 3: 1.55, 4: 1.5}  # two words say more than one, a third adds little
_FORM = {"noun": 1.0, "passive": 1.0, "clause": 0.8, "verb_object": 0.75, "fragment": 0.2, "unread": 0.35}
_LATE = 0.5  # what a phrase at the very end of its claims loses: subjects are stated first
_PLAIN = 1.3  # lift below which a word of a phrase adds nothing to it
_WEAK = 0.5  # what a phrase of weak words alone would lose
_TELLING = 15.0  # a lift beyond which a rarer phrase is no better a name
_ALIKE = 0.5  # another topic that holds a term half as often is as good an owner of it
_MOST_OWNERS = 0.06  # share of the topics; what more own is a set phrase of the writers


@dataclass(frozen=True, slots=True)
class Counted:
    """How often terms occur: `inside` (k, m) claims of a topic with the term, `sizes` (k,), `total` (m,).

    `columns` is `inside` by column.
    """

    terms: Terms
    labels: Indices
    inside: csr_matrix
    columns: csc_matrix
    sizes: NDArray[np.int64]
    total: NDArray[np.int64]
    number: dict[str, int]
    """Key -> column."""


def counted(terms: Terms, labels: Indices, k: int) -> Counted:
    """Counts of every term in topics 0..k-1; claims labelled -1 count as outside."""
    placed = np.flatnonzero(labels >= 0)
    member = csr_matrix((np.ones(len(placed)), (labels[placed], placed)), shape=(k, len(labels)))
    inside = (member @ terms.matrix).tocsr()
    return Counted(
        terms=terms,
        labels=labels,
        inside=inside,
        columns=inside.tocsc(),
        sizes=np.bincount(labels[placed], minlength=k),
        total=np.asarray(terms.matrix.sum(axis=0)).ravel().astype(np.int64),
        number={key: column for column, key in enumerate(terms.keys)},
    )


class TopicShares:
    """Shares of documents with a term, inside one topic and outside it."""

    def __init__(self, counts: Counted, topic: int, reading: Reading | None = None) -> None:
        row = counts.inside[[topic]]
        self._inside = dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
        self._counts = counts
        self._reading = reading or Reading()
        self._size = max(int(counts.sizes[topic]), 1)

    def of(self, key: str) -> tuple[float, float]:
        """Share inside and (smoothed by half a document) outside, both 0 to 1."""
        number = self._counts.number[key]
        inside = self._inside.get(number, 0.0)
        outside = float(self._counts.total[number]) - inside
        rest = max(len(self._counts.labels) - self._size, 1)
        return inside / self._size, (outside + 0.5) / (rest + 1)

    def lift(self, key: str) -> float:
        """How many times more often inside than outside."""
        inside, outside = self.of(key)
        return inside / outside

    def holds(self, key: str) -> bool:
        """Whether term and words are common enough inside, rarer outside, and not in all claims."""
        inside, outside = self.of(key)
        if inside * self._size < min(2, self._size) or inside < LEAST_LIFT * outside:
            return False
        words = self._words(key)
        # As the last of several words the product's name or kind may stand: "disposable virtual card".
        telling = words[:-1] if len(words) > 1 else words
        return all(share >= LEAST_SHARE and share > out for share, out in words) and all(
            out < _EVERYWHERE for _, out in telling
        )

    def common(self, key: str) -> bool:
        """Whether the term is at all typical of the topic."""
        inside, outside = self.of(key)
        return inside >= LEAST_SHARE / 4 and inside > 1.1 * outside

    def subject(self, key: str) -> bool:
        """Whether any word of the term is common enough to be what the topic is about."""
        return any(share >= LEAST_SHARE for share, _ in self._words(key))

    def owners(self, key: str) -> int:
        """How many other topics hold the term about as often."""
        column = self._counts.columns[:, [self._counts.number[key]]]
        shares = column.data / np.maximum(self._counts.sizes[column.indices], 1)
        return int((shares >= _ALIKE * self.of(key)[0]).sum()) - 1

    def widespread(self, key: str) -> bool:
        """Whether so many topics hold the term about as often that it is nobody's."""
        return self.owners(key) > max(2, _MOST_OWNERS * len(self._counts.sizes))

    def form(self, key: str) -> str:
        """The term's part of speech as `Reading.forms`; "unread" where no parse saw it."""
        return self._reading.forms.get(key, "unread")

    @property
    def foreign(self) -> bool:
        """Whether the topic's claims are not English."""
        return self._reading.foreign

    def known(self, key: str) -> bool:
        """Whether the term was counted: it is in two claims at least."""
        return key in self._counts.number

    def joins(self, key: str) -> bool:
        """Whether the term may stand on a side of "and": a noun phrase, where that was looked at."""
        return not self._reading.forms or self.form(key) == "noun"

    def score(self, key: str) -> float:
        """Higher is a better name: common inside, rare outside, a whole phrase, early in its claims."""
        inside, outside = self.of(key)
        if self._reading.forms:
            shape = _FORM[self.form(key)]
        else:
            shape = 1.0 if ends_like_noun(self._counts.terms, key) else 0.6
        shape *= 1 - _LATE * self._reading.places.get(key, 0.5)
        shape *= 1 - _WEAK * self._weakness(key)
        weight = shape * _LENGTH[len(key.split())] / (1 + 0.25 * self.owners(key)) ** 0.5
        return float(weight * inside**0.6 * np.log(np.clip(inside / outside, 1.0, _TELLING)))

    def _weakness(self, key: str) -> float:
        """Share of the term's words that are weak, or hardly commoner inside than outside (the product's name)."""
        words = self._counts.terms.surface[key].split()
        said = [kind(word) for word in words]
        shares = self._words(key) if " " in key else []
        if len(words) > 1 and said[-2] != "little":
            shares = shares[:-1]  # "flight delay": the last word may be the kind of thing
        weak = said.count("weak") + sum(share < _PLAIN * out for share, out in shares)
        return min(1.0, weak / max(said.count("weak") + said.count("content"), 1))

    def _words(self, key: str) -> list[tuple[float, float]]:
        """Shares of the words; weak ones ("issue") are not counted alone and speak through the whole term."""
        return [self.of(word) for word in key.split() if word in self._counts.number] or [self.of(key)]


def ends_like_noun(terms: Terms, key: str) -> bool:
    """Whether the last word usually ends a phrase ("service"), not mostly goes before one ("poor")."""
    return terms.heads.get(key.split()[-1], 0.5) >= _ENDS_PHRASE
