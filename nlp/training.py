"""Train a classifier from labelled examples and their vectors."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from nlp.calibrate import Floats
from nlp.classify import (
    ABSTENTION,
    FACET,
    GRAVE,
    ORDINARY,
    SEVERITY,
    Classifier,
    critical_probability,
    grave_probability,
    nearest_level,
)
from nlp.duplicates import template
from nlp.features import learn, readings
from nlp.frames import require
from nlp.heads import FOLDS, Head, Lesson, Taught, fit, fit_calibrated
from nlp.packing import HELD_OUT, nothing_held_out, pack
from nlp.report import Row, evaluation, rounded
from nlp.seed import text_key
from nlp.taxonomy import FIELDS, Taxonomy

TRAINING_VERSION = 5
# A facet with fewer examples is not learnt; the card lists it.
LEAST_FACET = 8
DISTRESS = "distress"
COLUMNS = {"text": "str", "claim": "str", **dict.fromkeys(FIELDS, "str"), SEVERITY: "int", "facets": "list"}
Vectors = NDArray[np.float32]


class VectorsDoNotFit(ValueError):
    """Vectors that do not have one row per example."""


def train(examples: pd.DataFrame, vectors: tuple[Vectors, ...], *, taxonomy: Taxonomy, seed: int = 0) -> Classifier:
    """A calibrated classifier of `examples`: text, claim, kind, harm_domain, use_case (str or None),
    severity (0-3 or NA), facets (list; None where they are not labelled). Optional columns: `real` (bool;
    documents of real wording, on which probabilities are calibrated), `weight` (above 0; default 1),
    `source` and `lang` (for the card), `grave` (see `grave_targets`).

    `vectors` holds one array (n, 384) per embedder that may serve; each example is learnt from all, and
    held out on the last. A label of an example that the taxonomy lacks is left out for that field."""
    require(examples, COLUMNS, what="examples to train on")
    wrong = [array.shape for array in vectors if len(array) != len(examples)]
    if wrong or not vectors:
        raise VectorsDoNotFit(f"need arrays of {len(examples)} rows, got {wrong or 'none'}; embed the claims")
    with threadpool_limits(1):
        texts, claims = examples["text"].tolist(), examples["claim"].tolist()
        features = learn(readings(texts, claims), taxonomy.patterns)
        stacked = sparse.csr_array(
            sparse.vstack([features.matrix(texts, claims, rows) for rows in vectors], format="csr")
        )
        lessons = {
            field: lesson(examples, stacked, targets(examples, field, taxonomy), seed=seed)
            for field in (*FIELDS, SEVERITY)
        } | {GRAVE: lesson(examples, stacked, grave_targets(examples, taxonomy), seed=seed)}
        taught = {field: fit_calibrated(one) for field, one in lessons.items()}
        heads = {field: one.head for field, one in taught.items()}
        heads |= facet_heads(examples, stacked[-len(examples) :], taxonomy)
    held_out = held_out_frame(examples, lessons, taught, taxonomy)
    described = card(examples, heads, held_out, taxonomy)
    described["version"] = f"classifier-{TRAINING_VERSION}-{fingerprint(pack(features, heads))}"
    return Classifier(features, heads, taxonomy, described, held_out)


def fingerprint(arrays: Mapping[str, Any]) -> str:
    """Eight hexadecimal digits of the arrays' contents."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()[:8]


def targets(examples: pd.DataFrame, field: str, taxonomy: Taxonomy) -> NDArray[np.object_]:
    """The labels of a field as text; None where there is none that the taxonomy knows."""
    known = map(str, range(len(taxonomy.severities))) if field == SEVERITY else taxonomy.ids(field)
    allowed = set(known)
    values = [None if pd.isna(value) else str(value) for value in examples[field]]
    return np.array([value if value in allowed else None for value in values], dtype=object)


def grave_targets(examples: pd.DataFrame, taxonomy: Taxonomy) -> NDArray[np.object_]:
    """The harm domain of each grave example, ORDINARY of the others; None where kind or domain is not labelled.

    Grave is what is critical by its labels, and distress in a domain of grave potential whatever is claimed. A column
    `grave` that says it already goes before that."""
    kinds, domains = (targets(examples, field, taxonomy) for field in ("kind", "harm_domain"))
    given = examples["grave"] if "grave" in examples else pd.Series(None, index=examples.index, dtype=object)
    labels = np.array([value if isinstance(value, str) else None for value in given], dtype=object)
    for row, (kind, domain, facets) in enumerate(zip(kinds, domains, examples["facets"], strict=True)):
        if labels[row] is not None or kind is None or domain is None:
            continue
        felt = DISTRESS in (facets or []) and domain in taxonomy.grave_domains
        labels[row] = domain if felt or taxonomy.hazard(kind, domain) == "critical" else ORDINARY
    return labels


def lesson(examples: pd.DataFrame, stacked: sparse.csr_array, labels: NDArray[np.object_], *, seed: int = 0) -> Lesson:
    """The rows of `stacked` (all examples, once per kind of vector) that have a label."""
    copies = stacked.shape[0] // len(examples)
    document = np.tile(np.arange(len(examples)), copies)
    rows = np.flatnonzero(np.array([label is not None for label in labels])[document])
    real = examples["real"] if "real" in examples else pd.Series(False, index=examples.index)
    weight = examples["weight"] if "weight" in examples else pd.Series(1.0, index=examples.index)
    return Lesson(
        features=stacked[rows],
        truth=np.tile(labels, copies)[rows].astype(np.str_),
        document=document[rows],
        fold=folds(examples["claim"].tolist(), seed=seed)[document[rows]],
        real=np.asarray(real, dtype=np.bool_)[document[rows]],
        weight=np.asarray(weight, dtype=np.float64)[document[rows]],
    )


