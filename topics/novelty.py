"""New themes born within the day: subjects that no theme covers and that more people write about than before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from topics.assign import Indices, Vectors, checked, similarities
from topics.conditions import HAZARD_WEIGHTS
from topics.novelty_scan import Bar, Crowd, Place, grown, places
from topics.strands import direction

POOL_COLUMNS = ["document_id", "reporter", "template", "age", "harm_domain", "similarity"]

LOOSE = 0.35
"""Share of the documents, those that fit their theme worst, among which news is looked for."""

_COPIES = 3  # of one reporter, by different templates, that may stand in the crowd
_TRIES = 60  # places that are looked at closely before a day is called quiet
_ROUNDS = 3  # of drawing the cluster together around its middle
_REACH = 0.25  # quantile of the first members' similarities to which the cluster reaches
_NO_DOMAIN = ("none", "other")


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known already: unit `standing` prototypes (p, d), `closed` ones (q, d) of themes that ended, and the
    `threshold` of similarity below which a document is in no theme: a new one must hold its documents as well."""

    standing: Vectors
    closed: Vectors = field(default_factory=lambda: np.zeros((0, 384), dtype=np.float32))
    threshold: float = 0.0


@dataclass(frozen=True, slots=True)
class Newborn:
    """A new subject: `rows` of the pool nearest first, their unit mean direction, the domain it was seen in.

    `domain` is None where it stood out among all documents. `nearest`: row of the standing prototype it is most
    like, -1 where none stands. `evidence`: plain numbers for the record.
    """

    rows: Indices
    centroid: Vectors
    domain: str | None
    nearest: int
    evidence: dict[str, Any]


def loose_level(similarity: "Sequence[float] | pd.Series[float] | Vectors", *, share: float = LOOSE) -> float:
    """Similarity under which a document fits badly: `share` of all are below it. 0 where there are none."""
    values = np.asarray(similarity, dtype=np.float64)
    return float(np.quantile(values, share)) if len(values) else 0.0


def newborns(
    pool: pd.DataFrame,
    vectors: Vectors,
    ground: Ground,
    *,
    bar: Bar | None = None,
    weights: Mapping[str, float] | None = None,
    most: int = 20,
) -> list[Newborn]:
    """Subjects of the pool that are new, most certain first; each was looked for after the one before was settled.

    `pool`: DataFrame[document_id, reporter (None: unknown, then of its own), template, age (float, days before
    now), harm_domain, similarity (to its theme)], documents that no theme covers or that fit badly, of the last
    days and of some weeks before; unit `vectors` (n, d). `weights`: harm domain -> its share of the expected
    false births; half of them go to all domains together.
    """
    found: list[Newborn] = []
    left = np.arange(len(pool))
    standing = ground.standing
    while len(found) < most:
        now = Ground(standing, ground.closed, ground.threshold)
        one = newborn(pool.iloc[left].reset_index(drop=True), checked(vectors)[left], now, bar=bar, weights=weights)
        if one is None:
            break
        rows = left[one.rows]
        found.append(Newborn(rows, one.centroid, one.domain, one.nearest, one.evidence))
        left = np.setdiff1d(left, rows)
        standing = np.vstack([standing, one.centroid[None]]) if standing.size else one.centroid[None]
    return found


def newborn(
    pool: pd.DataFrame,
    vectors: Vectors,
    ground: Ground,
    *,
    bar: Bar | None = None,
    weights: Mapping[str, float] | None = None,
) -> Newborn | None:
    """The most certain new subject of the pool, None on a quiet day; arguments as of `newborns`."""
    bar = bar or Bar()
    if len(pool) < 2 or not vectors.any():
        return None
    searches = _searches(pool, weights or {})
    world = _World(pool, checked(vectors), _centred(vectors), ground, bar)
    growth = {days: grown(world.ages, days) for days in bar.windows}
    best: Newborn | None = None
    for domain, rows, share in searches:
        one = _first(world, rows, domain, bar.false_births * share, growth)
        if one is not None and (best is None or one.evidence["false_births"] < best.evidence["false_births"]):
            best = one
    return best


@dataclass(frozen=True, slots=True)
class _World:
    """The pool with its vectors as they are and with what all claims share taken out."""

    pool: pd.DataFrame
    vectors: Vectors
    space: Vectors
    ground: Ground
    bar: Bar

    @property
    def ages(self) -> "np.ndarray[Any, np.dtype[np.float64]]":
        return self.pool["age"].to_numpy(np.float64)


def _searches(pool: pd.DataFrame, weights: Mapping[str, float]) -> list[tuple[str | None, Indices, float]]:
    """Where to look: among all documents, and within each harm domain, each with its share of the false births."""
    domains = pool["harm_domain"].to_numpy(object)
    named = sorted({str(one) for one in domains if isinstance(one, str)} - set(_NO_DOMAIN))
    weight = {one: weights.get(one, HAZARD_WEIGHTS["low"]) for one in named}
    total = sum(weight.values())
    everything: tuple[str | None, Indices, float] = (None, np.arange(len(pool)), 0.5 if named else 1.0)
    return [everything, *((one, np.flatnonzero(domains == one), 0.5 * weight[one] / total) for one in named)]


def _first(
    world: _World, rows: Indices, domain: str | None, allowed: float, growth: dict[int, float]
) -> Newborn | None:
    """The least likely place among these rows that is a subject of its own."""
    crowd, kept = _crowd(world, rows)
    tries = 0
    for place in places(crowd, world.bar, growth=growth):
        expected = place.chance * place.trials / world.bar.overlap / allowed * world.bar.false_births
        if expected > world.bar.false_births or tries == _TRIES:
            return None
        tries += 1
        one = _drawn(world, kept[place.rows], kept[world.ages[kept] < place.window])
        if one is not None:
            cluster, centroid, nearest = one
            return Newborn(cluster, centroid, domain, nearest, _evidence(world, cluster, centroid, place, expected))
    return None


