"""Speed of ingest: documents a second and peak memory for a CSV file of feedback.

    python benchmarks/ingest.py [--documents 20000] [--words 45] [--directory DIR]

Prints JSON. The texts are invented: sentences of the taxonomy's own examples, one in five with a person's name, an
e-mail address, a request id or a pasted error, put together to so many words. Redaction with the name finder, claims,
fingerprints, entities and the search index are all included."""

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nlp.taxonomy import load_taxonomy

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-c", "from jobs.cli import main; main()"]
DETAILS = (
    "Please tell Anna Keller about it.",
    "Write to anna.keller@example.com when it is mended.",
    "The request was req_{number:08x} and it failed at once.",
    "It said: Error 429: rate_limit_exceeded at 192.0.2.{byte}.",
)


def sentences() -> list[str]:
    """Examples of every label of the taxonomy."""
    taxonomy = load_taxonomy()
    labels = (*taxonomy.kinds, *taxonomy.harm_domains, *taxonomy.use_cases)
    return [f"{example.rstrip('.')}." for label in labels for example in label.examples]


def text(bank: list[str], words: int, chance: random.Random) -> str:
    """About so many words of whole sentences, cut at the number asked for."""
    said = []
    if chance.random() < 0.2:
        said += chance.choice(DETAILS).format(number=chance.getrandbits(32), byte=chance.randrange(255)).split()
    while len(said) < words:
        said += chance.choice(bank).split()
    return " ".join(said[:words])


def write(path: Path, documents: int, words: int) -> None:
    """The input file: id, received_at, reporter_id, product, text."""
    chance, bank, start = random.Random(0), sentences(), datetime(2024, 1, 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["id", "received_at", "reporter_id", "product", "text"])
        for number in range(documents):
            received = start + timedelta(seconds=number * 86400 * 90 // documents)
            reporter = f"user-{chance.randrange(documents // 3 + 1)}"
            product = chance.choice(["assistant", "api", "coder"])
            rows.writerow([f"b{number}", f"{received:%FT%TZ}", reporter, product, text(bank, words, chance)])


def called(*arguments: str) -> tuple[Any, float]:
    """The JSON a command printed, and its seconds, start of Python included."""
    started = time.perf_counter()
    done = subprocess.run([*COMMAND, *arguments, "--json"], cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout), time.perf_counter() - started


def measured(directory: Path, documents: int, words: int) -> dict[str, Any]:
    """One file, ingested once into a new workspace, then once more."""
    load = os.getloadavg()[0]
    directory.mkdir(parents=True, exist_ok=True)
    path, workspace = directory / "feedback.csv", directory / "workspace"
    write(path, documents, words)
    called("init", str(workspace))
    summary, seconds = called("-w", str(workspace), "ingest", str(path))
    _, again = called("-w", str(workspace), "ingest", str(path))
    return {
        "cores": len(os.sched_getaffinity(0)),
        "load_at_start": round(load, 1),
        "new": summary["new"],
        "quarantined": summary["quarantined"],
        "file_mb": round(path.stat().st_size / 1e6, 1),
        "seconds": round(seconds, 1),
        "documents_a_second": round(documents / seconds),
        "seconds_again": round(again, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
        "database_mb": round((workspace / "groundswell.db").stat().st_size / 1e6, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--words", type=int, default=45)
    parser.add_argument("--directory", type=Path, help="keep the file and the workspace here; else they are removed")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        directory = (chosen.directory or Path(scratch)).resolve()
        print(json.dumps(measured(directory, chosen.documents, chosen.words), indent=2))


if __name__ == "__main__":
    main()
