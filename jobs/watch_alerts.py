"""What detection does for watchlists: their changes with floors and budgets of their own, and whose they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jobs.ingest_reference import Route
from jobs.owners import carriers, owner_for, owner_of
from jobs.watchlist import Watchlist
from topics.causes import beside
from topics.change import Conditions, DetectionSettings, changes, smallest_rises
from topics.coverage import mark
from topics.first_seen import Floor
from topics.volume import series_names
from topics.watch import watchlist_of
from topics.watched import Ask, watch_changes, watch_rises, watched_series


@dataclass(frozen=True, slots=True)
class Looked:
    """All that detection looks at: documents with what they count in, their volumes, what is known of the days."""

    documents: pd.DataFrame
    volumes: pd.DataFrame
    coverage: pd.DataFrame
    conditions: Conditions
    settings: DetectionSettings


@dataclass(frozen=True, slots=True)
class Answers:
    """Who answers for a change: the owner its watchlist names, else whoever owns what carries it."""

    mitigations: Sequence[Mapping[str, Any]]
    routes: Sequence[Route]
    watchlists: Sequence[Watchlist]
    default: str

    def owner(self, series: str, explanation: Mapping[str, Any]) -> str:
        """The owner of an alert about this series."""
        for entry in self.watchlists:
            if entry.id == watchlist_of(series):
                said = carriers(explanation) | _asked(entry)
                return entry.owner or owner_for(said, self.mitigations, self.routes, default=self.default)
        return owner_of(series, explanation, self.mitigations, self.routes, default=self.default)


def found_changes(looked: Looked, watchlists: Sequence[Watchlist]) -> pd.DataFrame:
    """Every change, with `coverage` and, for rows of watchlists, `beside` and `quiet_days`.

    What is not watched is searched as if there were no watchlist; every watchlist is searched by itself.
    """
    shared = looked.volumes[~watched_series(looked.volumes)]
    plain = changes(shared, conditions=looked.conditions, settings=looked.settings)
    plain = mark(plain, looked.documents, looked.coverage)
    if not looked.documents["watched"].map(bool).any():
        return plain
    asked = asked_changes(looked, watchlists)
    rows = [row for part in (plain, asked) for row in part.to_dict("records")]
    table = pd.DataFrame(rows, columns=list(asked.columns))
    for name in ("day", "day_low", "day_high", "end", "detected_on"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[ns]")
    near = beside(series_names(looked.documents))
    return table.assign(beside=table["series"].map(lambda name: near.get(str(name), frozenset())))


def asked_changes(looked: Looked, watchlists: Sequence[Watchlist]) -> pd.DataFrame:
    """The changes of the series of watchlists alone, with `coverage`.

    A first sight has none: something rare that a new feed brings is news all the same.
    """
    own = documents_of(looked.documents)
    asked = watch_changes(looked.volumes, own, asks(watchlists), conditions=looked.conditions, settings=looked.settings)
    marked = mark(asked, looked.documents, looked.coverage)
    marked.loc[marked["type"] == "first_seen", "coverage"] = None
    return marked


def rises(looked: Looked, watchlists: Sequence[Watchlist]) -> pd.DataFrame:
    """The smallest rise that would have been seen of each series, within the budget it is searched with."""
    shared = looked.volumes[~watched_series(looked.volumes)]
    plain = smallest_rises(shared, conditions=looked.conditions, settings=looked.settings)
    asked = watch_rises(looked.volumes, asks(watchlists), conditions=looked.conditions, settings=looked.settings)
    return pd.concat([plain, asked], ignore_index=True) if len(asked) else plain


def asks(watchlists: Sequence[Watchlist]) -> list[Ask]:
    """What each watchlist wants to be told."""
    return [
        Ask(entry.id, Floor(entry.floor, entry.floor_days), entry.false_alerts_per_week, entry.hazard)
        for entry in watchlists
    ]


def documents_of(documents: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The documents of every series of a watchlist."""
    matched = documents[documents["watched"].map(bool)].reset_index(drop=True)
    if matched.empty:
        return {}
    member = series_names(matched)
    member = member[watched_series(member)]
    indexed = matched.set_index("document_id", drop=False)
    return {
        str(name): indexed.loc[ids.to_numpy()].reset_index(drop=True)
        for name, ids in member.groupby("series", sort=True)["document_id"]
    }


def _asked(entry: Watchlist) -> dict[str, str]:
    """The one harm domain and the one kind that a watchlist asks for, where it asks for just one."""
    given = {"harm_domain": entry.harm_domains, "kind": entry.kinds}
    return {name: values[0] for name, values in given.items() if len(values) == 1}
