"""How well tries after a block are found, typed and counted, in simulated logs with planted techniques.

    python -m benchmarks.evasion_episodes                 reported seeds
    python -m benchmarks.evasion_episodes --seed 0        the seeds the parameters were chosen on
    python -m benchmarks.evasion_episodes --worlds 4      fewer worlds

A world: 16 weeks, 300 customers, a fifth of whom evade in one to six episodes each; half of the episodes stay in one
conversation, the others only share the customer. Ten known techniques and one that no rule knows (a quiz), over
requests of a small grammar; most blocks are followed by something else. `found`: share of the planted tries that are
found; `true`: share of the found that were planted (the grammar of other requests is so small that some repeat by
chance). `v_measure` of the themes of planted tries against their techniques (Rosenberg & Hirschberg 2007), also of the
worst world; `quiz_theme`: share of its tries in one theme of their own. `covers`: share of the weekly 95 % intervals
that hold the week's chance of an episode to pass, mean over its customers; `covers_clustered`: of 40 episodes of 12
unequal customers, `naive_covers_clustered`: likewise with episodes as independent. `rising`: share of the worlds in
which the technique that rises is told as rising; `others_rising`: share of the others told so. The embedder is the
student of the seed corpus. Prints JSON.
"""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import v_measure_score

from benchmarks.evasion_worlds import RISING, World, world
from benchmarks.printed import printed
from jobs.cache import cache_directory
from mitigations.evasion import evasion, share_of
from mitigations.rates import share_interval
from nlp.embed import load_embedder

REPORTED_SEED = 7_000
UNITS, EACH, LOGS = 12, 40, 2_000


def report(worlds: int, seed: int) -> dict[str, Any]:
    """Figures over worlds."""
    embedder = load_embedder("student", cache=cache_directory())
    each = [_tried(world(seed + number), embedder.embed) for number in range(worlds)]
    tries, covered = sum(one["planted"] for one in each), [held for one in each for held in one["covers"]]
    values = [one["v"] for one in each]
    return {
        "worlds": worlds,
        "seed": seed,
        "planted_tries": tries,
        "found": _rate(sum(one["hits"] for one in each), tries),
        "true": _rate(sum(one["hits"] for one in each), sum(one["told"] for one in each)),
        "v_measure": round(float(np.mean(values)), 4),
        "v_measure_worst": round(min(values), 4),
        "recall_by_technique": _by_technique(each),
        "quiz_theme": round(float(np.mean([one["quiz"] for one in each])), 4),
        "covers": _rate(sum(covered), len(covered)),
        "rising": _rate(sum(one["rising"] for one in each), worlds),
        "others_rising": _rate(sum(one["others_rising"] for one in each), sum(one["others"] for one in each)),
        **_clustered(seed),
    }


def _tried(made: World, embed: Any) -> dict[str, Any]:
    found = evasion(made.log, embed=embed)
    tries = found.tries.assign(true=found.tries["decision_id"].map(made.planted))
    hits = tries[tries["true"].notna()]
    quiz = hits[hits["true"] == "quiz"]["theme"]
    trend = found.techniques.set_index("technique")["trend"]
    others = trend[trend.index != RISING]
    return {
        "planted": len(made.planted),
        "told": len(tries),
        "hits": len(hits),
        "v": float(v_measure_score(hits["true"], hits["theme"])),
        "right": Counter(hits.loc[hits["theme"] == hits["true"], "true"]),
        "every": Counter(made.planted.values()),
        "quiz": float((quiz == quiz.mode().iloc[0]).mean()) if len(quiz) and quiz.mode().iloc[0] != "other" else 0.0,
        "covers": _covers(found.weeks, made),
        "rising": bool(trend.get(RISING) == "rising"),
        "others": len(others),
        "others_rising": int((others == "rising").sum()),
    }


def _covers(weeks: pd.DataFrame, made: World) -> list[bool]:
    start = made.log["decided_at"].min().normalize()
    monday = start - pd.Timedelta(days=start.dayofweek)
    held = []
    for row in weeks.to_dict("records"):
        chance = made.chance.get(int((row["week"] - monday).days // 7))
        if chance is not None:
            held.append(bool(row["share_low"] <= chance <= row["share_high"]))
    return held


def _by_technique(each: list[dict[str, Any]]) -> dict[str, float]:
    right, every = (sum((one[name] for one in each), Counter()) for name in ("right", "every"))
    return {name: round(right[name] / every[name], 3) for name in sorted(every) if name != "quiz"}


def _clustered(seed: int) -> dict[str, Any]:
    """Intervals where few customers make most of the episodes and differ in skill."""
    dice = np.random.default_rng(seed)
    held = naive = 0
    for _ in range(LOGS):
        skill = dice.beta(0.8, 1.6, UNITS)
        who = dice.choice(UNITS, EACH, p=dice.dirichlet(np.full(UNITS, 0.6)))
        passed = pd.Series(dice.random(EACH) < skill[who])
        truth = 0.8 / 2.4
        own = share_of(pd.Series(who), passed)
        low, high = share_interval([passed.sum()], [EACH])
        held += own["share_low"] <= truth <= own["share_high"]
        naive += float(low[0]) <= truth <= float(high[0])
    return {"covers_clustered": _rate(int(held), LOGS), "naive_covers_clustered": _rate(int(naive), LOGS)}


def _rate(hits: int, tries: int) -> dict[str, Any]:
    low, high = share_interval([hits], [tries])
    return {"share": round(hits / max(tries, 1), 4), "low": round(float(low[0]), 4), "high": round(float(high[0]), 4),
            "of": tries}  # fmt: skip


def main() -> None:
    """Print the report."""
    printed(report, __doc__, worlds=10, seed=REPORTED_SEED)


if __name__ == "__main__":
    main()
