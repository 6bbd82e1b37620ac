"""Change of true claims against the four weeks before, with the classifier's error taken out of both."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.stats import f as fisher

from mitigations.noise import LabelNoise
from mitigations.ppi_bins import Ints, groups, sides, summed
from mitigations.ppi_claims import Cells, Sample, noise_of, strata
from mitigations.ppi_interval import TAIL, Floats, Noise, Shares, cleaned, share_moments
from mitigations.ppi_pools import NO_POOL, pooled
from mitigations.ppi_steady import steady_change

BASE_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Change:
    """Ratio of a cell to the mean of the weeks before it, with its 95 % interval; NaN where it cannot be told."""

    ratio: Floats
    low: Floats
    high: Floats


def change(
    sample: Sample,
    cells: Cells,
    *,
    noise: LabelNoise | None = None,
    exposure: npt.ArrayLike | None = None,
    weeks: int = BASE_WEEKS,
) -> Change:
    """Each cell's true claims over the mean of the `weeks` before (of a row of four weeks: over the row before).

    Both are estimated with the labels of the cell's own pool, so that an error of the classifier that stays the
    same cancels; the interval also holds the change that follows if its rates stay the same (`steady_change`). NaN
    where one of the weeks before has no cell, or all of them no claim. `exposure`, by cell: then the ratio of claims
    per request. Without labels it is the ratio of predicted claims.
    """
    before = baseline(cells, weeks)
    known = np.asarray(before.min(axis=1) >= 0)
    base = np.where(known[:, None], cells.unique[before].sum(axis=1), 0.0)
    sure = np.where(known, cells.certain[before].sum(axis=1), 0.0)
    pools = pooled(sample, cells)
    # What was read of this week alone says nothing of the weeks before: both take the pool's shares.
    shares, counts, touched = strata(replace(pools, own=np.zeros_like(pools.own)), cells.unique)
    told, least, most = steady_change(sample, cells, base, sure)
    base = summed(base, groups(pools.items))
    raw = pools.level == NO_POOL
    said = sides(groups(pools.items))
    shares = Shares(
        np.where(raw[:, None], 0.0, shares.true),
        np.where(raw[:, None], 0.0, shares.trials),
        np.where(raw[:, None], said, shares.guess),
    )
    wrong = noise_of(noise, np.where(raw[:, None], 0.0, touched), said)
    ratio, low, high = _ratio((counts, cells.certain), (base, sure), shares, wrong)
    # Which of the classifier's errors stand still cannot be told: the interval holds what follows from either.
    found = ratio, np.where(told, np.fmin(low, least), low), np.where(told, np.fmax(high, most), high)
    scale = np.full(len(known), float(before.shape[1]))
    if exposure is not None:
        asked = np.asarray(exposure, dtype=np.float64)
        scale = np.where(known & (asked > 0), asked[before].sum(axis=1) / np.where(asked > 0, asked, 1.0), np.nan)
    ratio, low, high = (np.where(known, end * scale, np.nan) for end in found)
    return Change(ratio, low, high)


def baseline(cells: Cells, weeks: int) -> Ints:
    """Index of the cells that come before each one (cells, weeks); -1 where there is none."""
    steps = [cells.span] if cells.span > 1 else list(range(1, weeks + 1))
    if not len(cells.week):
        return np.zeros((0, len(steps)), dtype=np.int64)
    start = int(cells.week.min()) - max(steps)
    width = int(cells.week.max()) - start + 1
    place = np.full((int(cells.slice.max()) + 1) * width, -1, dtype=np.int64)
    key = cells.slice * width + cells.week - start
    place[key] = np.arange(len(key))
    return np.stack([place[key - step] for step in steps], axis=1)


def _ratio(
    now: tuple[Floats, Floats], base: tuple[Floats, Floats], shares: Shares, noise: Noise | None
) -> tuple[Floats, Floats, Floats]:
    """Ratio of two sums over the same shares, low and high.

    The counts vary on their own (a ratio of two gammas: the F distribution, exact for Poisson counts up to the
    half added); what the two sums share, labels and label noise, acts by the difference of their make-up.
    """
    share = cleaned(share_moments(shares.true, shares.trials, shares.guess), noise)
    smooth = share_moments(shares.true + 0.5, np.where(shares.trials > 0, shares.trials + 1, 0.0), shares.guess)
    top, top_var = _sum(*now, share.mean)
    bottom, bottom_var = _sum(*base, share.mean)
    some = (top > 0) & (bottom > 0)
    safe_top, safe_bottom = np.where(top > 0, top, 1.0), np.where(bottom > 0, bottom, 1.0)
    slope = np.where(top > 0, 1.0, 0.0)[:, None] * now[0] / safe_top[:, None] - base[0] / safe_bottom[:, None]
    shared = (slope**2 * smooth.variance).sum(axis=1)
    if noise is not None:
        bent = slope * noise.touched * (2 * share.mean - 1)
        for side, part in enumerate([bent * ~noise.yes, bent * noise.yes] if noise.apart else [bent]):
            answers = noise.answers[..., side]
            shared = shared + (noise.rate[..., side] + 1 / answers) / answers * part.sum(axis=1) ** 2
    shapes = _shapes(safe_top, top_var, top > 0), _shapes(safe_bottom, bottom_var, bottom > 0)
    own = sum(np.where(shape > 0, 1 / np.where(shape > 0, shape, 1.0), 0.0) for shape in shapes)
    less = np.where(some, own / np.maximum(own + shared, 1e-12), 1.0)
    first, second = (shape * less for shape in shapes)
    unit = np.where(top > 0, safe_top / np.where(first > 0, first, 1.0), 1.0)
    middle = unit * (first + 0.5) / (safe_bottom * (second + 0.5) / np.where(second > 0, second, 1.0))
    low, high = (middle * fisher.ppf(tail, 2 * first + 1, 2 * second + 1) for tail in (TAIL, 1 - TAIL))
    ratio = np.where(bottom > 0, top / safe_bottom, np.nan)
    low = np.where(top > 0, np.minimum(low, ratio), 0.0)
    return ratio, np.where(bottom > 0, low, np.nan), np.where(bottom > 0, np.maximum(high, ratio), np.nan)


def _sum(counts: Floats, certain: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Expected true ones, and the Poisson variance of that sum."""
    return np.maximum((counts * share).sum(axis=1) + certain, 0.0), (counts * share**2).sum(axis=1) + certain


def _shapes(total: Floats, variance: Floats, some: npt.NDArray[np.bool_]) -> Floats:
    """How many equal events a sum is worth: its shape as a gamma."""
    return np.where(some, total**2 / np.where(variance > 0, variance, 1.0), 0.0)
