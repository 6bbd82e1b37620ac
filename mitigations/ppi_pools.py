"""Which labels a cell is estimated from: its own, its slice's, or everybody's of the trailing weeks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mitigations.ppi_bins import BINS, SAID_YES, Flags, Ints
from mitigations.ppi_interval import Floats
from mitigations.rates import checked

if TYPE_CHECKING:
    from mitigations.ppi_claims import Cells, Sample

WINDOW = 8
"""Weeks, the counted one included, whose labels count as of the same time."""
ENOUGH_OWN = 100
ENOUGH_EACH = 20
"""Labels of its own that a cell needs, and how many of them predicted yes, and predicted no."""
ENOUGH_POOLED = 20
POOLS = (
    "of this slice and week",
    f"of this slice in {WINDOW} weeks",
    f"of all slices in {WINDOW} weeks",
)
EVERYBODY, NO_POOL = len(POOLS) - 1, len(POOLS)


@dataclass(frozen=True, slots=True)
class Pools:
    """What the labels of each cell's pool say, (cells, bins) each, and which pool it is.

    `items`; `weight`, Σ 1/π; `squares`, Σ 1/π²; `true`, Σ y/π; `noisy`, Σ 1/π of labels open to noise. `level`:
    index into `POOLS`, or `NO_POOL`. `labels`: items in all bins. `own`, `own_true`: labels of the cell itself, and
    the true ones among them, whatever pool it is estimated from.
    """

    items: Floats
    weight: Floats
    squares: Floats
    true: Floats
    noisy: Floats
    level: Ints
    labels: Ints
    own: Floats
    own_true: Floats


def pooled(sample: "Sample", cells: "Cells") -> Pools:
    """The first pool of each cell that holds enough labels."""
    first, last = weeks_of(cells.week, sample.week)
    sums = _cumulated(sample, first=first, last=last, slices=int(cells.slice.max(initial=-1)) + 1)
    end = cells.week - first + 1
    own, window = np.maximum(end - cells.span, 0), np.maximum(end - max(WINDOW, cells.span), 0)
    everyone = np.full(len(end), len(sums) - 1)
    ways = ((cells.slice, own), (cells.slice, window), (everyone, window))
    sides = np.stack([sums[:, :, SAID_YES == side, 0].sum(axis=2) for side in (False, True)], axis=-1)
    level, at, since = np.full(len(end), NO_POOL), everyone, end
    for place, (row, start) in reversed(list(enumerate(ways))):
        enough = _enough(sides[row, end] - sides[row, start], own=place < 2)
        level, at, since = (
            np.where(enough, new, old) for new, old in zip((place, row, start), (level, at, since), strict=True)
        )
    found, itself = sums[at, end] - sums[at, since], sums[cells.slice, end] - sums[cells.slice, own]
    items, weight, squares, true, noisy, _ = np.moveaxis(found, -1, 0)
    labels = items.sum(axis=1).round().astype(np.int64)
    return Pools(items, weight, squares, true, noisy, level, labels, itself[..., 0], itself[..., -1])


def weeks_of(*weeks: Ints) -> tuple[int, int]:
    """The first and the last week of all; both 0 where there is none."""
    every = np.concatenate(weeks)
    return (int(every.min()), int(every.max())) if len(every) else (0, 0)


def _enough(sides: Floats, *, own: bool) -> Flags:
    if not own:
        return np.asarray(sides.sum(axis=1) >= ENOUGH_POOLED)
    return np.asarray((sides.sum(axis=1) >= ENOUGH_OWN) & (sides.min(axis=1) >= ENOUGH_EACH))


def _cumulated(sample: "Sample", *, first: int, last: int, slices: int) -> Floats:
    """Sums over the labels before each week, by slice (the last row: all), week, bin and kind of sum."""
    weight = 1.0 / checked(sample.inclusion)
    noisy = weight * (sample.labellers > 0)
    each = np.stack([np.ones(len(weight)), weight, weight**2, weight * sample.y, noisy, sample.y], axis=1)
    sums = np.zeros((slices + 1, last - first + 2, len(BINS), each.shape[1]))
    week = sample.week - first + 1
    np.add.at(sums, (np.full(len(week), slices), week, sample.bin), each)
    placed = (sample.slice >= 0) & (sample.slice < slices)
    np.add.at(sums, (sample.slice[placed], week[placed], sample.bin[placed]), each[placed])
    return sums.cumsum(axis=1)
