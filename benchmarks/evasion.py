"""How well hidden text is recognised, on real texts and on real prompts whose words were hidden.

    python -m benchmarks.evasion                the reported half of the texts
    python -m benchmarks.evasion --half 0       the half that parameters were chosen on
    python -m benchmarks.evasion --most 300     fewer texts of each file

Negatives are all real texts: issues of a tracker with code, logs, hashes and many languages, tweets, reviews,
sentences with personal data, feedback in several languages, jailbreak prompts. Positives are jailbreak prompts and test
questions, each hidden once in each way (two to five words, or all; encodings: a stretch of 20 to 200 characters).
`recall`: share of the hidden ones recognised as hidden in that way. `precision`: with as many hidden texts as clean
ones, share of the recognised that are hidden; also `clean_told`: clean texts recognised, and in which files.
`restored`: share of the words that were hidden and are read again in `deobfuscated`. A text whose author hid words is
counted as clean. Prints JSON; says so and stops where the data are absent.
"""

import argparse
import json
from typing import Any

import numpy as np

from benchmarks.evasion_texts import DATA, HIDERS, clean, half, prompts
from mitigations.rates import share_interval
from nlp.obfuscation import OBFUSCATIONS, deobfuscated

SEED = 20_260_501


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", type=int, default=1, choices=(0, 1))
    parser.add_argument("--most", type=int, default=100_000)
    given = parser.parse_args()
    if not DATA.is_dir():
        print(json.dumps({"skipped": "the folder shared/data is not there"}))
        return
    print(json.dumps(report(given.half, given.most), indent=1))


def report(which: int, most: int) -> dict[str, Any]:
    """Figures of one half of the texts."""
    real = {name: [text for text in texts if half(text) == which][:most] for name, texts in clean().items()}
    carriers = [text for text in prompts() if half(text) == which][:most]
    told = {name: {file: _told(name, texts) for file, texts in real.items()} for name in OBFUSCATIONS}
    negatives = sum(map(len, real.values()))
    return {
        "half": which,
        "clean_texts": {file: len(texts) for file, texts in real.items()},
        "hidden_texts": len(carriers),
        "techniques": {name: _figures(name, carriers, told[name], negatives) for name in HIDERS},
    }


def _told(name: str, texts: list[str]) -> int:
    return sum(1 for text in texts if any(True for _ in OBFUSCATIONS[name](text)))


def _figures(name: str, carriers: list[str], told: dict[str, int], negatives: int) -> dict[str, Any]:
    dice = np.random.default_rng([SEED, list(HIDERS).index(name)])
    hidden = [(text, changed) for text in carriers if (changed := HIDERS[name](text, dice)) != text]
    hits = sum(1 for _, changed in hidden if any(True for _ in OBFUSCATIONS[name](changed)))
    false = sum(told.values())
    recall, false_share = hits / len(hidden), false / negatives
    low, high = share_interval([hits, false], [len(hidden), negatives])
    return {
        "recall": round(recall, 4),
        "recall_ends": [round(float(low[0]), 4), round(float(high[0]), 4)],
        "of": len(hidden),
        "precision": round(recall / (recall + false_share), 4),
        "precision_low": round(float(low[0] / (low[0] + high[1])), 4),
        "clean_told": false,
        "clean_told_on": {file: count for file, count in told.items() if count},
        "restored": round(_restored([(text, changed) for text, changed in hidden[:300]]), 3),
    }


def _restored(pairs: list[tuple[str, str]]) -> float:
    """Of the words that the hidden text lacks, the share that the plain text has again."""
    lost = again = 0
    for text, changed in pairs:
        gone = [word for word in dict.fromkeys(text[:150].lower().split()) if word not in changed.lower()]
        plain = deobfuscated(changed).plain.lower()
        lost, again = lost + len(gone), again + sum(word in plain for word in gone)
    return again / max(lost, 1)


if __name__ == "__main__":
    main()
