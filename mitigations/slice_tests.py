"""The tests behind the search for slices: is a slice a larger part of the errors than of what was right?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import hypergeom, norm

from mitigations.melding import SEED, TINY, confidence_draws

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

EXACT_FROM = 1.5
"""Standard errors of the score test from which on the exact test decides; below it no slice is near to be found."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Judged decisions in slices (arrays by slice): `wrong` and `right` ones in it, `of_wrong` and `of_right` in all,
    each in equally weighted ones; `weight` of all wrong and all right ones in decisions."""

    wrong: Floats
    right: Floats
    of_wrong: Floats
    of_right: Floats
    weight: tuple[float, float]


def parts(cell: npt.NDArray[np.int64], cells: int, wrong: Flags, weight: Floats) -> Parts:
    """Count the cells. Wrong and right ones are each brought to an effective number (Kish 1965), for wrong ones lie
    on one side of the threshold and are drawn by another probability than right ones; where the rows of a slice are
    heavier than those of all, it is theirs: two heavy finds are two finds."""
    counts, sizes, totals = [], [], []
    for side in (wrong, ~wrong):
        own = weight[side]
        total = max(float(own.sum()), TINY)
        inside = np.bincount(cell[side], weights=own, minlength=cells)
        squares = np.bincount(cell[side], weights=own**2, minlength=cells)
        unit = np.maximum(squares / np.maximum(inside, TINY), float((own**2).sum()) / total)
        counts.append(inside / np.maximum(unit, TINY))
        sizes.append(total / np.maximum(unit, TINY) if len(own) else np.zeros(cells))
        totals.append(total)
    return Parts(counts[0], counts[1], sizes[0], sizes[1], (totals[0], totals[1]))


def more_wrong(found: Parts) -> Floats:
    """One-sided p that a slice errs no more than the rest: Fisher's exact test (1935), the score test where it is
    nowhere near. The odds ratio it tests does not depend on how many wrong and right ones were drawn."""
    z = score(found)
    p = np.asarray(norm.sf(z), dtype=np.float64)
    near = np.flatnonzero(z > EXACT_FROM)
    if len(near):
        wrong, right = np.floor(found.wrong[near] + TINY), np.ceil(found.right[near] - TINY)
        n, m = np.floor(found.of_wrong[near] + TINY), np.floor(found.of_right[near] + TINY)
        right = np.minimum(right, m)
        wrong = np.minimum(wrong, n)
        p[near] = hypergeom.sf(wrong - 1, n + m, wrong + right, n)
    return p


def score(found: Parts) -> Floats:
    """Standard errors by which the slice's share of the wrong ones is above that of the right ones."""
    n, m = np.maximum(found.of_wrong, TINY), np.maximum(found.of_right, TINY)
    pooled = (found.wrong + found.right) / (n + m)
    error = np.sqrt(np.maximum(pooled * (1 - pooled), TINY) * (1 / n + 1 / m))
    z: Floats = (found.wrong / n - found.right / m) / error
    return np.where((found.of_wrong > 0) & (found.of_right > 0), z, 0.0)


def ratio(found: Parts, estimate: float, *, confidence: float = 0.95) -> dict[str, float]:
    """Error rate of the first slice over that of the rest, with a melded exact interval around the estimate."""
    dice = np.random.default_rng(SEED)
    wrong = confidence_draws(found.wrong[:1], found.of_wrong[:1], dice)
    right = confidence_draws(found.right[:1], found.of_right[:1], dice)
    tail = (1 - confidence) / 2
    with np.errstate(invalid="ignore"):
        # Between two endless ratios there is no number: the end is endless.
        low = np.quantile(_ratio(wrong[0], right[1], found.weight), tail)
        high = np.nan_to_num(np.quantile(_ratio(wrong[1], right[0], found.weight), 1 - tail), nan=np.inf, posinf=np.inf)
    return {"ratio": estimate, "ratio_low": min(float(low), estimate), "ratio_high": max(float(high), estimate)}


def _ratio(wrong: Floats, right: Floats, weight: tuple[float, float]) -> Floats:
    """The ratio where a slice has these shares of the wrong and of the right ones."""
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.nan_to_num(weight[0] * wrong / (weight[0] * wrong + weight[1] * right))
        outside = weight[0] * (1 - wrong) / (weight[0] * (1 - wrong) + weight[1] * (1 - right))
        return np.asarray(inside / outside, dtype=np.float64)
