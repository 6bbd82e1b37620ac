"""What the classifier sees of a document: its vector, its words, its boilerplate."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.claim import split
from nlp.pairs import BUCKETS, kept_columns, pair_counts
from nlp.taxonomy import Pattern
from nlp.tokens import tokenizer

PARTS = ("form", "banner", "code", "log", "environment", "quote", "signature", "json", "html", "id_line")
# A piece or pair in fewer documents than this is not learnt from.
LEAST_DOCUMENTS = 2
WORDS_SCALE = 1.5
FIELDS_SCALE = 0.5
# Wordings are looked for in the beginning; block banners do not hide behind it.
SEARCHED_CHARACTERS = 6_000


@dataclass(frozen=True, slots=True)
class Features:
    """The columns learnt from the training documents: kept pieces and pairs, their weights, patterns."""

    columns: NDArray[np.int64]
    weights: NDArray[np.float32]
    patterns: tuple[Pattern, ...]

    def matrix(self, texts: Sequence[str], claims: Sequence[str], vectors: NDArray[np.float32]) -> sparse.csr_array:
        """Sparse rows: vector, weighted words of the claim, boilerplate of the whole redacted text.

        `vectors` has shape (n, d); the result (n, d + columns + patterns + 2 * parts)."""
        boilerplate = sparse.csr_array(boilerplate_fields(texts, self.patterns) * np.float32(FIELDS_SCALE))
        blocks = [sparse.csr_array(vectors), self.words(claims), boilerplate]
        return sparse.csr_array(sparse.hstack(blocks, format="csr"))

    def words(self, claims: Sequence[str]) -> sparse.csr_array:
        """TF-IDF of word pieces and pairs with damped counts, rows of length WORDS_SCALE or zero."""
        vocabulary = tokenizer().get_vocab_size()
        place = np.full(vocabulary + BUCKETS, -1, dtype=np.int64)
        place[self.columns] = np.arange(len(self.columns))
        counts = kept_columns(pair_counts(list(claims), vocabulary), place, len(self.columns))
        counts.data = (1 + np.log(counts.data)) * self.weights[counts.indices]
        squares = np.asarray(counts.multiply(counts).sum(axis=1), dtype=np.float32)
        norms = np.sqrt(np.maximum(squares, 1e-12)) / np.float32(WORDS_SCALE)
        counts.data /= np.repeat(norms, np.diff(counts.indptr))
        return counts


def learn(claims: Sequence[str], patterns: tuple[Pattern, ...]) -> Features:
    """Keep what occurs in LEAST_DOCUMENTS claims, weighted by smooth inverse document frequency."""
    vocabulary = tokenizer().get_vocab_size()
    counts = pair_counts(list(claims), vocabulary)
    seen_in = np.bincount(counts.indices, minlength=counts.shape[1])
    columns = np.flatnonzero(seen_in >= LEAST_DOCUMENTS).astype(np.int64)
    weights = 1 + np.log((1 + len(claims)) / (1 + seen_in[columns]))
    return Features(columns, weights.astype(np.float32), patterns)


def boilerplate_fields(texts: Sequence[str], patterns: tuple[Pattern, ...]) -> NDArray[np.float32]:
    """Which wordings occur, which parts occur, and each part's share of the text, all in [0, 1]."""
    compiled = [compiled_for_lower_case(pattern.pattern) for pattern in patterns]
    fields = np.zeros((len(texts), len(patterns) + 2 * len(PARTS)), dtype=np.float32)
    shares = len(patterns) + len(PARTS)
    for row, text in zip(fields, texts, strict=True):
        lowered = text[:SEARCHED_CHARACTERS].lower()
        row[: len(patterns)] = [pattern.search(lowered) is not None for pattern in compiled]
        for part in split(text).parts:
            if part.name in PARTS:
                index = PARTS.index(part.name)
                row[len(patterns) + index] = 1
                row[shares + index] += (part.end - part.start) / len(text)
    return fields


def compiled_for_lower_case(expression: str) -> re.Pattern[str]:
    """The expression for lower-cased text; slow case folding only where it has capitals itself."""
    bare = re.sub(r"\\.", "", expression)
    return re.compile(expression, re.IGNORECASE if bare != bare.lower() else 0)
