"""The slices of judged decisions that are worth a test: every combination of up to three attributes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.error_rates import cells_of
from mitigations.judged import Judged
from mitigations.slice_tests import Flags, Floats, more_wrong, parts
from mitigations.slice_weights import raked

Codes = npt.NDArray[np.int64]

MOST_ATTRIBUTES = 3
FEWEST_ROWS = 20
"""Judged decisions that a slice needs to be tested; chosen by the slice's size, never by its errors."""
MOST_VALUES = 60
"""An attribute with more values is left out: it names customers, not slices."""
ALIKE = 1e-3
"""Weights that smoothing changes by no larger share are alike."""
SEED = 20_260_302


@dataclass(frozen=True, slots=True)
class Domain:
    """The judged decisions that an error could befall: `wrong`, `weight` (decisions that a row stands for), `smooth`
    (the same for tests; `mitigations.slice_weights`) and the attributes' `codes` (rows, k)."""

    wrong: Flags
    weight: Floats
    smooth: Floats
    codes: Codes
    kind: str
    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Slices with enough judged rows: (attribute, code) pairs, and their p."""

    slices: list[tuple[tuple[int, int], ...]]
    p: Floats


def sliceable(rows: pd.DataFrame, attributes: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The attributes that make slices, and those with too many values."""
    sizes = {name: rows[name].nunique(dropna=False) for name in attributes}
    used = [name for name, size in sizes.items() if 2 <= size <= MOST_VALUES]
    return used, tuple(name for name, size in sizes.items() if size > MOST_VALUES)


def domain_of(known: Judged, rows: Flags, wrong: Flags, attributes: Sequence[str], kind: str) -> Domain:
    """The judged decisions that an error of this kind could befall."""
    coded = [cells_of(known.rows.loc[rows, name]) for name in attributes]
    codes = np.column_stack([code for code, _ in coded]) if coded else np.zeros((int(rows.sum()), 0), np.int64)
    values = tuple(tuple(names) for _, names in coded)
    weight = 1.0 / known.inclusion[rows]
    smooth = raked(codes, tuple(map(len, values)), wrong[rows], weight)
    return Domain(wrong[rows], weight, smooth, codes, kind, tuple(attributes), values)


def candidates(domain: Domain) -> Candidates:
    """Every slice worth a test, each set of rows once, by its fewest attributes."""
    marks = np.random.default_rng(SEED).random(len(domain.wrong))
    slices: list[tuple[tuple[int, int], ...]] = []
    p: list[float] = []
    seen: set[tuple[int, float]] = set()
    widths = range(1, min(MOST_ATTRIBUTES, len(domain.names)) + 1)
    for chosen in (combo for width in widths for combo in combinations(range(len(domain.names)), width)):
        width = tuple(len(domain.values[name]) for name in chosen)
        packed, cell = np.unique(np.ravel_multi_index(tuple(domain.codes[:, chosen].T), width), return_inverse=True)
        own = np.column_stack(np.unravel_index(packed, width))
        count = np.bincount(cell, minlength=len(own))
        mark = np.bincount(cell, weights=marks, minlength=len(own))
        ps = surprise(domain, cell, len(own))
        for place in np.flatnonzero((count >= FEWEST_ROWS) & (2 * count <= len(marks))):
            key = int(count[place]), round(float(mark[place]), 6)
            if key not in seen:
                seen.add(key)
                slices.append(tuple(zip(chosen, map(int, own[place]), strict=True)))
                p.append(float(ps[place]))
    return Candidates(slices, np.array(p))


def surprise(domain: Domain, cell: Codes, cells: int, rows: Flags | None = None) -> Floats:
    """One-sided p that each cell of `rows` (all) errs no more than the rest: twice the smaller of those by the weights
    as they are and smoothed (Bonferroni 1936), so that neither audits of few heavy rows nor of many light ones hide a
    slice; that of the weights alone where they are all alike."""
    own = np.ones(len(domain.wrong), bool) if rows is None else rows
    wrong, weight, smooth = domain.wrong[own], domain.weight[own], domain.smooth[own]
    found = more_wrong(parts(cell, cells, wrong, weight))
    if np.allclose(weight, smooth, rtol=ALIKE):
        return found
    return np.minimum(2.0 * np.minimum(found, more_wrong(parts(cell, cells, wrong, smooth))), 1.0)


def members(domain: Domain, pairs: Sequence[tuple[int, int]]) -> Flags:
    """The rows of a slice."""
    return np.asarray(np.logical_and.reduce([domain.codes[:, place] == code for place, code in pairs]))
