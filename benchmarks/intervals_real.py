"""Part of `intervals.py` on real labels: repeated subsampling of files whose every document is labelled.

A document occurs Poisson(1) times in each stream, so that the count to estimate has the file's own as its mean. The
classifier is TF-IDF with logistic regression: for the airline tweets taught on a few hundred or on half of them and
read on the other half, for the hand-labelled issues, reviews and complaints taught on the seed corpus."""

import csv
import gzip
import json
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from classification import LABELS, labelled_rows
from interval_worlds import DOUBT, Floats, by_bin
from numpy.typing import NDArray

from mitigations.ppi_bins import score_bins
from mitigations.ppi_claims import strata
from mitigations.ppi_interval import corrected
from mitigations.ppi_pools import Pools

REASONS = ("Customer Service Issue", "Late Flight", "Lost Luggage", "Damaged Luggage")
KINDS = ("reliability", "praise", "feature_request", "over_block")
TAUGHT = (400, 7000)
CHUNK = 200


@dataclass(frozen=True)
class Read:
    """Documents with truth, answer (the kind?) and the probability of the answer."""

    name: str
    true: NDArray[np.bool_]
    yes: NDArray[np.bool_]
    sure: Floats


def real(data: Path, seed: int, *, small: bool) -> dict[str, Any]:
    """Coverage and width for each file, class, number of labels and design; what is absent is skipped."""
    if not (data / "airline_tweets_2015.csv.gz").is_file():
        return {"skipped": f"airline_tweets_2015.csv.gz is not in {data}"}
    found = {}
    streams = 200 if small else 2000
    cases = [(one, (100, 300, 1000)) for one in airline(data, small=small)]
    cases += [(one, (30, 100)) for one in by_hand(data)]
    for place, (one, numbers) in enumerate(cases):
        for labels, active in product(numbers, (False, True)):
            rng = np.random.default_rng([seed, place, labels, active])
            found[f"{one.name}, {labels} {'active' if active else 'uniform'}"] = measured(
                one, labels, active, rng, streams
            )
    rows = list(found.values())
    ten = [row for row in rows if row["positives"] >= 10]
    return {
        "streams": streams,
        "lowest_coverage": min(row["coverage"] for row in rows),
        "ten_positives": {"cases": len(ten), "above_97": sum(row["coverage"] > 0.97 for row in ten)},
        "cases": found,
    }


def measured(one: Read, labels: int, active: bool, rng: np.random.Generator, streams: int) -> dict[str, Any]:
    """The figures of one file, class, number of labels and design."""
    parts = [drawn(one, labels, active, rng, min(CHUNK, streams - start)) for start in range(0, streams, CHUNK)]
    estimate, low, high, bare, positives = (np.concatenate(part) for part in zip(*parts, strict=True))
    truth = float(one.true.sum())
    hits = float((one.true & one.yes).sum())
    return {
        "documents": len(one.true),
        "true": int(truth),
        "f1": round(2 * hits / (truth + float(one.yes.sum())), 3),
        "positives": round(float(positives.mean()), 1),
        "coverage": round(float(((low <= truth) & (truth <= high)).mean()), 4),
        "width": round(float((high - low).mean() / truth), 3),
        "labels_alone": round(float(bare.mean() / truth), 3),
        "bias": round(float(estimate.mean() / truth - 1), 3),
        "raw_bias": round(float(one.yes.sum() / truth - 1), 3),
    }


def drawn(one: Read, labels: int, active: bool, rng: np.random.Generator, streams: int) -> tuple[Floats, ...]:
    """Estimate, low, high, width of labelling alone, labelled positives, by stream."""
    there = rng.poisson(1.0, size=(streams, len(one.true)))
    chance = np.where(one.yes, one.sure, 1 - one.sure)
    doubt = np.sqrt(chance * (1 - chance) + DOUBT)
    size = there.sum(axis=1, keepdims=True)
    share = doubt / (there * doubt).sum(axis=1, keepdims=True)
    inclusion = np.minimum(labels * (0.5 * share + 0.5 / size if active else 1.0 / size), 1.0)
    inclusion = np.broadcast_to(inclusion, there.shape)
    picked = rng.binomial(there, inclusion)
    bins = score_bins(one.yes, one.sure)
    counts = by_bin(there.astype(np.float64), bins)
    sums = (picked, picked / inclusion, picked / inclusion**2, picked * one.true / inclusion)
    estimate, low, high = told([by_bin(part.astype(np.float64), bins) for part in sums], counts)
    alone = [np.column_stack([part.sum(axis=1), np.zeros((streams, counts.shape[1] - 1))]) for part in (*sums, there)]
    _, bare_low, bare_high = told(alone[:-1], alone[-1])
    return estimate, low, high, bare_high - bare_low, (picked * one.true).sum(axis=1)


def told(sums: list[Floats], counts: Floats) -> tuple[Floats, Floats, Floats]:
    none, level = np.zeros_like(counts), np.zeros(len(counts), dtype=np.int64)
    found = Pools(*sums, noisy=none, level=level, labels=level, own=none, own_true=none)
    shares, grouped, _ = strata(found, counts)
    return corrected(grouped, np.zeros(len(counts)), shares, None)


def airline(data: Path, *, small: bool) -> list[Read]:
    """Reasons of complaints, each as read by a poorly and by a well taught classifier."""
    with gzip.open(data / "airline_tweets_2015.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = {row["tweet_id"]: row for row in csv.DictReader(lines)}
    teach = [row for key, row in rows.items() if sha256(key.encode()).digest()[0] % 2]
    read = [row for key, row in rows.items() if not sha256(key.encode()).digest()[0] % 2]
    found = []
    for taught in TAUGHT[:1] if small else TAUGHT:
        given = [(row["text"], row["negativereason"] or "none") for row in teach[:taught]]
        answers = answered(given, [row["text"] for row in read])
        for reason in REASONS:
            true = np.array([row["negativereason"] == reason for row in read])
            found.append(asked(f"airline: {reason}, taught on {len(given)}", answers, reason, true))
    return found


def by_hand(data: Path) -> list[Read]:
    """Kinds of the issues and reviews labelled for `classification.py`."""
    if not (data / "seed_feedback.jsonl.gz").is_file():
        return []
    with gzip.open(data / "seed_feedback.jsonl.gz", "rt", encoding="utf-8") as lines:
        seed = [json.loads(line) for line in lines]
    files = sorted(LABELS.glob("labels_issues_*.jsonl")) + sorted(LABELS.glob("labels_reviews_*.jsonl"))
    rows = [row for path in files for row in labelled_rows(data, path)]
    answers = answered([(row["text"], row["kind"]) for row in seed], [row["text"][:2000] for row in rows])
    return [asked(f"by hand: {kind}", answers, kind, np.array([row["kind"] == kind for row in rows])) for kind in KINDS]


def answered(given: list[tuple[str, str]], texts: list[str]) -> tuple[NDArray[np.str_], Floats]:
    """Answer to each text, and its probability."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)), LogisticRegression(C=10.0, max_iter=2000)
    )
    model.fit([text for text, _ in given], [label for _, label in given])
    chances = model.predict_proba(texts)
    return model.classes_[chances.argmax(axis=1)], chances.max(axis=1)


def asked(name: str, answers: tuple[NDArray[np.str_], Floats], wanted: str, true: NDArray[np.bool_]) -> Read:
    said, sure = answers
    return Read(name, true, np.asarray(said == wanted), sure)
