"""How many grave documents triage catches, and how much ordinary feedback it sends beside them.

    python benchmarks/triage.py [--data ../shared/data] [--half tune|report] [--fit] [--cache DIR]

Prints JSON: recall on benchmarks/data/grave.jsonl by rule, domain and directness, the share of its near misses that
are sent, and the share of ordinary feedback, each with its Wilson 95 % interval. Ordinary feedback is the demo's (but
for what was planted as critical) and, where the data folder is there, app reviews and product issues; the issues hold
real incidents of agents, so their share is an upper bound. --fit prints the thresholds that catch most on the half
`tune` while each source sends at most so much; thresholds are chosen there, and the half `report` is for the record.
Weights of signs are fitted on that half and on the seed corpus's out-of-fold predictions."""

import argparse
import csv
import gzip
import io
import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from jobs.cache import cache_directory
from jobs.scenario import write_demo
from jobs.triage_models import make_watch
from nlp.bundle import default_examples
from nlp.claim import split
from nlp.classify import ORDINARY
from nlp.evaluate import wilson
from nlp.redact import redact_all
from nlp.taxonomy import TriageThresholds, TriageWeights, load_taxonomy
from nlp.training import grave_targets
from nlp.triage import RULES, Watch, least, log_odds

ROOT = Path(__file__).resolve().parent.parent
GRAVE = ROOT / "benchmarks" / "data" / "grave.jsonl"
MOST_SENT = 0.028
"""Of ordinary feedback, when thresholds are chosen: below the 3 % that is aimed at, for the other half varies."""
REVIEWS, ISSUES = ("ai_app_reviews_2023.csv.gz", "title", "review"), ("ai_product_issues_2025.csv.gz", "title", "body")
GRID = {
    "critical": (0.3, 0.4, 0.5, 0.6, 0.8),
    "unsure": (0.2, 0.3, 0.5, 1.0),
    "signs": tuple(round(0.02 * step, 2) for step in range(10, 50)),
    "distress": (0.3, 0.5, 0.7, 0.9),
}
TERMS = tuple(one.name for one in fields(TriageWeights))
PENALTIES = (0.01, 0.03, 0.1)
FOLDS = 5
EXPECTED = 0.5
"""What a wording is taken to add to the log odds before any document has shown it."""


def half(identifier: str) -> str:
    """ "tune" or "report", for ever the same for an id."""
    return "tune" if sha256(identifier.encode()).digest()[0] % 2 else "report"


def graves(path: Path) -> pd.DataFrame:
    """The written reports: id, text, grave (bool), direct (bool), harm_domain, half; with `source`."""
    rows = pd.DataFrame([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()])
    return rows.assign(source="grave")


def demo(folder: Path) -> pd.DataFrame:
    """The demo's feedback; `grave` says what was planted as critical."""
    write_demo(folder, seed=11, days=180, documents=6000, end=date(2026, 6, 28))
    given = pd.read_csv(folder / "feedback.csv", dtype=str, keep_default_na=False)
    truth = pd.read_csv(folder / "truth_documents.csv", dtype=str, keep_default_na=False).drop_duplicates("id")
    taxonomy = load_taxonomy()
    pairs = zip(truth["kind"], truth["harm_domain"], strict=True)
    critical = dict(zip(truth["id"], [taxonomy.hazard(*pair) == "critical" for pair in pairs], strict=True))
    rows = given.drop_duplicates("id")[["id", "text"]]
    return rows.assign(grave=rows["id"].map(critical).astype(bool), source="demo")


def public(folder: Path, source: tuple[str, str, str], most: int) -> pd.DataFrame:
    """Title and body of the rows of a public file whose hashes come first."""
    name, title, body = source
    if not (folder / name).is_file():
        return pd.DataFrame({"id": [], "text": [], "grave": [], "source": []})
    csv.field_size_limit(10**9)
    with gzip.open(folder / name, "rt", encoding="utf-8", newline="") as lines:
        texts = [f"{row[title]}\n\n{row[body]}".strip() for row in csv.DictReader(io.StringIO(lines.read()))]
    rows = pd.DataFrame({"text": texts}).drop_duplicates("text")
    rows["id"] = [sha256(text.encode()).hexdigest()[:16] for text in rows["text"]]
    return rows.sort_values("id").head(most).assign(grave=False, source=name.partition(".")[0])


def scored(watch: Watch, rows: pd.DataFrame, *, closely: bool) -> tuple[pd.DataFrame, Any]:
    """The rows with a column of each rule's score, and the signs (n, terms + patterns).

    0 where the quick look passes nothing on, unless all are to be looked at `closely`.
    """
    texts = [one.text for one in redact_all(rows["text"].tolist())]
    claims = [split(text).claim for text in texts]
    passed = watch.screened(texts, claims)
    chosen = np.arange(len(rows)) if closely else np.flatnonzero(passed)
    reading = watch.read([texts[row] for row in chosen], [claims[row] for row in chosen], watch.exact)
    scores = np.zeros((len(rows), len(RULES)))
    scores[chosen] = watch.scores(reading)
    return rows.assign(passed=passed, **dict(zip(RULES, scores.T, strict=True))), watch.signs(reading)


