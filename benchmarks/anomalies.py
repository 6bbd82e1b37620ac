"""Usage anomalies on simulated logs: how many planted ones are told and when, false ones beside the stated budget.

    python -m benchmarks.anomalies [--worlds 6] [--seed 0] [--budget 1.0]

Prints JSON. Each seed is one log without plants and one with three of each type; see `benchmarks.anomaly_worlds`.
Constants were chosen on seeds from 1000 on. `false_a_week`: anomalies told in logs without plants, over the weeks in
which any could be; `against_budget`: the same beside what the setting allows, with the 95 % interval of a Poisson
count. `delay_days`: median days from the first planted day to the anomaly. `beside`: anomalies of a planted account
of another type than planted.
"""

import argparse
import json
import time
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.anomaly_worlds import DAYS, FIRST, LASTS, World, world
from mitigations.accounts import WARM_DAYS, account_anomalies
from mitigations.anomalies import TYPES, Options
from mitigations.linked import linked_accounts
from mitigations.rates import poisson_interval

GRACE = 7
"""Days after a planted anomaly ended on which it may still be told."""


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", type=float, default=1.0)
    given = parser.parse_args()
    started = time.process_time()
    seeds, options = range(given.seed, given.seed + given.worlds), Options(false_per_week=given.budget)
    told = {"seeds": [seeds.start, seeds.stop - 1], "null": null(seeds, options), "planted": planted(seeds, options)}
    print(json.dumps({**told, "cpu_seconds": round(time.process_time() - started, 1)}, indent=1))


def null(seeds: range, options: Options) -> dict[str, Any]:
    """False anomalies a week in logs without plants."""
    found = pd.concat([told(world(seed, planted=0), options) for seed in seeds])
    weeks = len(seeds) * (DAYS - WARM_DAYS) / 7
    count, allowed = len(found), weeks * options.false_per_week
    low, high = map(float, poisson_interval(count))
    return {
        "weeks": weeks,
        "told": count,
        "by_type": dict(Counter(found["anomaly_type"])),
        "false_a_week": round(count / weeks, 3),
        "against_budget": [round(one / allowed, 2) for one in (count, low, high)],
    }


def planted(seeds: range, options: Options) -> dict[str, Any]:
    """Power and delay by type, and what else was told."""
    hit: Counter[str] = Counter()
    all_of: Counter[str] = Counter()
    delays: dict[str, list[float]] = {name: [] for name in TYPES}
    beside = elsewhere = 0
    for seed in seeds:
        made = world(seed, planted=3)
        found = told(made, options)
        owned = np.zeros(len(found), dtype=bool)
        for plant in made.plants:
            all_of[plant.name] += 1
            mine = _of(found, plant)
            owned |= mine
            exact = found[mine & (found["anomaly_type"] == plant.name)]
            if len(exact):
                hit[plant.name] += 1
                delays[plant.name].append(float(exact["place"].min() - plant.day))
            beside += int((mine & (found["anomaly_type"] != plant.name)).sum())
        elsewhere += int((~owned).sum())
    return {
        "found": {name: [hit[name], all_of[name]] for name in TYPES if all_of[name]},
        "delay_days": {name: float(np.median(days)) if days else None for name, days in delays.items()},
        "beside": beside,
        "elsewhere_a_week": round(elsewhere / (len(seeds) * (DAYS - WARM_DAYS) / 7), 3),
    }


def told(made: World, options: Options) -> pd.DataFrame:
    """All anomalies of a log, with `place`, the day since the first."""
    tables = [find(made.decisions, options) for find in (account_anomalies, linked_accounts)]
    found = pd.concat([one for one in tables if len(one)] or tables[:1], ignore_index=True)
    days = pd.to_datetime([row["day"] for row in found["attributes"]])
    return found.assign(place=(days - FIRST).days if len(found) else [])


def _of(found: pd.DataFrame, plant: Any) -> Any:
    """Which anomalies are of the planted accounts in their time."""
    accounts = set(plant.accounts)
    named = [{row.customer} | set(row.attributes.get("customers", [])) for row in found.itertuples()]
    mine = np.array([bool(accounts & one) for one in named], dtype=bool)
    return mine & found["place"].between(plant.day, plant.day + LASTS + GRACE).to_numpy(dtype=bool)


if __name__ == "__main__":
    main()
