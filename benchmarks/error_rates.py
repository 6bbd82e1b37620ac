"""Do the intervals of error rates hold under biased review, and what does the naive estimate say of the same logs?

    python -m benchmarks.error_rates                 reported seeds
    python -m benchmarks.error_rates --seed 0        the seeds the parameters were chosen on
    python -m benchmarks.error_rates --worlds 100    fewer worlds

A world: 40,000 decisions of four plans of unequal size, scores of harmful and benign ones overlapping, a threshold;
harmful are 0.5 to 8 %. Blocks are reviewed with a probability of 0.05 to 0.6 that rises towards the threshold and
differs by plan; allowed decisions are audited with 0.005 to 0.02, eight times as often just under the threshold; and
appeals, filed seven times as often against wrong blocks, give truths besides that are no sample. The naive estimate
counts every judged decision once, with an exact interval. Prints JSON: by figure how often the interval holds the truth
of the log, over all decisions and by plan, its median width, and the same of the naive one with its median error.
`part` is the same of logs that keep but three of a hundred allowed decisions that nobody judged.
"""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.printed import printed
from mitigations.error_rates import FIGURES, OF_ALL, error_rates
from mitigations.rates import share_interval

ROWS = 40_000
UNKNOWN: Any = None
CHOSEN_SEED, REPORTED_SEED = 0, 30_000
PLANS, SHARES = ("free", "pro", "team", "edu"), (0.5, 0.25, 0.17, 0.08)
KEPT = 0.03
"""Of allowed decisions that nobody judged, in a log that keeps a part of them."""
REVIEW = {"free": 0.6, "pro": 1.0, "team": 1.2, "edu": 1.5}
APPEAL = {"wrong": 0.35, "right": 0.05}


def world(dice: np.random.Generator) -> pd.DataFrame:
    """A log with the truth of every decision in `real` and that of the judged in `truth`."""
    plan = np.array(PLANS, object)[dice.choice(len(PLANS), ROWS, p=SHARES)]
    harmful = dice.random(ROWS) < np.exp(dice.uniform(np.log(0.005), np.log(0.08)))
    score = 1 / (1 + np.exp(-np.where(harmful, 1.2, -2.5) - dice.normal(0, 1.3, ROWS)))
    blocked = score >= 0.5
    near = np.exp(-np.abs(score - 0.5) / 0.15)
    base = np.where(blocked, dice.uniform(0.05, 0.3) * (0.6 + near), dice.uniform(0.005, 0.02) * (1 + 7 * (near > 0.3)))
    chance = np.clip(base * np.array([REVIEW[name] for name in plan]), 0.001, 1.0)
    drawn = dice.random(ROWS) < chance
    appealed = blocked & ~drawn & (dice.random(ROWS) < np.where(harmful, APPEAL["right"], APPEAL["wrong"]))
    real = np.where(harmful, "harmful", "benign")
    return pd.DataFrame(
        {
            "plan": plan,
            "action": np.where(blocked, "block", "allow"),
            "score": score,
            "real": real,
            "truth": np.where(drawn | appealed, real, UNKNOWN),
            "truth_source": np.where(drawn, "review", np.where(appealed, "appeal", UNKNOWN)),
            "inclusion_probability": np.where(drawn, chance, np.nan),
        }
    )


def counts(harmful: Any, blocked: Any) -> dict[str, tuple[int, int]]:
    """Hits and trials of each figure."""
    both, n = int((harmful & blocked).sum()), len(harmful)
    bad, stopped = int(harmful.sum()), int(blocked.sum())
    return {
        "prevalence": (bad, n),
        "precision": (both, stopped),
        "recall": (both, bad),
        "fpr": (stopped - both, n - bad),
        "fnr": (bad - both, bad),
        "over_block": (stopped - both, n),
        "under_block": (bad - both, n),
    }


def thinned(log: pd.DataFrame, dice: np.random.Generator) -> pd.DataFrame:
    """The log without most of the allowed decisions that nobody judged."""
    silent = (log["action"] == "allow") & log["truth"].isna()
    return log[~silent | (dice.random(ROWS) < KEPT)].reset_index(drop=True)


def judged_world(log: pd.DataFrame, held: pd.DataFrame) -> list[dict[str, Any]]:
    """One row a slice and figure: truth of the log, estimate and interval from what is `held`, naive and ours."""
    rows = []
    for record in error_rates(held, by=["plan"]).to_dict("records"):
        name = record["slice"]
        own = log if name == "all" else log[log["plan"] == name.partition("=")[2]]
        true = counts(own["real"] == "harmful", own["action"] == "block")
        seen = own[own["truth"].notna()]
        naive = counts(seen["truth"] == "harmful", seen["action"] == "block")
        for figure in (*FIGURES, *OF_ALL):
            if not true[figure][1] or np.isnan(record[figure]):
                continue
            truth, plain = true[figure][0] / true[figure][1], naive[figure]
            low, high = (float(end[0]) for end in share_interval([plain[0]], [plain[1]]))
            rows.append(
                {
                    "slice": "all" if name == "all" else "plan",
                    "figure": figure,
                    "covers": record[f"{figure}_low"] - 1e-9 <= truth <= record[f"{figure}_high"] + 1e-9,
                    "width": record[f"{figure}_high"] - record[f"{figure}_low"],
                    "error": record[figure] - truth,
                    "naive_covers": low - 1e-9 <= truth <= high + 1e-9,
                    "naive_error": plain[0] / max(plain[1], 1) - truth,
                }
            )
    return rows


def report(worlds: int, seed: int) -> dict[str, Any]:
    """Coverage by figure."""
    rows = []
    for number in range(worlds):
        dice = np.random.default_rng(seed + number)
        log = world(dice)
        rows += judged_world(log, log)
        rows += [{**row, "slice": f"part, {row['slice']}"} for row in judged_world(log, thinned(log, dice))]
    found: dict[str, Any] = {"worlds": worlds, "seed": seed, "decisions": ROWS}
    for (part, figure), own in pd.DataFrame(rows).groupby(["slice", "figure"]):
        found.setdefault(str(part), {})[str(figure)] = {
            "cells": len(own),
            "covers": round(float(own["covers"].mean()), 4),
            "median_width": round(float(own["width"].median()), 4),
            "median_error": round(float(own["error"].median()), 4),
            "naive_covers": round(float(own["naive_covers"].mean()), 4),
            "naive_median_error": round(float(own["naive_error"].median()), 4),
        }
    return found


def main() -> None:
    """Print the report."""
    printed(report, __doc__, worlds=500, seed=REPORTED_SEED)


if __name__ == "__main__":
    main()
