"""What example sentences find at which similarity, and how quick a watchlist is. Prints JSON.

python -m benchmarks.watchlists --data ../shared/data
python -m benchmarks.watchlists --small

One class of a public corpus is watched at a time: a few of its texts, drawn at random, are the examples of a
watchlist, the others are what it should find among all other classes. The threshold that a watchlist has unless it
states one was chosen on one half of clinc150's intents (`chosen`); the other half and the test part of banking77 are
reported. Vectors are those of the student that knows the seed corpus alone, as a new workspace has them.
"""

import argparse
import json
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.theme_corpora import banking77_test, clinc150
from jobs.cache import cache_directory
from nlp.embed import load_embedder
from topics.assign import Vectors, similarities
from topics.watch import Query, matched

EXAMPLES = (1, 3, 5)
LEVELS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75)
WORDS = ("sabotag*", "kill switch", "without asking", "on purpose", "turned off", "deleted the")
WATCHLISTS = 10


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--small", action="store_true", help="ten classes of each, for a quick look")
    parser.add_argument("--embedder", default="student", help="student, teacher or static")
    given = parser.parse_args()
    embedder = load_embedder(given.embedder, cache=cache_directory())
    told: dict[str, Any] = {"embedder": embedder.version}
    texts, classes = clinc150(given.data)
    vectors = embedder.embed(texts)
    names = sorted(set(classes))
    halves = {"clinc150, half chosen on": names[::2], "clinc150, other half": names[1::2]}
    for name, half in halves.items():
        told[name] = found(np.array(classes), vectors, half[:10] if given.small else half)
    others, known = banking77_test(given.data)
    names = sorted(set(known))
    told["banking77 test"] = found(np.array(known), embedder.embed(others), names[:10] if given.small else names)
    told["speed"] = speed(texts[: 2_000 if given.small else None], vectors)
    print(json.dumps(told, indent=2))


def found(classes: "np.ndarray[Any, Any]", vectors: Vectors, watched: list[str]) -> list[dict[str, Any]]:
    """By number of examples and similarity: medians over the classes of what is found of a class and of others."""
    rows = []
    for count in EXAMPLES:
        parts = [_of_one(classes, vectors, name, count) for name in watched]
        for place, level in enumerate(LEVELS):
            recall, false = (np.array([part[place][which] for part in parts]) for which in (0, 1))
            rows.append(
                {
                    "examples": count,
                    "similarity": level,
                    "recall_median": round(float(np.median(recall)), 3),
                    "false_per_1000_median": round(float(np.median(false)), 2),
                    "false_per_1000_worst_tenth": round(float(np.quantile(false, 0.9)), 2),
                }
            )
    return rows


def _of_one(classes: "np.ndarray[Any, Any]", vectors: Vectors, name: str, count: int) -> list[tuple[float, float]]:
    """Share of the class that is found, and documents of other classes per 1,000 of them, at each level."""
    own = np.flatnonzero(classes == name)
    rng = np.random.default_rng(int.from_bytes(name.encode()[:6], "little"))
    examples = rng.choice(own, size=count, replace=False)
    nearest = similarities(vectors, vectors[examples]).max(axis=1)
    rest, others = np.setdiff1d(own, examples), np.flatnonzero(classes != name)
    return [
        (float((nearest[rest] >= level).mean()), 1000 * float((nearest[others] >= level).mean())) for level in LEVELS
    ]


def speed(texts: list[str], vectors: Vectors) -> dict[str, float]:
    """Documents a second that ten watchlists of six words and three examples each look at."""
    documents = pd.DataFrame({"document_id": [str(row) for row in range(len(texts))], "said": texts})
    documents = documents.assign(stream="feedback", kind="other", harm_domain="none", segments=[{}] * len(texts))
    queries = [
        Query(str(number), words=WORDS, examples=vectors[number * 3 : number * 3 + 3]) for number in range(WATCHLISTS)
    ]
    start = perf_counter()
    for low in range(0, len(texts), 1000):
        block = documents.iloc[low : low + 1000]
        for query in queries:
            matched(query, block, vectors[low : low + len(block)])
    seconds = perf_counter() - start
    return {"watchlists": WATCHLISTS, "documents": len(texts), "documents_a_second": round(len(texts) / seconds)}


if __name__ == "__main__":
    main()
