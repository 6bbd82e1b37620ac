"""One field of the classifier: a linear model, how its scores become probabilities, when it abstains."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.calibrate import Floats, abstention_threshold, fit_calibration, softmax

# Each document counts once per kind of vector, so this is C = 1 on rows of squared length 5 or more. Chosen by
# cross-validation on complaints_train, like the scales of the blocks: 0.3 to 3 differ by a point.
PENALTY_C = 0.5
TOLERANCE = 1e-3
ITERATIONS = 2_000
# Rare labels weigh more, but less than in proportion.
BALANCE = 0.5
# A label with fewer documents than FEW_DOCUMENTS is few-shot: a linear model hardly ever dares to
# say it. Its score gains this share of the log odds it lacks to an average label (Menon et al. 2021, ICLR).
FEW_DOCUMENTS = 30
FEW_SHOT_GAIN = 0.75
FOLDS = 3
COVERAGE = 0.85
# With fewer documents of real wording, all documents calibrate.
LEAST_REAL = 150
# Score of a label that the other folds did not hold.
UNKNOWN = -50.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one field is learnt from. Rows of one document (one per kind of vector) share `document`.

    `fold`, 0 to FOLDS - 1, says in which part a row is held out."""

    features: sparse.csr_array
    truth: NDArray[np.str_]
    document: NDArray[np.int64]
    fold: NDArray[np.int64]
    real: NDArray[np.bool_]
    weight: Floats


@dataclass(frozen=True, slots=True)
class Head:
    """Scores are features @ weights + intercept; `weights` has shape (features, labels), float32."""

    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    intercept: NDArray[np.float32]
    temperature: float = 1.0
    threshold: float = 0.0
    held_out: float = float("nan")
    floor: float = 0.0

    def probabilities(self, scores: Floats) -> Floats:
        """Calibrated, of the shape of the scores (n, labels)."""
        return softmax(scores, temperature=self.temperature, floor=self.floor)

    def scores(self, features: sparse.csr_array) -> Floats:
        """Shape (n, labels). A sparse product: a row does not depend on its neighbours."""
        return np.asarray(features @ self.weights, dtype=np.float64) + self.intercept


def fit(lesson: Lesson, rows: NDArray[np.int64]) -> Head:
    """A linear model of those rows, uncalibrated; one label only makes a constant."""
    from sklearn.linear_model import LogisticRegression

    labels, place, counts = np.unique(lesson.truth[rows], return_inverse=True, return_counts=True)
    width = int(lesson.features.shape[1])
    if len(labels) < 2:
        nothing = np.zeros((width, len(labels)), dtype=np.float32)
        return Head(tuple(map(str, labels)), nothing, np.zeros(len(labels), dtype=np.float32))
    weight = lesson.weight[rows] * (counts.mean() / counts[place]) ** BALANCE
    model = LogisticRegression(C=PENALTY_C, tol=TOLERANCE, max_iter=ITERATIONS)
    model.fit(lesson.features[rows], lesson.truth[rows], sample_weight=weight / weight.mean())
    weights, intercept = model.coef_, model.intercept_ + few_shot_gain(lesson, rows, labels)
    if len(labels) == 2:
        weights, intercept = np.vstack([-weights, weights]) / 2, np.concatenate([-intercept, intercept]) / 2
    return Head(tuple(map(str, labels)), weights.T.astype(np.float32), intercept.astype(np.float32))


def few_shot_gain(lesson: Lesson, rows: NDArray[np.int64], labels: NDArray[np.str_]) -> Floats:
    """What is added to the intercept of each label, 0 but for few-shot ones."""
    if len(labels) == 2:
        return np.zeros(1)
    truth, document = lesson.truth[rows], lesson.document[rows]
    counts = np.array([len(np.unique(document[truth == label])) for label in labels])
    gain = FEW_SHOT_GAIN * np.log(counts.mean() / counts)
    return np.where(counts < FEW_DOCUMENTS, np.maximum(gain, 0.0), 0.0)


@dataclass(frozen=True, slots=True)
class Taught:
    """A head, and what is said of each row by one that has not learnt from its document: probabilities
    of shape (rows, labels of the head)."""

    head: Head
    unseen: Floats


def fit_calibrated(lesson: Lesson) -> Taught:
    """A linear model with temperature, floor and threshold from out-of-fold scores."""
    parts = [np.flatnonzero(lesson.fold != fold) for fold in range(FOLDS)] + [np.arange(len(lesson.fold))]
    with ThreadPoolExecutor(2) as pool:
        *partial, head = pool.map(lambda rows: fit(lesson, rows), parts)
    judged = lesson.real if lesson.real.sum() >= LEAST_REAL else np.ones(len(lesson.fold), dtype=bool)
    scores = np.full((len(lesson.fold), len(head.labels)), -1e3)
    for fold, other in enumerate(partial):
        rows = np.flatnonzero(lesson.fold == fold)
        columns = np.array([head.labels.index(label) for label in other.labels], dtype=np.int64)
        if len(rows):
            scores[np.ix_(rows, columns)] = other.scores(lesson.features[rows])
    head = calibrated(head, scores[judged], lesson.truth[judged])
    return Taught(head, head.probabilities(np.maximum(scores, UNKNOWN)))


def calibrated(head: Head, scores: Floats, truth: NDArray[np.str_]) -> Head:
    """The head with the temperature, floor and threshold that out-of-fold scores (n, labels) ask for."""
    place = np.array([head.labels.index(label) for label in truth], dtype=np.int64)
    temperature, floor = fit_calibration(np.maximum(scores, UNKNOWN), place)
    fitted = replace(head, temperature=temperature, floor=floor)
    top = fitted.probabilities(scores)
    return replace(
        fitted,
        threshold=abstention_threshold(top.max(axis=1), coverage=COVERAGE),
        held_out=float((top.argmax(axis=1) == place).mean()),
    )
