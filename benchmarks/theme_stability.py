"""Do themes keep their identity? Fits week by week over a stream with a known truth, and fits twice. Prints JSON.

python -m benchmarks.theme_stability --data ../shared/data            # reports on clinc150 and stackoverflow
python -m benchmarks.theme_stability --corpus banking77 --small       # parameters were chosen on banking77

`changed` counts documents whose theme is another one than before a fit (none counts as one) although no event leads
there: no birth, split or merge. BERTopic's refits, where umap-learn and hdbscan are installed, are matched one to one
by shared documents, and a document that went into a topic without a match is not held against it.
"""

import argparse
import json
import sys
import tempfile
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.theme_streams import CORPORA, FIRST, WEEKS, Stream, stream
from topics.acceptance import Refit
from topics.model import TopicFit, compile, proposed
from topics.standing import Prototypes, Themes, placed, recalibrated
from topics.themes import Reconciled, reconcile

COVERAGE = 0.9
AFTER = FIRST + 1  # the week whose fit is compared with the first one, for BERTopic too
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Standing:
    """Themes as they stand, and the number of the next one."""

    model: Prototypes
    number: int


def proposal(world: Stream, rows: Rows, *, seed: int = 0) -> TopicFit:
    """What a fit of these rows proposes."""
    return proposed([world.texts[row] for row in rows], world.vectors[rows], seed=seed)


def stood(world: Stream, rows: Rows, fit: TopicFit, standing: Standing, *, settled: int) -> tuple[Standing, Reconciled]:
    """The themes after a fit of these rows; those of weeks up to `settled` were known to the fit before."""
    vectors = world.vectors[rows]
    refit = Refit(vectors, world.week[rows] <= settled, fit.found, fit.centroids)
    before = standing.model if standing.model.theme else replace(standing.model, threshold=fit.threshold)
    result = reconcile(before, refit, next_number=standing.number)
    model = recalibrated(result.prototypes, vectors, coverage=COVERAGE)
    last = max((int(theme[1:]) for theme in model.theme), default=0)
    return Standing(model, max(standing.number, last + 1)), result


def fresh(world: Stream, rows: Rows, fit: TopicFit) -> Standing:
    """The themes if nothing had stood before."""
    return stood(world, rows, fit, nothing(), settled=0)[0]


def nothing() -> Standing:
    """No themes yet."""
    return Standing(Prototypes((), np.zeros((0, 384), dtype=np.float32), 1.0), 1)


def numbers(themes: Themes) -> Rows:
    """Labels for comparison; in no theme is a label of its own."""
    found: Rows = np.unique([theme or "" for theme in themes], return_inverse=True)[1]
    return found


def unexplained(before: Themes, after: Themes, events: pd.DataFrame) -> NDArray[np.bool_]:
    """Which documents changed theme although no event leads from the one to the other."""
    born = set(events.loc[events["event"] == "born", "theme_id"])
    heirs: dict[str, set[str]] = {}
    for theme, event, detail in events.itertuples(index=False):
        if event in ("split", "merged"):
            heirs[theme] = set(detail["children"]) if event == "split" else {detail["into"]}
    pairs = zip(before, after, strict=True)
    return np.array([old != new and new not in born and new not in heirs.get(old, ()) for old, new in pairs])


def week_by_week(world: Stream) -> dict[str, Any]:
    """Fit on the first weeks, then every week; beside it a fit from nothing on the same documents."""
    from sklearn.metrics import adjusted_mutual_info_score as ami

    theme, first = np.full(len(world.texts), None, dtype=object), world.until(FIRST)
    standing = fresh(world, first, proposal(world, first))
    theme[first] = placed(world.vectors[first], standing.model)[0]
    ever, report = np.zeros(len(theme), dtype=np.bool_), []
    for week in range(FIRST + 1, WEEKS + 1):
        new, rows = np.flatnonzero(world.week == week), world.until(week)
        theme[new] = placed(world.vectors[new], standing.model)[0]
        begun = perf_counter()
        fit = proposal(world, rows)
        standing, result = stood(world, rows, fit, standing, settled=week - 1)
        seconds = perf_counter() - begun
        after = placed(world.vectors[rows], standing.model)[0]
        wrong = unexplained(theme[rows], after, result.events)
        alone = fresh(world, rows, fit)
        beside = placed(world.vectors[rows], alone.model)[0]
        report.append({
            "week": week,
            "documents": len(rows),
            "themes": len(standing.model.themes()),
            "themes_fresh": len(alone.model.themes()),
            "events": dict(sorted(Counter(result.events["event"]).items())),
            "changed": round(float(wrong.mean()), 4),
            "changed_with_event": round(float(((theme[rows] != after) & ~wrong).mean()), 4),
            "coverage": round(float(np.mean([one is not None for one in after])), 3),
            "ami": round(float(ami(world.truth[rows], numbers(after))), 3),
            "ami_fresh": round(float(ami(world.truth[rows], numbers(beside))), 3),
            "seconds": round(seconds, 1),
        })  # fmt: skip
        print(json.dumps(report[-1]), file=sys.stderr, flush=True)
        ever[rows] |= wrong
        theme[rows] = after
    return {"weeks": report, **summary(report), "changed_ever": round(float(ever.mean()), 4)}


