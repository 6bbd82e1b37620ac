"""Prototypes of strands: which count now, whose they are, and how they reach a new vector space."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from topics.assign import Indices, Vectors, checked, similarities
from topics.curation import Replayed, Source

PROTOTYPE_COLUMNS = ["theme_id", "number", "centroid", "origin", "edit_id", "documents"]

_ROUNDS = 20  # of k-means around anchors


def in_force(rows: pd.DataFrame, kept: Replayed) -> NDArray[np.bool_]:
    """Which prototypes (n,) documents are placed on; the others sleep.

    `rows`: DataFrame[theme_id (the strand), edit_id, ...], here and below.
    """
    return np.array([kept.source.get(strand, "none") == source for strand, source in _keys(rows)], dtype=np.bool_)


def placing(rows: pd.DataFrame, kept: Replayed) -> tuple[tuple[str, ...], Vectors]:
    """The theme of each prototype in force, its strand's owner, and their vectors (p, d), in the order of rows."""
    chosen = rows[in_force(rows, kept)]
    vectors = np.stack(list(chosen["centroid"])) if len(chosen) else np.zeros((0, 0))
    return tuple(kept.owner[str(strand)] for strand in chosen["theme_id"]), vectors.astype(np.float32)


def refreshed(rows: pd.DataFrame, kept: Replayed) -> pd.DataFrame:
    """The prototypes to store after a fit, PROTOTYPE_COLUMNS, numbered within their theme.

    Those in force as they come, sleeping ones as they were; those of splits that were taken back are dropped.
    """
    known = {None, *kept.splits, *kept.void}
    return _numbered(rows[[source in known for _, source in _keys(rows)]])


def rebuilt(rows: pd.DataFrame, kept: Replayed, documents: pd.DataFrame, vectors: Vectors) -> pd.DataFrame:
    """One prototype of every strand in another vector space, PROTOTYPE_COLUMNS.

    `documents`: DataFrame[document_id, theme_id] as they are assigned, parallel to `vectors` (n, d) of the new
    space. A strand becomes the mean direction of its owner's documents; the sides of a merge share these out around
    their anchors; a part that has none yet takes that of its anchors; a sleeping strand that of all documents of
    the parts that replaced it. A strand without any is dropped.
    """
    vectors, fresh = checked(vectors), []
    first = rows.drop_duplicates(["theme_id", "edit_id"])
    sides = {theme: _sides(theme, kept, documents, vectors) for theme in kept.alive()}
    for (strand, source), row in zip(_keys(first), first.to_dict("records"), strict=True):
        awake = kept.source.get(strand, "none") == source
        own = sides[kept.owner[strand]].get(strand) if awake else None
        if own is None:
            own = documents["theme_id"].isin(_themes(strand, source, kept)).to_numpy(bool)
        if not own.any():
            own = documents["document_id"].isin(kept.anchors.get(strand, [])).to_numpy(bool)
        if vectors[own].any():
            fresh.append({**row, "centroid": direction(vectors[own]), "documents": int(own.sum())})
    return refreshed(pd.DataFrame(fresh, columns=PROTOTYPE_COLUMNS).astype({"centroid": object}), kept)


def _sides(theme: str, kept: Replayed, documents: pd.DataFrame, vectors: Vectors) -> dict[str, NDArray[np.bool_]]:
    """Which documents (n,) of a theme that people merged are whose strand's; nothing where that cannot be told."""
    ids, strands = documents["document_id"], kept.of(theme)
    own = np.flatnonzero((documents["theme_id"] == theme).to_numpy(bool) & vectors.any(axis=1))
    anchors = [np.flatnonzero(ids.iloc[own].isin(kept.anchors.get(strand, []))) for strand in strands]
    if len(strands) < 2 or not all(len(rows) for rows in anchors):
        return {}
    label = around(vectors[own], [rows.tolist() for rows in anchors])
    return {strand: np.isin(np.arange(len(ids)), own[label == number]) for number, strand in enumerate(strands)}


def around(vectors: Vectors, anchors: Sequence[Sequence[int]]) -> Indices:
    """Number of the set of anchor rows that each unit row (n, d) is with; each anchor is with its own.

    Spherical k-means (Dhillon and Modha 2001) that starts at the anchors' mean directions.
    """
    centroids = np.stack([direction(vectors[list(own)]) for own in anchors])
    label = np.full(len(vectors), -1, dtype=np.int64)
    for _ in range(_ROUNDS):
        found = similarities(vectors, centroids).argmax(axis=1).astype(np.int64)
        for number, own in enumerate(anchors):
            found[list(own)] = number
        if (found == label).all():
            break
        label = found
        centroids = np.stack([direction(vectors[label == number]) for number in range(len(anchors))])
    return label


def direction(vectors: Vectors) -> Vectors:
    """Unit mean (d,) of rows (n, d); zero where they cancel out.

    >>> direction(np.eye(2, dtype=np.float32)).round(3).tolist()
    [0.7070000171661377, 0.7070000171661377]
    """
    mean = np.asarray(vectors, dtype=np.float64).mean(axis=0)
    norm = np.linalg.norm(mean)
    unit: Vectors = (mean / norm if norm > 0 else mean).astype(np.float32)
    return unit


def _themes(strand: str, source: Source, kept: Replayed) -> set[str]:
    """Themes whose documents are a strand's: its owner, or the parts of the split it sleeps under."""
    if kept.source.get(strand, "none") == source:
        return {kept.owner[strand]}
    edit_id = kept.asleep.get((strand, source))
    if edit_id is None:
        return set()
    return {theme for part in kept.splits[edit_id][1] for theme in _themes(part, edit_id, kept)}


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    sources = [source or "" for _, source in _keys(rows)]
    table = rows.assign(_source=sources).sort_values(
        ["theme_id", "_source", "number"], kind="stable", ignore_index=True
    )
    table = table[PROTOTYPE_COLUMNS].astype({"edit_id": object})
    table["edit_id"] = table["edit_id"].where(table["edit_id"].notna(), None)
    return table.assign(number=table.groupby("theme_id").cumcount())


def _keys(rows: pd.DataFrame) -> Iterable[tuple[str, Source]]:
    pairs = zip(rows["theme_id"], rows["edit_id"], strict=True)
    return [(str(strand), edit_id if isinstance(edit_id, str) else None) for strand, edit_id in pairs]
