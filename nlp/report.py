"""An account of predictions beside labels, field by field: what `evaluate` prints and model cards hold."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.calibrate import calibration_error, recalibration, reliability
from nlp.evaluate import (
    LEAST_SUPPORT,
    accuracy,
    arrays,
    kappa_interval,
    lenient,
    macro_f1_interval,
    per_label,
    wilson,
)
from nlp.taxonomy import FIELDS, Taxonomy

SEVERITY = "severity"
COVERAGES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
# Words of the claim from which on a document is of the next length.
LENGTHS = {"under 15 words": 0, "15 to 59 words": 15, "60 words and more": 60}
# With fewer documents a calibration is not fitted.
LEAST_CALIBRATED = 20

Row = dict[str, Any]


def evaluation(labelled: pd.DataFrame, predicted: pd.DataFrame, *, taxonomy: Taxonomy, seed: int = 0) -> Row:
    """Every figure of each field that is labelled; the frames have the same rows in the same order.

    `labelled`: any of kind, harm_domain, use_case, severity (0-3), facets (list), each None where it is not
    labelled; <field>_alt (lists of labels that are acceptable too), lang, claim. `predicted`: the columns of
    `Classifier.fields`, None where nothing is said, and critical_probability where it is known."""
    report: Row = {"documents": len(labelled), "fields": {}}
    labelled, predicted = labelled.reset_index(drop=True), predicted.reset_index(drop=True)
    for field in (*FIELDS, SEVERITY):
        if field in labelled:
            known = (labelled[field].notna() & predicted[field].notna()).to_numpy()
            if known.any():
                rows = field_report(labelled[known], predicted[known], field, seed=seed)
                report["fields"][field] = rows
    if "facets" in labelled and "facets" in predicted:
        report["facets"] = facet_report(labelled, predicted, taxonomy)
    if "critical_probability" in predicted and {"kind", "harm_domain"} <= set(labelled):
        report["critical"] = critical_report(labelled, predicted["critical_probability"].to_numpy(), taxonomy)
    return report


def field_report(labelled: pd.DataFrame, predicted: pd.DataFrame, field: str, *, seed: int = 0) -> Row:
    """The figures of one field over documents that all have a label and a prediction of it."""
    true, said = arrays(as_text(labelled[field]), as_text(predicted[field]))
    truth, spoken = true.tolist(), said.tolist()
    sure = predicted[f"{field}_probability"].to_numpy(dtype=np.float64)
    right = true == said
    report: Row = {
        "documents": len(true),
        "accuracy": accuracy(truth, spoken),
        "macro_f1": {**macro_f1_interval(truth, spoken, seed=seed), "least_documents": LEAST_SUPPORT},
        "labels": [dict(row) for row in per_label(truth, spoken, seed=seed).to_dict("records")],
        "confusion": confusion(true, said),
        "calibration": calibration(sure, right),
        "abstention": [covered(sure, right, share) for share in COVERAGES],
        "by_length": strata(length_of(labelled), right),
    }
    if f"{field}_alt" in labelled:
        others = [[str(item) for item in listed(value)] for value in labelled[f"{field}_alt"]]
        report["lenient_accuracy"] = accuracy(lenient(truth, others, spoken), spoken)
    if "lang" in labelled:
        report["by_language"] = strata(labelled["lang"].fillna("und").astype(str).tolist(), right)
    if "abstained" in predicted:
        kept = np.array([field not in fields for fields in predicted["abstained"]], dtype=np.bool_)
        report["stated_rule"] = proportion(right[kept]) | {"coverage": float(kept.mean())}
    if field == SEVERITY:
        levels = int(max(true.astype(int).max(), said.astype(int).max(), 3)) + 1
        report["quadratic_kappa"] = kappa_interval(
            true.astype(int).tolist(), said.astype(int).tolist(), levels=levels, seed=seed
        )
        report["within_one"] = proportion(np.abs(true.astype(int) - said.astype(int)) <= 1)
    return report


def as_text(values: "pd.Series[Any]") -> list[str]:
    """Labels as text; levels without a decimal point."""
    return [str(int(value)) if isinstance(value, int | float | np.number) else str(value) for value in values]


def listed(value: Any) -> Sequence[Any]:
    """A cell that may hold a list: [] for anything else."""
    return list(value) if isinstance(value, list | tuple | np.ndarray) else []


def proportion(right: NDArray[np.bool_]) -> Row:
    """documents, accuracy, low, high (Wilson, 95 %)."""
    low, high = wilson(int(right.sum()), len(right))
    return {
        "documents": len(right),
        "accuracy": float(right.mean()) if len(right) else float("nan"),
        "low": low,
        "high": high,
    }


def confusion(true: NDArray[np.str_], said: NDArray[np.str_]) -> list[Row]:
    """Mistakes by pair, commonest first: truth, said, documents, share of the truth's documents."""
    wrong = pd.DataFrame({"truth": true, "said": said})[true != said]
    support = pd.Series(true).value_counts()
    counts = wrong.value_counts(["truth", "said"]).rename("documents").reset_index()
    counts = counts.sort_values(["documents", "truth", "said"], ascending=[False, True, True])
    return [
        {"truth": truth, "said": other, "documents": int(count), "share": float(count / support[truth])}
        for truth, other, count in counts.itertuples(index=False, name=None)
    ]


