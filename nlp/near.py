"""Find near-duplicate texts: MinHash with bands for candidates, then the exact share of common shingles."""

import zlib
from functools import cache

import numpy as np
import numpy.typing as npt

BANDS, ROWS = 16, 2  # finds a pair of similarity 0.5 with probability 0.99, one of 0.1 with 0.15
SHINGLE = 3
PRIME = (1 << 31) - 1
MOST_PER_BAND = 16


@cache
def _permutations() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    random = np.random.default_rng(20240229)
    size = BANDS * ROWS
    return (
        random.integers(1, PRIME, size, dtype=np.uint64)[:, None],
        random.integers(0, PRIME, size, dtype=np.uint64)[:, None],
    )


def shingles(words: list[str]) -> frozenset[int]:
    """31-bit hashes of the runs of three words."""
    hashes = [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words]
    first, second, third = (hashes[i:] or hashes[-1:] for i in range(SHINGLE))
    return frozenset((a * 3 + b * 5 + c * 7) % PRIME for a, b, c in zip(first, second, third, strict=False))


def bands(hashes: frozenset[int]) -> tuple[bytes, ...]:
    """BANDS keys; two texts share one of them the more likely the more shingles they share (Broder 1997)."""
    a, b = _permutations()
    least = ((a * np.fromiter(hashes, dtype=np.uint64, count=len(hashes)) + b) % np.uint64(PRIME)).min(axis=1)
    return tuple(least[i : i + ROWS].tobytes() for i in range(0, BANDS * ROWS, ROWS))


def similarity(left: frozenset[int], right: frozenset[int]) -> float:
    """Jaccard's share of common shingles, in [0, 1]."""
    common = len(left & right)
    return common / (len(left) + len(right) - common) if common else 0.0


class NearIndex:
    """Texts kept so far, by band; the latest MOST_PER_BAND of each, which bounds the time of a look-up."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[int, bytes], list[str]] = {}

    def add(self, key: str, keys: tuple[bytes, ...]) -> None:
        """File a text under its bands."""
        for band in enumerate(keys):
            bucket = self._buckets.setdefault(band, [])
            bucket.append(key)
            del bucket[:-MOST_PER_BAND]

    def candidates(self, keys: tuple[bytes, ...]) -> list[str]:
        """The texts that share a band, each once."""
        return list(dict.fromkeys(key for band in enumerate(keys) for key in self._buckets.get(band, ())))
