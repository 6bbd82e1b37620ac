"""Topics finer than the chosen layer of a cluster tree, where a finer cut is a subject of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from topics.assign import Indices, Vectors, similarities, without_self
from topics.groups import centroids_of, compact, layer

GAIN = 0.06
"""By how much more like its own mean than like any other topic a finer topic's documents must be (cosine)."""
HELD_TOGETHER = 0.5
"""A word in so large a share of a topic makes it one subject; parts that hold it as often stay in the topic."""

_DECIMALS = 4  # the vectors of one sentence differ in none of these

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Part:
    """A finer cluster: its rows, and the cosine of each to the mean of the others."""

    rows: Indices
    own: Floats


def refined(vectors: Vectors, layers: Sequence[Indices], *, size: int, words: csr_matrix | None = None) -> Indices:
    """Group (n,) of each unit row, -1 for none: the layer that `layer` chooses, with parts of it set apart.

    `layers` (n,) each, finest first. A cluster of a finer layer is a group of its own if its rows gain GAIN over every
    group there is, the greatest total gain first, each next one measured against those set apart; if `size` of its rows
    differ; and if it says something else than the group it comes from: `words` (n, w) of 0/1 says which row holds
    which word (HELD_TOGETHER). What is left of a group with fewer than `size` rows is no group.
    """
    chosen = layer(layers)
    found, k = chosen.copy(), int(chosen.max(initial=-1)) + 1
    finer = layers[: next(place for place, one in enumerate(layers) if one is chosen)]
    if not k or not finer:
        return found
    best, home = _held(vectors, chosen)
    parts = [part for one in finer for part in _parts(vectors, one, size=size)]
    if words is not None:
        parts = _other_words(parts, words, chosen, home)
    for number, part in enumerate(_set_apart(vectors, parts, best)):
        found[part.rows] = k + number
    return compact(found, size)


def _held(vectors: Vectors, chosen: Indices) -> tuple[Floats, Indices]:
    """Cosine (n,) of each row to the nearest group, to its own without itself; and which group it is in or nearest."""
    scores = similarities(vectors, centroids_of(vectors, chosen)).astype(np.float64)
    home = np.where(chosen >= 0, chosen, scores.argmax(axis=1))
    inside = np.flatnonzero(chosen >= 0)
    scores[inside, chosen[inside]] = without_self(vectors, chosen)[inside]
    return scores.max(axis=1), home


def _parts(vectors: Vectors, found: Indices, *, size: int) -> Iterator[_Part]:
    """The clusters with at least `size` different rows: a sentence of a form that many send is no subject."""
    own = without_self(vectors, found)
    for group in range(int(found.max(initial=-1)) + 1):
        rows = np.flatnonzero(found == group)
        if len(np.unique(np.round(vectors[rows], _DECIMALS), axis=0)) >= size:
            yield _Part(rows, own[rows])


def _other_words(parts: Sequence[_Part], words: csr_matrix, chosen: Indices, home: Indices) -> list[_Part]:
    """Those that do not all say the one word that holds together the group most of their rows come from."""
    k = int(chosen.max(initial=-1)) + 1
    said = [np.asarray(words[np.flatnonzero(chosen == group)].mean(axis=0)).ravel() for group in range(k)]
    kept = []
    for part in parts:
        origin = said[int(np.bincount(home[part.rows], minlength=k).argmax())]
        word = int(origin.argmax()) if len(origin) else -1
        held = word >= 0 and origin[word] >= HELD_TOGETHER
        if not held or float(words[part.rows][:, [word]].mean()) < HELD_TOGETHER:
            kept.append(part)
    return kept


def _set_apart(vectors: Vectors, parts: list[_Part], best: Floats) -> Iterator[_Part]:
    """Parts that gain, the greatest total gain first, after each one measured against it too."""
    left = list(parts)
    while left:
        gains = [round(float((part.own - best[part.rows]).mean()), 4) for part in left]
        place = max(range(len(left)), key=lambda one: (gains[one] >= GAIN, gains[one] * len(left[one].rows), -one))
        if gains[place] < GAIN:
            return
        part = left.pop(place)
        yield part
        mean = centroids_of(vectors[part.rows], np.zeros(len(part.rows), dtype=np.int64))
        scores = similarities(vectors, mean)[:, 0].astype(np.float64)
        scores[part.rows] = part.own
        best = np.maximum(best, scores)
