"""Honest probabilities: a temperature and a floor fitted out of fold, and the rule for abstaining."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Z95 = 1.959963984540054
# Two annotators of the same complaints agree on 94 % of kinds: more than this is no floor any more.
MOST_FLOOR = 0.2


def softmax(scores: Floats, *, temperature: float = 1.0, floor: float = 0.0) -> Floats:
    """Probabilities by row, shape as given, from scores divided by the temperature; the share `floor` of them is
    spread evenly over the labels.

    >>> softmax(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    >>> softmax(np.array([[900.0, 0.0]]), floor=0.1).round(3).tolist()
    [[0.95, 0.05]]
    """
    scaled = scores / temperature
    powers: Floats = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    return np.asarray((1 - floor) * shares + floor / scores.shape[1], dtype=np.float64)


def fit_calibration(scores: Floats, truth: NDArray[np.int64]) -> tuple[float, float]:
    """Temperature (0.05 to 20) and floor (0 to MOST_FLOOR) of least log loss of the top label's being right, on
    out-of-fold scores.

    `scores` has shape (n, labels); `truth` holds column numbers. Temperature alone (Guo et al. 2017, ICML) leaves
    too much at the sure end, where a label is wrong for reasons that no score shows. (1, 0) where there is
    nothing to fit."""
    from scipy.optimize import minimize

    if len(truth) == 0 or scores.shape[1] < 2:
        return 1.0, 0.0
    right = scores.argmax(axis=1) == truth

    def loss(place: Floats) -> float:
        said = softmax(scores, temperature=float(np.exp(place[0])), floor=float(place[1])).max(axis=1)
        said = np.clip(said, 1e-9, 1 - 1e-9)
        return float(-np.log(np.where(right, said, 1 - said)).mean())

    bounds = [(np.log(0.05), np.log(20.0)), (0.0, MOST_FLOOR)]
    starts = (np.array([0.0, 0.02]), np.array([-0.7, 0.05]))
    tried = [minimize(loss, start, method="Nelder-Mead", bounds=bounds) for start in starts]
    best = min(tried, key=lambda one: float(one.fun)).x
    return float(np.exp(best[0])), float(best[1])


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
