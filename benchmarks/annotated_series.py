"""Changes of real series beside human judgement: ours, and other methods with their published defaults.

    python -m benchmarks.annotated_series [--data ../shared/data/series]
    python -m benchmarks.annotated_series --simulated 5      five series of each kind of `annotated_worlds` instead

Prints JSON. FOLDER holds `annotations.json` (series -> annotator -> first steps of new regimes) and a gzipped CSV with
a column `value` for each. Scores as van den Burg & Williams (2020): F1 with a margin of 5 steps against the annotators
together, and covering of each annotator's segments, averaged. The penalties of our rule were chosen on simulated series
(levels, lines, walks, seasons, spikes); that straight lines must be among its readings was seen on these."""

import argparse
import csv
import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import ruptures
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from benchmarks.annotated_worlds import simulated
from topics.real_series import real_steps, standardised

Floats = NDArray[np.float64]
MARGIN = 5
SEED = 70_000
"""Of the simulated series; the penalties were chosen on seeds 1 and 2."""


def f1(annotations: dict[str, list[int]], found: list[int]) -> float:
    """Precision against all annotators together, recall averaged over them; step 0 is everybody's change."""
    said = {who: sorted({0, *steps}) for who, steps in annotations.items()}
    ours = sorted({0, *found})
    precision = matched(sorted(set().union(*said.values())), ours) / len(ours)
    recall = float(np.mean([matched(steps, ours) / len(steps) for steps in said.values()]))
    return 2 * precision * recall / (precision + recall)


def matched(true: list[int], found: list[int]) -> int:
    """How many true steps have a found one within the margin, each found one used once."""
    left, number = list(found), 0
    for step in true:
        near = min(left, key=lambda one: abs(one - step), default=None)
        if near is not None and abs(near - step) <= MARGIN:
            left.remove(near)
            number += 1
    return number


def covering(annotations: dict[str, list[int]], found: list[int], length: int) -> float:
    """How well the best of our segments covers each of an annotator's (Arbelaez et al. 2010), averaged."""
    ours = segments(found, length)
    told = []
    for steps in annotations.values():
        theirs = segments(steps, length)
        told.append(sum((high - low) * max(jaccard((low, high), one) for one in ours) for low, high in theirs) / length)
    return float(np.mean(told))


def segments(steps: list[int], length: int) -> list[tuple[int, int]]:
    """Half-open ranges between changes."""
    ends = [0, *sorted(step for step in set(steps) if 0 < step < length), length]
    return list(zip(ends, ends[1:], strict=False))


def jaccard(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Intersection over union of two ranges."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(shared, 0) / (max(one[1], other[1]) - min(one[0], other[0])) if shared > 0 else 0.0


def bocpd(values: Floats) -> list[int]:
    """Bayesian online detection (Adams & MacKay 2007) with its defaults: hazard 1/100, unit normal-gamma prior.

    Changes are read off the most probable run lengths, backwards.
    """
    hazard, n = 1 / 100, len(values)
    mean, kappa, alpha, beta = (np.array([start]) for start in (0.0, 1.0, 1.0, 1.0))
    log_run = np.array([0.0])
    runs = []
    for value in values:
        scale = beta * (kappa + 1) / (alpha * kappa)
        likelihood = (
            gammaln(alpha + 0.5) - gammaln(alpha) - 0.5 * np.log(2 * np.pi * alpha * scale)
            - (alpha + 0.5) * np.log1p((value - mean) ** 2 / (2 * alpha * scale))
        )  # fmt: skip
        joint = log_run + likelihood
        log_run = np.concatenate([[logsumexp(joint) + np.log(hazard)], joint + np.log1p(-hazard)])
        log_run -= logsumexp(log_run)
        beta = np.concatenate([[1.0], beta + kappa * (value - mean) ** 2 / (2 * (kappa + 1))])
        mean = np.concatenate([[0.0], (kappa * mean + value) / (kappa + 1)])
        kappa, alpha = np.concatenate([[1.0], kappa + 1]), np.concatenate([[1.0], alpha + 0.5])
        runs.append(int(log_run.argmax()))
    found, end = [], n
    while end > 0:
        end -= max(runs[end - 1], 1)
        found.append(end)
    return sorted(step for step in found if step > 0)


def search(maker: Callable[[], Any], penalty: Callable[[int], float]) -> Callable[[Floats], list[int]]:
    """A `ruptures` search with a penalty by the length of the series."""

    def found(values: Floats) -> list[int]:
        ends = maker().fit(values[:, None]).predict(pen=penalty(len(values)))
        return [int(end) for end in ends if end < len(values)]

    return found


def bic(length: int) -> float:
    """The Bayesian information criterion's price of a change of mean at unit variance."""
    return float(2 * np.log(length))


METHODS: dict[str, Callable[[Floats], list[int]]] = {
    "ours": lambda values: real_steps(values),
    "never a change": lambda values: [],
    "ruptures.Pelt rbf": search(lambda: ruptures.Pelt(model="rbf"), bic),
    "ruptures.Pelt l2": search(lambda: ruptures.Pelt(model="l2"), bic),
    "ruptures.Binseg l2": search(lambda: ruptures.Binseg(model="l2"), bic),
    "ruptures.BottomUp l2": search(lambda: ruptures.BottomUp(model="l2"), bic),
    "ruptures.Window l2": search(lambda: ruptures.Window(model="l2"), bic),
    "bocpd": bocpd,
}


def measured(find: Callable[[Floats], list[int]], series: dict[str, Floats], said: dict[str, Any]) -> dict[str, Any]:
    """Both scores of every series and their means."""
    begun = perf_counter()
    found = {name: find(standardised(values)) for name, values in series.items()}
    seconds = perf_counter() - begun
    each = {
        name: [round(f1(said[name], steps), 3), round(covering(said[name], steps, len(series[name])), 3)]
        for name, steps in found.items()
    }
    means = np.mean(list(each.values()), axis=0)
    return {"f1": round(means[0], 3), "covering": round(means[1], 3), "seconds": round(seconds, 2), "each": each}


def column(path: Path) -> Floats:
    """The values of one series; what is missing is NaN."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(io.StringIO(file.read())))
    return np.array([float(row["value"]) if row["value"] not in ("", "NA") else np.nan for row in rows])


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/series"))
    parser.add_argument("--simulated", type=int, metavar="N")
    given = parser.parse_args()
    if given.simulated:
        worlds = simulated(SEED, each=given.simulated)
        series = {name: values for name, (values, _) in worlds.items()}
        said = {name: {"planted": steps} for name, (_, steps) in worlds.items()}
    elif (given.data / "annotations.json").is_file():
        said = json.loads((given.data / "annotations.json").read_text("utf-8"))
        series = {name: column(given.data / f"{name}.csv.gz") for name in said}
    else:
        print(json.dumps({"skipped": f"no annotations.json in {given.data}; give the folder with --data"}))
        return
    json.dump({name: measured(find, series, said) for name, find in METHODS.items()}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
