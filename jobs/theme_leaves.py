"""What a fit says of each theme that documents are in: direction, name, phrases, exemplars, quality."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from jobs.store import Store
from jobs.theme_placing import Corpus
from jobs.theme_wording import Wording
from topics.assign import Indices, Vectors, exemplars
from topics.model import nearest_first
from topics.name_check import NameCheck, content_words
from topics.naming import Description
from topics.quality import quality
from topics.standing import Prototypes, Themes, centroids

EXEMPLARS = 8
BORNE_OUT = 0.06
"""Share of its documents that must hold each word of a name, on average, and more than elsewhere, for it to stay."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """The living themes: `ids`, unit `directions` (k, d), their `labels` (n,) on the corpus, -1 for none.

    `groups`: rows of each among the fitted claims, the nearest first; `rows` of the table `theme` (theme_id, name,
    phrases, centroid, exemplars, quality).
    """

    ids: list[str]
    directions: Vectors
    labels: Indices
    groups: list[list[int]]
    rows: list[dict[str, Any]]


def leaves_of(
    store: Store, corpus: Corpus, model: Prototypes, themes: Themes, *, fitted: np.ndarray, wording: Wording
) -> Leaves:
    """Every theme of the model with what its `fitted` documents say of it.

    A standing name stays while its words are borne out; people's names and those of pinned themes stay anyway.
    """
    ids, directions = centroids(model)
    number = {theme: row for row, theme in enumerate(ids)}
    labels = np.array([number.get(theme, -1) for theme in themes], dtype=np.int64)
    documents = corpus.documents
    own = labels[fitted]
    before = store.themes.all(corpus.stream).set_index("theme_id").to_dict("index")
    said = wording.themes(own, directions, taken=list(store.themes.names().values()))
    groups = nearest_first(wording.vectors, own, directions)
    checks = wording.checks([before.get(theme, {}).get("name", "") for theme in ids], groups)
    figures = quality(wording.claims, wording.vectors, own, directions)
    chosen = exemplars(corpus.vectors, labels, directions, documents["reporter"].tolist(), EXEMPLARS)
    rows = []
    for place, theme in enumerate(ids):
        stood, check = before.get(theme), checks[place]
        new = NameCheck(said[place].inside, said[place].outside, {})
        better = borne_out(new) and not borne_out(check)
        stays = stood is not None and (fixed(stood) or not groups[place] or not better)
        row = {
            "theme_id": theme,
            "name": stood["name"] if stood is not None and stays else said[place].name,
            "phrases": stood["phrases"] if stood is not None and not groups[place] else said[place].phrases,
            "centroid": directions[place],
            "exemplars": [str(documents["document_id"].iloc[row]) for row in chosen.get(place, [])],
            "quality": figures[place].record(),
        }
        row["quality"] |= shares_of(str(row["name"]), check if stays else new)
        rows.append(row)
    return Leaves(ids, directions, labels, groups, rows)


def fixed(theme: Mapping[Any, Any]) -> bool:
    """Whether a fit may not give the theme another name."""
    return bool(theme["pinned"]) or theme["named_by"] != "fit"


def borne_out(check: NameCheck) -> bool:
    """Whether a name's words are those of its documents."""
    return check.inside >= BORNE_OUT and check.inside > check.outside


def shares_of(name: str, check: NameCheck | Description) -> dict[str, float]:
    """The check of a name for the record of quality; nothing where the name has no words to check."""
    return {"name_inside": check.inside, "name_outside": check.outside} if content_words(name) else {}
