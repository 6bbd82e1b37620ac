"""From a statistic a day to alarms: what the methods beside ours share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]
Alarms = list[list[tuple[int, int]]]
"""By series: (day the alarm was raised, day it dates the change to), both as columns."""

WARM_UP = 14
"""No method may raise an alarm before this day; ours neither."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a method thinks at the end of each day, (series, days): evidence of a change, and since when.

    An excursion ends when the statistic was below `rest` × level for `calm` days: a score of one day falls at once, one
    that looks back over weeks wavers. `lasting` (row, since, day): evidence for the alarm of a row in all days since,
    which must fall in place of the statistic.
    """

    statistic: Array
    since: Days
    rest: float = 1.0
    calm: int = 1
    lasting: Callable[[int, int, int], float] | None = None


def excursions(watched: Watched, known: npt.NDArray[np.bool_], *, level: float) -> Alarms:
    """One alarm for each excursion of the statistic to the level or above; `known` is False on masked days."""
    series, days = known.shape
    armed = np.ones(series, dtype=bool)
    calm = np.zeros(series, dtype=np.int64)
    alarms: Alarms = [[] for _ in range(series)]
    for day in range(WARM_UP, days):
        now = watched.statistic[:, day].copy()
        raised = armed & known[:, day] & (now >= level)
        for row in np.flatnonzero(raised):
            alarms[row].append((day, int(watched.since[row, day])))
        if watched.lasting is not None:
            for row in np.flatnonzero(~armed):
                now[row] = watched.lasting(int(row), alarms[row][-1][1], day)
        calm = np.where(now < watched.rest * level, calm + 1, 0)
        armed = (armed & ~raised) | (calm >= watched.calm)
    return alarms


def log_negbin_ratio(counts: Array, mean: Array, ratio: Array | float, dispersion: Array) -> Array:
    """Log-likelihood of counts at `ratio` × `mean` over that at `mean`; variance m + dispersion·m²."""
    size = 1.0 / np.maximum(dispersion, 1e-6)
    told: Array = counts * np.log(ratio) - (counts + size) * np.log((size + ratio * mean) / (size + mean))
    return told
