"""Everything one reporter has filed, in order of arrival: repetitions, floods, and the skeleton it files on."""

from dataclasses import dataclass, field

import numpy as np

from nlp.filings import Filing
from nlp.floods import BLOCK, FEWEST_WORDINGS, Block, Floods, Wording, find, side_by_side
from nlp.floods_linked import LEAST_SKELETON, MOST_SKELETON, Candidate
from nlp.floods_public import Public
from nlp.near import Hashes
from nlp.repeats import Reporter

FEWEST_COMMON = 12
MOST_KEPT = 50
"""Kept wordings that are compared with those of linked reporters."""


@dataclass(slots=True)
class Hand:
    """One reporter: what was filed so far and what it collapses into."""

    reporter: str
    window: int
    public: Public
    repeats: Reporter = field(init=False)
    floods: Floods = field(default_factory=Floods)
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    candidate: Candidate | None = None
    _wordings: dict[str, Wording] = field(default_factory=dict)
    _raws: set[int] = field(default_factory=set)
    _first: bool = True

    def __post_init__(self) -> None:
        self.repeats = Reporter(self.public)

    def add(self, filing: Filing) -> None:
        """Place the next document."""
        document = filing.document
        found = self.repeats.place(document, self.window)
        if found:
            self.rows.append((document.document_id, *found))
        else:
            self.kept.append(document.document_id)
        if len(filing.words):
            self._word(filing, kept=found is None)

    def finish(self) -> None:
        """Settle what is left; then `rows` are complete and `candidate` is set where there is a skeleton."""
        self._settle()
        merged = self.floods.merged
        if merged:
            self.rows = [(name, merged.get(kept, kept), rule) for name, kept, rule in self.rows]
            self.rows += [(name, root, "flood") for name, root in merged.items()]
            self.kept = [name for name in self.kept if name not in merged]
        if self.candidate is not None and merged:
            left = tuple(one for one in self.candidate.kept if one.document_id not in merged)
            self.candidate = Candidate(
                self.reporter, self.candidate.skeleton, self.candidate.documents, self.candidate.texts, left
            )

    def _word(self, filing: Filing, *, kept: bool) -> None:
        known = self._wordings.get(filing.wording)
        if known is not None:
            known.documents += 1
        else:
            document = filing.document
            wording = Wording(document.document_id, document.received, filing.words, kept)
            self._wordings[filing.wording] = wording
        self._raws.add(filing.raw)
        if len(self._wordings) >= BLOCK:
            self._settle()

    def _settle(self) -> None:
        wordings = list(self._wordings.values())
        if self._first and wordings:
            self._first = False
            self.candidate = self._skeleton(wordings)
        find(wordings, self.floods, window=self.window, public=self.public)
        self._wordings.clear()
        self._raws.clear()

    def _skeleton(self, wordings: list[Wording]) -> Candidate | None:
        """The reporter as one of several that may be linked: what half of the documents or more are built on."""
        documents = sum(one.documents for one in wordings)
        if documents < 2 or not _may_share(wordings):
            return None
        block = side_by_side(wordings)
        skeleton = _shared(block, wordings, least=max(2, documents / 2))
        if len(skeleton) < LEAST_SKELETON:
            return None
        kept = tuple(one for one in wordings if one.kept)[:MOST_KEPT]
        return Candidate(self.reporter, skeleton[:MOST_SKELETON], documents, len(self._raws), kept)


def _may_share(wordings: list[Wording]) -> bool:
    """A cheap look before a thorough one: whether neighbours have many words in common, or there is but one wording."""
    if len(wordings) == 1 or len(wordings) >= FEWEST_WORDINGS:
        return True
    words = [frozenset(one.words.tolist()) for one in wordings]
    return any(len(one & other) >= FEWEST_COMMON for one, other in zip(words, words[1:], strict=False))


def _shared(block: Block, wordings: list[Wording], *, least: float) -> Hashes:
    """Runs that documents of so many have, ascending."""
    values, place = np.unique(block.sets.hashes, return_inverse=True)
    weights = np.array([one.documents for one in wordings])[block.sets.owners()]
    counts = np.bincount(place, weights=weights, minlength=len(values))
    return values[counts >= least]
