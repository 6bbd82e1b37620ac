"""How soon a subject that nobody wrote about before is born as a theme, and how often nothing is. Prints JSON.

python -m benchmarks.theme_birth --data ../shared/data
python -m benchmarks.theme_birth --small

A clinc150 intent is left out of a stream of 500 of the others a day (out-of-scope queries among them), in which
themes were fitted; from a chosen day on it comes at 5, 10 or 20 a day. The parameters of `topics/novelty*.py` were
chosen on one half of the intents (`--half chosen`, other seeds); the other half is reported, and banking77, on which
nothing was chosen, at 300 a day. Births of streams in which nothing new comes are counted over months of 30 days: all
intents alike on every day, intents whose volumes vary from day to day as `Bar.dispersion` says, and banking77 at 150 a
day. From such months of other seeds `Bar.overlap` was set.
"""

import argparse
import gzip
import json
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.schooling import teacher_vectors
from topics.assign import Vectors, assign
from topics.clusterer import CentroidClusterer
from topics.novelty import Ground, Newborn, loose_level, newborns
from topics.novelty_scan import Bar

A_DAY, A_DAY_BANKING, A_DAY_QUIET_BANKING = 500, 300, 150
WITHIN = {5: 3, 10: 2, 20: 1}
"""Documents a day -> days within which a birth is wanted."""
WATCHED = 5
"""Days after the first at which one stops waiting for a birth."""
HISTORY = 21
QUIET_HISTORY, QUIET_HISTORY_BANKING, QUIET_DAYS = 14, 30, 30
BACKGROUND = 35
PURE = 0.8
OUT_OF_SCOPE = "oos"

Extra = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Rows put into a stream, and the day of each."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts with their classes and the teacher's vectors (n, 384)."""

    intents: NDArray[np.str_]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Plan:
    """Which seeds, how many intents of each, in a stream of how many documents a day."""

    seeds: range
    intents: int
    a_day: int


@dataclass(frozen=True, slots=True)
class Stream:
    """Rows of `Texts` in the order they came, the day of each, and the themes fitted on the first days."""

    texts: Texts
    rows: NDArray[np.int64]
    day: NDArray[np.int64]
    fit: CentroidClusterer
    level: float


def clinc150(data: Path, cache: Path) -> Texts:
    """Short queries of 150 intents and some out of scope, 23,700."""
    parts = json.loads(gzip.decompress((data / "clinc150.json.gz").read_bytes()))
    pairs = [pair for name in sorted(parts) for pair in parts[name]]
    vectors = teacher_vectors([text for text, _ in pairs], cache=cache)
    return Texts(np.array([intent for _, intent in pairs]), vectors)


def banking77(data: Path, cache: Path) -> Texts:
    """Customer queries of 77 intents, 10,003."""
    frame = pd.read_csv(data / "banking77_train.csv.gz")
    vectors = teacher_vectors(frame["text"].tolist(), cache=cache)
    return Texts(frame["category"].to_numpy(np.str_), vectors)


