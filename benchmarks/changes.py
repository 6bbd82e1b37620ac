"""Detection, delay and false alerts on simulated worlds, ours beside the field's methods; prints JSON.

    python -m benchmarks.changes --worlds 6
    python -m benchmarks.changes --affected 0               false alerts of worlds in which nothing happens
    python -m benchmarks.changes --worlds 3 --arrival     by arrival as well: late filing counts
    python -m benchmarks.changes --calibrate              rewrites topics/null_tails.py

Alarm levels of ours come from null series of seeds from 20,000 on, those of the others from null worlds of seeds from
30,000 on (`--null-worlds`), parameters were chosen on worlds 700 to 707 and 900 to 905; figures are of worlds from
1500 on. All are replayed day by day, on final counts unless `--arrival`; `clairvoyant` knows the true null mean and
scatter of a day.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.beside_detectors import BESIDE
from benchmarks.changes_arrival import by_arrival
from benchmarks.changes_judging import Tally, judge, offline, offline_figures
from benchmarks.changes_worlds import NULL_SEED, beside, levels_beside, ours, ready
from topics.calibrate import Search, Simulation, simulated_tails

FIRST_SEED = 1500
BUDGETS = (1.0, 0.25)
TAILS = Path(__file__).parent.parent / "topics" / "null_tails.py"


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Figures over the worlds asked for."""
    size = {"series": asked.series, "days": asked.days}
    others = [name for name in ("clairvoyant", *BESIDE) if name in asked.methods]
    levels = levels_beside(others, range(NULL_SEED, NULL_SEED + asked.null_worlds), BUDGETS, **size)
    names = ["ours", *others]
    tallies = {(name, budget): Tally() for name in names for budget in BUDGETS}
    late: dict[tuple[str, float], Tally] = {}
    judged = []
    for seed in range(asked.first_seed, asked.first_seed + asked.worlds):
        given = ready(seed, **size, affected=asked.affected)
        for (name, budget), tally in tallies.items():
            if name == "ours":
                alarms, found = ours(given, budget)
                if budget == BUDGETS[0]:
                    judged.append(offline(given.planted, found))
            else:
                alarms = beside(name, given, levels[name, budget])
            judge(tally, given.planted, alarms)
        if asked.arrival:
            for key, alarms in by_arrival(given, BUDGETS, levels).items():
                judge(late.setdefault(key, Tally()), given.planted, alarms)
    return {
        "worlds": asked.worlds,
        "budgets": {str(budget): _beside_each_other(tallies, budget) for budget in BUDGETS},
        "by_arrival": {str(budget): _beside_each_other(late, budget) for budget in BUDGETS} if late else None,
        "offline": offline_figures(judged),
    }


def _beside_each_other(tallies: dict[tuple[str, float], Tally], budget: float) -> dict[str, Any]:
    told: dict[str, Any] = {name: tally.figures() for (name, own), tally in tallies.items() if own == budget}
    best = told.get("clairvoyant")
    if best:
        for figures in told.values():
            for name in ("detected_within_28_days", "strong_detected_within_28_days"):
                figures[f"{name}_of_clairvoyant"] = round(figures[name] / max(best[name], 1e-9), 3)
    return told


def calibrate() -> None:
    """Simulate the null tails of the default search and write them into the package."""
    table = simulated_tails(Search(), Simulation(series=240))
    rows = "".join(
        "    [" + ", ".join(f"[{intercept:.3f}, {slope:.4f}]" for intercept, slope in row) + "],\n" for row in table
    )
    TAILS.write_text(
        '"""Tails of the online score on simulated null series, for the default search settings."""\n\n'
        f"NULL_TAILS: list[list[list[float]]] = [\n{rows}]\n"
        '"""By volume stratum, dispersion stratum: intercept and slope of log(alarms a series and week) '
        "over the level.\n\n"
        '`python -m benchmarks.changes --calibrate` makes this file.\n"""\n'
    )


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--null-worlds", type=int, default=10)
    parser.add_argument("--series", type=int, default=300)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--affected", type=float, default=1 / 3)
    parser.add_argument("--methods", nargs="*", default=["clairvoyant", *BESIDE])
    parser.add_argument("--arrival", action="store_true")
    parser.add_argument("--calibrate", action="store_true")
    asked = parser.parse_args()
    if asked.calibrate:
        calibrate()
        return
    print(json.dumps(run(asked), indent=2))


if __name__ == "__main__":
    main()
