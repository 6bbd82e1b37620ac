"""Changes of series that somebody gives us: counts or real values, by days, weeks or plain steps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from topics.change import DetectionSettings, changes_of
from topics.conditions import Panel
from topics.effect import q_values
from topics.exposure import LEAST_EXPOSURE, REFERENCE_DAYS
from topics.real_series import RealChange, first_reported, real_changes

Array = npt.NDArray[np.float64]
Row = dict[str, Any]
Unit = Literal["day", "week", "step"]

COLUMNS = ("series", "day", "day_low", "day_high", "direction", "type", "ratio", "ratio_low", "ratio_high",
           "p_value", "q_value", "detected_on")  # fmt: skip
MONDAY = pd.Timestamp("2001-01-01")


@dataclass(frozen=True, slots=True)
class Given:
    """Series as matrices (series, steps). `labels` name the steps: days, weeks, index numbers.

    `values` NaN where nothing is known: such a step says nothing. `exposure` (series, steps), None for none, NaN
    where unknown. `days`: the days themselves where `unit` is "day".
    """

    names: list[str]
    labels: list[str | int]
    unit: Unit
    values: Array
    exposure: Array | None = None
    days: pd.DatetimeIndex | None = None


def count_changes(given: Given, settings: DetectionSettings, *, online: bool) -> list[Row]:
    """Changes of counts, COLUMNS; by step, series. The budget is over all series, a week being seven daily steps.

    Offline: what the whole series shows. Online: `detected_on` is the step at whose end the change would have been
    reported, and alarms that later steps did not bear out are listed too.
    """
    if given.unit == "week":
        # Alarm levels are of seven steps a week.
        budget = 7 * settings.false_alerts_per_week
        settings = replace(settings, false_alerts_per_week=budget, most_per_series=7 * settings.most_per_series)
    table = changes_of([_panel(given)], settings=settings)
    if not online:
        table = table[table["confirmed"]]
    place = dict(zip(_days(given), given.labels, strict=True))
    rows = []
    for row in table.to_dict("records"):
        told: Row = {str(name): value for name, value in row.items()}
        for name in ("day", "day_low", "day_high", "detected_on"):
            told[name] = place.get(told[name]) if online or name != "detected_on" else None
        rows.append({name: _plain(told[name]) for name in COLUMNS})
    return rows


def real_value_changes(given: Given, *, online: bool) -> list[Row]:
    """Changes of real values, as `count_changes`; ratios are None, every type is "step"."""
    found = [
        (name, given.labels, change, reported)
        for name, values in zip(given.names, given.values, strict=True)
        for change, reported in _read(values, online=online)
    ]
    quiet = len(given.names) - len({name for name, *_ in found})
    q = q_values(np.array([change.p_value for _, _, change, _ in found]), tests=len(found) + quiet)
    rows = [
        {
            "series": name, "day": labels[change.step], "day_low": labels[change.low], "day_high": labels[change.high],
            "direction": change.direction, "type": "step", "ratio": None, "ratio_low": None, "ratio_high": None,
            "p_value": change.p_value, "q_value": float(value),
            "detected_on": None if reported is None else labels[reported],
        }
        for (name, labels, change, reported), value in zip(found, q, strict=True)
    ]  # fmt: skip
    place = {label: number for number, label in enumerate(given.labels)}
    return sorted(rows, key=lambda row: (place[row["day"]], row["series"]))


def _read(values: Array, *, online: bool) -> Iterator[tuple[RealChange, int | None]]:
    """Changes of one series between its first and last known value, in steps of the whole."""
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return
    first = int(known[0])
    own = values[first : int(known[-1]) + 1]
    found = first_reported(own) if online else [(change, None) for change in real_changes(own)]
    for change, reported in found:
        moved = replace(change, step=change.step + first, low=change.low + first, high=change.high + first)
        yield moved, None if reported is None else reported + first


def _panel(given: Given) -> Panel:
    # Nothing is meant by these names: none is of praise, or of a hazard.
    said = {"hazard": "low", "rollup": None, "monitored": True, "weight": 1.0}
    described = pd.DataFrame(said, index=pd.Index(given.names, name="series"))
    counts = np.nan_to_num(given.values, nan=0.0)
    weights = np.ones(len(given.names))
    return Panel("given", given.names, _days(given), counts, counts, _factor(given), weights, described)


def _days(given: Given) -> pd.DatetimeIndex:
    """The days, or Mondays in their place: weeks and steps have no day of the week."""
    if given.unit == "day" and given.days is not None:
        return given.days
    return pd.date_range(MONDAY, periods=len(given.labels), freq="7D")


def _factor(given: Given) -> Array:
    """Exposure about 1, scaled by the median of its first known steps; 0 where a step says nothing."""
    known = ~np.isnan(given.values)
    if given.exposure is None:
        return known.astype(np.float64)
    rows = []
    for own in given.exposure:
        base = own[own > 0][:REFERENCE_DAYS]
        scale = float(np.median(base)) if len(base) else 1.0
        rows.append(np.where(own > 0, np.maximum(own / scale, LEAST_EXPOSURE), 0.0))
    return np.asarray(np.where(known, np.array(rows), 0.0))


def _plain(value: Any) -> Any:
    """A number as JSON knows it: none that is not finite."""
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value
