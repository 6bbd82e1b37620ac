"""A stand-in embedder that needs no model file: hashed words, for tests and for wiring."""

import re
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp.teacher import DIMENSION, unit


class Hashing:
    """Signed counts of words in 384 hashed places (Weinberger et al. 2009, ICML), unit rows."""

    version = "hashing-1"
    dimension = DIMENSION

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, 384); a text without a word gets the constant direction."""
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                code = crc32(word.encode("utf-8", "replace"))
                row[code % DIMENSION] += 1 if code & (1 << 31) else -1
        return unit(rows)
