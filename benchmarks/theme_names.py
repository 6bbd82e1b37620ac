"""Names of themes on real corpora: are they headlines, do the documents bear them out, do they find their theme?

    python -m benchmarks.theme_names [--data ../shared/data] [--part report|tune] [--small] [--list] [--workspace DIR]

Prints JSON. Parameters were chosen on the corpora of `tune`. Beside ours: the four best words of class-based TF-IDF,
which is what BERTopic calls a topic. `finds_its_theme`: share of names whose vector is nearer to their own theme's
centroid than to any other's; the names were chosen without vectors. Vectors in CACHE/NAME.npy are used again.
"""

import argparse
import json
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.theme_corpora import (
    ai_product_issues,
    banking77,
    banking77_test,
    clinc150,
    columns,
    stackoverflow_titles,
)
from jobs.store import Store
from nlp.embed import load_embedder
from nlp.names import load_parser
from topics.assign import Vectors, cap_per_reporter
from topics.describe import LONGEST_NAME, UNNAMED
from topics.hierarchy import grouped
from topics.model import compile, nearest_first, proposed
from topics.name_check import NameCheck, content_words, summed
from topics.naming import Description, Namer, telling
from topics.shares import counted_groups
from topics.word_shares import LEAST_SHARE, GroupWords, Words

Corpus = tuple[list[str], list[str] | None]
Read = Callable[[Path], Corpus] | Callable[[Path], tuple[list[str], list[str]]]
SMALL = 1_500


def titles(data: Path) -> Corpus:
    """Question titles; their tags are numbers."""
    return stackoverflow_titles(data)[0], None


def telecom(data: Path) -> Corpus:
    """Complaints to a regulator about one company."""
    return columns(data / "telecom_complaints_2015.csv.gz", "Customer Complaint", "City")[0], None


def reviews(data: Path) -> Corpus:
    """Reviews of a chat app."""
    titles, bodies = columns(data / "ai_app_reviews_2023.csv.gz", "title", "review")
    return [f"{title}. {body}" for title, body in zip(titles, bodies, strict=True)], None


def tweets(data: Path) -> Corpus:
    """Complaints to airlines."""
    texts, moods = columns(data / "airline_tweets_2015.csv.gz", "text", "airline_sentiment")
    return [text for text, mood in zip(texts, moods, strict=True) if mood == "negative"][:4500], None


def issues(data: Path) -> Corpus:
    """Claims of public issues of a product; their areas are wider than themes."""
    return ai_product_issues(data)[0], None


TUNE: dict[str, Read] = {
    "airline_tweets": tweets,
    "banking77_test": banking77_test,
    "ai_product_issues": issues,
}
REPORT: dict[str, Read] = {
    "clinc150": clinc150,
    "stackoverflow_titles": titles,
    "telecom_complaints": telecom,
    "ai_app_reviews": reviews,
    "banking77": banking77,
}


@dataclass(frozen=True, slots=True)
class World:
    """A corpus with its themes: rows of each, nearest first; `truth` the classes where there are some."""

    namer: Namer
    groups: list[list[int]]
    centroids: Vectors
    truth: list[str] | None


def world(texts: list[str], truth: list[str] | None, vectors: Vectors, reporters: list[str] | None) -> World:
    """The themes of a corpus, not yet named."""
    fit = proposed(texts, vectors)
    groups = nearest_first(vectors, fit.labels, fit.centroids)
    return World(Namer(texts, reporters=reporters, pipeline=load_parser()), groups, fit.centroids, truth)


def measures(names: Sequence[str], world: World, words: Words, embed: Callable[[list[str]], Vectors]) -> dict[str, Any]:
    """How good names are, one for each theme."""
    checks = [_check(words, number, name) for number, name in enumerate(names)]
    lengths = np.array([len(content_words(name)) for name in names])
    similarity = embed(list(names)) @ world.centroids.T
    found = {
        "themes": len(names),
        "two_words_or_more": _mean(lengths >= 2),
        "words_median": float(np.median(lengths)),
        "mixed_or_unnamed": _mean([name.startswith(("Mixed: ", UNNAMED)) for name in names]),
        "twice": len(names) - len({name.casefold() for name in names}),
        "too_long": sum(len(name) > LONGEST_NAME for name in names),
        "name_inside_median": round(float(np.median([check.inside for check in checks])), 3),
        "name_outside_median": round(float(np.median([check.outside for check in checks])), 4),
        "every_word_holds": _mean([_holds(check) for check in checks]),
        "finds_its_theme": _mean(similarity.argmax(axis=1) == np.arange(len(names))),
    }
    if world.truth:
        found["says_a_word_of_its_class"] = _mean(
            [_of_class(name, rows, world.truth) for name, rows in zip(names, world.groups, strict=True)]
        )
    return found


def _check(words: Words, number: int, name: str) -> NameCheck:
    shares = GroupWords(words, number)
    return summed({word: shares.of(word) for word in content_words(name)})


def _holds(check: NameCheck) -> bool:
    """Whether each word is in the stated share of the theme's documents, and in fewer outside."""
    pairs = check.words.values()
    return bool(pairs) and all(inside >= LEAST_SHARE and inside > outside for inside, outside in pairs)


