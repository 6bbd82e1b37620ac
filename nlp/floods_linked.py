"""Recognise several reporters as one hand: each files again and again on one long skeleton that nobody else uses.

A petition is one text from many people, once each: it links nobody. A tool behind several accounts files often from
each of them, and varies ids or words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.floods import LEAST_CONCENTRATED, Wording, concentration, side_by_side, within
from nlp.floods_public import Public
from nlp.near import Hashes

LEAST_SKELETON = 18
"""Runs of three words: 20 words on end."""
MOST_SKELETON = 400
ANCHORS = 12
MOST_COMPARED = 16
FEWEST_REPORTERS = 3
LEAST_DOCUMENTS = 3
"""Documents a reporter, on average."""
VARIED = 0.6
SO_MANY = 6
"""Share of documents that differ within their reporter; or documents a reporter where they do not."""
OUTSIDE = 0.2
SHARED = 0.6
"""Share of the skeletons' runs that two reporters have in common; of the group's skeleton that a document has."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reporter with a skeleton: runs that half of the documents or more have (ascending), how many documents
    and different texts there are, and the wordings of the documents that are kept."""

    reporter: str
    skeleton: Hashes
    documents: int
    texts: int
    kept: tuple[Wording, ...]


def linked(candidates: Sequence[Candidate], public: Public) -> dict[str, str]:
    """Kept documents of linked reporters that belong to the first of their group: document id -> document id."""
    merged: dict[str, str] = {}
    for group in _groups(sorted(candidates, key=lambda one: one.reporter), public):
        skeleton = _common(group)
        if one_hand(group, skeleton, public):
            merged |= _merged(group, skeleton)
    return merged


def one_hand(group: Sequence[Candidate], skeleton: Hashes, public: Public) -> bool:
    """Whether reporters who share a skeleton are one hand: enough of them, who file often, varied by a tool, and
    hardly anybody else uses it."""
    documents = sum(one.documents for one in group)
    if len(group) < FEWEST_REPORTERS or len(skeleton) < LEAST_SKELETON:
        return False
    if documents < LEAST_DOCUMENTS * len(group):
        return False
    if sum(one.texts for one in group) < VARIED * documents and documents < SO_MANY * len(group):
        return False
    users = float(np.quantile(public.reporters(skeleton), 0.25))
    return users - len(group) <= OUTSIDE * len(group)


def _groups(candidates: Sequence[Candidate], public: Public) -> list[list[Candidate]]:
    """Reporters connected by pairs with enough of their skeletons in common."""
    parent = list(range(len(candidates)))
    seen: dict[int, list[int]] = {}

    def top(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for at, one in enumerate(candidates):
        anchors = _anchors(one.skeleton, public)
        near = {other for anchor in anchors for other in seen.get(anchor, ())}
        for other in sorted({top(each) for each in near}):
            if any(_share(one, candidates[each]) for each in sorted(near) if top(each) == other):
                parent[max(top(at), top(other))] = min(top(at), top(other))
        for anchor in anchors:
            bucket = seen.setdefault(anchor, [])
            if len(bucket) < MOST_COMPARED:
                bucket.append(at)
    groups: dict[int, list[Candidate]] = {}
    for at, one in enumerate(candidates):
        groups.setdefault(top(at), []).append(one)
    return [group for group in groups.values() if len(group) >= FEWEST_REPORTERS]


def _anchors(skeleton: Hashes, public: Public) -> list[int]:
    """The runs that the fewest others use, but some: by them the others are found."""
    users = public.reporters(skeleton)
    rare = np.lexsort((skeleton, users))
    chosen: list[int] = skeleton[rare[users[rare] > 1][:ANCHORS]].tolist()
    return chosen


def _share(one: Candidate, other: Candidate) -> bool:
    common = int(within(one.skeleton, other.skeleton).sum())
    return common >= max(LEAST_SKELETON, SHARED * min(len(one.skeleton), len(other.skeleton)))


def _common(group: Sequence[Candidate]) -> Hashes:
    """Runs that most skeletons of the group have, ascending."""
    values, counts = np.unique(np.concatenate([one.skeleton for one in group]), return_counts=True)
    return values[counts >= SHARED * len(group)]


def _merged(group: Sequence[Candidate], skeleton: Hashes) -> dict[str, str]:
    """The kept documents built on the skeleton, the first of them left out, with the first."""
    kept = sorted((wording for one in group for wording in one.kept), key=lambda one: one.order)
    if not kept:
        return {}
    block = side_by_side(kept)
    has = np.zeros(len(kept), dtype=np.int64)
    np.add.at(has, block.sets.owners()[within(block.sets.hashes, skeleton)], 1)
    members = np.flatnonzero(has >= SHARED * len(skeleton))
    covered = block.covered(skeleton)
    lengths, words = np.diff(block.words.starts), np.zeros(len(kept), dtype=np.int64)
    np.add.at(words, block.words.owners()[covered], 1)
    bare = members[words[members] >= SHARED * lengths[members]]
    if len(members) > len(bare) and not concentration(block, members, covered) >= LEAST_CONCENTRATED:
        members = bare
    first = kept[members[0]].document_id if len(members) else ""
    return {kept[at].document_id: first for at in members[1:]}
