"""The online score: how much better a change within the last weeks explains each prefix of a series."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from topics.levels import Array, cumulated
from topics.partition import optimum

Indexes = npt.NDArray[np.int64]
LOOK_BACK = 28
BLOCK = 24
"""Series scored together: their working arrays stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Scores:
    """`score` (series, days): twice the gain in nats, as known at the end of the day.

    `location` (series, days): the first day of the new regime that gain is for.
    """

    score: Array
    location: Indexes


@dataclass(frozen=True, slots=True)
class Alarm:
    """One report of the online detector: raised at the end of day `raised`, for a change on day `day`."""

    raised: int
    day: int
    score: float
    direction: str


def scores(likelihood: Array, *, window: int, penalty: float) -> Scores:
    """Score every prefix of every series; `likelihood` (levels, series, days) in nats.

    Compares the best partition whose last change is at least `window` days old with the best that has
    one more change within the window.
    """
    series, days = likelihood.shape[1:]
    score = np.zeros((series, days))
    location = np.zeros((series, days), dtype=np.int64)
    for low in range(0, series, BLOCK):
        rows = slice(low, low + BLOCK)
        score[rows], location[rows] = _score_block(likelihood[:, rows], window=window, penalty=penalty)
    return Scores(score, location)


def _score_block(likelihood: Array, *, window: int, penalty: float) -> tuple[Array, Indexes]:
    """As `scores`. `window` masked days before the first make every day alike."""
    days = likelihood.shape[2]
    padded = np.pad(likelihood, ((0, 0), (0, 0), (window, 0)))
    sums = cumulated(padded)
    base = (optimum(padded, penalty=penalty).value + sums)[:, :, 1 : days + 1].copy()
    none = _least(base, sums[:, :, window + 1 :])
    best = np.full_like(none, np.inf)
    lag = np.zeros(none.shape, dtype=np.int64)
    last = sums[:, :, window + 1 :]
    for back in range(1, window):
        cut = sums[:, :, window + 1 - back : window + 1 - back + days]
        cost = _least(base, cut) + _least(cut, last)
        better = cost < best
        best[better] = cost[better]
        lag[better] = back
    location = np.maximum(np.arange(days)[None, :] - lag + 1, 0)
    score: Array = np.maximum(2.0 * (none - best), 0.0)
    return score, location


def _least(before: Array, after: Array) -> Array:
    """Min over levels of before − after, (series, days): a running minimum, which stays in cache."""
    least: Array = before[0] - after[0]
    step = np.empty_like(least)
    for level in range(1, len(before)):
        np.subtract(before[level], after[level], out=step)
        np.minimum(least, step, out=least)
    return least


def replay(scored: Scores, sums: Array, series: int, *, level: float, window: int, warm_up: int) -> list[Alarm]:
    """Alarms of one series in the order they would have been raised, none before day `warm_up`.

    `sums` is `cumulated(likelihood)`. After an alarm the series is measured against its new level until
    that change is `window` days old, so it re-arms at once and a lasting change is reported once.
    """
    own = sums[:, series, :]
    above = np.flatnonzero(scored.score[series] > level)
    alarms: list[Alarm] = []
    day = int(above[np.searchsorted(above, warm_up)]) if above.size and above[-1] >= warm_up else -1
    while day >= 0:
        at = int(scored.location[series, day])
        alarms.append(Alarm(day, at, float(scored.score[series, day]), _direction(own, at, day + 1)))
        alarms, free = _rearmed(alarms, own, level, window)
        later = np.searchsorted(above, free)
        day = int(above[later]) if later < above.size else -1
    return alarms


def _rearmed(alarms: list[Alarm], own: Array, level: float, window: int) -> tuple[list[Alarm], int]:
    """Follow an alarmed series against its newest level; all alarms, and the first day it is free again."""
    found = list(alarms)
    day = found[-1].raised + 1
    while day < own.shape[1] - 1 and day - window < found[-1].day:
        score, at = _against(own, found[-1].day, day)
        if score > level:
            found.append(Alarm(day, at, score, _direction(own, at, day + 1)))
        day += 1
    return found, day


def _against(own: Array, anchor: int, day: int) -> tuple[float, int]:
    """Score and location of a change after `anchor`, as known at the end of `day`."""
    cuts = own[:, anchor + 1 : day + 1]
    if cuts.shape[1] == 0:
        return 0.0, anchor
    first, last = own[:, anchor, None], own[:, day + 1, None]
    gain = (cuts - first).max(axis=0) + (last - cuts).max(axis=0)
    at = int(gain.argmax())
    return max(2.0 * float(gain[at] - (last - first).max()), 0.0), anchor + 1 + at


def _direction(own: Array, at: int, end: int) -> str:
    """Up if the new regime is more likely at a higher level than the four weeks before it."""
    before = int((own[:, at] - own[:, max(at - LOOK_BACK, 0)]).argmax())
    after = int((own[:, end] - own[:, at]).argmax())
    return "up" if after >= before else "down"
