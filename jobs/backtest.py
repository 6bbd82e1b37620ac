"""A workspace's history replayed as it was known each day: what would have been alerted when, under some budgets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from jobs.budgets import budget_groups
from jobs.count import counted, whole_exposure
from jobs.detect import detection, headline, holidays, themes_of
from jobs.ingest_reference import ReferenceFiles
from jobs.owners import carriers, named, owner_for
from jobs.settings import Settings
from jobs.store import Store
from jobs.surroundings import calendar
from jobs.watch_alerts import Answers, asks
from topics.causes import beside
from topics.change import DetectionSettings
from topics.conditions import Conditions
from topics.replay import Replay, replay
from topics.replay_known import DAY, history
from topics.replay_truth import Event, against_events, against_people
from topics.volume import series_names, series_table

Row = dict[str, Any]


class OutsideHistory(ValueError):
    """The days asked for are not all days on which something could have been known."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to replay: days from `first` to `last` (inclusive, None: as far as there is something), under each of
    `budgets` (none: as it is set): false alerts a week of `owner`, or of all whose owners have no budget."""

    first: pd.Timestamp | None = None
    last: pd.Timestamp | None = None
    owner: str | None = None
    budgets: tuple[float, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """What a replay reads of a workspace, all of it as it is now; nothing is ever written."""

    documents: pd.DataFrame
    series: pd.DataFrame
    titles: dict[str, str]
    about: dict[str, str]
    given: Conditions
    mitigations: list[Row]
    judged: list[Row]
    settings: Settings
    files: ReferenceFiles

    @property
    def budgets(self) -> dict[str, float]:
        """The budgets of the owners that have one."""
        return {owner.id: owner.budget for owner in self.files.owners if owner.budget is not None}


def read_world(store: Store, settings: Settings, files: ReferenceFiles) -> World:
    """The documents with their kinds, themes and duplicates as they are known now, and what stands beside them."""
    documents = counted(store)
    exposure = whole_exposure(store.reference.exposure())
    return World(
        documents=documents,
        series=series_table(documents).set_index("series"),
        titles=store.findings.titles(),
        about=_mitigations_of(documents),
        given=Conditions(exposure=exposure if len(exposure) else None, holidays=holidays(calendar(store))),
        mitigations=[
            {"mitigation_id": entry.id, "owner": entry.owner, "harm_domain": entry.harm_domain}
            for entry in files.mitigations
        ],
        judged=store.findings.judged_alerts(),
        settings=settings,
        files=files,
    )


def _mitigations_of(documents: pd.DataFrame) -> dict[str, str]:
    """The mitigation that most documents of a series were about, where more than half of them were about one."""
    pairs = series_names(documents)
    known = documents.dropna(subset="mitigation").set_index("document_id")["mitigation"]
    counted = pairs.assign(mitigation=pairs["document_id"].map(known)).groupby("series")["mitigation"]
    found = {}
    for series, own in counted:
        most = own.value_counts()
        if len(most) and 2 * int(most.iloc[0]) > len(own):
            found[str(series)] = str(most.index[0])
    return found


def backtest(world: World, asked: Asked, *, advance: Callable[[int], None] = lambda days: None) -> Row:
    """The whole account: days, and for each budget its alerts, events and figures; `advance` hears of days done.

    Raises `OutsideHistory`, and `ValueError` for an owner that nobody knows.
    """
    first, last = asked_days(world, asked)
    tried = _tried(world, asked)
    replayed = replay_of(world, asked, [settings for _, settings in sorted(tried, key=lambda pair: -pair[0])])
    told: list[list[Row]] = [[] for _ in tried]
    later = [pd.DataFrame() for _ in tried]
    for day in replay(replayed, first=first, last=last):
        for place, fresh in enumerate(day.alerts):
            told[place] += [_alert(world, row) for row in fresh]
        later = list(day.changes)
        advance(1)
    found = {
        budget: pair for (budget, _), pair in zip(_loosest_first(tried), zip(told, later, strict=True), strict=True)
    }
    length = (last - first).days + 1
    return {
        "from": first,
        "to": last + DAY,
        "days": length,
        "owner": asked.owner,
        "budgets": [_judged(world, asked, budget, *found[budget], days=length) for budget, _ in tried],
    }


def _loosest_first(tried: Sequence[tuple[float, DetectionSettings]]) -> list[tuple[float, DetectionSettings]]:
    return sorted(tried, key=lambda pair: -pair[0])


def asked_days(world: World, asked: Asked) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day to replay. Raises `OutsideHistory`."""
    arrived = world.documents["received_day"]
    if arrived.empty:
        raise OutsideHistory("expected documents to replay, got none; ingest some and run 'groundswell run' first")
    low, high = arrived.min(), arrived.max()
    first, last = asked.first or low, asked.last or high
    if not low <= first <= last <= high:
        raise OutsideHistory(
            f"expected days from {low:%Y-%m-%d} to {high + DAY:%Y-%m-%d} (not included), when documents arrived, got "
            f"{first:%Y-%m-%d} to {last + DAY:%Y-%m-%d}; name days between them"
        )
    return first, last


