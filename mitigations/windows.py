"""Weeks by slices as one dense row of cells, and the sums over the last weeks of each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of `weeks` weeks and `slices` slices: cell = week · slices + slice, both from 0.

    A cell of span s stands for its own week and the s - 1 before it, as far as there are any.
    """

    weeks: int
    slices: int
    span: int = 1

    @property
    def cells(self) -> int:
        """How many there are."""
        return self.weeks * self.slices

    def cell(self, week: Codes, slice_: Codes) -> Codes:
        """The cell of each pair; -1 where either is negative (not on the grid)."""
        return np.where((week < 0) | (slice_ < 0), -1, week * self.slices + slice_)

    def rolled(self, values: Floats) -> Floats:
        """Sums over the span of weekly values (cells, ...).

        >>> Grid(3, 1, span=2).rolled(np.array([1.0, 2.0, 4.0])).tolist()
        [1.0, 3.0, 6.0]
        """
        table = values.reshape(self.weeks, -1)
        total = table.copy()
        for back in range(1, min(self.span, self.weeks)):
            total[back:] += table[:-back]
        return total.reshape(values.shape)

    def reached(self, cell: Codes) -> tuple[Codes, Codes]:
        """Each of these weekly cells once for every window it lies in: its place, and the window's cell.

        >>> [part.tolist() for part in Grid(3, 1, span=2).reached(np.array([0, 2]))]
        [[0, 1, 0], [0, 2, 1]]
        """
        places, windows = [], []
        for ahead in range(self.span):
            window = cell + ahead * self.slices
            inside = np.flatnonzero((cell >= 0) & (window < self.cells))
            places.append(inside)
            windows.append(window[inside])
        return np.concatenate(places), np.concatenate(windows)

    def counts(self, cell: Codes) -> Floats:
        """Weekly items of each cell; items at cell -1 are left out."""
        return np.bincount(cell + 1, minlength=self.cells + 1)[1:].astype(np.float64)


@dataclass(frozen=True, slots=True)
class Held:
    """Who is in which window how often: parallel arrays, sorted by cell, each pair once."""

    cell: Codes
    who: Codes
    times: Floats

    def distinct(self, cells: int) -> Floats:
        """Distinct ones by cell."""
        return np.bincount(self.cell, minlength=cells).astype(np.float64)

    def largest_share(self, cells: int) -> Floats:
        """Share of the one that is there most often; NaN in an empty cell."""
        top = np.zeros(cells)
        np.maximum.at(top, self.cell, self.times)
        with np.errstate(invalid="ignore"):
            return top / np.bincount(self.cell, weights=self.times, minlength=cells)

    def effective(self, cells: int) -> Floats:
        """1 / Σ p², p the share of each; NaN in an empty cell."""
        with np.errstate(invalid="ignore"):
            whole = np.bincount(self.cell, weights=self.times, minlength=cells)
            return whole**2 / np.bincount(self.cell, weights=self.times**2, minlength=cells)


def held(cell: Codes, who: Codes) -> Held:
    """How often each `who` (code, -1: nobody) is in each weekly cell; items at cell -1 are left out."""
    known = (cell >= 0) & (who >= 0)
    size = int(who.max(initial=0)) + 1
    key, times = np.unique(cell[known] * size + who[known], return_counts=True)
    return Held(key // size, key % size, times.astype(np.float64))


def rolled(grid: Grid, weekly: Held) -> Held:
    """The same over the windows of the grid: who is in several weeks of one is there once, as often as in all."""
    if grid.span == 1:
        return weekly
    size = int(weekly.who.max(initial=0)) + 1
    place, window = grid.reached(weekly.cell)
    key, back = np.unique(window * size + weekly.who[place], return_inverse=True)
    times = np.bincount(back, weights=weekly.times[place], minlength=len(key)).astype(np.float64)
    return Held(key // size, key % size, times)


def largest(grid: Grid, cell: Codes, who: Codes, value: Floats) -> Floats:
    """Sum over each window of one value a `who`, the largest they gave there; NaN where nobody gave one."""
    known = (cell >= 0) & (who >= 0) & ~np.isnan(value)
    out = np.full(grid.cells, np.nan)
    if not known.any():
        return out
    size = int(who.max()) + 1
    place, window = grid.reached(cell[known])
    key = window * size + who[known][place]
    order = np.argsort(key, kind="stable")
    key, given = key[order], value[known][place][order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    cells = key[starts] // size
    total = np.bincount(cells, weights=np.maximum.reduceat(given, starts), minlength=grid.cells)
    some = np.unique(cells)
    out[some] = total[some]
    return out
