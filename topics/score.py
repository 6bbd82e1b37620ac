"""The online score: the odds, at the end of each day, that the level of a series jumped lately."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from topics.levels import Array

LOOK_BACK = 28
CHANCE_OF_JUMP = 1.0 / 300.0
"""A day. The score is relative to it, so that it hardly matters."""
MEMORY_WINDOWS = 3.0
"""A jump is remembered for so many windows on average: slow evidence is evidence, old jumps are history."""
JUMP_SPREAD = 0.7
"""Mean size of a jump as a logarithm, up or down."""
ANYWHERE = 0.08
"""Share of jumps that go to any level at all, as a birth does."""
DRIFT = 0.008
"""Standard deviation of the logarithm of a calm level's move in a day: 15 % a year are no change."""
SETTLED_DAYS = 45.0
"""With fewer known days the level, weekdays and scatter are hardly known yet, and more evidence is asked for."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One report of the online detector: raised at the end of day `raised`, for a change on day `day`.

    `slow`: the level left its anchor without any jump (`topics.anchor`).
    """

    raised: int
    day: int
    score: float
    direction: str
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Scanned:
    """`score` (series, days): twice the log of the odds of a recent jump over its odds beforehand.

    `alarms`: (row, day) of each, by row and day.
    """

    score: Array
    alarms: list[tuple[int, int]]


def scan(
    fits: Array, known: npt.NDArray[np.bool_], grid: Array, levels: Array, *, window: int, warm_up: int
) -> Scanned:
    """Follow every series from day to day; nothing later than a day enters what is said of it.

    `fits` (levels, series, days) as `topics.levels.fits` gives them, `grid` (levels, series) log-spaced; masked
    days are not `known` and change nothing. A series alarms when its score exceeds its entry of `levels`; from then
    on it is measured against its new level, so that it re-arms at once and a lasting change is reported once.

    Shiryaev's procedure (1963) with a drifting level on a grid before the change, and a mixture of jumps after it.
    """
    series, days = fits.shape[1:]
    score = np.zeros((series, days))
    if not series:
        return Scanned(score, [])
    from topics.kernels import follow  # brings numba, slow to import

    by_day = np.ascontiguousarray(np.moveaxis(fits, 0, 2))
    tuning, belief = settings_of(grid, window=window, warm_up=warm_up), no_belief(grid)
    rows, raised = follow(by_day, known, tuning, levels.astype(float), score, belief)
    return Scanned(score, list(zip(rows.tolist(), raised.tolist(), strict=True)))


def no_belief(grid: Array) -> Array:
    """Belief (series, 2, levels) in the level of a series of which nothing is known: any, and no jump."""
    belief = np.zeros((grid.shape[1], 2, grid.shape[0]))
    belief[:, 0] = 1.0 / grid.shape[0]
    return belief


def settings_of(grid: Array, *, window: int, warm_up: int) -> Array:
    """The `tuning` that `topics.kernels.follow` asks of each series; `grid` (levels, series)."""
    step = np.log(grid[1] / grid[0])
    tuning = np.empty((len(step), 7))
    tuning[:, 0] = warm_up
    tuning[:, 1] = CHANCE_OF_JUMP
    tuning[:, 2] = 1.0 - 1.0 / (MEMORY_WINDOWS * window)
    tuning[:, 3] = ANYWHERE
    tuning[:, 4] = np.exp(-step / JUMP_SPREAD)
    tuning[:, 5] = np.minimum(0.5 * (DRIFT / step) ** 2, 0.25)
    tuning[:, 6] = SETTLED_DAYS
    return tuning


def dated(own: Array, raised: int, *, after: int, score: float, window: int) -> Alarm:
    """The alarm at the end of day `raised`: the likeliest day of its change, later than day `after`.

    `own` (levels, days + 1): cumulated likelihood of the series.
    """
    low = max(after, raised - 2 * window, 0)
    first, last = own[:, low, None], own[:, raised + 1, None]
    cuts = own[:, max(low + 1, raised - window) : raised + 1]
    if cuts.shape[1] == 0:
        return Alarm(raised, raised, score, _direction(own, raised, raised + 1))
    gain = (cuts - first).max(axis=0) + (last - cuts).max(axis=0)
    at = max(low + 1, raised - window) + int(gain.argmax())
    return Alarm(raised, at, score, _direction(own, at, raised + 1))


def _direction(own: Array, at: int, end: int) -> str:
    """Up if the new regime is more likely at a higher level than the four weeks before it."""
    before = int((own[:, at] - own[:, max(at - LOOK_BACK, 0)]).argmax())
    after = int((own[:, end] - own[:, at]).argmax())
    return "up" if after >= before else "down"


def dated_alarms(scanned: Scanned, sums: Array, *, window: int) -> list[list[Alarm]]:
    """Alarms of every series in the order they would have been raised; `sums` is `cumulated(likelihood)`."""
    alarms: list[list[Alarm]] = [[] for _ in range(sums.shape[1])]
    for row, raised in scanned.alarms:
        after = alarms[row][-1].day if alarms[row] else 0
        score = float(scanned.score[row, raised])
        alarms[row].append(dated(sums[:, row], raised, after=after, score=score, window=window))
    return alarms
