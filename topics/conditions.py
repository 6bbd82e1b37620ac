"""What is known about the days of a run, laid over the volumes: exposure, masks, completeness, hazard."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from topics.exposure import exposure_factor

Array = npt.NDArray[np.float64]

HAZARD_WEIGHTS = {"low": 1.0, "elevated": 2.0, "critical": 4.0}
"""Shares of the false-alert budget: billing must not spend what biology needs."""
UNPAGED_KINDS = ("praise", "feature_request")
LEAST_COMPLETE = 0.2
"""A day of which less than this has arrived says nothing yet."""
DAY_DONE = pd.Timedelta(hours=23)


class VolumesHaveGaps(ValueError):
    """The volumes of a stream are not one row a series and day."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Everything beside the counts; each may be left out.

    `exposure`: day, requests[, mitigation]. `masks`: day[, series]: days that say nothing, for a series,
    for a stream ("feedback") or, where series is null, for all. `completeness`: day, completeness in
    (0, 1][, stream]: the share of a day's documents that has arrived. `series`: as `volume.series_table`, with
    `budget` where a series has a budget with others of that name. `anchors`: series, day: from when on a person says
    that the level of a series is as it should be; slow ramps are measured against it, else against the first weeks.
    `as_of`: what was known when (UTC); the last day counts only if it was over by then. The first day of a
    stream never counts.
    """

    exposure: pd.DataFrame | None = None
    masks: pd.DataFrame | None = None
    completeness: pd.DataFrame | None = None
    series: pd.DataFrame | None = None
    as_of: pd.Timestamp | None = None
    holidays: frozenset[pd.Timestamp] = frozenset()
    anchors: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One stream as matrices (series, days); `exposure` is 0 on masked days. `weights` share the budget."""

    stream: str
    names: list[str]
    days: pd.DatetimeIndex
    counts: Array
    customers: Array
    exposure: Array
    weights: Array
    described: pd.DataFrame


def panels(volumes: pd.DataFrame, conditions: Conditions) -> Iterator[Panel]:
    """One panel a stream, in alphabetical order; `volumes` as `topics.volume.daily` gives them."""
    streams = volumes["series"].str.partition("/")[0]
    for stream, own in volumes.groupby(streams, sort=True):
        yield _panel(str(stream), own, conditions)


def _panel(stream: str, own: pd.DataFrame, conditions: Conditions) -> Panel:
    wide = own.pivot(index="series", columns="day", values=["reporters", "customers"])
    days = pd.DatetimeIndex(wide["reporters"].columns)
    if len(days) != (days[-1] - days[0]).days + 1 or bool(wide.isna().to_numpy().any()):
        raise VolumesHaveGaps(
            f"expected one row a series and day for {stream!r}, got {len(own)} rows for {len(wide)} series"
            f" and {len(days)} days; make volumes with topics.volume.daily"
        )
    names = [str(name) for name in wide.index]
    described = described_series(names, conditions.series)
    if conditions.anchors is not None:
        described["anchor"] = conditions.anchors.groupby("series")["day"].max().reindex(names)
    return Panel(
        stream,
        names,
        days,
        wide["reporters"].to_numpy(float),
        wide["customers"].to_numpy(float),
        _exposure(stream, names, days, conditions),
        described["weight"].to_numpy(float),
        described,
    )


def described_series(names: list[str], table: pd.DataFrame | None) -> pd.DataFrame:
    """hazard, rollup, monitored, budget group and weight of each name, in their order; index = names.

    What the table does not hold: hazard low, no roll-up, kind read from the name.
    """
    frame = pd.DataFrame(index=pd.Index(names, name="series"))
    known = table.set_index("series") if table is not None else pd.DataFrame(index=frame.index)
    known = known.reindex(columns=["hazard", "rollup", "kind", "paged", "budget"]).reindex(names).astype(object)
    frame["hazard"] = known["hazard"].fillna("low")
    frame["rollup"] = known["rollup"].where(known["rollup"].notna(), None)
    named = frame.index.to_series().str.extract(r"/kind=([^&]+)")[0]
    kind = known["kind"].where(known["kind"].notna(), named)
    frame["monitored"] = ~kind.isin(UNPAGED_KINDS) & known["paged"].ne(False)
    frame["budget"] = known["budget"].where(known["budget"].notna(), None)
    frame["weight"] = frame["hazard"].map(HAZARD_WEIGHTS).fillna(1.0) * frame["monitored"]
    return frame


def _exposure(stream: str, names: list[str], days: pd.DatetimeIndex, conditions: Conditions) -> Array:
    shared = exposure_factor(days, conditions.exposure, mitigation=None)
    factor = np.tile(shared, (len(names), 1))
    for row, name in enumerate(names):
        _, _, mitigation = name.partition("/mitigation=")
        if mitigation:
            factor[row] = exposure_factor(days, conditions.exposure, mitigation=mitigation)
    factor *= _arrived(stream, days, conditions.completeness)
    factor[_masked(stream, names, days, conditions.masks)] = 0.0
    factor[:, 0] = 0.0
    if conditions.as_of is None or conditions.as_of < days[-1] + DAY_DONE:
        factor[:, -1] = 0.0
    return factor


def _arrived(stream: str, days: pd.DatetimeIndex, completeness: pd.DataFrame | None) -> Array:
    if completeness is None or completeness.empty:
        return np.ones(len(days))
    own = completeness
    if "stream" in own:
        own = own[own["stream"] == stream]
    share = own.groupby("day")["completeness"].min().reindex(days).fillna(1.0).to_numpy(float)
    return np.where(share < LEAST_COMPLETE, 0.0, np.minimum(share, 1.0))


def _masked(stream: str, names: list[str], days: pd.DatetimeIndex, masks: pd.DataFrame | None) -> npt.NDArray[np.bool_]:
    masked = np.zeros((len(names), len(days)), dtype=bool)
    if masks is None or masks.empty:
        return masked
    target = masks["series"] if "series" in masks else pd.Series(None, index=masks.index, dtype=object)
    everywhere = days.isin(masks["day"][target.isna() | (target == stream)])
    masked[:, everywhere] = True
    position = {name: row for row, name in enumerate(names)}
    for name, own in masks[target.isin(names)].groupby(target, sort=True):
        masked[position[str(name)], days.isin(own["day"])] = True
    return masked
