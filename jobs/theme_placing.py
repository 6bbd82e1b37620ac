"""Give every document its theme or none: the standing prototypes, with what people decided on top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jobs.store import Store
from topics.curation import Replayed, replayed
from topics.moves import overridden
from topics.standing import Prototypes, Themes, placed
from topics.strands import placing


@dataclass(frozen=True, slots=True)
class Corpus:
    """The claims of one stream by id: `documents` as `Understanding.claimed` says, `vectors` (n, 384) of them."""

    stream: str
    documents: pd.DataFrame
    vectors: np.ndarray


def corpus_of(store: Store, stream: str) -> Corpus:
    """Every claim of a stream that has a vector."""
    documents = store.understanding.claimed(stream)
    ids, vectors = store.understanding.vectors(documents["document_id"].tolist())
    documents = documents[documents["document_id"].isin(set(ids))].reset_index(drop=True)
    return Corpus(stream, documents, vectors)


def model_of(rows: pd.DataFrame, kept: Replayed, *, threshold: float) -> Prototypes:
    """The prototypes that count, each with the theme that owns it by people's edits."""
    owners, vectors = placing(rows, kept)
    sizes = rows["documents"].to_numpy(dtype=np.int64) if len(owners) == len(rows) else np.zeros(0, dtype=np.int64)
    return Prototypes(owners, vectors, threshold, sizes)


def placements(
    corpus: Corpus, model: Prototypes, kept: Replayed, *, young: Mapping[str, str]
) -> tuple[Themes, np.ndarray]:
    """Theme (n,) of each document, None for none, and its cosine to the nearest prototype.

    Where a person moved a document, there it is. `young`: documents that novelty put into an emerging theme; they
    stay there while no theme claims them.
    """
    themes, similarity = placed(corpus.vectors, model)
    ids = corpus.documents["document_id"].tolist()
    born = zip(ids, themes, strict=True)
    themes = np.array([*(young.get(one) if theme is None else theme for one, theme in born), None], dtype=object)[:-1]
    return overridden(ids, themes, corpus.vectors, model, kept.moves), similarity


def place(store: Store, corpus: Corpus, fit: dict[str, Any]) -> int:
    """Place every document under the themes as they stand; writes and counts those whose place is new or changed."""
    rows = store.themes.prototypes(corpus.stream)
    kept = replayed(rows, store.curation.edits(corpus.stream), store.curation.descent(corpus.stream))
    model = model_of(rows, kept, threshold=fit["threshold"])
    themes, similarity = placements(corpus, model, kept, young=held_young(store, corpus.stream))
    before = store.themes.assignments(corpus.stream).set_index("document_id")
    table = assignment_rows(corpus.documents["document_id"].tolist(), themes, similarity)
    old = before.reindex(corpus.documents["document_id"])
    same = [
        known and theme == (None if pd.isna(was) else was) and score == stored
        for (_, theme, score), known, was, stored in zip(
            table, corpus.documents["document_id"].isin(before.index), old["theme_id"], old["similarity"], strict=True
        )
    ]
    changed = [(*row, fit["fit_id"]) for row, unchanged in zip(table, same, strict=True) if not unchanged]
    with store.transaction():
        store.themes.write_assignments(changed)
    return len(changed)


def held_young(store: Store, stream: str) -> dict[str, str]:
    """The emerging theme of each document that is in one."""
    standing = store.themes.standing(stream)
    young = set(standing.loc[standing["state"] == "emerging", "theme_id"])
    held = store.themes.assignments(stream)
    held = held[held["theme_id"].isin(young)]
    return dict(zip(held["document_id"], held["theme_id"], strict=True))


def assignment_rows(
    ids: Sequence[str], themes: Sequence[str | None] | Themes, similarity: np.ndarray
) -> list[tuple[str, str | None, float]]:
    """Rows of the table `assignment` without the fit."""
    return [
        (str(document_id), theme, round(float(score), 4))
        for document_id, theme, score in zip(ids, themes, similarity, strict=True)
    ]
