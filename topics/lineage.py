"""Standing themes against the topics of a refit: how alike, how many documents they share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topics.acceptance import Refit
from topics.assign import Indices, Vectors, similarities
from topics.standing import Prototypes, centroids, nearest


@dataclass(frozen=True, slots=True)
class Evidence:
    """Old themes (rows) against new topics (columns); `held` (n,): row of each document's old theme, -1 for none."""

    ids: list[str]
    similarity: Vectors
    shared: NDArray[np.int64]
    old_sizes: NDArray[np.int64]
    held: Indices

    def forward(self) -> NDArray[np.float64]:
        """Share of each old theme's documents that went to each new topic."""
        return self.shared / np.maximum(self.old_sizes, 1)[:, None]

    def detail(self, old: int, new: int) -> dict[str, object]:
        """What speaks for a tie between an old theme and a new topic, rounded for the record."""
        return {
            "topic": new,
            "similarity": round(float(self.similarity[old, new]), 3),
            "shared_documents": int(self.shared[old, new]),
            "documents_before": int(self.old_sizes[old]),
        }

    def nearest_topic(self, old: int) -> dict[str, object]:
        """The tie of a theme to the topic most like it; its size alone where the refit has no topic."""
        if not self.similarity.shape[1]:
            return {"documents_before": int(self.old_sizes[old])}
        return self.detail(old, int(self.similarity[old].argmax()))

    def nearest_theme(self, new: int) -> dict[str, object]:
        """The standing theme most like a topic; nothing where there is none."""
        if not self.ids:
            return {}
        old = int(self.similarity[:, new].argmax())
        return {"nearest": self.ids[old], "similarity": round(float(self.similarity[old, new]), 3)}


def evidence_of(standing: Prototypes, refit: Refit) -> Evidence:
    """Similarities and shared documents between the standing themes and a refit's topics."""
    ids, directions = centroids(standing)
    k = len(refit.centroids)
    number = {one: row for row, one in enumerate(ids)}
    theme = np.array([*(number[one] for one in standing.theme), -1], dtype=np.int64)
    held = theme[nearest(refit.vectors, standing)[0]]
    shared = np.zeros((len(ids), k), dtype=np.int64)
    both = (held >= 0) & (refit.found >= 0)
    np.add.at(shared, (held[both], refit.found[both]), 1)
    return Evidence(
        ids=ids,
        similarity=similarities(directions, refit.centroids),
        shared=shared,
        old_sizes=np.bincount(held[held >= 0], minlength=len(ids)),
        held=held,
    )
