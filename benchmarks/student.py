"""How near the taught student comes to the teacher, and what that is worth, by the size of its teaching set.

    python benchmarks/student.py [--sizes 500,2000,5000,10000,25000] [--data ../shared/data] [--cache DIR]

Prints JSON. The student is taught on the invented part of the seed corpus and so many public short texts (customer
queries, question titles, tweets, complaints, issue reports), mixed. Held-out texts of each source are judged:
`cosine` to the teacher; `five_shot`, accuracy of the nearest mean of five examples a class (banking77, clinc150);
`kind`, accuracy of a classifier that learnt the invented seed documents, on paraphrased real complaints that neither it
nor the student has seen. `other_domain` teaches on bank and assistant queries alone and judges the rest: what a change
of domain costs. Beside them the teacher and the static table."""

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
from scipy import sparse
from threadpoolctl import threadpool_limits

from nlp.bundle import default_examples, seed_student, silent, vectors_of
from nlp.claim import split
from nlp.embed import Embedder
from nlp.features import learn, readings
from nlp.heads import fit
from nlp.schooling import cross_taught
from nlp.static import Static, load_static
from nlp.student import teach
from nlp.taxonomy import load_taxonomy
from nlp.teacher import Teacher, unit
from nlp.training import lesson, targets

ROOT = Path(__file__).resolve().parent.parent
Vectors = NDArray[np.float32]
JUDGED = 600
QUERIES = ("banking77", "clinc150")


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a packed CSV file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def packed(path: Path) -> str:
    """The text of a packed file."""
    return gzip.decompress(path.read_bytes()).decode("utf-8")


def sources(data: Path) -> dict[str, list[tuple[str, str]]]:
    """(text, class) by source; the class is empty where there is none."""
    clinc = json.loads(packed(data / "clinc150.json.gz"))
    return {
        "banking77": [(row["text"], row["category"]) for row in table(data / "banking77_train.csv.gz")],
        "clinc150": [(text, name) for part in ("train", "val", "test") for text, name in clinc[part]],
        "question_titles": [(text, "") for text in packed(data / "stackoverflow_titles.txt.gz").splitlines()],
        "tweets": [(row["text"], "") for row in table(data / "airline_tweets_2015.csv.gz")],
        "telecom": [(text_of(row), "") for row in table(data / "telecom_complaints_2015.csv.gz")],
        "issues": [(split(text_of(row)).claim, "") for row in table(data / "ai_product_issues_2025.csv.gz")],
    }


def text_of(row: dict[str, str]) -> str:
    """Title and body of an issue, or the complaint."""
    return f"{row['title']}\n{row['body']}" if "body" in row else row["Customer Complaint"]


