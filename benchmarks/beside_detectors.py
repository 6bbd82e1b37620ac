"""Methods of the field beside ours, each of our own making after its authors, and one that knows the truth.

All take `counts` and `expected` (series, days), expected 0 on days that say nothing and otherwise right up to a factor
a series (exposure × weekday), and `dispersion` (series,) or (series, days) of variance m + dispersion·m². They give, by
series, (day raised, day of the change). Nothing of a day or later enters what is raised before it. All look for falls
as well as rises, whatever they were published for. `calibrated` sets the level of each by null worlds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.beside_alarms import Alarms, Array, Watched, excursions
from benchmarks.beside_bocpd import bocpd_statistic
from benchmarks.beside_clairvoyant import clairvoyant_statistic
from benchmarks.beside_cusum import cusum_alarms
from benchmarks.beside_ears import ears_statistic, longer_ears_statistic
from benchmarks.beside_farrington import farrington_statistic

Statistic = Callable[[Array, Array, Array], Watched]
Find = Callable[..., Alarms]

STATISTICS: dict[str, Statistic] = {
    "bocpd": bocpd_statistic,
    "farrington": farrington_statistic,
    "ears": ears_statistic,
    "ears_28": longer_ears_statistic,
    "clairvoyant": clairvoyant_statistic,
}
"""Methods whose thoughts of a day do not depend on the level."""


def _alarmed(name: str) -> Find:
    def alarms(counts: Array, expected: Array, *, level: float, dispersion: Array) -> Alarms:
        watched = STATISTICS[name](counts, expected, _by_row(dispersion, counts))
        return excursions(watched, expected > 0, level=level)

    return alarms


BESIDE: dict[str, Find] = {
    "nb_cusum": cusum_alarms,
    "bocpd": _alarmed("bocpd"),
    "farrington": _alarmed("farrington"),
    "ears": _alarmed("ears"),
    "ears_28": _alarmed("ears_28"),
}


def clairvoyant(counts: Array, mean: Array, dispersion: Array, *, level: float) -> Alarms:
    """Alarms of the method that knows the true null mean and dispersion of every day (mean 0: says nothing).

    A theme that is yet to be born needs a small mean, not 0.
    """
    return _alarmed("clairvoyant")(counts, mean, level=level, dispersion=dispersion)


@dataclass(frozen=True, slots=True)
class NullWorlds:
    """Rows of `worlds` worlds without an event, one below the other; `expected` is the true mean for `clairvoyant`."""

    counts: Array
    expected: Array
    dispersion: Array
    worlds: int


def calibrated(name: str, nulls: NullWorlds, *, false_alerts_per_week: float, warm_up: int = 14) -> float:
    """Lowest level at which method `name` raises at most so many alarms a week in each world, on average."""
    weeks = nulls.worlds * (nulls.counts.shape[1] - warm_up) / 7.0
    most = false_alerts_per_week * weeks
    return lowest_level(_counter(name, nulls), most=most)


def lowest_level(raised: Callable[[float], int], *, most: float) -> float:
    """Lowest level at which `raised` gives at most so many alarms, to a thousandth of it."""
    low, high = 0.0, 1.0
    while raised(high) > most:
        low, high = high, 2.0 * high
    while high - low > 1e-3 * high:
        middle = (low + high) / 2.0
        low, high = (middle, high) if raised(middle) > most else (low, middle)
    return high


def _counter(name: str, nulls: NullWorlds) -> Callable[[float], int]:
    """Number of alarms at a level."""
    if name not in STATISTICS:
        find = BESIDE[name]
        return lambda level: _number(find(nulls.counts, nulls.expected, level=level, dispersion=nulls.dispersion))
    watched = STATISTICS[name](nulls.counts, nulls.expected, _by_row(nulls.dispersion, nulls.counts))
    return lambda level: _number(excursions(watched, nulls.expected > 0, level=level))


def _number(alarms: Alarms) -> int:
    return sum(map(len, alarms))


def _by_row(dispersion: Array, counts: Array) -> Array:
    """(series,) or (series, days) as (series, 1) or (series, days)."""
    return np.asarray(dispersion, dtype=np.float64).reshape(len(counts), -1)
