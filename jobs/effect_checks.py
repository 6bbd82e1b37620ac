"""Part of the step `effects`: what came of an action on an alert, four weeks after the alert was closed with it."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from jobs.effect_evidence import beside, gaps, odd_days
from jobs.effect_rows import measured
from jobs.store import Store
from mitigations.effects import effect
from mitigations.effects_found import Around

Row = dict[str, Any]

WAIT_DAYS = 28
RELEASE_REACH = 28
"""Days around the closing in which a release that the action names must lie."""
LEAST_COMPLETE = 0.5
LEAST_RAISED = 7
"""Days that the level an alert is about must have lasted before the action, to be a level."""


def due(store: Store, *, as_of: str) -> list[Row]:
    """Alerts closed with an action that is old enough to be checked and has not been, with `onset` and `release`."""
    today = date.fromisoformat(as_of[:10])
    releases = store.effects.releases()
    waiting = [row for row in store.effects.closed() if row["checked"] is None or row["checked"] < row["closed_on"]]
    dated = [{**row, **onset(row, releases)} for row in waiting]
    return [row for row in dated if max(row["onset"], _day(row["closed_on"])) + timedelta(days=WAIT_DAYS) <= today]


def onset(closed: Row, releases: Sequence[Row]) -> Row:
    """`onset`, the day an action is measured from: that of the `release` it names, else that of the closing.

    A release is named by its id or its version (4.1 or v4.1) and lies within four weeks of the closing.
    """
    day = _day(closed["closed_on"])
    words = {word.strip(".") for word in re.split(r"[^\w.@+-]+", closed["action"].lower())}
    near = [row for row in releases if abs((_day(row["released_on"]) - day).days) <= RELEASE_REACH]
    named = [row for row in near if row["release_id"].lower() in words] or [
        row for row in near if row["version"] and {row["version"].lower(), f"v{row['version']}".lower()} & words
    ]
    days = sorted((_day(row["first_day"] or row["released_on"]), row["release_id"]) for row in named)
    first, name = min(days, key=lambda one: abs((one[0] - day).days), default=(day, None))
    return {"onset": first, "release": name}


def run(store: Store, *, as_of: str) -> int:
    """Check every alert that is due, each in a transaction of its own. Returns how many were checked."""
    rows = due(store, as_of=as_of)
    if not rows:
        return 0
    volumes = store.findings.volumes()
    series = store.findings.series()
    rollups = dict(zip(series["series"], series["rollup"], strict=True))
    for row in rows:
        checked = _check(store, row, volumes, rollups, as_of=as_of)
        with store.transaction():
            store.effects.write_check(checked)
    return len(rows)


def _check(store: Store, row: Row, volumes: pd.DataFrame, rollups: dict[str, Any], *, as_of: str) -> Row:
    start = pd.Timestamp(row["onset"])
    raised = pd.Timestamp(row["day"])
    counts = _daily(store, row["series"], volumes, rollups, end=pd.Timestamp(as_of[:10]))
    found = effect(counts, start, around=Around(since=raised if raised < start else None, beside=_odd(store, row)))
    judged = measured(found, better="down" if row["direction"] == "up" else "up")
    judged["detail"] |= {"level": f"between {row['day']} and {row['onset']}" if raised < start else "before"}
    judged["detail"] |= {"release": row["release"]}
    return {
        "alert_id": row["alert_id"],
        "action": row["action"],
        "closed_on": row["closed_on"],
        "onset": row["onset"].isoformat(),
        "checked_as_of": as_of,
        **{name: judged[name] for name in ("verdict", "ratio", "ratio_low", "ratio_high", "reason", "detail")},
    }


def _odd(store: Store, row: Row) -> tuple[str, ...]:
    """What forbids a conclusion whatever the counts say."""
    ended = row["ends_on"]
    over = [f"it had ended by itself on {ended}, before the action"] if ended and _day(ended) < row["onset"] else []
    # A release that is named may be what ended it, so that it was over when it was closed.
    if not over and row["closed_in"] == "resolved" and row["release"] is None:
        over = ["it had ended by itself before the action"]
    short = (row["onset"] - _day(row["day"])).days
    young = [f"it had lasted {short} days only when the action came"] if 0 <= short < LEAST_RAISED else []
    return (*over, *young, *beside(store, row["onset"]))


def _daily(
    store: Store, series: str, volumes: pd.DataFrame, rollups: dict[str, Any], *, end: pd.Timestamp
) -> pd.DataFrame:
    """A series as `mitigations.effects.effect` takes it, compared with its stream without the roll-up it is in."""
    stream = series.partition("/")[0]
    own = _known(store, volumes[(volumes["series"] == series) & (volumes["day"] < end)], stream)
    total, group = f"{stream}/total", rollups.get(series) or series
    if total in (series, group):
        group = series
    if series == total:
        return own
    by_series = volumes[volumes["series"].isin([total, group])].pivot(index="day", columns="series", values="reporters")
    rest = (by_series[total] - by_series[group]).clip(lower=0) if group in by_series else by_series[total]
    return own.assign(control=own["day"].map(rest), control_exposure=own["exposure"])


def _known(store: Store, days: pd.DataFrame, stream: str) -> pd.DataFrame:
    """day, count, exposure: requests, where they are known throughout, times the share that has arrived."""
    requests = days["requests"] if days["requests"].notna().all() else 1.0
    silent = gaps(store, stream) | odd_days(store)
    hidden = (days["masked"] == 1) | (days["completeness"] < LEAST_COMPLETE) | days["day"].isin(list(silent))
    exposure = (requests * days["completeness"]).where(~hidden)
    return pd.DataFrame({"day": days["day"], "count": days["reporters"].astype(float), "exposure": exposure})


def _day(text: str) -> date:
    return date.fromisoformat(text)