def calibration(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> Row:
    """Expected error, slope and intercept with intervals, and the table they rest on."""
    bins = 10 if len(sure) >= 100 else 5
    report: Row = {"expected_error": calibration_error(sure, right, bins=bins)}
    if len(sure) >= LEAST_CALIBRATED:
        report |= recalibration(sure, right)
    return report | {"table": reliability(sure, right, bins=bins)}


def covered(sure: NDArray[np.float64], right: NDArray[np.bool_], share: float) -> Row:
    """Accuracy over the surest `share` of the documents."""
    kept = np.argsort(-sure, kind="stable")[: int(np.ceil(share * len(sure)))]
    threshold = float(sure[kept].min()) if len(kept) else float("nan")
    return {"coverage": share, "threshold": threshold} | proportion(right[kept])


def length_of(labelled: pd.DataFrame) -> list[str]:
    """The name in LENGTHS of each document, by the words of its claim, else of its text."""
    name = next((column for column in ("claim", "text") if column in labelled), None)
    words = [len(str(text).split()) for text in labelled[name]] if name else [0] * len(labelled)
    return [[name for name, least in LENGTHS.items() if count >= least][-1] for count in words]


def strata(groups: Sequence[str], right: NDArray[np.bool_]) -> list[Row]:
    """`proportion` by group, largest first."""
    names = np.asarray(groups, dtype=np.str_)
    rows = [{"group": str(name), **proportion(right[names == name])} for name in np.unique(names)]
    return sorted(rows, key=lambda row: (-row["documents"], row["group"]))


def facet_report(labelled: pd.DataFrame, predicted: pd.DataFrame, taxonomy: Taxonomy) -> list[Row]:
    """Precision, recall and F1 of each facet that occurs, over documents whose facets are labelled."""
    pairs = zip(labelled["facets"], predicted["facets"], strict=True)
    known = np.array([isinstance(true, list) and isinstance(said, list) for true, said in pairs], dtype=np.bool_)
    true, said = labelled["facets"][known].tolist(), predicted["facets"][known].tolist()
    rows = []
    for facet in taxonomy.ids("facets"):
        pair = [["yes" if facet in facets else "no" for facets in column] for column in (true, said)]
        if "yes" in pair[0] or "yes" in pair[1]:
            table = per_label(*pair).set_index("label").loc["yes"]
            rows.append({"label": facet, **{str(name): value for name, value in table.items()}})
    return rows


def critical_report(labelled: pd.DataFrame, probability: NDArray[np.float64], taxonomy: Taxonomy) -> Row:
    """How many documents that are critical by their labels reach triage by their hazard, and how many others do."""
    known = (labelled["kind"].notna() & labelled["harm_domain"].notna()).to_numpy() & ~np.isnan(probability)
    grave = grave_rows(labelled, taxonomy)[known]
    sent = probability[known] >= taxonomy.triage.critical
    recall, others = proportion(sent[grave]), proportion(sent[~grave])
    return {
        "documents": int(grave.sum()),
        "recall": {"value": recall["accuracy"], "low": recall["low"], "high": recall["high"]},
        "others": int((~grave).sum()),
        "others_sent": {"value": others["accuracy"], "low": others["low"], "high": others["high"]},
    }


def grave_rows(labelled: pd.DataFrame, taxonomy: Taxonomy) -> NDArray[np.bool_]:
    """Whether the labels of a row make its hazard critical."""
    pairs = zip(labelled["kind"], labelled["harm_domain"], strict=True)
    return np.array(
        [pd.notna(kind) and pd.notna(domain) and taxonomy.hazard(kind, domain) == "critical" for kind, domain in pairs],
        dtype=np.bool_,
    )


def rounded(value: Any, digits: int = 4) -> Any:
    """A report with its numbers rounded and NaN as None, fit for JSON."""
    if isinstance(value, dict):
        return {name: rounded(item, digits) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item, digits) for item in value]
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else round(float(value), digits)
    return int(value) if isinstance(value, np.integer) else value
