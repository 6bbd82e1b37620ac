"""How often a rising way to evade is told as rising, and how often one that stays level, on simulated tries.

    python -m benchmarks.evasion_trend [--worlds 400] [--seed 7000]

A world: sixteen weeks of tries by some sixty customers in one to six episodes each, of eleven techniques as in
`benchmarks.evasion_worlds` but without texts; one technique gets through in 75 % instead of 25 % of the episodes from
the middle on, or none does. In turn: the chance is that of an episode, or of each try; customers' skill hardly differs,
or much, or much and each customer's episodes lie close together. The test was chosen on seeds from 1000 on. `rising`:
share of the worlds in which the technique that rises is told so; `false`: share of the worlds without one in which any
is. Prints JSON.
"""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.printed import printed
from mitigations.evasion_trend import slope, trends
from mitigations.rates import share_interval

CUSTOMERS, EVADE, TECHNIQUES, OFTEN = 300, 0.2, 11, 0.15
SUCCESS, RISEN = 0.25, 0.75
KINDS = {
    "episodes": {"spread": 0.3},
    "each_try": {"spread": 0.3, "each_try": True},
    "unlike_customers": {"spread": 0.9},
    "at_one_time": {"spread": 0.9, "close": True},
}  # fmt: skip
START, LONG = pd.Timestamp("2026-01-05"), pd.Timedelta(weeks=16)
Dice = np.random.Generator


def report(worlds: int, seed: int) -> dict[str, Any]:
    """Figures by kind of world, over worlds."""
    told: dict[str, Any] = {"worlds": worlds, "seed": seed}
    for name, kind in KINDS.items():
        rising = [_rising(seed + number, rises=True, kind=kind) for number in range(worlds)]
        level = [_rising(seed + number, rises=False, kind=kind) for number in range(worlds, 2 * worlds)]
        told[name] = {
            "rising": _rate(sum(0 in one for one in rising), worlds),
            "false": _rate(sum(bool(one) for one in level), worlds),
        }
    return told


def _rising(seed: int, *, rises: bool, kind: dict[str, Any]) -> set[int]:
    """Techniques told as rising; 0 is the one that may."""
    made = _tries(np.random.default_rng(seed), rises, **kind)
    rows = []
    for technique, part in made.groupby("technique"):
        found, chance = slope(part)
        rows.append(
            {
                "technique": technique,
                "customers": part["customer"].nunique(),
                "slope": found,
                "p_value": chance,
            }
        )
    return {int(row["technique"]) for row, trend in zip(rows, trends(rows), strict=True) if trend == "rising"}


def _tries(dice: Dice, rises: bool, *, spread: float, each_try: bool = False, close: bool = False) -> pd.DataFrame:
    rows = []
    for customer in np.flatnonzero(dice.random(CUSTOMERS) < EVADE):
        skill, centre = spread * (dice.beta(2, 2) - 0.5), dice.random()
        for _ in range(int(dice.integers(1, 7))):
            at = float(np.clip(dice.normal(centre, 0.05), 0, 0.999)) if close else dice.random()
            technique = 0 if dice.random() < OFTEN else int(dice.integers(TECHNIQUES))
            base = RISEN if rises and technique == 0 and at >= 0.5 else SUCCESS
            chance, most = float(np.clip(base + skill, 0.02, 0.98)), int(dice.integers(1, 5))
            chance = chance if each_try else 1 - (1 - chance) ** (1 / most)
            for _ in range(most):
                rows.append((int(customer), START + at * LONG, technique, bool(dice.random() < chance)))
                if rows[-1][3]:
                    break
    return pd.DataFrame(rows, columns=["customer", "decided_at", "technique", "passed"])


def _rate(hits: int, tried: int) -> list[float]:
    low, high = share_interval([hits], [tried])
    return [round(hits / tried, 3), round(float(low[0]), 3), round(float(high[0]), 3)]


def main() -> None:
    """Print the report."""
    printed(report, __doc__, worlds=400, seed=7_000)


if __name__ == "__main__":
    main()
