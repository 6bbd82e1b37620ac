"""One reporter's repetitions: the same request or decision, the same template, nearly the same words."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nlp.floods_public import Public
from nlp.near import Hashes, NearIndex, similarity

FEWEST_TOKENS = 12
LEAST_SIMILAR = 0.5
LEAST_SIMILAR_EVER = 0.8
"""Share of shingles in common within the window, and at any distance in time."""
LEAST_SIMILAR_FORM = 0.7
"""Share from which on it does not matter how many others use the same words."""
LONG_TEMPLATE = "template"
SHORT_TEMPLATE = "short template"


@dataclass(frozen=True, slots=True)
class Document:
    """One row: its time in nanoseconds, its keys in the order of the rules, the shingles and bands of a long claim."""

    document_id: str
    received: int
    keys: tuple[tuple[str, str], ...]
    hashes: Hashes | None = None
    bands: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that others may repeat."""

    received: int
    shingles: frozenset[int]


@dataclass(slots=True)
class Reporter:
    """What one reporter has filed so far: the documents that were kept, and by key the one kept for it."""

    public: Public
    kept: dict[str, Kept] = field(default_factory=dict)
    by_key: dict[tuple[str, str], str] = field(default_factory=dict)
    near: NearIndex = field(default_factory=NearIndex)

    def place(self, document: Document, window: int) -> tuple[str, str] | None:
        """The kept document that the next one (in order of arrival) repeats, and by which rule; None: it is kept."""
        found = self._same_key(document, window) or self._near(document, window)
        kept = found[0] if found else document.document_id
        if found is None:
            shingles = frozenset(document.hashes.tolist()) if document.hashes is not None else frozenset[int]()
            self.kept[kept] = Kept(document.received, shingles)
            self.near.add(kept, document.bands)
        for key in document.keys:
            if key[0] == SHORT_TEMPLATE:
                self.by_key[key] = kept
            else:
                self.by_key.setdefault(key, kept)
        return found

    def _same_key(self, document: Document, window: int) -> tuple[str, str] | None:
        """The kept document with the same request, decision or template, and the rule."""
        for key in document.keys:
            kept = self.by_key.get(key)
            if kept is None:
                continue
            if key[0] != SHORT_TEMPLATE:
                return kept, key[0]
            if document.received - self.kept[kept].received < window:
                return kept, LONG_TEMPLATE
        return None

    def _near(self, document: Document, window: int) -> tuple[str, str] | None:
        """The most similar kept document (of equals the earliest), if it is similar enough for its distance."""
        names = self.near.candidates(document.bands)
        if not names or document.hashes is None:
            return None
        own, best, most = frozenset(document.hashes.tolist()), None, 0.0
        for name in names:
            other = self.kept[name]
            least = LEAST_SIMILAR if document.received - other.received < window else LEAST_SIMILAR_EVER
            share = similarity(own, other.shingles)
            if share >= least and share > most and self._own_share(own, other.shingles, share) >= least:
                best, most = name, share
        return (best, "near_duplicate") if best is not None else None

    def _own_share(self, one: frozenset[int], other: frozenset[int], share: float) -> float:
        """Share of common shingles without those common ones that everybody uses: a form makes nothing similar.

        It is all of `share` where that is so large that hardly a form's answers can differ."""
        if share >= LEAST_SIMILAR_FORM:
            return share
        both = one & other
        common = int(self.public.holds(np.array(list(both), dtype=np.uint64)).sum())
        return (len(both) - common) / max(len(one | other) - common, 1)
