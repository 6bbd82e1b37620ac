"""Fit themes anew: a fit proposes topics, the standing themes take what is news, all in one transaction."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jobs.curation import settle
from jobs.progress import say
from jobs.settings import Settings
from jobs.store import Store
from jobs.store_curation import descent
from jobs.store_rows import encoded
from jobs.theme_leaves import Leaves, leaves_of
from jobs.theme_placing import Corpus, assignment_rows, held_young, model_of, placements
from jobs.theme_rollups import Rolling, write_rollups
from jobs.theme_wording import Wording
from topics.acceptance import Refit
from topics.assign import cap_per_reporter
from topics.clusterer import default_min_topic_size
from topics.curation import Replayed, digest, replayed
from topics.model import TopicFit, proposed
from topics.standing import Prototypes, cost_of_coverage, placed, recalibrated
from topics.strands import PROTOTYPE_COLUMNS, in_force, rebuilt, refreshed
from topics.themes import Bound, Reconciled, reconcile

SEED = 0
CONFIRMED = 0.8
"""Cosine to a refit's topic from which a theme that novelty found is confirmed."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """As of when, with vectors of which version and why themes are fitted."""

    as_of: str
    embedder_version: str
    why: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What stands before a fit: stored prototypes, people's edits over them, the fit before if any."""

    rows: pd.DataFrame
    kept: Replayed
    fit: dict[str, Any] | None
    fair: np.ndarray
    proposal: TopicFit


def fit_themes(store: Store, settings: Settings, corpus: Corpus, occasion: Occasion) -> int:
    """Fit, reconcile, place every document, name what is new; returns the documents placed.

    Nothing is written before all is known, and then in one transaction: who is killed at any moment and starts
    again ends with the same rows.
    """
    number = store.themes.next_number()
    ground = _ground(store, settings, corpus, occasion)
    result, rows = _reconciled(store, settings, corpus, ground)
    edits = store.curation.edits(corpus.stream)
    made = descent(result.events.to_dict("records"))
    kept = replayed(rows, edits, store.curation.descent(corpus.stream) | made)
    rows = refreshed(rows, kept)
    model = model_of(rows, kept, threshold=result.prototypes.threshold)
    confirmed = _confirmed(store, corpus, result, int(ground.fair.sum()))
    held = held_young(store, corpus.stream).items()
    young = {one: theme for one, theme in held if theme in model.theme and theme not in confirmed}
    themes, similarity = placements(corpus, model, kept, young=young)
    record = _record(corpus, occasion, ground, model, (themes, similarity))
    record["parameters"]["edits"] = digest(edits)
    wording = Wording(corpus, ground.fair)
    leaves = leaves_of(store, corpus, model, themes, fitted=ground.fair, wording=wording)
    if store.themes.next_number() != number:
        say("somebody split a theme meanwhile: fitting again")
        return fit_themes(store, settings, corpus, occasion)
    with store.transaction():
        store.themes.write_fit(record)
        _write_themes(store, record, leaves, confirmed)
        _write_lineage(store, record, result.events, model)
        store.themes.write_prototypes(corpus.stream, rows)
        table = assignment_rows(corpus.documents["document_id"].tolist(), themes, similarity)
        store.themes.write_assignments([(*row, record["fit_id"]) for row in table])
        write_rollups(store, Rolling(corpus, record, leaves, wording), kept)
        settle(store, corpus.stream)
    return len(corpus.documents)


def _ground(store: Store, settings: Settings, corpus: Corpus, occasion: Occasion) -> Ground:
    """What stands, in the space of today's vectors, and what a fit proposes."""
    documents, fit = corpus.documents, store.themes.latest_fit(corpus.stream)
    rows = store.themes.prototypes(corpus.stream)
    kept = replayed(rows, store.curation.edits(corpus.stream), store.curation.descent(corpus.stream))
    if fit is not None and fit["embedder_version"] != occasion.embedder_version:
        assigned = store.themes.assignments(corpus.stream).set_index("document_id")["theme_id"]
        was = documents[["document_id"]].assign(theme_id=documents["document_id"].map(assigned))
        rows = rebuilt(rows, kept, was, corpus.vectors)
        kept = replayed(rows, store.curation.edits(corpus.stream), store.curation.descent(corpus.stream))
    fair = cap_per_reporter(
        documents["reporter"].tolist(), documents["template"].tolist(), most=settings.theme_cap_per_reporter, seed=SEED
    )
    say(f"fitting themes on {int(fair.sum()):,} {corpus.stream} claims ({occasion.why})")
    proposal = proposed(
        documents["claim"][fair].tolist(), corpus.vectors[fair], seed=SEED, coverage=settings.theme_coverage
    )
    return Ground(rows, kept, fit, fair, proposal)


def _reconciled(store: Store, settings: Settings, corpus: Corpus, ground: Ground) -> tuple[Reconciled, pd.DataFrame]:
    """The themes after the fit, and every prototype row to store, sleeping ones as they were."""
    awake = in_force(ground.rows, ground.kept)
    old = ground.rows[awake].reset_index(drop=True)
    vectors, proposal = corpus.vectors[ground.fair], ground.proposal
    standing = Prototypes(
        tuple(old["theme_id"]),
        np.stack(old["centroid"].tolist()) if len(old) else np.zeros((0, vectors.shape[1]), dtype=np.float32),
        float(ground.fit["threshold"]) if ground.fit is not None else proposal.threshold,
    )
    since = ground.fit["fitted_as_of"] if ground.fit is not None else ""
    settled = (corpus.documents["received_at"][ground.fair] <= since).to_numpy()
    resting = store.themes.standing(corpus.stream).query("state == 'dormant'")["theme_id"]
    bound = Bound(frozenset(ground.kept.kept) | frozenset(resting), frozenset(ground.kept.apart))
    refit = Refit(vectors, settled, proposal.found, proposal.centroids)
    result = reconcile(standing, refit, next_number=store.themes.next_number(), bound=bound)
    calibrated = recalibrated(result.prototypes, vectors, coverage=settings.theme_coverage)
    result = Reconciled(calibrated, result.source, result.events)
    return result, pd.concat([_stored(old, result), ground.rows[~awake]], ignore_index=True)


