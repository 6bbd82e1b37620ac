"""Train a classifier from labelled examples and their vectors."""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from nlp.classify import ABSTENTION, FACET, SEVERITY, Classifier
from nlp.features import learn
from nlp.frames import require
from nlp.heads import Head, Lesson, fit, fit_calibrated
from nlp.packing import pack
from nlp.taxonomy import FIELDS, Taxonomy

TRAINING_VERSION = 1
# A facet with fewer examples is not learnt; the card lists it.
LEAST_FACET = 8
COLUMNS = {"text": "str", "claim": "str", **dict.fromkeys(FIELDS, "str"), SEVERITY: "int", "facets": "list"}
Vectors = NDArray[np.float32]


class VectorsDoNotFit(ValueError):
    """Vectors that do not have one row per example."""


def train(examples: pd.DataFrame, vectors: tuple[Vectors, ...], *, taxonomy: Taxonomy, seed: int = 0) -> Classifier:
    """A calibrated classifier of `examples`: text, claim, kind, harm_domain, use_case (str or None),
    severity (0-3 or NA), facets (list). Optional columns: `real` (bool; documents of real wording,
    on which probabilities are calibrated) and `weight` (above 0; default 1).

    `vectors` holds one array (n, 384) per embedder that may serve; each example is learnt from all.
    A label of an example that the taxonomy lacks is left out for that field."""
    require(examples, COLUMNS, what="examples to train on")
    wrong = [array.shape for array in vectors if len(array) != len(examples)]
    if wrong or not vectors:
        raise VectorsDoNotFit(f"need arrays of {len(examples)} rows, got {wrong or 'none'}; embed the claims")
    with threadpool_limits(1):
        features = learn(examples["claim"].tolist(), taxonomy.patterns)
        texts, claims = examples["text"].tolist(), examples["claim"].tolist()
        stacked = sparse.csr_array(
            sparse.vstack([features.matrix(texts, claims, rows) for rows in vectors], format="csr")
        )
        heads = {
            field: fit_calibrated(lesson(examples, stacked, targets(examples, field, taxonomy)), seed=seed)
            for field in (*FIELDS, SEVERITY)
        }
        heads |= facet_heads(examples, stacked[-len(examples) :], taxonomy)
    return Classifier(features, heads, taxonomy, card(examples, heads, taxonomy, pack(features, heads)))


def targets(examples: pd.DataFrame, field: str, taxonomy: Taxonomy) -> NDArray[np.object_]:
    """The labels of a field as text; None where there is none that the taxonomy knows."""
    known = map(str, range(len(taxonomy.severities))) if field == SEVERITY else taxonomy.ids(field)
    allowed = set(known)
    values = [None if pd.isna(value) else str(value) for value in examples[field]]
    return np.array([value if value in allowed else None for value in values], dtype=object)


def lesson(examples: pd.DataFrame, stacked: sparse.csr_array, labels: NDArray[np.object_]) -> Lesson:
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
        real=np.asarray(real, dtype=np.bool_)[document[rows]],
        weight=np.asarray(weight, dtype=np.float64)[document[rows]],
    )


def facet_heads(examples: pd.DataFrame, features: sparse.csr_array, taxonomy: Taxonomy) -> dict[str, Head]:
    """One head per facet with LEAST_FACET examples or more: labels "no" and "yes"."""
    heads = {}
    for facet in taxonomy.ids("facets"):
        said = np.array(["yes" if facet in facets else "no" for facets in examples["facets"]], dtype=object)
        if (said == "yes").sum() >= LEAST_FACET:
            one = lesson(examples, features, said)
            heads[FACET + facet] = fit(one, np.arange(len(one.truth)))
    return heads


def card(
    examples: pd.DataFrame, heads: Mapping[str, Head], taxonomy: Taxonomy, arrays: Mapping[str, Any]
) -> dict[str, Any]:
    """What a reader must know of the model: what it was trained on, how it did out of fold."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    fields = {
        field: {
            "documents": {
                label: int((targets(examples, field, taxonomy) == label).sum()) for label in heads[field].labels
            },
            "held_out_accuracy": round(heads[field].held_out, 4),
            "temperature": round(heads[field].temperature, 4),
            "abstains_below": round(heads[field].threshold, 4),
        }
        for field in (*FIELDS, SEVERITY)
    }
    return {
        "version": f"classifier-{TRAINING_VERSION}-{digest.hexdigest()[:8]}",
        "taxonomy": taxonomy.version,
        "documents": len(examples),
        "fields": fields,
        "facets_not_learnt": [item for item in taxonomy.ids("facets") if FACET + item not in heads],
        "abstention": ABSTENTION,
    }
