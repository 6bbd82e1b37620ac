"""Which new topic continues which standing theme: the evidence and the best one-to-one match."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from topics.assign import Vectors, similarities
from topics.model import TopicFit

KEEPS_ID = 0.8
"""Share of a split theme's documents with which a child keeps the id."""

_SIMILAR_ENOUGH = 0.5  # with shared documents as the second witness
_SIMILAR_ALONE = 0.8  # where no document of the theme is in the window
_SHARED_ENOUGH = 0.3  # share of either side's documents that must be common
_CHILD_SHARE = 0.1  # share of the parent's documents that makes a new topic its child
_MOSTLY = 0.5  # share of documents from which one side mostly consists of the other


@dataclass(frozen=True, slots=True)
class Evidence:
    """Old themes (rows) against new topics (columns)."""

    ids: list[str]
    similarity: Vectors
    shared: NDArray[np.int64]
    old_sizes: NDArray[np.int64]
    new_sizes: NDArray[np.int64]

    def forward(self) -> NDArray[np.float64]:
        """Share of each old theme's documents that went to each new topic."""
        return self.shared / np.maximum(self.old_sizes, 1)[:, None]

    def back(self) -> NDArray[np.float64]:
        """Share of each new topic's documents that came from each old theme."""
        return self.shared / np.maximum(self.new_sizes, 1)[None, :]

    def detail(self, old: int, new: int) -> dict[str, object]:
        """What speaks for a tie between an old theme and a new topic, rounded for the record."""
        return {
            "similarity": round(float(self.similarity[old, new]), 3),
            "shared_documents": int(self.shared[old, new]),
            "documents_before": int(self.old_sizes[old]),
            "documents_after": int(self.new_sizes[new]),
        }


def evidence_of(live: pd.DataFrame, fit: TopicFit, previous: Iterable[str | None] | None) -> Evidence:
    """Similarities and shared documents between live themes and the fit's topics."""
    ids = [str(one) for one in live["theme_id"]]
    k = len(fit.centroids)
    before = np.full(len(fit.labels), -1, dtype=np.int64)
    if previous is not None:
        number = {one: row for row, one in enumerate(ids)}
        before[:] = [number.get(str(one), -1) for one in previous]
    shared = np.zeros((len(ids), k), dtype=np.int64)
    both = (before >= 0) & (fit.labels >= 0)
    np.add.at(shared, (before[both], fit.labels[both]), 1)
    old = np.zeros((len(ids), fit.centroids.shape[1]), dtype=np.float32)
    if len(live) and k:
        old = np.stack(list(live["centroid"])).astype(np.float32)
    return Evidence(
        ids=ids,
        similarity=similarities(old, fit.centroids),
        shared=shared,
        old_sizes=np.bincount(before[before >= 0], minlength=len(ids)),
        new_sizes=np.bincount(fit.labels[fit.labels >= 0], minlength=k),
    )


def splits(evidence: Evidence) -> dict[int, list[int]]:
    """Old theme -> its two or more children: topics that mostly come from it and hold a real part of it."""
    child = (evidence.forward() >= _CHILD_SHARE) & (evidence.back() >= _MOSTLY)
    return {old: np.flatnonzero(row).tolist() for old, row in enumerate(child) if row.sum() > 1}


def continuations(evidence: Evidence, children: dict[int, list[int]]) -> dict[int, int]:
    """Old theme -> the topic that continues it, by the best total of similarity and shared documents.

    Assignment after Kuhn (1955). A theme that split evenly is continued by nobody.
    """
    total = evidence.old_sizes[:, None] + evidence.new_sizes[None, :]
    dice = 2 * evidence.shared / np.maximum(total, 1)
    seen = (evidence.old_sizes > 0)[:, None]
    sharing = np.maximum(evidence.forward(), evidence.back()) >= _SHARED_ENOUGH
    similar = evidence.similarity
    allowed = np.where(seen, sharing & (similar >= _SIMILAR_ENOUGH), similar >= _SIMILAR_ALONE)
    for old, new in children.items():
        themed = evidence.shared[old].sum()
        heir = max(new, key=lambda topic: int(evidence.shared[old, topic]))
        allowed[old] = False
        allowed[old, heir] = evidence.shared[old, heir] >= KEEPS_ID * themed
    score = np.where(allowed, np.where(seen, (similar + dice) / 2, similar), 0.0)
    rows, columns = linear_sum_assignment(-np.round(score, 6))
    return {int(old): int(new) for old, new in zip(rows, columns, strict=True) if allowed[old, new]}


def absorber(evidence: Evidence, old: int) -> int | None:
    """The topic that took most of an ended theme's documents, if one did."""
    if not evidence.old_sizes[old] or not len(evidence.new_sizes):
        return None
    into = int(evidence.shared[old].argmax())
    taken = evidence.forward()[old, into] >= _MOSTLY
    return into if taken and evidence.similarity[old, into] >= _SIMILAR_ENOUGH else None
