"""Speed of understanding documents of 45 words: each step, all of them, and the commands over files of two lengths.

    python benchmarks/speed.py [--data ../shared/data] [--short 10000] [--long 100000] [--steps-only]

Prints JSON. The texts are windows of 45 words of the seed corpus and, where `--data` has them, of real app reviews and
product issues, so many of each; longer files repeat them. `microseconds` are of one process and of processor time, so
that other work on the machine hardly shows; `documents_a_second` of the commands are on the clock, models loaded.
`at_every_document` asks the name recogniser about every sentence instead of those in which a name is plausible."""

import argparse
import csv
import gzip
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from jobs.file_documents import ROWS
from jobs.file_models import load_reader
from nlp import names
from nlp.claim import split
from nlp.entities import entities
from nlp.extract import extract
from nlp.language import identify
from nlp.redact import redact_all
from nlp.seed import seed_corpus
from nlp.understand import Reader

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-c", "from jobs.cli import main; main()"]
WORDS = 45
FILES = {"ai_app_reviews_2023.csv.gz": ("title", "review"), "ai_product_issues_2025.csv.gz": ("title", "body")}
EACH = 1500
T = TypeVar("T")


def windows(text: str) -> list[str]:
    """The text in stretches of WORDS words, line breaks kept; a shorter end is left out unless it is nearly as long."""
    words = list(re.finditer(r"\S+", text))
    starts = range(0, len(words), WORDS)
    parts = [words[start : start + WORDS] for start in starts]
    return [text[part[0].start() : part[-1].end()] for part in parts if len(part) >= 0.9 * WORDS]


def texts(data: Path) -> tuple[list[str], dict[str, int]]:
    """The texts, shuffled, and how many are from where."""
    csv.field_size_limit(10**8)
    sources = {"seed corpus": [str(text) for text in seed_corpus()["text"]]}
    for name, columns in FILES.items():
        if (data / name).is_file():
            with gzip.open(data / name, "rt", encoding="utf-8", newline="") as file:
                sources[name] = [
                    "\n\n".join(row[column] for column in columns if row[column]) for row in csv.DictReader(file)
                ]
    found, counts = [], {}
    for name, documents in sources.items():
        cut = [window for text in documents for window in windows(text)]
        random.Random(0).shuffle(cut)
        found += cut[:EACH]
        counts[name] = len(cut[:EACH])
    random.Random(1).shuffle(found)
    return found, counts


def timed(work: Callable[[], T], count: int, into: dict[str, int], name: str) -> T:
    """What the work returns; its microseconds of processor time for each of so many documents go into the table."""
    begun = time.process_time()
    result = work()
    into[name] = round((time.process_time() - begun) / count * 1e6)
    return result


def chunked(work: Callable[[list[Any]], list[T]], items: list[Any]) -> list[T]:
    """The work done as the commands do it, ROWS documents at a time."""
    return [result for start in range(0, len(items), ROWS) for result in work(items[start : start + ROWS])]


