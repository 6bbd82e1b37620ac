"""Honest probabilities: a temperature fitted out of fold, and the rule for abstaining."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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
