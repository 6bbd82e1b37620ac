"""Find near-duplicate texts: shingles of many texts at once, MinHash bands for candidates, then the exact share."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
import numpy.typing as npt

BANDS, ROWS = 16, 2  # finds a pair of similarity 0.5 with probability 0.99, one of 0.1 with 0.15
MOST_PER_BAND = 16
MOST_WORDS = 1_000_000
"""Words whose hashes are remembered; after so many they are forgotten, which bounds the memory."""

Hashes = npt.NDArray[np.uint64]
MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
HALF = np.uint64(32)


class Vocabulary(dict[str, int]):
    """Hashes of words, remembered: a hash is taken once for each word."""

    def __missing__(self, word: str) -> int:
        if len(self) >= MOST_WORDS:
            self.clear()
        self[word] = value = zlib.crc32(word.encode("utf-8", "surrogatepass"))
        return value


@dataclass(frozen=True, slots=True)
class Runs:
    """Hashes by text, flat: those of text i are `hashes[starts[i] : starts[i + 1]]`."""

    hashes: Hashes
    starts: npt.NDArray[np.int64]

    def of(self, text: int) -> Hashes:
        """The hashes of one text."""
        return self.hashes[self.starts[text] : self.starts[text + 1]]

    def owners(self) -> npt.NDArray[np.int64]:
        """The text of each hash."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


def word_hashes(texts: Sequence[list[str]], vocabulary: Vocabulary) -> Runs:
    """The 32-bit hash of every word, in the order of the words."""
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(words) for words in texts], out=starts[1:])
    flat = np.fromiter(map(vocabulary.__getitem__, chain.from_iterable(texts)), dtype=np.uint64, count=starts[-1])
    return Runs(flat, starts)


def runs_of(words: Runs, size: int = 3) -> Runs:
    """The 32-bit hash of every run of `size` words, in their order; a shorter text has none."""
    lengths = np.maximum(np.diff(words.starts) - (size - 1), 0)
    starts = np.zeros(len(words.starts), dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    at = np.arange(starts[-1]) + np.repeat(words.starts[:-1] - starts[:-1], lengths)
    mixed = np.zeros(len(at), dtype=np.uint64)
    for place in range(size):
        mixed = (mixed ^ (words.hashes[at + place] + np.uint64(place + 1)) * MIX[0]) * MIX[1]
        mixed ^= mixed >> HALF
    return Runs(mixed & np.uint64(0xFFFFFFFF), starts)


def distinct(runs: Runs) -> Runs:
    """Every hash once a text, ascending."""
    keys = np.sort((runs.owners().astype(np.uint64) << HALF) | runs.hashes)
    keys = keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys
    starts = np.searchsorted(keys >> HALF, np.arange(len(runs.starts), dtype=np.uint64)).astype(np.int64)
    return Runs(keys & np.uint64(0xFFFFFFFF), starts)


@cache
def _permutations() -> tuple[Hashes, Hashes]:
    random = np.random.default_rng(20240229)
    size = BANDS * ROWS
    odd = random.integers(1, 1 << 63, size, dtype=np.uint64) | np.uint64(1)
    return odd, random.integers(0, 1 << 63, size, dtype=np.uint64)


def bands(runs: Runs) -> Hashes:
    """BANDS keys a text, (n, 16): two texts share one the likelier the more shingles they share (Broder 1997).

    Every text must have a shingle. Hash functions are multiply-shift (Dietzfelbinger et al. 1997).
    """
    if len(runs.starts) == 1:
        return np.zeros((0, BANDS), dtype=np.uint64)
    factors, terms = _permutations()
    least = np.empty((BANDS * ROWS, len(runs.starts) - 1), dtype=np.uint64)
    for place, (factor, term) in enumerate(zip(factors, terms, strict=True)):
        least[place] = np.minimum.reduceat((runs.hashes * factor + term) >> HALF, runs.starts[:-1])
    keys = (least[0::ROWS] << HALF) | least[1::ROWS]
    return np.ascontiguousarray((keys ^ np.arange(BANDS, dtype=np.uint64)[:, None] * MIX[2]).T)


def similarity(left: frozenset[int], right: frozenset[int]) -> float:
    """Jaccard's share of common shingles, in [0, 1]."""
    common = len(left & right)
    return common / (len(left) + len(right) - common) if common else 0.0


class NearIndex:
    """Texts kept so far, by band; the latest MOST_PER_BAND of each, which bounds the time of a look-up."""

    def __init__(self) -> None:
        self._buckets: dict[int, list[str]] = {}

    def add(self, key: str, keys: Sequence[int]) -> None:
        """File a text under its bands."""
        for band in keys:
            bucket = self._buckets.setdefault(band, [])
            bucket.append(key)
            del bucket[:-MOST_PER_BAND]

    def candidates(self, keys: Sequence[int]) -> list[str]:
        """The texts that share a band, each once."""
        return list(dict.fromkeys(key for band in keys for key in self._buckets.get(band, ())))
