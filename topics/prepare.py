"""A block of series made ready for the search: expected counts, scatter and likelihoods."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from topics.dispersion import dispersion
from topics.exposure import weekday_factors
from topics.levels import LIKELIHOODS, Array, cumulated, fits, level_grid


@dataclass(frozen=True, slots=True)
class Prepared:
    """`counts`, `expected`, `scatter`: (series, days); `grid`: (levels, series).

    `likelihood`: (levels, series, days), `fits`: over the largest of each day and no logarithm; `sums` the same
    cumulated, (levels, series, days + 1).
    A masked day has expected 0 and likelihood 0 at every level.
    """

    counts: Array
    expected: Array
    scatter: Array
    grid: Array
    likelihood: Array
    fits: Array
    sums: Array


def prepared(
    counts: Array,
    exposure: Array,
    days: pd.DatetimeIndex,
    *,
    detector: str,
    causal: bool,
    holidays: frozenset[pd.Timestamp] = frozenset(),
) -> Prepared:
    """Expected counts and likelihoods; `exposure` (series, days) is 0 on masked days.

    `causal`: each day's weekday factor and scatter come from what was settled before it, as the online
    replay needs; otherwise from the whole row, as a report in retrospect may.
    """
    counts = np.where(exposure > 0, counts, 0.0)
    weekdays = weekday_factors(counts, exposure, days, causal=causal, holidays=holidays)
    expected = exposure * weekdays
    scatter = dispersion(counts, expected, causal=causal)
    grid = level_grid(counts, expected)
    # The levels of a day lie side by side in memory, as the search reads them.
    likelihood = np.moveaxis(
        np.ascontiguousarray(np.moveaxis(LIKELIHOODS[detector](counts, expected, scatter, grid), 0, 2)), 2, 0
    )
    return Prepared(counts, expected, scatter, grid, likelihood, fits(likelihood), cumulated(likelihood))
