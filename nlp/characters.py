"""Counts of hashed character sequences: they know word stems, typing errors and every script alike."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

BUCKETS = 1 << 17
LENGTHS = (2, 3, 4)
# What decides is said early; the rest of a long text would only cost time.
MOST_CHARACTERS = 3_000
SPACE = ord(" ")
# An odd 64-bit constant: multiplying by it mixes the low bits into the high ones (Knuth, TAOCP 3, 6.4).
MIXER = np.uint64(0x9E3779B97F4A7C15)


def character_counts(texts: Sequence[str]) -> sparse.csr_array:
    """How often each hashed sequence of LENGTHS characters occurs, shape (n, BUCKETS), float32.

    Lower case; any white space is one space, a text begins and ends with one; no sequence crosses a space.

    >>> character_counts(["ab"]).sum()  # " a", "ab", "b ", " ab", "ab ", " ab "
    np.float32(6.0)
    """
    padded = [f" {' '.join(text[:MOST_CHARACTERS].lower().split())} " for text in texts]
    codes = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    ends = np.cumsum([len(text) for text in padded], dtype=np.int64)
    row = np.repeat(np.arange(len(padded)), np.diff(ends, prepend=0))
    places = [_places(codes, row, length) for length in LENGTHS]
    rows = np.concatenate([row[start] for start, _ in places])
    columns = np.concatenate([bucket for _, bucket in places])
    ones = np.ones(len(rows), dtype=np.float32)
    return sparse.csr_array(sparse.coo_array((ones, (rows, columns)), shape=(len(padded), BUCKETS)))


def _places(
    codes: NDArray[np.uint64], row: NDArray[np.int64], length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each sequence of this length begins, and its bucket."""
    count = len(codes) - length + 1
    if count <= 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    whole = row[:count] == row[length - 1 :]
    for inner in range(1, length - 1):
        whole &= codes[inner : inner + count] != SPACE
    # A single space and its neighbour are a word's edge; two edges with nothing between are none.
    start = np.flatnonzero(whole)
    mixed = np.full(len(start), length, dtype=np.uint64)
    for offset in range(length):
        mixed = (mixed ^ codes[start + offset]) * MIXER
        mixed ^= mixed >> np.uint64(29)
    return start, ((mixed * MIXER) >> np.uint64(47)).astype(np.int64)
