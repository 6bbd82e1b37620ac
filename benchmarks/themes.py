"""Topics against true classes: ours, and what BERTopic or k-means make of the same vectors. Prints JSON.

python -m benchmarks.themes --data ../shared/data --embedder teacher
"""

import argparse
import csv
import gzip
import json
import sys
import tempfile
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.embed import load_embedder
from topics.assign import assign
from topics.model import compile, fit_topics

Labels = NDArray[np.int64]
Corpus = tuple[list[str], list[str]]


def banking77(data: Path) -> Corpus:
    """Customer queries and their intents: 10,003 texts, 77 classes."""
    return _columns(data / "banking77_train.csv.gz", "text", "category")


def stackoverflow(data: Path) -> Corpus:
    """Question titles and their tags: 20,000 texts, 20 classes."""
    texts = gzip.decompress((data / "stackoverflow_titles.txt.gz").read_bytes()).decode().splitlines()
    labels = gzip.decompress((data / "stackoverflow_labels.txt.gz").read_bytes()).decode().split()
    return texts[: len(labels)], labels


def ai_product_issues(data: Path) -> Corpus:
    """Claims of public issues and the area label of the product's team, where there is one."""
    from nlp.claim import split
    from nlp.redact import redact

    path = data / "ai_product_issues_2025.csv.gz"
    titles, labels = _columns(path, "title", "labels")
    bodies, _ = _columns(path, "body", "labels")
    claims = [split(redact(f"{title}\n{body[:6000]}").text).claim for title, body in zip(titles, bodies, strict=True)]
    areas = [next((one for one in label.split(",") if one.strip().startswith("area:")), "") for label in labels]
    return claims, [area.strip() for area in areas]


CORPORA: dict[str, Callable[[Path], Corpus]] = {
    "banking77": banking77,
    "stackoverflow": stackoverflow,
    "ai_product_issues": ai_product_issues,
}


def measured(truth: list[str], labels: Labels, seconds: float) -> dict[str, Any]:
    """AMI and V-measure over the assigned documents that have a class, and over all that have one."""
    from sklearn.metrics import adjusted_mutual_info_score, v_measure_score

    known = np.array([one != "" for one in truth])
    classes = np.array(truth)
    placed = known & (labels >= 0)
    return {
        "topics": int(labels.max(initial=-1)) + 1,
        "coverage": round(float((labels >= 0).mean()), 3) if len(labels) else 0.0,
        "ami_assigned": round(float(adjusted_mutual_info_score(classes[placed], labels[placed])), 3),
        "v_assigned": round(float(v_measure_score(classes[placed], labels[placed])), 3),
        "ami_all": round(float(adjusted_mutual_info_score(classes[known], labels[known])), 3),
        "v_all": round(float(v_measure_score(classes[known], labels[known])), 3),
        "seconds": round(seconds, 1),
    }


def ours(texts: list[str], vectors: NDArray[np.float32], truth: list[str], held_out: Labels) -> dict[str, Any]:
    """Our topics on the documents not held out, and the held-out ones assigned to them."""
    fitted = np.setdiff1d(np.arange(len(texts)), held_out)
    begun = perf_counter()
    fit = fit_topics([texts[row] for row in fitted], vectors[fitted])
    seconds = perf_counter() - begun
    begun = perf_counter()
    index, _ = assign(vectors[held_out], fit.centroids, threshold=fit.threshold)
    return {
        "fitted": measured([truth[row] for row in fitted], fit.labels, seconds),
        "held_out": measured([truth[row] for row in held_out], index, perf_counter() - begun),
        "names": fit.names[:10],
    }


def kmeans(vectors: NDArray[np.float32], k: int) -> Labels:
    """k-means with as many clusters as we found topics: it gets the number for nothing."""
    from sklearn.cluster import KMeans

    found = KMeans(max(k, 1), n_init=3, random_state=0).fit_predict(vectors)
    return np.asarray(found, dtype=np.int64)


def bertopic_default(texts: list[str], vectors: NDArray[np.float32]) -> Labels:
    """BERTopic as it comes: UMAP, HDBSCAN, smallest topic 10."""
    from bertopic import BERTopic

    labels, _ = BERTopic(embedding_model=None).fit_transform(texts, vectors)
    return np.asarray(labels, dtype=np.int64)


def compare(name: str, data: Path, embedder: str, cache: Path, limit: int | None) -> dict[str, Any]:
    """All methods on one corpus, with the time that each took."""
    texts, truth = (list(islice(column, limit)) for column in CORPORA[name](data))
    begun = perf_counter()
    vectors = load_embedder(embedder, cache=cache).embed(texts)
    result: dict[str, Any] = {"documents": len(texts), "embed_seconds": round(perf_counter() - begun, 1)}
    held_out = np.sort(np.random.default_rng(0).permutation(len(texts))[: len(texts) // 5])
    result["ours"] = ours(texts, vectors, truth, held_out)
    fitted = np.setdiff1d(np.arange(len(texts)), held_out)
    kept = [truth[row] for row in fitted]
    begun = perf_counter()
    labels = kmeans(vectors[fitted], result["ours"]["fitted"]["topics"])
    result["kmeans_same_k"] = measured(kept, labels, perf_counter() - begun)
    if find_spec("umap") and find_spec("hdbscan"):
        begun = perf_counter()
        labels = bertopic_default([texts[row] for row in fitted], vectors[fitted])
        result["bertopic_default"] = measured(kept, labels, perf_counter() - begun)
    else:
        result["bertopic_default"] = "skipped: umap-learn and hdbscan are not installed"
    return result


def _columns(path: Path, *names: str) -> Corpus:
    """Two columns of a gzipped CSV."""
    csv.field_size_limit(10_000_000)
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        rows = [[row[name] or "" for name in names] for row in csv.DictReader(file)]
    return [row[0] for row in rows], [row[1] for row in rows]


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--embedder", default="teacher")
    parser.add_argument("--corpus", choices=CORPORA, action="append")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "groundswell-benchmarks")
    parser.add_argument("--limit", type=int, help="documents of each corpus, for a quick look")
    given = parser.parse_args()
    if not given.data.is_dir():
        print(json.dumps({"skipped": f"no folder {given.data}; give one with --data"}))
        return
    warnings.simplefilter("ignore")
    given.cache.mkdir(parents=True, exist_ok=True)
    compile()
    report = {
        name: compare(name, given.data, given.embedder, given.cache, given.limit) for name in given.corpus or CORPORA
    }
    json.dump(report, sys.stdout, indent=2, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
