"""Share shifts: what one theme lost on the days on which another gained as much."""

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

SLACK_DAYS = 3
"""Two changes are of the same days if their dates are no further apart, and their intervals meet within it."""
WITHIN_ERRORS = 2.0
ALIKE = 0.3
"""What was lost and what was gained may differ by this share of the larger one."""
LEAST_MOVED = 0.5
"""Reporters a day: less moves between themes by chance."""
NORMAL_95 = 3.92
"""Width of a 95 % interval in standard errors."""


def with_share_shifts(table: pd.DataFrame) -> "pd.Series[str]":
    """Type of every change of a table (`topics.findings`), `share_shift` where a step up and a step down make a pair.

    The two are of the same kind of series of one stream, on the same days, and what the one lost at equal exposure
    the other gained, within the errors of both. Every change is in one pair at most, the nearest first.
    """
    types = table["type"].copy()
    sized = np.isfinite(table["ratio_low"].astype(float)) & np.isfinite(table["ratio_high"].astype(float))
    steps = table[(types == "step") & table["confirmed"].astype(bool) & sized & (table["ratio_low"].astype(float) > 0)]
    taken: set[int] = set()
    for _, up, down in sorted(_pairs(steps)):
        if not {up, down} & taken:
            taken |= {up, down}
    types[steps.index[sorted(taken)]] = "share_shift"
    return types


def _pairs(steps: pd.DataFrame) -> list[tuple[float, int, int]]:
    """(how far apart, up, down) of all that may be pairs, as positions."""
    day, low, high = (_days(steps[name]) for name in ("day", "day_low", "day_high"))
    before, ratio = steps["before_mean"].to_numpy(float), steps["ratio"].to_numpy(float)
    moved = before * (ratio - 1.0)
    error = (
        before * ratio * np.log(steps["ratio_high"].to_numpy(float) / steps["ratio_low"].to_numpy(float)) / NORMAL_95
    )
    names = [str(name).partition("=") for name in steps["series"]]
    kind = np.array([head if sign else "" for head, sign, _ in names], dtype=object)
    up = np.flatnonzero(moved >= LEAST_MOVED)[:, None]
    down = np.flatnonzero(moved <= -LEAST_MOVED)[None, :]
    apart, left = np.abs(day[up] - day[down]), np.abs(moved[up] + moved[down])
    good = (apart <= SLACK_DAYS) & (low[up] <= high[down] + SLACK_DAYS) & (low[down] <= high[up] + SLACK_DAYS)
    good &= left <= ALIKE * np.maximum(moved[up], -moved[down])
    good &= left <= WITHIN_ERRORS * np.hypot(error[up], error[down])
    good &= kind[up] == kind[down]
    far = apart + left / np.maximum(moved[up], -moved[down])
    return [(float(far[i, j]), int(up[i, 0]), int(down[0, j])) for i, j in zip(*np.nonzero(good), strict=True)]


def _days(dates: "pd.Series[pd.Timestamp]") -> Array:
    since = pd.to_datetime(dates) - pd.Timestamp(0)
    return np.asarray(since.dt.total_seconds() / 86_400.0, dtype=np.float64)
