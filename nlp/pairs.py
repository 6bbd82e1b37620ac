"""Counts of word pieces and of pairs of neighbours, as sparse matrices."""

from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.tokens import word_pieces

# Pairs share this many columns by hash; the vocabulary's own come before them.
BUCKETS = 1 << 16
LARGEST_CHUNK = 2_000


def piece_counts(tokens: list[list[int]], width: int) -> sparse.csr_array:
    """How often each column occurs in each list: float32, shape (n, width)."""
    ends, pieces = joined(tokens)
    return counted(pieces, ends, width)


def pair_counts(texts: list[str], vocabulary: int) -> sparse.csr_array:
    """Counts of word pieces, then of hashed pairs of neighbours: shape (n, vocabulary + BUCKETS).

    The last chunk is remembered: the student and the classifier count the same claims one after the other."""
    if len(texts) > LARGEST_CHUNK:
        return all_pair_counts(texts, vocabulary)
    return chunk_pair_counts(tuple(texts), vocabulary).copy()


@lru_cache(maxsize=1)
def chunk_pair_counts(texts: tuple[str, ...], vocabulary: int) -> sparse.csr_array:
    """What `all_pair_counts` counts, remembered; not to be changed in place."""
    return all_pair_counts(list(texts), vocabulary)


def all_pair_counts(texts: list[str], vocabulary: int) -> sparse.csr_array:
    """Counts as `pair_counts` describes them, made anew."""
    ends, pieces = joined(word_pieces(texts))
    hashed = ((pieces[:-1] * 2654435761 + pieces[1:] * 40503) % (1 << 32) >> 8) % BUCKETS
    lengths = np.diff(ends)
    # A text of n pieces has n - 1 pairs: its pieces go first, its pairs behind them.
    pairs = np.maximum(lengths - 1, 0)
    both = np.concatenate([[0], np.cumsum(lengths + pairs)])
    columns = np.empty(int(both[-1]), dtype=np.int64)
    columns[places(both[:-1], lengths)] = pieces
    columns[places(both[:-1] + lengths, pairs)] = vocabulary + hashed[places(ends[:-1], pairs)]
    return counted(columns, both, vocabulary + BUCKETS)


def joined(tokens: list[list[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each list ends, beginning with 0, shape (n + 1,), and all lists one after the other."""
    ends = np.concatenate([[0], np.cumsum([len(row) for row in tokens], dtype=np.int64)])
    return ends, np.fromiter(chain.from_iterable(tokens), dtype=np.int64, count=int(ends[-1]))


def places(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The indices start, start + 1, ... of each stretch, one stretch after the other.

    >>> places(np.array([0, 7]), np.array([2, 3])).tolist()
    [0, 1, 7, 8, 9]
    """
    before = np.cumsum(lengths) - lengths
    found: NDArray[np.int64] = np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)
    return found


def counted(columns: NDArray[np.int64], ends: NDArray[np.int64], width: int) -> sparse.csr_array:
    """How often each column occurs between one end and the next: float32, shape (n, width)."""
    counts = sparse.csr_array((np.ones(len(columns), dtype=np.float32), columns, ends), shape=(len(ends) - 1, width))
    counts.sum_duplicates()
    return counts


def kept_columns(features: sparse.csr_array, place: NDArray[np.int64], width: int) -> sparse.csr_array:
    """The columns with a `place` of 0 or more, moved there. Faster than slicing by column."""
    columns = place[features.indices]
    keep = columns >= 0
    ends = np.concatenate([[0], np.cumsum(keep)])[features.indptr]
    return sparse.csr_array((features.data[keep], columns[keep], ends), shape=(features.shape[0], width))
