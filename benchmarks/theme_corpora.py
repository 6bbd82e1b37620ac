"""Public texts with true classes, in one fixed shuffled order, for the benchmarks of themes."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

Corpus = tuple[list[str], list[str]]
"""Texts and the class of each."""

JOINED = 4
"""Queries of one intent that make one text of about 45 words."""


def banking77(data: Path) -> Corpus:
    """Customer queries and their intents: 10,003 texts, 77 classes (the training part)."""
    return columns(data / "banking77_train.csv.gz", "text", "category")


def banking77_test(data: Path) -> Corpus:
    """The test part, on which nothing was chosen: 3,080 texts, 77 classes."""
    return columns(data / "banking77_test.csv.gz", "text", "category")


def banking77_long(data: Path) -> Corpus:
    """Texts of about 45 words: each joins four queries of one intent; a query is in four different ones."""
    texts, classes = banking77(data)
    rng = np.random.default_rng(0)
    joined: list[str] = []
    named: list[str] = []
    for name in sorted(set(classes)):
        rows = [row for row, one in enumerate(classes) if one == name]
        order = np.concatenate([rng.permutation(rows) for _ in range(JOINED)])
        parts = [order[start : start + JOINED] for start in range(0, len(order) - JOINED + 1, JOINED)]
        joined += [" ".join(texts[row] for row in part) for part in parts]
        named += [name] * len(parts)
    return joined, named


def clinc150(data: Path) -> Corpus:
    """Short queries to an assistant: 22,500 texts, 150 intents; those out of scope are left out."""
    parts = json.loads(gzip.decompress((data / "clinc150.json.gz").read_bytes()))
    rows = [row for name in ("train", "val", "test") for row in parts[name]]
    return [text for text, _ in rows], [intent for _, intent in rows]


def stackoverflow_titles(data: Path) -> Corpus:
    """Question titles and their tags: 20,000 texts, 20 classes."""
    texts = gzip.decompress((data / "stackoverflow_titles.txt.gz").read_bytes()).decode().splitlines()
    labels = gzip.decompress((data / "stackoverflow_labels.txt.gz").read_bytes()).decode().split()
    return texts[: len(labels)], labels


def ai_product_issues(data: Path) -> Corpus:
    """Claims of all public issues and the product team's area; empty where there is not exactly one `area:` label."""
    from nlp.claim import split
    from nlp.redact import redact

    path = data / "ai_product_issues_2025.csv.gz"
    titles, labels = columns(path, "title", "labels")
    bodies, _ = columns(path, "body", "labels")
    claims = [split(redact(f"{title}\n{body[:6000]}").text).claim for title, body in zip(titles, bodies, strict=True)]
    areas = [[one.strip() for one in label.split(",") if one.strip().startswith("area:")] for label in labels]
    return claims, [found[0] if len(found) == 1 else "" for found in areas]


def ai_product_issues_2025(data: Path) -> Corpus:
    """Those of the public issues with exactly one `area:` label: 546."""
    pairs = [pair for pair in zip(*ai_product_issues(data), strict=True) if pair[1]]
    return [claim for claim, _ in pairs], [area for _, area in pairs]


CORPORA: dict[str, Callable[[Path], Corpus]] = {
    "banking77": banking77,
    "stackoverflow_titles": stackoverflow_titles,
    "clinc150": clinc150,
    "banking77_test": banking77_test,
    "ai_product_issues_2025": ai_product_issues_2025,
    "banking77_long": banking77_long,
}


def shuffled(corpus: Corpus) -> Corpus:
    """The same texts in an order that does not depend on their class, so that the first n are a sample."""
    texts, classes = corpus
    order = np.random.default_rng(0).permutation(len(texts))
    return [texts[row] for row in order], [classes[row] for row in order]


def columns(path: Path, *names: str) -> Corpus:
    """Two columns of a gzipped CSV."""
    csv.field_size_limit(10_000_000)
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        rows = [[row[name] or "" for name in names] for row in csv.DictReader(file)]
    return [row[0] for row in rows], [row[1] for row in rows]
