"""Seconds of processor for the scan and score of prepared series; prints JSON.

    python -m benchmarks.changes_speed

Calibration is shipped, compiled code is made beforehand (`groundswell prepare`), and both are timed apart.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import pandas as pd

from topics.change import DetectionSettings, changes
from topics.conditions import Conditions, Panel, panels
from topics.findings import Found
from topics.search import BLOCK, Ready, blocks, rates_of, searched
from topics.synth import world

WORLD = 300
"""Series prepared at a time, so that memory does not grow with their number."""


def spent(task: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    """Processor seconds of a task, and its result."""
    begun = time.process_time()
    result = task(*given)
    return time.process_time() - begun, result


def worlds_of(series: int, seed: int) -> list[tuple[pd.DataFrame, Conditions, Panel]]:
    """Worlds of WORLD series that make `series` together."""
    made = []
    for number in range(-(-series // WORLD)):
        planted = world(seed + number, series=min(WORLD, series - number * WORLD))
        conditions = Conditions(exposure=planted.exposure, masks=planted.outages)
        made.append((planted.volumes, conditions, next(panels(planted.volumes, conditions))))
    return made


def measured(series: int, *, seed: int) -> dict[str, Any]:
    """Seconds to prepare, and to scan and score what is prepared, for `series` series of a year."""
    preparing = searching = 0.0
    found = 0
    settings = DetectionSettings()
    for _, conditions, panel in worlds_of(series, seed):
        (rates,) = rates_of([panel], settings)
        waiting = blocks(panel, rates, conditions, settings)
        for _ in range(0, len(panel.names), BLOCK):
            seconds, ready = spent(next, waiting)
            preparing += seconds
            seconds, result = spent(_all_found, ready, settings)
            searching += seconds
            found += sum(len(one.regimes) for one in result)
    return {"series": series, "prepare": round(preparing, 2), "scan_and_score": round(searching, 2), "changes": found}


def _all_found(ready: Ready, settings: DetectionSettings) -> list[Found]:
    return list(searched(ready, settings))


def main() -> None:
    """Warm up, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1200)
    parser.add_argument("--sizes", type=int, nargs="*", default=[300, 5000])
    asked = parser.parse_args()
    compiling, _ = spent(lambda: measured(20, seed=asked.seed + 500))
    planted = world(asked.seed)
    whole, _ = spent(lambda: changes(planted.volumes, conditions=Conditions(exposure=planted.exposure)))
    figures = [measured(series, seed=asked.seed) for series in asked.sizes]
    print(json.dumps({"first_call": round(compiling, 2), "changes_300": round(whole, 2), "sizes": figures}, indent=2))


if __name__ == "__main__":
    main()
