"""History replayed as it was known each day: which alerts a run at the end of each day would have raised."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from topics.alerts import STANDING_COLUMNS, alerts
from topics.change import DetectionSettings
from topics.conditions import Conditions
from topics.explain import SEGMENTS
from topics.replay_known import DAY, Flags, History, Known
from topics.replay_look import Groups, Seen, asked_look, close_look, joined
from topics.watch import watchlist_of
from topics.watched import Ask

WEEK = 7
LIVE_DAYS = 7
"""A series that raised an alarm within so many days is looked at every day, so that what is one cause is one alert."""

Row = dict[str, Any]
Table = pd.DataFrame


@dataclass(frozen=True, slots=True)
class Replay:
    """What is replayed. `given`: exposure of all days and holidays. `settings`: one or more, the most alarms first.

    `groups`: the budget group of each row of a series table (null: the common one). `owner`: whose a change of a
    series is, given the segments that carry it. `beside`: as `topics.causes.beside`. `moment`: when the run of a day
    would have been (UTC).
    """

    past: History
    given: Conditions
    settings: Sequence[DetectionSettings]
    asks: Sequence[Ask] = ()
    groups: Groups | None = None
    owner: Callable[[str, list[Row]], str] = lambda series, segments: "default"
    beside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    moment: Callable[[pd.Timestamp], pd.Timestamp] = lambda day: day + DAY - pd.Timedelta(seconds=1)

    def seen(self, known: Known) -> Seen:
        """The day that `known` is at."""
        return Seen.of(known, self.given, as_of=self.moment(known.day), groups=self.groups)


@dataclass(frozen=True, slots=True)
class Told:
    """What the run of a day would have raised: for each of the settings the new alerts, as rows of plain values.

    Keys of a row: alert_id, series, direction, type, day, detected_on (the replayed day), ratio, hazard, owner,
    members (the series of all its changes), segments (what carries it). `changes`: all changes as known by then.
    """

    day: pd.Timestamp
    alerts: tuple[list[Row], ...]
    changes: tuple[Table, ...]


class Desk:
    """The changes and alerts under one of the settings, as they stand while the days go by."""

    def __init__(self) -> None:
        self.changes: Table = pd.DataFrame(columns=["series", "direction", "detected_on"])
        self.standing: Table = pd.DataFrame(columns=list(STANDING_COLUMNS))

    def open(self, replayed: Replay, seen: Seen) -> list[Row]:
        """Take the changes of the day in; the alerts that are new."""
        if self.changes.empty:
            return []
        found = alerts(self._owned(replayed, seen), self.standing, as_of=seen.as_of)
        fresh = found[~found["alert_id"].isin(set(self.standing["alert_id"]))]
        self.standing = found[list(STANDING_COLUMNS)]
        by_id = {str(row["change_id"]): row for _, row in self.changes.iterrows()} if len(fresh) else {}
        return [_told(row, by_id, replayed, seen) for row in fresh.to_dict("records")]

    def _owned(self, replayed: Replay, seen: Seen) -> Table:
        """The changes with what grouping asks of watchlists, where there are any."""
        if not any(watchlist_of(str(name)) for name in self.changes["series"].unique()):
            return self.changes
        near: list[Any] = [replayed.beside.get(str(name), frozenset()) for name in self.changes["series"]]
        asked = {str(name) for name in self.changes["series"] if watchlist_of(str(name))}.union(*near)
        told = self.changes["monitored"].astype(bool) & self.changes["detected_on"].notna()
        told &= self.changes["series"].isin(asked)
        owners: list[Any] = [
            replayed.owner(str(row["series"]), seen.carried(row, SEGMENTS)) if due else None
            for due, (_, row) in zip(told, self.changes.iterrows(), strict=True)
        ]
        return self.changes.assign(owner=owners, beside=near)


def replay(replayed: Replay, *, first: pd.Timestamp, last: pd.Timestamp) -> Iterator[Told]:
    """The days from first to last (midnight UTC, both inclusive), one after the other.

    What stood on the day before the first is known and not told. A week is looked ahead only to see which series
    are worth a look every day: what a day tells rests on what had arrived by its end.
    """
    known = Known(replayed.past)
    known.advance(first - DAY)
    desks = [Desk() for _ in replayed.settings]
    if known.present.any():
        seen = replayed.seen(known)
        for desk, table in zip(desks, _looks(replayed, seen, known.present), strict=True):
            desk.changes = table
            desk.open(replayed, seen)
    for begin in pd.date_range(first, last, freq=f"{WEEK}D"):
        yield from _week(replayed, known, desks, pd.date_range(begin, min(begin + (WEEK - 1) * DAY, last)))


def as_known(replayed: Replay, day: pd.Timestamp) -> list[Table]:
    """All changes that a run at the end of a day would have paged, for each of the settings."""
    known = Known(replayed.past)
    known.advance(day)
    return _looks(replayed, replayed.seen(known), known.present)


def _week(replayed: Replay, known: Known, desks: Sequence[Desk], days: pd.DatetimeIndex) -> Iterator[Told]:
    ahead = known.copy()
    ahead.advance(days[-1])
    if not ahead.present.any():
        known.advance(days[-1])
        yield from (_silent(day, desks) for day in days)
        return
    final = _looks(replayed, replayed.seen(ahead), ahead.present)
    moving = _news(desks[0].changes, final[0])
    for day in days:
        arrived = known.advance(day)
        if not known.present.any():
            yield _silent(day, desks)
            continue
        seen = replayed.seen(known)
        tables = final if day == days[-1] else _today(replayed, seen, desks, known.among(moving), arrived)
        for desk, table in zip(desks, tables, strict=True):
            desk.changes = table
        yield Told(day, tuple(desk.open(replayed, seen) for desk in desks), tuple(desk.changes for desk in desks))


def _silent(day: pd.Timestamp, desks: Sequence[Desk]) -> Told:
    """A day by whose end nothing had arrived."""
    return Told(day, tuple([] for _ in desks), tuple(desk.changes for desk in desks))


def _today(replayed: Replay, seen: Seen, desks: Sequence[Desk], moving: Flags, arrived: Flags) -> list[Table]:
    """The standing changes, with those of the series that may have moved today found anew."""
    known = seen.known
    recent = desks[0].changes["detected_on"] >= known.day - LIVE_DAYS * DAY
    live = known.among(set(desks[0].changes["series"][recent]))
    names = known.present & seen.paged() & (live | moving | seen.unusual())
    heard = {watchlist_of(name) for name, fresh in zip(known.past.names, arrived, strict=True) if fresh}
    tables = _looks(replayed, seen, names, asks=[ask for ask in replayed.asks if ask.id in heard])
    looked = {name for name, there in zip(known.past.names, names, strict=True) if there and not watchlist_of(name)}
    stale = [
        desk.changes[
            [str(name) not in looked and watchlist_of(str(name)) not in heard for name in desk.changes["series"]]
        ]
        for desk in desks
    ]
    return [joined(table, kept) for table, kept in zip(tables, stale, strict=True)]


def _looks(replayed: Replay, seen: Seen, names: Flags, *, asks: Sequence[Ask] | None = None) -> list[Table]:
    """The changes of these series and watchlists, for each of the settings.

    What raises no alarm under the first settings raises none under the others.
    """
    tables = [close_look(seen, names, replayed.settings[0])]
    few = names & seen.known.among(set(tables[0]["series"][tables[0]["detected_on"].notna()]))
    tables += [close_look(seen, few, settings) for settings in replayed.settings[1:]]
    wanted = replayed.asks if asks is None else asks
    asked = asked_look(seen, wanted, replayed.settings[0]) if wanted else None
    return [table if asked is None else joined(table, asked) for table in tables]


def _news(before: Table, after: Table) -> set[str]:
    """Series with an alarm that was not there before."""
    keys = ["series", "direction", "detected_on"]
    old = set(before[keys].itertuples(index=False, name=None))
    rows = after[keys][after["detected_on"].notna()]
    return {str(row[0]) for row in rows.itertuples(index=False, name=None) if row not in old}


def _told(alert: Mapping[Any, Any], by_id: Mapping[str, "pd.Series[Any]"], replayed: Replay, seen: Seen) -> Row:
    subject, first = by_id[alert["change_id"]], by_id[alert["members"][0]]
    segments = seen.carried(first, SEGMENTS)
    kept = ("alert_id", "series", "direction", "day", "hazard")
    return {name: alert[name] for name in kept} | {
        "type": str(subject["type"]),
        "ratio": float(subject["ratio"]),
        "detected_on": seen.known.day,
        "owner": replayed.owner(str(first["series"]), segments),
        "members": sorted({str(by_id[name]["series"]) for name in alert["members"]}),
        "segments": segments,
    }
