"""False alarms and power of what evasion leaves behind: bunching under the threshold, displacement, lost trust.

    python -m benchmarks.evasion_signs                 reported seeds
    python -m benchmarks.evasion_signs --seed 0        the seeds the parameters were chosen on
    python -m benchmarks.evasion_signs --worlds 40     fewer worlds of each kind

Bunching: 26 weeks of scores of customers who differ, below a threshold of 0.7, with a density that is flat, falls, or
rises towards it; in a third of the worlds without bunching the traffic shifts towards it in the last weeks, and in a
third one customer repeats one request all day. Planted: in the last four weeks 15 or 30 % of the scores within 0.1
above the threshold come to lie within 0.02 under it. Displacement: 400 customers in four mitigations and three
languages; without it blocks fall by half (a release) or do not; planted: a third of the stopped customers go on
elsewhere. Trust: 16 weeks of complaints, blocks, customers and appeals that scatter; a repair (complaints and blocks
halve), a loss of trust (complaints halve, customers fall by 30 % or appeals by half), no drop, and a drop that nothing
explains. Prints JSON: share of the worlds with each verdict.
"""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.printed import printed
from mitigations.bunching import bunching
from mitigations.evasion_moves import displacement
from mitigations.rates import share_interval
from mitigations.trust_loss import trust

REPORTED_SEED = 9_000
THRESHOLD, WEEKS = 0.7, 26
END = pd.Timestamp("2026-07-01")
Dice = np.random.Generator
SHAPES = {"flat": (1.0, 1.0), "falling": (1.5, 3.0), "rising": (4.0, 2.2)}


def scores(dice: Dice, *, kind: str, planted: float = 0.0) -> pd.DataFrame:
    """A log of scores; `kind`: plain, shift (traffic moves up in the last weeks) or hammer (one customer repeats)."""
    rows = int(dice.integers(4_000, 12_000))
    shape = SHAPES[str(dice.choice(list(SHAPES)))]
    customers = 600
    weight = dice.dirichlet(np.full(customers, 0.5))
    who = dice.choice(customers, rows, p=weight)
    days = dice.uniform(0, WEEKS * 7, rows)
    own = dice.normal(0, 0.03, customers)[who]
    score = np.clip(dice.beta(*shape, rows) + own, 0.001, 0.999)
    recent = days > (WEEKS - 4) * 7
    if kind == "shift":
        score = np.where(recent, np.clip(score + 0.03, 0.001, 0.999), score)
    if kind == "hammer":
        mine = recent & (dice.random(rows) < 0.03)
        who, score = np.where(mine, 7, who), np.where(mine, THRESHOLD - 0.01 + dice.normal(0, 0.003, rows), score)
    over = recent & (score >= THRESHOLD) & (score < THRESHOLD + 0.1) & (dice.random(rows) < planted)
    score = np.where(over, THRESHOLD - dice.uniform(0.0002, 0.02, rows), score)
    return pd.DataFrame({"decided_at": END - pd.to_timedelta(WEEKS * 7 - days, unit="D"), "score": score.round(4),
                         "threshold": THRESHOLD, "customer": [f"c{one}" for one in who]})  # fmt: skip


def requests(dice: Dice, *, fall: float, moved: float) -> pd.DataFrame:
    """Requests of 56 days in four mitigations; from day 28 on `fall` of the blocks of m0 stay, some customers move."""
    rows: list[tuple[str, float, bool, str, str]] = []
    for customer in range(400):
        home = f"m{int(dice.integers(4))}" if dice.random() < 0.7 else "m0"
        language = str(dice.choice(["en", "de", "fr"], p=[0.6, 0.25, 0.15]))
        blocked = dice.random() < 0.35
        mover = blocked and home == "m0" and dice.random() < moved
        goal = f"m{int(dice.integers(1, 4))}"
        for _ in range(int(dice.integers(2, 9))):
            day = float(dice.uniform(0, 56))
            place = goal if mover and day >= 28 else home
            if dice.random() < 0.04:
                place = f"m{int(dice.integers(4))}"
            stopped = blocked and dice.random() < (0.6 * fall if day >= 28 and place == "m0" else 0.6)
            rows.append((f"c{customer}", day, bool(stopped), place, language))
    found = pd.DataFrame(rows, columns=["customer", "at", "stopped", "mitigation", "language"])
    return found.assign(at=END - pd.to_timedelta(56 - found["at"], unit="D"))


