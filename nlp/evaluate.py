"""How good a classifier is: per label with intervals, calibration, accuracy when it may abstain."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.bootstrap import bounds, label_f1, mean_over_labels, resampled
from nlp.calibrate import Z95

# Labels with fewer documents are left out of macro averages: their F1 is noise.
LEAST_SUPPORT = 8


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
    labels = np.union1d(true, said).tolist()
    drawn = label_f1(true, said, labels, seed=seed) if labels else np.zeros((0, 0))
    rows = [label_row(true == label, said == label, label, bounds(drawn[:, at])) for at, label in enumerate(labels)]
    frame = pd.DataFrame(rows, columns=LABEL_COLUMNS)
    return frame.sort_values(["support", "label"], ascending=[False, True], ignore_index=True)


MEASURES = ("precision", "recall", "f1")
LABEL_COLUMNS = ["label", "support", "predicted"] + [
    f"{name}{end}" for name in MEASURES for end in ("", "_low", "_high")
]


def label_row(
    true: NDArray[np.bool_], said: NDArray[np.bool_], label: str, f1_interval: tuple[float, float]
) -> dict[str, Any]:
    """Precision, recall and F1 of one label."""
    hits, support, claimed = int((true & said).sum()), int(true.sum()), int(said.sum())
    f1 = 2 * hits / max(support + claimed, 1)
    if f1 in (0.0, 1.0):  # A bootstrap of nothing but misses, or hits, has no width.
        f1_interval = wilson(hits, round((support + claimed) / 2))
    values = {
        "precision": (hits / claimed if claimed else 0.0, *wilson(hits, claimed)),
        "recall": (hits / support if support else 0.0, *wilson(hits, support)),
        "f1": (f1, min(f1_interval[0], f1), max(f1_interval[1], f1)),
    }
    row: dict[str, Any] = {"label": label, "support": support, "predicted": claimed}
    for name, (value, low, high) in values.items():
        row |= {name: value, f"{name}_low": low, f"{name}_high": high}
    return row


def macro_f1(truth: Sequence[str], predicted: Sequence[str], *, least: int = LEAST_SUPPORT) -> float:
    """Mean F1 over labels with at least `least` documents; NaN if there is none."""
    true, said = arrays(truth, predicted)
    labels, counts = np.unique(true, return_counts=True)
    scores = [
        2 * ((true == label) & (said == label)).sum() / ((true == label).sum() + (said == label).sum())
        for label in labels[counts >= least]
    ]
    return float(np.mean(scores)) if scores else float("nan")


def macro_f1_interval(
    truth: Sequence[str], predicted: Sequence[str], *, least: int = LEAST_SUPPORT, seed: int = 0
) -> dict[str, float]:
    """`macro_f1` with its 95 % interval (bootstrap over documents): value, low, high."""
    true, said = arrays(truth, predicted)
    labels, counts = np.unique(true, return_counts=True)
    judged = [str(label) for label in labels[counts >= least]]
    value = macro_f1(truth, predicted, least=least)
    if not judged:
        return {"value": value, "low": 0.0, "high": 1.0}
    low, high = bounds(mean_over_labels(label_f1(true, said, judged, seed=seed)))
    return {"value": value, "low": min(low, value), "high": max(high, value)}


def accuracy(truth: Sequence[str], predicted: Sequence[str]) -> dict[str, float]:
    """Share right with its 95 % interval: value, low, high."""
    true, said = arrays(truth, predicted)
    low, high = wilson(int((true == said).sum()), len(true))
    return {"value": float((true == said).mean()) if len(true) else float("nan"), "low": low, "high": high}


def lenient(truth: Sequence[str], alternatives: Sequence[Sequence[str]], predicted: Sequence[str]) -> list[str]:
    """The truth, replaced by the prediction where that is an acceptable alternative."""
    rows = zip(truth, alternatives, predicted, strict=True)
    return [said if said in other else true for true, other, said in rows]


def quadratic_kappa(
    truth: Sequence[int], predicted: Sequence[int], *, levels: int = 4, weights: NDArray[np.float32] | None = None
) -> float:
    """Agreement on ordered levels 0 … levels - 1 beyond chance, at most 1 (Cohen 1968)."""
    true, said = np.asarray(truth, dtype=int), np.asarray(predicted, dtype=int)
    observed = np.zeros((levels, levels))
    np.add.at(observed, (true, said), 1.0 if weights is None else weights)
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / max(observed.sum(), 1)
    distance = np.subtract.outer(np.arange(levels), np.arange(levels)) ** 2
    scale = float((distance * expected).sum())
    return 1 - float((distance * observed).sum()) / scale if scale else 1.0


def kappa_interval(truth: Sequence[int], predicted: Sequence[int], *, levels: int, seed: int = 0) -> dict[str, float]:
    """`quadratic_kappa` with its 95 % interval (bootstrap over documents): value, low, high."""
    value = quadratic_kappa(truth, predicted, levels=levels)

    def measure(weights: NDArray[np.float32]) -> float:
        return quadratic_kappa(truth, predicted, levels=levels, weights=weights)

    low, high = bounds(resampled(measure, len(truth), seed=seed)) if len(truth) else (-1.0, 1.0)
    return {"value": value, "low": min(low, value), "high": max(high, value)}


def arrays(truth: Sequence[str], predicted: Sequence[str]) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Both as arrays of one length. Raises LengthsDiffer."""
    if len(truth) != len(predicted):
        raise LengthsDiffer(f"need as many predictions as labels, got {len(predicted)} for {len(truth)}")
    return np.asarray(truth, dtype=np.str_), np.asarray(predicted, dtype=np.str_)
