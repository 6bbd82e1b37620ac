"""The life of an alert: which changes of a series are one episode, and what state it is in."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from topics.grouping import Group

NEW_DAYS = 7
EPISODE_DAYS = 14
"""Re-estimated dates of one change move by no more than this from run to run."""
CHAIN_DAYS = 35
"""A further change the same way within this many days escalates the alert; later it is another alert."""
RETURN_DAYS = 28
"""The same change again within four weeks of its end reopens its alert; later it is another one."""
BACK_WITHIN = 1.35

Change = Mapping[Any, Any]
"""A row of the table of changes."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Subjects of one alert, oldest first (rows of the paged changes), and all its members."""

    subjects: tuple[Change, ...]
    members: tuple[str, ...]
    detected_on: pd.Timestamp


def episodes(changes: pd.DataFrame, grouped: Sequence[Group]) -> list[Episode]:
    """Chain the groups whose subjects move the same series the same way within CHAIN_DAYS."""
    found: list[Episode] = []
    rows: list[Change] = [dict(row) for row in changes.to_dict("records")]
    open_: dict[tuple[str, str], int] = {}
    for group in sorted(grouped, key=lambda one: (changes["day"][one.subject], one.subject)):
        subject = rows[group.subject]
        members = [rows[member] for member in group.members]
        new = Episode((subject,), tuple(row["change_id"] for row in members), _found_on(subject, members))
        key = (str(subject["series"]), str(subject["direction"]))
        last = open_.get(key)
        if last is not None and _chained(found[last].subjects[-1], subject):
            found[last] = replace(
                found[last],
                subjects=(*found[last].subjects, subject),
                members=(*found[last].members, *new.members),
                detected_on=min(found[last].detected_on, new.detected_on),
            )
        else:
            open_[key] = len(found)
            found.append(new)
    return found


def _found_on(subject: Change, members: Sequence[Change]) -> pd.Timestamp:
    """First day one of them was reported; what was reported before the subject began was an earlier date of it."""
    days: list[pd.Timestamp] = [row["detected_on"] for row in members if row["detected_on"] >= subject["day"]]
    return min(days) if days else pd.Timestamp(subject["detected_on"])


def episode_row(episode: Episode, changes: Sequence[Change], as_of: pd.Timestamp) -> dict[str, Any]:
    """The alert of an episode (see `topics.alerts.alerts`); `changes`: all of its series, paged or not."""
    first, last = episode.subjects[0], episode.subjects[-1]
    print_ = fingerprint(first["series"], first["direction"], first["day"])
    return {
        "alert_id": alert_id(print_),
        "fingerprint": print_,
        "series": first["series"],
        "direction": first["direction"],
        "state": state(episode, changes, as_of),
        "day": first["day"],
        "detected_on": episode.detected_on,
        "hazard": last["hazard"],
        "title": title(last),
        "change_id": last["change_id"],
        "members": list(dict.fromkeys(episode.members)),
    }


def state(episode: Episode, changes: Sequence[Change], as_of: pd.Timestamp) -> str:
    """new, ongoing, escalating, resolved or regressed at `as_of`."""
    last = episode.subjects[-1]
    if ended_on(last, changes, as_of) is not None:
        return "resolved"
    further = [one for one in episode.subjects[1:] if one["day"] - episode.subjects[0]["day"] > _days(NEW_DAYS)]
    fresh = as_of - last["detected_on"] < _days(NEW_DAYS)
    if further and fresh:
        before = episode.subjects[-2]
        return "regressed" if ended_on(before, changes, last["day"]) is not None else "escalating"
    return "new" if fresh else "ongoing"


def ended_on(change: Change, changes: Sequence[Change], as_of: pd.Timestamp) -> pd.Timestamp | None:
    """First day the series was back at what it was before the change; None if it is not."""
    end: Any = change["end"]
    if bool(pd.notna(end)):
        return end if end <= as_of else None
    if change["type"] == "burst":
        passed = change["detected_on"] + _days(EPISODE_DAYS)
        return passed if passed <= as_of else None
    rose = change["direction"] == "up"
    low, high = sorted([float(change["before_mean"]), float(change["after_mean"])])
    middle = np.sqrt(max(low, 0.01) * max(high, 0.01))
    border = max(low * BACK_WITHIN, middle) if rose else min(high / BACK_WITHIN, middle)
    back = [
        later["day"]
        for later in changes
        if later["direction"] != change["direction"]
        and change["day"] < later["day"] <= as_of
        and (later["after_mean"] <= border if rose else later["after_mean"] >= border)
    ]
    return min(back) if back else None


def fingerprint(series: str, direction: str, day: pd.Timestamp) -> str:
    """Series, direction and onset: what makes an alert the same alert."""
    return f"{series}|{direction}|{day:%Y-%m-%d}"


def alert_id(print_: str) -> str:
    """Twelve hex digits of the fingerprint's SHA-256, after an A.

    >>> alert_id("feedback/total|up|2026-03-01")
    'A45a22ab074b6'
    """
    return "A" + hashlib.sha256(print_.encode()).hexdigest()[:12]


def title(change: Change) -> str:
    """One line: what moved, how much, since when. Carries the series key, never a document's text."""
    moved = {"up": "rose", "down": "fell"}[str(change["direction"])]
    size = "from nothing" if change["type"] in ("birth", "first_seen") else f"×{float(change['ratio']):.2g}"
    passing = " (burst)" if change["type"] == "burst" else ""
    return f"{change['series']} {moved} {size} from {change['day']:%Y-%m-%d}{passing}"


def _chained(before: Change, after: Change) -> bool:
    end: Any = before["end"]
    apart: pd.Timedelta = after["day"] - (end if bool(pd.notna(end)) else before["day"])
    return apart <= _days(RETURN_DAYS if bool(pd.notna(end)) else CHAIN_DAYS)


def _days(number: int) -> pd.Timedelta:
    return pd.Timedelta(days=number)
