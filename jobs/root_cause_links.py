"""What belongs to a theme of errors: complaint themes by request and by vector, and decisions that went right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jobs.store import Store
from mitigations.errors import Theme
from mitigations.errors_excerpts import Corpus, Flags
from mitigations.judged import Judged
from mitigations.rates import share_interval
from mitigations.recommend_audits import Complained
from topics.assign import Vectors, assign, similarities
from topics.describe import safe_name

STREAM = "feedback"
MOST_LINKS = 3
MOST_COUNTER = 5
NEAR = 0.35
"""Cosine from which on an excerpt speaks of a complaint theme's subject: prompts are worded unlike complaints."""

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Complaints:
    """Complaints about decisions of a mitigation (`joined`: `RootCause.complaints`), and the feedback themes: `names`
    by id, unit `centroids` (k, d) with the theme `ids` (k,) they are of."""

    joined: pd.DataFrame
    names: dict[str, str]
    ids: tuple[str, ...]
    centroids: Vectors


def complaints_of(store: Store, mitigation: str, dimension: int) -> Complaints:
    """What is known of complaints about a mitigation; themes of other vectors than of `dimension` are left out."""
    prototypes = store.themes.prototypes(STREAM)
    alike = [len(one) == dimension for one in prototypes["centroid"]]
    own = prototypes[alike]
    centroids = np.vstack(list(own["centroid"])) if len(own) else np.zeros((0, dimension), np.float32)
    names = {theme: safe_name(name) for theme, name in store.themes.names().items()}
    return Complaints(store.root_cause.complaints(mitigation), names, tuple(own["theme_id"]), centroids)


def complaint_themes(theme: Theme, corpus: Corpus, vectors: Vectors, found: Complaints) -> list[Record]:
    """Complaint themes linked to a theme of errors: theme_id, name, by ("request" or "vector"), decisions, of, share
    with ends. By request: of the judged wrong decisions, those a complaint of that theme was joined to. By vector: of
    the same, those whose excerpt is nearest to it and near. It says where it hurts, and is evidence of nothing."""
    wrong = wrong_of(theme, corpus)
    ids = set(corpus.known.rows["decision_id"][wrong]) if "decision_id" in corpus.known.rows.columns else set()
    joined = found.joined[found.joined["decision_id"].isin(ids) & found.joined["theme_id"].notna()]
    by_request = joined.drop_duplicates(["decision_id", "theme_id"])["theme_id"].value_counts()
    count = int(wrong.sum())
    links = _linked(by_request, count, "request", found)
    if len(found.ids) and count:
        rows = np.flatnonzero(np.isin(corpus.rows, np.flatnonzero(wrong)))
        nearest, _ = assign(vectors[corpus.place[rows]], found.centroids, threshold=NEAR)
        by_vector = pd.Series([found.ids[place] for place in nearest if place >= 0], dtype=object).value_counts()
        links += _linked(by_vector, count, "vector", found)
    return links


def _linked(counts: "pd.Series[int]", of: int, by: str, found: Complaints) -> list[Record]:
    ordered = sorted(counts.items(), key=lambda pair: (-int(pair[1]), str(pair[0])))[:MOST_LINKS]
    told = []
    for name, count in ordered:
        low, high = (float(end) for end in share_interval(int(count), of))
        theme = str(name)
        linked = {"theme_id": theme, "name": found.names.get(theme, theme), "by": by, "decisions": int(count), "of": of}
        told.append({**linked, "share": int(count) / max(of, 1), "low": low, "high": high})
    return told


def wrong_of(theme: Theme, corpus: Corpus) -> Flags:
    """All rows of the log: the judged wrong decisions of a theme."""
    over = theme.record["kind"] == "over_block"
    known = corpus.known
    wrong: Flags = corpus.marked(theme.marks) & (known.acted == over) & (known.harmful != over)
    return wrong


def counter_examples(theme: Theme, corpus: Corpus, vectors: Vectors) -> list[str]:
    """Decisions that went right with excerpts nearest to the theme: benign ones allowed for over-blocks, harmful ones
    acted on for under-blocks. Ids, nearest first, each excerpt once; none where the log names no ids."""
    known = corpus.known
    if "decision_id" not in known.rows.columns:
        return []
    over = theme.record["kind"] == "over_block"
    right = (known.acted != over) & (known.harmful != over)
    rows = np.flatnonzero(right[corpus.rows])
    near = similarities(vectors[corpus.place[rows]], theme.centroid[None])[:, 0]
    ids, seen = [], set()
    for place in rows[np.lexsort((rows, -near))]:
        text = int(corpus.place[place])
        if text not in seen:
            seen.add(text)
            ids.append(str(known.rows["decision_id"].iloc[corpus.rows[place]]))
        if len(ids) == MOST_COUNTER:
            break
    return ids


def complained(found: Complaints, known: Judged) -> list[Complained]:
    """Complaint themes joined to decisions of the log, with how many of these an audit judged."""
    if "decision_id" not in known.rows.columns:
        return []
    joined = found.joined[
        found.joined["theme_id"].notna() & found.joined["decision_id"].isin(known.rows["decision_id"])
    ]
    judged = set(known.rows["decision_id"][known.used])
    told = []
    for theme, own in joined.groupby("theme_id", sort=True):
        decisions = set(own["decision_id"])
        name = found.names.get(str(theme), str(theme))
        told.append(Complained(f"{theme} {name}", len(decisions), len(decisions & judged), own["reporter"].nunique()))
    return told


def named(themes: Sequence[Theme]) -> tuple[str, ...]:
    """The names that are in use."""
    return tuple(theme.record["name"] for theme in themes)
