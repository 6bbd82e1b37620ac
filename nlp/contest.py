"""Whether a newly trained classifier may serve: compared with the serving one on documents neither learnt from."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.bootstrap import bounds, label_f1, mean_over_labels, resampled
from nlp.bundle import OWN
from nlp.classify import Classifier
from nlp.evaluate import LEAST_SUPPORT
from nlp.report import SEVERITY, as_text, grave_rows
from nlp.seed import text_key
from nlp.taxonomy import FIELDS, Taxonomy

Row = dict[str, Any]
# The rule of promotion: on each of these the new model may be worse by at most so much.
MARGINS: Mapping[str, float] = {
    "kind, macro-F1": 0.02,
    "kind, accuracy on the workspace's labels": 0.02,
    "critical hazard, recall": 0.03,
}
# With fewer of the workspace's own labels, these do not decide by themselves.
LEAST_OWN = 50
RULE = (
    "A model is promoted unless, on documents that neither model learnt from, it is worse than the serving one by "
    + "; ".join(f"more than {margin:.2f} on {name}" for name, margin in MARGINS.items())
    + f" (the second with {LEAST_OWN} labelled documents or more)."
)


def said_by(serving: Classifier, examples: pd.DataFrame, vectors: NDArray[np.float32]) -> pd.DataFrame:
    """What the serving model says of the examples, columns and rows as `Classifier.held_out`: out of fold where it
    was trained on the text, else as it serves. `vectors` (n, 384) are those of the serving kind."""
    keys = pd.Index([text_key(text) for text in examples["text"]])
    known = serving.held_out.drop_duplicates("key").set_index("key")
    frame = known.reindex(keys).reset_index(names="key")
    new = ~keys.isin(known.index)
    if new.any():
        texts, claims = examples["text"][new].tolist(), examples["claim"][new].tolist()
        probabilities = serving.probabilities(texts, claims, vectors[new])
        fields = serving.fields(probabilities).astype({SEVERITY: str})
        for column in [name for name in frame.columns if name in fields]:
            frame.loc[new, column] = fields[column].to_numpy()
        frame.loc[new, "critical_probability"] = serving.critical_probability(probabilities)
    return frame


def compare(
    examples: pd.DataFrame, candidate: pd.DataFrame, serving: pd.DataFrame, *, taxonomy: Taxonomy, seed: int = 0
) -> list[Row]:
    """One row a measure: measure, documents, candidate, serving, difference with _low and _high (95 %, paired
    bootstrap), margin (None: not part of the rule), passed.

    Judged on documents of real wording, the workspace's own among them, and where graver documents are too few
    of these, on all; `candidate` and `serving` are predictions that rest on other documents."""
    real = examples["real"].to_numpy(dtype=bool)
    own = examples["source"].eq(OWN).to_numpy()
    rows = []
    for field in (*FIELDS, SEVERITY):
        judged = real & examples[field].notna().to_numpy()
        known = judged & said(candidate, field) & said(serving, field)
        texts = [as_text(frame[field][known]) for frame in (examples, candidate, serving)]
        rows += field_rows(field, texts, seed=seed)
        mine = known & own
        if field == "kind" and mine.sum() >= LEAST_OWN:
            texts = [as_text(frame[field][mine]) for frame in (examples, candidate, serving)]
            rows.append(accuracy_row("kind, accuracy on the workspace's labels", texts, seed=seed))
    rows.append(critical_row(examples, candidate, serving, taxonomy, seed=seed))
    return [verdict(row) for row in rows if row["documents"]]


def said(predictions: pd.DataFrame, field: str) -> NDArray[np.bool_]:
    """Which rows have a prediction of the field."""
    return (predictions[field].notna() & predictions[field].ne("")).to_numpy(dtype=np.bool_)


def field_rows(field: str, texts: list[list[str]], *, seed: int) -> list[Row]:
    """Accuracy and macro-F1 of one field."""
    return [accuracy_row(f"{field}, accuracy", texts, seed=seed), macro_row(f"{field}, macro-F1", texts, seed=seed)]


def accuracy_row(measure: str, texts: list[list[str]], *, seed: int) -> Row:
    """Share right of both, and the difference."""
    truth, new, old = (np.asarray(column, dtype=np.str_) for column in texts)
    return difference(measure, (new == truth).astype(float), (old == truth).astype(float), seed=seed)


def macro_row(measure: str, texts: list[list[str]], *, seed: int) -> Row:
    """Macro-F1 over labels with LEAST_SUPPORT documents, of both, and the difference."""
    truth, new, old = (np.asarray(column, dtype=np.str_) for column in texts)
    labels, counts = np.unique(truth, return_counts=True)
    judged = [str(label) for label in labels[counts >= LEAST_SUPPORT]]
    if not judged:
        return {"measure": measure, "documents": 0}
    values = [float(np.mean([f1(truth, guess, label) for label in judged])) for guess in (new, old)]
    drawn = [mean_over_labels(label_f1(truth, guess, judged, seed=seed)) for guess in (new, old)]
    low, high = bounds(drawn[0] - drawn[1])
    return described(measure, len(truth), values[0], values[1], low, high)


def f1(truth: NDArray[np.str_], guess: NDArray[np.str_], label: str) -> float:
    """F1 of one label; 0 where nobody says it."""
    true, claimed = truth == label, guess == label
    return float(2 * (true & claimed).sum() / max(int(true.sum() + claimed.sum()), 1))


def critical_row(
    examples: pd.DataFrame, candidate: pd.DataFrame, serving: pd.DataFrame, taxonomy: Taxonomy, *, seed: int
) -> Row:
    """Share of documents of hazard critical that reach the threshold of triage."""
    known = candidate["critical_probability"].notna() & serving["critical_probability"].notna()
    grave = grave_rows(examples, taxonomy) & known.to_numpy() & examples["source"].ne("taxonomy").to_numpy()
    new, old = (frame["critical_probability"][grave].to_numpy() for frame in (candidate, serving))
    threshold = taxonomy.triage.critical
    return difference(
        "critical hazard, recall", np.where(new >= threshold, 1.0, 0.0), np.where(old >= threshold, 1.0, 0.0), seed=seed
    )


def difference(measure: str, new: NDArray[np.float64], old: NDArray[np.float64], *, seed: int) -> Row:
    """Means of both and of their difference, document by document."""
    if not len(new):
        return {"measure": measure, "documents": 0}
    gain = new - old
    low, high = bounds(resampled(lambda weights: float(weights @ gain) / len(gain), len(gain), seed=seed))
    return described(measure, len(gain), float(new.mean()), float(old.mean()), low, high)


def described(measure: str, documents: int, new: float, old: float, low: float, high: float) -> Row:
    """One row of the comparison."""
    return {
        "measure": measure,
        "documents": documents,
        "candidate": new,
        "serving": old,
        "difference": new - old,
        "difference_low": low,
        "difference_high": high,
    }


def verdict(row: Row) -> Row:
    """The row with its margin and whether it is kept."""
    margin = MARGINS.get(row["measure"])
    return {**row, "margin": margin, "passed": margin is None or row["difference"] >= -margin}


def failures(comparison: list[Row]) -> list[str]:
    """Why a model is not promoted, in words; [] where it may be."""
    return [
        f"{row['measure']}: {row['candidate']:.3f} against {row['serving']:.3f} of the serving model "
        f"({row['difference']:+.3f}, allowed {-row['margin']:+.2f}) on {row['documents']:,} documents"
        for row in comparison
        if not row["passed"]
    ]
