"""Which topics of a refit are news: subjects that the standing themes do not hold well."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topics.assign import Indices, Vectors, similarities, without_self
from topics.clusterer import default_min_topic_size
from topics.standing import Prototypes, nearest

BIRTH_GAIN = 0.06
"""By how much more like its own topic than like any standing theme a new subject's documents must be (cosine)."""
SPLIT_GAIN = 0.1
"""The same where most of them were settled in themes before: another cut of them must be clearly better."""


@dataclass(frozen=True, slots=True)
class Refit:
    """A fit that proposes topics.

    Unit `vectors` (n, d) of its documents; `settled` (n,), which of them the last fit knew; `found` (n,), their
    topics as clustered, -1 for none; unit `centroids` (k, d) of the topics.
    """

    vectors: Vectors
    settled: NDArray[np.bool_]
    found: Indices
    centroids: Vectors


@dataclass(frozen=True, slots=True)
class News:
    """A topic that becomes a theme.

    `gain`: mean rise in cosine of its members over the best standing theme; `takes`: documents it is nearest to,
    `unheld` of them in no theme before; `settled`: share of its members that the last fit knew.
    """

    topic: int
    gain: float
    takes: int
    unheld: int
    settled: float

    def detail(self) -> dict[str, object]:
        """What speaks for it, for the record."""
        return {
            "topic": self.topic,
            "gain": round(self.gain, 3),
            "documents_after": self.takes,
            "unheld": self.unheld,
            "settled": round(self.settled, 3),
        }


def news(refit: Refit, standing: Prototypes) -> list[News]:
    """Topics accepted beside the standing prototypes, the greatest total gain first; without themes all of them.

    A topic that cuts across well-held themes gains its members little and is left out: two fits on nearly the
    same documents lead to nearly the same themes. After each acceptance the rest is measured against it too.
    """
    if not len(standing.theme):
        return _all(refit)
    return list(_accepted(refit, standing))


def _all(refit: Refit) -> list[News]:
    k = len(refit.centroids)
    sizes = np.bincount(refit.found[refit.found >= 0], minlength=k)
    return [News(topic, 1.0, int(sizes[topic]), int(sizes[topic]), 0.0) for topic in range(k)]


def _accepted(refit: Refit, standing: Prototypes) -> Iterator[News]:
    k = len(refit.centroids)
    held, best = nearest(refit.vectors, standing)
    scores = similarities(refit.vectors, refit.centroids)
    settled = _means(refit.settled.astype(np.float64), refit.found, k)
    needed = np.where(settled > 0.5, SPLIT_GAIN, BIRTH_GAIN)
    own = without_self(refit.vectors, refit.found)
    least = default_min_topic_size(len(refit.vectors))
    left = np.bincount(refit.found[refit.found >= 0], minlength=k) > 0
    while True:
        gain = _means(own - best, refit.found, k)
        open_to = np.flatnonzero(left & (gain >= needed))
        takes = (scores[:, open_to] > best[:, None]) & (scores[:, open_to] >= np.float32(standing.threshold))
        sizes = takes.sum(axis=0)
        if not (sizes >= least).any():
            return
        place = int(np.round(np.where(sizes >= least, gain[open_to] * sizes, 0.0), 4).argmax())
        topic, taken = int(open_to[place]), takes[:, place]
        unheld = int((taken & (held < 0)).sum())
        yield News(topic, float(gain[topic]), int(taken.sum()), unheld, float(settled[topic]))
        best = np.maximum(best, scores[:, topic])
        left[topic] = False


def _means(values: NDArray[np.float64], found: Indices, k: int) -> NDArray[np.float64]:
    """Mean (k,) of each topic's members; 0 for a topic without."""
    inside = found >= 0
    sums = np.bincount(found[inside], weights=values[inside], minlength=k)
    return sums / np.maximum(np.bincount(found[inside], minlength=k), 1)
