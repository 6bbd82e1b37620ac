"""How good a classifier is: per label with intervals, calibration, accuracy when it may abstain."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.calibrate import calibration_error

# Labels with fewer documents are left out of macro averages: their F1 is noise.
LEAST_SUPPORT = 8
RESAMPLES = 1_000
Z95 = 1.959963984540054


class LengthsDiffer(ValueError):
    """Truth and prediction of different lengths."""


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson 1927, JASA); (0, 1) without trials.

    >>> [round(bound, 3) for bound in wilson(8, 10)]
    [0.49, 0.943]
    """
    if trials == 0:
        return 0.0, 1.0
    share, spread = hits / trials, Z95**2 / trials
    middle = (share + spread / 2) / (1 + spread)
    half = Z95 * float(np.sqrt(share * (1 - share) / trials + spread / trials / 4)) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def per_label(truth: Sequence[str], predicted: Sequence[str], *, seed: int = 0) -> pd.DataFrame:
    """One row per label that occurs, by support: label, support, predicted, and precision, recall, f1,
    each with _low and _high (95 %; Wilson, for f1 a bootstrap over documents)."""
    true, said = arrays(truth, predicted)
    draws = np.random.default_rng(seed).integers(0, len(true), (RESAMPLES, len(true))) if len(true) else None
    rows = [label_row(true == label, said == label, str(label), draws) for label in np.union1d(true, said)]
    frame = pd.DataFrame(rows)
    return frame.sort_values(["support", "label"], ascending=[False, True], ignore_index=True)


def label_row(
    true: NDArray[np.bool_], said: NDArray[np.bool_], label: str, draws: NDArray[np.int64] | None
) -> dict[str, Any]:
    """Precision, recall and F1 of one label."""
    hits, support, claimed = int((true & said).sum()), int(true.sum()), int(said.sum())
    low, high = 0.0, 1.0
    if draws is not None:
        both, either = (true & said)[draws].sum(axis=1), (true.astype(int) + said)[draws].sum(axis=1)
        low, high = np.quantile(2 * both / np.maximum(either, 1), [0.025, 0.975])
    precision, recall = wilson(hits, claimed), wilson(hits, support)
    return {
        "label": label,
        "support": support,
        "predicted": claimed,
        "precision": hits / claimed if claimed else 0.0,
        "precision_low": precision[0],
        "precision_high": precision[1],
        "recall": hits / support if support else 0.0,
        "recall_low": recall[0],
        "recall_high": recall[1],
        "f1": 2 * hits / max(support + claimed, 1),
        "f1_low": float(low),
        "f1_high": float(high),
    }


def macro_f1(truth: Sequence[str], predicted: Sequence[str], *, least: int = LEAST_SUPPORT) -> float:
    """Mean F1 over labels with at least `least` documents; NaN if there is none."""
    true, said = arrays(truth, predicted)
    labels, counts = np.unique(true, return_counts=True)
    scores = [
        2 * ((true == label) & (said == label)).sum() / ((true == label).sum() + (said == label).sum())
        for label in labels[counts >= least]
    ]
    return float(np.mean(scores)) if scores else float("nan")


def accuracy(truth: Sequence[str], predicted: Sequence[str]) -> dict[str, float]:
    """Share right with its 95 % interval: value, low, high."""
    true, said = arrays(truth, predicted)
    low, high = wilson(int((true == said).sum()), len(true))
    return {"value": float((true == said).mean()) if len(true) else float("nan"), "low": low, "high": high}


def lenient(truth: Sequence[str], alternatives: Sequence[Sequence[str]], predicted: Sequence[str]) -> list[str]:
    """The truth, replaced by the prediction where that is an acceptable alternative."""
    rows = zip(truth, alternatives, predicted, strict=True)
    return [said if said in other else true for true, other, said in rows]


def quadratic_kappa(truth: Sequence[int], predicted: Sequence[int], *, levels: int = 4) -> float:
    """Agreement on ordered levels 0 … levels - 1 beyond chance, at most 1 (Cohen 1968)."""
    true, said = np.asarray(truth, dtype=int), np.asarray(predicted, dtype=int)
    observed = np.zeros((levels, levels))
    np.add.at(observed, (true, said), 1.0)
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / max(len(true), 1)
    distance = np.subtract.outer(np.arange(levels), np.arange(levels)) ** 2
    scale = float((distance * expected).sum())
    return 1 - float((distance * observed).sum()) / scale if scale else 1.0


def confidence(
    truth: Sequence[str], predicted: Sequence[str], probabilities: Sequence[float], *, coverage: float
) -> dict[str, float]:
    """Calibration error, calibration slope, and the accuracy on the surest share `coverage`."""
    true, said = arrays(truth, predicted)
    sure = np.asarray(probabilities, dtype=float)
    right = true == said
    kept = np.argsort(-sure, kind="stable")[: int(np.ceil(coverage * len(sure)))]
    low, high = wilson(int(right[kept].sum()), len(kept))
    return {
        "calibration_error": calibration_error(sure, right),
        "calibration_slope": calibration_slope(sure, right),
        "coverage": coverage,
        "covered_accuracy": float(right[kept].mean()) if len(kept) else float("nan"),
        "covered_low": low,
        "covered_high": high,
    }


def calibration_slope(probabilities: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Slope of a logistic regression of being right on the log odds claimed (Cox 1958): 1 is honest,
    below 1 overconfident. NaN where all are right or all wrong."""
    from sklearn.linear_model import LogisticRegression

    if right.all() or not right.any():
        return float("nan")
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    odds = np.log(clipped / (1 - clipped))[:, None]
    return float(LogisticRegression(C=1e6).fit(odds, right).coef_[0, 0])


def arrays(truth: Sequence[str], predicted: Sequence[str]) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Both as arrays of one length. Raises LengthsDiffer."""
    if len(truth) != len(predicted):
        raise LengthsDiffer(f"need as many predictions as labels, got {len(predicted)} for {len(truth)}")
    return np.asarray(truth, dtype=np.str_), np.asarray(predicted, dtype=np.str_)