def sent(rows: pd.DataFrame, thresholds: TriageThresholds) -> pd.DataFrame:
    """Which rules hold of each row, as a frame of bool."""
    return pd.DataFrame({rule: rows[rule] >= least(thresholds, rule) for rule in RULES}, index=rows.index)


def share(held: "pd.Series[bool]") -> dict[str, Any]:
    """A share with its Wilson 95 % interval."""
    count, of = int(held.sum()), len(held)
    if not of:
        return {"of": 0}
    low, high = wilson(count, of)
    return {"count": count, "of": of, "share": round(count / of, 4), "interval": [round(low, 4), round(high, 4)]}


def report(rows: pd.DataFrame, thresholds: TriageThresholds) -> dict[str, Any]:
    """Every figure of one half."""
    rules = sent(rows, thresholds)
    any_rule = rules.any(axis=1)
    written = rows["source"] == "grave"
    grave, near, ordinary = written & rows["grave"], written & ~rows["grave"], ~written & ~rows["grave"]
    planted = ~written & rows["grave"]
    missed = rows[grave & ~any_rule]
    return {
        "recall": share(any_rule[grave]),
        "recall_by_rule": {rule: share(rules[rule][grave]) for rule in RULES},
        "recall_by_domain": {name: share(any_rule[part.index]) for name, part in rows[grave].groupby("harm_domain")},
        "recall_by_directness": {
            str(name): share(any_rule[part.index]) for name, part in rows[grave].groupby("direct")
        },
        "passed_by_the_quick_look": share(rows["passed"][grave]),
        "missed": missed["id"].tolist(),
        "near_misses_sent": share(any_rule[near]),
        "demo_planted_caught": share(any_rule[planted]),
        "ordinary_sent": {"all": share(any_rule[ordinary]), **of_sources(rows[ordinary], any_rule)},
        "ordinary_sent_by_rule": {rule: share(rules[rule][ordinary]) for rule in RULES},
        "ordinary_looked_at_closely": share(rows["passed"][ordinary]),
    }


def of_sources(rows: pd.DataFrame, held: "pd.Series[bool]") -> Mapping[str, Any]:
    """The share sent of each source."""
    return {str(name): share(held[part.index]) for name, part in rows.groupby("source")}


def candidates() -> Iterator[TriageThresholds]:
    """Every combination of the grid, `unsure` below `critical`."""
    for values in product(*GRID.values()):
        one = TriageThresholds(**dict(zip(GRID, values, strict=True)))
        if one.unsure < one.critical or one.unsure == 1.0:
            yield one


def chosen_thresholds(rows: pd.DataFrame) -> tuple[tuple[float, float], TriageThresholds]:
    """The thresholds of highest recall (mean of the written and the demo's planted reports) while no source sends
    more than MOST_SENT; of equals, the fewest sent.

    Product issues are left out of that bound: they hold real incidents. First (recall, minus the share sent).
    """
    written = (rows["source"] == "grave").to_numpy()
    grave, planted = (part & rows["grave"].to_numpy(dtype=bool) for part in (written, ~written))
    ordinary = ~written & ~rows["grave"].to_numpy(dtype=bool) & ~rows["source"].str.contains("issues").to_numpy()
    held = {rule: {value: (rows[rule] >= value).to_numpy() for value in GRID[rule]} for rule in GRID}
    sources = [ordinary & (rows["source"] == name).to_numpy() for name in sorted(set(rows["source"][ordinary]))]
    best: tuple[float, float] = (-1.0, 0.0)
    chosen = TriageThresholds()
    for one in candidates():
        any_rule = np.any([held[rule][least(one, rule)] for rule in GRID], axis=0)
        if max(any_rule[part].mean() for part in sources) > MOST_SENT:
            continue
        caught = [float(any_rule[part].mean()) for part in (grave, planted) if part.any()]
        merit = (sum(caught) / len(caught), -float(any_rule[ordinary].mean()))
        if merit > best:
            best, chosen = merit, one
    return best, chosen


def learnt(watch: Watch) -> tuple[Any, Any]:
    """Signs and truth of the seed corpus: probabilities are those of models that had not learnt a document."""
    examples, held_out = default_examples(watch.taxonomy), watch.classifier.held_out
    targets = grave_targets(examples, watch.taxonomy)
    judged = held_out[["critical_probability", "grave_probability"]].notna().all(axis=1).to_numpy()
    kept = np.flatnonzero(judged & np.array([target is not None for target in targets]))
    hits = watch.hits([watch.wordings(examples["claim"][row]) for row in kept])
    odds = [log_odds(held_out[name].to_numpy()[kept]) for name in ("critical_probability", "grave_probability")]
    return np.column_stack([*odds, hits]), targets[kept] != ORDINARY


