"""Roll-ups: which themes belong under one heading, and which heading continues which from fit to fit."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from topics.assign import Indices, Vectors, checked

MOST_GROUPS = 20
"""More headings than this nobody reads; then further ones are put together."""

_FEWEST_LEAVES = 6  # what is under this number needs no headings
_TOGETHER = 0.2  # mean cosine, after what all themes share is taken out, at which leaves are of one heading
_KEPT_TOGETHER = 0.1  # what having been together before adds: a heading should not flicker
_CONTINUES = 0.5  # share of either side's documents whose leaves must be common


def grouped(centroids: Vectors, sizes: Sequence[int], *, before: Sequence[int] | None = None) -> Indices:
    """Group number (k,) of each leaf, -1 for one that stands alone; groups have two leaves or more.

    Average linkage (Sokal and Michener 1958) over unit `centroids` (k, d), from which the mean direction of all,
    weighted by `sizes`, was taken out. Groups are numbered by size in documents, largest first. `before`: group
    of each leaf in the last fit, -1 for none; leaves that were together stay so more easily.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    k = len(centroids)
    if k < _FEWEST_LEAVES:
        return np.full(k, -1, dtype=np.int64)
    weights = np.maximum(np.asarray(sizes, dtype=np.float64), 1)
    distance = np.round(1 - _contrast(checked(centroids), weights) - _bonus(before, k), 6)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False).clip(min=0), "average")
    found = fcluster(tree, 1 - _TOGETHER, criterion="distance")
    if (np.bincount(found) > 1).sum() > MOST_GROUPS:
        found = fcluster(tree, MOST_GROUPS, criterion="maxclust")
    return _numbered(np.asarray(found, dtype=np.int64), weights)


def carried(
    groups: Sequence[Collection[str]], before: Mapping[str, Collection[str]], sizes: Mapping[str, int]
) -> list[str | None]:
    """Id of the roll-up that each group continues, None for a new one; no id is given twice.

    `groups`: ids of each group's leaves; `before`: roll-up id -> ids of its leaves at the last fit (those that
    merged since under the id that took them); `sizes`: documents of each leaf, 1 where unknown. A group continues
    a roll-up if it has half of its documents in common leaves, or the roll-up has half in it.

    >>> carried([{"T0001", "T0002"}, {"T0005", "T0006"}], {"T0009": {"T0001", "T0002", "T0003"}}, {})
    ['T0009', None]
    """
    from scipy.optimize import linear_sum_assignment

    ids = sorted(before)
    shared = np.array([[_weight(set(own) & set(before[one]), sizes) for one in ids] for own in groups])
    shared = shared.reshape(len(groups), len(ids))
    new = np.array([_weight(own, sizes) for own in groups])
    old = np.array([_weight(before[one], sizes) for one in ids])
    allowed = (shared > 0) & ((shared >= _CONTINUES * new[:, None]) | (shared >= _CONTINUES * old[None, :]))
    score = np.where(allowed, 2 * shared / np.maximum(new[:, None] + old[None, :], 1e-9), 0.0)
    rows, columns = linear_sum_assignment(-np.round(score, 6))
    kept = {int(row): ids[column] for row, column in zip(rows, columns, strict=True) if allowed[row, column]}
    return [kept.get(row) for row in range(len(groups))]


def _contrast(centroids: Vectors, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosines (k, k) of what sets each centroid apart from all of them."""
    mean = np.average(centroids, axis=0, weights=weights)
    apart: NDArray[np.float64] = centroids.astype(np.float64) - mean
    apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-9)
    with threadpool_limits(limits=1):
        return np.asarray(apart @ apart.T, dtype=np.float64)


def _bonus(before: Sequence[int] | None, k: int) -> NDArray[np.float64]:
    """What is added to the cosine of leaves that were together, (k, k)."""
    if before is None:
        return np.zeros((k, k))
    group = np.asarray(before, dtype=np.int64)
    together = (group[:, None] == group[None, :]) & (group >= 0)[:, None]
    return np.where(together, _KEPT_TOGETHER, 0.0)


def _numbered(found: Indices, weights: NDArray[np.float64]) -> Indices:
    """Groups of two or more renumbered 0.. by documents, ties by first leaf; others -1."""
    groups = [np.flatnonzero(found == one) for one in np.unique(found)]
    real = sorted((rows for rows in groups if len(rows) > 1), key=lambda rows: (-weights[rows].sum(), rows[0]))
    number = np.full(len(found), -1, dtype=np.int64)
    for place, rows in enumerate(real):
        number[rows] = place
    return number


def _weight(leaves: Collection[str], sizes: Mapping[str, int]) -> float:
    return float(sum(max(sizes.get(leaf, 1), 1) for leaf in leaves))
