"""Power and false discoveries of the search for slices that err more, in simulated decision logs with biased review.

    python -m benchmarks.slices                 reported seeds
    python -m benchmarks.slices --seed 0        the seeds the parameters were chosen on
    python -m benchmarks.slices --worlds 40     fewer worlds of each kind

A world: 150,000 decisions, five attributes of unequal values (26 values, some 1,500 slices tested), a mitigation whose
error rate differs from decision to decision by difficulty. Blocks are reviewed with probability 0.7, near the threshold
with 0.9. Allowed decisions are audited thinly (0.05, near the threshold 0.2), by half (0.5, 0.9) or mostly (0.8, 0.95):
misses are seen there alone. In a planted world one slice of two or three attributes with about 1 % of the traffic (0.7
to 1.4 %) errs three times as often: benign decisions blocked (rate 4 %, 3 % are harmful), or harmful ones allowed (rate
8 %, 20 % are harmful). A found slice is right if it shares half of the decisions of both with the planted one
(Jaccard), else a false discovery. Prints JSON: judged errors, power, mean false discovery proportion, worlds of noise
with any find.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.printed import printed
from mitigations.rates import share_interval
from mitigations.slices import err_more

ROWS, RATIO = 150_000, 3.0
CHOSEN_SEED, REPORTED_SEED = 0, 50_000
WIDTHS = {"plan": 4, "language": 6, "surface": 3, "use_case": 8, "region": 5}
SHARES = (0.007, 0.014)
JACCARD = 0.5
UNKNOWN: Any = None
BASE = {"over_block": 0.04, "under_block": 0.08}
PREVALENCE = {"over_block": 0.03, "under_block": 0.2}
AUDITS = {"thin": (0.05, 0.2), "half": (0.5, 0.9), "most": (0.8, 0.95)}
CASES = (("over_block", "thin"), ("under_block", "thin"), ("under_block", "half"), ("under_block", "most"))
Dice = np.random.Generator
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class World:
    """A log, and the decisions of the planted slice (none in noise)."""

    log: pd.DataFrame
    planted: Flags


def world(seed: int, kind: str, audit: str, *, planted: bool) -> World:
    """One log with the error of this kind planted, or not."""
    dice = np.random.default_rng(seed)
    log = traffic(dice)
    inside = odd_slice(log, dice) if planted else np.zeros(ROWS, bool)
    harmful = dice.random(ROWS) < PREVALENCE[kind]
    hard = dice.gamma(2.0, 0.5, ROWS)
    rates = {name: np.minimum(hard * base, 0.9) for name, base in BASE.items()}
    rates[kind] = np.where(inside, np.minimum(RATIO * rates[kind], 0.95), rates[kind])
    wrong = dice.random(ROWS) < np.where(harmful, rates["under_block"], rates["over_block"])
    blocked = harmful != wrong
    near = hard > 1.5
    chance = np.where(blocked, np.where(near, 0.9, 0.7), np.where(near, AUDITS[audit][1], AUDITS[audit][0]))
    judged = dice.random(ROWS) < chance
    log["action"] = np.where(blocked, "block", "allow")
    log["truth"] = np.where(judged, np.where(harmful, "harmful", "benign"), UNKNOWN)
    log["truth_source"] = np.where(judged, "review", UNKNOWN)
    log["inclusion_probability"] = np.where(judged, chance, np.nan)
    return World(log, inside)


def traffic(dice: Dice) -> pd.DataFrame:
    """Five attributes, each with values of unequal weight."""
    columns = {}
    for name, width in WIDTHS.items():
        weight = dice.dirichlet(np.full(width, 4.0))
        values = [f"{name}{value}" for value in range(width)]
        columns[name] = pd.Categorical.from_codes(dice.choice(width, ROWS, p=weight), pd.Index(values))
    return pd.DataFrame(columns)


def odd_slice(log: pd.DataFrame, dice: Dice) -> Flags:
    """The decisions of a random slice of two or three attributes of the asked size."""
    while True:
        names = dice.choice(list(WIDTHS), size=int(dice.integers(2, 4)), replace=False)
        row = log.iloc[int(dice.integers(ROWS))]
        inside = np.logical_and.reduce([(log[name] == row[name]).to_numpy() for name in names])
        if SHARES[0] <= inside.mean() <= SHARES[1]:
            return np.asarray(inside)


def tried(seed: int, kind: str, audit: str, *, planted: bool) -> dict[str, Any]:
    """What the search makes of one world."""
    made = world(seed, kind, audit, planted=planted)
    search = err_more(made.log, list(WIDTHS), kind=kind)
    right = 0
    covered = False
    for record in search.found:
        own = np.logical_and.reduce(
            [(made.log[name] == value).to_numpy() for name, value in record["attributes"].items()]
        )
        joint = int((own & made.planted).sum())
        if joint / max(int((own | made.planted).sum()), 1) >= JACCARD:
            right += 1
            covered = covered or record["ratio_low"] <= RATIO <= record["ratio_high"]
    found = len(search.found)
    log = made.log[made.log["truth"].notna()]
    action, truth = ("block", "benign") if kind == "over_block" else ("allow", "harmful")
    errors = int(((log["action"] == action) & (log["truth"] == truth)).sum())
    return {"errors": errors, "tested": search.tested, "found": found, "right": right, "covered": covered}


def report(worlds: int, seed: int) -> dict[str, Any]:
    """Figures of both kinds of error."""
    told: dict[str, Any] = {"worlds": worlds, "seed": seed, "decisions": ROWS, "ratio": RATIO}
    for place, (kind, audit) in enumerate(CASES):
        start = seed + 10_000 * place
        with_one = [tried(start + number, kind, audit, planted=True) for number in range(worlds)]
        noise = [tried(start + 5_000 + number, kind, audit, planted=False) for number in range(worlds)]
        hits = sum(one["right"] > 0 for one in with_one)
        false = [(one["found"] - one["right"]) / max(one["found"], 1) for one in with_one]
        loud = sum(one["found"] > 0 for one in noise)
        told[f"{kind}, {audit} audit"] = {
            "judged_errors": round(float(np.mean([one["errors"] for one in with_one]))),
            "tested": round(float(np.mean([one["tested"] for one in with_one]))),
            "power": rate(hits, worlds),
            "false_discovery_rate": round(float(np.mean(false)), 4),
            "noise_worlds_with_a_find": rate(loud, worlds),
            "ratio_interval_covers": rate(sum(one["covered"] for one in with_one), hits),
        }
    return told


def rate(hits: int, tries: int) -> dict[str, Any]:
    """A share with its interval."""
    low, high = share_interval([hits], [tries])
    if not tries:
        return {"share": None, "of": 0}
    return {"share": round(hits / max(tries, 1), 4), "low": round(float(low[0]), 4), "high": round(float(high[0]), 4),
            "of": tries}  # fmt: skip


def main() -> None:
    """Print the report."""
    printed(report, __doc__, worlds=100, seed=REPORTED_SEED)


if __name__ == "__main__":
    main()
