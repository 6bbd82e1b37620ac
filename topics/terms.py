"""Which claims hold which words and short phrases: the material of topic names."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from topics.words import Segment, segments, stem

_LONGEST_GAP = 2  # little words allowed between two words of a phrase
_MOST_WORDS = 4  # words of a phrase, little ones not counted


@dataclass(frozen=True, slots=True)
class Terms:
    """Which claim holds which term: `keys` (m,) sorted, `matrix` (n, m) of 0/1.

    A key is one to four word stems joined by spaces; little words between them are left out.
    """

    keys: tuple[str, ...]
    matrix: csr_matrix
    surface: dict[str, str]
    """Key -> its commonest text in small letters, little words included."""
    shown: dict[str, str]
    """Small-letter word -> how claims write it, for names and acronyms only ("api" -> "API")."""
    words: dict[str, int]
    """Stem of a word that says something, however little -> column of `word_matrix`."""
    word_matrix: csr_matrix
    """(n, w) of 0/1: which claim holds which word, weak ones as well."""
    heads: dict[str, float]
    """Stem -> share of its uses that end a phrase: near 1 for nouns, low for "poor" or "fraudulent"."""


def term_table(claims: list[str], *, least: int = 2) -> Terms:
    """Terms that occur in at least `least` claims, counted once a claim."""
    cut = [segments(claim) for claim in claims]
    documents = [_keys(parts) for parts in cut]
    count = Counter(key for keys in documents for key in keys)
    kept = sorted(key for key, found in count.items() if found >= least)
    number = {key: column for column, key in enumerate(kept)}
    stems = [_stems(parts) for parts in cut]
    words = Counter(word for held in stems for word in held)
    column = {word: place for place, word in enumerate(sorted(word for word, n in words.items() if n >= least))}
    spellings: dict[str, Counter[str]] = {key: Counter() for key in kept}
    for keys in documents:
        for key, text in keys.items():
            if key in number:
                spellings[key][text] += 1
    return Terms(
        keys=tuple(kept),
        matrix=_matrix(documents, number),
        surface={key: commonest(found) for key, found in spellings.items()},
        shown=_shown(cut),
        words=column,
        word_matrix=_matrix(stems, column),
        heads=_heads(cut),
    )


def _stems(parts: list[Segment]) -> set[str]:
    """Stems of the words of a claim that can stand in a phrase."""
    pairs = (pair for part in parts for pair in zip(part.low, part.kinds, strict=True))
    return {stem(word) for word, kind in pairs if kind in ("content", "weak")}


def _matrix(documents: Sequence[Collection[str]], number: dict[str, int]) -> csr_matrix:
    """Documents x terms, 1 where the document holds the term."""
    columns = [sorted(number[key] for key in keys if key in number) for keys in documents]
    pointer = np.cumsum([0, *(len(row) for row in columns)])
    indices = np.fromiter((column for row in columns for column in row), dtype=np.int32, count=int(pointer[-1]))
    ones: NDArray[np.float64] = np.ones(len(indices))
    return csr_matrix((ones, indices, pointer), shape=(len(documents), len(number)))


def _keys(parts: list[Segment]) -> dict[str, str]:
    """Key -> first text of it, for one claim."""
    found: dict[str, str] = {}
    for key, part, start, end in occurrences(parts):
        found.setdefault(key, " ".join(part.low[start:end]))
    return found


def occurrences(parts: list[Segment]) -> Iterator[tuple[str, Segment, int, int]]:
    """Every phrase of a claim in order: its key, its segment, the first word's number and that past the last."""
    for part in parts:
        for start, kind in enumerate(part.kinds):
            if kind in ("content", "weak"):
                for key, end in _from(part, start):
                    yield key, part, start, end


def _from(part: Segment, start: int) -> Iterator[tuple[str, int]]:
    """Phrases that begin at `start`; of weak words alone none."""
    stems: list[str] = []
    gap, solid = 0, False
    for place in range(start, len(part.low)):
        kind = part.kinds[place]
        gap = gap + 1 if kind == "little" else 0
        root = stem(part.low[place])
        if kind == "empty" or gap > _LONGEST_GAP or (not gap and root in stems):
            return
        if gap:
            continue
        stems.append(root)
        solid = solid or kind == "content"
        if solid:
            yield " ".join(stems), place + 1
        if len(stems) == _MOST_WORDS:
            return


def _shown(cut: list[list[Segment]]) -> dict[str, str]:
    """How words are written that are not written small.

    Counted inside sentences and outside shouting and headlines, where a capital tells something.
    """
    forms: dict[str, Counter[str]] = {}
    for part in (part for parts in cut for part in parts):
        large = sum(word[0].isupper() for word in part.words)
        if len(part.words) > 1 and large > 0.5 * len(part.words):
            continue
        for place, word in enumerate(part.words):
            if place or not word[1:].islower():
                forms.setdefault(part.low[place], Counter())[word] += 1
    usual = {low: commonest(found) for low, found in forms.items()}
    return {low: word for low, word in usual.items() if word != low and forms[low].total() > 1}


def _heads(cut: list[list[Segment]]) -> dict[str, float]:
    """Share of each stem's uses that no other word of a phrase follows directly, shrunken to a half."""
    uses: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for part in (part for parts in cut for part in parts):
        followers = (*part.kinds[1:], "empty")
        for word, kind, follower in zip(part.low, part.kinds, followers, strict=True):
            if kind in ("content", "weak"):
                uses[stem(word)] += 1
                ends[stem(word)] += follower not in ("content", "weak")
    return {root: (ends[root] + 1) / (found + 2) for root, found in uses.items()}


def commonest(found: Counter[str]) -> str:
    """Most frequent entry, ties by alphabet."""
    return min(found, key=lambda text: (-found[text], text))
