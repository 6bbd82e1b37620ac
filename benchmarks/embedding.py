"""Speed of the embedders, and how near the student comes to the teacher, by size of what it was taught on.

    python benchmarks/embedding.py [--data ../shared/data] [--cache DIR] [--quick]

Prints JSON. Taught and judged on banking77 (customer queries): its training part teaches, its test part judges;
few-shot accuracy is that of the nearest class mean of five examples a class. `own_domain` uses real issue reports."""

import argparse
import csv
import gzip
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.claim import split
from nlp.embed import Embedder, load_embedder
from nlp.static import Static, load_static
from nlp.student import teach
from nlp.teacher import Teacher, unit

ROOT = Path(__file__).resolve().parent.parent
FILES = ("banking77_train.csv.gz", "banking77_test.csv.gz", "ai_product_issues_2025.csv.gz")
Vectors = NDArray[np.float32]


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def few_shot(vectors: Vectors, classes: list[str], *, draws: int = 5) -> float:
    """Accuracy of the nearest mean of five examples a class, over several draws."""
    names, place = np.unique(classes, return_inverse=True)
    right = []
    for draw in range(draws):
        order = np.random.default_rng(draw).permutation(len(place))
        shots = np.concatenate([order[place[order] == number][:5] for number in range(len(names))])
        means = unit(np.vstack([vectors[shots[place[shots] == number]].mean(axis=0) for number in range(len(names))]))
        rest = np.setdiff1d(order, shots)
        right.append(float(((vectors[rest] @ means.T).argmax(axis=1) == place[rest]).mean()))
    return round(float(np.mean(right)), 3)


def speed(embedder: Embedder, texts: list[str]) -> int:
    """Texts a second, after a first call."""
    embedder.embed(texts[:16])
    started = time.perf_counter()
    embedder.embed(texts)
    return round(len(texts) / (time.perf_counter() - started))


def by_size(texts: list[str], taught: Vectors, static: Static, judge: Any, sizes: list[int]) -> dict[str, Any]:
    """What a student taught on the first so many texts reaches."""
    result: dict[str, Any] = {}
    for size in (size for size in sizes if size <= len(texts)):
        started = time.perf_counter()
        student = teach(texts[:size], taught[:size], static=static)
        result[str(size)] = {"teach_seconds": round(time.perf_counter() - started, 1), **judge(student)}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--quick", action="store_true", help="a tenth of the texts")
    arguments = parser.parse_args()
    absent = [name for name in FILES if not (arguments.data / name).is_file()]
    if absent:
        print(json.dumps({"skipped": f"{', '.join(absent)} not in {arguments.data}"}))
        return
    cache = arguments.cache or Path(tempfile.mkdtemp(prefix="groundswell-"))
    share = 10 if arguments.quick else 1
    print(json.dumps(measure(*[rows(arguments.data / name) for name in FILES], cache=cache, share=share), indent=2))


def measure(
    train: list[dict[str, str]],
    test: list[dict[str, str]],
    issues: list[dict[str, str]],
    *,
    cache: Path,
    share: int,
) -> dict[str, Any]:
    order = np.random.default_rng(0).permutation(len(train))[: 5_000 // share]
    lesson = [train[index]["text"] for index in order]
    judged = [row["text"] for row in test[:: 2 * share]]
    classes = [row["category"] for row in test[:: 2 * share]]
    reports = [split(f"{row['title']}\n{row['body']}").claim for row in issues[:: 2 * share]]
    teacher, static = Teacher(), load_static(cache)
    target, own = teacher.embed(judged), teacher.embed(reports)

    def judge(embedder: Embedder) -> dict[str, float]:
        vectors = embedder.embed(judged)
        cosine = float((vectors * target).sum(axis=1).mean())
        return {"cosine": round(cosine, 3), "five_shot": few_shot(vectors, classes)}

    seeded = load_embedder("student", cache=cache)
    half = len(reports) // 2
    adapted = teach(reports[:half], own[:half], static=static)
    typical = [report[:260] for report in reports]
    return {
        "teacher": {"five_shot": few_shot(target, classes), "per_second": speed(teacher, typical[:200])},
        "static": {**judge(static), "per_second": speed(static, typical * 10)},
        "student_of_seed": {**judge(seeded), "per_second": speed(seeded, typical * 10)},
        "student_by_size": by_size(lesson, teacher.embed(lesson), static, judge, [500, 1_000, 2_000, 3_000, 5_000]),
        "own_domain": {
            "seed_student_cosine": round(float((seeded.embed(reports[half:]) * own[half:]).sum(axis=1).mean()), 3),
            "taught_on_half_cosine": round(float((adapted.embed(reports[half:]) * own[half:]).sum(axis=1).mean()), 3),
            "taught_on": half,
        },
    }


if __name__ == "__main__":
    main()
