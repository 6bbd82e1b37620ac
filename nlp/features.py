"""What the classifier sees of a document: its vector, its words and their letters, its boilerplate."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.characters import character_counts
from nlp.claim import evidence, split
from nlp.literals import Guarded, lowered
from nlp.pairs import kept_columns, pair_counts, places
from nlp.records import Span, Split
from nlp.taxonomy import Pattern
from nlp.tokens import tokenizer

PARTS = ("form", "banner", "code", "log", "environment", "quote", "signature", "json", "html", "id_line")
PLACE = {name: place for place, name in enumerate(PARTS)}
Parts = Sequence[Span]
# A column in fewer documents than this is not learnt from.
LEAST_DOCUMENTS = {"words": 2, "openings": 2, "characters": 3}
# Length of each block of a row beside the vector, whose length is 1.
SCALE = {"words": 1.5, "openings": 0.75, "characters": 1.2}
FIELDS_SCALE = 0.7
# The first line or sentence, often a title: it says what the matter is.
LONGEST_OPENING = 200
OPENING = re.compile(r"[^\n]*?(?:(?<=[.!?])(?=\s)|(?=\n)|\Z)")
LONGEST_READ = 4_000
# Wordings are looked for in the beginning; block banners do not hide behind it.
SEARCHED_CHARACTERS = 6_000


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Columns kept of a larger matrix of counts, and the inverse document frequency of each."""

    columns: NDArray[np.int64]
    weights: NDArray[np.float32]

    def weighted(self, counts: sparse.csr_array, *, length: float) -> sparse.csr_array:
        """TF-IDF of the kept columns with damped counts; rows of that length, or zero."""
        place = np.full(counts.shape[1], -1, dtype=np.int64)
        place[self.columns] = np.arange(len(self.columns))
        kept = kept_columns(counts, place, len(self.columns))
        kept.data = (1 + np.log(kept.data)) * self.weights[kept.indices]
        squares = np.asarray(kept.multiply(kept).sum(axis=1), dtype=np.float32)
        norms = np.sqrt(np.maximum(squares, 1e-12)) / np.float32(length)
        kept.data /= np.repeat(norms, np.diff(kept.indptr))
        return kept


@dataclass(frozen=True, slots=True)
class Features:
    """What was learnt from the training documents: a vocabulary for each block of COUNTS, and the patterns."""

    vocabularies: Mapping[str, Vocabulary]
    patterns: tuple[Pattern, ...]

    def matrix(
        self,
        texts: Sequence[str],
        claims: Sequence[str],
        vectors: NDArray[np.float32],
        parts: Sequence[Parts] | None = None,
    ) -> sparse.csr_array:
        """Sparse rows: vector, weighted counts of the evidence, boilerplate of the whole redacted text.

        `vectors` has shape (n, d); the result (n, d + columns + patterns + 2 * parts). `parts` are those that
        `split` finds in each text, where they are known already."""
        known = parts if parts is not None else [split(text).parts for text in texts]
        read = readings(texts, claims, known)
        blocks = [vocabulary.weighted(COUNTS[name](read), length=SCALE[name]) for name, vocabulary in self.blocks()]
        fields = boilerplate_fields(texts, self.patterns, known) * np.float32(FIELDS_SCALE)
        return beside([sparse.csr_array(vectors), *blocks, sparse.csr_array(fields)])

    def blocks(self) -> list[tuple[str, Vocabulary]]:
        """The vocabularies in the order of COUNTS."""
        return [(name, self.vocabularies[name]) for name in COUNTS]


def readings(texts: Sequence[str], claims: Sequence[str], parts: Sequence[Parts] | None = None) -> list[str]:
    """What is counted of each document: its claim with banners and error lines in their places, the beginning."""
    known = parts if parts is not None else [split(text).parts for text in texts]
    return [
        evidence(text, Split(claim, tuple(found)))[:LONGEST_READ]
        for text, claim, found in zip(texts, claims, known, strict=True)
    ]


