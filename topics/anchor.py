"""The anchor: a level that only a person moves, against which slow ramps show that no jump gives away."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from topics.levels import Array, fits
from topics.score import Alarm

Indexes = npt.NDArray[np.int64]

ANCHOR_DAYS = 56
RECENT_DAYS = 28
LOOKED_AT_EVERY = 14
BENIGN_DRIFT = 0.01
"""Standard deviation of the logarithm of an anchored level's move in a day: 19 % a year are no change."""
MORE_EVIDENCE = 1.0
"""Beyond the alarm level of jumps, so that the anchor spends little of their budget."""


def slow_alarms(
    sums: Array,
    grid: Array,
    levels: Array,
    quick: Sequence[Sequence[Alarm]],
    *,
    anchors: Indexes,
) -> list[list[Alarm]]:
    """The alarms `quick` of each series and those its anchor raises, by the day they were raised.

    `sums` (levels, series, days + 1), `grid` (levels, series), alarm `levels` (series,).
    The anchor of a series is what it was in the eight weeks from row position `anchors` on. Every fortnight the last
    four weeks are weighed against it, and against what was told since: the levels of earlier alarms that led away
    from the anchor. A way back is no new anchor, so that a decoy does not hide what crept up before it.
    """
    found = [list(own) for own in quick]
    least = levels + MORE_EVIDENCE
    for row, ends in _may_creep(sums, grid, anchors, least).items():
        slow = _creeping(sums[:, row], grid[:, row], int(anchors[row]), ends, float(least[row]), quick[row])
        found[row] = sorted([*quick[row], *slow], key=lambda alarm: alarm.raised)
    return found


def _may_creep(sums: Array, grid: Array, anchors: Indexes, least: Array) -> dict[int, list[int]]:
    """Days on which a series' anchor alone, without what was told since, would raise an alarm, by row.

    A day is the number of days until its end.
    """
    ends: dict[int, list[int]] = {}
    for start in np.unique(anchors):
        rows = np.flatnonzero((anchors == start) & np.isfinite(least))
        first = start + ANCHOR_DAYS
        if first + RECENT_DAYS >= sums.shape[2]:
            continue
        prior = _posterior(sums[:, rows, first] - sums[:, rows, start])
        for end in range(first + RECENT_DAYS, sums.shape[2], LOOKED_AT_EVERY):
            prior = _drifted(prior, grid[:, rows])
            likely = fits(sums[:, rows, end] - sums[:, rows, end - RECENT_DAYS])
            told = _score(likely, (prior * likely).sum(axis=0))
            for row in rows[told > least[rows]]:
                ends.setdefault(int(row), []).append(end)
    return ends


def _creeping(
    own: Array, grid: Array, anchor: int, ends: Sequence[int], least: float, quick: Sequence[Alarm]
) -> list[Alarm]:
    """Alarms of one series on these days, each told once."""
    first = anchor + ANCHOR_DAYS
    origin = _posterior(own[:, first] - own[:, anchor])
    home = int(origin.argmax())
    believed, found = [(first + RECENT_DAYS - LOOKED_AT_EVERY, origin)], list[Alarm]()
    for end in ends:
        believed = [(end, _drifted(prior, grid, times=(end - since) // LOOKED_AT_EVERY)) for since, prior in believed]
        before = [alarm for alarm in quick if first <= alarm.day and alarm.raised < end]
        recent = own[:, end] - own[:, max([end - RECENT_DAYS, *(alarm.day for alarm in before)])]
        likely = fits(recent)
        told = [
            _posterior(own[:, min(alarm.day + RECENT_DAYS, end)] - own[:, alarm.day])
            for alarm in before
            if _leads_away(own, alarm, end, home)
        ]
        against = max(float((prior * likely).sum()) for prior in [*(prior for _, prior in believed), *told])
        score = float(_score(likely, against))
        if score > least:
            direction = "up" if int(likely.argmax()) >= home else "down"
            found.append(Alarm(end - 1, _began(own, first, end), score, direction, True))
            believed.append((end, _posterior(recent)))
    return found


def _score(likely: Array, against: "Array | float") -> Array:
    """Twice the log of what any level says of the last weeks over what is believed says."""
    return np.asarray(2.0 * np.log(likely.mean(axis=0) / np.maximum(against, 1e-300)))


def _leads_away(own: Array, alarm: Alarm, end: int, home: int) -> bool:
    """Whether an alarm's new level is further from the anchor than the four weeks before it."""
    before = int((own[:, alarm.day] - own[:, max(alarm.day - RECENT_DAYS, 0)]).argmax())
    after = int((own[:, min(alarm.day + RECENT_DAYS, end)] - own[:, alarm.day]).argmax())
    return abs(after - home) > abs(before - home)


def _began(own: Array, low: int, end: int) -> int:
    """The likeliest day of one change between `low` and `end`."""
    cuts = own[:, low + 1 : end]
    gain = (cuts - own[:, low, None]).max(axis=0) + (own[:, end, None] - cuts).max(axis=0)
    return low + 1 + int(gain.argmax())


def _posterior(likelihood: Array) -> Array:
    weight = fits(likelihood)
    return np.asarray(weight / weight.sum(axis=0))


def _drifted(prior: Array, grid: Array, *, times: int = 1) -> Array:
    """What so many fortnights of benign drift make of beliefs about the level, (levels,) or (levels, series)."""
    step = np.log(grid[1] / grid[0])
    share = np.minimum(0.5 * LOOKED_AT_EVERY * (BENIGN_DRIFT / step) ** 2, 0.3)
    for _ in range(times):
        padded = np.concatenate([prior[:1], prior, prior[-1:]])
        prior = prior + share * (padded[:-2] + padded[2:] - 2.0 * prior)
    return prior
