"""A demo workspace as it was run: its changes, explained anew, and the change about each planted event."""

import json
import sqlite3
import time
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.explanations_truth import Event, events_of
from jobs import detect as detecting
from jobs import releases as releasing
from jobs.count import counted
from jobs.ingest_reference import read_reference
from jobs.signals import at_changes, judge
from jobs.surroundings import surroundings
from jobs.workspace import Workspace
from topics.coverage import coverage
from topics.delay import completeness
from topics.explain import Surroundings, explain
from topics.periods import between
from topics.volume import series_names

ABOUT = 0.2
"""A change is about an event whose documents are so much of the series in its days."""
OTHERS = 0.25
"""... and about another one beside it whose documents grew by so much of what those of the first did."""
DAYS = ("day", "day_low", "day_high", "detected_on", "ends_on")


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one change. `others`: further planted events that hold a part of it and may be told, too."""

    series: str
    day: str
    alert: bool
    coincidences: list[dict[str, Any]]
    carried: list[dict[str, Any]]
    others: list[Event]


@dataclass
class World:
    """One demo workspace. `documents` are those counted, with `row`, their order of arrival in the store."""

    truth: dict[str, Any]
    documents: pd.DataFrame
    changes: pd.DataFrame
    subjects: set[str]
    around: Surroundings
    titles: dict[str, str]

    @cached_property
    def events(self) -> list[Event]:
        """What was planted and may be explained."""
        return events_of(self.truth, self.documents)

    @cached_property
    def rows(self) -> dict[str, Any]:
        """Row numbers of the documents of each series."""
        place = pd.Series(range(len(self.documents)), index=self.documents["document_id"])
        member = series_names(self.documents)
        return {str(name): place[ids].to_numpy() for name, ids in member.groupby("series", sort=False)["document_id"]}

    @cached_property
    def explained(self) -> list[tuple[dict[str, Any], float]]:
        """What is said of every change, in the order of `changes`, with its CPU seconds."""
        found = []
        for _, change in self.changes.iterrows():
            own = self.documents.iloc[self.rows[change["series"]]].reset_index(drop=True)
            started = time.process_time()
            said = explain(change, own, around=self.around, title=self.titles.get(change["series"]))
            found.append((said, time.process_time() - started))
        return found

    @property
    def seconds(self) -> list[float]:
        """CPU seconds of every explanation."""
        return [took for _, took in self.explained]

    def about(self, event: Event) -> Said | None:
        """What is said of the change about an event: an alert's if there is one, else that with most of its documents.

        A wave that is one change with an end has no change for its end: then what is said of that end.
        """
        near = self._near(event)
        if not near and event.direction == "down":
            return self._ended(event)
        if not near:
            return None
        row = max(near, key=lambda one: (self.changes["change_id"][one] in self.subjects, self._held(one, event)))
        said = self.explained[row][0]
        return self._said(row, event, said["coincides_with"])

    def _near(self, event: Event) -> list[int]:
        apart = (self.changes["day"] - event.first).dt.days
        early = apart >= (-3 if event.within > 7 else -event.within)
        near = self.changes[early & (apart <= event.within) & (self.changes["direction"] == event.direction)]
        near = near[near["series"].str.startswith(f"{event.stream}/") & ~near["series"].str.contains("/watch=")]
        return [row for row in near.index if self._share(row, event) >= ABOUT and self._most(row, event)]

    def _most(self, row: int, event: Event) -> bool:
        """Whether no other planted event holds more of what a change added or took away."""
        return self._gain(row, event) >= max(self._gain(row, one) for one in self._rivals(event))

    def _rivals(self, event: Event) -> list[Event]:
        return [one for one in self.events if (one.stream, one.direction) == (event.stream, event.direction)]

    def _gain(self, row: int, event: Event) -> float:
        """Documents of an event a day after a change less those before, or the other way for a fall."""
        change = self.changes.iloc[row]
        own = self.documents.iloc[self.rows[change["series"]]]
        days = own["day"][own["document_id"].isin(event.ids) & own["kept"]]
        month = pd.Timedelta(days=28)
        first = max([change["day"] - month, *_known(change["since"])])
        last = min([change["day"] + month, *_known(change["end"], change["until"])])
        after = ((days >= change["day"]) & (days < last)).sum() / max((last - change["day"]).days, 1)
        before = ((days >= first) & (days < change["day"])).sum() / max((change["day"] - first).days, 1)
        return float(after - before if change["direction"] == "up" else before - after)

    def _ended(self, event: Event) -> Said | None:
        apart = (self.changes["end"] - event.first).dt.days.abs()
        ended = self.changes[(apart <= event.within) & (self.changes["direction"] == "up")]
        rows = [row for row in ended.index if self._share(row, event) >= ABOUT]
        if not rows:
            return None
        row = max(rows, key=lambda one: (self.changes["change_id"][one] in self.subjects, self._held(one, event)))
        return self._said(row, event, self.explained[row][0]["ended_with"])

    def _said(self, row: int, event: Event, coincidences: list[dict[str, Any]]) -> Said:
        said = self.explained[row][0]
        alert = self.changes["change_id"][row] in self.subjects
        least = OTHERS * self._gain(row, event)
        others = [one for one in self._rivals(event) if one != event and self._gain(row, one) >= least > 0]
        return Said(str(said["series"]), str(said["day"]), alert, coincidences, said["carried_by"], others)

    def _own(self, row: int, event: Event) -> "pd.Series[Any]":
        """The ids of the documents that a change speaks of: after a rise, before a fall."""
        change = self.changes.iloc[row]
        own = self.documents.iloc[self.rows[change["series"]]]
        month = pd.Timedelta(days=28)
        first, last = change["day"], min([change["day"] + month, *_known(change["end"], change["until"])])
        if event.direction == "down" and change["direction"] == "down":
            first, last = max([change["day"] - month, *_known(change["since"])]), change["day"]
        ids: pd.Series[Any] = own["document_id"][(own["day"] >= first) & (own["day"] < last) & own["kept"]]
        return ids

    def _share(self, row: int, event: Event) -> float:
        own = self._own(row, event)
        return float(own.isin(event.ids).mean()) if len(own) else 0.0

    def _held(self, row: int, event: Event) -> int:
        """Documents of the event less those of none: the change that is about it and little else."""
        inside = self._own(row, event).isin(event.ids)
        return int(inside.sum() - 0.5 * (~inside).sum())


def _known(*days: Any) -> list[pd.Timestamp]:
    return [day for day in days if pd.notna(day)]


def opened(directory: Path, *, detect: bool) -> World:
    """Read a workspace that was run; with `detect` its changes are searched for anew, with today's detector."""
    workspace = Workspace(directory)
    with workspace.open_store() as store:
        documents = counted(store)
        as_of = str(store.documents.latest_received())
        releasing.run(store, as_of=as_of)
        if detect:
            files = read_reference(workspace.path)
            detecting.run(store, workspace.settings, files.routes, files.watchlists, as_of=as_of)
        changes = between(_changes(pd.DataFrame(store.findings.changes())))
        late = completeness(documents, as_of=pd.Timestamp(as_of).tz_localize(None))
        around = surroundings(store, coverage(documents), late, documents=documents)
        today = pd.Timestamp(as_of).tz_localize(None)
        around = replace(around, signals=at_changes(judge(store, documents, changes, as_of=today)))
        subjects = {members[0] for members in store.findings.alerts()["members"]}
        titles = store.findings.titles()
    documents["row"] = documents["document_id"].map(_order(directory))
    truth = json.loads((directory / "input" / "truth.json").read_text(encoding="utf-8"))
    return World(truth, documents, changes, subjects, around, titles)


def _changes(stored: pd.DataFrame) -> pd.DataFrame:
    for name in DAYS:
        stored[name] = pd.to_datetime(stored[name]).astype("datetime64[ns]")
    stored["confirmed"] = stored["confirmed"].astype(bool)
    stored["quiet_days"] = [said.get("quiet_days") for said in stored["explanation"]]
    return stored.rename(columns={"ends_on": "end"})


def _order(directory: Path) -> dict[str, int]:
    """The order in which documents were stored."""
    connection = sqlite3.connect(directory / "groundswell.db")
    found = dict(connection.execute("SELECT document_id, rowid FROM document").fetchall())
    connection.close()
    return found
