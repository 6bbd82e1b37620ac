"""Time and memory of one fit of many claims, and how fast new ones are placed. Prints JSON.

    python -m benchmarks.theme_scale [--small] [--data ../shared/data] [--documents 100000]

The claims are all distinct: the queries, question titles, tweets, reviews, complaints, prompts and issues of the public
files, and, until there are enough, pairs of queries of one intent. Their vectors are those of the student taught on the
seed corpus. The fit is that of the product: groups, names with a parse, the threshold; its figures of quality and the
roll-ups are timed after it. Every step says the most memory that the process had held by then."""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from benchmarks.theme_corpora import ai_product_issues, banking77, banking77_test, clinc150, columns
from benchmarks.theme_corpora import stackoverflow_titles as titles
from benchmarks.themes_beside import peak_mb

DOCUMENTS, SMALL = 100_000, 10_000
COLUMNS = {
    "airline_tweets_2015.csv.gz": "text",
    "ai_app_reviews_2023.csv.gz": "review",
    "telecom_complaints_2015.csv.gz": "Customer Complaint",
    "jailbreak_prompts_2023h1.csv.gz": "prompt",
}


def claims_of(data: Path, most: int) -> list[str]:
    """So many distinct claims, mixed."""
    found: dict[str, None] = {}
    for text in _texts(data):
        found.setdefault(text.strip())
    found.pop("", None)
    pairs = _pairs(data)
    while len(found) < most:
        found.setdefault(next(pairs))
    texts = list(found)
    return [texts[place] for place in np.random.default_rng(0).permutation(len(texts))[:most]]


def _texts(data: Path) -> Iterator[str]:
    """Every text of the public files as it stands."""
    for corpus in (banking77, banking77_test, clinc150, titles, ai_product_issues):
        yield from corpus(data)[0]
    for name, column in COLUMNS.items():
        yield from columns(data / name, column, column)[0]


def _pairs(data: Path) -> Iterator[str]:
    """Two queries of one intent in a row, endlessly."""
    rng = np.random.default_rng(1)
    intents: dict[str, list[str]] = {}
    for corpus in (banking77, clinc150):
        for text, intent in zip(*corpus(data), strict=True):
            intents.setdefault(intent, []).append(text)
    names = sorted(intents)
    while True:
        own = intents[names[int(rng.integers(len(names)))]]
        first, second = rng.choice(len(own), size=2, replace=False)
        yield f"{own[first]} {own[second]}"


def step(report: dict[str, Any], name: str, work: Callable[[], Any]) -> Any:
    """The result of a piece of work; its wall and processor seconds go into the report."""
    begun, used = perf_counter(), process_time()
    result = work()
    report[name] = {
        "seconds": round(perf_counter() - begun, 1),
        "cpu_seconds": round(process_time() - used, 1),
        "peak_mb": round(peak_mb()),
    }
    return result


def measure(data: Path, documents: int, cache: Path) -> dict[str, Any]:
    """Every step on so many claims."""
    from nlp.embed import load_embedder
    from nlp.names import load_parser
    from topics.assign import assign
    from topics.hierarchy import grouped
    from topics.model import compile, described_topics, proposed
    from topics.quality import quality

    texts = claims_of(data, documents)
    report: dict[str, Any] = {"documents": len(texts), "words": round(np.mean([len(t.split()) for t in texts]), 1)}
    embedder, pipeline = load_embedder("student", cache=cache), load_parser()
    compile()
    vectors = step(report, "embed", lambda: embedder.embed(texts))
    fit = step(report, "groups", lambda: proposed(texts, vectors))
    found = step(
        report, "names", lambda: described_topics(texts, vectors, fit.labels, fit.centroids, pipeline=pipeline)
    )
    sizes = np.bincount(fit.labels[fit.labels >= 0], minlength=len(fit.centroids))
    step(report, "quality", lambda: quality(texts, vectors, fit.labels, fit.centroids))
    groups = step(report, "roll_ups", lambda: grouped(fit.centroids, sizes.tolist()))
    step(report, "assign", lambda: assign(vectors, fit.centroids, threshold=fit.threshold))
    report["fit"] = {
        clock: round(report["groups"][clock] + report["names"][clock], 1) for clock in ("seconds", "cpu_seconds")
    }
    report["assigned_a_second"] = round(len(texts) / max(report["assign"]["seconds"], 0.1))
    report |= {"topics": len(fit.centroids), "coverage": round(float((fit.labels >= 0).mean()), 3)}
    report |= {"roll_ups_found": int(groups.max(initial=-1)) + 1, "names_found": [one.name for one in found[:12]]}
    return report


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "groundswell-benchmarks")
    parser.add_argument("--small", action="store_true", help=f"{SMALL:,} claims, for a quick look")
    given = parser.parse_args()
    if not given.data.is_dir():
        print(json.dumps({"skipped": f"no folder {given.data}; give one with --data"}))
        return
    given.cache.mkdir(parents=True, exist_ok=True)
    print(json.dumps(measure(given.data, SMALL if given.small else given.documents, given.cache), indent=2))


if __name__ == "__main__":
    main()
