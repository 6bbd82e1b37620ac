"""Rare things that begin: the first documents of a series after weeks without any."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

QUIET_DAYS = 28
"""So many days without a document make the next one a first."""
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Floor:
    """From how many distinct reporters within how many days on (1 to 28) a series matters."""

    reporters: int = 1
    days: int = 28


@dataclass(frozen=True, slots=True)
class Spell:
    """Documents with less than four quiet weeks between any two of them.

    `quiet_days`: days known before it without any, at most those of the stream. `reached`: the day by whose
    end enough reporters' documents had arrived. `last`: day of its last document.
    """

    day: pd.Timestamp
    last: pd.Timestamp
    reached: pd.Timestamp
    quiet_days: int
    reporter_days: int


def spells(documents: pd.DataFrame, *, floor: Floor, first_day: pd.Timestamp) -> list[Spell]:
    """The spells that reached the floor and came after days without any, oldest first.

    `documents`: day, received_day (datetime64), reporter; `first_day`: of the stream. What begins on the
    stream's first day is not new: nothing is known before it.
    """
    found, before = [], first_day - DAY
    for own in _runs(documents.sort_values(["day", "reporter"], kind="stable")):
        day, last = own["day"].iloc[0], own["day"].iloc[-1]
        quiet = int((day - before).days) - 1
        reached = _reached(own, floor)
        before = last
        if quiet > 0 and reached is not None:
            early = own[own["day"] < day + QUIET_DAYS * DAY].drop_duplicates(["day", "reporter"])
            found.append(Spell(day, last, reached, quiet, len(early)))
    return found


def most_reporters(documents: pd.DataFrame, *, days: int) -> int:
    """The most distinct reporters that any window of so many days holds; `documents`: day, reporter.

    >>> days = pd.to_datetime(["2026-03-01", "2026-03-01", "2026-03-09"])
    >>> rows = pd.DataFrame({"day": days, "reporter": list("aab")})
    >>> most_reporters(rows, days=1), most_reporters(rows, days=28)
    (1, 2)
    """
    return max((own["reporter"].nunique() for _, own in _windows(documents, days)), default=0)


def first_row(series: str, spell: Spell, *, today: pd.Timestamp) -> dict[str, object]:
    """A spell as a row of `topics.change.changes`, with `quiet_days`; no ratio, no test: what is rare has none.

    It ends with its last document once four weeks have passed without another, else after four weeks: then
    it is known, and what becomes of it is told as rises.
    """
    known = spell.day + QUIET_DAYS * DAY
    stop = min(spell.last + DAY, known) if today - spell.last > QUIET_DAYS * DAY else known
    end = stop if stop <= today else pd.NaT
    days = max((min(stop, today + DAY) - spell.day).days, 1)
    return {
        "change_id": f"{series}|first_seen|{spell.day:%Y-%m-%d}",
        "series": series,
        **dict.fromkeys(("day", "day_low", "day_high"), spell.day),
        "end": end,
        "direction": "up",
        "type": "first_seen",
        "ratio": np.inf,
        **dict.fromkeys(("ratio_low", "ratio_high", "p_value", "q_value"), np.nan),
        **dict.fromkeys(("score", "level", "before_mean"), 0.0),
        "after_mean": spell.reporter_days / days,
        "detected_on": spell.reached,
        "confirmed": True,
        "monitored": True,
        "quiet_days": float(spell.quiet_days),
    }


def _runs(documents: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The documents, cut wherever QUIET_DAYS days or more lie between two."""
    apart = documents["day"].diff() > QUIET_DAYS * DAY
    for _, own in documents.groupby(apart.cumsum().to_numpy(), sort=True):
        yield own


def _windows(documents: pd.DataFrame, days: int) -> Iterator[tuple[pd.Timestamp, pd.DataFrame]]:
    """For every day with documents those of the `days` days up to it."""
    for day in np.unique(documents["day"].to_numpy()):
        end = pd.Timestamp(day)
        yield end, documents[(documents["day"] > end - days * DAY) & (documents["day"] <= end)]


def _reached(own: pd.DataFrame, floor: Floor) -> pd.Timestamp | None:
    """The day on which the last of the reporters that were needed was heard of; None if there never were enough."""
    for _, window in _windows(own, floor.days):
        heard = window.groupby("reporter")["received_day"].min().sort_values()
        if len(heard) >= floor.reporters:
            return pd.Timestamp(heard.iloc[floor.reporters - 1])
    return None
