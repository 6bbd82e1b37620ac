"""Judged decisions that an error of a kind could befall, with the excerpts that tell what they were about."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mitigations.judged import Judged
from mitigations.slices import befallen
from nlp.masks import masked

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Corpus:
    """The judged decisions that have an excerpt: `rows` (c,) of `known.rows`; `place` (c,) is the number of each one's
    excerpt among the distinct `texts` (m of them, equal but for numbers and ids)."""

    known: Judged
    rows: Indices
    place: Indices
    texts: tuple[str, ...]

    def marked(self, marks: Flags) -> Flags:
        """All rows of the log (len(known.rows),) whose excerpt is one of those marked (m,); others are not."""
        found = np.zeros(len(self.known.rows), bool)
        found[self.rows] = marks[self.place]
        return found


@dataclass(frozen=True, slots=True)
class Excerpts:
    """The decisions of a corpus that an error of `kind` could befall: `rows` (n,) of `known.rows`.

    `wrong`, `weight` (decisions each stands for) and `place` (into `corpus.texts`) lie beside `rows`. `measure`: the
    rate compared, "" where there is none and a `reason`. `without`: judged decisions left out for want of an excerpt.
    """

    corpus: Corpus
    kind: str
    measure: str
    reason: str
    rows: Indices
    wrong: Flags
    weight: Floats
    place: Indices
    without: int

    @property
    def known(self) -> Judged:
        """The log they are of."""
        return self.corpus.known

    def customers(self, inside: Flags) -> int:
        """How many customers the decisions marked by `inside` (n,) are of; one that is not known counts by itself."""
        if "customer" not in self.known.rows.columns:
            return int(inside.sum())
        own = self.known.rows["customer"].iloc[self.rows[inside]]
        return int(own.nunique() + own.isna().sum())

    def all_texts(self) -> list[str]:
        """The excerpt of each decision (n,)."""
        return [self.corpus.texts[number] for number in self.place]

    def ids(self, own: Indices) -> list[str]:
        """The decision ids of these of the n decisions, in this order; none where the log names none."""
        if "decision_id" not in self.known.rows.columns:
            return []
        return [str(name) for name in self.known.rows["decision_id"].iloc[self.rows[own]]]


def corpus_of(known: Judged) -> Corpus:
    """The excerpts of a log's judged decisions; empty ones count as none."""
    if "excerpt" not in known.rows.columns:
        return Corpus(known, np.zeros(0, np.int64), np.zeros(0, np.int64), ())
    given = known.rows["excerpt"]
    rows = np.flatnonzero(known.used & given.notna().to_numpy(bool))
    number: dict[str, int] = {}
    texts: list[str] = []
    kept, place = [], []
    for row, text in zip(rows, given.iloc[rows], strict=True):
        key = masked(str(text))
        if not key:
            continue
        if key not in number:
            number[key] = len(texts)
            texts.append(str(text))
        kept.append(row)
        place.append(number[key])
    return Corpus(known, np.array(kept, np.int64), np.array(place, np.int64), tuple(texts))


def excerpts_of(corpus: Corpus, kind: str) -> Excerpts:
    """Those for errors of a kind (over_block, under_block). Where both sides were judged these are the benign (or
    harmful) decisions of either, else the decisions of the side that was."""
    domain, wrong, measure = befallen(corpus.known, kind)
    own = domain[corpus.rows]
    rows = corpus.rows[own]
    reason = ""
    if not measure:
        reason = f"cannot tell: no random audit of {'acted' if kind == 'over_block' else 'allowed'} decisions"
    elif not len(rows):
        reason = "cannot tell: no judged decision has an excerpt"
    weight = 1.0 / corpus.known.inclusion[rows]
    left = int(domain.sum()) - len(rows)
    return Excerpts(corpus, kind, measure, reason, rows, wrong[rows], weight, corpus.place[own], left)
