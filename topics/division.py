"""Divide the documents of one theme in two or more, by themselves or around documents that a person names."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from topics.assign import Indices, Vectors, checked, similarities
from topics.strands import around, direction

FEWEST = 2
"""Documents of a part, at least."""


class NoParts(ValueError):
    """Documents that do not fall into the parts asked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its rows, those nearest to its unit centroid (d,) first."""

    rows: Indices
    centroid: Vectors


def divided(vectors: Vectors, into: int, *, seed: int = 0) -> list[Part]:
    """Parts of unit rows (n, d) by k-means, the largest first.

    Raises:
        NoParts: a part would have fewer than FEWEST rows.
    """
    from sklearn.cluster import KMeans

    vectors = checked(vectors)
    if into < 2 or len(np.unique(np.round(vectors, 4), axis=0)) < FEWEST * into:
        least = FEWEST * max(into, 2)
        raise NoParts(f"expected two parts or more and {least} different documents, got {into} and {len(vectors)}")
    with threadpool_limits(limits=1):
        labels = KMeans(into, n_init=10, random_state=seed).fit_predict(vectors).astype(np.int64)
    parts = _parts(vectors, labels, into)
    return sorted(parts, key=lambda part: (-len(part.rows), int(part.rows.min())))


def divided_by(vectors: Vectors, anchors: Sequence[Sequence[int]]) -> list[Part]:
    """Parts of unit rows (n, d) around sets of anchor rows, in their order; each anchor is in its own part.

    Raises:
        NoParts: a part would have fewer than FEWEST rows, or has no anchor.
    """
    vectors = checked(vectors)
    if len(anchors) < 2 or not all(len(own) for own in anchors):
        raise NoParts(f"expected two sets of documents or more, none empty, got {[len(own) for own in anchors]}")
    return _parts(vectors, around(vectors, anchors), len(anchors))


def _parts(vectors: Vectors, labels: Indices, into: int) -> list[Part]:
    parts = []
    for number in range(into):
        rows = np.flatnonzero(labels == number)
        if len(rows) < FEWEST:
            raise NoParts(f"expected parts of {FEWEST} documents or more, got one of {len(rows)}; name other documents")
        centroid = direction(vectors[rows])
        near = similarities(vectors[rows], centroid[None])[:, 0]
        parts.append(Part(rows[np.lexsort((rows, -near))], centroid))
    return parts