def opening(text: str) -> str:
    """The first sentence or line.

    >>> opening("Refused again. I had asked for a recipe.")
    'Refused again.'
    """
    found = OPENING.match(text.lstrip())
    return found[0][:LONGEST_OPENING] if found else ""


def piece_pairs(texts: list[str]) -> sparse.csr_array:
    """Counts of word pieces and hashed pairs of them."""
    return pair_counts(texts, tokenizer().get_vocab_size())


# Blocks of counts, by name; an added row is a new block.
COUNTS: Mapping[str, Callable[[list[str]], sparse.csr_array]] = {
    "words": piece_pairs,
    "openings": lambda texts: piece_pairs([opening(text) for text in texts]),
    "characters": character_counts,
}


def learn(read: list[str], patterns: tuple[Pattern, ...]) -> Features:
    """Keep the columns that occur in enough of the `readings`."""
    return Features({name: vocabulary(count(read), LEAST_DOCUMENTS[name]) for name, count in COUNTS.items()}, patterns)


def vocabulary(counts: sparse.csr_array, least: int) -> Vocabulary:
    """The columns in at least so many rows, weighted by smooth inverse document frequency."""
    seen_in = np.bincount(counts.indices, minlength=counts.shape[1])
    columns = np.flatnonzero(seen_in >= least).astype(np.int64)
    weights = 1 + np.log((1 + counts.shape[0]) / (1 + seen_in[columns]))
    return Vocabulary(columns, weights.astype(np.float32))


def beside(blocks: Sequence[sparse.csr_array]) -> sparse.csr_array:
    """The blocks side by side, as `scipy.sparse.hstack` has them, in a fraction of its time."""
    lengths = np.array([np.diff(block.indptr) for block in blocks], dtype=np.int64)
    ends = np.concatenate([[0], np.cumsum(lengths.sum(axis=0))])
    indices, data = np.empty(int(ends[-1]), dtype=np.int64), np.empty(int(ends[-1]), dtype=np.float32)
    starts, width = ends[:-1].copy(), 0
    for block, length in zip(blocks, lengths, strict=True):
        place = places(starts, length)
        indices[place] = block.indices + width
        data[place] = block.data
        starts, width = starts + length, width + int(block.shape[1])
    return sparse.csr_array((data, indices, ends), shape=(len(ends) - 1, width))


def boilerplate_fields(
    texts: Sequence[str], patterns: tuple[Pattern, ...], parts: Sequence[Parts] | None = None
) -> NDArray[np.float32]:
    """Which wordings occur, which parts occur, and each part's share of the text, all in [0, 1].

    `parts` of each text, if they are known; else they are looked for."""
    fields = np.zeros((len(texts), len(patterns) + 2 * len(PARTS)), dtype=np.float32)
    searches = compiled(patterns)
    known = parts if parts is not None else [split(text).parts for text in texts]
    for row, text, found in zip(fields, texts, known, strict=True):
        row[wordings(text, searches)] = 1
        for part in found:
            place = PLACE.get(part.name)
            if place is not None:
                row[len(patterns) + place] = 1
                row[len(patterns) + len(PARTS) + place] += (part.end - part.start) / len(text)
    return fields


def wordings(text: str, searches: tuple[Guarded, ...]) -> list[int]:
    """The numbers of the expressions that occur in the beginning of a text."""
    beginning = text[:SEARCHED_CHARACTERS]
    lower, low = beginning.lower(), lowered(beginning)
    return [number for number, search in enumerate(searches) if search.possible(low) and search.pattern.search(lower)]


@lru_cache(maxsize=4)
def compiled(patterns: tuple[Pattern, ...]) -> tuple[Guarded, ...]:
    """The wordings as expressions for lower-cased text, each tried only where it may match."""
    return tuple(Guarded(compiled_for_lower_case(pattern.pattern)) for pattern in patterns)


def compiled_for_lower_case(expression: str) -> re.Pattern[str]:
    """The expression for lower-cased text; slow case folding only where it has capitals itself."""
    bare = re.sub(r"\\.", "", expression)
    return re.compile(expression, re.IGNORECASE if bare != bare.lower() else 0)
