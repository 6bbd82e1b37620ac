"""How narrow the weekly counts become by labels that follow the classifier's doubt, beside evenly drawn ones.

    python benchmarks/active_labels.py [--worlds 200] [--seed 0] [--small] [--tune]

Prints JSON. Simulated streams of eight weeks in which a fifth of the documents are over-blocks, and classifiers from
good to misleading: `good`, `fair` and `poor` are calibrated, `overconfident` is a fair one that says every answer with
three times the log odds, `blind` misses a quarter of the over-blocks with great confidence. At the same number of
labels, as a ratio of active to even draws with an interval over worlds: the standard error of a week's count under the
draw by the Horvitz-Thompson difference estimator, the classifier's answers corrected within score bins (`error`) or
taken as they are (`error_plain`), and the mean width of the weekly intervals of `mitigations.ppi_claims` (`width`), in
which the counts' own Poisson variation is the larger part; their coverage of the mean beside it. Then planted floods
of borderline documents, and how much of the budget they get with and without caps. --tune compares settings of the
design on seeds that are not reported on."""

import argparse
import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from mitigations.ppi_bins import BINS, score_bins
from mitigations.ppi_claims import Cells, Sample, claims
from mitigations.sampling import Design, Floats, active_sizes, draw, even_sizes

WEEKS = 8
A_WEEK = 400
PREVALENCE = 0.2
MISSED = 0.1
"""As in `jobs/label_draws.py`: what a document that is called something else is taken to be worth."""
TUNING = 10_000
"""Seeds from here on are for --tune alone."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """Separation of the scores' two normal distributions, what confidence is multiplied by, share missed blindly."""

    separation: float
    boast: float = 1.0
    blind: float = 0.0


CLASSIFIERS = {
    "good": Classifier(3.6),
    "fair": Classifier(2.4),
    "poor": Classifier(1.2),
    "overconfident": Classifier(2.4, boast=3.0),
    "blind": Classifier(3.6, blind=0.25),
}


def stream(classifier: Classifier, rng: np.random.Generator) -> pd.DataFrame:
    """Documents: week, mean (true ones that such a week has), stratum, true, predicted, sure (probability of the answer
    given), probability (of an over-block, as the queue knows it), reporter and template of their own."""
    levels, prevalence = A_WEEK * rng.gamma(10, 0.1, WEEKS), PREVALENCE * rng.gamma(20, 0.05, WEEKS)
    sizes = rng.poisson(levels)
    week = np.repeat(np.arange(WEEKS), sizes)
    true = rng.random(len(week)) < np.repeat(prevalence, sizes)
    score = rng.normal(np.where(true, 0.5, -0.5) * classifier.separation)
    score = np.where(true & (rng.random(len(week)) < classifier.blind), rng.normal(-4, 1, len(week)), score)
    logit = np.log(PREVALENCE / (1 - PREVALENCE)) + classifier.separation * score
    p = 1 / (1 + np.exp(-classifier.boast * logit))
    other = (1 - p) * rng.beta(6, 1, len(week))
    predicted = p > other
    sure = np.where(predicted, p, other)
    return pd.DataFrame(
        {
            "week": week,
            "mean": np.repeat(levels * prevalence, sizes),
            "stratum": [f"w{number}" for number in week],
            "true": true.astype(float),
            "predicted": predicted,
            "sure": sure,
            "probability": np.where(predicted, sure, (1 - sure) * MISSED),
            "reporter": None,
            "template": None,
        }
    )


def estimated(documents: pd.DataFrame, sizes: Floats, labels: int, rng: np.random.Generator) -> dict[str, Any]:
    """Errors of the weekly counts by the difference estimator, and intervals by prediction-powered inference."""
    found = draw(rng.random(len(documents)), sizes, labels)
    drawn, inclusion = documents.iloc[found.chosen], found.inclusion[found.chosen]
    bins = score_bins(documents["predicted"].to_numpy(), documents["sure"].to_numpy())
    binned = documents["true"].groupby(bins).transform("mean")
    errors = {
        name: float(
            np.sqrt(
                ((documents["true"] - said) ** 2 * (1 / found.inclusion - 1)).groupby(documents["week"]).sum()
            ).mean()
        )
        for name, said in (("error", binned), ("error_plain", documents["probability"]))
    }
    unique = np.zeros((WEEKS, len(BINS)))
    np.add.at(unique, (documents["week"].to_numpy(), bins), 1.0)
    nothing = np.zeros(len(drawn), dtype=np.int64)
    sample = Sample(
        bin=bins[found.chosen],
        week=drawn["week"].to_numpy(),
        slice=nothing,
        y=drawn["true"].to_numpy(),
        inclusion=inclusion,
        labellers=nothing + 1,
    )
    weeks = np.arange(WEEKS)
    cells = Cells(unique=unique, certain=np.zeros(WEEKS), week=weeks, slice=np.zeros(WEEKS, dtype=np.int64), span=1)
    ppi = claims(sample, cells)
    mean = documents.groupby("week")["mean"].first().to_numpy()
    return {
        **errors,
        "width": float(np.mean(ppi.high - ppi.low)),
        "covered": float(np.mean((ppi.low <= mean) & (mean <= ppi.high))),
        "powered": float(np.mean(ppi.method == "ppi")),
    }


