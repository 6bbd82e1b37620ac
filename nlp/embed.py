"""The table of embedders: texts in, unit vectors of 384 numbers out."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nlp.hashing import Hashing
from nlp.schooling import seed_student
from nlp.static import load_static
from nlp.teacher import Teacher


class Embedder(Protocol):
    """What every embedder offers. Same text, same row, whatever its neighbours; [] gives (0, 384)."""

    @property
    def version(self) -> str:
        """Changes whenever the vectors may."""

    @property
    def dimension(self) -> int:
        """Columns of the vectors."""

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (n, dimension)."""


class NoSuchEmbedder(KeyError):
    """A name that EMBEDDERS does not have."""


# Name -> function of the cache directory.
EMBEDDERS: Mapping[str, Callable[[Path], Embedder]] = {
    "teacher": lambda cache: Teacher(),
    "static": load_static,
    "student": seed_student,
    "hashing": lambda cache: Hashing(),
}


def load_embedder(name: str, *, cache: Path) -> Embedder:
    """The embedder of that name; tables that it needs are made in `cache` on first use.

    Raises NoSuchEmbedder."""
    if name not in EMBEDDERS:
        raise NoSuchEmbedder(f"no embedder named '{name}'; available: {', '.join(sorted(EMBEDDERS))}")
    return EMBEDDERS[name](cache)
