"""Do the board's intervals hold, and does its verdict on a change say up or down where, and only where, a rate moved?

    python -m benchmarks.board                 reported seeds
    python -m benchmarks.board --seed 0        the seeds that the rule of "no detectable change" was chosen on
    python -m benchmarks.board --worlds 100    fewer worlds

A world: fifteen weeks of one mitigation with 20,000 to 200,000 requests a week, 0.2 to 3 % of them blocked, 5 to 50 %
of the blocks wrong, 0.02 to 0.5 % of the allowed requests harmful. A tenth of the requests of either side is near the
threshold, errs four times as often, and is audited four times as often as the rest; 10 to 60 blocks and 100 to 1,000
allowed ones are audited a week. In the last four weeks both errors are `times` as many as before. Prints JSON by side:
how often the interval of the rate holds the truth, and the share of each verdict by `times`.
"""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.printed import printed
from mitigations.board import SPAN, TREND, change, two_sided
from mitigations.decisions import ERRORS
from mitigations.known import Evidence

CHOSEN_SEED, REPORTED_SEED = 0, 70_000
TIMES = (1.0, 0.5, 1.5, 2.0)
WEEKS = TREND + SPAN - 1
MONDAYS = pd.date_range("2026-01-05", periods=WEEKS, freq="7D")
NEAR, MORE = 0.1, 4.0
"""The share of requests near the threshold, and how many times as often they err and are audited."""
PLAIN: Any = {}
ENDS = ("per_10k_requests", "per_10k_requests_low", "per_10k_requests_high")


def world(dice: np.random.Generator, times: float) -> tuple[Evidence, dict[str, float]]:
    """What is known of a mitigation, and the wrong decisions there are in the last four weeks, by side."""
    requests = int(dice.uniform(20_000, 200_000))
    blocked = int(requests * np.exp(dice.uniform(np.log(0.002), np.log(0.03))))
    made = {"over_block": blocked, "under_block": requests - blocked}
    wrong = {"over_block": dice.uniform(0.05, 0.5), "under_block": np.exp(dice.uniform(np.log(2e-4), np.log(5e-3)))}
    audits = {"over_block": dice.uniform(10, 60), "under_block": dice.uniform(100, 1000)}
    truth = dict.fromkeys(ERRORS, 0.0)
    parts = []
    for side, error in ERRORS.items():
        for week, monday in enumerate(MONDAYS):
            late = week >= WEEKS - SPAN
            for near in (True, False):
                total = int(made[side] * (NEAR if near else 1 - NEAR))
                weight = MORE if near else 1.0
                rate = min(wrong[side] * weight / (1 + NEAR * (MORE - 1)) * (times if late else 1.0), 1.0)
                bad = int(dice.binomial(total, rate))
                truth[side] += bad if late else 0
                chance = min(audits[side] / made[side] * weight / (1 + NEAR * (MORE - 1)), 1.0)
                seen = int(dice.binomial(total, chance))
                found = int(dice.hypergeometric(bad, total - bad, seen)) if seen else 0
                parts.append((side, monday, seen, found, chance, error.action, error.truth))
    return Evidence(_exposure(requests), _days(blocked), _audited(parts), *(pd.DataFrame(),) * 3), truth


def _audited(parts: list[tuple[Any, ...]]) -> pd.DataFrame:
    other = {"benign": "harmful", "harmful": "benign"}
    frames = [
        pd.DataFrame(
            {
                "day": monday,
                "action": action,
                "truth": [bad] * found + [other[bad]] * (seen - found),
                "inclusion_probability": chance,
            }
        )
        for _, monday, seen, found, chance, action, bad in parts
        if seen
    ]
    return pd.concat(frames, ignore_index=True).assign(truth_source="audit", mitigation="guard")


def _exposure(requests: int) -> pd.DataFrame:
    days = pd.date_range(MONDAYS[0], periods=7 * WEEKS)
    told = {"day": days, "requests": requests / 7, "blocked": 1.0, "customers": 1.0, "harm_domain": "cyber"}
    return pd.DataFrame(told).assign(mitigation="guard", segments=[PLAIN] * len(days))


def _days(blocked: int) -> pd.DataFrame:
    told = {"day": MONDAYS, "action": "block", "decisions": blocked, "mitigation": "guard"}
    return pd.DataFrame(told)


def report(worlds: int, seed: int) -> dict[str, Any]:
    """By side: coverage, and the share of each verdict by how much the rate moved."""
    held: dict[str, list[bool]] = {side: [] for side in ERRORS}
    said: dict[str, dict[str, list[str]]] = {side: {f"times {times:g}": [] for times in TIMES} for side in ERRORS}
    for number in range(worlds):
        times = TIMES[number % len(TIMES)]
        known, truth = world(np.random.default_rng(seed + number), times)
        rows = two_sided(known, ["guard"], MONDAYS[-1])
        for side in ERRORS:
            own = rows[rows["side"] == side]
            now, before = (tuple(float(row[end]) for end in ENDS) for row in (own.iloc[-1], own.iloc[-1 - SPAN]))
            real = 1e4 * truth[side] / own.iloc[-1]["requests"]
            held[side].append(now[1] <= real <= now[2])
            said[side][f"times {times:g}"].append(change(now, before).verdict)  # type: ignore[arg-type]
    return {
        "worlds": worlds,
        "seed": seed,
        "interval_holds": {side: round(float(np.mean(values)), 3) for side, values in held.items()},
        "verdicts": {side: {times: _shares(values) for times, values in by.items()} for side, by in said.items()},
    }


def _shares(verdicts: list[str]) -> dict[str, float]:
    return {one: round(verdicts.count(one) / max(len(verdicts), 1), 3) for one in sorted(set(verdicts))}


if __name__ == "__main__":
    printed(report, __doc__, worlds=600, seed=REPORTED_SEED)
