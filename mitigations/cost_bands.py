"""Which thresholds the truths rule out: bands of scores in which acting pays, or does not, beyond doubt."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from mitigations.judged import Flags, Judged
from mitigations.melding import TINY

Floats = npt.NDArray[np.float64]
EDGE = 0.025
"""How often an end of a range of thresholds may rule out the cheapest one."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What a wrong decision costs, in any one unit: a benign one acted on, a harmful one let through."""

    over_block: float
    under_block: float

    @property
    def even(self) -> float:
        """The share of harmful ones from which on acting pays."""
        return self.over_block / (self.over_block + self.under_block)


class NotACost(ValueError):
    """A cost below nought, or both nought."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Decisions scored from at[i] on and below at[j], arrays (n, n): `total` decisions, `tried` equally weighted judged
    ones, `hits` of them harmful; of `judged` as they are."""

    total: Floats
    hits: Floats
    tried: Floats
    judged: Floats

    def too_few(self, even: float) -> Floats:
        """Chance of as few harmful ones if acting were to pay (one-sided exact binomial)."""
        return np.where(self.tried > 0, beta.sf(even, self.hits + 1, np.maximum(self.tried - self.hits, TINY)), 1.0)

    def too_many(self, even: float) -> Floats:
        """Chance of as many harmful ones if acting did not pay."""
        chance = beta.cdf(even, np.maximum(self.hits, TINY), self.tried - self.hits + 1)
        return np.where((self.tried > 0) & (self.hits > TINY), chance, 1.0)


def checked(costs: Costs) -> Costs:
    """The costs. Raises `NotACost`."""
    if min(costs.over_block, costs.under_block) < 0 or costs.over_block + costs.under_block <= 0:
        raise NotACost(f"expected costs from 0 on, one above it, got {costs.over_block:g} and {costs.under_block:g}")
    return costs


def bands(known: Judged, at: Floats, own: Flags | None = None) -> Bands:
    """Every band between two of the thresholds `at` (rising), of the decisions `own` (all unless given).

    Weights of the judged decisions of a side come to the decisions of that side with a score. The effective number
    of judged ones is that of Hájek's ratio (Korn & Graubard 1998), Kish's where all are alike.
    """
    score = known.rows["score"].to_numpy(np.float64)
    has = ~np.isnan(score) & (True if own is None else own)
    use = has & known.used
    weight = scaled(known, has, use)
    place = np.searchsorted(at, score[use], side="right")
    harmful, missed = known.harmful[use].astype(np.float64), 1.0 - known.inclusion[use]

    def between(values: Floats) -> Floats:
        """Sums from at[i] on and below at[j]."""
        below = np.cumsum(np.bincount(place, weights=values, minlength=len(at) + 1))[:-1]
        found: Floats = np.maximum(below[None, :] - below[:, None], 0.0)
        return found

    size, bad, judged = between(weight), between(weight * harmful), between(np.ones(len(weight)))
    squares, spread, hit = between(weight**2), between(missed * weight**2), between(missed * weight**2 * harmful)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip(bad / size, 0.0, 1.0)
        variance = (hit * (1 - 2 * share) + share**2 * spread) / size**2 * judged / np.maximum(judged - 1, 1)
        design = np.minimum(share * (1 - share) / variance, judged)
        tried = np.nan_to_num(np.where(variance > TINY**2, design, size**2 / squares))
    return Bands(_made(known, score, has, at), np.nan_to_num(share) * tried, tried, judged)


def scaled(known: Judged, has: Flags, use: Flags) -> Floats:
    """Weights of the decisions in `use`: those of either side come to the decisions of that side in `has`."""
    weight = np.zeros(len(has))
    weight[use] = 1.0 / known.inclusion[use]
    for side in (False, True):
        mine = use & (known.acted == side)
        if mine.any():
            weight[mine] *= known.size[has & (known.acted == side)].sum() / weight[mine].sum()
    found: Floats = weight[use]
    return found


def _made(known: Judged, score: Floats, has: Flags, at: Floats) -> Floats:
    place = np.searchsorted(at, score[has], side="right")
    below = np.cumsum(np.bincount(place, weights=known.size[has], minlength=len(at) + 1))[:-1]
    found: Floats = np.maximum(below[None, :] - below[:, None], 0.0)
    return found


def kept(found: Bands, even: float, *, edge: float = EDGE) -> tuple[int, int]:
    """The first and the last of the thresholds that no band rules out: one is too low where from it to a higher one
    too few decisions are harmful for acting to pay, too high where from a lower one to it too many are.

    The cheapest threshold lies above what is ruled out as too low, so the ends are the outermost of either kind. It
    takes the share of harmful ones to rise with the score.
    """
    n = len(found.total)
    upper = np.triu(np.ones((n, n), bool), 1)
    too_low = np.flatnonzero((upper & (found.too_few(even) < edge)).any(1))
    too_high = np.flatnonzero((upper & (found.too_many(even) < edge)).any(0))
    first, last = (int(too_low.max()) if len(too_low) else 0), (int(too_high.min()) if len(too_high) else n - 1)
    return min(first, last), max(first, last)
