"""Which claims hold which words, and which of them tell one topic from the others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from topics.assign import Indices
from topics.words import content_stems

TELLING_WORDS = 10
"""Words of a topic whose going together is its coherence."""

_LEAST_SHARE = 0.05  # of the topic's claims: what is rarer there is no word of the topic
_LEAST_CLAIMS = 3  # a word in fewer claims says nothing of going together


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Stems of words that say something alone, `stems` (m,), and which claim holds which: `table` (n, m) of 0/1."""

    stems: tuple[str, ...]
    table: csr_matrix


def vocabulary(claims: Sequence[str]) -> Vocabulary:
    """The words of some claims; those in one or two of them are left out."""
    number: dict[str, int] = {}
    columns: list[int] = []
    pointer = [0]
    for claim in claims:
        found = content_stems(str(claim))
        columns.extend(number.setdefault(word, len(number)) for word in sorted(found))
        pointer.append(len(columns))
    shape = (len(claims), len(number))
    table = csr_matrix((np.ones(len(columns)), np.array(columns, dtype=np.int32), np.array(pointer)), shape=shape)
    kept = np.flatnonzero(np.asarray(table.sum(axis=0)).ravel() >= _LEAST_CLAIMS)
    stems = list(number)
    return Vocabulary(tuple(stems[column] for column in kept), table[:, kept].tocsr())


def telling_words(words: Vocabulary, labels: Indices, k: int) -> list[Indices]:
    """Columns of the most telling words of topics 0..k-1 by class-based TF-IDF (Grootendorst 2022), best first."""
    placed = np.flatnonzero(labels >= 0)
    member = csr_matrix((np.ones(len(placed)), (labels[placed], placed)), shape=(k, len(labels)))
    inside = (member @ words.table).tocsr()
    total = np.asarray(inside.sum(axis=0)).ravel()
    sizes = np.bincount(labels[placed], minlength=k)
    rarity = np.log1p(total.sum() / max(k, 1) / np.maximum(total, 1))
    found = []
    for topic in range(k):
        row = inside[[topic]]
        weight = np.round(row.data * rarity[row.indices], 6)
        order = np.lexsort((row.indices, -weight))[:TELLING_WORDS]
        common = row.data[order] >= max(2, _LEAST_SHARE * sizes[topic])
        found.append(row.indices[order[common]].astype(np.int64))
    return found
