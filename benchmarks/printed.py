"""A benchmark over seeded worlds: read the command line, report, print JSON with the processor time it took."""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any


def printed(report: Callable[[int, int], dict[str, Any]], text: str | None, *, worlds: int, seed: int) -> None:
    """Print `report(worlds, seed)` and `cpu_seconds`; `text` is the help, `worlds` and `seed` the defaults."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=worlds)
    parser.add_argument("--seed", type=int, default=seed)
    given = parser.parse_args()
    started = time.process_time()
    told = report(given.worlds, given.seed)
    print(json.dumps({**told, "cpu_seconds": round(time.process_time() - started, 1)}, indent=1))
