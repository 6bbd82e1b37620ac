"""How well the default classifier reads real complaints: half of complaints_labelled, fixed by a hash of the id.

    python benchmarks/classification.py [--data ../shared/data] [--half tune|report] [--cache DIR]

Prints JSON. Whoever changes the classifier looks at the half `tune`; `report` is for the record."""

import argparse
import gzip
import json
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nlp.bundle import build_default
from nlp.claim import split
from nlp.classify import Classifier
from nlp.embed import load_embedder
from nlp.evaluate import accuracy, confidence, lenient, macro_f1, per_label, quadratic_kappa

ROOT = Path(__file__).resolve().parent.parent
ALTERNATIVES = {"kind": "kind_alt", "harm_domain": "harm_alt", "use_case": "use_alt"}


def half(identifier: str) -> str:
    """ "tune" or "report", for ever the same for an id."""
    return "tune" if sha256(identifier.encode()).digest()[0] % 2 else "report"


def scores(labelled: pd.DataFrame, predicted: pd.DataFrame) -> dict[str, Any]:
    """Every figure of one embedder on one half."""
    result: dict[str, Any] = {"documents": len(labelled)}
    for field, other in ALTERNATIVES.items():
        truth, said = labelled[field].tolist(), predicted[field].tolist()
        generous = lenient(truth, labelled[other].tolist(), said)
        sure = predicted[f"{field}_probability"].tolist()
        result[field] = {
            "accuracy": accuracy(truth, said),
            "lenient_accuracy": accuracy(generous, said)["value"],
            "macro_f1": macro_f1(truth, said),
            **confidence(truth, said, sure, coverage=0.85),
        }
    labels = per_label(labelled["kind"].tolist(), predicted["kind"].tolist())
    result["kinds"] = labels.set_index("label").round(3).to_dict("index")
    result["severity_kappa"] = quadratic_kappa(labelled["severity"].tolist(), predicted["severity"].tolist())
    result["hazard_critical"] = int((predicted["hazard"] == "critical").sum())
    return result


def run(labelled: pd.DataFrame, classifier: Classifier, name: str, cache: Path) -> dict[str, Any]:
    """Embed, classify, score with one embedder, timed."""
    embedder = load_embedder(name, cache=cache)
    texts = labelled["text"].tolist()
    claims = [split(text).claim or text for text in texts]
    vectors = embedder.embed(claims)
    started = time.perf_counter()
    repeated = classifier.predict(texts * 10, claims * 10, np.tile(vectors, (10, 1)))
    seconds = time.perf_counter() - started
    result = scores(labelled, repeated.head(len(texts)))
    return {**result, "predicted_per_second": round(len(repeated) / seconds)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--half", choices=("tune", "report"), default="report")
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    source = arguments.data / "complaints_labelled.jsonl.gz"
    if not source.is_file():
        print(json.dumps({"skipped": f"{source.name} is not in {arguments.data}"}))
        return
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        labelled = pd.DataFrame([json.loads(line) for line in lines])
    labelled = labelled[labelled["id"].map(half) == arguments.half].reset_index(drop=True)
    cache = arguments.cache or Path(tempfile.mkdtemp(prefix="groundswell-"))
    started = time.perf_counter()
    classifier = build_default(cache)
    result: dict[str, Any] = {
        "half": arguments.half,
        "classifier": classifier.version,
        "build_seconds": round(time.perf_counter() - started, 1),
    }
    result |= {name: run(labelled, classifier, name, cache) for name in ("teacher", "student")}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
