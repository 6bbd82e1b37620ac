"""What stands between simulated reports and what is known of them: outages, floods, late filing."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]

LONGEST_DELAY = 14
SAME_DAY = (0.55, 0.75)
"""Share of reports that arrive on their own day, drawn for each world; the rest halves from day to day."""


def outages(rng: np.random.Generator, days: int) -> Indexes:
    """Days on which nothing came: up to three gaps of two to four days."""
    starts = rng.choice(np.arange(30, max(days - 10, 31)), min(3, max(days // 100, 1)), replace=False)
    lengths = rng.integers(2, 5, len(starts))
    every = np.unique(np.concatenate([np.arange(s, s + n) for s, n in zip(starts, lengths, strict=True)]))
    return every[every < days]


def floods(rng: np.random.Generator, series: int, days: int) -> tuple[Indexes, Indexes, Indexes]:
    """Rows, days and extra documents of floods of one or three days by one reporter each, in one row of ten."""
    hit = rng.choice(series, max(series // 10, 1), replace=False)
    first = rng.integers(40, max(days - 5, 41), len(hit))
    length = rng.choice([1, 3], len(hit))
    rows = np.repeat(hit, length)
    when = np.concatenate([np.arange(f, f + n) for f, n in zip(first, length, strict=True)])
    return rows.astype(np.int64), when.astype(np.int64), rng.integers(20, 200, len(rows))


def arrival_shares(rng: np.random.Generator) -> Array:
    """Share of a day's reports that arrives 0, 1, ... LONGEST_DELAY days after it."""
    first = rng.uniform(*SAME_DAY)
    rest = 0.5 ** np.arange(1, LONGEST_DELAY + 1)
    return np.concatenate([[first], (1.0 - first) * rest / rest.sum()])


def arrivals(rng: np.random.Generator, counts: Array, shares: Array) -> npt.NDArray[np.int32]:
    """Reports (series, days, delay) by how many days after their own they arrive; they sum to `counts`."""
    split = rng.multinomial(counts.astype(np.int64).ravel(), shares)
    return split.reshape(*counts.shape, len(shares)).astype(np.int32)


def known_by(arrived: npt.NDArray[np.int32], day: int) -> Array:
    """Counts (series, days) as known at the end of `day`, a row position; 0 for what is to come.

    >>> known_by(np.array([[[2, 1], [3, 4]]], dtype=np.int32), 1).tolist()
    [[3.0, 3.0]]
    """
    days = arrived.shape[1]
    age = day - np.arange(days)[:, None]
    there = np.arange(arrived.shape[2])[None, :] <= age
    known: Array = np.where(there[None, :, :], arrived, 0).sum(axis=2).astype(np.float64)
    return known