def steps(reader: Reader, documents: list[str]) -> dict[str, Any]:
    """Where the time goes in one process."""
    count, spent = len(documents), {}
    plain = timed(lambda: chunked(redact_all, documents), count, spent, "redact, patterns alone")
    assert reader.pipeline is not None, "the name recogniser is not installed"
    found = timed(
        lambda: chunked(lambda part: redact_all(part, pipeline=reader.pipeline), documents), count, spent, "redact"
    )
    shown = [one.text for one in plain]
    every = [(number, start, piece) for number, text in enumerate(shown) for start, piece in names.pieces(text)]
    timed(lambda: names.name_spans(shown, reader.pipeline, every), count, spent, "names of every sentence")
    redacted = [one.text for one in found]
    parted = timed(lambda: chunked(lambda part: [split(text) for text in part], redacted), count, spent, "split")
    timed(lambda: [entities(text) for text in redacted], count, spent, "entities")
    claims = [one.claim for one in parted]
    timed(lambda: chunked(identify, claims), count, spent, "language")
    vectors = []
    timed(
        lambda: chunked(lambda part: vectors.append(reader.embedder.embed(part)) or [], claims), count, spent, "embed"
    )
    places = [slice(start, start + ROWS) for start in range(0, count, ROWS)]
    parts = [one.parts for one in parted]
    timed(
        lambda: [
            reader.classifier.probabilities(redacted[place], claims[place], rows, parts[place])
            for place, rows in zip(places, vectors, strict=True)
        ],
        count,
        spent,
        "classify",
    )
    timed(lambda: chunked(reader.understand, documents), count, spent, "all of it")
    timed(lambda: chunked(lambda part: extract(part, pipeline=reader.pipeline), documents), count, spent, "extract")
    named = spent["redact, patterns alone"] + spent.pop("names of every sentence")
    four = ("split", "redact", "embed", "classify")
    return {
        "name_recogniser_share": round(sum(one.asked for one in found) / count, 4),
        "microseconds_of_one_document": {name: spent[name] for name in (*four, "entities", "language", "all of it")},
        "of_redact_patterns_alone": spent["redact, patterns alone"],
        "redact_documents_a_second": {
            "patterns_alone": round(1e6 / spent["redact, patterns alone"]),
            "at_natural_share": round(1e6 / spent["redact"]),
            "at_every_document": round(1e6 / named),
        },
        "four_steps_documents_a_second_of_one_core": round(1e6 / sum(spent[name] for name in four)),
        "all_documents_a_second_of_one_core": round(1e6 / spent["all of it"]),
    }


def memory(pid: int) -> int:
    """Proportional memory of a process and all its descendants in bytes; shared pages count once."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(stat.read_text().rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
        except (OSError, ValueError):
            continue
    family, total = [pid], 0
    for member in family:
        family += parents.get(member, [])
        try:
            rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        total += 1024 * int(next((line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")), 0))
    return total


def spent_by_children() -> float:
    """Processor seconds of all processes that have ended, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def command(name: str, path: Path, jobs: int) -> dict[str, Any]:
    """One command over a file: its own account, and the most memory it took with all its processes."""
    output = path.with_suffix(".out")
    words = [*COMMAND, name, str(path), "-o", str(output), "--jobs", str(jobs), "--json"]
    peaks = [0]
    before = spent_by_children()
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(0.5):
                peaks.append(memory(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        told, _ = process.communicate()
        ended.set()
        watcher.join()
    account = json.loads(told)
    return {
        "command": name,
        "documents": account["documents"],
        "jobs": jobs,
        "seconds": account["seconds"],
        "documents_a_second": account["documents_per_second"],
        "processor_seconds_with_start": round(spent_by_children() - before, 1),
        "name_recogniser_share": account["name_recogniser_share"],
        "peak_mb": round(max(peaks) / 1e6),
        "output_mb": round(output.stat().st_size / 1e6, 1),
    }


def files(directory: Path, bank: list[str], lengths: list[int]) -> list[dict[str, Any]]:
    """Both commands over files of so many rows, on all cores; the shortest by one process too.

    A file of one row shows what starting costs."""
    told = []
    for length in (1, *lengths):
        path = directory / f"{length}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for number in range(length):
                file.write(json.dumps({"id": f"d{number}", "text": bank[number % len(bank)]}) + "\n")
        cores = len(os.sched_getaffinity(0))
        alone = [1] if length == lengths[0] and cores > 1 else []
        told += [command("classify", path, jobs) for jobs in (*alone, cores)]
        told.append(command("redact", path, cores))
        path.unlink()
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--short", type=int, default=10_000)
    parser.add_argument("--long", type=int, default=100_000)
    parser.add_argument("--steps-only", action="store_true", help="leave the commands out")
    chosen = parser.parse_args()
    bank, sources = texts(chosen.data)
    load = os.getloadavg()[0]
    with threadpool_limits(1):
        reader = load_reader(None)
        chunked(reader.understand, bank[:ROWS])
        told = steps(reader, bank)
    report: dict[str, Any] = {
        "cores": len(os.sched_getaffinity(0)),
        "load_at_start": round(load, 1),
        "texts": sources,
        "words": round(sum(len(text.split()) for text in bank) / len(bank), 1),
        "characters": round(sum(map(len, bank)) / len(bank)),
        "steps": told,
    }
    if not chosen.steps_only:
        with tempfile.TemporaryDirectory() as scratch:
            report["files"] = files(Path(scratch), bank, [chosen.short, chosen.long])
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
