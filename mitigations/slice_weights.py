"""Weights for finding slices: what audits owe to single attributes is kept, what they owe to chance is not."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

PRIOR = 20.0
"""Rows of mean weight that every value of an attribute is thought to have besides its own."""
ROUNDS = 10


def raked(codes: Codes, values: tuple[int, ...], wrong: npt.NDArray[np.bool_], weight: Floats) -> Floats:
    """Weights that are equal but for one factor a value of each attribute, fitted so that each value's total is that of
    `weight`, apart for wrong and right rows.

    `codes` (rows, attributes), each below its number of `values`. Audits that ask more of some scores than of others
    give the rows of every slice a mix of heavy and light weights: noise that says nothing of the slice and costs most
    of the power where finds are few (smoothed weights: Beaumont 2008, Biometrika; the factors by raking: Deming &
    Stephan 1940). A value whose audits were drawn otherwise than those of the rest keeps its own weight; PRIOR shrinks
    that of values with few rows. A slice of several attributes that was audited otherwise than each of them tells is
    not seen here: what is found must hold with the weights as they are too.
    """
    found = np.ones(len(weight))
    for side in (wrong, ~wrong):
        own = weight[side]
        if len(own):
            found[side] = _fitted(codes[side], values, own)
    return found


def _fitted(codes: Codes, values: tuple[int, ...], weight: Floats) -> Floats:
    mean = float(weight.mean())
    found = np.full(len(weight), mean)
    for _ in range(ROUNDS):
        for place, count in enumerate(values):
            code = codes[:, place]
            wanted = np.bincount(code, weights=weight, minlength=count) + PRIOR * mean
            there = np.bincount(code, weights=found, minlength=count) + PRIOR * mean
            found = found * (wanted / there)[code]
    return found
