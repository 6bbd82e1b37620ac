"""Give every document its nearest centroid, or none: one function for fitted and for new documents."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Vectors = NDArray[np.float32]
Indices = NDArray[np.int64]

COVERAGE = 0.9
"""Share of the fitted documents that the default threshold leaves in a topic."""

_CHUNK = 16_384
_DECIMALS = 5  # sums in another order differ in the seventh digit: rounding keeps ties ties


class BadVectors(ValueError):
    """Vectors that cannot be compared: wrong shape, NaN or infinity."""


def assign(vectors: Vectors, centroids: Vectors, *, threshold: float) -> tuple[Indices, Vectors]:
    """Nearest centroid of each row, as index and cosine similarity; -1 below the threshold.

    Rows of both are unit vectors (n, d) and (k, d); ties go to the lower index. An all-zero row
    (an empty claim) is never assigned. Without centroids everything is -1 with similarity 0.
    """
    vectors, centroids = checked(vectors), checked(centroids)
    index = np.full(len(vectors), -1, dtype=np.int64)
    similarity = np.zeros(len(vectors), dtype=np.float32)
    if not len(centroids):
        return index, similarity
    for start in range(0, len(vectors), _CHUNK):
        rows = slice(start, start + _CHUNK)
        scores = similarities(vectors[rows], centroids)
        index[rows] = scores.argmax(axis=1)
        similarity[rows] = scores.max(axis=1)
    index[(similarity < np.float32(threshold)) | ~vectors.any(axis=1)] = -1
    return index, similarity


def calibrate_threshold(vectors: Vectors, labels: Indices, centroids: Vectors, *, coverage: float) -> float:
    """Similarity at and above which `coverage` (0, 1] of the documents find a centroid.

    A document that helped to make a centroid (its label, -1 for none) is measured against that centroid
    without itself: otherwise small topics look tighter than they are and new documents would miss the
    stated coverage. All-zero rows are left out. 1.0 where there is nothing to calibrate on.
    """
    if not 0 < coverage <= 1:
        raise ValueError(f"need a coverage above 0 and at most 1, got {coverage}; 0.9 is the default")
    usable = checked(vectors).any(axis=1)
    if not usable.any() or not len(centroids):
        return 1.0
    best = _nearest_without_self(vectors[usable], np.asarray(labels)[usable], checked(centroids))
    # "lower" takes a similarity that occurs, so the stated share is reached and not just missed.
    return float(np.quantile(best, 1 - coverage, method="lower"))


def coverage_cost(
    vectors: Vectors,
    labels: Indices,
    centroids: Vectors,
    *,
    coverages: Sequence[float] = (0.5, 0.7, 0.8, 0.9, 1.0),
) -> pd.DataFrame:
    """What more coverage costs: DataFrame[coverage, threshold, agreement], one row per stated coverage.

    `agreement` is the share of the clustered documents (label >= 0) still assigned at that threshold that
    keep their cluster; NaN if none is. Documents the clustering left out cannot be judged.
    """
    rows = []
    for coverage in coverages:
        threshold = calibrate_threshold(vectors, labels, centroids, coverage=coverage)
        index, _ = assign(vectors, centroids, threshold=threshold)
        judged = (np.asarray(labels) >= 0) & (index >= 0)
        agreement = float((index[judged] == labels[judged]).mean()) if judged.any() else float("nan")
        rows.append({"coverage": coverage, "threshold": threshold, "agreement": agreement})
    return pd.DataFrame(rows, columns=["coverage", "threshold", "agreement"])


def exemplars(
    vectors: Vectors, labels: Indices, centroids: Vectors, reporters: Sequence[str | None], k: int
) -> dict[int, list[int]]:
    """Per topic at most `k` rows nearest to its centroid, each by another reporter, nearest first.

    A reporter that is not given (None or NaN) is a reporter of its own. Ties go to the earlier row.
    """
    known = pd.Series(list(reporters), dtype=object)
    chosen: dict[int, list[int]] = {}
    for topic in range(len(centroids)):
        rows = np.flatnonzero(np.asarray(labels) == topic)
        scores = similarities(vectors[rows], centroids[topic : topic + 1])[:, 0]
        ordered = pd.Series(rows[np.argsort(-scores, kind="stable")])
        writer = known.iloc[ordered].reset_index(drop=True)
        first = writer.isna() | ~writer.duplicated()
        chosen[topic] = [int(row) for row in ordered[first.to_numpy()].head(k)]
    return chosen


def cap_per_reporter(
    reporters: Sequence[str | None], templates: Sequence[str], *, most: int = 20, seed: int
) -> NDArray[np.bool_]:
    """Which rows may enter a fit: at most `most` per reporter, its different templates first.

    Nobody can buy a theme by writing more. Unknown reporters (None or NaN) are never capped, each is one.
    """
    frame = pd.DataFrame({"reporter": list(reporters), "template": list(templates)}, dtype=object)
    shuffled = frame.iloc[np.random.default_rng(seed).permutation(len(frame))]
    known = shuffled[shuffled["reporter"].notna()].copy()
    known["copy"] = known.groupby(["reporter", "template"], dropna=False).cumcount()
    known = known.sort_values("copy", kind="stable")
    over = known.index[known.groupby("reporter").cumcount() >= most]
    keep = np.ones(len(frame), dtype=np.bool_)
    keep[over.to_numpy(dtype=np.int64)] = False
    return keep


def checked(vectors: Vectors) -> Vectors:
    """The same vectors as float32 (n, d); raises BadVectors for another shape, NaN or infinity."""
    array = np.asarray(vectors, dtype=np.float32)
    if array.ndim != 2:
        raise BadVectors(f"need a table of vectors (n, d), got shape {array.shape}; embed the claims first")
    if not np.isfinite(array).all():
        raise BadVectors("need finite vectors, got NaN or infinity; embed the claims again")
    return array


def similarities(vectors: Vectors, centroids: Vectors) -> Vectors:
    """Cosine similarities (n, k) of unit rows, the same on any number of cores and for any company of rows.

    Summed in double precision: single precision sums one row otherwise than a thousand, and a similarity on
    the edge of a rounding step would differ between the fit and the day after.
    """
    with threadpool_limits(limits=1):
        product = np.asarray(vectors, dtype=np.float64) @ np.asarray(centroids, dtype=np.float64).T
    return np.round(product, _DECIMALS).astype(np.float32)


def without_self(vectors: Vectors, labels: Indices) -> NDArray[np.float64]:
    """Cosine (n,) of each unit row to the mean of its group's other rows; 0 where its label is -1 or it is alone.

    With itself counted a small group would look tighter than it is.
    """
    own = np.zeros(len(labels))
    with threadpool_limits(limits=1):
        for group in range(int(labels.max(initial=-1)) + 1):
            rows = np.flatnonzero(labels == group)
            members = vectors[rows].astype(np.float64)
            total = members.sum(axis=0)
            inner = members @ total
            rest = np.sqrt(np.maximum(total @ total - 2 * inner + 1, 1e-12))
            own[rows] = np.round((inner - 1) / rest, _DECIMALS)
    return own


def _nearest_without_self(vectors: Vectors, labels: Indices, centroids: Vectors) -> Vectors:
    """Best similarity (n,) of each row, its own centroid taken without the row itself."""
    scores = similarities(vectors, centroids)
    for topic in range(len(centroids)):
        rows = np.flatnonzero(labels == topic)
        if len(rows) < 2:
            continue
        total = vectors[rows].sum(axis=0, dtype=np.float64)
        inner = vectors[rows].astype(np.float64) @ total
        without = (inner - 1) / np.sqrt(np.maximum(total @ total - 2 * inner + 1, 1e-12))
        scores[rows, topic] = np.minimum(scores[rows, topic], np.round(without, _DECIMALS))
    best: Vectors = scores.max(axis=1)
    return best
