"""What a replay is worth: its alerts against events that are known, or against what people and later days said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import pandas as pd

from topics.episodes import EPISODE_DAYS

WITHIN_DAYS = 28
"""An event is found if an alert tells it within so many days; a later one is late, and still no false alert."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is known to have happened. `end`: first day after it, None: it stayed. `match`: what an alert
    about it has, as attribute -> values of which one suffices; of several matchers one suffices."""

    name: str
    day: pd.Timestamp
    match: Sequence[Mapping[str, Sequence[str]]]
    direction: str = "up"
    end: pd.Timestamp | None = None

    def tells(self, alert: Row) -> bool:
        """Whether an alert is about this event: its way, its attributes, raised from its first day to four weeks
        after its end. `alert`: direction, detected_on, about (attribute -> values)."""
        latest = (self.end or self.day) + pd.Timedelta(days=WITHIN_DAYS)
        return (
            alert["direction"] == self.direction
            and self.day <= alert["detected_on"] <= latest
            and any(self._fits(wanted, alert["about"]) for wanted in self.match)
        )

    def _fits(self, wanted: Mapping[str, Sequence[str]], about: Mapping[str, set[str]]) -> bool:
        return all(about.get(name, set()).intersection(values) for name, values in wanted.items())


def against_events(alerts: Sequence[Row], events: Sequence[Event], *, days: int) -> Row:
    """Precision, recall and delay, None where there is nothing to tell them from; `days`: how many were replayed.

    `of_events`: for each event alert_id, detected_on, delay_days and found. An event may have several alerts; each of
    them is right. `of_alerts`: the first event that each alert tells, or None.
    """
    told = [next((event.name for event in events if event.tells(alert)), None) for alert in alerts]
    rows = [_found(event, [alert for alert in alerts if event.tells(alert)]) for event in events]
    delays = [row["delay_days"] for row in rows if row["found"]]
    right = sum(name is not None for name in told)
    return {
        "true_alerts": right,
        "false_alerts": len(told) - right,
        "false_alerts_a_week": round(7.0 * (len(told) - right) / days, 3),
        "precision": round(right / len(told), 3) if told else None,
        "recall": round(len(delays) / len(rows), 3) if rows else None,
        "median_delay_days": float(median(delays)) if delays else None,
        "of_events": rows,
        "of_alerts": told,
    }


def _found(event: Event, alerts: Sequence[Row]) -> Row:
    first = min(alerts, key=lambda alert: (alert["detected_on"], alert["alert_id"]), default=None)
    delay = None if first is None else int((first["detected_on"] - event.day).days)
    return {
        "name": event.name,
        "day": event.day,
        "direction": event.direction,
        "alert_id": first and first["alert_id"],
        "detected_on": first and first["detected_on"],
        "delay_days": delay,
        "found": delay is not None and delay <= WITHIN_DAYS,
    }


def against_people(alerts: Sequence[Row], judged: Iterable[Row], later: pd.DataFrame, *, days: int) -> Row:
    """What can be said without known events; `later`: the changes as known at the end of the replay.

    `judged`: rows series, direction, day, useful, not_useful of alerts that were told. An alert is `not_useful` if more
    people said so of the same episode than said the contrary, `useful` the other way round; `unconfirmed` if nobody
    said anything and later days do not bear it out. Those that nobody judged and that stand may be false, too.
    """
    words = [_word(alert, list(judged), later) for alert in alerts]
    counted = {name: words.count(name) for name in ("useful", "not_useful", "unconfirmed", "unjudged")}
    false = counted["not_useful"] + counted["unconfirmed"]
    return {**counted, "false_alerts": false, "false_alerts_a_week": round(7.0 * false / days, 3), "of_alerts": words}


def _word(alert: Row, judged: Sequence[Row], later: pd.DataFrame) -> str:
    near = [row for row in judged if _same(alert, row)]
    told = sum(int(row["useful"]) - int(row["not_useful"]) for row in near)
    if told:
        return "useful" if told > 0 else "not_useful"
    stands = any(bool(row["confirmed"]) and _same(alert, row) for row in later.to_dict("records"))
    return "unjudged" if stands else "unconfirmed"


def _same(alert: Row, other: Mapping[Any, Any]) -> bool:
    """The same series, direction and onset episode."""
    apart = abs(pd.Timestamp(other["day"]) - alert["day"]) <= pd.Timedelta(days=EPISODE_DAYS)
    return bool(apart and other["series"] == alert["series"] and other["direction"] == alert["direction"])
