"""Releases that nobody declared, read from the versions and thresholds of a decision log."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.stints import MISSED, Stint, by_setting, stints
from nlp.frames import require

Array = npt.NDArray[np.float64]

TOGETHER_DAYS = 2
"""What begins within so many days is one release."""
BEFORE_DAYS = 7
"""What was in use within so many days before a release is what it took the place of."""
SHARE_DAYS = 7
WHOLE = 0.95
HALF = 0.5
NEARLY = 0.05
CONTRACT = {"day": "datetime", "mitigation": "str", "version": "str", "decisions": "int"}


@dataclass(frozen=True, slots=True)
class Inferred:
    """One release as the log shows it. Days are UTC.

    `day`: first day in use; `half_on` and `whole_on`: first day on half, on 95 % of the requests (None: never).
    `share` of the requests on its newest seven days, `largest` on any day. `until`: the first day without it.
    """

    mitigation: str
    day: date
    type: str
    version: str | None
    thresholds: tuple[float, ...]
    version_before: str | None
    thresholds_before: tuple[float, ...]
    share: float
    largest: float
    half_on: date | None
    whole_on: date | None
    until: date | None
    rollback: bool

    @property
    def staged(self) -> bool:
        """Whether it took more than two days to reach 95 %, or never did."""
        return self.whole_on is None or (self.whole_on - self.day).days > TOGETHER_DAYS


def infer(used: pd.DataFrame) -> list[Inferred]:
    """Lasting changes of version or threshold, by mitigation and day.

    `used`: day (datetime64), mitigation, version ('' where the log says none), threshold (NaN likewise), decisions.
    What was in use when a log begins is no release; nor is a setting that is gone within days and never had half of
    the requests (a canary), nor one that appears only because the log began to tell it.
    """
    require(used, CONTRACT, what="used")
    found: list[Inferred] = []
    for name, own in used.groupby("mitigation", sort=True):
        found += _of_one(str(name), own)
    each = {(one.mitigation, one.day, one.version): one for one in found}
    return sorted(each.values(), key=lambda one: (one.mitigation, one.day, one.version or ""))


def _of_one(mitigation: str, used: pd.DataFrame) -> list[Inferred]:
    counts = by_setting(used)
    every = stints(counts)
    lasting = [one for one in every if one.lasting]
    days = [day.date() for day in counts.index]
    told = [_told(mitigation, group, lasting, days) for group in _groups(lasting)]
    back = [_withdrawn(one) for one in told if one is not None]
    return [one for one in (*told, *back) if one is not None]


def _groups(lasting: Sequence[Stint]) -> list[list[Stint]]:
    """Settings that came together: of one version (several thresholds), within two days of each other."""
    groups: list[list[Stint]] = []
    for one in lasting:
        near = [
            group
            for group in groups
            if group[0].setting.version == one.setting.version and one.first - group[0].first <= TOGETHER_DAYS
        ]
        if near:
            near[-1].append(one)
        else:
            groups.append([one])
    return groups


def _told(mitigation: str, group: Sequence[Stint], lasting: Sequence[Stint], days: Sequence[date]) -> Inferred | None:
    """The release that a group of settings is; None if they were there at the start or nothing told has changed."""
    first = min(one.first for one in group)
    before = [one for one in lasting if one.first < first and one.last >= first - BEFORE_DAYS and one not in group]
    if not before or min(one.missed for one in group) < MISSED:
        return None
    versions = {one.setting.version for one in before} - {""}
    thresholds = _thresholds(before)
    version, new = group[0].setting.version, _thresholds(group)
    changed = [
        *(["version"] if version and versions and version not in versions else []),
        *(["threshold"] if new and thresholds and set(new) - set(thresholds) else []),
    ]
    if not changed:
        return None
    shares = _shares(group)
    last = max(one.last for one in group)
    leading = max(before, key=_weight)
    return Inferred(
        mitigation=mitigation,
        day=days[first],
        type=" and ".join(changed),
        version=version or None,
        thresholds=new,
        version_before=leading.setting.version or None,
        thresholds_before=thresholds,
        share=float(shares[-SHARE_DAYS:].mean()),
        largest=float(shares.max()),
        half_on=_reached(shares, HALF, days[first:]),
        whole_on=_reached(shares, WHOLE, days[first:]),
        until=None if any(one.going for one in group) else days[last + 1],
        rollback=any(one.setting in {each.setting for each in group} and one.last < first for one in lasting),
    )


def _withdrawn(one: Inferred) -> Inferred | None:
    """The way back from a release that never had all requests: what was there before simply has them all again."""
    if one.until is None or one.largest > WHOLE or one.half_on is not None:
        return None
    back = one.until
    return replace(
        one,
        day=back,
        version=one.version_before,
        thresholds=one.thresholds_before,
        version_before=one.version,
        thresholds_before=one.thresholds,
        share=1.0,
        largest=1.0,
        half_on=back,
        whole_on=back,
        until=None,
        rollback=True,
    )


def _shares(group: Sequence[Stint]) -> Array:
    """Share of the requests on any of these settings, from the first day of the first to the last of the last."""
    first = min(one.first for one in group)
    shares = np.zeros(max(one.last for one in group) + 1 - first)
    for one in group:
        shares[one.first - first : one.last + 1 - first] += one.shares
    return shares


def _reached(shares: Array, share: float, days: Sequence[date]) -> date | None:
    """The first day from which three days in a row (or all that are left) have this share on average."""
    for place in range(len(shares)):
        if shares[place] >= share and shares[place : place + 3].mean() >= share - NEARLY:
            return days[place]
    return None


def _thresholds(group: Sequence[Stint]) -> tuple[float, ...]:
    return tuple(sorted({one.setting.threshold for one in group if not np.isnan(one.setting.threshold)}))


def _weight(one: Stint) -> tuple[float, int]:
    return float(one.shares.sum()), one.last