def summary(report: list[dict[str, Any]]) -> dict[str, float]:
    """The worst week and the means over the weeks."""
    table = pd.DataFrame(report)
    return {
        "changed_worst_week": float(table["changed"].max()),
        "changed_mean_week": round(float(table["changed"].mean()), 4),
        "ami_mean": round(float(table["ami"].mean()), 4),
        "ami_fresh_mean": round(float(table["ami_fresh"].mean()), 4),
    }


def twice(world: Stream, *, seeds: int) -> list[dict[str, Any]]:
    """A second fit with another seed, or without 1 % of the documents, on the ground of the first and without it."""
    from sklearn.metrics import adjusted_rand_score as ari

    rows = world.until(FIRST)
    first = fresh(world, rows, proposal(world, rows))
    report = []
    for seed in range(1, seeds + 1):
        less = rows[np.random.default_rng(seed).random(len(rows)) >= 0.01]
        for what, own, with_seed in (("other seed", rows, seed), ("1 % removed", less, 0)):
            fit = proposal(world, own, seed=with_seed)
            again, result = stood(world, own, fit, first, settled=FIRST)
            alone = fresh(world, own, fit)
            one, other, third = (
                numbers(placed(world.vectors[own], model)[0]) for model in (first.model, again.model, alone.model)
            )
            events = dict(sorted(Counter(result.events["event"]).items()))
            report.append({
                "what": what,
                "seed": seed,
                "ari_reconciled": round(float(ari(one, other)), 3),
                "ari_independent": round(float(ari(one, third)), 3),
                "events": events,
            })  # fmt: skip
    return report


def beside(world: Stream) -> dict[str, Any] | str:
    """The same questions to BERTopic as it comes, refitted each time."""
    if not (find_spec("umap") and find_spec("hdbscan")):
        return "skipped: umap-learn and hdbscan are not installed"
    from sklearn.metrics import adjusted_rand_score as ari

    rows, later = world.until(FIRST), world.until(AFTER)
    less = rows[np.random.default_rng(1).random(len(rows)) >= 0.01]
    first, again, fewer, next_week = (bertopic(world, own) for own in (rows, rows, less, later))
    common = np.isin(later, rows)
    return {
        "ari_other_seed": round(float(ari(first, again)), 3),
        "ari_1_percent_removed": round(float(ari(first[np.isin(rows, less)], fewer)), 3),
        "changed_next_week": round(moved(first, next_week[common]), 4),
        "unassigned": round(float((first < 0).mean()), 3),
    }


def bertopic(world: Stream, rows: Rows) -> Rows:
    """BERTopic's topics with its defaults (UMAP, HDBSCAN, smallest topic 10); -1 for none."""
    from bertopic import BERTopic

    labels, _ = BERTopic(embedding_model=None).fit_transform([world.texts[row] for row in rows], world.vectors[rows])
    return np.asarray(labels, dtype=np.int64)


def moved(before: Rows, after: Rows) -> float:
    """Share of documents in another topic than the one matched to theirs; topics without a match count as born."""
    from scipy.optimize import linear_sum_assignment

    shared = pd.crosstab(before, after)
    shared = shared.drop(index=-1, columns=-1, errors="ignore")
    old, new = linear_sum_assignment(-shared.to_numpy())
    to = dict(zip(shared.columns[new], shared.index[old], strict=True)) | {-1: -1}
    matched = np.array([to.get(label, label if label < 0 else None) for label in after], dtype=object)
    known = np.array([one is not None for one in matched])
    return float((known & (matched != before)).mean())


def speed(world: Stream, *, documents: int) -> dict[str, Any]:
    """Assignment and reconciliation of so many documents, the stream's own with a little noise, on one core."""
    rng = np.random.default_rng(0)
    rows = rng.integers(0, len(world.texts), documents)
    vectors = world.vectors[rows] + 0.01 * rng.normal(size=(documents, 384)).astype(np.float32)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    standing = fresh(world, world.until(FIRST), proposal(world, world.until(FIRST)))
    fit = proposal(world, np.arange(len(world.texts)))
    begun = perf_counter()
    placed(vectors, standing.model)
    assigned = perf_counter() - begun
    refit = Refit(vectors, np.zeros(documents, dtype=np.bool_), fit.found[rows], fit.centroids)
    begun = perf_counter()
    reconcile(standing.model, refit, next_number=standing.number)
    return {
        "documents": documents,
        "prototypes": len(standing.model.theme),
        "assigned_per_second": round(documents / assigned),
        "reconcile_seconds": round(perf_counter() - begun, 2),
    }


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--corpus", choices=CORPORA, action="append")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "groundswell-benchmarks")
    parser.add_argument("--seed", type=int, default=11, help="which classes come and go, and when")
    parser.add_argument("--small", action="store_true", help="a sample of 3,000 documents, one second fit, no BERTopic")
    given = parser.parse_args()
    if not given.data.is_dir():
        print(json.dumps({"skipped": f"no folder {given.data}; give one with --data"}))
        return
    warnings.simplefilter("ignore")
    compile()
    report = {}
    for name in given.corpus or ("clinc150", "stackoverflow"):
        world = stream(name, given.data, given.cache, seed=given.seed, limit=3_000 if given.small else None)
        report[name] = {
            **week_by_week(world),
            "twice": twice(world, seeds=1 if given.small else 3),
            "bertopic": "left out" if given.small else beside(world),
            "speed": speed(world, documents=5_000 if given.small else 50_000),
        }
    json.dump(report, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
