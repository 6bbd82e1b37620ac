"""Seconds of processor time that replaying a year of a simulated world by arrival takes; prints JSON.

    python -m benchmarks.backtest [--themes 300] [--days 365] [--budgets 1] [--seed 960]

The world is that of `topics.synth`; every report becomes a document of its theme, four in five arrive on their day and
the others within five days, those of one theme in twenty 7 to 20 days late. Reading documents from a database is not
part of it.
"""

import argparse
import json
import resource
import time
from typing import Any

import numpy as np
import pandas as pd

from topics.change import DetectionSettings
from topics.conditions import Conditions
from topics.replay import Replay, replay
from topics.replay_known import history
from topics.synth import world

KINDS = ("over_block", "under_block", "quality", "reliability", "billing", "account_action")
DOMAINS = ("cyber", "biological", "chemical", "privacy", "self_harm", "none")
SOURCES = ("in_app", "support", "email", "forum", "app_store")
PRODUCTS = ("chat", "api", "studio")
LATE_THEMES = 20


def documents(volumes: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """One document a report, as `jobs.count.counted` would give them; `volumes`: series, day, reporters."""
    rng = np.random.default_rng(seed)
    rows = volumes.loc[volumes.index.repeat(volumes["reporters"]), ["series", "day"]].reset_index(drop=True)
    themes = rows["series"].str.partition("=")[2]
    number = themes.str[1:].astype(int).to_numpy()
    late = np.where(rng.random(len(rows)) < 0.8, 0, rng.integers(1, 6, len(rows)))
    late = np.where(number % LATE_THEMES == 0, rng.integers(7, 21, len(rows)), late)
    kind, domain = (np.array(names, dtype=object)[number % len(names)] for names in (KINDS, DOMAINS))
    people = np.array([f"p{one:06d}" for one in range(200_000)], dtype=object)[rng.integers(0, 200_000, len(rows))]
    received = rows["day"] + pd.to_timedelta(late, unit="D")
    frame = {
        "document_id": np.arange(len(rows)).astype(str).astype(object),
        "stream": "feedback", "day": rows["day"], "received_day": received, "reporter": people, "customer": people,
        "kept": True, "kind": kind, "harm_domain": domain, "theme_id": themes, "hazard": "low", "mitigation": None,
        "anomaly_type": None, "parent_id": None, "muted": False,
        "source": np.array(SOURCES, dtype=object)[rng.integers(0, len(SOURCES), len(rows))],
        "product": np.array(PRODUCTS, dtype=object)[rng.integers(0, len(PRODUCTS), len(rows))],
    }  # fmt: skip
    table = pd.DataFrame(frame)
    arrived: pd.DataFrame = table[table["received_day"] <= volumes["day"].max()]
    return arrived.reset_index(drop=True)


def run(*, themes: int, days: int, budgets: list[float], seed: int) -> dict[str, Any]:
    """Figures of one world; the budgets are replayed side by side."""
    planted = world(seed, series=themes, days=days)
    told = documents(planted.volumes, seed=seed)
    begun = time.process_time()
    past = history(told)
    prepared = time.process_time() - begun
    settings = [DetectionSettings(false_alerts_per_week=budget) for budget in sorted(budgets, reverse=True)]
    given = Conditions(exposure=planted.exposure)
    first, last = told["received_day"].min(), told["received_day"].max()
    counted = [0] * len(settings)
    for day in replay(Replay(past, given, settings), first=first, last=last):
        counted = [old + len(new) for old, new in zip(counted, day.alerts, strict=True)]
    return {
        "themes": themes,
        "days": days,
        "documents": len(told),
        "series": len(past.names),
        "alerts": dict(zip([f"{one.false_alerts_per_week:g}" for one in settings], counted, strict=True)),
        "prepare_cpu_seconds": round(prepared, 1),
        "replay_cpu_seconds": round(time.process_time() - begun - prepared, 1),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Read the command line, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--themes", type=int, default=300)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--budgets", type=float, nargs="+", default=[1.0])
    parser.add_argument("--seed", type=int, default=960)
    asked = parser.parse_args()
    print(json.dumps(run(**vars(asked)), indent=2))


if __name__ == "__main__":
    main()