def stream(texts: Texts, held: list[str], *, history: int, a_day: int, seed: int) -> Stream:
    """All texts but those of the held intents in a random order, themes fitted on the first `history` days."""
    rows = np.flatnonzero(~np.isin(texts.intents, held))
    np.random.default_rng(seed).shuffle(rows)
    rows = rows[: len(rows) // a_day * a_day]
    return _fitted(texts, rows, np.arange(len(rows)) // a_day, history)


def uneven(even: Stream, *, history: int, seed: int) -> Stream:
    """The same texts on other days: the volume of every intent varies from day to day beyond chance."""
    rng = np.random.default_rng(seed)
    kinds, code = np.unique(even.texts.intents[even.rows], return_inverse=True)
    busy = rng.gamma(1 / Bar().dispersion, size=(len(kinds), int(even.day.max()) + 1))
    upto = busy.cumsum(axis=1) / busy.sum(axis=1, keepdims=True)
    day = (upto[code] < rng.random(len(code))[:, None]).sum(axis=1).clip(max=busy.shape[1] - 1)
    order = np.argsort(day, kind="stable")
    return _fitted(even.texts, even.rows[order], day[order], history)


def _fitted(texts: Texts, rows: NDArray[np.int64], day: NDArray[np.int64], history: int) -> Stream:
    fitted = texts.vectors[rows[day < history]]
    fit = CentroidClusterer(seed=0).fit(fitted)
    _, similarity = assign(fitted, fit.centroids_, threshold=fit.threshold_)
    return Stream(texts, rows, day, fit, loose_level(similarity))


def born(world: Stream, extra: Extra, day: int, standing: Vectors) -> list[tuple[Newborn, NDArray[np.int64]]]:
    """Births at the end of a day, each with the rows of its documents; nobody writes twice."""
    rows, days = _lately(world, extra, day, BACKGROUND)
    _, similarity = assign(world.texts.vectors[rows], standing, threshold=world.fit.threshold_)
    loose = similarity < world.level
    rows, days = rows[loose], days[loose]
    names = [f"{row}" for row in rows]
    pool = pd.DataFrame({"document_id": names, "reporter": None, "template": names})
    pool = pool.assign(age=(day - days).astype(np.float64), harm_domain="none", similarity=similarity[loose])
    ground = Ground(standing, threshold=world.fit.threshold_)
    return [(one, rows[one.rows]) for one in newborns(pool, world.texts.vectors[rows], ground)]


def injected(world: Stream, intent: str, rate: int, *, begin: int, seed: int) -> dict[str, Any]:
    """One intent from day `begin` on: days to its birth (None: not within WATCHED), purity, births of others before.

    `purity`: share of the intent among the documents of the birth; `purity_of_week`: among all of the week that
    the rule for every document gives to the new theme.
    """
    intents = world.texts.intents
    own = np.random.default_rng(seed).permutation(np.flatnonzero(intents == intent))[: rate * WATCHED]
    extra = (own, begin + np.arange(len(own)) // rate)
    standing, others = world.fit.centroids_, 0
    for day in range(begin, begin + WATCHED):
        for one, rows in born(world, extra, day, standing):
            standing = np.vstack([standing, one.centroid[None]])
            purity = float((intents[rows] == intent).mean())
            if purity <= 0.5:
                others += 1
                continue
            week, _ = _lately(world, extra, day, 7)
            index, _ = assign(world.texts.vectors[week], standing, threshold=world.fit.threshold_)
            taken = intents[week][index == len(standing) - 1]
            found = {"days": day - begin + 1, "purity": purity, "purity_of_week": float((taken == intent).mean())}
            return {**found, "documents": len(rows), "others": others}
    return {"days": None, "purity": 0.0, "purity_of_week": 0.0, "documents": 0, "others": others}


def _lately(world: Stream, extra: Extra, day: int, most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and days of what came on a day and the `most` - 1 days before."""
    rows, days = np.concatenate([world.rows, extra[0]]), np.concatenate([world.day, extra[1]])
    seen = (days <= day) & (days > day - most)
    return rows[seen], days[seen]


def quiet_streams(texts: Texts, other: Texts, seeds: range) -> dict[str, list[int]]:
    """Births within QUIET_DAYS days of streams in which nothing new comes, one number a seed."""
    found: dict[str, list[int]] = {"clinc150": [], "clinc150, uneven days": [], "banking77": []}
    for seed in seeds:
        even = stream(texts, [], history=QUIET_HISTORY, a_day=A_DAY, seed=seed)
        small = stream(other, [], history=QUIET_HISTORY_BANKING, a_day=A_DAY_QUIET_BANKING, seed=seed)
        worlds = (even, uneven(even, history=QUIET_HISTORY, seed=seed), small)
        for name, world, first in zip(
            found, worlds, (QUIET_HISTORY, QUIET_HISTORY, QUIET_HISTORY_BANKING), strict=True
        ):
            found[name].append(quiet(world, first))
            print(seed, name, found[name][-1], file=sys.stderr, flush=True)
    return found


def quiet(world: Stream, first: int) -> int:
    """Births within QUIET_DAYS days from day `first` on of a stream in which nothing new comes."""
    standing, count = world.fit.centroids_, 0
    none = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    for day in range(first, min(first + QUIET_DAYS, int(world.day.max()) + 1)):
        for one, _ in born(world, none, day, standing):
            count += 1
            standing = np.vstack([standing, one.centroid[None]])
    return count


def halves(texts: Texts) -> dict[str, list[str]]:
    """Intents by the half they are in: `chosen` for parameters, `reported`."""
    names = sorted(set(texts.intents.tolist()) - {OUT_OF_SCOPE})
    return {"chosen": names[::2], "reported": names[1::2]}


def trials(texts: Texts, names: list[str], plan: Plan) -> Iterator[dict[str, Any]]:
    """Every injection: some intents of each seed, left out together and put in one at a time."""
    for seed in plan.seeds:
        held = np.random.default_rng(seed).choice(names, plan.intents, replace=False).tolist()
        world = stream(texts, held, history=HISTORY, a_day=plan.a_day, seed=seed)
        for number, intent in enumerate(held):
            for rate in WITHIN:
                begin = HISTORY + 1 + (seed + number) % 3
                found = injected(world, intent, rate, begin=begin, seed=seed)
                print(seed, intent, rate, found, file=sys.stderr, flush=True)
                yield {"seed": seed, "intent": intent, "rate": rate, **found}


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Per rate: share born in time, share born in time and pure, median days and purity, births of something else."""
    found = {}
    for rate, within in WITHIN.items():
        part = [row for row in rows if row["rate"] == rate]
        timely = [row for row in part if row["days"] is not None and row["days"] <= within]
        found[f"{rate} a day"] = {
            "trials": len(part),
            "wanted_within_days": within,
            "share_in_time": round(len(timely) / max(len(part), 1), 3),
            "share_in_time_and_pure": round(sum(row["purity"] >= PURE for row in timely) / max(len(part), 1), 3),
            "share_within_5_days": round(sum(row["days"] is not None for row in part) / max(len(part), 1), 3),
            "median_days": median(row["days"] or WATCHED + 1 for row in part),
            "median_purity": round(median([row["purity"] for row in part if row["days"]] or [0.0]), 3),
            "median_purity_of_week": round(median([row["purity_of_week"] for row in part if row["days"]] or [0.0]), 3),
            "births_of_others": sum(row["others"] for row in part),
        }
    return found


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "groundswell-benchmarks")
    parser.add_argument("--half", choices=("chosen", "reported"), default="reported")
    parser.add_argument("--seed", type=int, default=100, help="first seed")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--intents", type=int, default=12, help="intents of each seed")
    parser.add_argument("--quiet-seeds", type=int, default=4)
    parser.add_argument("--small", action="store_true", help="one seed, few intents")
    given = parser.parse_args()
    if not (given.data / "clinc150.json.gz").is_file():
        print(json.dumps({"skipped": f"no clinc150.json.gz in {given.data}; give a folder with --data"}))
        return
    if given.small:
        given.seeds, given.intents, given.quiet_seeds = 1, 4, 1
    warnings.simplefilter("ignore")
    given.cache.mkdir(parents=True, exist_ok=True)
    texts = clinc150(given.data, given.cache)
    begun = perf_counter()
    report: dict[str, Any] = {"half": given.half}
    plan = Plan(range(given.seed, given.seed + given.seeds), given.intents, A_DAY)
    report["born"] = summary(list(trials(texts, halves(texts)[given.half], plan)))
    other = banking77(given.data, given.cache)
    seeds = range(given.seed, given.seed + given.quiet_seeds)
    report["false_births_in_30_days"] = quiet_streams(texts, other, seeds)
    report["false_births_to_expect_in_30_days"] = round(QUIET_DAYS * Bar().false_births, 2)
    if not given.small:
        plan = Plan(range(given.seed, given.seed + 1), given.intents, A_DAY_BANKING)
        report["born_banking77"] = summary(list(trials(other, halves(other)[given.half], plan)))
    report["seconds"] = round(perf_counter() - begun, 1)
    json.dump(report, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
