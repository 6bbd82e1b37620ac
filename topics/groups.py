"""Find groups among vectors: EVoC for many, k-means for few, one or none for very few."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from topics.assign import Indices, Vectors

_ONE_SUBJECT = 0.45  # mean cosine to the centre above which a tiny corpus is one topic
_MOST_KMEANS = 25
# A layer of fewer clusters than this times the root of n is an overview, not a list of subjects.
_COARSEST = 0.1
# Chosen on banking77 and question titles of 1,000 to 20,000: share of the best layer's coverage.
_NEARLY_AS_MANY = 0.9


def evoc_layers(vectors: Vectors, *, size: int, seed: int) -> list[Indices]:
    """The clusterings of EVoC's tree, finest first, groups of at least `size`; one of all -1 where EVoC cannot cope.

    One numba thread: EVoC's neighbour search gives other results on other thread counts.
    """
    with _one_thread():
        from evoc import EVoC

        # 25 neighbours: AMI +0.02 over the default 15 on banking77 (test file), -0.01 on the airline tweets.
        model = EVoC(base_min_cluster_size=size, n_neighbors=25, random_state=seed)
        try:
            model.fit(np.ascontiguousarray(vectors))
        except (ValueError, IndexError, ZeroDivisionError):
            # Seen on tables of mostly identical rows: no tree to cut. The caller falls back to k-means.
            return [np.full(len(vectors), -1, dtype=np.int64)]
        return [np.asarray(found, dtype=np.int64) for found in model.cluster_layers_]


def layer(layers: Sequence[Indices]) -> Indices:
    """The finest of some clusterings, finest first, that leaves out hardly more rows (-1) than the best.

    Where a corpus has no finer subjects, finer clusters are dense spots within them and leave most rows out.
    """
    least = max(2.0, _COARSEST * math.sqrt(len(layers[0])))
    real = [found for found in layers if found.max(initial=-1) + 1 >= least] or [layers[0]]
    covered = [float((found >= 0).mean()) for found in real]
    enough = _NEARLY_AS_MANY * max(covered)
    return next(found for found, share in zip(real, covered, strict=True) if share >= enough)


def kmeans_groups(vectors: Vectors, *, size: int, seed: int) -> Indices:
    """k-means with the number of groups of best silhouette (Rousseeuw 1987); groups under `size` are -1."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    n = len(vectors)
    distinct = len(np.unique(np.round(vectors, 4), axis=0))
    most = min(_MOST_KMEANS, n // size, distinct - 1)
    sample = np.random.default_rng(seed).permutation(n)[:2_000]
    best, best_score = np.full(n, -1, dtype=np.int64), 0.02
    with threadpool_limits(limits=1):
        for k in range(2, most + 1):
            found = KMeans(k, n_init=3, random_state=seed).fit_predict(vectors)
            if len(np.unique(found[sample])) < 2:
                continue
            score = silhouette_score(vectors[sample], found[sample], metric="cosine")
            if score > best_score + 1e-6:
                best, best_score = found.astype(np.int64), float(score)
    return compact(best, size)


def single_group(vectors: Vectors) -> tuple[Indices, str]:
    """One topic if the rows point one way, else none."""
    labels = np.full(len(vectors), -1, dtype=np.int64)
    if len(vectors) < 2:
        return labels, "none"
    centre = centroids_of(vectors, np.zeros(len(vectors), dtype=np.int64))
    if float((vectors @ centre[0]).mean()) < _ONE_SUBJECT:
        return labels, "none"
    return np.zeros(len(vectors), dtype=np.int64), "single"


def without_words(vectors: Vectors, holds: NDArray[np.bool_]) -> Vectors:
    """Unit vectors with the directions of some words taken out; `holds` (n, w) says which row has which word.

    A product's name in half the claims would else split every subject in two: with the name and without.
    """
    if not holds.shape[1]:
        return vectors
    with threadpool_limits(limits=1):
        means = [vectors[has].mean(axis=0) - vectors[~has].mean(axis=0) for has in holds.T]
        basis, _ = np.linalg.qr(np.stack(means).T.astype(np.float64))
        rest = vectors - (vectors @ basis) @ basis.T
        norms = np.linalg.norm(rest, axis=1, keepdims=True)
        # A claim that is nothing but such words stays as it is: they are all it says.
        return np.where(norms > 0.2, rest / np.maximum(norms, 1e-9), vectors).astype(np.float32)


def centroids_of(vectors: Vectors, labels: Indices) -> Vectors:
    """Unit mean direction of each label 0..k-1, shape (k, d); label -1 is left out."""
    k = int(labels.max(initial=-1)) + 1
    means = np.zeros((k, vectors.shape[1]), dtype=np.float64)
    for topic in range(k):
        means[topic] = vectors[labels == topic].mean(axis=0, dtype=np.float64)
    norms = np.linalg.norm(means, axis=1, keepdims=True)
    return (means / np.where(norms > 0, norms, 1)).astype(np.float32)


def compact(labels: Indices, size: int) -> Indices:
    """Labels renumbered 0..k-1 without gaps, groups under `size` set to -1."""
    sizes = np.bincount(labels[labels >= 0], minlength=1)
    target = np.where(sizes >= size, np.cumsum(sizes >= size) - 1, -1)
    return np.where(labels >= 0, target[np.maximum(labels, 0)], -1).astype(np.int64)


@contextmanager
def _one_thread() -> Iterator[None]:
    """One numba and one BLAS thread inside, the caller's count restored after."""
    import numba

    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        with threadpool_limits(limits=1):
            yield
    finally:
        numba.set_num_threads(before)
