"""How long `groundswell diagnose --decisions` takes on 1, 3 and 10 million decisions, and how much memory.

    python benchmarks/diagnose_scale.py --rows 1000000 3000000 10000000 --format parquet --cache DIR

The logs are simulated: half a year of one mitigation with plan, language, product and version, scores of full
precision, a fiftieth of the decisions blocked, one block in twenty and one allow in two thousand audited with their
probabilities, appeals beside them, prompts and customers that must not be read. One slice errs three times as often.
The command runs in a process of its own; seconds, CPU seconds and peak memory are that process's. Nothing is tuned on
these files.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

CHUNK = 500_000
FIRST = np.datetime64("2026-01-01T00:00:00", "us")
SECONDS = 181 * 86_400
PLANS, LANGUAGES = ("free", "plus", "team", "enterprise"), ("en", "de", "fr", "es", "pt", "ja", "zh")
PRODUCTS, VERSIONS = ("assistant", "coder", "api"), ("3.9", "4.0", "4.1")
ERRING = (2, 1)
"""Plan and language of the slice that errs: 1.7 % of all."""
BENIGN, HARMFUL = (1.5, 6.0), (6.0, 1.2)
"""Beta distributions of their scores: 0.18 % of the benign ones lie above the threshold."""
RAISED = 0.0045
"""So many benign decisions of the slice that errs are given the score of a harmful one."""
AUDITS = (0.0005, 0.05)
"""Share of the allowed and of the blocked decisions."""


def chunk(dice: np.random.Generator, rows: int) -> dict[str, Any]:
    """Columns of so many decisions."""
    import pyarrow as pa

    harmful = dice.random(rows) < 0.02
    plan = dice.choice(len(PLANS), rows, p=[0.46, 0.28, 0.17, 0.09])
    language = dice.choice(len(LANGUAGES), rows, p=[0.6, 0.1, 0.08, 0.08, 0.06, 0.04, 0.04])
    erring = (plan == ERRING[0]) & (language == ERRING[1])
    high = harmful | (erring & (dice.random(rows) < RAISED))
    score = np.where(high, dice.beta(*HARMFUL, rows), dice.beta(*BENIGN, rows))
    blocked = score >= 0.7
    chance = np.where(blocked, AUDITS[1], AUDITS[0])
    audited = dice.random(rows) < chance
    appealed = blocked & ~audited & (dice.random(rows) < 0.01)
    told = audited | appealed
    time_ = FIRST + (np.sort(dice.random(rows)) * SECONDS).astype("timedelta64[s]")
    return {
        "decided_at": time_,
        "decision_id": np.char.add("dec_", dice.integers(0, 2**48, rows).astype(str)),
        "action": np.where(blocked, "block", "allow"),
        "score": score,
        "threshold": np.full(rows, 0.7),
        "version": np.asarray(VERSIONS)[np.minimum(np.arange(rows) * 3 // rows, 2)],
        "plan": np.asarray(PLANS)[plan],
        "language": np.asarray(LANGUAGES)[language],
        "product": np.asarray(PRODUCTS)[dice.integers(0, 3, rows)],
        "customer_id": np.char.add("cus_", dice.integers(0, 100_000, rows).astype(str)),
        "prompt": np.asarray(["a request that nobody reads here", "another one", "a third"])[dice.integers(0, 3, rows)],
        "truth": pa.array(np.where(harmful, "harmful", "benign"), mask=~told),
        "truth_source": pa.array(np.where(audited, "audit", "appeal"), mask=~told),
        "inclusion_probability": np.where(audited, chance, np.nan),
    }


def make(path: Path, rows: int, seed: int) -> Path:
    """The file, unless it is there."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    if path.exists():
        return path
    dice = np.random.default_rng(seed)
    unfinished = path.with_name(f".{path.name}")
    writer: Any = None
    for start in range(0, rows, CHUNK):
        table = pa.table(chunk(dice, min(CHUNK, rows - start)))
        if writer is None:
            kind = pyarrow.csv.CSVWriter if path.suffix == ".csv" else pq.ParquetWriter
            writer = kind(str(unfinished), table.schema)
        writer.write_table(table)
    writer.close()
    os.replace(unfinished, path)
    return path


def measured(path: Path) -> dict[str, float]:
    """Seconds, CPU seconds and peak memory of the command on a file, in a process of its own."""
    output = path.with_name(f"{path.name}.report.json")
    command = [sys.executable, "-c", "from jobs.cli import main; main()"]
    command += ["diagnose", "--decisions", str(path), "--costs", "1,5", "-o", str(output)]
    began = time.perf_counter()
    with Path(os.devnull).open("w") as nowhere:
        process = os.posix_spawn(
            sys.executable, command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        )
        _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(f"expected a diagnosis of {path}, got exit status {status}; see above")
    record = json.loads(output.read_text(encoding="utf-8"))
    found = [row["slice"] for search in record["slices"] for row in search["found"]]
    return {
        "rows": record["rows"],
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_gb": round(used.ru_maxrss / 2**20, 2),
        "slices_found": found,
    }


def main() -> None:
    """Print one record a size as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 3_000_000, 10_000_000])
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--cache", type=Path, help="where the files are kept; else they are made anew")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.cache or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        found = []
        for rows in asked.rows:
            path = make(folder / f"decisions-{rows}-{asked.seed}.{asked.format}", rows, asked.seed)
            found.append(measured(path))
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
