"""Streams with a known truth: the classes of a public corpus come, go and come back over sixteen weeks."""

import csv
import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.theme_corpora import Corpus, stackoverflow_titles
from nlp.embed import load_embedder
from topics.assign import Vectors

WEEKS, FIRST = 16, 8
"""Weeks of a stream, and those that the first fit sees."""
STEADY, COMES, GOES = 0.6, 0.75, 0.85
"""Shares of the classes: always there; there from a week after the first fit; gone before the end; the rest visit."""
VISIT = 4
"""Weeks for which a visiting class stays."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Texts with class, unit vectors (n, 384) and week (n,), 1 to WEEKS."""

    texts: list[str]
    truth: NDArray[np.str_]
    vectors: Vectors
    week: NDArray[np.int64]

    def until(self, week: int) -> NDArray[np.int64]:
        """Rows of the weeks up to and with this one."""
        return np.flatnonzero(self.week <= week)


def banking77(data: Path) -> Corpus:
    """Customer queries and their intents: 10,003 texts, 77 classes."""
    with gzip.open(data / "banking77_train.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    return [row[0] for row in rows], [row[1] for row in rows]


def clinc150(data: Path) -> Corpus:
    """Queries to an assistant and their intents: 22,500 texts, 150 classes; out-of-scope ones are left out."""
    parts = json.loads(gzip.decompress((data / "clinc150.json.gz").read_bytes()))
    rows = [row for part in parts.values() for row in part if row[1] != "oos"]
    return [row[0] for row in rows], [row[1] for row in rows]


CORPORA: dict[str, Callable[[Path], Corpus]] = {
    "banking77": banking77,
    "clinc150": clinc150,
    "stackoverflow": stackoverflow_titles,
}


def stream(name: str, data: Path, cache: Path, *, seed: int, limit: int | None = None) -> Stream:
    """A corpus as a stream; `limit` takes a sample. Vectors are the teacher's, kept in `cache`."""
    texts, classes = CORPORA[name](data)
    rows = np.random.default_rng(0).permutation(len(texts))[:limit]
    texts, truth = [texts[row] for row in rows], np.array([classes[row] for row in rows])
    return Stream(texts, truth, embedded(texts, cache), weeks(truth, seed=seed))


def weeks(truth: NDArray[np.str_], *, seed: int) -> NDArray[np.int64]:
    """A week for each document, drawn evenly from the weeks in which its class is there."""
    rng = np.random.default_rng(seed)
    classes = rng.permutation(np.unique(truth))
    found = np.zeros(len(truth), dtype=np.int64)
    for place, one in enumerate(classes):
        first, last = _weeks_of(place / len(classes), rng)
        rows = np.flatnonzero(truth == one)
        found[rows] = rng.integers(first, last + 1, len(rows))
    return found


def embedded(texts: list[str], cache: Path) -> Vectors:
    """The teacher's vectors, read from the cache where the same texts were embedded before."""
    cache.mkdir(parents=True, exist_ok=True)
    name = hashlib.blake2b("\x1f".join(texts).encode(), digest_size=8).hexdigest()
    path = cache / f"teacher-{name}.npy"
    if not path.is_file():
        np.save(path, load_embedder("teacher", cache=cache).embed(texts))
    vectors: Vectors = np.load(path)
    return vectors


def _weeks_of(part: float, rng: np.random.Generator) -> tuple[int, int]:
    """First and last week of a class at this part of the shuffled classes."""
    if part < STEADY:
        return 1, WEEKS
    if part < COMES:
        return int(rng.integers(FIRST + 1, WEEKS - 1)), WEEKS
    if part < GOES:
        return 1, int(rng.integers(FIRST - 3, FIRST + 5))
    begin = int(rng.integers(2, WEEKS - VISIT + 1))
    return begin, begin + VISIT - 1
