"""Changes of watchlists: each with a floor and a budget of its own, and what is seen for the first time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from topics.change import CHANGE_COLUMNS, DetectionSettings, changes, smallest_rises
from topics.conditions import Conditions
from topics.first_seen import Floor, first_row, most_reporters, spells
from topics.watch import watchlist_of

WATCH_COLUMNS = (*CHANGE_COLUMNS, "quiet_days")


@dataclass(frozen=True, slots=True)
class Ask:
    """What a watchlist wants to be told: from which floor on, at how many false alerts a week of its own."""

    id: str
    floor: Floor = Floor()
    false_alerts_per_week: float = 0.05
    hazard: str | None = None


def watch_changes(
    volumes: pd.DataFrame,
    documents: Mapping[str, pd.DataFrame],
    asks: Sequence[Ask],
    *,
    conditions: Conditions,
    settings: DetectionSettings,
) -> pd.DataFrame:
    """Changes of the series of watchlists; WATCH_COLUMNS, sorted by day, series.

    `volumes`: as `topics.change.changes` takes them, of all series; `documents`: of each watchlist's series day,
    received_day, reporter, kept. Every watchlist is searched by itself, so that none shares a budget with
    another or with what is not watched. `monitored` is True for what is to be told: a first sight, and a rise
    of which some window of the floor's days holds enough reporters. A fall is listed, never told.
    """
    parts = [_of_one(volumes, documents, ask, conditions, settings) for ask in asks]
    rows = [row for part in parts for row in part.to_dict("records")]
    table = pd.DataFrame(rows, columns=list(WATCH_COLUMNS))
    for name in ("day", "day_low", "day_high", "end", "detected_on"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[ns]")
    return table.sort_values(["day", "series", "direction", "type"], kind="stable", ignore_index=True)


def watch_rises(
    volumes: pd.DataFrame, asks: Sequence[Ask], *, conditions: Conditions, settings: DetectionSettings
) -> pd.DataFrame:
    """As `topics.change.smallest_rises`, for the series of watchlists, each within its own budget."""
    rows = [
        row
        for ask in asks
        for row in smallest_rises(_own(volumes, ask), conditions=conditions, settings=_budgeted(settings, ask)).to_dict(
            "records"
        )
    ]
    return pd.DataFrame(rows, columns=["series", "smallest_ratio"])


def watched_series(volumes: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows of the volumes are of a watchlist."""
    return volumes["series"].str.contains("/watch=", regex=False)


def _of_one(
    volumes: pd.DataFrame,
    documents: Mapping[str, pd.DataFrame],
    ask: Ask,
    conditions: Conditions,
    settings: DetectionSettings,
) -> pd.DataFrame:
    own = _own(volumes, ask)
    found = changes(own, conditions=conditions, settings=_budgeted(settings, ask)).assign(quiet_days=np.nan)
    found["monitored"] = [_worth(row, documents[str(row["series"])], ask.floor) for _, row in found.iterrows()]
    described = _described(conditions)
    rows = [{str(name): value for name, value in row.items()} for row in found.to_dict("records")]
    for series, days in own.groupby("series")["day"]:
        kept = documents[str(series)].query("kept")
        for spell in spells(kept, floor=ask.floor, first_day=days.min()):
            about = described.get(str(series), {})
            rows.append({**about, **first_row(str(series), spell, today=_today(conditions, days.max()))})
    table = pd.DataFrame(rows, columns=list(WATCH_COLUMNS))
    return table.assign(hazard=ask.hazard) if ask.hazard else table


def _own(volumes: pd.DataFrame, ask: Ask) -> pd.DataFrame:
    """The volumes of one watchlist."""
    mine = {name for name in volumes["series"].unique() if watchlist_of(str(name)) == ask.id}
    return volumes[volumes["series"].isin(mine)]


def _budgeted(settings: DetectionSettings, ask: Ask) -> DetectionSettings:
    return replace(settings, false_alerts_per_week=ask.false_alerts_per_week, most_per_series=np.inf)


def _worth(change: "pd.Series[Any]", documents: pd.DataFrame, floor: Floor) -> bool:
    """Whether a change is a rise that enough distinct reporters made within the floor's days."""
    if change["direction"] != "up":
        return False
    after = documents["kept"] & (documents["day"] >= change["day"])
    if pd.notna(change["end"]):
        after &= documents["day"] < change["end"]
    return most_reporters(documents[after], days=floor.days) >= floor.reporters


def _described(conditions: Conditions) -> dict[str, dict[str, Any]]:
    """Hazard and roll-up of each series, for rows that no search made."""
    if conditions.series is None:
        return {}
    return {
        str(row["series"]): {"hazard": row["hazard"], "rollup": row["rollup"]}
        for row in conditions.series.to_dict("records")
    }


def _today(conditions: Conditions, last: pd.Timestamp) -> pd.Timestamp:
    return last if conditions.as_of is None else max(conditions.as_of.normalize(), last)