def weeks(dice: Dice, *, complaints: float, blocked: float, customers: float, appeals: float) -> pd.DataFrame:
    """Sixteen weeks whose last four are so many times the others."""
    late = np.arange(16) >= 12
    swing = dice.gamma(40, 1 / 40, (4, 16))
    wanted = 1e5 * dice.uniform(0.9, 1.1, 16)
    stopped = dice.poisson(800 * np.where(late, blocked, 1.0) * swing[1])
    return pd.DataFrame(
        {"week": pd.date_range("2026-01-05", periods=16, freq="7D"), "requests": wanted, "heard": wanted,
         "complaints": dice.poisson(35 * np.where(late, complaints, 1.0) * swing[0]), "blocked": stopped,
         "customers": 2_000 * np.where(late, customers, 1.0) * dice.normal(1, 0.02, 16), "appealable": stopped,
         "appeals": dice.poisson(60 * stopped / 800 * np.where(late, appeals, 1.0) * swing[3])}
    )  # fmt: skip


TRUSTS = {
    "repair": {"complaints": 0.5, "blocked": 0.5, "customers": 1.0, "appeals": 1.0},
    "loss of trust, customers leave": {"complaints": 0.5, "blocked": 1.0, "customers": 0.7, "appeals": 1.0},
    "loss of trust, appeals fall": {"complaints": 0.5, "blocked": 1.0, "customers": 1.0, "appeals": 0.5},
    "no drop": {"complaints": 1.0, "blocked": 1.0, "customers": 1.0, "appeals": 1.0},
    "unexplained": {"complaints": 0.5, "blocked": 1.0, "customers": 1.0, "appeals": 1.0},
}


def report(worlds: int, seed: int) -> dict[str, Any]:
    """Verdicts over worlds."""
    told: dict[str, Any] = {"worlds": worlds, "seed": seed}
    for place, kind in enumerate(("plain", "shift", "hammer")):
        told[f"bunching, none, {kind}"] = _verdicts(
            [bunching(scores(_dice(seed, place, number), kind=kind)).verdict for number in range(worlds)]
        )
    for place, share in enumerate((0.15, 0.3)):
        told[f"bunching, {share:.0%} planted"] = _verdicts(
            [bunching(scores(_dice(seed, 3 + place, n), kind="plain", planted=share)).verdict for n in range(worlds)]
        )
    here = {"mitigation": ["m0"], "language": ["en", "de", "fr"]}
    cuts = [END - pd.Timedelta(days=28)]
    for place, (name, fall, moved) in enumerate(
        (("none", 1.0, 0.0), ("blocks halve", 0.5, 0.0), ("planted", 0.6, 0.35))
    ):
        told[f"displacement, {name}"] = _verdicts(
            [displacement(requests(_dice(seed, 5 + place, n), fall=fall, moved=moved), here=here, cuts=cuts).verdict
             for n in range(worlds)]
        )  # fmt: skip
    for place, (name, times) in enumerate(TRUSTS.items()):
        told[f"trust, {name}"] = _verdicts(
            [trust(weeks(_dice(seed, 8 + place, n), **times)).verdict for n in range(worlds)]
        )
    return told


def _dice(seed: int, place: int, number: int) -> Dice:
    return np.random.default_rng([seed, place, number])


def _verdicts(found: list[str]) -> dict[str, Any]:
    shares = {}
    for name, count in Counter(found).most_common():
        low, high = share_interval([count], [len(found)])
        shares[name] = {"share": round(count / len(found), 4), "low": round(float(low[0]), 4),
                        "high": round(float(high[0]), 4)}  # fmt: skip
    return shares


def main() -> None:
    """Print the report."""
    printed(report, __doc__, worlds=100, seed=REPORTED_SEED)


if __name__ == "__main__":
    main()
