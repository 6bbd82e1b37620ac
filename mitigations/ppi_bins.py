"""Bins of the classifier's answer: said yes or no, crossed with how sure it was."""

import numpy as np
import numpy.typing as npt

from mitigations.ppi_interval import Floats

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

BINS: dict[str, tuple[bool, float, float]] = {
    "no, sure": (False, 0.0, 0.02),
    "no, likely": (False, 0.02, 0.1),
    "no, doubtful": (False, 0.1, 0.3),
    "no, guessed": (False, 0.3, 1.0),
    "yes, guessed": (True, 0.0, 0.5),
    "yes, doubtful": (True, 0.5, 0.8),
    "yes, likely": (True, 0.8, 0.95),
    "yes, sure": (True, 0.95, 1.0),
}
"""Said yes, and the probability of a true one (half-open, the last closed); from the least likely up."""
SAID_YES = np.array([yes for yes, _, _ in BINS.values()])
GUESS = np.where(SAID_YES, 1.0, 0.0)
"""The share of true ones taken where no label is: the classifier's word."""
FEWEST_IN_BIN = 8
"""Labels a bin must hold to be told from its neighbours on the same side."""


def score_bins(predicted: npt.ArrayLike, probability: npt.ArrayLike) -> Ints:
    """Index into `BINS` of each document: `predicted` whether it was classified as the kind, `probability` of the
    answer that was given (the kind's if yes; if no, what is left of it bounds the kind's from above).

    NaN, an answer without probability, counts as guessed.

    >>> score_bins([True, True, False, False, False], [0.97, 0.4, 0.99, 0.6, float("nan")]).tolist()
    [7, 4, 0, 3, 3]
    """
    yes, sure = np.asarray(predicted, dtype=bool), np.asarray(probability, dtype=np.float64)
    chance = np.where(yes, np.nan_to_num(sure, nan=0.0), 1 - np.nan_to_num(sure, nan=0.0))
    edges = {side: [low for said, low, _ in BINS.values() if said is side][1:] for side in (True, False)}
    no_bins = len(edges[False]) + 1
    return np.where(
        yes,
        no_bins + np.searchsorted(edges[True], chance, side="right"),
        np.searchsorted(edges[False], chance, side="right"),
    ).astype(np.int64)


def groups(labels: Floats) -> Ints:
    """Which bins to read as one, (cells, bins) from labels per bin (cells, bins): equal numbers are one group.

    Neighbours of the same side are joined until each group holds `FEWEST_IN_BIN` labels. Only the number of
    labels decides, never what they say, so that no estimate is biased by it. Yes and no are never joined.

    >>> groups(np.array([[30.0, 9.0, 3.0, 2.0, 1.0, 1.0, 4.0, 9.0]])).tolist()
    [[0, 1, 1, 1, 2, 2, 2, 2]]
    """
    fresh = np.ones(labels.shape, dtype=np.int64)
    for side in (False, True):
        columns = np.flatnonzero(SAID_YES == side)
        # From the doubtful middle outward: the sure end is the large one and stays alone longest.
        order = columns if side else columns[::-1]
        held = labels[:, order[0]]
        for place in range(1, len(order)):
            enough = (held >= FEWEST_IN_BIN) & (labels[:, order[place:]].sum(-1) >= FEWEST_IN_BIN)
            # A group is marked at its leftmost bin.
            fresh[:, max(order[place - 1], order[place])] = enough
            held = np.where(enough, 0.0, held) + labels[:, order[place]]
    return fresh.cumsum(axis=1) - 1


def summed(values: Floats, group: Ints) -> Floats:
    """Values (cells, bins) summed within each group; column g holds group g, the rest nought."""
    found = np.zeros(values.shape)
    rows = np.arange(len(values))
    for column in range(values.shape[1]):
        found[rows, group[:, column]] += values[:, column]
    return found


def sides(group: Ints) -> Flags:
    """Which groups hold bins said yes, (cells, bins) like `summed`."""
    return np.asarray(summed(np.broadcast_to(GUESS, group.shape), group) > 0)
