"""A step of the run: changepoints of every series, what explains them, and the alerts they raise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from jobs.budgets import budget_groups, own_budgets
from jobs.count import counted
from jobs.ingest_reference import Route
from jobs.settings import Settings
from jobs.signals import at_changes, judge, signal_rows
from jobs.store import Store
from jobs.store_rows import encoded
from jobs.surroundings import surroundings
from jobs.watch_alerts import Answers, Looked, found_changes, rises
from jobs.watchlist import Watchlist
from topics.alerts import STANDING_COLUMNS, alerts
from topics.change import Conditions, DetectionSettings
from topics.coverage import coverage, masks
from topics.delay import completeness
from topics.expected import expected_reporters
from topics.explain import Surroundings, explain
from topics.periods import between
from topics.volume import series_names, series_table


def run(
    store: Store,
    settings: Settings,
    routes: Sequence[Route],
    watchlists: Sequence[Watchlist] = (),
    *,
    as_of: str,
) -> int:
    """Detect, explain and raise alerts; replaces the changes, updates the alerts. Returns the changes found."""
    documents = counted(store)
    today = pd.Timestamp(as_of).tz_localize(None)
    found_coverage = coverage(documents)
    around = surroundings(store, found_coverage, completeness(documents, as_of=today), documents=documents)
    mitigations = store.reference.mitigations()
    budgets = own_budgets(store.reference.owners())
    given = replace(conditions(documents, around, as_of=today), anchors=anchors(store))
    if budgets and given.series is not None:
        groups = budget_groups(given.series, budgets, mitigations, routes, default=settings.default_owner)
        given = replace(given, series=given.series.assign(budget=groups))
    titles = store.findings.titles()
    looked = Looked(documents, store.findings.volumes(), found_coverage, given, detection(settings, budgets))
    table = found_changes(looked, watchlists)
    judged = judge(store, documents, table, as_of=today)
    said = explanations(table, documents, replace(around, signals=at_changes(judged)), titles)
    answers = Answers(mitigations, routes, watchlists, settings.default_owner)
    owners = [answers.owner(str(name), about) for name, about in zip(table["series"], said, strict=True)]
    rows = change_rows(table, said, as_of=as_of)
    raised = raise_alerts(store, table.assign(owner=owners), titles, as_of=as_of)
    of_change = dict(zip(table["change_id"], owners, strict=True))
    for alert in raised:
        if alert["owner"] is None:
            alert["owner"] = of_change[alert["members"][0]]
    with store.transaction():
        store.findings.replace_changes(rows)
        store.signals.replace(signal_rows(judged, answers.owner, as_of=as_of))
        store.findings.write_alerts(raised)
        store.findings.write_smallest_ratios(rises(looked, watchlists))
        store.findings.write_expected(
            expected_reporters(looked.volumes, conditions=given, detector=looked.settings.detector)
        )
    return len(rows)


def detection(settings: Settings, budgets: Mapping[str, float] | None = None) -> DetectionSettings:
    """What the detector is set to; `budgets`: false alerts a week of the owners that have a budget of their own."""
    return DetectionSettings(
        false_alerts_per_week=settings.false_alerts_per_week,
        window_days=settings.detection_window_days,
        smallest_ratio=settings.smallest_ratio,
        budgets=dict(budgets or {}),
    )


def conditions(documents: pd.DataFrame, around: Surroundings, *, as_of: pd.Timestamp) -> Conditions:
    """What the detector is told of the days: exposure, masked and incomplete days, holidays."""
    assert around.calendar is not None and around.coverage is not None
    return Conditions(
        exposure=around.exposure,
        masks=masks(around.coverage, documents),
        completeness=around.completeness,
        series=series_table(documents),
        as_of=as_of,
        holidays=holidays(around.calendar),
    )


def anchors(store: Store) -> pd.DataFrame:
    """From when on people say that the level of a series is as it should be: series, day."""
    found = pd.DataFrame(store.findings.settled(), columns=["series", "day"])
    return found.assign(day=pd.to_datetime(found["day"]))


def holidays(calendar: pd.DataFrame) -> frozenset[pd.Timestamp]:
    """The days of the calendar on which people rest; `calendar`: type, day, end (the first day after)."""
    rows = calendar[calendar["type"] == "holiday"].to_dict("records")
    return frozenset(day for row in rows for day in pd.date_range(row["day"], row["end"], inclusive="left"))


def explanations(
    table: pd.DataFrame, documents: pd.DataFrame, around: Surroundings, titles: dict[str, str]
) -> list[dict[str, Any]]:
    """What is said about each change, in the order of the table; series go by their titles."""
    member = series_names(documents)
    indexed = documents.set_index("document_id", drop=False)
    rows = {name: ids.to_numpy() for name, ids in member.groupby("series", sort=False)["document_id"]}
    said = []
    for _, change in between(table).iterrows():
        own = indexed.loc[rows[change["series"]]].reset_index(drop=True)
        said.append(explain(change, own, around=around, title=titles.get(change["series"])))
    return said


def change_rows(table: pd.DataFrame, said: list[dict[str, Any]], *, as_of: str) -> pd.DataFrame:
    """The table `change`."""
    # A bound that is not finite is no number to JSON: an open end is stored as none.
    rows = table.rename(columns={"end": "ends_on"}).replace([np.inf, -np.inf], np.nan)
    for name in ("day", "day_low", "day_high", "detected_on", "ends_on"):
        rows[name] = rows[name].dt.strftime("%Y-%m-%d")
    return rows.assign(
        theme_id=pd.Series(themes_of(rows["series"]), index=rows.index, dtype=object),
        confirmed=rows["confirmed"].astype(int),
        # Distinct people of the new regime; the sums over days that the detector works with count one twice.
        reporters=[one["reporters"] for one in said],
        customers=[one["customers"] for one in said],
        explanation=[encoded(one) for one in said],
        as_of=as_of,
    )


def themes_of(series: Iterable[str]) -> list[str | None]:
    """The theme id in each series key, None where it is not a theme's."""
    return [name.partition("/theme=")[2] or None for name in series]


