"""Root cause in simulated logs with texts: planted triggers and themes found, false finds in noise, and effects.

    python -m benchmarks.causes                 reported seeds
    python -m benchmarks.causes --seed 0        the seeds the parameters were chosen on
    python -m benchmarks.causes --worlds 20     fewer worlds of each kind

A world (`benchmarks/causes_world.py`): 40,000 decisions on twelve benign and five harmful subjects of a small grammar;
4 % of excerpts mention a context file. Blocks and what lies near the threshold are judged far more often. Planted is a
trigger (errors are RATIO times as frequent where the context file is mentioned), a theme (one subject) or nothing.
A trigger is right if it is the context file; a theme, a word or the trigger of a planted theme if more than half of its
judged wrong decisions are planted ones; each is else a false find. Effects: of every rule and training set recommended
on the mark, and of every threshold, whether the interval holds what the change would do to the whole log, where every
truth is known. Vectors are those of the static table. Prints JSON.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.causes_world import RIGHT_MARK, Flags, Plan, World, world
from benchmarks.printed import printed
from jobs.cache import cache_directory
from mitigations.error_rates import error_rates
from mitigations.errors import error_themes
from mitigations.errors_excerpts import Excerpts, corpus_of, excerpts_of
from mitigations.judged import judged
from mitigations.rates import share_interval
from mitigations.recommend import Findings, recommendations
from mitigations.recommend_effects import PER
from mitigations.triggers import TRIGGERS, error_triggers
from nlp.embed import Embedder, load_embedder

RATIO = 4.0
CHOSEN_SEED, REPORTED_SEED = 0, 70_000
KINDS = ("over_block", "under_block")
PLANS = {
    **{f"trigger, {kind}": Plan(kind, trigger=True, ratio=RATIO) for kind in KINDS},
    **{f"theme, {kind}": Plan(kind, theme=True, ratio=RATIO) for kind in KINDS},
    "noise": Plan(),
}


def tried(seed: int, plan: Plan, embedder: Embedder) -> dict[str, Any]:
    """What is found in one world, and what is recommended."""
    made = world(seed, plan)
    corpus = corpus_of(judged(made.log))
    vectors = embedder.embed(list(corpus.texts))
    right: dict[str, int] = {"trigger": 0, "theme": 0}
    found: dict[str, int] = {"trigger": 0, "theme": 0}
    every = {kind: excerpts_of(corpus, kind) for kind in KINDS}
    triggers = error_triggers(list(every.values()))
    themes = [theme for cases in every.values() for theme in error_themes(cases, vectors)]
    for one in triggers:
        found["trigger"] += 1
        right["trigger"] += _right_trigger(made, plan, every[one.record["kind"]], one.record, one.found.inside)
    for theme in themes:
        kind = theme.record["kind"]
        found["theme"] += 1
        right["theme"] += kind == plan.kind and _planted(made, plan, every[kind], theme.found.inside) > 0.5
    rates = error_rates(corpus.known).to_dict("records")[0]
    told = recommendations(Findings(corpus, triggers, themes), rates)  # type: ignore[arg-type]
    return {
        "errors": int(every[plan.kind].wrong.sum()),
        "found": found,
        "right": right,
        "effects": _effects(made, told),
        "told": told,
    }


def _planted(made: World, plan: Plan, cases: Excerpts, inside: Flags) -> float:
    """Share of planted decisions among the wrong ones of a find."""
    planted = made.marked & plan.trigger | made.odd & plan.theme
    own = cases.rows[inside & cases.wrong]
    return float(planted[own].mean()) if len(own) else 0.0


def _right_trigger(made: World, plan: Plan, cases: Excerpts, record: Mapping[str, Any], inside: Flags) -> bool:
    if cases.kind != plan.kind:
        return False
    named = record["trigger"] == RIGHT_MARK if plan.trigger else True
    return bool(named and _planted(made, plan, cases, inside) > 0.5)


def _effects(made: World, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of what is recommended on the mark and of thresholds: what the whole log says of the effects that were told."""
    checked = []
    for one in told:
        truth = _truth(made, one)
        for name, value in truth.items():
            ends = one[name]
            holds = ends["low"] - 1e-6 <= value <= ends["high"] + 1e-6
            checked.append({"change": one["change"], "error": name, "holds": holds})
    return checked


def _truth(made: World, told: dict[str, Any]) -> dict[str, float]:
    """Change in both errors per 10,000 decisions, by every truth of the log; {} for what is not checked."""
    blocked = (made.log["action"] == "block").to_numpy()
    on_mark = told["where"] == f"mark: {RIGHT_MARK}"
    if told["change"] == "training_data" and on_mark:
        error = "over_block" if told["over_block"]["estimate"] else "under_block"
        of_kind = made.harmful == (error == "under_block")
        wrong = of_kind & (blocked == (error == "over_block"))
        rate, rest = (float(wrong[of_kind & own].mean()) for own in (made.marked, ~made.marked))
        return {error: -float((wrong & made.marked).mean()) * max(0.0, 1.0 - rest / max(rate, 1e-9)) * PER}
    if told["change"] == "rule" and on_mark:
        changed = made.marked & (blocked == told["loosens"])
    elif told["change"] == "threshold" and told["where"] is None:
        at, score = float(told["text"].split(" to ")[1].split(":")[0]), made.log["score"].to_numpy()
        changed = blocked & (score < at) if told["loosens"] else ~blocked & (score >= at)
    else:
        return {}
    sign = -PER if told["loosens"] else PER
    return {
        "over_block": sign * float((changed & ~made.harmful).mean()),
        "under_block": -sign * float((changed & made.harmful).mean()),
    }


def report(worlds: int, seed: int) -> dict[str, Any]:
    """Figures of every plan."""
    embedder = load_embedder("static", cache=cache_directory())
    told: dict[str, Any] = {"worlds": worlds, "seed": seed, "ratio": RATIO, "marks_tested": len(TRIGGERS)}
    effects: list[dict[str, Any]] = []
    for place, (name, plan) in enumerate(PLANS.items()):
        each = [tried(seed + 1_000 * place + number, plan, embedder) for number in range(worlds)]
        effects += [one for result in each for one in result["effects"]]
        sort = "theme" if plan.theme else "trigger"
        finds = sum(sum(one["found"].values()) for one in each)
        wrong = sum(sum(one["found"].values()) - sum(one["right"].values()) for one in each)
        told[name] = {
            "judged_errors": round(float(np.mean([one["errors"] for one in each]))),
            "planted_found": None if name == "noise" else rate(sum(one["right"][sort] > 0 for one in each), worlds),
            "worlds_with_a_false_find": rate(sum(one["found"] != one["right"] for one in each), worlds),
            "false_finds": rate(wrong, finds),
        }
    for change in ("rule", "training_data", "threshold"):
        own = [one["holds"] for one in effects if one["change"] == change]
        told[f"{change}, interval holds the effect"] = rate(sum(own), len(own))
    return told


def rate(hits: int, tries: int) -> dict[str, Any]:
    """A share with its interval."""
    if not tries:
        return {"share": None, "of": 0}
    low, high = (round(float(end[0]), 4) for end in share_interval([hits], [tries]))
    return {"share": round(hits / tries, 4), "low": low, "high": high, "of": tries}


def main() -> None:
    """Print the report."""
    printed(report, __doc__, worlds=60, seed=REPORTED_SEED)


if __name__ == "__main__":
    main()
