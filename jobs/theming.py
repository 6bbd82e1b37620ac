"""The second step of a run: themes are fitted when due, and every document gets its theme or none."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from jobs.progress import say
from jobs.settings import Settings
from jobs.store import Store
from jobs.store_rows import encoded
from nlp.names import load_parser
from topics.assign import assign, cap_per_reporter, exemplars
from topics.model import TopicFit, fit_topics
from topics.themes import reconcile

STREAMS = ("feedback", "usage_anomaly")
FEWEST = 20
"""A stream with fewer claims than this has no themes yet."""
REFIT_DAYS = 7
REFIT_GROWTH = 1.5
"""Themes are fitted anew after a week of new documents, or once there are half as many again."""
EXEMPLARS = 8
SEED = 0
ENDS = {"split": "retired", "merged": "merged", "gone": "retired"}
"""Events after which a theme that was not matched lives no longer, and the state it is left in."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The claims of one stream: parallel columns of `documents`, `vectors` (n, 384)."""

    stream: str
    documents: pd.DataFrame
    vectors: np.ndarray


def run(store: Store, settings: Settings, *, as_of: str, embedder_version: str) -> int:
    """Fit where due, assign what is new; returns the documents placed (in a theme or in none)."""
    placed = 0
    for stream in STREAMS:
        fit = store.themes.latest_fit(stream)
        corpus = _corpus(store, stream)
        if len(corpus.documents) < FEWEST:
            continue
        if refit_due(fit, documents=len(corpus.documents), as_of=as_of, embedder_version=embedder_version):
            placed += _fit(store, settings, corpus, as_of=as_of, embedder_version=embedder_version)
        elif fit is not None:
            placed += _assign_new(store, corpus, fit)
    return placed


def refit_due(fit: dict[str, Any] | None, *, documents: int, as_of: str, embedder_version: str) -> bool:
    """Whether a stream needs a fit: none yet, other vectors, a week of new documents, or half as many again."""
    if fit is None or fit["embedder_version"] != embedder_version:
        return True
    age = datetime.fromisoformat(as_of) - datetime.fromisoformat(fit["fitted_as_of"])
    grown = documents > fit["documents"]
    return (grown and age >= timedelta(days=REFIT_DAYS)) or documents >= REFIT_GROWTH * fit["documents"]


def _corpus(store: Store, stream: str) -> Corpus:
    documents = store.understanding.claimed(stream)
    ids, vectors = store.understanding.vectors(documents["document_id"].tolist())
    documents = documents[documents["document_id"].isin(set(ids))].reset_index(drop=True)
    return Corpus(stream, documents, vectors)


def _fit(store: Store, settings: Settings, corpus: Corpus, *, as_of: str, embedder_version: str) -> int:
    documents, vectors = corpus.documents, corpus.vectors
    fair = cap_per_reporter(
        documents["reporter"].tolist(),
        documents["template"].tolist(),
        most=settings.theme_cap_per_reporter,
        seed=SEED,
    )
    say(f"fitting themes on {int(fair.sum()):,} {corpus.stream} claims")
    fit = _topics(documents["claim"][fair].tolist(), vectors[fair], settings)
    before = store.themes.assignments(corpus.stream).set_index("document_id")["theme_id"]
    themes, events = reconcile(
        store.themes.standing(corpus.stream),
        fit,
        previous=documents["document_id"][fair].map(before),
        next_number=store.themes.next_number(),
    )
    index, similarity = assign(vectors, fit.centroids, threshold=fit.threshold)
    record = {
        "fit_id": fit_identity(corpus.stream, as_of, embedder_version, len(documents)),
        "stream": corpus.stream,
        "fitted_as_of": as_of,
        "documents": len(documents),
        "embedder_version": embedder_version,
        "threshold": float(fit.threshold),
        "coverage": float((index >= 0).mean()),
        "parameters": {"seed": SEED, "topics": len(fit.centroids), "fitted": int(fair.sum()), "method": fit.method},
    }
    chosen = exemplars(vectors, index, fit.centroids, documents["reporter"].tolist(), EXEMPLARS)
    names = {int(topic): str(theme) for topic, theme in zip(themes["topic"], themes["theme_id"], strict=True)}
    with store.transaction():
        store.themes.write_fit(record)
        store.themes.write_themes(_theme_rows(record, themes, documents["document_id"].tolist(), chosen))
        _write_lineage(store, record, events)
        store.themes.write_assignments(_placements(documents["document_id"], index, similarity, names, record))
    return len(documents)


def _topics(claims: list[str], vectors: np.ndarray, settings: Settings) -> TopicFit:
    """Topics with names; for these some claims of each are parsed, which takes 60 themes ten seconds."""
    return fit_topics(claims, vectors, seed=SEED, coverage=settings.theme_coverage, pipeline=load_parser())


def _theme_rows(
    record: dict[str, Any], themes: pd.DataFrame, ids: list[str], chosen: dict[int, list[int]]
) -> list[dict[str, Any]]:
    return [
        {
            "theme_id": theme["theme_id"],
            "stream": record["stream"],
            "name": theme["name"],
            "phrases": theme["phrases"],
            "state": "active",
            "centroid": theme["centroid"],
            "fit_id": record["fit_id"],
            "born_on": record["fitted_as_of"][:10],
            "exemplars": [ids[row] for row in chosen.get(int(theme["topic"]), [])],
        }
        for theme in themes.to_dict("records")
    ]


def _write_lineage(store: Store, record: dict[str, Any], events: pd.DataFrame) -> None:
    living = {theme for theme, event in zip(events["theme_id"], events["event"], strict=True) if event == "matched"}
    for event, state in ENDS.items():
        ended = events.loc[events["event"] == event, "theme_id"]
        store.themes.end([theme for theme in ended if theme not in living], state=state)
    shared = {"fit_id": record["fit_id"], "happened_as_of": record["fitted_as_of"], "author": "fit"}
    rows = [{str(name): value for name, value in event.items()} for event in events.to_dict("records")]
    store.themes.add_events([{**row, **shared} for row in rows])


def _assign_new(store: Store, corpus: Corpus, fit: dict[str, Any]) -> int:
    new = set(store.themes.unassigned_to(fit["fit_id"], corpus.stream))
    rows = corpus.documents["document_id"].isin(new).to_numpy()
    if not rows.any():
        return 0
    standing = store.themes.standing(corpus.stream)
    standing = standing[standing["fit_id"] == fit["fit_id"]]
    centroids = np.stack(standing["centroid"].tolist()) if len(standing) else np.zeros((0, 384), np.float32)
    index, similarity = assign(corpus.vectors[rows], centroids, threshold=fit["threshold"])
    names = dict(enumerate(standing["theme_id"]))
    with store.transaction():
        ids = corpus.documents["document_id"][rows]
        store.themes.write_assignments(_placements(ids, index, similarity, names, fit))
    return int(rows.sum())


def _placements(
    ids: "pd.Series[str]", index: np.ndarray, similarity: np.ndarray, names: dict[int, str], fit: dict[str, Any]
) -> list[tuple[str, str | None, float, str]]:
    """Rows of the table `assignment`; an index of -1 is no theme."""
    return [
        (document_id, names.get(int(place)), round(float(score), 4), fit["fit_id"])
        for document_id, place, score in zip(ids, index, similarity, strict=True)
    ]


def fit_identity(stream: str, as_of: str, embedder_version: str, documents: int) -> str:
    """The id of a fit: the same inputs give the same id, so a rerun replaces rather than adds."""
    text = encoded([stream, as_of, embedder_version, documents])
    return "F" + hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
