"""The table of changes: one row a change, dated, sized, and with the day it would have been reported."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from topics.conditions import Panel
from topics.effect import Effect, effect, q_values
from topics.levels import Array
from topics.prepare import Prepared
from topics.regimes import LONGEST_BURST, Regime
from topics.score import LOOK_BACK, Alarm
from topics.shifts import with_share_shifts

CHANGE_COLUMNS = (
    "change_id", "series", "day", "day_low", "day_high", "end", "direction", "type",
    "ratio", "ratio_low", "ratio_high", "p_value", "q_value", "score", "level", "reporters", "customers",
    "before_mean", "after_mean", "detected_on", "confirmed", "monitored", "hazard", "rollup",
)  # fmt: skip
NEAR_DAYS = 7
"""An alarm and a change of the final partition this close, in the same direction, are one change."""
LARGEST_P = 0.05
PASSED_DAYS = 14


@dataclass(frozen=True, slots=True)
class Found:
    """What one series showed: its row in the panel and in its block, regimes in retrospect, alarms."""

    row: int
    place: int
    level: float
    smallest_ratio: float
    regimes: Sequence[Regime]
    alarms: Sequence[Alarm]


def found_rows(panel: Panel, found: Found, online: Prepared) -> Iterator[dict[str, object]]:
    """Rows of one series: its regimes, with the alarm each raised, then alarms later data did not confirm."""
    unclaimed, further = list(found.alarms), list[Alarm]()
    for regime in found.regimes:
        own = [alarm for alarm in unclaimed if _same(alarm, regime)]
        ending = [alarm for alarm in unclaimed if regime.transient and _same_end(alarm, regime)]
        unclaimed = [alarm for alarm in unclaimed if alarm not in own and alarm not in ending]
        if regime.arrived > regime.effect.day:
            # Within a ramp each alarm is a rise above what the one before had told.
            further += own[1:]
        if own or regime.effect.p_value <= LARGEST_P:
            yield _row(panel, found, regime, alarm=own[0] if own else None, confirmed=True)
    for alarm, end in [*_passing(unclaimed), *((alarm, None) for alarm in further)]:
        seen = _as_seen(alarm, found.place, online, end)
        if abs(np.log(seen.effect.ratio)) >= np.log(found.smallest_ratio):
            yield _row(panel, found, seen, alarm=alarm, confirmed=False)


def change_table(rows: Iterable[dict[str, object]], *, series: int) -> pd.DataFrame:
    """CHANGE_COLUMNS, sorted by day and series; q-values among the `series` of the run."""
    table = pd.DataFrame(list(rows), columns=list(CHANGE_COLUMNS))
    for column in ("day", "day_low", "day_high", "end", "detected_on"):
        table[column] = pd.to_datetime(table[column]).astype("datetime64[ns]")
    for column in ("ratio", "ratio_low", "ratio_high", "p_value", "score", "before_mean", "after_mean"):
        table[column] = table[column].astype(float)
    table["type"] = with_share_shifts(table)
    quiet = series - table["series"].nunique()
    table["q_value"] = q_values(table["p_value"].to_numpy(float), tests=len(table) + quiet)
    return table.sort_values(["day", "series", "direction"], kind="stable", ignore_index=True)


def _same(alarm: Alarm, regime: Regime) -> bool:
    day = regime.effect.day
    if alarm.slow and day <= alarm.raised and alarm.direction == _direction(regime.effect):
        return True
    near = day - NEAR_DAYS <= alarm.day <= regime.arrived + NEAR_DAYS or alarm.day <= day <= alarm.raised
    return near and alarm.direction == _direction(regime.effect) and alarm.raised >= regime.effect.low


def _same_end(alarm: Alarm, regime: Regime) -> bool:
    near = abs(alarm.day - regime.end) <= NEAR_DAYS or alarm.day <= regime.end <= alarm.raised
    return near and alarm.direction != _direction(regime.effect)


def _passing(alarms: Sequence[Alarm]) -> Iterator[tuple[Alarm, int | None]]:
    """Alarms, each with the day it was undone; the alarm that the way back raises is part of it."""
    waiting = list(alarms)
    while waiting:
        alarm = waiting.pop(0)
        end = None
        while waiting and waiting[0].day - alarm.day <= LONGEST_BURST and waiting[0].direction != alarm.direction:
            end = waiting.pop(0).day
        yield alarm, end


def _as_seen(alarm: Alarm, place: int, online: Prepared, end: int | None) -> Regime:
    """The change an alarm reported, sized from nothing later than the alarm."""
    start = max(alarm.day - LOOK_BACK, 0)
    sums, grid = online.sums[:, place, :], online.grid[:, place]
    sized = effect(sums, grid, start=start, day=alarm.day, end=alarm.raised + 1)
    return Regime(
        start, sized, alarm.raised + 1 if end is None else max(end, sized.day + 1), end is not None, sized.day
    )


def _direction(sized: Effect) -> str:
    return "up" if sized.ratio >= 1.0 else "down"


def _row(panel: Panel, found: Found, regime: Regime, *, alarm: Alarm | None, confirmed: bool) -> dict[str, object]:
    sized = regime.effect
    counts, exposed = panel.counts[found.row], panel.exposure[found.row] > 0
    before, after = slice(regime.start, sized.day), slice(sized.day, regime.end)
    described = panel.described.iloc[found.row]
    direction = alarm.direction if alarm is not None and not confirmed else _direction(sized)
    day = panel.days[sized.day]
    return {
        "change_id": f"{panel.names[found.row]}|{direction}|{day:%Y-%m-%d}",
        "series": panel.names[found.row],
        "day": day,
        "day_low": panel.days[sized.low],
        "day_high": panel.days[sized.high],
        "end": panel.days[regime.end] if regime.transient else pd.NaT,
        "direction": direction,
        "type": _type(counts, direction, regime, alarm=alarm, confirmed=confirmed),
        "ratio": sized.ratio,
        "ratio_low": sized.ratio_low,
        "ratio_high": sized.ratio_high,
        "p_value": sized.p_value,
        "score": alarm.score if alarm is not None else sized.score,
        "level": found.level,
        "reporters": int(counts[after].sum()),
        "customers": int(panel.customers[found.row, after].sum()),
        "before_mean": _mean(counts[before], exposed[before]),
        "after_mean": _mean(counts[after], exposed[after]),
        "detected_on": panel.days[alarm.raised] if alarm is not None else pd.NaT,
        "confirmed": confirmed,
        "monitored": bool(described["monitored"]),
        "hazard": described["hazard"],
        "rollup": described["rollup"],
    }


def _type(counts: Array, direction: str, regime: Regime, *, alarm: Alarm | None, confirmed: bool) -> str:
    """burst, birth, ramp or step; an alarm whose level was gone two weeks later was a passing burst."""
    if not regime.transient and ((alarm is not None and alarm.slow) or regime.arrived > regime.effect.day):
        return "ramp"
    if regime.transient or (not confirmed and _passed(counts, regime)):
        return "burst"
    return "birth" if direction == "up" and counts[: regime.effect.day].sum() <= 1.0 else "step"


def _passed(counts: Array, regime: Regime) -> bool:
    """Whether the two weeks after an alarm were more like the days before it than like what it told of."""
    later = counts[regime.end : regime.end + PASSED_DAYS]
    if len(later) < PASSED_DAYS:
        return False
    before, then = counts[regime.start : regime.effect.day].mean(), counts[regime.effect.day : regime.end].mean()
    return bool(abs(later.mean() - before) <= abs(later.mean() - then))


def _mean(counts: Array, exposed: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> float:
    """Mean of the days that count; 0 if none does."""
    return float(counts[exposed].mean()) if exposed.any() else 0.0
