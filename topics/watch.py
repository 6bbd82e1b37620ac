"""Watchlists: which documents a saved query matches, why, and what among them is new."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from nlp.phrases import Phrases
from topics.assign import Vectors, similarities

NEW_THEME_DAYS = 14
"""A match is new if its theme was born within so many days of it."""
MATCH_COLUMNS = ("document_id", "words", "example", "similarity")


@dataclass(frozen=True, slots=True)
class Query:
    """What a watchlist looks for. Fields, segments and streams must all hold; an empty one says nothing.

    Of `words` and `examples` (unit vectors, (k, d)) one hit suffices, or, with `every`, a word and an example.
    """

    id: str
    streams: tuple[str, ...] = ("feedback",)
    harm_domains: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    segments: tuple[tuple[str, tuple[str, ...]], ...] = ()
    words: tuple[str, ...] = ()
    examples: Vectors = field(default_factory=lambda: np.zeros((0, 384), dtype=np.float32))
    similarity: float = 0.65
    every: bool = False


def matched(query: Query, documents: pd.DataFrame, vectors: Vectors) -> pd.DataFrame:
    """The documents that match, in their order; MATCH_COLUMNS.

    `documents`: document_id, stream, kind, harm_domain (nullable), segments (dict), said (the text that is
    searched); `vectors`: (n, d) unit rows, zero where there is none. `words`: those found, as given;
    `example`: the nearest one's place, -1 if none is as near as `similarity`; `similarity`: to the nearest
    example, NaN without examples.
    """
    rows = np.flatnonzero(_filtered(query, documents))
    own = documents.iloc[rows]
    phrases = Phrases(query.words)
    words = [phrases.found(text) for text in own["said"]]
    nearest, score = _nearest(query, vectors[rows])
    said, alike = np.array([bool(found) for found in words], dtype=bool), nearest >= 0
    if query.words and len(query.examples):
        hit = said & alike if query.every else said | alike
    else:
        hit = said if query.words else alike if len(query.examples) else np.ones(len(rows), dtype=bool)
    found = pd.DataFrame(
        {"document_id": own["document_id"].to_numpy(object), "words": words, "example": nearest, "similarity": score},
        columns=list(MATCH_COLUMNS),
    )
    return found[hit].reset_index(drop=True)


def novel(matches: pd.DataFrame) -> "pd.Series[bool]":
    """Which matches are new: in no theme, or in one that was born within a fortnight of them.

    `matches`: day (datetime64), placed (bool: a fit has looked at it), theme_id, born_on and first_fit
    (datetime64 or NaT). Themes of a stream's first fit are not new: they only were not counted before.
    """
    apart = (matches["born_on"] - matches["day"]).abs()
    young = (matches["born_on"] > matches["first_fit"]) & (apart <= pd.Timedelta(days=NEW_THEME_DAYS))
    return matches["placed"] & (matches["theme_id"].isna() | young)


def keys(matches: pd.DataFrame) -> "pd.Series[list[str]]":
    """By document id, the ends of the series keys it counts in; `matches`: document_id, watchlist, novel.

    >>> keys(pd.DataFrame({"document_id": ["d"], "watchlist": ["w"], "novel": [True]}))["d"]
    ['w', 'w&novel=yes']
    """
    ends = [
        [name, f"{name}&novel=yes"] if new else [name]
        for name, new in zip(matches["watchlist"], matches["novel"], strict=True)
    ]
    found = pd.DataFrame({"document_id": matches["document_id"].to_numpy(object), "ends": ends})
    return found.groupby("document_id", sort=True)["ends"].agg(lambda lists: [end for one in lists for end in one])


def watchlist_of(series: str) -> str | None:
    """The watchlist that a series key names, None for any other series.

    >>> watchlist_of("feedback/watch=sabotage&novel=yes"), watchlist_of("feedback/total")
    ('sabotage', None)
    """
    name = series.partition("/watch=")[2].partition("&")[0]
    return name or None


def _filtered(query: Query, documents: pd.DataFrame) -> np.ndarray:
    kept = documents["stream"].isin(query.streams).to_numpy(bool)
    for column, wanted in (("harm_domain", query.harm_domains), ("kind", query.kinds)):
        if wanted:
            kept &= documents[column].isin(wanted).to_numpy(bool)
    for name, values in query.segments:
        kept &= np.array([str(own.get(name)) in values for own in documents["segments"]], dtype=bool)
    return kept


def _nearest(query: Query, vectors: Vectors) -> tuple[np.ndarray, np.ndarray]:
    """Place of the nearest example that is near enough (-1: none), and the similarity to the nearest (NaN: none)."""
    if not len(query.examples) or not len(vectors):
        return np.full(len(vectors), -1, dtype=np.int64), np.full(len(vectors), np.nan)
    scores = similarities(vectors, query.examples)
    best = scores.max(axis=1).astype(float).round(4)
    return np.where(best >= query.similarity, scores.argmax(axis=1), -1), best


def by_similarity(scores: Sequence[float], levels: Sequence[float]) -> dict[float, int]:
    """How many of these similarities reach each level.

    >>> by_similarity([0.5, 0.7, float("nan")], [0.4, 0.6])
    {0.4: 2, 0.6: 1}
    """
    return {level: sum(score >= level for score in scores) for level in levels}