def _stored(old: pd.DataFrame, result: Reconciled) -> pd.DataFrame:
    """The prototypes in force as rows: a row that goes to another theme counts under the same split as that theme."""
    split_of = dict(zip(old["theme_id"], old["edit_id"], strict=True))
    model, rows = result.prototypes, list[tuple[Any, ...]]()
    for theme, vector, size, source in zip(model.theme, model.vectors, model.sizes, result.source, strict=True):
        before = old.iloc[int(source)] if source >= 0 else None
        origin, edit = ("fit", split_of.get(theme)) if before is None else (before["origin"], before["edit_id"])
        if before is not None and before["theme_id"] != theme:
            origin, edit = ("merge" if theme in split_of else "fit"), split_of.get(theme)
        rows.append((theme, len(rows), vector, origin, edit, int(size)))
    return pd.DataFrame(rows, columns=PROTOTYPE_COLUMNS).astype({"centroid": object, "edit_id": object})


def _record(
    corpus: Corpus, occasion: Occasion, ground: Ground, model: Prototypes, found: tuple[np.ndarray, np.ndarray]
) -> dict[str, Any]:
    """The row of `theme_fit`: what the themes hold of all documents, and what more coverage would cost."""
    (themes, similarity), fair, documents = found, ground.fair, len(corpus.documents)
    anywhere, _ = placed(corpus.vectors[fair], Prototypes(model.theme, model.vectors, -1.0))
    return {
        "fit_id": fit_identity(corpus.stream, occasion.as_of, occasion.embedder_version, documents),
        "stream": corpus.stream,
        "fitted_as_of": occasion.as_of,
        "documents": documents,
        "embedder_version": occasion.embedder_version,
        "threshold": float(model.threshold),
        "coverage": float(np.mean([theme is not None for theme in themes])),
        "parameters": {
            "seed": SEED,
            "why": occasion.why,
            "topics": len(ground.proposal.centroids),
            "themes": len(model.themes()),
            "fitted": int(fair.sum()),
            "method": ground.proposal.method,
            "similarity": round(float(similarity.mean()), 4),
            "spread": round(float(similarity.std()), 4),
            "cost": cost_of_coverage(anywhere, similarity[fair], ground.proposal.found),
        },
    }


def _confirmed(store: Store, corpus: Corpus, result: Reconciled, fitted: int) -> set[str]:
    """Emerging themes that this fit bears out: it found the topic by itself, or they grew as large as topics are."""
    standing = store.themes.standing(corpus.stream)
    young = set(standing.loc[standing["state"] == "emerging", "theme_id"])
    model, least = result.prototypes, default_min_topic_size(fitted)
    large = {theme for theme in young if model.sizes[np.array(model.theme) == theme].sum() >= least}
    matched = result.events[result.events["event"] == "matched"]
    alike = {
        theme
        for theme, detail in zip(matched["theme_id"], matched["detail"], strict=True)
        if detail.get("similarity", 0) >= CONFIRMED and detail["shared_documents"] * 2 >= detail["documents_before"] > 0
    }
    return large | (young & alike)


def _write_themes(store: Store, record: dict[str, Any], leaves: Leaves, confirmed: set[str]) -> None:
    """A living theme keeps name, state and parent; a new one is active from the day of the fit."""
    known = store.themes.all(record["stream"]).set_index("theme_id")
    rows = []
    for leaf in leaves.rows:
        theme = leaf["theme_id"]
        before = known.loc[theme] if theme in known.index else None
        state = "active" if before is None or theme in confirmed else before["state"]
        kept = {} if before is None else {"parent_id": before["parent_id"]}
        fresh = {"stream": record["stream"], "fit_id": record["fit_id"], "born_on": record["fitted_as_of"][:10]}
        rows.append({**leaf, **fresh, **kept, "state": state})
    store.themes.write_themes(rows)


def _write_lineage(store: Store, record: dict[str, Any], events: pd.DataFrame, model: Prototypes) -> None:
    """The events, and the state of every theme that has no prototypes any more."""
    alive = set(model.theme)
    merged = events[events["event"] == "merged"]
    store.themes.merge({one: detail["into"] for one, detail in zip(merged["theme_id"], merged["detail"], strict=True)})
    ended = events.loc[events["event"].isin(["split", "gone"]), "theme_id"]
    store.themes.end([theme for theme in ended if theme not in alive], state="retired")
    shared = {"fit_id": record["fit_id"], "happened_as_of": record["fitted_as_of"], "author": "fit"}
    rows = [{str(name): value for name, value in event.items()} for event in events.to_dict("records")]
    store.themes.add_events([{**row, **shared} for row in rows])


def fit_identity(stream: str, as_of: str, embedder_version: str, documents: int) -> str:
    """The id of a fit: the same inputs give the same id, so a rerun replaces rather than adds."""
    text = encoded([stream, as_of, embedder_version, documents])
    return "F" + hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
