"""The parts of a theme that a person splits: what they would be, shown first, and how they are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jobs.store import Store
from topics.assign import Vectors
from topics.division import NoParts, Part, divided, divided_by
from topics.naming import described_groups
from topics.parting import KEEPS_ID
from topics.strands import PROTOTYPE_COLUMNS
from topics.themes import theme_id

ANCHORS = 8
"""Documents that say what a part is about, should its vectors be lost."""
BACKGROUND = 2_000
"""Claims of other themes that the names of parts are held against."""


@dataclass(frozen=True, slots=True)
class NewPart:
    """One part of a split: the id it will have, its documents now, its exemplars' ids, its unit vector."""

    theme_id: str
    name: str
    phrases: list[str]
    documents: int
    exemplars: list[str]
    anchors: list[str]
    centroid: Vectors
    keeps: bool


def planned(store: Store, theme: dict[str, Any], *, into: int, anchors: Sequence[Sequence[str]]) -> list[NewPart]:
    """What a split would make: by anchors where there are any, else `into` parts by themselves.

    A part with KEEPS_ID of the documents keeps the theme's id and name.

    Raises:
        NoParts: the documents do not fall so.
    """
    claimed = store.understanding.claimed(str(theme["stream"]))
    members = set(store.curation.members(str(theme["theme_id"])))
    own = claimed[claimed["document_id"].isin(members)].reset_index(drop=True)
    ids, vectors = store.understanding.vectors(own["document_id"].tolist())
    parts = divided_by(vectors, _rows(ids, anchors)) if anchors else divided(vectors, into)
    others = claimed[~claimed["document_id"].isin(members)]
    named = _named(store, own, others, parts)
    ends = [len(part.rows) >= KEEPS_ID * sum(len(one.rows) for one in parts) for part in parts]
    numbers = iter(range(store.themes.next_number(), store.themes.next_number() + len(parts)))
    made = []
    for place, (part, keeps) in enumerate(zip(parts, ends, strict=True)):
        near = [ids[row] for row in part.rows]
        said = [str(document) for document in anchors[place]] if anchors else near[:ANCHORS]
        name, phrases = (str(theme["name"]), list(theme["phrases"])) if keeps else named[place]
        chosen = theme["theme_id"] if keeps else theme_id(next(numbers))
        exemplars = _exemplars(own, part)
        made.append(NewPart(str(chosen), name, phrases, len(near), exemplars, said, part.centroid, keeps))
    return made


def create(store: Store, theme: dict[str, Any], parts: Sequence[NewPart], *, edit_id: str, as_of: str) -> None:
    """Store the parts as themes with a prototype each; one that keeps the theme's id is there already."""
    rows = [
        {
            "theme_id": part.theme_id,
            "stream": theme["stream"],
            "name": part.name,
            "phrases": part.phrases,
            "state": "active",
            "centroid": part.centroid,
            "fit_id": theme["fit_id"],
            "born_on": as_of[:10],
            "exemplars": part.exemplars,
        }
        for part in parts
        if not part.keeps
    ]
    store.themes.write_themes(rows)
    stored = store.themes.prototypes(str(theme["stream"]))
    number = int(stored.loc[stored["theme_id"] == theme["theme_id"], "number"].max()) + 1
    added = [
        (part.theme_id, number if part.keeps else 0, part.centroid, "split", edit_id, part.documents) for part in parts
    ]
    fresh = pd.DataFrame(added, columns=PROTOTYPE_COLUMNS)
    store.themes.write_prototypes(str(theme["stream"]), pd.concat([stored, fresh], ignore_index=True))


def _rows(ids: list[str], anchors: Sequence[Sequence[str]]) -> list[list[int]]:
    """Row numbers of anchor documents. Raises NoParts where one is not in the theme, or in two sets."""
    place = {document: row for row, document in enumerate(ids)}
    named = [document for own in anchors for document in own]
    strange = sorted({document for document in named if document not in place})
    if strange or len(set(named)) < len(named):
        wrong = ", ".join(strange[:3]) or "one of them twice"
        raise NoParts(f"expected different documents of this theme, got {wrong}; 'groundswell documents --theme' lists")
    return [[place[document] for document in own] for own in anchors]


def _named(store: Store, own: pd.DataFrame, others: pd.DataFrame, parts: Sequence[Part]) -> list[tuple[str, list[str]]]:
    """Name and phrases of each part, against the other parts and some other claims of the stream."""
    step = np.linspace(0, len(others), BACKGROUND, endpoint=False).astype(int)
    around = others if len(others) <= BACKGROUND else others.iloc[step]
    table = pd.concat([own, around], ignore_index=True)
    groups = [part.rows.tolist() for part in parts]
    reporters = [str(one or place) for place, one in enumerate(table["reporter"])]
    said = described_groups(
        table["claim"].tolist(), groups, reporters=reporters, taken=list(store.themes.names().values())
    )
    return [(one.name, one.phrases) for one in said]


def _exemplars(own: pd.DataFrame, part: Part) -> list[str]:
    """The documents nearest to the middle of a part, each by another reporter."""
    near = own.iloc[part.rows]
    first = near["reporter"].isna() | ~near["reporter"].duplicated()
    return [str(document) for document in near.loc[first, "document_id"].head(ANCHORS)]
