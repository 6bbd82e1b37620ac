"""Recognise a flood by its structure: many documents of one hand, built on one skeleton, about one thing.

A hand is a reporter, or several that are linked. Wordings are compared, not documents: a text sent twice is no flood.
What stands between the skeleton's words may be worded anew each time; it still speaks of the same things."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from nlp.floods_public import Public
from nlp.near import Runs, distinct, runs_of

FEWEST_WORDINGS = 5
"""Wordings within the window that make a flood."""
FEWEST_AT_ALL = 8
"""Wordings at any distance in time that make one: a slow drip."""
USUAL = 0.05
LEAST_OFTEN = 3
"""A run of words is of the skeleton where at least 3 wordings, and a twentieth of them, have it."""
FEWEST_COVERED = 12
LEAST_COVERED = 0.25
"""Words of a document, and their share, that must be of the skeleton."""
FRAME = 0.6
"""Runs that such a share of the wordings have are their frame."""
ALL_COVERED = 0.9
LEAST_CONCENTRATED = 0.11
"""How much of them the frame covers where hardly a word of content is left; else how alike the rest must be."""
LINKED_BY = 6
"""Runs that two wordings of one skeleton share at least."""
BLOCK = 1_000
"""Wordings compared at a time: what bounds the memory of one reporter."""

Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
ONE = np.uint64(1)


@dataclass(slots=True)
class Wording:
    """One text as its word hashes (bit 0: a word of the claim's content), and the first document that has it.

    `received` in nanoseconds; `kept`: whether that document is kept so far; `documents`: how many have the wording.
    """

    document_id: str
    received: int
    words: Hashes
    kept: bool
    documents: int = 1

    @property
    def order(self) -> tuple[int, str]:
        """The earliest comes first."""
        return self.received, self.document_id


@dataclass(frozen=True, slots=True)
class Shape:
    """A flood that was found: its first kept document and the runs of words it is built on (ascending)."""

    root: str
    skeleton: Hashes


@dataclass(slots=True)
class Floods:
    """What was found in one hand so far: its floods, and which kept document belongs to which first one."""

    shapes: list[Shape] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """Wordings side by side: their words, their runs of three in order, and each run once a wording."""

    words: Runs
    runs: Runs
    sets: Runs

    def covered(self, skeleton: Hashes) -> Flags:
        """For each word, whether a run of the skeleton goes over it."""
        at = np.flatnonzero(within(self.runs.hashes, skeleton))
        place = at + 2 * self.runs.owners()[at]
        found = np.zeros(len(self.words.hashes), dtype=bool)
        for step in range(3):
            found[place + step] = True
        return found


def side_by_side(wordings: Sequence[Wording]) -> Block:
    """The wordings, each of three words or more, as one block."""
    starts = np.zeros(len(wordings) + 1, dtype=np.int64)
    np.cumsum([len(one.words) for one in wordings], out=starts[1:])
    words = Runs(np.concatenate([one.words for one in wordings]), starts)
    runs = runs_in(words)
    return Block(words, runs, distinct(runs))


def runs_in(words: Runs) -> Runs:
    """Runs of three words, whether these are words of content or not."""
    return runs_of(Runs(words.hashes & ~ONE, words.starts))


def find(wordings: Sequence[Wording], found: Floods, *, window: int, public: Public) -> None:
    """Add the floods among these wordings (in order of arrival, after those seen before) to what was found.

    `window` in nanoseconds. Runs that many reporters use are no evidence (`public`).
    """
    if not wordings or (len(wordings) < FEWEST_WORDINGS and not found.shapes):
        return
    block = side_by_side(wordings)
    known = [shape.skeleton for shape in found.shapes]
    local = usual(block)
    skeleton = np.unique(np.concatenate([local[~public.holds(local)], *known]))
    members = built_on(block, skeleton)
    for group in groups(block, skeleton, members):
        _settle(group, wordings, block, skeleton, found, window=window)


def usual(block: Block) -> Hashes:
    """Runs of words that enough of the wordings have, ascending."""
    values, counts = np.unique(block.sets.hashes, return_counts=True)
    least = max(LEAST_OFTEN, int(np.ceil(USUAL * (len(block.sets.starts) - 1))))
    return values[counts >= least]


def built_on(block: Block, skeleton: Hashes) -> npt.NDArray[np.int64]:
    """The wordings of which enough words, and a large enough share, are of the skeleton."""
    covered = _sums(block.covered(skeleton), block.words.starts)
    lengths = np.diff(block.words.starts)
    return np.flatnonzero((covered >= FEWEST_COVERED) & (covered >= LEAST_COVERED * lengths))


def groups(block: Block, skeleton: Hashes, members: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """The members by skeleton: those connected by pairs that share enough of its runs; in order."""
    if not len(members):
        return []
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    owners = block.sets.owners()
    use = np.isin(owners, members) & within(block.sets.hashes, skeleton)
    rows, columns = np.searchsorted(members, owners[use]), np.searchsorted(skeleton, block.sets.hashes[use])
    has = csr_array((np.ones(len(rows), dtype=np.int32), (rows, columns)), shape=(len(members), len(skeleton)))
    shared = has @ has.T
    shared.data = (shared.data >= LINKED_BY).astype(np.int32)
    shared.eliminate_zeros()
    count, names = connected_components(shared, directed=False)
    return [members[names == name] for name in range(count)]


def concentration(block: Block, members: npt.NDArray[np.int64], covered: Flags) -> float:
    """How alike the rest of the wordings is: the share of the others that have a word of content, on average.

    Words of content have five letters or more. NaN where the rest has hardly any.
    """
    owners = block.words.owners()
    rest = np.isin(owners, members) & ~covered & (block.words.hashes & ONE).astype(bool)
    names = np.searchsorted(members, owners[rest]).astype(np.uint64)
    keys = np.unique((names << np.uint64(32)) | block.words.hashes[rest])
    if len(keys) < len(members):
        return float("nan")
    _, word, others = np.unique(keys & np.uint64(0xFFFFFFFF), return_inverse=True, return_counts=True)
    shares = (others[word] - 1) / max(len(members) - 1, 1)
    text = (keys >> np.uint64(32)).astype(np.int64)
    sizes = np.bincount(text, minlength=len(members))
    means = np.bincount(text, weights=shares, minlength=len(members))[sizes > 0] / sizes[sizes > 0]
    return float(means.mean())


def alike(block: Block, members: npt.NDArray[np.int64]) -> bool:
    """Whether the wordings are nearly all frame, or what is not speaks of the same things.

    The frame is what most of them have in common, whoever else uses it."""
    runs = block.sets.hashes[np.isin(block.sets.owners(), members)]
    values, counts = np.unique(runs, return_counts=True)
    covered = block.covered(values[counts >= FRAME * len(members)])
    lengths = np.diff(block.words.starts)[members]
    share = _sums(covered, block.words.starts)[members] / lengths
    found = concentration(block, members, covered)
    return bool(share.mean() >= ALL_COVERED if np.isnan(found) else found >= LEAST_CONCENTRATED)


def _settle(
    group: npt.NDArray[np.int64],
    wordings: Sequence[Wording],
    block: Block,
    skeleton: Hashes,
    found: Floods,
    *,
    window: int,
) -> None:
    """Let the kept documents of a group belong to its first one, if the group is a flood or continues one."""
    own = np.unique(block.sets.hashes[np.isin(block.sets.owners(), group)])
    own = own[within(own, skeleton)]
    shape = next((one for one in found.shapes if within(own, one.skeleton).sum() >= LINKED_BY), None)
    times = np.array([wordings[at].received for at in group])
    if shape is None and not (enough(times, window) and alike(block, group)):
        return
    kept = sorted((wordings[at] for at in group if wordings[at].kept), key=lambda one: one.order)
    if not kept:
        return
    root = shape.root if shape else kept[0].document_id
    if shape is None:
        found.shapes.append(Shape(root, own))
    found.merged |= {one.document_id: root for one in kept if one.document_id != root}


def enough(times: npt.NDArray[np.int64], window: int) -> bool:
    """Whether so many wordings arrived within a window, or so many more at all."""
    times = np.sort(times)
    if len(times) >= FEWEST_AT_ALL:
        return True
    if len(times) < FEWEST_WORDINGS:
        return False
    return bool((times[FEWEST_WORDINGS - 1 :] - times[: len(times) - FEWEST_WORDINGS + 1]).min() < window)


def within(values: Hashes, known: Hashes) -> Flags:
    """Whether each value is one of `known` (ascending)."""
    if not len(known):
        return np.zeros(len(values), dtype=bool)
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.asarray(known[at] == values)


def _sums(flags: Flags, starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    totals = np.concatenate([[0], np.cumsum(flags)])
    return np.asarray(totals[starts[1:]] - totals[starts[:-1]])