def compared(name: str, labels: int, design: Design, *, worlds: int, seed: int) -> dict[str, Any]:
    """Active against even draws over so many worlds."""
    rows: dict[str, list[dict[str, Any]]] = {"active": [], "even": []}
    f1 = []
    for world in range(worlds):
        rng = np.random.default_rng([seed, world, labels, sorted(CLASSIFIERS).index(name)])
        documents = stream(CLASSIFIERS[name], rng)
        both = (documents["predicted"] & (documents["true"] > 0)).sum()
        f1.append(2 * both / (documents["predicted"].sum() + documents["true"].sum()))
        # Even draws have the same number for every document: no floor is needed to tell designs apart.
        drawn = {"active": active_sizes(documents, design), "even": even_sizes(documents["stratum"])}
        for how, sizes in drawn.items():
            rows[how].append(estimated(documents, sizes, labels, rng))
    active, even = (pd.DataFrame(rows[how]) for how in ("active", "even"))
    told = {"classifier": name, "f1": round(float(np.mean(f1)), 2), "labels": labels}
    for figure in ("error", "error_plain", "width"):
        told |= ratio(figure, active[figure], even[figure], seed=seed)
    for how, frame in (("active", active), ("even", even)):
        told[f"coverage_{how}"] = round(float(frame["covered"].mean()), 3)
        told[f"powered_{how}"] = round(float(frame["powered"].mean()), 2)
    return told


def ratio(name: str, active: "pd.Series[float]", even: "pd.Series[float]", *, seed: int) -> dict[str, Any]:
    """Ratio of the means with a bootstrap interval over worlds."""
    drawn = np.random.default_rng(seed).integers(0, len(active), (500, len(active)))
    shares = active.to_numpy()[drawn].mean(1) / even.to_numpy()[drawn].mean(1)
    low, high = np.quantile(shares, [0.025, 0.975])
    return {
        name: round(float(active.mean() / even.mean()), 3),
        f"{name}_95": [round(float(low), 3), round(float(high), 3)],
    }


def flooded(design: Design, *, seed: int) -> dict[str, float]:
    """Expected share of a budget of 100 that borderline floods get: one tool, and sock puppets of one template."""
    rng = np.random.default_rng([seed, 77])
    documents = stream(CLASSIFIERS["good"], rng)
    own = documents.assign(kind="honest")
    tool = own.sample(800, replace=True, random_state=seed).assign(kind="tool", probability=0.5, reporter="tool")
    tool["template"] = [f"t{number}" for number in range(len(tool))]
    puppets = own.sample(800, replace=True, random_state=seed + 1).assign(
        kind="puppets", probability=0.5, template="one", reporter=[f"p{number}" for number in range(800)]
    )
    items = pd.concat([own, tool, puppets], ignore_index=True)
    inclusion = draw(rng.random(len(items)), active_sizes(items, design), 100).inclusion
    share = pd.Series(inclusion).groupby(items["kind"]).sum() / inclusion.sum()
    documents_share = items["kind"].value_counts(normalize=True)
    return {
        **{f"{name}_of_documents": round(float(documents_share[name]), 3) for name in ("tool", "puppets")},
        **{f"{name}_of_budget": round(float(share[name]), 3) for name in ("tool", "puppets")},
    }


def main() -> None:
    """Print the comparison as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--small", action="store_true", help="40 worlds, 150 labels")
    parser.add_argument("--tune", action="store_true", help="compare designs, on other seeds")
    given = parser.parse_args()
    worlds = 40 if given.small or given.tune else given.worlds
    budgets = (150,) if given.small else (100, 300)
    if given.tune:
        grid = [Design(floor=floor, doubt=doubt) for floor in (0.2, 0.35, 0.5) for doubt in (0.01, 0.03, 0.06)]
        rows = [
            {**asdict(design), **compared(name, 200, design, worlds=worlds, seed=TUNING + given.seed)}
            for design in grid
            for name in CLASSIFIERS
        ]
        print(json.dumps(rows, indent=1))
        return
    design = Design()
    rows = [
        compared(name, labels, design, worlds=worlds, seed=given.seed) for labels in budgets for name in CLASSIFIERS
    ]
    floods = {"capped": flooded(design, seed=given.seed), "uncapped": flooded(Design(cap=1.0), seed=given.seed)}
    print(json.dumps({"design": asdict(design), "worlds": worlds, "rows": rows, "flood": floods}, indent=1))


if __name__ == "__main__":
    main()
