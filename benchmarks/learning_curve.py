"""What labels of a workspace's own stream bring: kind by the number of labels, at several weights of a label.

    python benchmarks/learning_curve.py [--half tune|report] [--sizes 0,50,100,200,400] [--weights 3] [--splits 8]
                                        [--labels FILE ...] [--data ../shared/data] [--cache DIR]

Prints JSON. The base is the invented part of the seed corpus and the taxonomy's texts; the stream is its paraphrased
real complaints, or the real documents of label files ({"file", "row", "kind", ...} a line, texts looked up in --data).
In each split 60 documents of one half of the stream (by a hash of the text) are judged by models that learnt the base
and so many others. `tune` is for choosing the weight, `report` for the record. Intervals: bootstrap over documents."""

import argparse
import csv
import gzip
import json
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from nlp.bootstrap import bounds, mean_over_labels, weights
from nlp.bundle import OWN_WEIGHT, default_examples, seed_student, silent, vectors_of
from nlp.features import learn, readings
from nlp.heads import fit
from nlp.schooling import cross_taught
from nlp.seed import labelled
from nlp.static import load_static
from nlp.taxonomy import load_taxonomy
from nlp.teacher import Teacher
from nlp.training import lesson, targets

ROOT = Path(__file__).resolve().parent.parent
STREAM = "complaints_train"
JUDGED = 60
LEAST = 8
Floats = NDArray[np.float64]


def half(text: str) -> str:
    """ "tune" or "report", for ever the same for a text."""
    return "tune" if sha256(text.encode("utf-8", "replace")).digest()[0] % 2 else "report"


def world(cache: Path, stream: pd.DataFrame | None) -> tuple[pd.DataFrame, tuple[NDArray[np.float32], ...]]:
    """Examples with the column `stream` (bool), and their vectors by teacher and by students that do not know them."""
    examples = default_examples(load_taxonomy())
    taught = vectors_of(examples, cache, silent)
    own = examples["source"].eq(STREAM)
    if stream is not None:
        examples, taught = examples[~own], taught[~own.to_numpy()]
        taught = np.vstack([taught, Teacher().embed(stream["claim"].tolist())])
        examples = pd.concat([examples, stream.assign(real=True, weight=1.0)], ignore_index=True)
        own = pd.Series(np.arange(len(examples)) >= len(examples) - len(stream))
    texts = examples["source"].eq("taxonomy").to_numpy()
    claims = np.array(examples["claim"], dtype=object)
    served = np.zeros_like(taught)
    served[~texts] = cross_taught(claims[~texts].tolist(), taught[~texts], static=load_static(cache))
    served[texts] = seed_student(cache).embed(claims[texts].tolist())
    return examples.assign(stream=own.to_numpy()), (taught, served)


def read_stream(files: list[Path], data: Path) -> pd.DataFrame:
    """Labelled real documents: rows of public files with the labels of a label file."""
    tables: dict[str, list[dict[str, str]]] = {}
    rows = []
    for line in (line for file in files for line in file.read_text("utf-8").splitlines() if line.strip()):
        label = json.loads(line)
        if label["file"] not in tables:
            with gzip.open(data / label["file"], "rt", encoding="utf-8", newline="") as lines:
                tables[label["file"]] = list(csv.DictReader(lines))
        row = tables[label["file"]][int(label["row"])]
        text = "\n".join(row[name] for name in ("title", "body", "review", "text") if row.get(name))
        rows.append({**label, "id": f"{label['file']}/{label['row']}", "text": text, "source": "stream"})
    return labelled(rows)


