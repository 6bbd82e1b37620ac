"""Our fit and other designs of topic models, each a function of texts, unit vectors and a number of topics."""

import re
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
Vectors = NDArray[np.float32]
WARM_UP = 400
"""Documents of a first run that is not timed: imports and compiling are paid once, not by every corpus."""


def ours(texts: list[str], vectors: Vectors, k: int) -> Labels:
    """As the product fits, with names and phrases, but without the parse that makes names whole phrases."""
    from topics.model import fit_topics

    return fit_topics(texts, vectors).labels


def ours_parsed(texts: list[str], vectors: Vectors, k: int) -> Labels:
    """As the product fits."""
    from nlp.names import load_parser
    from topics.model import fit_topics

    return fit_topics(texts, vectors, pipeline=load_parser()).labels


def bertopic_default(texts: list[str], vectors: Vectors, k: int) -> Labels:
    """BERTopic as it comes: UMAP, HDBSCAN, smallest topic 10. Finds its own number of topics."""
    from bertopic import BERTopic

    labels, _ = BERTopic(embedding_model=None).fit_transform(texts, vectors)
    return np.asarray(labels, dtype=np.int64)


def bertopic_pca(texts: list[str], vectors: Vectors, k: int) -> Labels:
    """BERTopic with PCA for UMAP, as its documentation proposes for speed, and HDBSCAN."""
    from bertopic import BERTopic
    from sklearn.decomposition import PCA

    labels, _ = BERTopic(embedding_model=None, umap_model=PCA(n_components=5)).fit_transform(texts, vectors)
    return np.asarray(labels, dtype=np.int64)


def kmeans(texts: list[str], vectors: Vectors, k: int) -> Labels:
    """k-means with as many clusters as we found topics: it gets the number for nothing."""
    from sklearn.cluster import KMeans

    found = KMeans(k, n_init=3, random_state=0).fit_predict(vectors)
    return np.asarray(found, dtype=np.int64)


def nmf(texts: list[str], vectors: Vectors, k: int) -> Labels:
    """Non-negative factors of TF-IDF, with our number of topics; a text without weight is in none."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    table = TfidfVectorizer(stop_words="english", min_df=2).fit_transform(texts)
    weights = NMF(k, init="nndsvd", max_iter=200).fit_transform(table)
    return np.where(weights.max(axis=1) > 0, weights.argmax(axis=1), -1).astype(np.int64)


DESIGNS: dict[str, Callable[[list[str], Vectors, int], Labels]] = {
    "ours": ours,
    "ours_parsed": ours_parsed,
    "bertopic_default": bertopic_default,
    "bertopic_pca_hdbscan": bertopic_pca,
    "kmeans_same_k": kmeans,
    "nmf_same_k": nmf,
}
NEEDS = {"bertopic_default": ("umap", "hdbscan"), "bertopic_pca_hdbscan": ("hdbscan",)}
"""Packages that a design needs and we do not install; without them it is skipped, and that is said."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Topic of each text, -1 for none; wall and processor seconds of the fit alone; peak of the whole process."""

    labels: Labels
    seconds: float
    cpu_seconds: float
    peak_mb: float


def absent(design: str) -> list[str]:
    """Packages that are missing for a design."""
    return [package for package in NEEDS.get(design, ()) if not find_spec(package)]


def alone(design: str, texts: list[str], vectors: Vectors, k: int) -> Outcome:
    """One design in a process of its own, warmed up."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_timed, design, texts, vectors, k).result()


def _timed(design: str, texts: list[str], vectors: Vectors, k: int) -> Outcome:
    warnings.simplefilter("ignore")
    fit = DESIGNS[design]
    if "umap" in NEEDS.get(design, ()):
        _compile_umap()
    fit(texts[:WARM_UP], vectors[:WARM_UP], min(k, 10))
    begun, used = perf_counter(), process_time()
    labels = fit(texts, vectors, k)
    seconds, cpu = perf_counter() - begun, process_time() - used
    return Outcome(labels, seconds, cpu, peak_mb())


def _compile_umap() -> None:
    """Have numba compile what UMAP uses from 4,096 rows on, as BERTopic calls it."""
    from umap import UMAP

    rows = np.random.default_rng(0).normal(size=(4_200, 8))
    UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", low_memory=False).fit(rows)


def peak_mb() -> float:
    """Most memory that this process ever held, MB. Linux; `getrusage` would count what its parent held, too."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.is_file() else None
    return int(found[1]) / 1024 if found else float("nan")