def fitted_weights(signs: Any, truth: Any, penalty: float) -> Any:
    """Base and weights, none below 0, of a logistic regression whose classes weigh the same.

    Weights are shrunk towards EXPECTED: a wording too rare to be fitted keeps what it was written for.
    """
    features = np.column_stack([np.ones(len(signs)), signs])
    balance = np.where(truth, 0.5 / truth.sum(), 0.5 / (~truth).sum())
    sign = np.where(truth, 1.0, -1.0)
    expected = np.where(np.arange(signs.shape[1]) < len(TERMS) - 1, 0.0, EXPECTED)

    def loss(weights: Any) -> tuple[float, Any]:
        margin = sign * (features @ weights)
        slope = -sign * balance / (1 + np.exp(margin))
        shrunk = np.concatenate([[0.0], weights[1:] - expected])
        value = float((balance * np.logaddexp(0, -margin)).sum() + penalty * (shrunk**2).sum() / 20)
        return value, features.T @ slope + penalty * shrunk / 10

    bounds = [(None, None)] + [(0.0, None)] * signs.shape[1]
    return minimize(loss, np.zeros(features.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B").x


def fitted(watch: Watch, rows: pd.DataFrame, signs: Any) -> dict[str, Any]:
    """Weights of the rule `signs`, from the seed corpus and these rows, and the thresholds, chosen on scores of rows
    the weights were not fitted on."""
    truth = rows["grave"].to_numpy(dtype=bool) & (rows["source"] == "grave").to_numpy()
    usable = truth | ~rows["grave"].to_numpy(dtype=bool)
    folds = np.array([sha256(f"fold {name}".encode()).digest()[0] % FOLDS for name in rows["id"]])
    seeds = learnt(watch)

    def fit(known: Any, penalty: float) -> Any:
        pairs = zip(seeds, (signs[known], truth[known]), strict=True)
        return fitted_weights(*(np.concatenate(pair) for pair in pairs), penalty)

    tried = []
    for penalty in PENALTIES:
        unseen = np.zeros(len(rows))
        for fold in range(FOLDS):
            weights = fit(usable & (folds != fold), penalty)
            unseen[folds == fold] = weights[0] + signs[folds == fold] @ weights[1:]
        merit, thresholds = chosen_thresholds(rows.assign(signs=1 / (1 + np.exp(-unseen))))
        tried.append((merit, -penalty, thresholds))
    merit, penalty, thresholds = max(tried, key=lambda one: one[:2])
    weights = fit(usable, -penalty)
    names = ["base", *TERMS[1:], *(one.id for one in watch.taxonomy.grave_patterns)]
    return {
        "thresholds": {rule: least(thresholds, rule) for rule in GRID},
        "weights": {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)},
        "penalty": -penalty,
        "recall_out_of_fold": round(merit[0], 4),
        "ordinary_out_of_fold": round(-merit[1], 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--half", choices=("tune", "report"), default="report")
    parser.add_argument("--fit", action="store_true", help="choose thresholds on the half tune")
    parser.add_argument("--grave", type=Path, default=GRAVE, help="the written reports")
    parser.add_argument("--most", type=int, default=4000, help="rows of each public file at most")
    parser.add_argument("--cache", type=Path)
    chosen = parser.parse_args()
    if not chosen.grave.is_file():
        print(json.dumps({"skipped": f"{chosen.grave.name} is not there"}))
        return
    watch = make_watch(load_taxonomy(), chosen.cache or cache_directory())
    with tempfile.TemporaryDirectory() as scratch:
        parts = [
            graves(chosen.grave),
            demo(Path(scratch)),
            *(public(chosen.data, one, chosen.most) for one in (REVIEWS, ISSUES)),
        ]
    rows = pd.concat([part for part in parts if len(part)], ignore_index=True)
    own = rows["half"] if "half" in rows else pd.Series(None, index=rows.index)
    rows["half"] = own.where(own.notna(), rows["id"].map(half))
    wanted = rows[rows["half"] == ("tune" if chosen.fit else chosen.half)].reset_index(drop=True)
    started = time.perf_counter()
    found, signs = scored(watch, wanted, closely=chosen.fit)
    seconds = time.perf_counter() - started
    result: dict[str, Any] = {"version": watch.version, "documents": len(found), "seconds": round(seconds, 1)}
    result |= fitted(watch, found, signs) if chosen.fit else report(found, watch.taxonomy.triage)
    print(json.dumps({"half": "tune" if chosen.fit else chosen.half, **result}, indent=2))


if __name__ == "__main__":
    main()
