"""Part of `intervals.py`: the closed form of the interval beside the same distribution drawn at random."""

from typing import Any

import numpy as np
from interval_worlds import Floats

from mitigations.ppi_interval import TAIL, Shares, corrected, shifts

CELLS = 60
BINS = 3


def exact(seed: int, *, small: bool) -> dict[str, Any]:
    """Distance of the ends, as a share of the interval's width, over cells with few and with many labels."""
    draws = 100_000 if small else 1_000_000
    rng = np.random.default_rng(seed)
    counts = np.exp(rng.uniform(0, 8, (CELLS, BINS))).round()
    trials = np.exp(rng.uniform(np.log(5), np.log(300), (CELLS, BINS))).round()
    true = rng.binomial(trials.astype(int), rng.beta(0.5, 0.7, (CELLS, BINS))).astype(np.float64)
    shares = Shares(true, trials, np.zeros((CELLS, BINS)))
    _, low, high = corrected(counts, np.zeros(CELLS), shares, None)
    gaps = [gap(counts[row], true[row], trials[row], low[row], high[row], rng, draws) for row in range(CELLS)]
    ends = {"low": np.array([one[0] for one in gaps]), "high": np.array([one[1] for one in gaps])}
    return {
        "cells": CELLS,
        "draws": draws,
        **{
            name: {"median": round(float(np.median(np.abs(end))), 4), "largest": round(float(np.abs(end).max()), 4)}
            for name, end in ends.items()
        },
    }


def gap(
    counts: Floats, true: Floats, trials: Floats, low: float, high: float, rng: np.random.Generator, draws: int
) -> tuple[float, float]:
    """How far either end lies above that of the drawn distribution."""
    shares = Shares(true[None], trials[None], np.zeros((1, BINS)))
    fewer, more, document = (part[0] for part in shifts(counts[None], np.zeros(1), shares))
    same = bool((fewer & more).any())
    down = rng.random(draws) < 0.5
    up = ~down if same else rng.random(draws) < 0.5
    found = np.where(up, document, 0.0) * rng.gamma(1.0, size=draws)
    for place in range(BINS):
        hits = true[place] + (up if more[place] else 0)
        misses = trials[place] - true[place] + (down if fewer[place] else 0)
        found += rng.gamma(np.maximum(counts[place], 1e-9), size=draws) * betas(hits, misses, rng, draws)
    ends = np.quantile(found, [TAIL, 1 - TAIL])
    return (low - ends[0]) / (high - low), (high - ends[1]) / (high - low)


def betas(hits: Any, misses: Any, rng: np.random.Generator, draws: int) -> Floats:
    """Beta draws; a point where one side is nought."""
    one, other = (rng.gamma(np.broadcast_to(np.asarray(part, dtype=np.float64), (draws,))) for part in (hits, misses))
    return one / np.maximum(one + other, 1e-300)