def _tried(world: World, asked: Asked) -> list[tuple[float, DetectionSettings]]:
    """Each budget to try and the settings it makes."""
    budgets = world.budgets
    base = detection(world.settings, budgets)
    if asked.owner is None:
        chosen = asked.budgets or (base.false_alerts_per_week,)
        return [(budget, replace(base, false_alerts_per_week=budget)) for budget in chosen]
    known = {owner.id for owner in world.files.owners} | {world.settings.default_owner}
    if asked.owner not in known:
        raise ValueError(
            f"expected an owner of owners.yaml ({', '.join(sorted(known))}), got {asked.owner!r}; name one"
        )
    if not asked.budgets:
        return [(budgets.get(asked.owner, base.false_alerts_per_week), base)]
    return [(budget, detection(world.settings, {**budgets, asked.owner: budget})) for budget in asked.budgets]


def replay_of(world: World, asked: Asked, settings: Sequence[DetectionSettings]) -> Replay:
    """What is replayed under these settings, the most alarms first."""
    files, documents = world.files, world.documents
    answers = Answers(world.mitigations, files.routes, files.watchlists, world.settings.default_owner)
    own = dict(world.budgets)
    if asked.owner is not None and asked.budgets:
        own[asked.owner] = max(asked.budgets)
    watched = bool(documents["watched"].map(bool).any())
    latest = documents.groupby("received_day")["received_at"].max().cummax()

    def groups(table: pd.DataFrame) -> "pd.Series[Any]":
        default = world.settings.default_owner
        return budget_groups(table, own, world.mitigations, files.routes, default=default)

    def moment(day: pd.Timestamp) -> pd.Timestamp:
        """When that day's run was: by the clock of the settings, at the last arrival or at the end of the day."""
        if world.settings.clock == "wall":
            return day + DAY - pd.Timedelta(seconds=1)
        return pd.Timestamp(latest[latest.index <= day].iloc[-1]) if (latest.index <= day).any() else day

    return Replay(
        past=history(documents),
        given=world.given,
        settings=settings,
        asks=asks(files.watchlists) if watched else (),
        groups=groups if own else None,
        owner=lambda series, segments: answers.owner(series, {"segments": segments}),
        beside=beside(series_names(documents)) if watched else {},
        moment=moment,
    )


def _alert(world: World, row: Row) -> Row:
    """A told alert with its title and what it is about."""
    about: dict[str, set[str]] = {"owner": {row["owner"]}, "series": set(row["members"]) | {row["series"]}}
    described = [dict(world.series.loc[name]) | named(name) for name in [row["series"], *row["members"]]]
    own = world.about.get(row["series"])
    about |= {"mitigation": {own}} if own else {}
    for known in [*described, carriers({"segments": row["segments"]})]:
        for name in ("kind", "harm_domain", "mitigation", "anomaly_type", "theme_id"):
            if isinstance(known.get(name), str):
                about.setdefault(name, set()).add(str(known[name]))
    title = headline(row, world.titles)
    return row | {"title": title, "theme_id": themes_of([row["series"]])[0], "about": about}


def _judged(world: World, asked: Asked, budget: float, told: list[Row], later: pd.DataFrame, *, days: int) -> Row:
    """What one budget comes to, for its owner alone where one was asked for."""
    alerts = [row for row in told if asked.owner in (None, row["owner"])]
    row: Row = {"budget": budget, "alerts": len(alerts), "alerts_a_week": round(7.0 * len(alerts) / days, 3)}
    if asked.events:
        figures = against_events(alerts, [event for event in asked.events if _concerns(world, asked, event)], days=days)
        row |= {name: value for name, value in figures.items() if name != "of_alerts"}
        words = figures["of_alerts"]
    else:
        figures = against_people(alerts, world.judged, later, days=days)
        row |= {name: value for name, value in figures.items() if name != "of_alerts"}
        words = figures["of_alerts"]
    shown = (
        "alert_id",
        "title",
        "series",
        "theme_id",
        "owner",
        "day",
        "detected_on",
        "type",
        "direction",
        "ratio",
        "hazard",
    )
    listed = [{name: alert[name] for name in shown} for alert in alerts]
    key = "event" if asked.events else "judged"
    return row | {"list": [alert | {key: word} for alert, word in zip(listed, words, strict=True)]}


def _concerns(world: World, asked: Asked, event: Event) -> bool:
    """Whether an owner would have to hear of an event: the one it names, else whoever owns what it is about."""
    if asked.owner is None:
        return True
    answers: set[str] = set()
    for wanted in event.match:
        about = {name: values[0] for name, values in wanted.items()}
        about |= named(about.get("series", ""))
        default = world.settings.default_owner
        owner = owner_for(about, world.mitigations, world.files.routes, default=default)
        answers |= set(wanted.get("owner", (owner,)))
    return asked.owner in answers