def _of_class(name: str, rows: list[int], truth: list[str]) -> bool:
    """Whether a name says a word of the label of the class that most of its documents have."""
    label = Counter(truth[row] for row in rows).most_common(1)[0][0].replace("_", " ").replace("-", " ")
    return bool(set(content_words(name)) & set(content_words(label)))


def _mean(values: Any) -> float:
    return round(float(np.mean(np.asarray(values, dtype=float))), 3) if len(values) else 0.0


def four_words(world: World) -> list[str]:
    """What BERTopic calls its topics: the four best words."""
    terms = world.namer.terms
    counts = counted_groups(terms, world.groups)
    own = [[key for key in telling(counts, number) if " " not in key][:4] for number in range(len(world.groups))]
    return [" ".join(terms.surface[key] for key in keys) for keys in own]


def rolled_up(world: World, leaves: list[Description]) -> dict[str, Any]:
    """Roll-ups of the themes, and how far the documents bear their names out."""
    numbers = grouped(world.centroids, [len(rows) for rows in world.groups])
    children = [np.flatnonzero(numbers == number).tolist() for number in range(int(numbers.max(initial=-1)) + 1)]
    found = world.namer.rolled_up(
        [[world.groups[child] for child in own] for own in children],
        [[leaves[child].name for child in own] for own in children],
        taken=[leaf.name for leaf in leaves],
    )
    return {
        "roll_ups": len(found),
        "name_inside_median": round(float(np.median([one.inside for one in found] or [0])), 3),
        "name_outside_median": round(float(np.median([one.outside for one in found] or [0])), 4),
        "names": {one.name: [leaves[child].name for child in own] for one, own in zip(found, children, strict=True)},
    }


def judged(world: World, embed: Callable[[list[str]], Vectors], *, listed: bool) -> dict[str, Any]:
    """Our names and the four words on one corpus."""
    begun = perf_counter()
    found = world.namer.described(world.groups)
    seconds = perf_counter() - begun
    words = Words(world.namer.terms, counted_groups(world.namer.terms, world.groups).groups, world.namer.reporters)
    up = rolled_up(world, found)
    names = up.pop("names")
    report: dict[str, Any] = {
        "documents": len(world.namer.claims),
        "seconds": round(seconds, 1),
        "ours": measures([one.name for one in found], world, words, embed),
        "four_words": measures(four_words(world), world, words, embed),
        "rolled_up": up,
    }
    if listed:
        rows = zip(found, world.groups, strict=True)
        report["names"] = [[one.name, len(own), one.inside, one.outside, one.phrases[:5]] for one, own in rows]
        report["names_of_roll_ups"] = names
    return report


def of_corpus(name: str, data: Path, cache: Path, *, small: bool) -> World:
    """One of the corpora; `small`: every so manieth text."""
    texts, truth = {**TUNE, **REPORT}[name](data)
    kept = cache / f"{name}.npy"
    if kept.is_file() and len(np.load(kept, mmap_mode="r")) == len(texts):
        vectors = np.asarray(np.load(kept), dtype=np.float32)
    else:
        step = max(len(texts) // SMALL, 1) if small else 1
        texts, truth = texts[::step], truth[::step] if truth else None
        vectors = load_embedder("teacher", cache=cache).embed(texts)
        if not small:
            np.save(kept, vectors)
    return world(texts, truth, vectors, None)


def of_workspace(folder: Path) -> World:
    """The feedback of a ready workspace; writes nothing."""
    store = Store(folder / "groundswell.db")
    documents = store.understanding.claimed("feedback")
    ids, vectors = store.understanding.vectors(documents["document_id"].tolist())
    documents = documents[documents["document_id"].isin(set(ids))]
    fair = cap_per_reporter(documents["reporter"].tolist(), documents["template"].tolist(), most=20, seed=0)
    return world(documents["claim"][fair].tolist(), None, vectors[fair], documents["reporter"][fair].tolist())


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--part", choices=("report", "tune"), default="report")
    parser.add_argument("--corpus", action="append", choices=sorted({**TUNE, **REPORT}))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "groundswell-benchmarks")
    parser.add_argument("--small", action="store_true", help=f"about {SMALL:,} texts of each")
    parser.add_argument("--list", action="store_true", help="print the names as well")
    parser.add_argument("--workspace", type=Path, action="append", default=[], help="folder that holds groundswell.db")
    given = parser.parse_args()
    if not given.data.is_dir() and not given.workspace:
        print(json.dumps({"skipped": f"no folder {given.data}; give one with --data"}))
        return
    warnings.simplefilter("ignore")
    given.cache.mkdir(parents=True, exist_ok=True)
    compile()
    embed = load_embedder("teacher", cache=given.cache).embed
    names = given.corpus or ([] if given.workspace else list(REPORT if given.part == "report" else TUNE))
    report = {}
    for name in names:
        report[name] = judged(of_corpus(name, given.data, given.cache, small=given.small), embed, listed=given.list)
    for folder in given.workspace:
        report[folder.name] = judged(of_workspace(folder), embed, listed=given.list)
    json.dump(report, sys.stdout, indent=2, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
