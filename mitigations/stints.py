"""When each setting of a mitigation was in use: stretches of days with a share of the requests."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

LEAST_SHARE = 0.02
"""A day with less of a setting than this does not count as a day of it: strays, late clocks."""
MISSED = 10.0
"""A setting was not in use where so many decisions of it were to be expected and none came."""
SHARE_DAYS = 28
"""Days that tell which share of the requests a setting has."""
MOST_THRESHOLDS = 20
"""A mitigation of more thresholds than this on a day sets them by request: they are no settings."""
LASTING_DAYS = 2
LASTING_SHARE = 0.5
PARTLY_DAYS = 7
PARTLY_SHARE = 0.05


class Setting(NamedTuple):
    """A version and a threshold; '' and NaN where the log does not say."""

    version: str
    threshold: float


@dataclass(frozen=True, slots=True)
class Stint:
    """A setting in use from place `first` to place `last` (both included) among the days.

    `shares`: of the requests of each of these days. `missed`: decisions that were to be expected of it in the days
    since its stint before, or since the log began, and did not come. `going`: it is in use at the end of the log.
    """

    setting: Setting
    first: int
    last: int
    shares: Array
    missed: float
    going: bool

    @property
    def lasting(self) -> bool:
        """At least half of the requests within two days or more, or a twentieth for a week or more."""
        days = self.last - self.first + 1
        most = days >= LASTING_DAYS and bool((self.shares >= LASTING_SHARE).any())
        return most or (days >= PARTLY_DAYS and float(self.shares.mean()) >= PARTLY_SHARE)


def by_setting(used: pd.DataFrame) -> pd.DataFrame:
    """Decisions of one mitigation by day (index, days with decisions only) and `Setting` (columns).

    `used`: day, version, threshold (NaN: not told), decisions.
    """
    thresholds = used["threshold"].astype(float)
    if used[thresholds.notna()].groupby("day")["threshold"].nunique().max() > MOST_THRESHOLDS:
        thresholds = thresholds * np.nan
    settings = [Setting(*pair) for pair in zip(used["version"].astype(str), thresholds.round(6), strict=True)]
    # NaN is not equal to itself: it would make a column of every row.
    names = {_name(one): one for one in settings}
    counts = used.assign(setting=[_name(one) for one in settings]).pivot_table(
        index="day", columns="setting", values="decisions", aggfunc="sum", fill_value=0
    )
    counts.columns = pd.Index([names[str(name)] for name in counts.columns], dtype=object, tupleize_cols=False)
    return counts[counts.sum(axis=1) > 0]


def stints(counts: pd.DataFrame) -> list[Stint]:
    """Every stretch of days of every setting in `by_setting`, those that do not last too, by first day.

    Single days with less than half of the requests are strays and none.
    """
    total = counts.sum(axis=1).to_numpy(float)
    found = [
        one
        for place, setting in enumerate(counts.columns)
        for one in _of_one(Setting(*setting), counts.iloc[:, place].to_numpy(float), total)
    ]
    return sorted(found, key=lambda one: (one.first, _name(one.setting)))


def _of_one(setting: Setting, own: Array, total: Array) -> Iterator[Stint]:
    shares = own / total
    first = last = ended = -1
    for day in map(int, np.flatnonzero(shares >= LEAST_SHARE)):
        if first >= 0 and _stopped(own, total, (first, last), day):
            if last > first or shares[first] >= LASTING_SHARE:
                yield _stint(setting, own, total, (ended, first, last))
                ended = last
            first = -1
        first = day if first < 0 else first
        last = day
    if first >= 0:
        yield _stint(setting, own, total, (ended, first, last))


def _stopped(own: Array, total: Array, stint: tuple[int, int], now: int) -> bool:
    """Whether the days between the last of a stint and `now` would have shown the setting, had it been in use.

    A single day is expected to return on the next two: else a stray decision would begin a release early.
    """
    first, last = stint
    gap = total[last + 1 : now]
    since = max(first, last + 1 - SHARE_DAYS)
    share = float(own[since : last + 1].sum() / total[since : last + 1].sum())
    alone = first == last and share < LASTING_SHARE and len(gap) >= 2
    long = share >= LASTING_SHARE or len(gap) >= PARTLY_DAYS
    return alone or (long and share * float(gap.sum()) >= MISSED)


def _stint(setting: Setting, own: Array, total: Array, places: tuple[int, int, int]) -> Stint:
    ended, first, last = places
    used = slice(first, last + 1)
    missed = float(total[ended + 1 : first].sum() * own[used].sum() / total[used].sum())
    going = not _stopped(own, total, (first, last), len(total))
    return Stint(setting, first, last, own[used] / total[used], missed, going)


def _name(setting: Setting) -> str:
    return f"{setting.version}|{setting.threshold:g}"
