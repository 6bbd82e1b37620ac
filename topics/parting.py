"""Which standing themes a refit splits, and which it joins."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from topics.acceptance import Refit
from topics.assign import Indices, similarities
from topics.clusterer import default_min_topic_size
from topics.lineage import Evidence
from topics.standing import Prototypes

KEEPS_ID = 0.8
"""Share of a split theme's documents with which a part keeps the id."""
MERGE_LOSS = 0.02
"""Two themes may be one if the smaller one's documents are hardly nearer to it than to the other (mean cosine)."""

_CHILD_SHARE = 0.1  # share of the theme's documents that makes a topic its child
_MOSTLY = 0.5  # share of documents from which one side mostly consists of the other


@dataclass(frozen=True, slots=True)
class Parting:
    """A split: the share of the theme's settled documents in each part, the part that keeps the id, if any.

    Parts go by their row label; what is left with the old prototypes has the label `rest`. `rest_lives`: it holds
    enough documents to go on as a theme.
    """

    theme: str
    shares: dict[str, float]
    heir: str | None
    rest_lives: bool

    @property
    def rest(self) -> str:
        """The label of what is left: the theme's own if it keeps the id."""
        return self.theme if self.heir == self.theme else f"~{self.theme}"

    def renamed(self) -> dict[str, str | None]:
        """New label of the rows whose label changes; None for rows that end."""
        if self.heir == self.theme:
            return {}
        left: dict[str, str | None] = {self.theme: self.rest if self.rest_lives else None}
        return left if self.heir is None else {**left, self.heir: self.theme}


@dataclass(frozen=True, slots=True)
class Merge:
    """A theme that goes into another: the topic that joins them, and what its documents lose in mean cosine."""

    into: str
    topic: int
    loss: float


def partings(
    evidence: Evidence, refit: Refit, labels: Sequence[str], rows: Indices, *, kept: Collection[str]
) -> dict[str, Parting]:
    """Themes of which a new topic takes a real part, each topic that mostly consists of them.

    `labels`: of each prototype row, the new topics' after the old themes' ids; `rows` (n,): row of each document
    among all of them, -1 for none. A theme in `kept` always keeps its id for its largest part.
    """
    known = set(evidence.ids)
    new = [row for row, label in enumerate(labels) if label not in known]
    sizes = np.bincount(rows[rows >= 0], minlength=len(labels))
    settled = refit.settled & (evidence.held >= 0)
    went = np.zeros((len(evidence.ids), len(labels)), dtype=np.int64)
    placed = settled & (rows >= 0)
    np.add.at(went, (evidence.held[placed], rows[placed]), 1)
    total = np.maximum(np.bincount(evidence.held[settled], minlength=len(evidence.ids)), 1)
    least = default_min_topic_size(len(rows))
    found = {}
    for old, theme in enumerate(evidence.ids):
        children = [row for row in new if went[old, row] >= max(_CHILD_SHARE * total[old], 1, _MOSTLY * sizes[row])]
        if not children:
            continue
        left = [row for row, label in enumerate(labels) if label == theme]
        shares = {labels[row]: float(went[old, row] / total[old]) for row in children}
        shares[theme] = float(went[old, left].sum() / total[old])
        best = max(shares, key=lambda label: (shares[label], label == theme))
        heir = best if theme in kept or shares[best] >= KEEPS_ID else None
        found[theme] = Parting(theme, shares, heir, bool(sizes[left].sum() >= least))
    return found


def absorbed(
    evidence: Evidence, refit: Refit, standing: Prototypes, *, kept: Collection[str], apart: Collection[frozenset[str]]
) -> dict[str, Merge]:
    """Themes that go into another: the refit has most documents of both in one topic and they are hardly apart.

    The smaller one goes; of two that may not end neither does. No theme takes one and goes into another.
    """
    merges: dict[str, Merge] = {}
    for loss, small, large, topic in sorted(_joined(evidence, refit, standing)):
        one, other = evidence.ids[small], evidence.ids[large]
        free = one not in merges and other not in merges and one not in {merge.into for merge in merges.values()}
        if loss <= MERGE_LOSS and free and one not in kept and frozenset((one, other)) not in apart:
            merges[one] = Merge(other, topic, loss)
    return merges


def _joined(evidence: Evidence, refit: Refit, standing: Prototypes) -> list[tuple[float, int, int, int]]:
    """Pairs of themes mostly in one topic: mean loss of the smaller one's documents, its row, the other's, topic."""
    if not evidence.similarity.size:
        return []
    forward = evidence.forward()
    topic = np.where(forward.max(axis=1) >= _MOSTLY, forward.argmax(axis=1), -1)
    theme = np.array(standing.theme)
    pairs = []
    for old in np.flatnonzero(topic >= 0):
        for other in np.flatnonzero(topic == topic[old]):
            if (evidence.old_sizes[old], -old) >= (evidence.old_sizes[other], -other):
                continue
            own = refit.vectors[evidence.held == old]
            sides = [similarities(own, standing.vectors[theme == evidence.ids[side]]) for side in (old, other)]
            loss = float((sides[0].max(axis=1) - sides[1].max(axis=1)).mean())
            pairs.append((round(loss, 4), int(old), int(other), int(topic[old])))
    return pairs
