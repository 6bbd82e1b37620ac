"""How far the truth behind equal scores swings from week to week and slice to slice, so that labels lent tell less."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mitigations.ppi_bins import Flags, Ints, groups
from mitigations.ppi_interval import Floats, Shares
from mitigations.ppi_pools import EVERYBODY, NO_POOL, WINDOW, Pools, weeks_of
from mitigations.rates import checked

if TYPE_CHECKING:
    from mitigations.ppi_claims import Cells, Sample

LEAST_TOLD = 0.5
"""Part of the spread of the bins' shares that must be more than sampling, else the counts tell of no swing."""
CHANCE = 0.5
"""Swings show only as far as they exceed chance by so many standard deviations of it."""
BELIEF = 4.0
"""What the belief is worth, before labels say so, that truth follows the counts: a standard deviation of 0.5."""
BOUND = 1.645
"""Labels must exclude at this many standard errors that truth follows the counts, before the interval narrows."""
LIMIT = 1.0
"""No estimated shift is held for chance by more than so many of its standard deviations."""
SURE = 1e-9
"""A mean share this near to none or all has no log odds to speak of."""
FURTHEST = 20.0
"""No week is taken to hold more than so many times fewer true, or false, ones than its pool."""


def swings(sample: "Sample", cells: "Cells", pools: Pools, shares: Shares) -> Floats:
    """Mean square, by cell, of what the log odds of truth at equal scores differ by from those of its pool.

    A week with more true claims has more of them behind equal scores: the log odds of all bins shift by one
    number (Saerens et al. 2002, Neural Computation), which the bin counts of the week and its labels tell. Its
    variance over the pool's weeks is that of DerSimonian & Laird (1986, Controlled Clinical Trials), its mean
    square what is expected given both. Counts may also change without the truth behind a score (other topics):
    as far as labels of all those weeks exclude that truth follows, it is less. Nought of cells that borrow no labels.
    """
    group = groups(pools.items)
    share, trials = (np.take_along_axis(part, group, axis=1) for part in (shares.mean, shares.trials))
    sampling = share * (1 - share) / np.maximum(trials - 1, 1)
    row = _rows(cells)
    there = ((pools.level > 0) & (pools.level < NO_POOL))[:, None] & (row >= 0)
    everybody = pools.level == EVERYBODY
    add = partial(_together, week=cells.week, to=everybody, of=everybody)
    total = cells.unique.sum(axis=1)
    mix = (cells.unique / np.maximum(total, 1.0)[:, None])[row]
    weight, items, true = _labels(sample, cells)
    # All slices made the pool, those too that have labels enough of their own.
    usual = add((np.where(row >= 0, weight[row], 0.0)[..., None] * mix).sum(axis=1), of=np.ones_like(everybody))
    usual /= np.maximum(usual.sum(axis=1), 1e-12)[:, None]
    seen, sure = _seen(mix, np.where(there, total[row], 0.0), share, sampling, usual)
    excess = np.where(there, ((true[row] - share[:, None]) * items[row]).sum(axis=2), 0.0)
    told = np.where(there, (items[row] * (share * (1 - share))[:, None]).sum(axis=2), 0.0)
    both = sure + told
    shift = np.where(both > 0, (sure * seen + np.where(told > 0, excess, 0.0)) / np.where(both > 0, both, 1.0), 0.0)
    spread = _spread(add((both * shift**2).sum(axis=1)), add(both.sum(axis=1)), add((both > 0).sum(axis=1) * 1.0))
    square = _kept(shift, spread, both) ** 2 + (spread[:, None] / (1 + spread[:, None] * both))
    followed = _kept(seen, spread, sure)
    return np.asarray(
        square[:, 0] * _follows(add((excess * followed).sum(axis=1)), add((told * followed**2).sum(axis=1)))
    )


def _rows(cells: "Cells") -> Ints:
    """Index of each cell itself and of those before it in its slice that share its window; -1: none (cells, lags)."""
    first, last = weeks_of(cells.week)
    steps = np.arange(0, max(WINDOW, cells.span), cells.span)
    place = np.full((int(cells.slice.max(initial=-1)) + 1, last - first + 1 + int(steps[-1])), -1, dtype=np.int64)
    at = cells.week - first + int(steps[-1])
    place[cells.slice, at] = np.arange(len(at))
    return np.asarray(place[cells.slice[:, None], at[:, None] - steps])


