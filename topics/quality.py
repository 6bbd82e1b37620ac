"""How good each theme is: how alike its documents, how far the next theme, how much its words go together."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from topics.assign import Indices, Vectors, checked, similarities
from topics.vocabulary import telling_words, vocabulary

Floats = NDArray[np.float64]

_CHUNK = 16_384


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of one topic; None where there is nothing to measure.

    `tightness`: mean cosine of its documents to its centroid, each measured without itself, -1 to 1.
    `separation`: by how much its documents are nearer to it than to the next topic, mean difference of cosines.
    `coherence`: mean NPMI (Bouma 2009; Lau et al. 2014, EACL) of pairs of its most telling words (at most ten)
    over all claims: 1 always together, 0 as chance has it, -1 never.
    """

    documents: int
    tightness: float | None
    separation: float | None
    coherence: float | None

    def record(self) -> dict[str, float | int | None]:
        """For JSON: every field by its name."""
        return asdict(self)


def quality(claims: Sequence[str], vectors: Vectors, labels: Indices, centroids: Vectors) -> list[Quality]:
    """Figures of topics 0..k-1: `labels` (n,) of the claims, -1 for none; unit `vectors` (n, d), `centroids` (k, d)."""
    labels, k = np.asarray(labels), len(centroids)
    sizes = np.bincount(labels[labels >= 0], minlength=k)
    own, other = _own_and_next(checked(vectors), labels, checked(centroids))
    coherences = coherence(claims, labels, k)
    return [
        Quality(
            documents=int(sizes[topic]),
            tightness=_rounded(own[topic] if sizes[topic] > 1 else np.nan),
            separation=_rounded(own[topic] - other[topic] if sizes[topic] > 1 else np.nan),
            coherence=_rounded(coherences[topic]),
        )
        for topic in range(k)
    ]


def coherence(claims: Sequence[str], labels: Indices, k: int) -> Floats:
    """Mean NPMI (k,) of each topic's most telling words; NaN for a topic with fewer than two."""
    words = vocabulary(claims)
    return npmi(words.table, telling_words(words, np.asarray(labels), k))


def npmi(table: csr_matrix, words: Sequence[Indices]) -> Floats:
    """Mean normalised pointwise mutual information (k,) of the pairs of each row of word columns.

    `table` (n, m) of 0/1 says which claim holds which word. NaN where a row has fewer than two words.
    """
    used = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *words]))
    some = table[:, used]
    together = np.asarray((some.T @ some).todense(), dtype=np.float64) / max(table.shape[0], 1)
    return np.array([_mean_npmi(together, np.searchsorted(used, own)) for own in words], dtype=np.float64)


def _mean_npmi(together: Floats, columns: Indices) -> float:
    if len(columns) < 2:
        return float("nan")
    joint = together[np.ix_(columns, columns)]
    alone = np.diag(joint)
    first, second = np.triu_indices(len(columns), 1)
    both = joint[first, second]
    # Together in every claim is 1 (the limit), never together is -1.
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.log(both / (alone[first] * alone[second])) / -np.log(both)
    return float(np.where(both >= 1, 1.0, np.where(both > 0, values, -1.0)).mean())


def _own_and_next(vectors: Vectors, labels: Indices, centroids: Vectors) -> tuple[Floats, Floats]:
    """Mean cosine (k,) of each topic's documents to its mean direction without themselves, and to the next centroid."""
    k = len(centroids)
    own, other = np.zeros(len(labels)), np.zeros(len(labels))
    sizes = np.bincount(labels[labels >= 0], minlength=k)
    sums = np.zeros((k, vectors.shape[1]), dtype=np.float64)
    for topic in range(k):
        sums[topic] = vectors[labels == topic].sum(axis=0, dtype=np.float64)
    squares = (sums**2).sum(axis=1)
    for start in range(0, len(labels), _CHUNK):
        rows = start + np.flatnonzero(labels[start : start + _CHUNK] >= 0)
        topics = labels[rows]
        inner = np.einsum("nd,nd->n", vectors[rows].astype(np.float64), sums[topics])
        own[rows] = (inner - 1) / np.sqrt(np.maximum(squares[topics] - 2 * inner + 1, 1e-12))
        scores = similarities(vectors[rows], centroids)
        scores[np.arange(len(rows)), topics] = -np.inf
        other[rows] = scores.max(axis=1, initial=-np.inf)
    placed = labels >= 0
    means = [np.bincount(labels[placed], weights=values[placed], minlength=k) for values in (own, other)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return means[0] / sizes, means[1] / sizes


def _rounded(value: float) -> float | None:
    """Three decimals for the record; None for NaN."""
    return round(float(value), 3) if np.isfinite(value) else None
