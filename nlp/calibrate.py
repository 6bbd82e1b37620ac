"""Honest probabilities: a temperature fitted out of fold, and the rule for abstaining."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Z95 = 1.959963984540054


def softmax(scores: Floats, *, temperature: float = 1.0) -> Floats:
    """Probabilities by row, shape as given, from scores divided by the temperature.

    >>> softmax(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    scaled = scores / temperature
    powers: Floats = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)


def fit_temperature(scores: Floats, truth: NDArray[np.int64]) -> float:
    """The temperature, 0.05 to 20, of least log loss on out-of-fold scores (Guo et al. 2017, ICML).

    `scores` has shape (n, labels); `truth` holds column numbers. 1 where there is nothing to fit."""
    from scipy.optimize import minimize_scalar

    if len(truth) == 0 or scores.shape[1] < 2:
        return 1.0

    def loss(log_temperature: float) -> float:
        probabilities = softmax(scores, temperature=float(np.exp(log_temperature)))
        return float(-np.log(probabilities[np.arange(len(truth)), truth] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded").x))


def abstention_threshold(probabilities: Floats, *, coverage: float) -> float:
    """The top probability below which a share 1 - coverage of out-of-fold predictions lies.

    The stated rule: a field abstains when its probability is below this."""
    if len(probabilities) == 0:
        return 0.0
    return float(np.quantile(probabilities, 1 - coverage, method="lower"))


def calibration_error(probabilities: Floats, right: NDArray[np.bool_], *, bins: int = 10) -> float:
    """Expected calibration error over bins of equal count: 0 is perfect (Naeini et al. 2015, AAAI)."""
    order = np.argsort(probabilities, kind="stable")
    gaps = [
        len(part) * abs(float(probabilities[part].mean()) - float(right[part].mean()))
        for part in np.array_split(order, bins)
        if len(part)
    ]
    return sum(gaps) / max(len(probabilities), 1)


def reliability(probabilities: Floats, right: NDArray[np.bool_], *, bins: int = 10) -> list[dict[str, float]]:
    """What was claimed beside what came true, in bins of equal count, from unsure to sure."""
    order = np.argsort(probabilities, kind="stable")
    return [
        {
            "documents": len(part),
            "claimed": float(probabilities[part].mean()),
            "right": float(right[part].mean()),
        }
        for part in np.array_split(order, bins)
        if len(part)
    ]


def recalibration(probabilities: Floats, right: NDArray[np.bool_]) -> dict[str, float]:
    """Logistic regression of being right on the log odds claimed (Cox 1958): slope and intercept, each
    with _low and _high (95 %, Wald).

    A slope of 1 is honest, below 1 overconfident. The intercept is that at slope 1: below 0 means that
    less came true than was claimed. NaN where all are right or all wrong."""
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    odds = np.log(clipped / (1 - clipped))
    if len(odds) == 0 or right.all() or not right.any():
        slope = intercept = spread = offset_spread = float("nan")
    else:
        both, covariance = logistic(np.column_stack([np.ones_like(odds), odds]), right, np.zeros_like(odds))
        alone, variance = logistic(np.ones((len(odds), 1)), right, odds)
        slope, spread = float(both[1]), float(np.sqrt(covariance[1, 1]))
        intercept, offset_spread = float(alone[0]), float(np.sqrt(variance[0, 0]))
    return {
        "slope": slope,
        "slope_low": slope - Z95 * spread,
        "slope_high": slope + Z95 * spread,
        "intercept": intercept,
        "intercept_low": intercept - Z95 * offset_spread,
        "intercept_high": intercept + Z95 * offset_spread,
    }


def logistic(design: Floats, right: NDArray[np.bool_], offset: Floats) -> tuple[Floats, Floats]:
    """Coefficients and their covariance of a logistic regression, by Newton's method with a trace of ridge."""
    coefficients = np.zeros(design.shape[1])
    ridge = 1e-6 * np.eye(design.shape[1])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-np.clip(design @ coefficients + offset, -30, 30)))
        information = design.T @ (design * (expected * (1 - expected))[:, None]) + ridge
        step = np.linalg.solve(information, design.T @ (right - expected) - ridge @ coefficients)
        coefficients = coefficients + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    return coefficients, np.asarray(np.linalg.inv(information), dtype=np.float64)