def _labels(sample: "Sample", cells: "Cells") -> tuple[Floats, Floats, Floats]:
    """Of each cell's own labels Σ 1/π (cells,), effective number and share of true ones by bin (cells, bins)."""
    first, last = weeks_of(cells.week, sample.week)
    slices, bins = int(cells.slice.max(initial=-1)) + 1, cells.unique.shape[1]
    sums = np.zeros((slices, last - first + 2, bins, 3))
    inside = (sample.slice >= 0) & (sample.slice < slices)
    weight = 1.0 / checked(sample.inclusion[inside])
    each = np.stack([weight, weight**2, weight * sample.y[inside]], axis=1)
    np.add.at(sums, (sample.slice[inside], sample.week[inside] - first + 1, sample.bin[inside]), each)
    sums = sums.cumsum(axis=1)
    end = cells.week - first + 1
    found = sums[cells.slice, end] - sums[cells.slice, np.maximum(end - cells.span, 0)]
    held = found[..., 1] > 1e-9
    some = np.where(held, found[..., 0], 1.0)
    items = np.where(held, some**2 / np.where(held, found[..., 1], 1.0), 0.0)
    return found[..., 0].sum(axis=1), items, np.where(held, found[..., 2] / some, 0.0)


def _together(values: Floats, *, week: Ints, to: Flags, of: Flags) -> Floats:
    """For some cells (`to`) the sum over those cells of its week that count (`of`), for the others their own value."""
    held, place = np.unique(week, return_inverse=True)
    sums = np.zeros((len(held), *values.shape[1:]))
    np.add.at(sums, place[of], values[of])
    return np.where(to.reshape(-1, *[1] * (values.ndim - 1)), sums[place], values)


def _seen(mix: Floats, total: Floats, share: Floats, sampling: Floats, usual: Floats) -> tuple[Floats, Floats]:
    """Shift of the log odds that each row's counts tell of, and its precision; nought where they tell nothing.

    The mean share of true ones by score moves with the prevalence, by as much as the scores tell true from false.
    """
    middle = (usual * share).sum(axis=1)
    spread = (usual * (share - middle[:, None]) ** 2).sum(axis=1)
    slope = spread - (usual * sampling).sum(axis=1)
    tells = (slope > LEAST_TOLD * spread) & (middle > SURE) & (middle < 1 - SURE)
    slope, middle = (np.where(tells, part, 0.5)[:, None] for part in (slope, middle))
    moved = ((mix * share[:, None]).sum(axis=2) - middle) / slope * middle * (1 - middle)
    level = np.clip(middle + moved, middle / FURTHEST, 1 - (1 - middle) / FURTHEST)
    seen = np.log(level / (1 - level)) - np.log(middle / (1 - middle))
    sure = np.where(tells[:, None], total * slope**2 / np.maximum(spread, 1e-12)[:, None], 0.0)
    return np.where(sure > 0, seen, 0.0), sure


def _spread(statistic: Floats, precision: Floats, rows: Floats) -> Floats:
    """Variance of the shifts from Cochran's statistic, as far as that is more than chance (positive part)."""
    more = np.maximum(statistic - rows - CHANCE * np.sqrt(2 * rows), 0.0)
    return np.where(precision > 0, more / np.where(precision > 0, precision, 1.0), 0.0)


def _kept(shift: Floats, spread: Floats, precision: Floats) -> Floats:
    """What of an estimated shift is not chance (James & Stein), single large ones not drawn in too far.

    Limited translation (Efron & Morris 1972, JASA): a wave in one week of eight is none of the others' kind.
    """
    product = spread[:, None] * precision
    least = np.abs(shift) - LIMIT / np.sqrt(np.maximum(precision, 1e-12))
    return np.asarray(np.sign(shift) * np.maximum(np.abs(shift) * product / (1 + product), least))


def _follows(excess: Floats, information: Floats) -> Floats:
    """Square of the highest slope, one at most, of truth on what the counts tell that labels leave possible."""
    slope = np.maximum((BELIEF + excess) / (BELIEF + information), 0.0)
    return np.asarray(np.minimum(slope + BOUND / np.sqrt(BELIEF + information), 1.0) ** 2)
