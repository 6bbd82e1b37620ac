"""Topics against true classes, time and memory: our fit beside BERTopic's default and other designs. Prints JSON.

    python -m benchmarks.themes [--small] [--data ../shared/data] [--corpus clinc150] [--size 5000] [--design D]

BERTopic's default needs umap-learn and hdbscan, which are not among our requirements; without them it is "skipped".
Put them beside the environment, so that nothing in it changes, and point to them:

    pip install --no-deps --target BESIDE umap-learn hdbscan pynndescent
    PYTHONPATH=BESIDE python -m benchmarks.themes

All designs get the teacher's vectors (all-MiniLM-L6-v2, BERTopic's own default model); ours also those of the static
table and, from 2,000 texts, of a student taught on the first 3,000 of the corpus, as a workspace's is. Everything runs
in a process of its own after a first, untimed run on 400 texts. `end_to_end` adds the embedding to the fit; the
teacher's time is its rate over the whole corpus. Parameters were chosen on banking77 (training part) and
stackoverflow_titles; the others are reported on alone."""

import argparse
import hashlib
import json
import sys
import tempfile
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.theme_corpora import CORPORA, shuffled
from benchmarks.themes_beside import DESIGNS, Labels, Outcome, Vectors, absent, alone
from nlp.embed import load_embedder
from nlp.schooling import seed_claims, teacher_vectors
from nlp.static import load_static
from nlp.student import Student, teach
from nlp.teacher import Teacher
from topics.quality import npmi
from topics.vocabulary import telling_words, vocabulary

SIZES = (1_000, 5_000, 10_000, 20_000)
ENOUGH_TO_TEACH, LESSONS = 2_000, 3_000


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors of a corpus and what they cost: wall and processor seconds."""

    vectors: Vectors
    seconds: float
    cpu_seconds: float

    def part(self, size: int) -> "Embedded":
        """The first so many, at the rate of all."""
        share = size / max(len(self.vectors), 1)
        return Embedded(self.vectors[:size], self.seconds * share, self.cpu_seconds * share)


def timed(embed: Any, texts: list[str]) -> Embedded:
    """Vectors of texts, after a first call."""
    embed(texts[:16])
    begun, used = perf_counter(), process_time()
    vectors = embed(texts)
    return Embedded(vectors, perf_counter() - begun, process_time() - used)


def by_teacher(texts: list[str], cache: Path) -> Embedded:
    """The teacher's vectors, kept with their time: a second run of the benchmark reads them."""
    digest = hashlib.blake2b("\0".join(texts).encode(), digest_size=8).hexdigest()
    path = cache / f"themes-{Teacher.version}-{digest}.npz"
    if not path.is_file():
        found = timed(Teacher().embed, texts)
        np.savez(path, vectors=found.vectors, seconds=found.seconds, cpu=found.cpu_seconds)
    with np.load(path) as stored:
        return Embedded(stored["vectors"], float(stored["seconds"]), float(stored["cpu"]))


def taught(texts: list[str], teacher: Embedded, cache: Path) -> tuple[Student, dict[str, float]]:
    """A student of the seed corpus and of the first texts, and what teaching took, the teacher's reading included."""
    lessons = min(LESSONS, len(texts))
    begun, used = perf_counter(), process_time()
    seed = seed_claims()
    vectors = np.vstack([teacher_vectors(seed, cache=cache), teacher.vectors[:lessons]])
    student = teach(seed + texts[:lessons], vectors, static=load_static(cache))
    reading = teacher.part(lessons)
    seconds = perf_counter() - begun + reading.seconds
    return student, {"seconds": seconds, "cpu_seconds": process_time() - used + reading.cpu_seconds}


def measured(texts: list[str], truth: NDArray[np.str_], labels: Labels) -> dict[str, float | None]:
    """Agreement with the classes over all texts and over those in a topic, and how the topics' words hang together."""
    from sklearn.metrics import adjusted_mutual_info_score as ami
    from sklearn.metrics import v_measure_score as v_measure

    placed, k = labels >= 0, int(labels.max(initial=-1)) + 1
    words = vocabulary(texts)
    telling = telling_words(words, labels, k)
    said = np.concatenate([np.zeros(0, dtype=np.int64), *telling])
    figures = {
        "coverage": placed.mean(),
        "ami_all": ami(truth, labels),
        "v_all": v_measure(truth, labels),
        "ami_assigned": ami(truth[placed], labels[placed]) if k > 1 else 0.0,
        "v_assigned": v_measure(truth[placed], labels[placed]) if k > 1 else 0.0,
        "npmi": np.nanmean(npmi(words.table, telling)) if k else float("nan"),
        "diversity": len(np.unique(said)) / max(len(said), 1),
    }
    shown = {name: round(float(value), 3) if np.isfinite(value) else None for name, value in figures.items()}
    return {"topics": k, **shown}