class Exam:
    """Held-out texts of every source with the teacher's vectors, and the complaints whose kind is asked."""

    def __init__(self, found: dict[str, list[tuple[str, str]]], cache: Path) -> None:
        self.teacher, self.texts, self.classes, self.rest = Teacher(), {}, {}, {}
        for name, rows in found.items():
            distinct = list({text: label for text, label in rows if text.strip()}.items())
            order = np.random.default_rng(0).permutation(len(distinct))
            count = min(JUDGED, len(order) // 3)
            if name in QUERIES:
                count = 3 * JUDGED
            self.texts[name] = [distinct[place][0] for place in order[:count]]
            self.classes[name] = [distinct[place][1] for place in order[:count]]
            self.rest[name] = [distinct[place][0] for place in order[count:]]
        self.target = {name: self.teacher.embed(texts) for name, texts in self.texts.items()}
        self.seed(cache)

    def seed(self, cache: Path) -> None:
        """A head for kind, learnt on the invented seed documents and the taxonomy's texts."""
        taxonomy, static = load_taxonomy(), load_static(cache)
        examples = default_examples(taxonomy)
        taught = vectors_of(examples, cache, silent)
        asked, texts = examples["real"].to_numpy(), examples["source"].eq("taxonomy").to_numpy()
        invented = ~asked & ~texts
        claims = np.array(examples["claim"], dtype=object)
        served = np.zeros_like(taught)
        served[invented] = cross_taught(claims[invented].tolist(), taught[invented], static=static)
        served[texts] = seed_student(cache).embed(claims[texts].tolist())
        known = examples[~asked].reset_index(drop=True)
        self.features = learn(readings(known["text"].tolist(), known["claim"].tolist()), taxonomy.patterns)
        parts = [
            self.features.matrix(known["text"].tolist(), known["claim"].tolist(), array[~asked])
            for array in (taught, served)
        ]
        with threadpool_limits(1):
            one = lesson(known, sparse.csr_array(sparse.vstack(parts)), targets(known, "kind", taxonomy))
            self.head = fit(one, np.arange(len(one.truth)))
        self.asked = examples[asked]
        self.invented, self.invented_vectors = claims[invented].tolist(), taught[invented]

    def marks(self, embedder: Embedder) -> dict[str, Any]:
        """Every figure of one embedder."""
        vectors = {name: embedder.embed(texts) for name, texts in self.texts.items()}
        cosine = {name: float((rows * self.target[name]).sum(axis=1).mean()) for name, rows in vectors.items()}
        shots = {name: five_shot(vectors[name], self.classes[name]) for name in QUERIES}
        claims = self.asked["claim"].tolist()
        matrix = self.features.matrix(self.asked["text"].tolist(), claims, embedder.embed(claims))
        said = np.array(self.head.labels, dtype=object)[self.head.scores(matrix).argmax(axis=1)]
        return {
            "cosine": {name: round(value, 3) for name, value in cosine.items()},
            "five_shot": {name: round(value, 3) for name, value in shots.items()},
            "kind": round(float((said == self.asked["kind"].to_numpy()).mean()), 3),
        }


def five_shot(vectors: Vectors, classes: list[str], *, draws: int = 5) -> float:
    """Accuracy of the nearest mean of five examples a class, over several draws."""
    _, place, counts = np.unique(classes, return_inverse=True, return_counts=True)
    usable = np.flatnonzero(counts >= 8)
    right = []
    for draw in range(draws):
        order = np.random.default_rng(draw).permutation(np.flatnonzero(np.isin(place, usable)))
        shots = {number: order[place[order] == number][:5] for number in usable}
        means = unit(np.vstack([vectors[rows].mean(axis=0) for rows in shots.values()]))
        rest = np.setdiff1d(order, np.concatenate(list(shots.values())))
        right.append(float((usable[(vectors[rest] @ means.T).argmax(axis=1)] == place[rest]).mean()))
    return float(np.mean(right))


def taught_marks(exam: Exam, texts: list[str], vectors: Vectors, static: Static) -> dict[str, Any]:
    """The marks of a student taught on the invented seed claims and these texts."""
    started = time.perf_counter()
    student = teach(exam.invented + texts, np.vstack([exam.invented_vectors, vectors]), static=static)
    return {"teach_seconds": round(time.perf_counter() - started, 1), **exam.marks(student)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--sizes", default="500,2000,5000,10000,25000")
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    if not (arguments.data / "clinc150.json.gz").is_file():
        print(json.dumps({"skipped": f"no public texts in {arguments.data}"}))
        return
    cache = arguments.cache or Path(tempfile.mkdtemp(prefix="groundswell-"))
    exam, static = Exam(sources(arguments.data), cache), load_static(cache)
    sizes = [int(part) for part in arguments.sizes.split(",")]
    rng = np.random.default_rng(1)
    mixed = [text for name in exam.rest for text in exam.rest[name]]
    texts = [mixed[place] for place in rng.permutation(len(mixed))[: max(sizes)]]
    started = time.perf_counter()
    vectors = exam.teacher.embed(texts)
    speed = round(len(texts) / (time.perf_counter() - started))
    result: dict[str, Any] = {
        "teacher": {**exam.marks(exam.teacher), "read_a_second": speed},
        "static": exam.marks(static),
        "taught": {str(size): taught_marks(exam, texts[:size], vectors[:size], static) for size in sizes},
    }
    origin = {text for name in QUERIES for text in exam.rest[name]}
    own = np.array([text in origin for text in texts])
    queries = [text for text, known in zip(texts, own, strict=True) if known]
    result["other_domain"] = {"texts": len(queries), **taught_marks(exam, queries, vectors[own], static)}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
