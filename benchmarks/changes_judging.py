"""How alarms and changes compare with what was planted in a simulated world."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.changes_worlds import Alarms
from topics.synth import World

WITHIN_DAYS = 28
NEAR_DAYS = 7
STRONG_GAIN = 10.0
"""Nats by which four weeks of an event are expected to tell it from none."""
AFTERMATH_DAYS = 3
WARM_UP = 14


@dataclass(slots=True)
class Tally:
    """What is added up over worlds; `delays` of the events found in time."""

    events: int = 0
    found: int = 0
    strong: int = 0
    strong_found: int = 0
    false_alarms: int = 0
    weeks: float = 0.0
    floods: int = 0
    floods_alerted: int = 0
    outages: int = 0
    outages_alerted: int = 0
    delays: list[int] = field(default_factory=list)
    by_event: dict[str, list[int]] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """As printed."""
        return {
            "detected_within_28_days": round(self.found / max(self.events, 1), 3),
            "strong_detected_within_28_days": round(self.strong_found / max(self.strong, 1), 3),
            "median_delay_days": float(np.median(self.delays)) if self.delays else None,
            "false_alerts_per_week": round(self.false_alarms / max(self.weeks, 1e-9), 3),
            "floods_alerted": round(self.floods_alerted / max(self.floods, 1), 4),
            "outages_alerted": round(self.outages_alerted / max(self.outages, 1), 4),
            "by_event": {event: self.by_event[event] for event in sorted(self.by_event)},
        }


def judge(tally: Tally, planted: World, alarms: Alarms) -> None:
    """Add one world: an alarm after the first day of its series' event is of that event, any other is false."""
    first = planted.volumes["day"].min()
    place = {name: row for row, name in enumerate(planted.names)}
    began = {}
    for event in planted.truth.to_dict("records"):
        row, day = place[event["series"]], (event["day"] - first).days
        began[row] = day
        waited = min((raised - day for raised, _ in alarms[row] if raised >= day), default=None)
        hit = waited is not None and waited <= WITHIN_DAYS
        tally.events += 1
        tally.found += hit
        tally.strong += event["gain"] >= STRONG_GAIN
        tally.strong_found += hit and event["gain"] >= STRONG_GAIN
        seen = tally.by_event.setdefault(event["event"], [0, 0])
        seen[0] += hit
        seen[1] += 1
        if hit and waited is not None:
            tally.delays.append(waited)
    tally.weeks += (planted.means.shape[1] - WARM_UP) / 7.0
    false = [[one for one in own if one[0] < began.get(row, 10**9)] for row, own in enumerate(alarms)]
    tally.false_alarms += sum(map(len, false))
    _disturbances(tally, planted, false)


def _disturbances(tally: Tally, planted: World, false: Alarms) -> None:
    """False alarms dated to a reporter flood, or to an outage in any series, or a day or two after."""
    first = planted.volumes["day"].min()
    for series, own in planted.floods.groupby("series"):
        days = (own["day"] - first).dt.days
        tally.floods += 1
        tally.floods_alerted += _dated(false[planted.names.index(str(series))], int(days.min()), int(days.max()))
    gone = np.sort((planted.outages["day"] - first).dt.days.to_numpy())
    for run in np.split(gone, np.flatnonzero(np.diff(gone) > 1) + 1):
        if len(run):
            tally.outages += len(false)
            tally.outages_alerted += sum(_dated(alarms, int(run[0]), int(run[-1])) for alarms in false)


def _dated(alarms: Sequence[tuple[int, int]], low: int, high: int) -> bool:
    return any(low <= day <= high + 1 and low <= raised <= high + AFTERMATH_DAYS for raised, day in alarms)


def offline(planted: World, found: pd.DataFrame) -> dict[str, Any]:
    """Confirmed changes against the truth, within NEAR_DAYS; a burst's end, being of the event, is not false.

    `rise_…`: the same where a ramp counts as found on any day of its rise.
    """
    confirmed = found[found["confirmed"]].merge(planted.truth, on="series", how="left", suffixes=("", "_true"))
    for name in ("day_true", "end_true", "arrived"):
        confirmed[name] = pd.to_datetime(confirmed[name])
    error = (confirmed["day"] - confirmed["day_true"]).dt.days
    near = error.abs() <= NEAR_DAYS
    matched = confirmed[near].assign(error=error[near].abs()).sort_values("error").drop_duplicates("series")
    ending = ((confirmed["day"] - confirmed["end_true"]).dt.days.abs() <= NEAR_DAYS) & ~near
    rising = (confirmed["day"] >= confirmed["day_true"]) & (confirmed["day"] <= confirmed["arrived"])
    inside = near | rising
    again = int(confirmed[inside & (confirmed["event"] == "ramp")].duplicated("series").sum())
    unchanged = set(planted.names) - set(planted.truth["series"])
    flagged = set(confirmed["series"]) & unchanged
    return {
        "rows": int((~ending).sum()),
        "matched": len(matched),
        "rise_matched": int(confirmed[inside]["series"].nunique()),
        "rise_rows": int((~ending).sum()) - again,
        "events": len(planted.truth),
        "false": int((~near & ~ending).sum()),
        "errors": matched["error"].astype(int).tolist(),
        "types": list(zip(matched["event"], matched["type"], strict=True)),
        "unchanged": len(unchanged),
        "flagged": len(flagged),
        "theme_years": planted.means.size / 365.0,
    }


def offline_figures(worlds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Precision, recall and the rest over worlds."""
    total = {name: sum(one[name] for one in worlds) for name in worlds[0] if not isinstance(worlds[0][name], list)}
    rise = 2.0 * total["rise_matched"] / max(total["rise_rows"] + total["events"], 1)
    errors = [error for one in worlds for error in one["errors"]]
    precision = total["matched"] / max(total["rows"], 1)
    recall = total["matched"] / max(total["events"], 1)
    types = Counter(f"{event} as {kind}" for one in worlds for event, kind in one["types"])
    return {
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(2 * precision * recall / max(precision + recall, 1e-9), 3),
        "f1_ramps_on_any_day_of_their_rise": round(rise, 3),
        "false_changes_per_theme_year": round(total["false"] / total["theme_years"], 4),
        "unchanged_flagged": round(total["flagged"] / max(total["unchanged"], 1), 4),
        "median_location_error_days": float(np.median(errors)) if errors else None,
        "types": dict(sorted(types.items())),
    }