def row(texts: list[str], truth: NDArray[np.str_], outcome: Outcome, embedded: Embedded) -> dict[str, Any]:
    """One design's line of the report."""
    return {
        **measured(texts, truth, outcome.labels),
        "fit_seconds": round(outcome.seconds, 2),
        "fit_cpu_seconds": round(outcome.cpu_seconds, 2),
        "end_to_end": round(outcome.seconds + embedded.seconds, 2),
        "end_to_end_cpu": round(outcome.cpu_seconds + embedded.cpu_seconds, 2),
        "peak_mb": round(outcome.peak_mb),
    }


def compare(
    texts: list[str], classes: list[str], teacher: Embedded, cache: Path, designs: Collection[str]
) -> dict[str, Any]:
    """All designs on the same texts, and ours on cheaper vectors."""
    truth = np.array(classes)
    tiers = {"teacher": teacher, "static": timed(load_embedder("static", cache=cache).embed, texts)}
    result: dict[str, Any] = {"documents": len(texts), "words": round(np.mean([len(t.split()) for t in texts]), 1)}
    if len(texts) >= ENOUGH_TO_TEACH:
        student, result["teaching"] = taught(texts, teacher, cache)
        tiers["student"] = timed(student.embed, texts)
        result["student_cosine"] = round(float((tiers["student"].vectors * teacher.vectors).sum(axis=1).mean()), 3)
    for tier, embedded in tiers.items():
        outcome = alone("ours", texts, embedded.vectors, 0)
        result[f"ours_{tier}"] = row(texts, truth, outcome, embedded)
    k = result["ours_teacher"]["topics"]
    for design in designs:
        if design == "ours_parsed":
            best = tiers.get("student", teacher)
            result["ours_as_served"] = row(texts, truth, alone(design, texts, best.vectors, k), best)
        elif design != "ours":
            missing = ", ".join(absent(design))
            own = None if missing else row(texts, truth, alone(design, texts, teacher.vectors, k), teacher)
            result[design] = own or f"skipped: {missing} not installed"
        said(design, result)
    return {**result, "times_faster_than_bertopic_default": faster(result)}


def faster(result: dict[str, Any]) -> dict[str, float]:
    """BERTopic's default end to end over ours, by wall and by processor time, with and without teaching."""
    other, own = result.get("bertopic_default", "left out"), result.get("ours_student", result["ours_teacher"])
    if isinstance(other, str):
        return {}
    found = {}
    for clock, key in (("wall", "end_to_end"), ("cpu", "end_to_end_cpu")):
        teaching = result.get("teaching", {}).get({"wall": "seconds", "cpu": "cpu_seconds"}[clock], 0.0)
        found[clock] = round(other[key] / own[key], 1)
        found[f"{clock}_with_teaching"] = round(other[key] / (own[key] + teaching), 1)
        if "ours_as_served" in result:
            found[f"{clock}_names_parsed"] = round(other[key] / result["ours_as_served"][key], 1)
    return found


def said(design: str, result: dict[str, Any]) -> None:
    """A line on the way, for whoever waits."""
    found = result.get("ours_as_served" if design == "ours_parsed" else design, result["ours_teacher"])
    print(design, json.dumps(found), file=sys.stderr, flush=True)


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--corpus", choices=CORPORA, action="append")
    parser.add_argument("--size", type=int, action="append", help=f"documents; default {SIZES}")
    parser.add_argument("--design", choices=DESIGNS, action="append", help="only these beside ours; default all")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "groundswell-benchmarks")
    parser.add_argument("--small", action="store_true", help="1,000 documents of each corpus, for a quick look")
    given = parser.parse_args()
    if not given.data.is_dir():
        print(json.dumps({"skipped": f"no folder {given.data}; give one with --data"}))
        return
    warnings.simplefilter("ignore")
    given.cache.mkdir(parents=True, exist_ok=True)
    sizes = given.size or ([1_000] if given.small else SIZES)
    report: dict[str, Any] = {}
    for name in given.corpus or CORPORA:
        texts, classes = (part[: max(sizes)] for part in shuffled(CORPORA[name](given.data)))
        teacher = by_teacher(texts, given.cache)
        wanted = sorted({min(size, len(texts)) for size in sizes})
        report[name] = [
            compare(texts[:n], classes[:n], teacher.part(n), given.cache, given.design or DESIGNS) for n in wanted
        ]
    json.dump(report, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
