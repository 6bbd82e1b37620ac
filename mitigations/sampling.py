"""What to label or audit next: sizes, permanent random numbers, and draws of known inclusion probability."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class BadBudget(ValueError):
    """A number of items that nobody can draw."""


@dataclass(frozen=True, slots=True)
class Design:
    """How a budget is spread. None of it depends on a label.

    `floor`: share of it that is spread evenly, whatever the classifier says. `doubt`: variance that even the
    surest answer is taken to have. `cap`: largest expected share of one reporter, and of one template.
    """

    floor: float = 0.3
    doubt: float = 0.02
    cap: float = 0.05


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw from n items.

    `chosen`: rows drawn now, in the order they are to be labelled: every beginning of it is a draw by itself.
    `inclusion` (n,): chance of each item to be in this draw or one before. `threshold`: what the ranks of the
    chosen are below; infinite where everything was drawn.
    """

    chosen: Integers
    inclusion: Floats
    threshold: float


def active_sizes(items: pd.DataFrame, design: Design) -> Floats:
    """Sizes (n,) that sum to 1, to which inclusion probabilities are proportional.

    `items`: probability (that the item is what is counted, as predicted), stratum (a week), reporter and template
    (None: of its own). The part that follows the classifier is sqrt(p (1 - p) + doubt), which minimises the variance
    of the total (Neyman 1934; Zrnic & Candes 2024, ICML), balanced over the strata; the rest is even.
    """
    if items.empty:
        return np.zeros(0)
    p = items["probability"].to_numpy(np.float64)
    unsure = balanced(np.sqrt(p * (1 - p) + design.doubt), codes(items["stratum"]))
    even = balanced(np.ones(len(items)), codes(items["stratum"]))
    mixed = design.floor * even + (1 - design.floor) * unsure
    return capped(mixed, [codes(items["reporter"]), codes(items["template"])], most=design.cap)


def even_sizes(stratum: "pd.Series[str]") -> Floats:
    """Sizes (n,) that sum to 1 and are equal within a stratum: for a random audit.

    >>> even_sizes(pd.Series(["a"] * 8 + ["b"])).round(3).tolist()[-2:]
    [0.1, 0.2]
    """
    return balanced(np.ones(len(stratum)), codes(stratum))


def balanced(sizes: Floats, stratum: Integers) -> Floats:
    """Sizes with every stratum's sum S brought to S^(2/3), as a share of all.

    An interval of a stratum's total is as wide as S over the root of its number of labels, so this division makes
    the intervals of all strata together the narrowest; a small one gets more than its share.
    """
    total = np.bincount(stratum, weights=sizes)
    scaled: Floats = sizes * total[stratum] ** (-1 / 3)
    return np.asarray(scaled / scaled.sum(), dtype=np.float64)


def capped(sizes: Floats, groupings: Sequence[Integers], *, most: float) -> Floats:
    """Sizes, as shares of all, shrunk so that no group of any grouping has more than `most` of the sum.

    Where a grouping has so few groups that they could not all be smaller, twice the fair share is allowed.
    """
    shrunk: Floats = sizes / sizes.sum()
    for _ in range(20):
        before = shrunk
        for groups in groupings:
            shrunk = _limited(shrunk, groups, most)
        if np.allclose(shrunk, before, rtol=1e-6, atol=0):
            break
    return shrunk


def _limited(sizes: Floats, groups: Integers, most: float) -> Floats:
    total = np.bincount(groups, weights=sizes)
    share = max(most, 2 / max(int((total > 0).sum()), 1))
    if share >= 1:
        return sizes
    # With the k largest at the limit L and the others as they are: L = share (k L + rest).
    ordered = np.sort(total)[::-1]
    rest = np.concatenate([np.cumsum(ordered[::-1])[::-1], [0.0]])
    numbers = np.arange(int(np.floor(1 / share - 1e-9)) + 1)
    numbers = numbers[numbers < len(ordered)]
    limits = share * rest[numbers] / (1 - share * numbers)
    # The first number whose limit no further group exceeds.
    limit = next((float(one) for k, one in zip(numbers, limits, strict=True) if ordered[k] <= one * (1 + 1e-12)), None)
    if limit is None:
        return sizes
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(total > 0, np.minimum(1.0, limit / total), 1.0)
    scaled: Floats = sizes * factor[groups]
    return np.asarray(scaled / scaled.sum(), dtype=np.float64)


def permanent_numbers(ids: "pd.Series[str]", *, seed: int) -> Floats:
    """A number in (0, 1) for each id, for ever the same under a seed, as good as random (a keyed hash)."""
    key = hashlib.blake2b(str(seed).encode(), digest_size=8).hexdigest()
    hashes = pd.util.hash_array(ids.to_numpy(dtype=object), hash_key=key, categorize=False)
    high: Floats = (hashes >> np.uint64(11)).astype(np.float64)
    return (high + 0.5) / 2.0**53


def draw(numbers: Floats, sizes: Floats, budget: int, *, earlier: Floats | None = None) -> Draw:
    """Exactly `budget` items (all there are, if fewer) that were in no draw before.

    Sequential Poisson sampling (Ohlsson 1998, J. Official Statistics): the smallest `numbers / sizes`. The first rank
    that was not drawn is the threshold t, and min(1, t * size) the inclusion probability with which Horvitz-Thompson
    totals are unbiased and single terms uncorrelated (Duffield, Lund & Thorup 2007, J. ACM).

    `earlier` (n,): inclusion probability of the items that draws before, with the same numbers, have taken; 0 for
    all others. An item is in one of two draws if its number is below the larger of its two probabilities, so that is
    the probability of both together: exact where the sizes stay, else up to terms of 1 / budget.

    >>> found = draw(np.array([0.5, 0.1, 0.9]), np.full(3, 1 / 3), 1)
    >>> found.chosen.tolist(), found.inclusion.round(2).tolist()
    ([1], [0.5, 0.5, 0.5])
    """
    if budget < 0:
        raise BadBudget(f"expected a number of items of 0 or more, got {budget}; say how many to draw")
    known = np.zeros(len(numbers)) if earlier is None else earlier
    fresh = np.flatnonzero(known == 0)
    if not budget or not len(fresh):
        return Draw(np.zeros(0, dtype=np.int64), known, 0.0)
    rank = numbers[fresh] / sizes[fresh]
    order = np.argsort(rank, kind="stable")
    threshold = float(rank[order[budget]]) if budget < len(fresh) else np.inf
    inclusion = np.maximum(known, np.minimum(1.0, sizes * threshold))
    return Draw(fresh[order[:budget]].astype(np.int64), inclusion, threshold)


def codes(values: "pd.Series[str]") -> Integers:
    """Group numbers (n,); a missing value is a group of its own each time.

    >>> codes(pd.Series(["a", None, "a", None])).tolist()
    [0, 1, 0, 2]
    """
    found, known = pd.factorize(values.astype(object))
    alone = found < 0
    found[alone] = len(known) + np.arange(int(alone.sum()))
    return found.astype(np.int64)