class Curve:
    """Predictions of kind for held-out documents of the stream, pooled over splits."""

    def __init__(self, examples: pd.DataFrame, vectors: tuple[NDArray[np.float32], ...], which: str, seed: int) -> None:
        self.examples, self.vectors, self.taxonomy, self.seed = examples, vectors, load_taxonomy(), seed
        self.stream = np.flatnonzero(examples["stream"] & examples["kind"].notna())
        texts = examples["text"].to_numpy()
        self.half = np.array([row for row in self.stream if half(texts[row]) == which])
        self.labels = targets(examples, "kind", self.taxonomy)

    def point(self, size: int, weight: float, splits: int) -> dict[str, Any]:
        """The figures after so many labels of the stream, each counting as `weight` documents."""
        judged, said = [], []
        for number in range(splits):
            rng = np.random.default_rng([self.seed, number])
            test = rng.permutation(self.half)[: min(JUDGED, len(self.half) // 2)]
            others = rng.permutation(np.setdiff1d(self.stream, test))
            if len(others) < size:
                return {"labels": size, "weight": weight, "skipped": f"only {len(others)} other documents"}
            judged.append(test)
            said.append(self.predicted(others[:size], test, weight))
        rows, guess = np.concatenate(judged), np.concatenate(said)
        return {"labels": size, "weight": weight, "documents": len(np.unique(rows)), **self.figures(rows, guess)}

    def predicted(self, own: NDArray[np.int64], test: NDArray[np.int64], weight: float) -> NDArray[np.object_]:
        """What a model says that learnt the base and `own`."""
        rows = np.concatenate([np.flatnonzero(~self.examples["stream"]), own])
        known = self.examples.iloc[rows].reset_index(drop=True)
        known["weight"] = np.where(known["stream"], weight, known["weight"])
        features = learn(readings(known["text"].tolist(), known["claim"].tolist()), self.taxonomy.patterns)
        texts, claims = known["text"].tolist(), known["claim"].tolist()
        parts = [features.matrix(texts, claims, array[rows]) for array in self.vectors]
        stacked = sparse.csr_array(sparse.vstack(parts, format="csr"))
        with threadpool_limits(1):
            one = lesson(known, stacked, self.labels[rows])
            head = fit(one, np.arange(len(one.truth)))
        unseen = self.examples.iloc[test]
        matrix = features.matrix(unseen["text"].tolist(), unseen["claim"].tolist(), self.vectors[-1][test])
        return np.array(head.labels, dtype=object)[head.scores(matrix).argmax(axis=1)]

    def figures(self, rows: NDArray[np.int64], guess: NDArray[np.object_]) -> dict[str, Any]:
        """Accuracy, macro-F1 and F1 of over_block with intervals; documents are resampled, not their repetitions."""
        truth = self.labels[rows]
        names, counts = np.unique(truth.astype(str), return_counts=True)
        names = names[counts >= LEAST]
        documents, place = np.unique(rows, return_inverse=True)
        hit = np.stack([(truth == name) & (guess == name) for name in names], axis=1).astype(float)
        either = np.stack([(truth == name).astype(float) + (guess == name) for name in names], axis=1)
        right = (truth == guess).astype(float)
        drawn = np.vstack([np.ones((1, len(documents))), *weights(len(documents), seed=0)])[:, place]
        f1 = 2 * (drawn @ hit) / np.maximum(drawn @ either, 1e-9)
        block = f1[:, [names.tolist().index("over_block")]] if "over_block" in names else np.full((len(f1), 1), np.nan)
        values = {
            "accuracy": drawn @ right / drawn.sum(axis=1),
            "macro_f1": mean_over_labels(f1),
            "over_block_f1": block[:, 0],
        }
        return {name: [round(float(column[0]), 3), *rounded(column[1:])] for name, column in values.items()}


def rounded(column: Floats) -> list[float]:
    """The bounds of resampled values."""
    return [round(bound, 3) for bound in bounds(column)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--labels", type=Path, nargs="*", default=[])
    parser.add_argument("--half", choices=("tune", "report"), default="report")
    parser.add_argument("--sizes", default="0,50,100,200,400")
    parser.add_argument("--weights", default=str(OWN_WEIGHT))
    parser.add_argument("--splits", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    if arguments.labels and not arguments.data.is_dir():
        print(json.dumps({"skipped": f"no texts in {arguments.data}"}))
        return
    stream = read_stream(arguments.labels, arguments.data) if arguments.labels else None
    examples, vectors = world(arguments.cache or Path(tempfile.mkdtemp(prefix="groundswell-")), stream)
    curve = Curve(examples, vectors, arguments.half, arguments.seed)
    sizes, chosen = ([float(part) for part in text.split(",")] for text in (arguments.sizes, arguments.weights))
    points = [
        curve.point(int(size), weight, arguments.splits)
        for size in sizes
        for weight in chosen
        if size or weight == chosen[0]
    ]
    print(json.dumps({"half": arguments.half, "stream": len(curve.stream), "points": points}, indent=2))


if __name__ == "__main__":
    main()
