"""Cluster vectors in the shape BERTopic wants (`fit`, `predict`, `labels_`), with centroids at the core."""

import math

import numpy as np
from scipy.sparse import csr_matrix

from topics.assign import (
    COVERAGE,
    Indices,
    Vectors,
    assign,
    calibrate_threshold,
    checked,
    similarities,
)
from topics.finer import refined
from topics.groups import centroids_of, evoc_layers, kmeans_groups, single_group

FEWEST_FOR_EVOC = 300
"""Below this many documents density is guesswork and k-means with a silhouette does better."""

MOST_FOR_EVOC = 10_000
"""Of more documents a sample is clustered: no worse by AMI on 20,000 (question titles), and the time stays flat."""

_SMALLEST_IN_SAMPLE = 8
_FEWEST_FOR_TOPICS = 20
_SAME_TOPIC = 0.92  # centroids closer than this read as one subject


class CentroidClusterer:
    """Topics as unit centroids with one similarity threshold.

    EVoC (McInnes 2024) finds the groups, finer ones where they are subjects of their own (`topics.finer`); each
    becomes its mean direction; near-identical ones are merged.
    `labels_` then come from `predict`, so that fitted and new documents are assigned alike. After `fit`:
    `labels_` (n,), -1 for none, topics ordered by size; `centroids_` (k, d); `threshold_`;
    `found_` (n,), the groups before assignment; `method_`, one of "evoc", "kmeans", "single", "none".
    """

    def __init__(
        self,
        *,
        min_topic_size: int | None = None,
        seed: int = 0,
        coverage: float = COVERAGE,
    ) -> None:
        self.min_topic_size = min_topic_size
        self.seed = seed
        self.coverage = coverage

    def fit(
        self, X: Vectors, y: object = None, *, space: Vectors | None = None, words: csr_matrix | None = None
    ) -> "CentroidClusterer":
        """Find topics among unit rows (n, d). Never raises for few, empty or identical documents.

        `space` (n, d) is where groups are looked for, if not in X itself (see `without_words`). `words` (n, w) of 0/1:
        which row holds which word, so that what one word holds together is not cut finer.
        """
        vectors = checked(X)
        space = vectors if space is None else checked(space)
        usable = np.flatnonzero(vectors.any(axis=1))
        groups, self.method_ = self._groups(space[usable], None if words is None else words[usable])
        self.found_ = np.full(len(vectors), -1, dtype=np.int64)
        self.found_[usable] = groups
        smallest = self.min_topic_size or default_min_topic_size(len(usable))
        centroids = centroids_of(vectors, self.found_)
        centroids, self.found_ = merged(centroids, self.found_, most=most_topics(len(usable), smallest))
        return self._settle(vectors, centroids)

    def join(self, X: Vectors, groups: Indices) -> "CentroidClusterer":
        """Make one topic of all topics with the same number in `groups` (k,); X as in `fit`."""
        self.found_ = np.where(self.found_ >= 0, groups[self.found_], -1)
        _, compact = np.unique(self.found_[self.found_ >= 0], return_inverse=True)
        self.found_[self.found_ >= 0] = compact
        return self._settle(checked(X), centroids_of(checked(X), self.found_))

    def _settle(self, vectors: Vectors, centroids: Vectors) -> "CentroidClusterer":
        """Threshold, labels by assignment, and the largest topic first."""
        self.threshold_ = calibrate_threshold(vectors, self.found_, centroids, coverage=self.coverage)
        labels, _ = assign(vectors, centroids, threshold=self.threshold_)
        order = _by_size(labels, len(centroids))
        self.centroids_ = centroids[order]
        self.labels_ = _renamed(labels, order)
        self.found_ = _renamed(self.found_, order)
        return self

    def predict(self, X: Vectors) -> Indices:
        """Topic of each row (n,), -1 for none, by the rule that labelled the fitted rows."""
        return assign(X, self.centroids_, threshold=self.threshold_)[0]

    def _groups(self, vectors: Vectors, words: csr_matrix | None) -> tuple[Indices, str]:
        """Group of each row (-1 for none) and the method that found it."""
        n = len(vectors)
        size = self.min_topic_size or default_min_topic_size(n)
        if n < max(_FEWEST_FOR_TOPICS, 2 * size):
            return single_group(vectors)
        if n >= FEWEST_FOR_EVOC:
            found = self._dense_groups(vectors, size, words)
            if found.max(initial=-1) >= 1:
                return found, "evoc"
        found = kmeans_groups(vectors, size=size, seed=self.seed)
        return (found, "kmeans") if found.max(initial=-1) >= 1 else single_group(vectors)

    def _dense_groups(self, vectors: Vectors, size: int, words: csr_matrix | None) -> Indices:
        """Groups by EVoC; of more than MOST_FOR_EVOC rows a sample is grouped, the others join its groups."""
        n = len(vectors)
        if n <= MOST_FOR_EVOC:
            return refined(vectors, evoc_layers(vectors, size=size, seed=self.seed), size=size, words=words)
        rows = np.sort(np.random.default_rng(self.seed).permutation(n)[:MOST_FOR_EVOC])
        smallest = max(_SMALLEST_IN_SAMPLE, round(size * MOST_FOR_EVOC / n))
        layers = evoc_layers(vectors[rows], size=smallest, seed=self.seed)
        found = refined(vectors[rows], layers, size=smallest, words=None if words is None else words[rows])
        centroids, clustered = centroids_of(vectors[rows], found), float((found >= 0).mean())
        if not clustered:
            return np.full(n, -1, dtype=np.int64)
        threshold = calibrate_threshold(vectors[rows], found, centroids, coverage=clustered)
        return assign(vectors, centroids, threshold=threshold)[0]