def _crowd(world: _World, rows: Indices) -> tuple[Crowd, Indices]:
    """The documents that are counted, and their rows of the pool: recent copies of one writer are left out."""
    part = world.pool.iloc[rows]
    known = part["reporter"].notna()
    writer = part["reporter"].where(known, part["document_id"])
    recent = part["age"] < max(world.bar.windows)
    copy = part.assign(writer=writer)[recent].duplicated(["writer", "template"])
    first = part.assign(writer=writer)[recent][~copy]
    over = first.groupby("writer", sort=False).cumcount() >= _COPIES
    out = set(copy.index[copy]) | set(first.index[over])
    keep = ~part.index.isin(list(out))
    kept = rows[keep]
    writers = pd.factorize(writer[keep])[0].astype(np.int64)
    templates = pd.factorize(part["template"][keep])[0].astype(np.int64)
    return Crowd(world.space[kept], world.ages[kept], writers, templates), kept


def _drawn(world: _World, seed: Indices, recent: Indices) -> tuple[Indices, Vectors, int] | None:
    """The cluster around a place: its rows nearest first, its middle, the nearest prototype; None if not its own.

    `recent`: rows of the place's window. What came before it is old, however near: a neighbouring subject's.
    """
    own = _nearest_known(world.vectors[recent], world.ground.standing)
    cluster = seed
    for _ in range(_ROUNDS):
        centroid = direction(world.vectors[cluster])
        reach = float(np.quantile(_without_self(world.vectors[cluster]), _REACH))
        scores = similarities(world.vectors[recent], centroid[None])[:, 0]
        inside = (scores >= reach) & (scores > own)
        order = np.lexsort((recent[inside], -scores[inside]))
        grown_to = recent[inside][order]
        if len(grown_to) < min(world.bar.crowds) + 1:
            return None
        if np.array_equal(np.sort(grown_to), np.sort(cluster)):
            break
        cluster = grown_to
    centroid = direction(world.vectors[cluster])
    near, similarity = _known(centroid, world.ground.standing)
    apart = max(similarity, _known(centroid, world.ground.closed)[1]) < world.bar.apart
    dense = _density(world.vectors[cluster]) >= world.ground.threshold
    enough = _voices(world.pool, cluster) > min(world.bar.crowds)
    return (cluster, centroid, near) if apart and dense and enough else None


def _evidence(world: _World, cluster: Indices, centroid: Vectors, place: Place, expected: float) -> dict[str, Any]:
    """What speaks for a birth, rounded for the record."""
    _, similarity = _known(centroid, world.ground.standing)
    members = world.pool.iloc[cluster]
    return {
        "documents": len(cluster),
        "reporters": _reporters(members),
        "templates": int(members["template"].nunique()),
        "density": round(_density(world.vectors[cluster]), 3),
        "window_days": place.window,
        "voices": place.voices,
        "before": place.before,
        "expected": round(place.expected, 3),
        "false_births": float(f"{expected:.2g}"),
        "similarity": round(similarity, 3),
    }


def _voices(pool: pd.DataFrame, rows: Indices) -> int:
    """Distinct reporters or distinct templates, whichever are fewer: copies are one voice."""
    members = pool.iloc[rows]
    return min(_reporters(members), int(members["template"].nunique()))


def _reporters(members: pd.DataFrame) -> int:
    return int(members["reporter"].nunique() + members["reporter"].isna().sum())


def _centred(vectors: Vectors) -> Vectors:
    """Unit rows without the direction that all claims share (the product): what is left tells subjects apart."""
    usable = vectors[vectors.any(axis=1)].astype(np.float64)
    rest = vectors - usable.mean(axis=0)
    unit: Vectors = (rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return unit


def _without_self(vectors: Vectors) -> Vectors:
    """Similarity (n,) of each row to the mean direction of the others; 1 for a row alone."""
    if len(vectors) < 2:
        return np.ones(len(vectors), dtype=np.float32)
    rows = vectors.astype(np.float64)
    others = rows.sum(axis=0) - rows
    cosines = (rows * others).sum(axis=1) / np.maximum(np.linalg.norm(others, axis=1), 1e-12)
    rounded: Vectors = np.round(cosines, 5).astype(np.float32)
    return rounded


def _density(vectors: Vectors) -> float:
    """Cosine that such documents will have to their middle when many have come: the root of their mean cosine to
    one another. Of a few, the middle of the others is a poor guess, and each looks farther from it than it will be.

    >>> round(_density(np.array([[1, 0], [0.6, 0.8]], dtype=np.float32)), 3)
    0.775
    """
    count = len(vectors)
    if count < 2:
        return 1.0
    length = float(np.square(vectors.astype(np.float64).sum(axis=0)).sum())
    return round(float(np.sqrt(max(length - count, 0.0) / (count * (count - 1)))), 5)


def _nearest_known(vectors: Vectors, known: Vectors) -> Vectors:
    """Similarity (n,) to the nearest of the known prototypes; -1 where there are none."""
    if not len(known):
        return np.full(len(vectors), -1, dtype=np.float32)
    nearest: Vectors = similarities(vectors, known).max(axis=1)
    return nearest


def _known(centroid: Vectors, known: Vectors) -> tuple[int, float]:
    """Row of the nearest known prototype and the similarity to it; (-1, -1) where there are none."""
    if not len(known):
        return -1, -1.0
    scores = similarities(centroid[None], known)[0]
    return int(scores.argmax()), float(scores.max())
