"""The change of true claims if the classifier's rates stand still: a second reading beside that of `ppi_change`."""

import numpy as np
import numpy.typing as npt

from mitigations.estimate import ClassifierError, classifier_error
from mitigations.ppi_bins import SAID_YES
from mitigations.ppi_claims import Cells, Sample
from mitigations.ppi_interval import Floats

DEVIATIONS = 1.96
LEAST_KNOWN = 2.0
"""A sum is known well enough to divide by from so many of its standard deviations on."""


def steady_change(
    sample: Sample, cells: Cells, before: Floats, certain: Floats
) -> tuple[npt.NDArray[np.bool_], Floats, Floats]:
    """Whether it can be told, low and high of each cell's true claims over those before (`before` (cells, bins) counts
    by score bin, `certain` (cells,) known true ones; sums, not means).

    The share of false ones among those found (`ppi_change` takes it to stand still) falls in a wave of true claims,
    for the false ones stay as many as they were; hit and false rate then stand still, as adjusted counting takes them
    to (Forman 2008). Of the ratio (Y − f N) / (Y₀ − f N₀) the hit rate cancels. Its logarithm is taken to be normal,
    its variance that of Poisson counts and of f (delta method).
    """
    error = classifier_error(SAID_YES[sample.bin], sample.y >= 0.5, sample.inclusion)
    if not error.enough:
        nothing = np.full(len(certain), np.nan)
        return np.zeros(len(certain), dtype=bool), nothing, nothing
    false = error.false.estimate
    spread = false * (1 - false) / error.false.effective
    top, top_var, asked = _true(cells.unique, cells.certain, error)
    base, base_var, asked_before = _true(before, certain, error)
    told = base > LEAST_KNOWN * np.sqrt(base_var + asked_before**2 * spread)
    safe = np.where(told, base, 1.0)
    sure = top > LEAST_KNOWN * np.sqrt(top_var + asked**2 * spread)
    whole = np.where(sure, top, 1.0)
    shared = spread * (asked_before / safe - asked / whole) ** 2
    spread_of_both = np.where(told & sure, top_var / whole**2 + base_var / safe**2 + shared, 0.0)
    width = np.exp(DEVIATIONS * np.sqrt(spread_of_both))
    # Next to nothing is left of the week: its upper end over what was before.
    little = (np.maximum(top, 0.0) + DEVIATIONS * np.sqrt(top_var + asked**2 * spread)) / safe
    return told, np.where(sure, whole / safe / width, 0.0), np.where(sure, whole / safe * width, little)


def _true(counts: Floats, certain: Floats, error: ClassifierError) -> tuple[Floats, Floats, Floats]:
    """Y − f N, its Poisson variance, and N; in units of hit less false rate."""
    hit, false = error.hit.estimate, error.false.estimate
    yes, asked = counts[:, SAID_YES].sum(axis=1), counts.sum(axis=1)
    variance = yes * (1 - false) ** 2 + (asked - yes) * false**2 + certain * (hit - false) ** 2
    return yes - false * asked + certain * (hit - false), variance, asked
