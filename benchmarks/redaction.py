"""How much personal data redaction finds, what survives, what it takes too much, how fast it is: one JSON object."""

import argparse
import csv
import gzip
import importlib.util
import io
import json
import math
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from nlp.fold import fold
from nlp.names import load_pipeline
from nlp.records import Span
from nlp.redact import RECOGNISERS, redact_all, tried
from nlp.traits import Traits

HERE = Path(__file__).resolve().parent
SPANS, PLANTED, ORDINARY = "pii_spans_1500.json.gz", "complaints_labelled.jsonl.gz", "complaints_train.jsonl.gz"
REAL = {
    "ai_product_issues_2025.csv.gz": ("title", "body"),
    "ai_app_reviews_2023.csv.gz": ("title", "review"),
}
ANNOTATIONS = HERE / "data" / "pii_annotations.jsonl"
ENTITIES = ("EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "US_SSN", "PERSON")
CHECKED = ("EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS")
UNIT = re.compile(r"\b(?:Suite|Apt|Unit|Flat)\b\.? \w+", re.I)
# What Presidio calls what nobody annotated as personal, and we do not redact.
NOT_ASKED = {"DATE_TIME", "NRP", "LOCATION", "URL", "ORGANIZATION"}
WORDS = 45


def interval(hits: int, total: int) -> list[float]:
    """Wilson's 95 % interval of a share."""
    if not total:
        return [0.0, 1.0]
    z, share = 1.96, hits / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return [max(0.0, round(centre - half, 3)), min(1.0, round(centre + half, 3))]


def share(hits: int, total: int, name: str) -> dict[str, Any]:
    return {name: round(hits / total, 3) if total else None, "interval": interval(hits, total), "n": total}


def kind_of(span: dict[str, Any], text: str) -> str:
    """The entity; of addresses whether it is full: a street with a number, a box, or a town with a postcode."""
    if span["entity_type"] != "STREET_ADDRESS":
        return str(span["entity_type"])
    value = text[span["start_position"] : span["end_position"]]
    rest = UNIT.sub("", value)
    full = re.search(r"\bbox\b|\b[AFD]PO\b", value, re.I) or (
        re.search(r"[^\W\d_]{3}", rest) and re.search(r"\d", rest)
    )
    return "ADDRESS_FULL" if full else "ADDRESS_FRAGMENT"


def touches(found: list[Span], start: int, end: int) -> bool:
    return any(span.start < end and start < span.end for span in found)


def recall(rows: list[dict[str, Any]], found: list[list[Span]]) -> dict[str, Any]:
    """Per entity: the share of annotated spans that some redacted span overlaps."""
    hits, total = Counter[str](), Counter[str]()
    for row, spans in zip(rows, found, strict=True):
        for span in row["spans"]:
            name = kind_of(span, row["full_text"])
            total[name] += 1
            hits[name] += touches(spans, span["start_position"], span["end_position"])
    wanted = [*ENTITIES, "ADDRESS_FULL", "ADDRESS_FRAGMENT"]
    return {name: share(hits[name], total[name], "recall") for name in wanted if total[name]}


def surviving(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Annotated values that a check confirms, and how many of them stand in the redacted text still."""
    checks = {"EMAIL_ADDRESS": "email", "CREDIT_CARD": "card", "IBAN_CODE": "iban", "IP_ADDRESS": "ipv4"}
    valid = survive = 0
    for row, done in zip(rows, redact_all([row["full_text"] for row in rows]), strict=True):
        for span in row["spans"]:
            if span["entity_type"] in CHECKED:
                value = row["full_text"][span["start_position"] : span["end_position"]]
                recogniser = RECOGNISERS[checks[span["entity_type"]]]
                confirmed = any(True for match in recogniser.pattern.finditer(value) for _ in recogniser.check(match))
                valid += confirmed
                survive += confirmed and value in done.text
    return {"confirmed_by_a_check": valid, "survive": survive}


def planted(rows: list[dict[str, Any]], pipeline: Any) -> dict[str, Any]:
    """Of the planted strings, those that stand in the redacted text still."""
    redacted = redact_all([row["text"] for row in rows], pipeline=pipeline)
    stand = [(text in done.text) for row, done in zip(rows, redacted, strict=True) for text in row["pii"]]
    return {"planted": len(stand), "survive": sum(stand), "interval": interval(sum(stand), len(stand))}


def annotated(data: Path) -> list[dict[str, Any]]:
    """The real documents that were read by hand: each row with its `text`, cut where the reader stopped."""
    csv.field_size_limit(10**9)
    tables = {
        name: list(csv.DictReader(io.StringIO(gzip.decompress((data / name).read_bytes()).decode())))
        for name in REAL
        if (data / name).exists()
    }
    rows = [json.loads(line) for line in ANNOTATIONS.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        if row["file"] in tables:
            title, body = (tables[row["file"]][row["row"]][column] for column in REAL[row["file"]])
            row["text"] = f"{title}\n\n{body}"
    return [row for row in rows if "text" in row]


def precision(rows: list[dict[str, Any]], found: list[list[Span]]) -> dict[str, Any]:
    """Of the spans redacted in real documents, those that overlap an annotated one; and the annotated that are found.

    `mild` are annotated as harmless (a placeholder, a public figure): redacting one is no error, leaving one no miss.
    """
    right, total, hits, wanted = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for row, spans in zip(rows, found, strict=True):
        for span in spans:
            if span.start < row.get("characters", span.start + 1):
                total[span.name] += 1
                right[span.name] += any(one["start"] < span.end and span.start < one["end"] for one in row["spans"])
        for one in row["spans"]:
            if not one.get("mild"):
                wanted[one["entity"]] += 1
                hits[one["entity"]] += touches(spans, one["start"], one["end"])
    return {
        "documents": len(rows),
        "all": share(right.total(), total.total(), "precision"),
        "by_entity": {name: share(right[name], total[name], "precision") for name in sorted(total)},
        "without_accounts": share(right.total() - right["USER"], total.total() - total["USER"], "precision"),
        "recall": share(hits.total(), wanted.total(), "recall"),
        "recall_by_entity": {name: share(hits[name], wanted[name], "recall") for name in sorted(wanted)},
    }


def seconds(action: Any) -> float:
    """Processor time of the quickest of three runs."""
    times = []
    for _ in range(3):
        began = time.process_time()
        action()
        times.append(time.process_time() - began)
    return min(times)


def speed(texts: list[str], pipeline: Any) -> dict[str, Any]:
    """Documents a second on one core: by patterns, at the share that reaches the name recogniser, and if all did."""
    redact_all(texts[:50], pipeline=pipeline)
    patterns = seconds(lambda: redact_all(texts))
    rates = {"patterns": round(len(texts) / patterns)}
    if pipeline is not None:
        rates["with_names"] = round(len(texts) / seconds(lambda: redact_all(texts, pipeline=pipeline)))
        every = seconds(lambda: list(pipeline.pipe(texts, batch_size=128)))
        rates["if_all_reached_the_recogniser"] = round(len(texts) / (patterns + every))
    return rates


def where_time_goes(texts: list[str]) -> dict[str, Any]:
    """Per recogniser: microseconds a document, and the share of documents on which it is tried at all."""
    plain = [fold(text)[0] for text in texts]
    table: dict[str, Any] = {}
    for name, recogniser in RECOGNISERS.items():
        chosen = [text for text in plain if tried(recogniser, text, Traits(text))]

        def run(recogniser: Any = recogniser, chosen: list[str] = chosen) -> None:
            for text in chosen:
                for match in recogniser.pattern.finditer(text):
                    list(recogniser.check(match))

        micro = 1e6 * seconds(run) / len(texts)
        table[name] = {"microseconds": round(micro, 2), "tried_on": round(len(chosen) / len(texts), 3)}
    return dict(sorted(table.items(), key=lambda item: -item[1]["microseconds"]))


def beside(texts: list[str], interpreter: str) -> tuple[list[list[Span]], float]:
    """What Presidio's analyzer finds in the texts, and its documents a second."""
    script = str(HERE / "presidio_beside.py")
    ran = subprocess.run([interpreter, script], input=json.dumps(texts), capture_output=True, text=True, check=True)
    told = json.loads(ran.stdout)
    return [[Span(*span) for span in spans] for spans in told["spans"]], len(texts) / told["seconds"]


def load(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON list or of JSON lines, gzipped."""
    text = gzip.decompress(path.read_bytes()).decode()
    return json.loads(text) if path.name.endswith(".json.gz") else [json.loads(line) for line in text.splitlines()]


def compared(rows: list[dict[str, Any]], real: list[dict[str, Any]], texts: list[str], python: str) -> dict[str, Any]:
    """Presidio's figures on the same texts."""
    found, _ = beside([row["full_text"] for row in rows], python)
    _, rate = beside(texts, python)
    figures = {"overlap_recall": recall(rows, found), "documents_per_second": round(rate)}
    if real:
        spans, _ = beside([row["text"] for row in real], python)
        kept = [[span for span in one if span.name not in NOT_ASKED] for one in spans]
        figures["real_documents"] = precision(real, kept)
    return figures


def main() -> None:
    """Print the figures, or why there are none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent / "../shared/data")
    parser.add_argument("--half", choices=("0", "1"), help="only the even (0: tuned on) or odd (1) rows")
    parser.add_argument("--presidio", help="interpreter of an environment that has presidio-analyzer")
    options = parser.parse_args()
    absent = [name for name in (SPANS, PLANTED, ORDINARY) if not (options.data / name).exists()]
    if absent:
        print(json.dumps({"skipped": f"expected {', '.join(absent)} in {options.data}; give their folder with --data"}))
        return
    pick = slice(int(options.half), None, 2) if options.half else slice(None)
    pipeline = load_pipeline()
    rows = load(options.data / SPANS)[pick]
    real = annotated(options.data)[pick] if ANNOTATIONS.exists() else []
    ordinary = [" ".join(row["text"].split()[:WORDS]) for row in load(options.data / ORDINARY)] * 3
    found = [list(done.spans) for done in redact_all([row["full_text"] for row in rows], pipeline=pipeline)]
    figures: dict[str, Any] = {
        "name_recogniser": pipeline is not None,
        "overlap_recall": recall(rows, found),
        "checked_values": surviving(rows),
        "planted": planted(load(options.data / PLANTED)[pick], pipeline),
        "documents_per_second": speed(ordinary, pipeline),
        "share_reaching_name_recogniser": {},
        "where_time_goes": where_time_goes(ordinary),
    }
    asked = {"ordinary": ordinary} | ({"real_documents": [row["text"] for row in real]} if real else {})
    for name, texts in asked.items():
        reached = sum(done.asked for done in redact_all(texts, pipeline=pipeline))
        figures["share_reaching_name_recogniser"][name] = round(reached / len(texts), 3)
    if real:
        spans = [list(done.spans) for done in redact_all([row["text"] for row in real], pipeline=pipeline)]
        figures["real_documents"] = precision(real, spans)
    python = options.presidio or (sys.executable if importlib.util.find_spec("presidio_analyzer") else "")
    skipped = {"skipped": "presidio_analyzer is not here; give an interpreter that has it with --presidio"}
    figures["presidio"] = compared(rows, real, ordinary[: len(ordinary) // 3], python) if python else skipped
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
