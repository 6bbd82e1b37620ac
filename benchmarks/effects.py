"""What is found of planted effects, of none, and of planted confounders, in simulated daily counts.

    python -m benchmarks.effects                 reported seeds
    python -m benchmarks.effects --seed 0        the seeds the parameters were chosen on
    python -m benchmarks.effects --worlds 100    fewer worlds of each kind

A world: 168 days before and 42 after, a count of 5 to 500 a day (log-uniform) on known exposure that grows and has
weekdays, negative binomial (α 0.01 to 0.06), a slow drift of its own (standard deviation 4 %, a memory of 10 days), a
shared one (4 %), and a control of four times the count that shares only the latter. Each kind of world is judged with
the control and without it. Prints JSON: shares of verdicts, power by base, coverage of the interval.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.effects import effect
from mitigations.effects_found import Around, Effect

Array = npt.NDArray[np.float64]

BEFORE, AFTER = 168, 42
DAYS = BEFORE + AFTER
FIRST = pd.Timestamp("2026-01-05")
ONSET = FIRST + pd.Timedelta(days=BEFORE)
CHOSEN_SEED, REPORTED_SEED = 0, 20_000
WEEKDAYS = np.array([1.1, 1.08, 1.05, 1.02, 1.0, 0.88, 0.87])
MEMORY, SCATTER = 0.9, 0.04
SHARED_ALONE = ("alone", "confounded_shared")
BANDS = ((5.0, 20.0), (20.0, 100.0), (100.0, 500.0))


@dataclass(frozen=True, slots=True)
class Bent:
    """What is planted: log factors by day (DAYS,) of the count, of the control, and what is known beside it."""

    own: Array
    control: Array
    beside: tuple[str, ...] = ()


Dice = np.random.Generator
TIME = np.arange(DAYS) - BEFORE
AFTERWARDS = (TIME >= 0).astype(float)
FLAT = np.zeros(DAYS)


def planted(ratio: float) -> Callable[[Dice], Bent]:
    """A lasting effect on the day itself."""
    return lambda dice: Bent(np.log(ratio) * AFTERWARDS, FLAT)


def _sign(dice: Dice) -> float:
    return float(dice.choice([-1.0, 1.0]))


def _trend(dice: Dice) -> Bent:
    """Of its own, a doubling or halving in 120 to 200 days, going on or ending at the release."""
    slope = _sign(dice) * np.log(2) / dice.uniform(120, 200)
    bent = slope * (np.minimum(TIME, 0) if dice.random() < 0.5 else TIME)
    return Bent(bent, FLAT)


def _earlier(dice: Dice) -> Bent:
    """Of its own, ±40 to 80 %, lasting, 8 to 21 days before or after the release."""
    day = int(dice.integers(8, 22)) * (-1 if dice.random() < 0.5 else 1)
    return Bent(_sign(dice) * np.log(dice.uniform(1.4, 1.8)) * (TIME >= day), FLAT)


def _ramp(dice: Dice) -> Bent:
    """Of its own, to ×1.5 to 3 or the reverse, over 28 to 63 days of which 14 to 35 lie before the release."""
    first, length = -int(dice.integers(14, 36)), int(dice.integers(28, 64))
    share = np.clip((TIME - first) / length, 0, 1)
    return Bent(_sign(dice) * np.log(dice.uniform(1.5, 3.0)) * share, FLAT)


def _shared(dice: Dice) -> Bent:
    """On the day itself, ±25 to 60 %, of everything: an outside event."""
    bent = _sign(dice) * np.log(dice.uniform(1.25, 1.6)) * AFTERWARDS
    return Bent(bent, bent)


def _known(dice: Dice) -> Bent:
    """On the day itself, of its own, ±25 to 60 %, by something that stands in the calendar."""
    return Bent(_sign(dice) * np.log(dice.uniform(1.25, 1.6)) * AFTERWARDS, FLAT, ("a launch fell on the same days",))


KINDS: dict[str, Callable[[Dice], Bent]] = {
    "none": lambda dice: Bent(FLAT, FLAT),
    "up_20": planted(1.2),
    "down_20": planted(0.8),
    "up_50": planted(1.5),
    "confounded_trend": _trend,
    "confounded_other_day": _earlier,
    "confounded_ramp": _ramp,
    "confounded_shared": _shared,
    "confounded_known": _known,
}


def world(dice: Dice, bent: Bent) -> tuple[pd.DataFrame, float]:
    """Daily counts with what is planted, and the base a day."""
    base = float(np.exp(dice.uniform(np.log(BANDS[0][0]), np.log(BANDS[-1][1]))))
    alpha = dice.uniform(0.01, 0.06)
    requests = WEEKDAYS[np.arange(DAYS) % 7] * np.exp(0.25 * np.arange(DAYS) / 365 + dice.normal(0, 0.05, DAYS))
    profile = WEEKDAYS[np.arange(DAYS) % 7] ** dice.uniform(-0.5, 1)
    shared = _drift(dice)
    own = base * requests * profile * np.exp(shared + _drift(dice) + bent.own)
    control = 4 * base * requests * np.exp(shared + _drift(dice) / 2 + bent.control)
    frame = {
        "day": pd.date_range(FIRST, periods=DAYS),
        "count": _drawn(dice, own, alpha),
        "exposure": requests * 1e5,
        "control": _drawn(dice, control, alpha / 2),
        "control_exposure": requests * 4e5,
    }
    return pd.DataFrame(frame), base


def _drift(dice: Dice) -> Array:
    steps = dice.normal(0, SCATTER * np.sqrt(1 - MEMORY**2), DAYS)
    level = np.zeros(DAYS)
    level[0] = dice.normal(0, SCATTER)
    for day in range(1, DAYS):
        level[day] = MEMORY * level[day - 1] + steps[day]
    return level


def _drawn(dice: Dice, mean: Array, alpha: float) -> Array:
    return dice.negative_binomial(1 / alpha, 1 / (1 + alpha * mean)).astype(float)


def run(seed: int, worlds: int) -> dict[str, Any]:
    """Every kind of world, judged with and without its control."""
    started = time.process_time()
    found: dict[str, Any] = {}
    for number, (kind, plant) in enumerate(KINDS.items()):
        dice = np.random.default_rng([seed, number])
        drawn = []
        for _ in range(worlds):
            bent = plant(dice)
            drawn.append((bent, *world(dice, bent)))
        for name in ("with_control", "alone"):
            rows = [_judge(bent, daily, base, control=name == "with_control") for bent, daily, base in drawn]
            found.setdefault(kind, {})[name] = _told(kind, rows)
    told = {"seed": seed, "worlds": worlds, "headline": headline(found), "kinds": found}
    return {**told, "cpu_seconds": round(time.process_time() - started, 1)}


def headline(found: dict[str, Any]) -> dict[str, Any]:
    """Power at ±20 %, false findings where nothing is planted, and how often a confounder ends in "cannot tell"."""
    told = {}
    for name in ("with_control", "alone"):
        ends = [found["up_20"][name]["up"], found["down_20"][name]["down"]]
        # What all share cannot be seen without something that shares it.
        confounded = [kind for kind in found if kind.startswith("confounded") and (name, kind) != SHARED_ALONE]
        told[name] = {
            "power_20_percent": round(sum(ends) / 2, 3),
            "placebo_false_positives": round(found["none"][name]["up"] + found["none"][name]["down"], 3),
            "cannot_tell_confounded": round(float(np.mean([found[kind][name]["unknown"] for kind in confounded])), 3),
        }
    return told


def _judge(bent: Bent, daily: pd.DataFrame, base: float, *, control: bool) -> tuple[Effect, float, float]:
    given = daily if control else daily.drop(columns=["control", "control_exposure"])
    true = float(np.exp(bent.own[BEFORE:].mean() - bent.own[:BEFORE].mean()))
    return effect(given, ONSET, around=Around(beside=bent.beside)), base, true


def _told(kind: str, rows: list[tuple[Effect, float, float]]) -> dict[str, Any]:
    moved = Counter(found.moved for found, _, _ in rows)
    told: dict[str, Any] = {name: round(moved[name] / len(rows), 3) for name in ("up", "down", "no", "unknown")}
    reasons = Counter(" ".join(found.reasons[0].split(" (")[0].split()[:4]) for found, _, _ in rows if found.reasons)
    told["first_reasons"] = dict(reasons.most_common(5))
    if kind.startswith(("up", "down")):
        way = kind.split("_")[0]
        for low, high in BANDS:
            band = [found.moved == way for found, base, _ in rows if low <= base < high]
            told[f"power_{low:.0f}_to_{high:.0f}_a_day"] = round(float(np.mean(band)), 3) if band else None
        told["interval_covers"] = round(float(np.mean([_covers(found, true) for found, _, true in rows])), 3)
    return told


def _covers(found: Effect, true: float) -> bool:
    return found.estimate is not None and found.estimate.low <= true <= found.estimate.high


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=REPORTED_SEED)
    parser.add_argument("--worlds", type=int, default=400)
    given = parser.parse_args()
    print(json.dumps(run(given.seed, given.worlds), indent=2))


if __name__ == "__main__":
    main()
