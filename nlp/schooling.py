"""The student that comes with Groundswell: taught on the seed corpus, cached by its content."""

import os
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.seed import seed_corpus, texts_hash
from nlp.static import load_static
from nlp.student import Student, teach
from nlp.teacher import Teacher

SCHOOL_VERSION = 1


def teacher_vectors(texts: list[str], *, cache: Path) -> NDArray[np.float32]:
    """The teacher's unit vectors of the texts, shape (n, 384), kept in `cache` under their hash."""
    path = cache / f"{Teacher.version}-{texts_hash(texts)}.npy"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=cache, suffix=".part")
        with os.fdopen(handle, "wb") as part:
            np.save(part, Teacher().embed(texts))
        os.replace(name, path)
    stored: NDArray[np.float32] = np.load(path)
    return stored


def seed_claims() -> list[str]:
    """The claims of the seed corpus, in its order."""
    return seed_corpus()["text"].tolist()


def seed_student(cache: Path) -> Student:
    """The student taught on the seed corpus, from `cache` or made there (half a minute)."""
    claims = seed_claims()
    path = cache / f"student-{SCHOOL_VERSION}-{texts_hash(claims)}.npz"
    if not path.is_file():
        vectors = teacher_vectors(claims, cache=cache)
        teach(claims, vectors, static=load_static(cache)).save(path)
    return Student.load(path)
