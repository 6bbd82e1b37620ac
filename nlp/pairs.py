"""Counts of word pieces and of pairs of neighbours, as sparse matrices."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.tokens import word_pieces

# Pairs share this many columns by hash; the vocabulary's own come before them.
BUCKETS = 1 << 16


def piece_counts(tokens: list[list[int]], width: int) -> sparse.csr_array:
    """How often each column occurs in each list: float32, shape (n, width)."""
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in tokens], dtype=np.int64)])
    indices = np.fromiter((piece for row in tokens for piece in row), dtype=np.int64, count=int(indptr[-1]))
    ones = np.ones(len(indices), dtype=np.float32)
    counts = sparse.csr_array((ones, indices, indptr), shape=(len(tokens), width))
    counts.sum_duplicates()
    return counts


def pair_counts(texts: list[str], vocabulary: int) -> sparse.csr_array:
    """Counts of word pieces, then of hashed pairs of neighbours: shape (n, vocabulary + BUCKETS)."""
    rows = []
    for pieces in word_pieces(texts):
        ids = np.array(pieces, dtype=np.int64)
        hashed = ((ids[:-1] * 2654435761 + ids[1:] * 40503) % (1 << 32) >> 8) % BUCKETS
        rows.append(pieces + (vocabulary + hashed).tolist())
    return piece_counts(rows, vocabulary + BUCKETS)


def kept_columns(features: sparse.csr_array, place: NDArray[np.int64], width: int) -> sparse.csr_array:
    """The columns with a `place` of 0 or more, moved there. Faster than slicing by column."""
    columns = place[features.indices]
    keep = columns >= 0
    ends = np.concatenate([[0], np.cumsum(keep)])[features.indptr]
    return sparse.csr_array((features.data[keep], columns[keep], ends), shape=(features.shape[0], width))
