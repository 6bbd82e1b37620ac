"""How much personal data redaction finds, what survives, how fast it is: one JSON object."""

import argparse
import gzip
import json
import math
import time
from collections import Counter
from pathlib import Path
from typing import Any

from nlp.names import load_pipeline, pieces, plausible
from nlp.redact import redact_all

SPANS, PLANTED, ORDINARY = (
    "pii_spans_1500.json.gz",
    "complaints_labelled.jsonl.gz",
    "complaints_train.jsonl.gz",
)
ENTITIES = (
    "EMAIL_ADDRESS",
    "PHONE_NUMBER",
    "CREDIT_CARD",
    "IBAN_CODE",
    "IP_ADDRESS",
    "US_SSN",
    "PERSON",
    "STREET_ADDRESS",
)


def interval(hits: int, total: int) -> list[float]:
    """Wilson's 95 % interval of a share."""
    if not total:
        return [0.0, 1.0]
    z, share = 1.96, hits / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return [round(centre - half, 3), round(centre + half, 3)]


def recall(rows: list[dict[str, Any]], pipeline: Any) -> dict[str, Any]:
    """Per entity: the share of annotated spans that some redacted span overlaps."""
    redacted = redact_all([row["full_text"] for row in rows], pipeline=pipeline)
    hits, total = Counter[str](), Counter[str]()
    for row, done in zip(rows, redacted, strict=True):
        for span in row["spans"]:
            total[span["entity_type"]] += 1
            start, end = span["start_position"], span["end_position"]
            hits[span["entity_type"]] += any(found.start < end and start < found.end for found in done.spans)
    return {
        name: {
            "recall": round(hits[name] / total[name], 3),
            "interval": interval(hits[name], total[name]),
            "n": total[name],
        }
        for name in ENTITIES
        if total[name]
    }


def survival(rows: list[dict[str, Any]], pipeline: Any) -> dict[str, Any]:
    """Of the planted strings, those that stand in the redacted text still."""
    redacted = redact_all([row["text"] for row in rows], pipeline=pipeline)
    planted = [(text in done.text) for row, done in zip(rows, redacted, strict=True) for text in row["pii"]]
    return {"planted": len(planted), "survive": sum(planted)}


def speed(texts: list[str], pipeline: Any) -> float:
    """Documents a second on one core."""
    redact_all(texts[:50], pipeline=pipeline)
    began = time.perf_counter()
    redact_all(texts, pipeline=pipeline)
    return round(len(texts) / (time.perf_counter() - began), 1)


def load(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON list or of JSON lines, gzipped."""
    text = gzip.decompress(path.read_bytes()).decode()
    return json.loads(text) if path.name.endswith(".json.gz") else [json.loads(line) for line in text.splitlines()]


def main() -> None:
    """Print the figures, or why there are none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[1] / "../shared/data")
    parser.add_argument("--half", choices=("0", "1"), help="only the even (0: tuned on) or odd (1) rows")
    options = parser.parse_args()
    absent = [name for name in (SPANS, PLANTED, ORDINARY) if not (options.data / name).exists()]
    if absent:
        print(json.dumps({"skipped": f"expected {', '.join(absent)} in {options.data}; give their folder with --data"}))
        return
    pick = slice(int(options.half), None, 2) if options.half else slice(None)
    pipeline = load_pipeline()
    ordinary = [" ".join(row["text"].split()[:45]) for row in load(options.data / ORDINARY)] * 3
    asked = sum(any(plausible(piece) for _, piece in pieces(text)) for text in ordinary)
    figures = {
        "name_recogniser": pipeline is not None,
        "overlap_recall": recall(load(options.data / SPANS)[pick], pipeline),
        "planted": survival(load(options.data / PLANTED)[pick], pipeline),
        "documents_per_second_patterns": speed(ordinary, None),
        "documents_per_second_with_names": speed(ordinary, pipeline),
        "share_reaching_name_recogniser": round(asked / len(ordinary), 3),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