def default_min_topic_size(n: int) -> int:
    """Smallest topic worth a name among `n` documents: 5 at 100, 8 to 1,000, 11 at 2,000, 35 at 20,000."""
    root = math.sqrt(n)
    return max(5, round(min(0.5 * root, max(8.0, 0.25 * root))))


def most_topics(n: int, size: int) -> int:
    """Most topics for `n` documents: 80 at 2,000, 150 from 7,000 on; corpora with fewer subjects stay below.

    A `size` below the default asks for finer topics and lifts the limit in proportion.
    """
    finer = max(1.0, default_min_topic_size(n) / size)
    return max(2, min(150, round(1.8 * finer * math.sqrt(n))))


def merged(centroids: Vectors, labels: Indices, *, most: int) -> tuple[Vectors, Indices]:
    """Join the closest pair of centroids while it is nearly one subject or there are more than `most`."""
    sizes = np.bincount(labels[labels >= 0], minlength=len(centroids)).astype(np.float64)
    centroids, labels = centroids.copy(), labels.copy()
    while len(centroids) > 1:
        scores = similarities(centroids, centroids)
        np.fill_diagonal(scores, -1)
        # Where only the number forces a merge, small topics go first: size lowers the closeness.
        weight = scores if scores.max() >= _SAME_TOPIC else scores - 0.05 * np.log(np.minimum.outer(sizes, sizes))
        keep, drop = sorted(np.unravel_index(int(weight.argmax()), weight.shape))
        if scores[keep, drop] < _SAME_TOPIC and len(centroids) <= most:
            break
        mean = sizes[keep] * centroids[keep] + sizes[drop] * centroids[drop]
        centroids[keep] = mean / max(float(np.linalg.norm(mean)), 1e-12)
        sizes[keep] += sizes[drop]
        centroids, sizes = np.delete(centroids, drop, axis=0), np.delete(sizes, drop)
        labels[labels == drop] = keep
        labels[labels > drop] -= 1
    return centroids, labels


def _by_size(labels: Indices, k: int) -> Indices:
    """Topics that kept a document, largest first, ties by first row."""
    first = [int(np.argmax(labels == topic)) for topic in range(k)]
    sizes = np.bincount(labels[labels >= 0], minlength=k)
    order = sorted((topic for topic in range(k) if sizes[topic]), key=lambda t: (-int(sizes[t]), first[t]))
    return np.asarray(order, dtype=np.int64)


def _renamed(labels: Indices, order: Indices) -> Indices:
    """Labels after topics were put in `order`; topics not in it become -1."""
    target = np.full(max(int(labels.max(initial=-1)), int(order.max(initial=-1))) + 2, -1, dtype=np.int64)
    target[order] = np.arange(len(order))
    return target[labels]
