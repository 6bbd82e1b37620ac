"""Where complaints may move: products and languages within a series, a series among its like; and from which day."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from topics.signals_corpus import Corpus
from topics.signals_records import Rows, Split

DIMENSIONS = ("product", "language")
"""Within one series; a domain of a kind and a mitigation are also looked at beside their like."""
LEAST_DAYS = 7
MOST_VALUES = 4
MOST_CUTS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Documents among which accounts may move (positions), which of them are `here`, and the coded values of all."""

    name: str
    value: str
    rows: Rows
    here: npt.NDArray[np.bool_]
    values: npt.NDArray[np.int64]


def places(split: Split, corpus: Corpus) -> Iterator[Place]:
    """Every place that is looked at: products and languages within the series; the series among its like."""
    for name in DIMENSIONS:
        yield from _within(split.both, name, corpus, None)
    like = _like(split.series)
    if like is not None:
        name, value, kind = like
        rows = corpus.between(split.cut[0], split.cut[2], split.stream)
        if kind is not None:
            rows = rows[corpus.column("kind")[rows] == kind]
        yield from _within(rows, name, corpus, value)


def _within(rows: Rows, name: str, corpus: Corpus, only: str | None) -> Iterator[Place]:
    """The commonest values of a column among these documents, or one of them."""
    codes, values = corpus.coded(name)
    known = rows[codes[rows] >= 0]
    counts = np.bincount(codes[known], minlength=len(values))
    if (counts > 0).sum() < 2:
        return
    for code in np.argsort(-counts, kind="stable")[: MOST_VALUES if only is None else None]:
        if counts[code] and only in (None, values[code]):
            yield Place(name, values[code], known, codes[known] == code, codes[known])


def cuts(split: Split, corpus: Corpus) -> list[int]:
    """Days (since 1970) at which the two periods are told apart: the split's, and releases within them."""
    start, day, end = split.cut
    near = [one for one in corpus.release_days if start + 2 * LEAST_DAYS <= one <= end - LEAST_DAYS and one != day]
    return [day, *near[-MOST_CUTS:]]


def _like(series: str) -> tuple[str, str, str | None] | None:
    """Column and value that set a series apart from its like, and the kind they share."""
    parts = dict(part.split("=", 1) for part in series.partition("/")[2].split("&") if "=" in part)
    if "harm_domain" in parts:
        return "harm_domain", parts["harm_domain"], parts.get("kind")
    if "mitigation" in parts:
        return "mitigation", parts["mitigation"], None
    return None


def commonest(corpus: Corpus, place: Place, among: npt.NDArray[np.bool_]) -> str:
    """The commonest value among some of the documents."""
    codes = place.values[among]
    return corpus.coded(place.name)[1][int(np.bincount(codes).argmax())] if len(codes) else ""
