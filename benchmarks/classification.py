"""How well the default classifier reads real feedback: three kinds of it, each in halves fixed by a hash of the id.

    python benchmarks/classification.py [--data ../shared/data] [--half tune|report] [--cache DIR] [--embedder NAME]

Prints JSON. Whoever changes the classifier looks at the half `tune`; `report` is for the record. The labels of
`complaints` come with the data; those of `issues` and `reviews` are in benchmarks/data, without the texts. Also the
agreement of two readers who labelled 60 documents independently."""

import argparse
import csv
import gzip
import json
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from nlp.bundle import build_default
from nlp.classify import Classifier
from nlp.embed import load_embedder
from nlp.evaluate import accuracy, quadratic_kappa
from nlp.extract import extract
from nlp.names import load_pipeline
from nlp.report import evaluation, rounded
from nlp.taxonomy import FIELDS
from nlp.understand import judge

ROOT = Path(__file__).resolve().parent.parent
LABELS = ROOT / "benchmarks" / "data"
ALTERNATIVES = {"harm_alt": "harm_domain_alt", "use_alt": "use_case_alt"}
COVERAGE = 0.85

csv.field_size_limit(1 << 24)


def half(identifier: str) -> str:
    """ "tune" or "report", for ever the same for an id."""
    return "tune" if sha256(identifier.encode()).digest()[0] % 2 else "report"


def complaints(data: Path, which: str) -> list[dict[str, Any]]:
    """The half of complaints_labelled."""
    with gzip.open(data / "complaints_labelled.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines) if half(row["id"]) == which]


def labelled_rows(data: Path, labels: Path) -> Iterator[dict[str, Any]]:
    """The labels of a file with the texts of the public file that they speak of."""
    tables: dict[str, list[dict[str, str]]] = {}
    for label in map(json.loads, labels.read_text("utf-8").splitlines()):
        if label["file"] not in tables:
            with gzip.open(data / label["file"], "rt", encoding="utf-8", newline="") as lines:
                tables[label["file"]] = list(csv.DictReader(lines))
        row = tables[label["file"]][label["row"]]
        text = f"{row['title']}\n\n{row.get('body') or row.get('review') or ''}".strip()
        yield {**label, "text": text}


def read(source: str, data: Path, which: str) -> pd.DataFrame:
    """One stratum: text, labels, their alternatives, lang."""
    rows = complaints(data, which) if source == "complaints" else None
    if rows is None:
        rows = list(labelled_rows(data, LABELS / f"labels_{source}_{which}.jsonl"))
    frame = pd.DataFrame(rows).rename(columns=ALTERNATIVES)
    return frame[["id", "text", *FIELDS, "severity", "lang", *(name for name in frame if name.endswith("_alt"))]]


def measured(frame: pd.DataFrame, classifier: Classifier, name: str, cache: Path) -> dict[str, Any]:
    """The way of `classify`: redact, split, embed, classify; then every figure worth a line."""
    found = extract(frame["text"].tolist(), pipeline=load_pipeline())
    texts, claims = [one.redacted.text for one in found], [one.split.claim for one in found]
    embedder = load_embedder(name, cache=cache)
    judgement = judge(texts, claims, [one.split.parts for one in found], embedder=embedder, classifier=classifier)
    fields = classifier.fields(judgement.probabilities)
    report = evaluation(frame.assign(claim=claims), fields, taxonomy=classifier.taxonomy)
    return {"documents": len(frame), **{field: summary(rows) for field, rows in report["fields"].items()}}


def summary(rows: dict[str, Any]) -> dict[str, Any]:
    """The figures of one field that the targets speak of."""
    wanted = ("accuracy", "lenient_accuracy", "macro_f1", "quadratic_kappa", "by_language", "by_length", "stated_rule")
    found = {name: rows[name] for name in wanted if name in rows}
    calibration = {name: value for name, value in rows["calibration"].items() if name != "table"}
    covered = [row for row in rows["abstention"] if row.get("coverage") == COVERAGE]
    labels = {
        row["label"]: {name: row[name] for name in ("support", "precision", "recall", "f1", "f1_low", "f1_high")}
        for row in rows["labels"]
        if row["support"]
    }
    return rounded({**found, "calibration": calibration, "at_coverage": covered, "labels": labels})


def two_readers() -> dict[str, Any]:
    """How far two independent readers of issues and reviews agree."""
    first = {
        row["id"]: row
        for source in ("issues", "reviews")
        for row in map(json.loads, (LABELS / f"labels_{source}_tune.jsonl").read_text("utf-8").splitlines())
    }
    second = list(map(json.loads, (LABELS / "labels_second_reader.jsonl").read_text("utf-8").splitlines()))
    pairs = [(first[row["id"]], row) for row in second if row["id"] in first]
    same = {name: accuracy([a[name] for a, _ in pairs], [b[name] for _, b in pairs]) for name in FIELDS}
    kappa = quadratic_kappa([a["severity"] for a, _ in pairs], [b["severity"] for _, b in pairs])
    return rounded({"documents": len(pairs), **same, "severity_kappa": kappa})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--half", choices=("tune", "report"), default="report")
    parser.add_argument("--embedder", action="append", choices=("teacher", "student", "static"))
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    if not (arguments.data / "complaints_labelled.jsonl.gz").is_file():
        print(json.dumps({"skipped": f"complaints_labelled.jsonl.gz is not in {arguments.data}"}))
        return
    cache = arguments.cache or Path(tempfile.mkdtemp(prefix="groundswell-"))
    started = time.perf_counter()
    classifier = build_default(cache)
    result: dict[str, Any] = {
        "half": arguments.half,
        "classifier": classifier.version,
        "build_seconds": round(time.perf_counter() - started, 1),
        "two_readers": two_readers(),
    }
    for source in ("complaints", "issues", "reviews"):
        frame = read(source, arguments.data, arguments.half)
        result[source] = {
            name: measured(frame, classifier, name, cache) for name in arguments.embedder or ("teacher", "student")
        }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
