"""Anomalies of slices of traffic on simulated exposure: planted jumps found, and false ones against the budget.

    python -m benchmarks.exposure_anomalies [--worlds 40] [--seed 5000]

A world is 26 weeks of five mitigations over twelve slices (product and plan): 300 to 30,000 requests a day with growth,
weekends and common swings, 0.5 to 30 of 10,000 blocked; counts scatter more than chance. In eight slices one thing is
planted: three times the blocks, or 1.6 times the requests, from a day on. Constants were chosen on seeds below 1,000.
An anomaly of a slice in the week after its plant is a find, any other one four weeks away from it is false.
"""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.printed import printed
from mitigations.anomalies import SLICE_BLOCKED, SLICE_VOLUME, Options
from mitigations.exposure_anomalies import WARM_DAYS, exposure_anomalies
from mitigations.rates import share_interval

DAYS, MITIGATIONS = 182, 5
SLICES = [(product, plan) for product in ("app", "api", "coder") for plan in ("free", "plus", "team", "edu")]
REPORTED_SEED = 5_000
PLANTS = {SLICE_BLOCKED: 3.0, SLICE_VOLUME: 1.6}
FOUND_WITHIN, APART = 7, 28
Key = tuple[str, str, str]


def world(seed: int) -> tuple[pd.DataFrame, dict[Key, tuple[str, int]]]:
    """Exposure, and what was planted: by mitigation, product and plan the type and the day."""
    dice = np.random.default_rng(seed)
    swings = np.exp(np.cumsum(dice.normal(0, 0.01, DAYS)))
    planted: dict[Key, tuple[str, int]] = {}
    order = dice.permutation(len(SLICES))[:8]
    for number, place in enumerate(order):
        kind = SLICE_BLOCKED if number < 5 else SLICE_VOLUME
        owner = f"m{dice.integers(MITIGATIONS)}" if kind == SLICE_BLOCKED else "all"
        planted[(owner, *SLICES[place])] = (kind, int(dice.integers(WARM_DAYS + 7, DAYS - 14)))
    parts = []
    for product, plan in SLICES:
        requests = _requests(dice, swings, planted.get(("all", product, plan)))
        parts.append(_rows(requests, "all", (product, plan), np.full(DAYS, np.nan)))
        for number in range(MITIGATIONS):
            own = planted.get((f"m{number}", product, plan))
            rate = np.full(DAYS, np.exp(dice.uniform(np.log(0.5), np.log(30.0))) / 10_000)
            if own is not None:
                rate[own[1] :] *= PLANTS[SLICE_BLOCKED]
            blocked = dice.poisson(requests * rate * dice.gamma(20.0, 1 / 20.0, DAYS))
            parts.append(_rows(requests, f"m{number}", (product, plan), blocked.astype(float)))
    return pd.concat(parts, ignore_index=True), planted


def _requests(dice: np.random.Generator, swings: Any, own: tuple[str, int] | None) -> Any:
    level = np.exp(dice.uniform(np.log(300.0), np.log(30_000.0)))
    week = np.where(np.arange(DAYS) % 7 >= 5, dice.uniform(0.5, 1.0), 1.0)
    growth = np.exp(dice.uniform(-0.3, 0.6) * np.arange(DAYS) / 365)
    mean = level * week * growth * swings
    if own is not None:
        mean[own[1] :] *= PLANTS[SLICE_VOLUME]
    return dice.poisson(mean * dice.gamma(150.0, 1 / 150.0, DAYS)).astype(float)


def _rows(requests: Any, mitigation: str, place: tuple[str, str], blocked: Any) -> pd.DataFrame:
    segments = {"product": place[0], "plan": place[1]}
    days = pd.date_range("2026-01-05", periods=DAYS, freq="D")
    told = {"day": days, "mitigation": mitigation, "requests": requests, "blocked": blocked}
    return pd.DataFrame({**told, "segments": [segments] * DAYS})


def judged(seed: int) -> tuple[dict[str, list[int]], list[int], int]:
    """Found and planted by type, days of delay, and how many were false."""
    exposure, planted = world(seed)
    hits: dict[Key, int] = {}
    false = 0
    for row in exposure_anomalies(exposure, Options()).to_dict("records"):
        key = (row["mitigation"] or "all", row["segments"]["product"], row["segments"]["plan"])
        day = (pd.Timestamp(row["observed_at"]).normalize() - exposure["day"].min()).days
        kind, since = planted.get(key, ("", -10_000))
        if kind == row["anomaly_type"] and 0 <= day - since <= FOUND_WITHIN:
            hits.setdefault(key, day - since)
        elif abs(day - since) > APART:
            false += 1
    counts = {name: [0, 0] for name in PLANTS}
    for key, (kind, _) in planted.items():
        counts[kind][0] += key in hits
        counts[kind][1] += 1
    return counts, list(hits.values()), false


def report(worlds: int, seed: int) -> dict[str, Any]:
    """Sums over worlds."""
    every = [judged(one) for one in range(seed, seed + worlds)]
    false = sum(one[2] for one in every)
    weeks = worlds * (DAYS - WARM_DAYS) / 7
    allowed = Options().daily_budget * 7 * len(PLANTS)
    told: dict[str, Any] = {"worlds": worlds, "first_seed": seed}
    for name in PLANTS:
        hit, tried = (sum(one[0][name][place] for one in every) for place in (0, 1))
        low, high = (round(float(end[0]), 3) for end in share_interval(np.array([hit]), np.array([tried])))
        told[name] = {"found": hit, "planted": tried, "share": round(hit / tried, 3), "low": low, "high": high}
    delays = [delay for one in every for delay in one[1]]
    return {
        **told,
        "median_delay_days": float(np.median(delays)) if delays else None,
        "false": false,
        "false_a_week": round(false / weeks, 3),
        "budget_a_week": round(allowed, 3),
    }


def main() -> None:
    """Print the report."""
    printed(report, __doc__, worlds=40, seed=REPORTED_SEED)


if __name__ == "__main__":
    main()
