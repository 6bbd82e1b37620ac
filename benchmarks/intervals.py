"""Whether the intervals of estimated claims hold what they promise, and how wide they are: simulated and real.

    python benchmarks/intervals.py [--part grid|real|swings|...] [--small] [--seed N] [--data FOLDER]

Prints JSON. `grid`: 2,000 streams in each of 480 cells (classifier's F1 x prevalence x labels x design x label
noise): coverage of the 95 % interval, misses on either side, width, bias, bias of the raw count, and the width that
labels alone would give. `real`: the same on real labels (`intervals_real.py`). `swings`: labels of weeks that differ
(`intervals_swings.py`). The other parts are in `intervals_drift.py`. Constants were chosen on other seeds than
the default one."""

import argparse
import itertools
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from interval_worlds import (
    DESIGNS,
    DOCUMENTS,
    Floats,
    World,
    by_bin,
    counted,
    flipped,
    noise_rates,
    pools,
    world,
)
from intervals_drift import PARTS
from intervals_real import real

from mitigations.ppi_bins import SAID_YES
from mitigations.ppi_claims import strata
from mitigations.ppi_interval import Noise, corrected
from mitigations.ppi_pools import Pools

ROOT = Path(__file__).resolve().parent.parent
REPORT_SEED = 20_262
QUALITY = (0.5, 0.65, 0.8, 0.9, 0.95)
PREVALENCE = (0.005, 0.02, 0.1, 0.4)
LABELS = (30, 100, 300, 1000)
NOISE = (0.0, 0.05)


def estimated(found: Pools, counts: Floats, rates: Floats | None) -> tuple[Floats, Floats, Floats]:
    """Estimate, low and high of each stream."""
    shares, grouped, touched = strata(found, counts)
    noise = None
    if rates is not None:
        rate, answers = (np.repeat(part[:, None], 2, axis=1) for part in rates.T)
        noise = Noise(touched, np.zeros(touched.shape, dtype=bool), rate, answers)
    return corrected(grouped, np.zeros(len(counts)), shares, noise)


def without_classifier(found: Pools, counts: Floats) -> tuple[Pools, Floats]:
    """The same labels and documents, all in one bin: what labelling alone would tell."""

    def folded(values: Floats) -> Floats:
        return np.column_stack([values.sum(axis=1), np.zeros((len(values), values.shape[1] - 1))])

    names = ("items", "weight", "squares", "true", "noisy", "own", "own_true")
    return replace(found, **{name: folded(getattr(found, name)) for name in names}), folded(counts)


def cell(one: World, labels: int, design: str, noise: float, rng: np.random.Generator, streams: int) -> dict[str, Any]:
    """The figures of one cell of the grid."""
    there = counted(one, streams, rng)
    drawn, inclusion = DESIGNS[design](there, labels, one, rng)
    found = pools(flipped(drawn, noise, rng), inclusion, one.bin, noisy=noise > 0)
    counts = by_bin(there.sum(axis=1).astype(np.float64), one.bin)
    rates = noise_rates(noise, streams, rng) if noise else None
    estimate, low, high = estimated(found, counts, rates)
    _, bare_low, bare_high = estimated(*without_classifier(found, counts), rates)
    truth = DOCUMENTS * one.prevalence
    said = counts[:, SAID_YES].sum(axis=1)
    return {
        "f1": one.f1,
        "prevalence": round(one.prevalence, 4),
        "labels": labels,
        "design": design,
        "noise": noise,
        "positives": round(float(drawn[:, 1].sum(axis=1).mean()), 1),
        "errors": round(
            float((drawn[:, 1][:, ~said_yes(one)].sum(axis=1) + drawn[:, 0][:, said_yes(one)].sum(axis=1)).mean()), 1
        ),
        "coverage": round(float(((low <= truth) & (truth <= high)).mean()), 4),
        "above": round(float((low > truth).mean()), 4),
        "below": round(float((high < truth).mean()), 4),
        "width": round(float(np.mean(high - low) / truth), 3),
        "bias": round(float(estimate.mean() / truth - 1), 3),
        "raw_bias": round(float(said.mean() / truth - 1), 3),
        "labels_alone": round(float(np.mean(bare_high - bare_low) / truth), 3),
    }


def said_yes(one: World) -> Any:
    return SAID_YES[one.bin]


def grid(seed: int, *, small: bool) -> dict[str, Any]:
    """All cells, and what they come to."""
    streams = 300 if small else 2000
    cells = []
    for place, (f1, prevalence) in enumerate(itertools.product(QUALITY, PREVALENCE)):
        one = world(f1, prevalence)
        for number, (labels, design, noise) in enumerate(itertools.product(LABELS, DESIGNS, NOISE)):
            cells.append(cell(one, labels, design, noise, np.random.default_rng([seed, place, number]), streams))
    return {"streams": streams, "documents": DOCUMENTS, **summary(cells), "cells": cells}


def summary(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """Coverage and widths over the cells."""
    seen = [one for one in cells if one["positives"] >= 10]
    both = [one for one in seen if one["errors"] >= 10]
    clean = [one for one in cells if one["noise"] == 0]
    good = [one for one in clean if one["f1"] >= 0.9 and one["positives"] >= 10]
    ratios = [one["width"] / one["labels_alone"] for one in cells]
    return {
        "lowest_coverage": min(one["coverage"] for one in cells),
        "mean_coverage": mean(one["coverage"] for one in cells),
        "ten_positives": {"cells": len(seen), "above_97": sum(one["coverage"] > 0.97 for one in seen)},
        "ten_positives_and_errors": {"cells": len(both), "above_97": sum(one["coverage"] > 0.97 for one in both)},
        "width_to_labels_alone": {
            "largest": round(max(ratios), 3),
            "mean_by_f1": {
                f1: mean(one["width"] / one["labels_alone"] for one in clean if one["f1"] == f1) for f1 in QUALITY
            },
            "good_and_ten_positives": {
                "cells": len(good),
                "mean": mean(one["width"] / one["labels_alone"] for one in good),
                "30_percent_narrower": sum(one["width"] / one["labels_alone"] <= 0.7 for one in good),
            },
        },
        "by_design": {name: spread([one for one in cells if one["design"] == name]) for name in DESIGNS},
        "by_noise": {noise: spread([one for one in cells if one["noise"] == noise]) for noise in NOISE},
        "by_labels": {labels: spread([one for one in cells if one["labels"] == labels]) for labels in LABELS},
    }


def spread(cells: list[dict[str, Any]]) -> dict[str, float]:
    return {
        "lowest": min(one["coverage"] for one in cells),
        "mean": mean(one["coverage"] for one in cells),
        "highest": max(one["coverage"] for one in cells),
    }


def mean(values: Any) -> float:
    return round(float(np.mean(list(values))), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", action="append", choices=("grid", "real", *PARTS))
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--seed", type=int, default=REPORT_SEED)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    arguments = parser.parse_args()
    found: dict[str, Any] = {"seed": arguments.seed}
    started = time.perf_counter()
    for part in arguments.part or ("grid", "real", *PARTS):
        if part == "grid":
            found[part] = grid(arguments.seed, small=arguments.small)
        elif part == "real":
            found[part] = real(arguments.data, arguments.seed, small=arguments.small)
        else:
            found[part] = PARTS[part](arguments.seed, small=arguments.small)
    found["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
