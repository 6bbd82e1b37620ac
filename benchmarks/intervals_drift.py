"""Parts of `intervals.py` about time: drift found and falsely found, change against four weeks, unfinished weeks."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from interval_worlds import DESIGNS, DOCUMENTS, Floats, World, by_bin, counted, world
from intervals_exact import exact
from intervals_swings import swinging
from numpy.typing import NDArray

from mitigations.drift import SCORES_ALARM, TRUTH_ALARM, score_drift, truth_drift
from mitigations.nowcast import nowcast
from mitigations.ppi_bins import BINS, SAID_YES
from mitigations.ppi_change import change
from mitigations.ppi_claims import Cells, Sample
from mitigations.ppi_pools import WINDOW

Ints = NDArray[np.int64]
WEEKS = WINDOW


def weeks_of(
    worlds: list[World],
    labels: list[int],
    documents: list[float],
    rng: np.random.Generator,
    *,
    streams: int,
    design: str,
) -> tuple[Floats, Sample]:
    """Consecutive weeks of many streams: counts by bin (streams x weeks, bins), labels of all of them.

    Stream s has the weeks 100 s, 100 s + 1, ...: far enough apart not to meet in one window.
    """
    counts, bins, weeks, truths, shares = [], [], [], [], []
    for place, (one, number, size) in enumerate(zip(worlds, labels, documents, strict=True)):
        there = counted(one, streams, rng, documents=size)
        drawn, inclusion = DESIGNS[design](there, number, one, rng)
        counts.append(by_bin(there.sum(axis=1).astype(np.float64), one.bin))
        stream, truth, step = (part.repeat(drawn[drawn > 0]) for part in np.nonzero(drawn))
        bins.append(one.bin[step])
        weeks.append(100 * stream + place)
        truths.append(truth.astype(np.float64))
        shares.append(inclusion[stream, step])
    week, y = np.concatenate(weeks), np.concatenate(truths)
    none = np.zeros(len(week), dtype=np.int64)
    sample = Sample(np.concatenate(bins), week, none, y, np.concatenate(shares), none + 1)
    return np.stack(counts, axis=1).reshape(-1, len(BINS)), sample


def drift(seed: int, *, small: bool) -> dict[str, Any]:
    """False alarms a week and power: seven weeks of 100 labels each, and some in the week that is counted."""
    streams = 200 if small else 1000
    before = world(0.8, 0.1)
    last = {
        "nothing": before,
        "precision_falls": misread(before, yes=0.55, no=1.0),
        "recall_falls": misread(before, yes=1.0, no=4.0),
    }
    last["prevalence_doubles"] = world(0.8, 0.2)
    found: dict[str, Any] = {"scores_alarm": SCORES_ALARM, "truth_alarm": TRUTH_ALARM, "streams": streams}
    for own in (50, 100, 200):
        found[f"{own}_labels_of_the_week"] = {
            name: alarms([before] * (WEEKS - 1) + [one], own, np.random.default_rng([seed, own, place]), streams)
            for place, (name, one) in enumerate(last.items())
        }
    return found


def alarms(worlds: list[World], own: int, rng: np.random.Generator, streams: int) -> dict[str, float]:
    """Share of streams in which each test speaks in the last week."""
    labels = [100] * (WEEKS - 1) + [own]
    counts, sample = weeks_of(worlds, labels, [DOCUMENTS] * WEEKS, rng, streams=streams, design="stratified")
    week = numbered(streams)
    last = np.arange(WEEKS - 1, len(week), WEEKS)
    scores = score_drift(counts, week, window=WINDOW)[last] < SCORES_ALARM
    truth = truth_drift(sample, week[last], window=WINDOW) < TRUTH_ALARM
    told = {"scores": scores, "truth": truth, "either": scores | truth}
    return {name: round(float(spoken.mean()), 3) for name, spoken in told.items()}


def numbered(streams: int) -> Ints:
    return (100 * np.arange(streams)[:, None] + np.arange(WEEKS)).ravel()


def misread(before: World, *, yes: float, no: float) -> World:
    """The same scores, of which fewer or more are true: what a new wording or template does to a classifier."""
    share = before.density.sum(axis=0)
    chance = np.minimum(before.chance * np.where(SAID_YES[before.bin], yes, no), 1.0)
    return World(np.stack([share * (1 - chance), share * chance]), before.bin, chance, before.f1)


def changed(seed: int, *, small: bool) -> dict[str, Any]:
    """Coverage of the ratio to the mean of the four weeks before, labels pooled over the eight."""
    streams = 300 if small else 2000
    found = {}
    for place, (f1, size, ratio) in enumerate(itertools.product((0.65, 0.9), (40, 400, 4000), (0.5, 1.0, 2.0))):
        rng = np.random.default_rng([seed, place])
        documents = [float(size)] * (WEEKS - 1) + [ratio * size]
        labels = [min(60, size // 4)] * WEEKS
        counts, sample = weeks_of([world(f1, 0.1)] * WEEKS, labels, documents, rng, streams=streams, design="uniform")
        week = numbered(streams)
        told = change(sample, Cells(counts, np.zeros(len(week)), week, np.zeros(len(week), dtype=np.int64)))
        last = np.arange(WEEKS - 1, len(week), WEEKS)
        low, high = told.low[last], told.high[last]
        known = np.isfinite(low)
        found[f"f1={f1} documents={size} ratio={ratio}"] = {
            "told": round(float(known.mean()), 3),
            "coverage": round(float(((low <= ratio) & (ratio <= high))[known].mean()), 4),
            "high_to_low": round(float(np.median(high[known] / np.maximum(low[known], 1e-9))), 2),
        }
    return {"streams": streams, "lowest_coverage": min(row["coverage"] for row in found.values()), **found}


def unfinished(seed: int, *, small: bool) -> dict[str, Any]:
    """Coverage of the final count by the nowcast, with completeness known and estimated from pairs."""
    streams = 2000 if small else 20000
    found = {}
    for size in (5, 50, 1000):
        for share in (0.3, 0.7, 0.95):
            for pairs in (100, 1000):
                rng = np.random.default_rng([seed, size, int(100 * share), pairs])
                final = rng.poisson(size, streams)
                arrived = rng.binomial(final, share)
                estimated = np.clip(rng.binomial(pairs, share, streams) / pairs, 0.05, 1.0)
                _, low, high = nowcast(arrived, estimated, pairs=pairs)
                inside = (low <= final) & (final <= high)
                found[f"final={size} here={share} pairs={pairs}"] = round(float(inside.mean()), 4)
    return {"streams": streams, "lowest_coverage": min(found.values()), **found}


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "drift": drift,
    "change": changed,
    "nowcast": unfinished,
    "exact": exact,
    "swings": swinging,
}
