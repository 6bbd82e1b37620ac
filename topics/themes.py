"""Carry themes from one fit to the next: a refit proposes, the standing themes are the anchor.

Every live theme leaves one event with its evidence (matched, split, merged, gone), every new one is born.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from topics.acceptance import News, Refit, news
from topics.assign import Indices, Vectors, similarities
from topics.lineage import Evidence, evidence_of
from topics.parting import Merge, Parting, absorbed, partings
from topics.standing import Prototypes, nearest

EVENT_COLUMNS = ["theme_id", "event", "detail"]
SAME = 0.9
"""Cosine from which a topic that is mutually nearest to a prototype is the same subject, and moves it."""
MOVE = 0.1
"""How far a prototype moves towards that topic at one fit: a subject may drift, slowly."""

Event = tuple[str, str, dict[str, object]]


class StandingColumns(ValueError):
    """The prototypes of the standing themes do not fit the new vectors."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a fit may not do: end or merge away a theme `kept`; merge two themes that are to stay `apart`."""

    kept: frozenset[str] = frozenset()
    apart: frozenset[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The themes after a refit.

    `prototypes`: those that stood, in their order, without the ended ones', then the new ones'; `source` (p,): row
    each had among the standing, -1 for a new one; `events` DataFrame[theme_id, event, detail], by theme.
    """

    prototypes: Prototypes
    source: Indices
    events: pd.DataFrame


def reconcile(standing: Prototypes, refit: Refit, *, next_number: int, bound: Bound | None = None) -> Reconciled:
    """The standing themes after a refit has proposed topics, and what became of each.

    A prototype stays where it is, but for a small move towards a topic that is the same subject. A topic becomes
    a theme only if it is news (`topics.acceptance.news`). A theme that lost settled documents to such topics is
    split: the part with KEEPS_ID of them keeps the id, else it ends and every part is born. Two themes merge if
    the refit joins them and they are hardly apart; prototypes of both stay. A theme that is no document's nearest
    is gone. `next_number`: number of the next new id; ids are never reused.
    """
    _check(standing, refit)
    bound = bound or Bound()
    evidence = evidence_of(standing, refit)
    found = news(refit, standing)
    grown = _grown(standing, refit, found)
    rows, _ = nearest(refit.vectors, grown)
    parts = partings(evidence, refit, grown.theme, rows, kept=bound.kept)
    merges = absorbed(evidence, refit, standing, kept=bound.kept | set(parts), apart=bound.apart)
    merges = {one: merge for one, merge in merges.items() if merge.into not in parts}
    fate = _Fate(evidence, found, parts, merges, _gone(grown, rows, {*bound.kept, *parts, *merges}))
    names = fate.named(grown.theme, next_number)
    stay = np.array([name is not None for name in names], dtype=np.bool_)
    sizes = np.bincount(rows[rows >= 0], minlength=len(names))
    kept = tuple(name for name in names if name is not None)
    source = np.where(np.arange(len(names)) < len(standing.theme), np.arange(len(names)), -1)
    events = sorted(fate.events(grown.theme, names), key=_by_id)
    return Reconciled(
        Prototypes(kept, grown.vectors[stay], standing.threshold, sizes[stay]),
        source[stay],
        pd.DataFrame(events, columns=EVENT_COLUMNS),
    )


def theme_id(number: int) -> str:
    """The id of a theme's number, 1 and up.

    >>> theme_id(7)
    'T0007'
    """
    return f"T{number:04d}"


@dataclass(frozen=True, slots=True)
class _Fate:
    """What becomes of every theme and topic."""

    evidence: Evidence
    found: list[News]
    parts: dict[str, Parting]
    merges: dict[str, Merge]
    gone: set[str]

    def named(self, labels: tuple[str, ...], next_number: int) -> list[str | None]:
        """The final id of each row, None for rows that end; new ids in the order of the news, then of what is left."""
        renamed: dict[str, str | None] = dict.fromkeys(self.gone)
        renamed |= {one: merge.into for one, merge in self.merges.items()}
        for parting in self.parts.values():
            renamed |= parting.renamed()
        final = [renamed.get(label, label) for label in labels]
        fresh = [_label(one) for one in self.found] + [parting.rest for parting in self.parts.values()]
        born = [label for label in fresh if label in final and label not in self.evidence.ids]
        ids = {label: theme_id(next_number + place) for place, label in enumerate(born)}
        return [None if label is None else ids.get(label, label) for label in final]

    def events(self, labels: tuple[str, ...], names: list[str | None]) -> Iterator[Event]:
        """What became of each standing theme and where each new one came from, with the evidence."""
        final = dict(zip(labels, names, strict=True))
        for old, theme in enumerate(self.evidence.ids):
            before = int(self.evidence.old_sizes[old])
            if theme in self.parts:
                part = self.parts[theme]
                shares = {final[label] or "none": round(share, 3) for label, share in part.shares.items()}
                keeps = part.heir is not None
                yield theme, "split", {"children": shares, "keeps_id": keeps, "documents_before": before}
            elif theme in self.merges:
                merge = self.merges[theme]
                tie = self.evidence.detail(old, merge.topic)
                yield theme, "merged", {"into": merge.into, "loss": merge.loss, **tie}
            else:
                yield theme, "gone" if theme in self.gone else "matched", self.evidence.nearest_topic(old)
        yield from self._births(final)

    def _births(self, final: dict[str, str | None]) -> Iterator[Event]:
        parent = {label: theme for theme, part in self.parts.items() for label in part.shares}
        for one in self.found:
            label = _label(one)
            name = final[label]
            if name is None or name in self.evidence.ids:
                continue
            origin: dict[str, object] = {"split_from": parent[label]} if label in parent else {}
            yield name, "born", {**one.detail(), **self.evidence.nearest_theme(one.topic), **origin}
        for theme in self.parts:
            name = final[theme]
            if name is not None and name != theme:
                share = round(self.parts[theme].shares[theme], 3)
                yield name, "born", {"split_from": theme, "share": share, "rest": True}


def _grown(standing: Prototypes, refit: Refit, found: list[News]) -> Prototypes:
    """The standing prototypes, each moved a little towards its topic, and those of the news under labels."""
    vectors = standing.vectors.copy()
    free = np.setdiff1d(np.arange(len(refit.centroids)), [one.topic for one in found])
    if len(free) and len(vectors):
        scores = similarities(vectors, refit.centroids[free])
        best = scores.argmax(axis=1)
        mutual = scores.argmax(axis=0)[best] == np.arange(len(vectors))
        same = mutual & (scores.max(axis=1) >= SAME)
        step = (1 - MOVE) * vectors[same].astype(np.float64) + MOVE * refit.centroids[free][best[same]]
        vectors[same] = step / np.linalg.norm(step, axis=1, keepdims=True)
    fresh: Vectors = refit.centroids[[one.topic for one in found]].reshape(len(found), refit.centroids.shape[1])
    labels = tuple(_label(one) for one in found)
    joined = np.concatenate([vectors.reshape(-1, refit.centroids.shape[1]), fresh]).astype(np.float32)
    return Prototypes((*standing.theme, *labels), joined, standing.threshold)


def _gone(grown: Prototypes, rows: Indices, spared: set[str]) -> set[str]:
    """Themes that no document is nearest to any more."""
    held = {grown.theme[row] for row in np.unique(rows[rows >= 0])}
    return {label for label in grown.theme if not label.startswith("+")} - held - spared


def _label(one: News) -> str:
    """What a topic's row is called until it is known who keeps which id."""
    return f"+{one.topic}"


def _by_id(event: Event) -> str:
    return event[0]


def _check(standing: Prototypes, refit: Refit) -> None:
    if len(standing.theme) and len(refit.centroids) and standing.vectors.shape[1] != refit.centroids.shape[1]:
        raise StandingColumns(
            f"need prototypes of {refit.centroids.shape[1]} dimensions, got {standing.vectors.shape[1]}; "
            "the vectors changed their space: bring the prototypes into it first"
        )
