"""The standing themes as a model: prototypes, and the one rule by which any document finds its theme."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from topics.assign import Indices, Vectors, assign, calibrate_threshold, checked

Themes = NDArray[np.object_]

SLACK_BELOW, SLACK_ABOVE = 0.01, 0.03
"""How far the share of documents in a theme may be from what is asked before the threshold moves."""

_FORMAT = 1


class BadPrototypes(ValueError):
    """Prototypes whose parts do not belong together, or a file that holds none."""


@dataclass(frozen=True, slots=True)
class Prototypes:
    """Unit vectors (p, d), the theme id of each, and the similarity below which a document is in no theme.

    A theme has one prototype or more: what people merge keeps the directions of all its parts. `sizes` (p,):
    how many documents each was the nearest of when it was last settled, zero where nobody counted.
    """

    theme: tuple[str, ...]
    vectors: Vectors
    threshold: float
    sizes: Indices = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.theme) != len(self.vectors):
            raise BadPrototypes(
                f"need one theme per row of vectors (p, d), got {len(self.theme)} themes and shape "
                f"{self.vectors.shape}; give each prototype its theme"
            )
        if len(self.sizes) != len(self.theme):
            object.__setattr__(self, "sizes", np.zeros(len(self.theme), dtype=np.int64))

    def themes(self) -> list[str]:
        """Ids of the themes, each once, sorted."""
        return sorted(set(self.theme))


def placed(vectors: Vectors, prototypes: Prototypes) -> tuple[Themes, Vectors]:
    """Theme id (n,) of each unit row (n, d), None for none, and the cosine to its nearest prototype (n,).

    THE rule for fitted and new documents alike: the theme of the nearest prototype at or above the threshold.
    A row's answer does not depend on the rows beside it, nor on the number of cores.

    >>> model = Prototypes(("T0001", "T0002"), np.eye(2, dtype=np.float32), 0.8)
    >>> placed(np.array([[0.0, 1.0], [0.7, 0.7]], dtype=np.float32), model)[0].tolist()
    ['T0002', None]
    """
    index, similarity = nearest(vectors, prototypes)
    names = np.array([*prototypes.theme, None], dtype=object)
    return names[index], similarity


def nearest(vectors: Vectors, prototypes: Prototypes) -> tuple[Indices, Vectors]:
    """As `placed`, with the row of the prototype (n,) in place of the theme, -1 for none."""
    return assign(vectors, prototypes.vectors, threshold=prototypes.threshold)


def centroids(prototypes: Prototypes) -> tuple[list[str], Vectors]:
    """Theme ids, sorted, and the mean direction of each one's prototypes (k, d), weighted by their sizes."""
    ids = prototypes.themes()
    number = {theme: row for row, theme in enumerate(ids)}
    sums = np.zeros((len(ids), prototypes.vectors.shape[1]), dtype=np.float64)
    weights = np.maximum(prototypes.sizes, 1).astype(np.float64)
    np.add.at(sums, [number[theme] for theme in prototypes.theme], prototypes.vectors * weights[:, None])
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    return ids, (sums / np.maximum(norms, 1e-12)).astype(np.float32)


def save(path: Path, prototypes: Prototypes, names: Mapping[str, str]) -> None:
    """Write a model and its themes' names as an npz file of plain arrays: no pickle, nothing runs on loading."""
    ids = sorted(names)
    with path.open("wb") as file:
        np.savez(
            file,
            format=np.int64(_FORMAT),
            theme=np.array(prototypes.theme, dtype=np.str_),
            vectors=np.asarray(prototypes.vectors, dtype=np.float32),
            threshold=np.float64(prototypes.threshold),
            sizes=np.asarray(prototypes.sizes, dtype=np.int64),
            ids=np.array(ids, dtype=np.str_),
            names=np.array([names[one] for one in ids], dtype=np.str_),
        )


def load(path: Path) -> tuple[Prototypes, dict[str, str]]:
    """The model of a file that `save` wrote, and its themes' names by id. BadPrototypes for any other file."""
    try:
        with np.load(path, allow_pickle=False) as parts:
            if int(parts["format"]) != _FORMAT:
                raise BadPrototypes(f"need a theme model of format {_FORMAT}, got {int(parts['format'])}; save it anew")
            model = Prototypes(
                tuple(str(theme) for theme in parts["theme"]),
                checked(parts["vectors"]),
                float(parts["threshold"]),
                parts["sizes"].astype(np.int64),
            )
            names = {str(one): str(name) for one, name in zip(parts["ids"], parts["names"], strict=True)}
    except (KeyError, OSError, EOFError, ValueError) as error:
        if isinstance(error, (BadPrototypes, FileNotFoundError)):
            raise
        # What numpy says of a strange file speaks of pickles and how to load them unsafely.
        raise BadPrototypes(f"need a theme model, got {path.name}; write one with save()") from error
    return model, names


def recalibrated(prototypes: Prototypes, vectors: Vectors, *, coverage: float) -> Prototypes:
    """The same themes with the threshold that leaves `coverage` of these documents in one.

    The standing threshold stays while it holds at least that share (less SLACK_BELOW) and not many more (SLACK_ABOVE):
    every move of it would shift documents in and out of themes in which nothing happened.
    """
    if not len(prototypes.theme) or not len(vectors):
        return prototypes
    rows, _ = nearest(vectors, prototypes)
    if coverage - SLACK_BELOW <= float((rows >= 0).mean()) <= coverage + SLACK_ABOVE:
        return replace(prototypes, sizes=np.bincount(rows[rows >= 0], minlength=len(prototypes.theme)))
    every, _ = nearest(vectors, replace(prototypes, threshold=-1.0))
    threshold = calibrate_threshold(vectors, every, prototypes.vectors, coverage=coverage)
    found = replace(prototypes, threshold=threshold)
    rows, _ = nearest(vectors, found)
    return replace(found, sizes=np.bincount(rows[rows >= 0], minlength=len(prototypes.theme)))


def cost_of_coverage(
    themes: Themes, similarity: Vectors, found: Indices, *, coverages: Sequence[float] = (0.5, 0.7, 0.8, 0.9, 1.0)
) -> list[dict[str, float]]:
    """What more coverage costs: coverage, threshold, and the share of placed documents that are where their kind is.

    `themes` (n,): nearest theme of each document whatever its `similarity` (n,); `found` (n,): the cluster a fit found
    it in, -1 for none. A cluster's kind is the theme nearest to most of it; what no cluster holds cannot be judged.
    """
    if not len(found) or not (found >= 0).any():
        return []
    pairs = pd.DataFrame({"theme": themes, "found": found, "similarity": similarity})
    judged = pairs[(pairs["found"] >= 0) & pairs["theme"].notna()]
    counts = judged.groupby(["found", "theme"]).size().reset_index(name="count")
    kind = counts.sort_values(["count", "theme"], ascending=[False, True]).drop_duplicates("found")
    right = judged["theme"].to_numpy() == judged["found"].map(kind.set_index("found")["theme"]).to_numpy()
    rows = []
    for coverage in coverages:
        threshold = float(np.quantile(similarity, 1 - coverage, method="lower"))
        placed_here = judged["similarity"].to_numpy() >= np.float32(threshold)
        agreement = float(right[placed_here].mean()) if placed_here.any() else 0.0
        rows.append({"coverage": coverage, "threshold": round(threshold, 4), "agreement": round(agreement, 3)})
    return rows
