"""How much of the customers' own words the splitter keeps, and how much else: 80 real issues annotated by hand.

    python benchmarks/claims.py [--data ../shared/data] [--half tune|report] [--annotations FILE] [--learn] [--worst N]

The annotations (benchmarks/data/claim_annotations.jsonl) hold spans alone: file, row, and the stretches of
`title + "\\n\\n" + body` that are the customer's own words. Prints JSON: precision, recall and F1 over characters
that are no white space, each with a 95 % bootstrap interval over documents, and the share of documents whose claim
is lost (less than a fifth of it is kept). Rules are chosen on the half `tune`, reported on `report`."""

import argparse
import csv
import gzip
import json
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.claim import SPLIT_VERSION, evidence, split
from nlp.template_blocks import Lesson
from nlp.template_lessons import learn

ROOT = Path(__file__).resolve().parent.parent
ANNOTATIONS = ROOT / "benchmarks" / "data" / "claim_annotations.jsonl"
LOST = 0.2
DRAWS = 2_000


def half(number: str) -> str:
    """ "tune" or "report", for ever the same for an issue."""
    return "tune" if sha256(f"issues/{number}".encode()).digest()[0] % 2 else "report"


def documents(folder: Path, annotations: Path) -> list[dict[str, Any]]:
    """The annotated documents: text, claim (spans), half."""
    wanted = [json.loads(line) for line in annotations.read_text("utf-8").splitlines()]
    found = []
    for name in sorted({one["file"] for one in wanted}):
        with gzip.open(folder / name, "rt", encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        for one in wanted:
            if one["file"] == name:
                row = rows[one["row"]]
                text = f"{row['title']}\n\n{row['body']}"
                found.append({**one, "text": text, "half": half(row["issue_number"])})
    return found


def counts(document: dict[str, Any]) -> tuple[int, int, int]:
    """Characters that are kept, that are the customer's, and that are both."""
    text = document["text"]
    own, kept = np.zeros(len(text), dtype=bool), np.ones(len(text), dtype=bool)
    for start, end in document["claim"]:
        own[start:end] = True
    for part in split(text).parts:
        kept[part.start : part.end] = False
    visible = np.array([not sign.isspace() for sign in text], dtype=bool)
    return int((kept & visible).sum()), int((own & visible).sum()), int((own & kept & visible).sum())


def scores(table: NDArray[np.int64]) -> NDArray[np.float64]:
    """Precision, recall, F1 of the summed counts."""
    kept, own, both = table.sum(axis=-2).T
    precision, recall = both / np.maximum(kept, 1), both / np.maximum(own, 1)
    return np.stack([precision, recall, 2 * precision * recall / np.maximum(precision + recall, 1e-9)])


def measured(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of one half."""
    table = np.array([counts(document) for document in found], dtype=np.int64)
    dice = np.random.default_rng(0)
    drawn = scores(table[dice.integers(0, len(table), (DRAWS, len(table)))])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=-1)
    point = scores(table)
    everything = sum(sum(not sign.isspace() for sign in document["text"]) for document in found)
    names = ("precision", "recall", "f1")
    return {
        "documents": len(found),
        **{
            name: {"value": round(float(point[n]), 3), "low": round(float(low[n]), 3), "high": round(float(high[n]), 3)}
            for n, name in enumerate(names)
        },
        "lost": round(float(np.mean(table[:, 2] < LOST * table[:, 1])), 3),
        "own_share_of_text": round(float(table[:, 1].sum() / everything), 3),
        "mean_f1_of_documents": round(float(np.mean([scores(row[None])[2] for row in table])), 3),
    }


def learnt(folder: Path) -> dict[str, Any]:
    """What is learnt from all issues where the patterns of forms, environments and ids are kept from it."""
    with gzip.open(folder / "ai_product_issues_2025.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        texts = [f"{row['title']}\n\n{row['body']}" for row in csv.DictReader(lines)]
    hidden = ("form", "environment", "id_line")
    began = time.process_time()
    lessons = [
        Lesson(text, tuple(part for part in split(text).parts if part.name not in hidden), str(number))
        for number, text in enumerate(texts)
    ]
    templates = learn(lessons)
    return {
        "documents": len(texts),
        "seconds": round(time.process_time() - began, 1),
        "forms": [[f"{one.kind}: {one.text[:60]}" for one in form.elements] for form in templates.forms],
    }


def speed(found: list[dict[str, Any]]) -> dict[str, int]:
    """Documents of about 45 words a second on one core, processor time."""
    texts = [" ".join(document["text"].split()[:45]) for document in found] * 20
    began = time.process_time()
    splits = [split(text) for text in texts]
    middle = time.process_time()
    for text, one in zip(texts, splits, strict=True):
        evidence(text, one)
    return {
        "split": round(len(texts) / (middle - began)),
        "evidence": round(len(texts) / (time.process_time() - middle)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--half", choices=("tune", "report"), default="report")
    parser.add_argument("--annotations", type=Path, default=ANNOTATIONS)
    parser.add_argument("--learn", action="store_true", help="also which forms are learnt without knowing any")
    parser.add_argument("--worst", type=int, default=0, help="also the rows that are taken apart worst")
    arguments = parser.parse_args()
    missing = [name for name in (arguments.data / "ai_product_issues_2025.csv.gz",) if not name.is_file()]
    if missing:
        print(json.dumps({"skipped": f"{missing[0].name} is not in {arguments.data}"}))
        return
    found = [one for one in documents(arguments.data, arguments.annotations) if one["half"] == arguments.half]
    result = {"half": arguments.half, "split_version": SPLIT_VERSION, **measured(found), "per_second": speed(found)}
    if arguments.learn:
        result["learnt"] = learnt(arguments.data)
    if arguments.worst:
        by_f1 = sorted(found, key=lambda one: float(scores(np.array([counts(one)]))[2]))
        result["worst"] = [{"row": one["row"], "kept_own_both": counts(one)} for one in by_f1[: arguments.worst]]
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
