"""The student that comes with Groundswell: taught on the seed corpus, cached by its content."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.artefact import making, npy, write_whole
from nlp.seed import seed_corpus, texts_hash
from nlp.static import Static, load_static
from nlp.student import Student, teach
from nlp.teacher import Teacher

SCHOOL_VERSION = 1
FOLDS = 4


def teacher_vectors(texts: list[str], *, cache: Path) -> NDArray[np.float32]:
    """The teacher's unit vectors of the texts, shape (n, 384), kept in `cache` under their hash."""
    path = cache / f"{Teacher.version}-{texts_hash(texts)}.npy"
    if not path.is_file():
        with making(path):
            if not path.is_file():
                write_whole(path, npy(Teacher().embed(texts)))
    stored: NDArray[np.float32] = np.load(path)
    return stored


def seed_claims() -> list[str]:
    """The claims of the seed corpus, in its order."""
    claims: list[str] = seed_corpus()["claim"].tolist()
    return claims


def seed_student(cache: Path) -> Student:
    """The student taught on the seed corpus, from `cache` or made there (half a minute)."""
    claims = seed_claims()
    path = cache / f"student-{SCHOOL_VERSION}-{texts_hash(claims)}.npz"
    if not path.is_file():
        with making(path):
            if not path.is_file():
                vectors = teacher_vectors(claims, cache=cache)
                teach(claims, vectors, static=load_static(cache)).save(path)
    return Student.load(path)


def cross_taught(claims: list[str], vectors: NDArray[np.float32], *, static: Static) -> NDArray[np.float32]:
    """Each claim as embedded by a student that was not taught on it, shape (n, 384).

    A student reproduces what it was taught on far better than anything new (cosine 0.94 against
    0.74): a classifier must learn from vectors like those that it will serve on."""
    fold = np.arange(len(claims)) % FOLDS
    rows = np.zeros_like(vectors)
    for number in range(FOLDS):
        known, unseen = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        student = teach([claims[index] for index in known], vectors[known], static=static)
        rows[unseen] = student.embed([claims[index] for index in unseen])
    return rows
