"""Intervals by resampling documents: F1 of each label, their mean, agreement on levels, paired differences."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 1_000
# Resamples handled together; bounds the memory to so many rows of counts.
BATCH = 50
INTERVAL = (0.025, 0.975)


def weights(count: int, *, seed: int, resamples: int = RESAMPLES) -> Iterator[NDArray[np.float32]]:
    """How often each of `count` documents is drawn, BATCH resamples at a time: shape (batch, count).

    The same count and seed give the same draws, so that two predictions can be compared pairwise."""
    rng = np.random.default_rng(seed)
    for start in range(0, resamples, BATCH):
        size = min(BATCH, resamples - start)
        drawn = rng.integers(0, count, (size, count))
        yield np.stack([np.bincount(row, minlength=count) for row in drawn]).astype(np.float32)


def label_f1(true: NDArray[np.str_], said: NDArray[np.str_], labels: list[str], *, seed: int = 0) -> Floats:
    """F1 of each label in each resample, shape (RESAMPLES, labels); NaN where a resample lacks the label."""
    is_true = np.stack([true == label for label in labels], axis=1)
    is_said = np.stack([said == label for label in labels], axis=1)
    hit, either = (is_true & is_said).astype(np.float32), is_true.astype(np.float32) + is_said
    parts = [
        np.divide(2 * (drawn @ hit), drawn @ either, out=np.full((len(drawn), len(labels)), np.nan, dtype=np.float32),
                  where=(drawn @ either) > 0)
        for drawn in weights(len(true), seed=seed)
    ]  # fmt: skip
    return np.vstack(parts).astype(np.float64)


def bounds(resampled: Floats) -> tuple[float, float]:
    """95 % interval of resampled values (percentiles); NaNs are left out, (NaN, NaN) of nothing."""
    known = resampled[~np.isnan(resampled)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, INTERVAL)
    return float(low), float(high)


def mean_over_labels(resampled: Floats) -> Floats:
    """The macro average of each resample, over the labels it has."""
    known = ~np.isnan(resampled)
    total = np.where(known, resampled, 0.0).sum(axis=1)
    return np.asarray(total / np.maximum(known.sum(axis=1), 1), dtype=np.float64)


def resampled(measure: Callable[[NDArray[np.float32]], float], count: int, *, seed: int = 0) -> Floats:
    """A measure of weighted documents over resamples: `measure` is given the weights (count,)."""
    return np.array([measure(row) for batch in weights(count, seed=seed) for row in batch])