def folds(claims: Sequence[str], *, seed: int) -> NDArray[np.int64]:
    """The fold in which each claim is held out, by a hash of its template: copies are held out together, and every
    model holds out alike, so that two can be compared on what neither has seen."""
    numbers = [hashlib.sha256(f"{seed}/{template(claim)}".encode()).digest()[0] % FOLDS for claim in claims]
    return np.array(numbers, dtype=np.int64)


def facet_heads(examples: pd.DataFrame, features: sparse.csr_array, taxonomy: Taxonomy) -> dict[str, Head]:
    """One head per facet with LEAST_FACET examples or more: labels "no" and "yes"."""
    heads = {}
    for facet in taxonomy.ids("facets"):
        said = np.array(
            [None if facets is None else "yes" if facet in facets else "no" for facets in examples["facets"]],
            dtype=object,
        )
        if (said == "yes").sum() >= LEAST_FACET:
            one = lesson(examples, features, said)
            heads[FACET + facet] = fit(one, np.arange(len(one.truth)))
    return heads


def held_out_frame(
    examples: pd.DataFrame, lessons: Mapping[str, Lesson], taught: Mapping[str, Taught], taxonomy: Taxonomy
) -> pd.DataFrame:
    """What was said of each example out of fold, on the last kind of vector: columns of HELD_OUT."""
    source = examples["source"] if "source" in examples else pd.Series("", index=examples.index)
    frame = nothing_held_out().reindex(range(len(examples)))
    frame["key"] = [text_key(text) for text in examples["text"]]
    frame["source"] = source.fillna("").to_numpy()
    unseen = {field: last_copy(lessons[field], one.unseen) for field, one in taught.items()}
    rows, probabilities = unseen.pop(GRAVE)
    frame.loc[rows, f"{GRAVE}_probability"] = grave_probability(taught[GRAVE].head, probabilities)
    for field, (rows, probabilities) in unseen.items():
        labels = np.array(taught[field].head.labels, dtype=object)
        said, sure = labels[probabilities.argmax(axis=1)], probabilities.max(axis=1)
        if field == SEVERITY:
            levels, sure = nearest_level(taught[field].head, probabilities)
            said = levels.astype(str)
        frame.loc[rows, field] = said
        frame.loc[rows, f"{field}_probability"] = sure
    both, kinds, domains = np.intersect1d(unseen["kind"][0], unseen["harm_domain"][0], return_indices=True)
    pair = {"kind": unseen["kind"][1][kinds], "harm_domain": unseen["harm_domain"][1][domains]}
    heads = {field: one.head for field, one in taught.items()}
    frame.loc[both, "critical_probability"] = critical_probability(heads, pair, taxonomy)
    return frame.fillna({name: "" for name, kind in HELD_OUT.items() if kind == "str"})


def last_copy(lesson: Lesson, unseen: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Documents and their out-of-fold probabilities on the last kind of vector."""
    count = len(np.unique(lesson.document))
    return lesson.document[-count:], unseen[-count:]


def held_out_report(examples: pd.DataFrame, held_out: pd.DataFrame, taxonomy: Taxonomy, *, seed: int = 0) -> Row:
    """`evaluation` of out-of-fold predictions on documents of real wording ("real"), on all documents ("all"), and
    on these and the taxonomy's texts ("texts"), which are all there is of a label that was just added."""
    said = held_out.replace("", None)
    nothing = pd.Series(False, index=examples.index)
    texts = examples["source"].eq("taxonomy") if "source" in examples else nothing
    real = examples["real"].astype(bool) if "real" in examples else nothing
    fields = {name: examples[name].astype(object).where(examples[name].notna(), None) for name in (*FIELDS, SEVERITY)}
    labelled = examples.assign(**fields).drop(columns="facets")
    judged = {"real": real & ~texts, "all": ~texts, "texts": real | True}
    return {
        name: evaluation(labelled[rows], said[rows.to_numpy()], taxonomy=taxonomy, seed=seed)
        for name, rows in judged.items()
        if rows.any()
    }


def card(
    examples: pd.DataFrame, heads: Mapping[str, Head], held_out: pd.DataFrame, taxonomy: Taxonomy
) -> dict[str, Any]:
    """What a reader must know of the model: what it was trained on, how it did out of fold."""
    counts = {field: pd.Series(targets(examples, field, taxonomy)).value_counts() for field in (*FIELDS, SEVERITY)}
    fields = {
        field: {
            "documents": {label: int(counts[field].get(label, 0)) for label in heads[field].labels},
            "held_out_accuracy": round(heads[field].held_out, 4),
            "temperature": round(heads[field].temperature, 4),
            "floor": round(heads[field].floor, 4),
            "abstains_below": round(heads[field].threshold, 4),
        }
        for field in (*FIELDS, SEVERITY)
    }
    said = pd.Series([facet for facets in examples["facets"] for facet in facets or []]).value_counts()
    return {
        "taxonomy": taxonomy.version,
        "documents": len(examples),
        "trained_on": {name: made_of(examples, name) for name in ("source", "lang") if name in examples},
        "fields": fields,
        "facets": {facet: int(said.get(facet, 0)) for facet in taxonomy.ids("facets")},
        "facets_not_learnt": [item for item in taxonomy.ids("facets") if FACET + item not in heads],
        "abstention": ABSTENTION,
        "held_out": rounded(held_out_report(examples, held_out, taxonomy)),
    }


def made_of(examples: pd.DataFrame, column: str) -> dict[str, int]:
    """Documents by value of a column, commonest first."""
    return {str(name): int(count) for name, count in examples[column].fillna("unknown").value_counts().items()}
