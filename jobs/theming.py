"""The step `themes` of a run: every document gets its theme or none, then themes are fitted or born where due."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np

from jobs import theme_map
from jobs.curation import settle
from jobs.settings import Settings
from jobs.store import Store
from jobs.theme_fit import Occasion, fit_themes
from jobs.theme_placing import Corpus, corpus_of, place
from jobs.theme_states import settle_states
from topics.refit_due import Fitness, reason

STREAMS = ("feedback", "usage_anomaly")
FEWEST = 20
"""A stream with fewer claims than this has no themes yet."""

Births = Callable[[], int]
"""Looks for new themes among what fits badly, writes them, and says how many there were."""


def run(store: Store, settings: Settings, *, as_of: str, embedder_version: str, births: Births = lambda: 0) -> int:
    """Place what came, fit where due, look for births; returns the documents placed (in a theme or in none).

    Placing is committed before anything else is tried: it never waits for a fit, and a fit that is killed leaves
    the day's documents placed under the themes that stand.
    """
    corpora = [corpus for stream in STREAMS if len((corpus := corpus_of(store, stream)).documents) >= FEWEST]
    done = sum(place_today(store, corpus, embedder_version=embedder_version) for corpus in corpora)
    for corpus in corpora:
        why = fit_reason(store, corpus, as_of=as_of, embedder_version=embedder_version)
        if why is not None:
            done += fit_themes(store, settings, corpus, Occasion(as_of, embedder_version, why))
    if births():
        done += sum(place_today(store, corpus, embedder_version=embedder_version) for corpus in corpora)
    for corpus in corpora:
        settle_states(store, corpus.stream, as_of=as_of)
    theme_map.run(store)
    return done


def place_today(store: Store, corpus: Corpus, *, embedder_version: str) -> int:
    """Place every document under the themes that stand, if they speak of these vectors; counts what changed."""
    fit = store.themes.latest_fit(corpus.stream)
    if fit is None or fit["embedder_version"] != embedder_version:
        return 0
    settle(store, corpus.stream)
    return place(store, corpus, fit)


def fit_reason(store: Store, corpus: Corpus, *, as_of: str, embedder_version: str) -> str | None:
    """Why a stream wants a fit now: "first", "vectors" (of another version), or as `topics.refit_due` says."""
    fit = store.themes.latest_fit(corpus.stream)
    if fit is None:
        return "first"
    if fit["embedder_version"] != embedder_version:
        return "vectors"
    table = store.themes.assignments(corpus.stream).set_index("document_id")
    table = table.reindex(corpus.documents["document_id"])
    new = (corpus.documents["received_at"] > fit["fitted_as_of"]).to_numpy()
    days = (datetime.fromisoformat(as_of) - datetime.fromisoformat(fit["fitted_as_of"])).total_seconds() / 86_400
    themes, similarity = table["theme_id"].notna().to_numpy(), table["similarity"].to_numpy(dtype=np.float64)
    return reason(_then(fit), _fitness(themes, similarity), _fitness(themes[new], similarity[new]), days=days)


def _then(fit: dict[str, Any]) -> Fitness:
    """How well the themes held at the last fit; fits of older versions did not say how alike."""
    said = fit["parameters"]
    unknown = float("nan")
    return Fitness(fit["documents"], fit["coverage"], said.get("similarity", unknown), said.get("spread", unknown))


def _fitness(placed: np.ndarray, similarity: np.ndarray) -> Fitness:
    if not len(placed):
        return Fitness(0, 0.0, 0.0, 0.0)
    return Fitness(len(placed), float(placed.mean()), float(similarity.mean()), float(similarity.std()))
