"""Adversarial signals: how many planted ones are told, how many told ones are false; how well probing is recognised.

    python -m benchmarks.signals [--seeds 10] [--first-seed 0] [--size 1.0]

Prints JSON. Each seed is one world with ten planted signals (two of each) and one without any; see
`benchmarks.signal_worlds`. Strength, least shares and the false-discovery rate were chosen on seeds from 1000 on.
`power`: of the planted signals, those told in their theme. `false_discoveries`: of what is told in themes, what is in
no theme with a plant; a plant may show in another signal of its theme as well (`beside`), which is not false.
`null_below_5_percent`: of the tests in worlds without a plant, those with p < 0.05.
`probing_texts`: the hand-written list of tests/probing.jsonl, the part that patterns were not mended by.
"""

import argparse
import json
import time
from collections import Counter
from pathlib import Path

import pandas as pd

from benchmarks.signal_worlds import AS_OF, FIRST, PLANTS, RELEASE, Size, world
from topics.signals import SIGNALS, signals
from topics.signals_corpus import Corpus
from topics.signals_probing import asks
from topics.signals_records import day_number

TEXTS = Path(__file__).parent.parent / "tests" / "probing.jsonl"
LARGE = 60
"""Accounts in the last 28 days from which on a theme is large."""
NO_CHANGES = pd.DataFrame({"series": [], "day": [], "end": []})


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--size", type=float, default=1.0, help="of the planted signals, 1 as in signal_worlds")
    given = parser.parse_args()
    seeds = range(given.first_seed, given.first_seed + given.seeds)
    found = {"seeds": [seeds.start, seeds.stop - 1], "size": given.size, **measured(seeds, given.size)}
    print(json.dumps({**found, "probing_texts": probing_texts()}, indent=2))


def measured(seeds: range, scale: float) -> dict[str, object]:
    """Power, false discoveries and the level of the tests over these worlds."""
    usual = Size()
    size = Size(usual.wording * scale, usual.new * scale, usual.probing * scale, max(int(usual.crowd * scale), 1),
                usual.moved * scale)  # fmt: skip
    counts: Counter[str] = Counter()
    tests: Counter[str] = Counter()
    low: Counter[str] = Counter()
    seconds = 0.0
    worlds_with_false = 0
    for seed in seeds:
        rows, planted, cpu = judged(seed, planted=True, size=size)
        seconds += cpu
        told = rows[rows["told"]]
        for name, signal in planted.items():
            own = rows[(rows["theme"] == name) & (rows["signal"] == signal)]
            for group in ("", "large ") if own["denominator"].sum() >= LARGE else ("",):
                counts[f"{group}planted {signal}"] += 1
                counts[f"{group}found {signal}"] += int(own["told"].any())
        counts["told"] += len(told)
        counts["false"] += int((~told["theme"].isin(planted)).sum())
        counts["beside"] += sum(
            planted.get(one) not in (None, two) for one, two in zip(told["theme"], told["signal"], strict=True)
        )
        rows, _, _ = judged(seed, planted=False, size=size)
        tests.update(rows["signal"])
        low.update(rows.loc[rows["p_value"] < 0.05, "signal"])
        counts["told in null worlds"] += int(rows["told"].sum())
        worlds_with_false += int(rows["told"].any())
    return {
        "power": {name: _share(counts, name) for name in PLANTS},
        "power_of_large": {name: _share(counts, name, "large ") for name in PLANTS},
        "told": counts["told"],
        "false_discoveries": counts["false"],
        "false_discovery_share": round(counts["false"] / max(counts["told"], 1), 4),
        "beside": counts["beside"],
        "null_worlds": {"told": counts["told in null worlds"], "worlds_with_any": worlds_with_false},
        "null_below_5_percent": {name: round(low[name] / max(tests[name], 1), 4) for name in SIGNALS},
        "cpu_seconds_a_world": round(seconds / len(seeds), 2),
    }


def _share(counts: Counter[str], name: str, group: str = "") -> list[int]:
    """Found, and planted."""
    return [counts[f"{group}found {name}"], counts[f"{group}planted {name}"]]


def judged(seed: int, *, planted: bool, size: Size) -> tuple[pd.DataFrame, dict[str, str], float]:
    """Signals of the themes of one world, what was planted, CPU seconds of judging."""
    made = world(seed, planted=planted, size=size)
    before = time.process_time()
    corpus = Corpus(made.documents, (day_number(FIRST) + RELEASE,))
    table = signals(corpus, NO_CHANGES, as_of=AS_OF)
    cpu = time.process_time() - before
    themes = table["series"].str.startswith("feedback/theme=")
    rows = table[themes].assign(theme=table["series"].str.partition("=")[2])
    return rows, made.planted, cpu


def probing_texts() -> dict[str, float | int]:
    """Precision and recall of the patterns on the hand-written texts."""
    rows = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["set"] == "report"]
    said = [(row["asks"], bool(asks(row["text"]))) for row in rows]
    right = sum(truth and found for truth, found in said)
    return {
        "texts": len(rows),
        "precision": round(right / max(sum(found for _, found in said), 1), 3),
        "recall": round(right / sum(truth for truth, _ in said), 3),
    }


if __name__ == "__main__":
    main()
