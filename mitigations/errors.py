"""Themes of errors: subjects of judged decisions on which a mitigation errs more than on the rest."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from mitigations.errors_excerpts import Excerpts, Flags, Indices
from mitigations.errors_found import FEWEST_ROWS, Found, kept, rates_in
from nlp.masks import digest
from topics.assign import COVERAGE, Vectors, assign, checked, similarities
from topics.describe import UNNAMED
from topics.groups import centroids_of
from topics.naming import described_groups

LEVEL = 0.02
"""False discoveries among themes of one kind of error."""
MOST_TEXTS = 2_000
"""Distinct excerpts that are grouped; of more, others join the nearest of a sample."""
LOOSEST = 0.8
"""Mean cosine distance at which excerpts are no longer of one subject."""
MOST_NAMED = 3_000
EVIDENCE = 10


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of errors: its `record` of plain numbers and words, `found` with the decisions in it, a unit `centroid`
    (d,), and `marks` (m,): the texts of the corpus that are of it, also of decisions that cannot err this way."""

    record: dict[str, Any]
    found: Found
    centroid: Vectors
    marks: Flags


def error_themes(cases: Excerpts, vectors: Vectors, *, taken: Collection[str] = ()) -> list[Theme]:
    """Subjects among the judged decisions that err more than the rest, the surest first; `taken`: names in use.

    `vectors`: unit rows (m, d), one for each of `cases.corpus.texts`. The subjects are found without a look at which
    decisions are wrong, so that right decisions with like excerpts are their comparison; every branch of the tree of
    excerpts with enough decisions is tested (`mitigations.errors_found`). A record has kind, name, phrases, measure,
    decisions judged and wrong, judged_rest and wrong_rest, customers (of the wrong ones), rate, rest and ratio with
    ends, p_value, q_value and evidence (ids of wrong decisions, nearest to the centroid first).
    """
    if cases.reason:
        return []
    vectors = checked(vectors)
    found = kept(cases, subjects(cases, vectors), level=LEVEL)
    if not found:
        return []
    each = [centroids_of(vectors[cases.place[one.inside]], np.zeros(int(one.inside.sum()), np.int64)) for one in found]
    named = _named(cases, vectors, found, each, taken)
    return [
        Theme(_record(cases, vectors, one, centroid[0], name), one, centroid[0], _like(cases, vectors, one, centroid))
        for one, centroid, name in zip(found, each, named, strict=True)
    ]


def subjects(cases: Excerpts, vectors: Vectors) -> list[Flags]:
    """Every branch of the tree of distinct excerpts (average linkage; Sokal & Michener 1958) that is of one subject
    and holds between FEWEST_ROWS and half of the decisions, as marks (n,), no set of decisions twice."""
    used = np.unique(cases.place)
    order = sorted(used.tolist(), key=lambda row: (digest(cases.corpus.texts[row]), row))[:MOST_TEXTS]
    chosen = np.array(sorted(order), np.int64)
    joined = np.full(len(vectors), -1, np.int64)
    joined[chosen] = np.arange(len(chosen))
    others = np.setdiff1d(used, chosen)
    if len(others):
        joined[others] = assign(vectors[others], vectors[chosen], threshold=-1.0)[0]
    leaf = joined[cases.place]
    # A vector of noughts is of no subject: its leaf is -1.
    count = np.bincount(leaf[leaf >= 0], minlength=len(chosen))
    found: dict[bytes, Flags] = {}
    for rows in _branches(vectors[chosen]):
        size = int(count[rows].sum())
        if FEWEST_ROWS <= size <= len(leaf) // 2:
            inside = np.isin(leaf, rows)
            found.setdefault(inside.tobytes(), inside)
    return list(found.values())


def _branches(vectors: Vectors) -> list[Indices]:
    """The rows of every leaf and branch that is no looser than LOOSEST."""
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    n = len(vectors)
    if n < 2:
        return [np.arange(n)]
    distance = np.round(1.0 - similarities(vectors, vectors).astype(np.float64), 5).clip(min=0)
    np.fill_diagonal(distance, 0)
    with threadpool_limits(limits=1):
        tree = linkage(squareform(distance, checks=False), "average")
    order = np.asarray(leaves_list(tree), dtype=np.int64)
    start, size = np.zeros(2 * n - 1, np.int64), np.ones(2 * n - 1, np.int64)
    start[order] = np.arange(n)
    found = [np.array([row]) for row in range(n)]
    for number, (left, right, height, count) in enumerate(tree, start=n):
        start[number] = min(start[int(left)], start[int(right)])
        size[number] = int(count)
        if height <= LOOSEST:
            found.append(np.sort(order[start[number] : start[number] + size[number]]))
    return found


def _like(cases: Excerpts, vectors: Vectors, found: Found, centroid: Vectors) -> Flags:
    """The texts (m,) of a theme: its own, and those of other decisions as near to its centroid as nine in ten are."""
    own = np.unique(cases.place[found.inside])
    near = similarities(vectors, centroid)[:, 0]
    marks = near >= np.quantile(near[own], 1 - COVERAGE, method="lower")
    marks[np.unique(cases.place)] = False
    marks[own] = True
    return np.asarray(marks, dtype=bool)


def _named(
    cases: Excerpts, vectors: Vectors, found: Sequence[Found], centroids: Sequence[Vectors], taken: Collection[str]
) -> list[tuple[str, list[str]]]:
    """A name and phrases for each, from the excerpts of its decisions against those of the others."""
    rows = np.arange(len(cases.rows))
    if len(rows) > MOST_NAMED:
        inside = np.logical_or.reduce([one.inside for one in found])
        rest = np.flatnonzero(~inside)[:: max(int((~inside).sum()) // MOST_NAMED, 1)]
        rows = np.sort(np.concatenate([np.flatnonzero(inside), rest]))
    place = {int(row): number for number, row in enumerate(rows)}
    groups = []
    for one, centroid in zip(found, centroids, strict=True):
        own = np.flatnonzero(one.inside)
        near = similarities(vectors[cases.place[own]], centroid)[:, 0]
        groups.append([place[int(row)] for row in own[np.lexsort((own, -near))]])
    texts = cases.all_texts()
    told = described_groups([texts[int(row)] for row in rows], groups, taken=taken)
    return [(_said(one.name, one.phrases), list(one.phrases)) for one in told]


def _said(name: str, phrases: Sequence[str]) -> str:
    return phrases[0] if name == UNNAMED and phrases else name


def _record(
    cases: Excerpts, vectors: Vectors, found: Found, centroid: Vectors, name: tuple[str, list[str]]
) -> dict[str, Any]:
    inside = found.inside
    wrong = inside & cases.wrong
    own = np.flatnonzero(wrong)
    near = similarities(vectors[cases.place[own]], centroid[None])[:, 0]
    nearest = own[np.lexsort((own, -near))][:EVIDENCE]
    return {
        "kind": cases.kind,
        "name": name[0],
        "phrases": name[1],
        "measure": cases.measure,
        **counted(cases, found),
        "evidence": cases.ids(nearest),
    }


def counted(cases: Excerpts, found: Found) -> dict[str, Any]:
    """Judged and wrong decisions of a group and of the rest, the customers of its wrong ones, its rates, how sure."""
    inside = found.inside
    return {
        "judged": int(inside.sum()),
        "wrong": int((inside & cases.wrong).sum()),
        "judged_rest": int((~inside).sum()),
        "wrong_rest": int((~inside & cases.wrong).sum()),
        "customers": cases.customers(inside & cases.wrong),
        **rates_in(cases, inside),
        "p_value": found.p_value,
        "q_value": found.q_value,
    }
