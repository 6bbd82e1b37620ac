"""The demo from nothing to digests: seconds of every step, peak memory, and a second run with nothing new.

    python benchmarks/demo_run.py [--documents 20000] [--days 180] [--seed 0] [--directory DIR]

Prints JSON. Every command runs in a process of its own, as a user starts it. `teach` is the time that the step
`enrich` spends on teaching the workspace's embedder, once; it is taken off that step.
Run `groundswell prepare` before."""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "from jobs.cli import main; main()"
# The same command, which tells on standard error how long it taught.
TIMED = """
import sys, time
import jobs.embedder as embedder
taught = embedder._taught
def timed(*given):
    started = time.perf_counter()
    result = taught(*given)
    print(f"TAUGHT {time.perf_counter() - started:.2f}", file=sys.stderr)
    return result
embedder._taught = timed
from jobs.cli import main
main()
"""


def called(*arguments: str, code: str = COMMAND) -> tuple[list[dict[str, Any]], float, str]:
    """The JSON a command printed, its seconds, start of Python included, and what it told."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments, "--json"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout), time.perf_counter() - started, done.stderr


def peak() -> int:
    """Largest resident set of any child so far, in MB; it never falls, so ask in the order of the steps."""
    return round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


def size(directory: Path, pattern: str = "**/*") -> float:
    """MB of the files."""
    return round(sum(path.stat().st_size for path in directory.glob(pattern) if path.is_file()) / 1e6, 1)


def measured(workspace: Path, options: list[str]) -> dict[str, Any]:
    """The whole day once, then once more with nothing new."""
    load = os.getloadavg()[0]
    rows, demo_seconds, _ = called("demo", str(workspace), *options)
    demo_peak = peak()
    steps, run_seconds, told = called("-w", str(workspace), "run", code=TIMED)
    run_peak = peak()
    again, again_seconds, _ = called("-w", str(workspace), "run")
    seconds = {str(step["job"]): float(step["seconds"]) for step in steps}
    teach = sum(float(line.split()[1]) for line in told.splitlines() if line.startswith("TAUGHT "))
    seconds["enrich"] -= teach
    return {
        "cores": len(os.sched_getaffinity(0)),
        "load_at_start": round(load, 1),
        "documents": sum(row["new"] for row in rows if row["input"] in ("feedback", "usage_anomaly")),
        "decisions": sum(row["new"] for row in rows if row["input"] == "decisions"),
        "seconds": {
            "demo": round(demo_seconds, 1),
            "teach": round(teach, 1),
            **{f"run {name}": round(value, 1) for name, value in seconds.items()},
            "run": round(run_seconds, 1),
            "run without teaching": round(run_seconds - teach, 1),
            "run again": round(again_seconds, 1),
        },
        "again": sorted({step["state"] for step in again}),
        "peak_mb": {"demo": demo_peak, "demo and run": run_peak},
        "size_mb": {
            "workspace": size(workspace),
            "inputs": size(workspace / "input"),
            "database": size(workspace, "groundswell.db"),
            "models": size(workspace / "models"),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--directory", type=Path, help="keep the workspace here; else it is removed")
    chosen = parser.parse_args()
    options = [f"--{name}={getattr(chosen, name)}" for name in ("documents", "days", "seed")]
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(measured((chosen.directory or Path(scratch) / "demo").resolve(), options), indent=2))


if __name__ == "__main__":
    main()
