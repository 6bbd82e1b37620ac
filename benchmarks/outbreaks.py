"""Outbreaks of weekly case counts: detection, delay and false alerts of ours, EARS and Farrington.

    python -m benchmarks.outbreaks [--data ../shared/data/series]

Prints JSON. FOLDER holds `outbreak_*.csv.gz` with a row a week: t, count, outbreak (1 in a week of an outbreak; series
of the R package surveillance). One rule for all: a method may raise an alarm every two years in a series without an
outbreak, its level set on simulated series of 0.2 to 5 cases a week; EARS and Farrington also as published. Only
alarms of a rise count. An outbreak is found in the first of its weeks in which a method is in alarm (ours: raises one);
a run of weeks in alarm that touches no outbreak and none of the eight weeks after one is a false alert, also where the
counts rise and nobody flagged it.
"""

import argparse
import csv
import gzip
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.beside_alarms import WARM_UP, Array, Watched, excursions
from benchmarks.beside_detectors import Statistic, lowest_level
from benchmarks.beside_ears import ears_statistic
from benchmarks.beside_farrington import farrington_statistic
from topics.change import DetectionSettings
from topics.given_series import Given, count_changes
from topics.synth import negative_binomial

TAIL_WEEKS = 8
ALLOWED = 1.0 / 104.0
"""False alerts a series and week: the most that ours lets one series raise."""
SEED = 60_000
STATISTICS: dict[str, Statistic] = {
    "ears": ears_statistic,
    "farrington": partial(farrington_statistic, left_out=4),
}
"""Farrington leaves out four weeks here: the outbreaks are in the first year."""
PUBLISHED = {"ears": 1.0, "farrington": 2.0}
"""EARS: any of its three thresholds. Farrington: 1 % two-sided, z = 2.58."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Weekly counts of one series, and which weeks are of an outbreak."""

    name: str
    counts: Array
    outbreak: np.ndarray


def read(path: Path) -> Cases:
    """One file; raises KeyError where a column is missing."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["t"]))
    counts = np.array([float(row["count"]) for row in rows])
    flagged = np.array([row["outbreak"] == "1" for row in rows])
    return Cases(path.name.removesuffix(".csv.gz"), counts, flagged)


def episodes(flagged: np.ndarray) -> list[tuple[int, int]]:
    """First week of each outbreak and first week after it.

    >>> episodes(np.array([False, True, True, False, True]))
    [(1, 3), (4, 5)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flagged, [False]]).astype(int)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def judged(cases: Cases, alarmed: list[int]) -> dict[str, Any]:
    """Outbreaks found and after how many weeks; the first weeks of runs in alarm that belong to none."""
    ranges = episodes(cases.outbreak)
    delays = [next((week - start for week in alarmed if start <= week < end), None) for start, end in ranges]
    false = [
        run[0]
        for run in runs(alarmed)
        if not any(start <= week < end + TAIL_WEEKS for week in run for start, end in ranges)
    ]
    return {"delays": delays, "false": false}


def runs(weeks: list[int]) -> list[list[int]]:
    """Ascending weeks, parted where one is left out.

    >>> runs([3, 4, 7])
    [[3, 4], [7]]
    """
    parted: list[list[int]] = []
    for week in weeks:
        if parted and week == parted[-1][-1] + 1:
            parted[-1].append(week)
        else:
            parted.append([week])
    return parted


def ours(cases: list[Cases]) -> dict[str, list[int]]:
    """Weeks at whose end `groundswell changes --series --online` reports a rise."""
    return {one.name: _rises(one) for one in cases}


def _rises(cases: Cases) -> list[int]:
    given = Given([cases.name], list(range(len(cases.counts))), "week", cases.counts[None, :])
    rows = count_changes(given, DetectionSettings(), online=True)
    return sorted({int(row["detected_on"]) for row in rows if row["direction"] == "up" and row["detected_on"]})


def beside(name: str, level: float, cases: list[Cases]) -> dict[str, list[int]]:
    """Weeks in which a method of the field is in alarm of a rise."""
    found = {}
    for one in cases:
        statistic = _watched(name, one.counts[None, :]).statistic[0]
        weeks = [int(week) for week in np.flatnonzero(statistic >= level) if week >= WARM_UP]
        found[one.name] = [week for week in weeks if _rose(one.counts, week)]
    return found


def _watched(name: str, counts: Array) -> Watched:
    return STATISTICS[name](counts, np.ones_like(counts), np.array([[0.12]]))


def _rose(counts: Array, week: int) -> bool:
    return bool(counts[week] > counts[max(week - 8, 0) : week].mean())


def quiet_series(series: int = 300, weeks: int = 209) -> Array:
    """Counts of series without an outbreak, a mild season in each."""
    rng = np.random.default_rng(SEED)
    season = 1 + rng.uniform(0, 0.4, (series, 1)) * np.sin(
        2 * np.pi * (np.arange(weeks) / 52 + rng.uniform(0, 1, (series, 1)))
    )
    mean = np.exp(rng.uniform(np.log(0.2), np.log(5.0), (series, 1))) * season
    return negative_binomial(rng, mean, np.full(series, 0.12))


def level_of(name: str, quiet: Array) -> float:
    """Level at which a method is falsely alarmed ALLOWED times a series and week."""
    watched, known = _watched(name, quiet), np.ones(quiet.shape, dtype=bool)
    most = ALLOWED * quiet.shape[0] * (quiet.shape[1] - WARM_UP)
    return lowest_level(lambda level: sum(map(len, excursions(watched, known, level=level))), most=most)


def figures(cases: list[Cases], raised: dict[str, list[int]]) -> dict[str, Any]:
    """All series of one method."""
    each = {one.name: judged(one, raised[one.name]) for one in cases}
    delays = [delay for one in each.values() for delay in one["delays"]]
    found = [delay for delay in delays if delay is not None]
    years = sum(len(one.counts) for one in cases) / 52
    return {
        "outbreaks": len(delays),
        "found": len(found),
        "median_delay_weeks": float(np.median(found)) if found else None,
        "false_alerts_a_series_and_year": round(sum(len(one["false"]) for one in each.values()) / years, 2),
        "each": each,
    }


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/series"))
    folder = parser.parse_args().data
    cases = [read(path) for path in sorted(folder.glob("outbreak_*.csv.gz"))]
    if not cases:
        print(json.dumps({"skipped": f"no outbreak_*.csv.gz in {folder}; give the folder with --data"}))
        return
    quiet = quiet_series()
    levels = {name: level_of(name, quiet) for name in PUBLISHED}
    table = {"ours": figures(cases, ours(cases))}
    for name, published in PUBLISHED.items():
        table[name] = figures(cases, beside(name, levels[name], cases)) | {"level": round(levels[name], 2)}
        table[f"{name} as published"] = figures(cases, beside(name, published, cases)) | {"level": published}
    print(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
