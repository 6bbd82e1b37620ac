"""The taught student: the teacher's space at the static table's speed."""

import hashlib
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from nlp.artefact import write_whole
from nlp.pairs import BUCKETS, kept_columns, pair_counts
from nlp.ridge import solve
from nlp.static import Static
from nlp.teacher import DIMENSION, unit

# A pair seen in fewer claims than this says nothing about the next one (measured: no loss).
PAIR_CLAIMS = 3
MAP_PENALTY = 0.3
RESIDUAL_PENALTY = 1.0
LEAST_CLAIMS = 20


class TooFewClaims(ValueError):
    """Not enough claims to teach from."""


class Student:
    """A sum of one vector per word piece and per hashed pair of pieces, unit rows.

    Texts are embedded by a sparse product alone, so a row does not depend on its neighbours.
    `pieces` has shape (vocabulary, 384), `pairs` (k, 384) for the sorted `buckets` (k,)."""

    dimension = DIMENSION

    def __init__(self, pieces: NDArray[np.float16], buckets: NDArray[np.int64], pairs: NDArray[np.float16]) -> None:
        self.pieces, self.buckets, self.pairs = pieces, buckets, pairs
        digest = hashlib.sha256(pieces.tobytes() + buckets.tobytes() + pairs.tobytes()).hexdigest()
        self.version = f"student-1-{digest[:8]}"
        self._weights = np.vstack([pieces, pairs]).astype(np.float32)
        known = np.concatenate([np.arange(len(pieces)), len(pieces) + buckets])
        self._place = np.full(len(pieces) + BUCKETS, -1, dtype=np.int64)
        self._place[known] = np.arange(len(known))

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, 384); a text without a known piece gets the constant direction."""
        features = pair_features(texts, len(self.pieces))
        return unit(np.asarray(kept_columns(features, self._place, len(self._weights)) @ self._weights))

    def agreement(self, claims: list[str], teacher_vectors: NDArray[np.float32]) -> float:
        """Mean cosine to the teacher's vectors of the same claims, at most 1."""
        return float((self.embed(claims) * teacher_vectors).sum(axis=1).mean())

    def save(self, path: Path) -> None:
        """Write one .npz file, whole or not at all."""
        buffer = BytesIO()
        np.savez(buffer, pieces=self.pieces, buckets=self.buckets, pairs=self.pairs)
        write_whole(path, buffer.getvalue())

    @classmethod
    def load(cls, path: Path) -> "Student":
        """The student that `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(stored["pieces"], stored["buckets"], stored["pairs"])


def pair_features(texts: list[str], vocabulary: int) -> sparse.csr_array:
    """Word pieces, then hashed pairs of neighbours, weight 1/sqrt(n): shape (n, vocabulary + BUCKETS)."""
    counts = pair_counts(texts, vocabulary)
    lengths = np.maximum(counts.sum(axis=1), 1).astype(np.float32)
    counts.data /= np.sqrt(np.repeat(lengths, np.diff(counts.indptr)))
    return counts


def teach(claims: list[str], teacher_vectors: NDArray[np.float32], *, static: Static) -> Student:
    """A student whose vectors approach `teacher_vectors`, shape (n, 384), on unlabelled claims.

    First a linear map from the static sum to the teacher's space, then what that leaves as a sparse
    ridge over pieces and pairs. Nothing is random. Raises TooFewClaims."""
    if len(claims) < LEAST_CLAIMS:
        raise TooFewClaims(f"need at least {LEAST_CLAIMS} claims to teach, got {len(claims)}; use the teacher")
    vocabulary = len(static.table)
    features = pair_features(claims, vocabulary)
    with threadpool_limits(1):
        sums = np.asarray(features[:, :vocabulary] @ static.table)
        scale = 1 / max(float(np.median(np.linalg.norm(sums, axis=1))), 1e-9)
        sums *= np.float32(scale)
        gram = sums.T @ sums + MAP_PENALTY * np.eye(DIMENSION, dtype=np.float32)
        linear = np.linalg.solve(gram, sums.T @ teacher_vectors).astype(np.float32)
        used = frequent(features, vocabulary)
        residual = solve(
            features[:, used], (teacher_vectors - sums @ linear).astype(np.float32), penalty=RESIDUAL_PENALTY
        )
        pieces = np.asarray(static.table @ linear) * np.float32(scale)
    seen = used < vocabulary
    pieces[used[seen]] += residual[seen]
    return Student(pieces.astype(np.float16), used[~seen] - vocabulary, residual[~seen].astype(np.float16))


def frequent(features: sparse.csr_array, vocabulary: int) -> NDArray[np.int64]:
    """Columns worth a weight, ascending: every piece seen, every pair seen in PAIR_CLAIMS claims."""
    seen_in = np.bincount(features.indices, minlength=features.shape[1])
    floor = np.where(np.arange(len(seen_in)) < vocabulary, 1, PAIR_CLAIMS)
    return np.flatnonzero(seen_in >= floor).astype(np.int64)
