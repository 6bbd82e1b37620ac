"""Anomalies of evasion on simulated logs: false ones beside what is allowed, and how many planted ones are told.

    python -m benchmarks.evasion_anomalies [--worlds 40] [--seed 0]

Each seed is one log of 300 customers over 16 weeks in which nobody evades (`benchmarks.evasion_habits`: some write in
two languages, encode, play roles; many ask again when blocked), and one in which forty customers evade once, in one to
four tries. Parameters were chosen on seeds from 1000 on. `false_a_week`: told where nobody evades, over the weeks in
which any could be; `against_allowed`: the same beside what the setting allows evasion, with the 95 % interval of a
Poisson count. `by_rule`: what "one hidden try, or three of any kind" would tell of the same logs a week. Prints JSON.
"""

from collections import Counter
from typing import Any

import pandas as pd

from benchmarks.evasion_habits import DAYS, World, habits
from benchmarks.printed import printed
from mitigations.anomalies import Options
from mitigations.episodes import UNTOLD, tries
from mitigations.evasion_anomalies import WARM_DAYS, evasion_anomalies
from mitigations.rates import poisson_interval, share_interval

PLANTED = 40
PLAIN = {"retry", "paraphrase", "other", UNTOLD}


def report(worlds: int, seed: int) -> dict[str, Any]:
    """Figures over worlds."""
    weeks = worlds * (DAYS - WARM_DAYS) / 7
    found, ruled = [], 0
    for number in range(worlds):
        made = habits(seed + number)
        found.append(evasion_anomalies(made.log))
        ruled += _ruled(made)
    kinds = Counter(row["counted"] for one in found for row in one["attributes"])
    count, allowed = sum(kinds.values()), weeks * 7 * Options().daily_budget
    low, high = map(float, poisson_interval(count))
    return {
        "worlds": worlds,
        "seed": seed,
        "weeks": weeks,
        "false": count,
        "false_a_week": round(count / weeks, 3),
        "against_allowed": [round(one / allowed, 2) for one in (count, low, high)],
        "false_by_kind": dict(kinds),
        "by_rule": round(ruled / weeks, 2),
        "planted": _planted([habits(seed + number, planted=PLANTED) for number in range(worlds)]),
    }


def _ruled(made: World) -> int:
    found = tries(made.log)
    found = found[found["decided_at"] >= made.log["decided_at"].min().normalize() + pd.Timedelta(days=WARM_DAYS)]
    days = found.groupby([found["decided_at"].dt.normalize(), found["customer"]])["technique"]
    return int(sum(len(own) >= 3 or not set(own) <= PLAIN for _, own in days))


def _planted(worlds: list[World]) -> dict[str, Any]:
    hit: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for made in worlds:
        found = evasion_anomalies(made.log)
        told = set(zip(found["customer"], pd.to_datetime(found["observed_at"]).dt.normalize(), strict=True))
        for (customer, day), (technique, count) in made.planted.items():
            for name in ("all", technique, f"{count} tries"):
                every[name] += 1
                hit[name] += bool(told & {(customer, day), (customer, day + pd.Timedelta(days=1))})
    return {name: _rate(hit[name], every[name]) for name in sorted(every)}


def _rate(hits: int, tried: int) -> list[float]:
    low, high = share_interval([hits], [tried])
    return [round(hits / max(tried, 1), 3), round(float(low[0]), 3), round(float(high[0]), 3), tried]


def main() -> None:
    """Print the report."""
    printed(report, __doc__, worlds=40, seed=0)


if __name__ == "__main__":
    main()
