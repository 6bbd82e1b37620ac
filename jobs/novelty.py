"""After the themes of a run: what no theme covers and more people write about than before is born within the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from jobs.enrich import Models
from jobs.novelty_pool import WEEKS_BEFORE, Reader, Teach, pool_of
from jobs.progress import say
from jobs.settings import Settings
from jobs.store import Store
from jobs.theme_leaves import shares_of
from jobs.theme_placing import corpus_of, place
from nlp.names import load_parser
from nlp.student import Student
from nlp.taxonomy import Taxonomy
from nlp.teacher import Teacher
from topics.assign import exemplars, similarities
from topics.conditions import HAZARD_WEIGHTS
from topics.curation import replayed
from topics.naming import Description, described
from topics.novelty import Ground, Newborn, newborn
from topics.novelty_scan import Bar
from topics.strands import PROTOTYPE_COLUMNS, direction, placing
from topics.themes import theme_id

STREAMS = ("feedback", "usage_anomaly")
MOST_BIRTHS = 20
"""Births of one stream in one run; a day with more is a new source, and wants a fit."""
REST_DAYS = 28
"""A subject like a theme that ended less than so many days ago is not born again."""
EXEMPLARS = 8


@dataclass(frozen=True, slots=True)
class Day:
    """One stream on one day: the fit its themes are of, whose prototypes stand, and how claims are read."""

    stream: str
    fit: dict[str, Any]
    as_of: str
    reader: Reader
    weights: Mapping[str, float]


def run(store: Store, settings: Settings, models: Models, *, as_of: str, teacher: Teach | None = None) -> int:
    """Themes born, over both streams. `teacher` stands in for the one that ships.

    Each birth is committed by itself, with its documents; the search begins anew after it, so a run that is
    killed and taken up, or done twice, ends with the same themes.
    """
    reader = reader_of(models, teacher)
    weights = domain_weights(models.taxonomy)
    born = 0
    for stream in STREAMS:
        fit = store.themes.latest_fit(stream)
        if fit is None or fit["embedder_version"] != models.embedder.version:
            continue
        born += _births(store, Day(stream, fit, as_of, reader, weights))
    with store.transaction():
        store.novelty.forget(before=_days_before(as_of, max(Bar().windows) + WEEKS_BEFORE))
    return born


def reader_of(models: Models, teacher: Teach | None = None) -> Reader:
    """The teacher where a student serves: it knows words that the student has not seen. Else the documents' own
    vectors, which are the teacher's or of another space than his."""
    if not isinstance(models.embedder, Student):
        return Reader(models.embedder.version, None)
    return Reader(Teacher.version, teacher or Teacher().embed)


def domain_weights(taxonomy: Taxonomy) -> dict[str, float]:
    """Harm domain -> weight of its share of false births: by its gravest hazard."""
    kinds = [None, *taxonomy.ids("kind")]
    return {
        domain: max(HAZARD_WEIGHTS[taxonomy.hazard(kind, domain)] for kind in kinds)
        for domain in taxonomy.ids("harm_domain")
    }


def _births(store: Store, day: Day) -> int:
    for count in range(MOST_BIRTHS):
        rows = store.themes.prototypes(day.stream)
        kept = replayed(rows, store.curation.edits(day.stream), store.curation.descent(day.stream))
        owners, standing = placing(rows, kept)
        pool, vectors = pool_of(store, day.stream, day.reader, as_of=day.as_of)
        free = ~pool["document_id"].isin(set(kept.moves)).to_numpy(bool)
        pool, vectors = pool[free].reset_index(drop=True), vectors[free]
        closed = store.novelty.closed(day.stream, since=_days_before(day.as_of, REST_DAYS)[:10])
        ground = Ground(standing, closed, float(day.fit["threshold"]))
        one = newborn(pool, vectors, ground, weights=day.weights)
        if one is None:
            return count
        _bear(store, day, pool, one, nearest=owners[one.nearest] if one.nearest >= 0 else None)
    say(f"{MOST_BIRTHS} themes were born in one run; more may follow in the next")
    return MOST_BIRTHS


def _bear(store: Store, day: Day, pool: pd.DataFrame, one: Newborn, *, nearest: str | None) -> None:
    """Write the theme, its prototype, its event with the evidence, and place its documents."""
    corpus = corpus_of(store, day.stream)
    members = pool["document_id"].iloc[one.rows].tolist()
    number = {name: row for row, name in enumerate(corpus.documents["document_id"])}
    own = np.array([number[name] for name in members], dtype=np.int64)
    vectors = corpus.vectors[own]
    centroid = direction(vectors)
    reporters = corpus.documents["reporter"].iloc[own].tolist()
    shown = exemplars(vectors, np.zeros(len(own), dtype=np.int64), centroid[None], reporters, EXEMPLARS)[0]
    theme = theme_id(store.themes.next_number())
    said = _description(store, pool, one)
    chosen = [members[row] for row in shown]
    evidence = {**one.evidence, "origin": "novelty", "nearest": nearest, "harm_domain": one.domain, "exemplars": chosen}
    similarity = similarities(vectors, centroid[None])[:, 0]
    with store.transaction():
        store.themes.write_themes([_theme_row(day, theme, said, centroid, chosen) | _quality(one, said)])
        prototype = (theme, 0, centroid, "novelty", None, len(members))
        store.themes.add_prototypes(pd.DataFrame([prototype], columns=PROTOTYPE_COLUMNS))
        event = {"theme_id": theme, "fit_id": day.fit["fit_id"], "event": "born", "happened_as_of": day.as_of}
        store.themes.add_events([{**event, "author": "novelty", "detail": evidence}])
        table = [(name, theme, round(float(score), 4)) for name, score in zip(members, similarity, strict=True)]
        store.themes.write_assignments([(*row, day.fit["fit_id"]) for row in table])
        place(store, corpus, day.fit)
    say(f"a theme is born: {theme} {said.name}")


def _description(store: Store, pool: pd.DataFrame, one: Newborn) -> Description:
    """A name in the words of the documents, held against those that stayed behind."""
    taken = list(store.themes.names().values())
    writers = pool["reporter"].where(pool["reporter"].notna(), pool["document_id"]).astype(str).tolist()
    claims = pool["claim"].tolist()
    return described(claims, one.rows.tolist(), reporters=writers, taken=taken, pipeline=load_parser())


def _theme_row(day: Day, theme: str, said: Description, centroid: np.ndarray, shown: list[str]) -> dict[str, Any]:
    return {
        "theme_id": theme,
        "stream": day.stream,
        "name": said.name,
        "phrases": said.phrases,
        "state": "emerging",
        "centroid": centroid,
        "fit_id": day.fit["fit_id"],
        "born_on": day.as_of[:10],
        "exemplars": shown,
    }


def _quality(one: Newborn, said: Description) -> dict[str, Any]:
    figures = {
        "documents": one.evidence["documents"],
        "tightness": one.evidence["density"],
        "separation": round(one.evidence["density"] - one.evidence["similarity"], 3),
        "coherence": None,
        **shares_of(said.name, said),
    }
    return {"quality": figures}


def _days_before(as_of: str, days: int) -> str:
    return (datetime.fromisoformat(as_of) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
