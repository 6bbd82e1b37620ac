"""Part of `intervals.py` about weeks that differ: labels pooled over eight weeks in which the prevalence swings.

The same classifier in every week (scores of true and false ones drawn alike), prevalence log-normal around the mean
by a factor (one standard deviation), or three times as high in the last week (`wave`). `topics`: scores swing by a
factor of 2 and the truth behind equal scores does not. Coverage and width of the last week's interval with what
`mitigations.swings` adds, and without it."""

import itertools
from typing import Any

import numpy as np
from interval_worlds import DESIGNS, Floats, World, by_bin, world

from mitigations.ppi_bins import BINS
from mitigations.ppi_claims import Cells, Sample, strata
from mitigations.ppi_interval import corrected
from mitigations.ppi_pools import WINDOW, pooled
from mitigations.swings import swings

QUALITY = (0.43, 0.65, 0.8, 0.95)
WORLDS: dict[str, float | None] = {"steady": 1.0, "swings 1.5": 1.5, "swings 2": 2.0, "wave": None, "topics": 2.0}
WAVE = 3.0
MOST = 0.8
"""No week has a higher prevalence."""


def densities(one: World, kind: str, streams: int, rng: np.random.Generator) -> Floats:
    """Share of documents by week, stream, truth and score step."""
    factor = WORLDS[kind]
    level = np.full((WINDOW, streams), one.prevalence)
    if factor is None:
        level[-1] *= WAVE
    else:
        level = level * np.exp(rng.normal(0, np.log(factor), level.shape))
    level = np.minimum(level, MOST)[..., None]
    false, true = one.density / one.density.sum(axis=1, keepdims=True)
    found = np.stack([(1 - level) * false, level * true], axis=2)
    if kind == "topics":
        found = found.sum(axis=2, keepdims=True) * np.stack([1 - one.chance, one.chance])
    return np.asarray(found)


def streams_of(
    one: World, density: Floats, labels: int, documents: float, design: str, rng: np.random.Generator
) -> tuple[Sample, Cells]:
    """Weeks 100 s, 100 s + 1, ... of each stream s, and the labels of all of them."""
    streams = density.shape[1]
    counts, parts = [], []
    for week in range(WINDOW):
        there = rng.poisson(documents * density[week])
        number = labels * (week + 1) // WINDOW - labels * week // WINDOW
        drawn, inclusion = DESIGNS[design](there, number, one, rng)
        counts.append(by_bin(there.sum(axis=1).astype(np.float64), one.bin))
        stream, truth, step = (part.repeat(drawn[drawn > 0]) for part in np.nonzero(drawn))
        parts.append((one.bin[step], 100 * stream + week, truth.astype(np.float64), inclusion[stream, step]))
    bins, weeks, y, chance = (np.concatenate(part) for part in zip(*parts, strict=True))
    none = np.zeros(len(weeks), dtype=np.int64)
    week = (100 * np.arange(streams)[:, None] + np.arange(WINDOW)).ravel()
    unique = np.stack(counts, axis=1).reshape(-1, len(BINS))
    return Sample(bins, weeks, none, y, chance, none + 1), Cells(unique, np.zeros(len(week)), week, 0 * week)


def swinging(seed: int, *, small: bool) -> dict[str, Any]:
    """All cells, and what they come to by world and classifier."""
    streams = 200 if small else 600
    grid = itertools.product(QUALITY, (0.05, 0.2), (400, 2000), (100, 300), ("uniform", "stratified"), WORLDS)
    cells = []
    for number, (f1, prevalence, documents, labels, design, kind) in enumerate(grid):
        rng = np.random.default_rng([seed, number])
        one = world(f1, prevalence)
        density = densities(one, kind, streams, rng)
        sample, weeks = streams_of(one, density, labels, documents, design, rng)
        truth = documents * density[-1, :, 1].sum(axis=1)
        told = {"world": kind, "f1": f1, "prevalence": prevalence, "documents": documents, "labels": labels}
        cells.append({**told, "design": design, **_measured(sample, weeks, truth)})
    return {"streams": streams, "by_world": {kind: _by_world(cells, kind) for kind in WORLDS}, "cells": cells}


def _measured(sample: Sample, weeks: Cells, truth: Floats) -> dict[str, float]:
    found = pooled(sample, weeks)
    shares, counts, _ = strata(found, weeks.unique)
    told: dict[str, float] = {}
    last = slice(WINDOW - 1, None, WINDOW)
    for name, swing in (("before", None), ("after", swings(sample, weeks, found, shares))):
        _, low, high = (end[last] for end in corrected(counts, weeks.certain, shares, None, swing))
        told[f"coverage_{name}"] = round(float(((low <= truth) & (truth <= high)).mean()), 4)
        told[f"width_{name}"] = round(float(np.mean((high - low) / truth)), 3)
    return told


def _by_world(cells: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return {
        f"f1={f1}": {
            **{
                f"{what}_{name}": round(float(how([one[f"coverage_{name}"] for one in chosen])), 4)
                for name in ("before", "after")
                for what, how in (("lowest", np.min), ("mean", np.mean), ("highest", np.max))
            },
            "width": round(float(np.mean([one["width_after"] / one["width_before"] for one in chosen])), 3),
        }
        for f1 in QUALITY
        for chosen in [[one for one in cells if one["world"] == kind and one["f1"] == f1]]
    }
