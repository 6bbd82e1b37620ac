"""The static table: one vector per word piece, distilled from the teacher, averaged over a text."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.artefact import making, npy, write_whole
from nlp.pairs import piece_counts
from nlp.teacher import DIMENSION, MODEL_SHA256, pooled, unit
from nlp.tokens import CLS, SEP, tokenizer, word_pieces

TABLE_VERSION = f"static-1-{MODEL_SHA256[:8]}"
SIF = 1e-4
# Ids below are padding, [unused…] and other marks that no text contains.
FIRST_REAL_TOKEN = 999
PIECES_PER_RUN = 1024


class Static:
    """Mean of the weighted word-piece vectors of a text, unit rows; needs only the table."""

    version = TABLE_VERSION
    dimension = DIMENSION

    def __init__(self, table: NDArray[np.float32]) -> None:
        self.table = table

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, 384); a text without a known piece gets the constant direction."""
        return unit(self.mean(piece_counts(word_pieces(texts), len(self.table))))

    def mean(self, counts: sparse.csr_array) -> NDArray[np.float32]:
        """Averages before scaling, shape (n, 384), from counts of word pieces, shape (n, pieces)."""
        totals = np.maximum(counts.sum(axis=1), 1).astype(np.float32)
        return np.asarray(counts @ self.table, dtype=np.float32) / totals[:, None]


def distil() -> NDArray[np.float32]:
    """Each vocabulary piece through the teacher, centred and weighted: float32, shape (pieces, 384).

    Weights are smooth inverse frequencies (Arora et al. 2017, ICLR) with the frequency taken
    from the rank, since the vocabulary is ordered by it (Zipf)."""
    size = tokenizer().get_vocab_size()
    table = np.zeros((size, DIMENSION), dtype=np.float32)
    for start in range(FIRST_REAL_TOKEN, size, PIECES_PER_RUN):
        pieces = range(start, min(start + PIECES_PER_RUN, size))
        table[start : pieces.stop] = pooled([[CLS, piece, SEP] for piece in pieces])
    real = table[FIRST_REAL_TOKEN:]
    real -= real.mean(axis=0)
    ranks = np.arange(1, len(real) + 1)
    frequency = 1 / ranks / np.sum(1 / ranks)
    real *= (SIF / (SIF + frequency)).astype(np.float32)[:, None]
    return table


def load_static(cache: Path) -> Static:
    """The static table of `cache` (a directory, made if absent), distilled there on first use."""
    path = cache / f"{TABLE_VERSION}.npy"
    if not path.is_file():
        with making(path):
            if not path.is_file():
                write_whole(path, npy(distil().astype(np.float16)))
    return Static(np.load(path).astype(np.float32))