def raise_alerts(store: Store, table: pd.DataFrame, titles: Mapping[str, str], *, as_of: str) -> list[dict[str, Any]]:
    """Rows of the table `alert` to write; `owner` is None where the alert is a new one.

    An alert that no change bears out any more stays as it was published, but for its state.
    """
    before = {row["alert_id"]: row for row in store.findings.alert_rows()}
    standing = pd.DataFrame(before.values(), columns=list(STANDING_COLUMNS))
    for name in ("day", "detected_on"):
        standing[name] = pd.to_datetime(standing[name])
    found = alerts(table, standing, as_of=pd.Timestamp(as_of).tz_localize(None))
    types = table.set_index("change_id")["type"].to_dict()
    rows = []
    for row in found.to_dict("records"):
        old = before.get(row["alert_id"])
        if old is not None and not isinstance(row["members"], list):
            rows.append({**old, "state": row["state"], "updated_as_of": as_of})
            continue
        kept = ("alert_id", "fingerprint", "series", "direction", "state", "hazard", "members")
        fresh = {
            "theme_id": themes_of([row["series"]])[0],
            "type": types[row["change_id"]],
            "title": headline(row | {"type": types[row["change_id"]]}, titles),
            "day": f"{row['day']:%Y-%m-%d}",
            "detected_on": f"{row['detected_on']:%Y-%m-%d}",
            "owner": old["owner"] if old else None,
            "raised_as_of": as_of,
            "updated_as_of": as_of,
        }
        rows.append({name: row[name] for name in kept} | fresh)
    return rows


def headline(row: Mapping[Any, Any], titles: Mapping[str, str]) -> str:
    """The title of an alert: its series as a person reads it, and which way it went.

    >>> headline({"series": "feedback/total", "direction": "up"}, {"feedback/total": "all feedback"})
    'More: all feedback'
    """
    if row.get("type") == "first_seen":
        return f"First seen: {titles.get(row['series'], row['series'])}"
    verb = {"up": "More", "down": "Fewer"}[row["direction"]]
    return f"{verb}: {titles.get(row['series'], row['series'])}"
