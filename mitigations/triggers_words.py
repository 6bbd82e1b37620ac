"""Single words of excerpts: which decisions hold them, and how much more often wrong ones do."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from mitigations.errors_excerpts import Corpus, Excerpts, Flags, Floats, Indices
from mitigations.errors_found import FEWEST_ROWS
from topics.barred_words import barred
from topics.describe import named_person
from topics.terms import commonest
from topics.wording import PRIOR_WORDS
from topics.words import kind, segments, stem

MOST_WORDS = 400
"""Words that are tested, the commonest first: which are common says nothing of which are in wrong decisions."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a corpus by stem: the texts that hold one (numbers among `corpus.texts`), and how it is spelt."""

    holders: dict[str, list[int]]
    spelt: dict[str, str]


def words_of(corpus: Corpus) -> Words:
    """Words of one stem are one word. Names of people, obscenities, numbers and redaction tokens are none."""
    spelt: dict[str, Counter[str]] = {}
    holders: dict[str, list[int]] = {}
    for number, text in enumerate(corpus.texts):
        seen = {stem(word): word for word in _words(text)}
        for root, word in seen.items():
            spelt.setdefault(root, Counter())[word] += 1
            holders.setdefault(root, []).append(number)
    return Words(holders, {root: commonest(found) for root, found in spelt.items()})


def word_marks(cases: Excerpts, words: Words) -> dict[str, Flags]:
    """Which texts (m,) of the corpus hold a word; words that FEWEST_ROWS of the decisions hold, up to half of them."""
    found: dict[bytes, tuple[int, str, Flags]] = {}
    for root in sorted(words.holders):
        has = np.zeros(len(cases.corpus.texts), bool)
        has[words.holders[root]] = True
        inside = has[cases.place]
        if FEWEST_ROWS <= int(inside.sum()) <= len(inside) // 2:
            found.setdefault(inside.tobytes(), (int(inside.sum()), words.spelt[root], has))
    common = sorted(found.values(), key=lambda one: (-one[0], one[1]))[:MOST_WORDS]
    return {word: has for _, word, has in common}


def _words(text: str) -> list[str]:
    parts = [part for part in segments(text) if not named_person(" ".join(part.words))]
    return [word for part in parts for word in part.low if kind(word) == "content" and not barred(word)]


def log_odds(cases: Excerpts, words: dict[str, Flags]) -> dict[str, tuple[float, float]]:
    """Log odds ratio of each word in wrong against right decisions, and its standard score.

    Informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, Political Analysis) of PRIOR_WORDS words spread as in
    all decisions; a customer counts once a word and side, so that one voice does not make a trigger.
    """
    if not words:
        return {}
    holds = csr_matrix(np.stack([mark[cases.place] for mark in words.values()]).astype(np.float64))
    voices = _voices(cases)
    sides = [_voices_by_word(holds[:, side], voices[side]) for side in (cases.wrong, ~cases.wrong)]
    total = [max(float(counts.sum()), 1.0) for counts in sides]
    prior = PRIOR_WORDS * (sides[0] + sides[1]) / sum(total)
    odds = [np.log((y + prior) / (n + PRIOR_WORDS - y - prior).clip(1e-9)) for y, n in zip(sides, total, strict=True)]
    ratio = odds[0] - odds[1]
    z = ratio / np.sqrt(1.0 / (sides[0] + prior) + 1.0 / (sides[1] + prior))
    return {word: (float(ratio[place]), float(z[place])) for place, word in enumerate(words)}


def _voices_by_word(holds: csr_matrix, voices: Indices) -> Floats:
    """How many distinct voices hold each word: `holds` (words, rows), `voices` (rows,)."""
    rows = np.arange(len(voices))
    whose = csr_matrix((np.ones(len(voices)), (rows, voices)), shape=(len(voices), int(voices.max(initial=0)) + 1))
    found: Floats = np.asarray(((holds @ whose) > 0).sum(axis=1), dtype=np.float64).ravel()
    return found


def _voices(cases: Excerpts) -> Indices:
    """A number (n,) for each decision's customer; who is not known has one of his own."""
    rows = cases.known.rows
    own = np.arange(len(cases.rows), dtype=np.int64)
    if "customer" not in rows.columns:
        return own
    names = rows["customer"].iloc[cases.rows]
    known = names.notna().to_numpy(bool)
    codes = names.astype("category").cat.codes.to_numpy(np.int64)
    return np.where(known, codes, own + int(codes.max(initial=0)) + 1)
