"""Detection, false alerts, delay and seconds on simulated worlds; prints JSON.

    python -m benchmarks.changes --worlds 5 --budget 1
    python -m benchmarks.changes --calibrate      rewrites topics/null_tails.py

Alarm levels come from null series of seeds from 20,000 on; figures from worlds of seeds from 900 on.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from topics.calibrate import Search, Simulation, simulated_tails
from topics.change import Conditions, DetectionSettings, changes
from topics.synth import World, world

FIRST_SEED = 900
WITHIN_DAYS = 28
NEAR_DAYS = 7
TAILS = Path(__file__).parent.parent / "topics" / "null_tails.py"


def judged(planted: World, found: pd.DataFrame) -> dict[str, Any]:
    """Figures of one world: events found in time, delays, alarms that no event explains, offline match."""
    alarms = found[found["detected_on"].notna()].merge(planted.truth, on="series", how="left", suffixes=("", "_true"))
    delay = (alarms["detected_on"] - alarms["day_true"]).dt.days
    apart = (alarms["day"] - alarms["day_true"]).dt.days.abs()
    own = alarms["event"].notna() & (delay >= 0) & (apart <= 60)
    first = alarms[own].assign(delay=delay[own]).sort_values("delay").drop_duplicates("series")
    hits = first[first["delay"] <= WITHIN_DAYS]
    return {
        "events": len(planted.truth),
        "found": len(hits),
        "delays": hits["delay"].astype(int).tolist(),
        "false_alarms": int((~own).sum()),
        "by_event": _by_event(planted.truth, hits),
        **_offline(planted, found),
    }


def _by_event(truth: pd.DataFrame, hits: pd.DataFrame) -> dict[str, list[int]]:
    """Event -> [found, planted]."""
    return {
        str(event): [int((hits["event"] == event).sum()), len(own)] for event, own in truth.groupby("event", sort=True)
    }


def _offline(planted: World, found: pd.DataFrame) -> dict[str, Any]:
    """Confirmed changes against the truth, within NEAR_DAYS; location errors in days."""
    confirmed = found[found["confirmed"]].merge(planted.truth, on="series", how="left", suffixes=("", "_true"))
    error = (confirmed["day"] - confirmed["day_true"]).dt.days
    near = error.abs() <= NEAR_DAYS
    matched = confirmed[near].drop_duplicates("series")
    unchanged = set(planted.names) - set(planted.truth["series"])
    return {
        "offline_rows": len(confirmed),
        "offline_matched": len(matched),
        "location_errors": error[near].abs().astype(int).tolist(),
        "unchanged_flagged": int(found[found["confirmed"]]["series"].isin(unchanged).sum()),
        "unchanged": len(unchanged),
    }


def run(worlds: int, *, budget: float, series: int, days: int) -> dict[str, Any]:
    """Figures over `worlds` worlds at `budget` false alerts a week."""
    settings = DetectionSettings(false_alerts_per_week=budget)
    figures, seconds = [], []
    for seed in range(FIRST_SEED, FIRST_SEED + worlds):
        planted = world(seed, series=series, days=days)
        conditions = Conditions(exposure=planted.exposure, masks=planted.outages)
        started = time.perf_counter()
        found = changes(planted.volumes, conditions=conditions, settings=settings)
        seconds.append(time.perf_counter() - started)
        figures.append(judged(planted, found))
    return _summary(figures, seconds, weeks=worlds * (days - settings.warm_up_days) / 7.0, budget=budget)


def _summary(figures: list[dict[str, Any]], seconds: list[float], *, weeks: float, budget: float) -> dict[str, Any]:
    total = {key: sum(figure[key] for figure in figures) for key in figures[0] if isinstance(figures[0][key], int)}
    delays = [delay for figure in figures for delay in figure["delays"]]
    errors = [error for figure in figures for error in figure["location_errors"]]
    precision = total["offline_matched"] / max(total["offline_rows"], 1)
    recall = total["offline_matched"] / max(total["events"], 1)
    events = sorted({event for figure in figures for event in figure["by_event"]})
    return {
        "false_alerts_per_week_allowed": budget,
        "false_alerts_per_week": round(total["false_alarms"] / weeks, 3),
        "detected_within_28_days": round(total["found"] / total["events"], 3),
        "median_delay_days": float(np.median(delays)) if delays else None,
        "by_event": {
            event: [sum(figure["by_event"].get(event, [0, 0])[part] for figure in figures) for part in (0, 1)]
            for event in events
        },
        "offline_precision": round(precision, 3),
        "offline_recall": round(recall, 3),
        "offline_f1": round(2 * precision * recall / max(precision + recall, 1e-9), 3),
        "median_location_error_days": float(np.median(errors)) if errors else None,
        "unchanged_flagged": round(total["unchanged_flagged"] / max(total["unchanged"], 1), 4),
        "worlds": len(figures),
        "seconds_per_world": round(float(np.median(seconds)), 2),
    }


def calibrate() -> None:
    """Simulate the null tails of the default search and write them into the package."""
    table = simulated_tails(Search(), Simulation(series=150))
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
    parser.add_argument("--budget", type=float, default=1.0)
    parser.add_argument("--series", type=int, default=300)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--calibrate", action="store_true")
    asked = parser.parse_args()
    if asked.calibrate:
        calibrate()
        return
    print(json.dumps(run(asked.worlds, budget=asked.budget, series=asked.series, days=asked.days), indent=2))


if __name__ == "__main__":
    main()
