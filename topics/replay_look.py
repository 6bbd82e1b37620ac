"""A close look at some series with what was known by the end of a day: their changes, as a run would find them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from topics.carried import contributions
from topics.change import DetectionSettings, changes
from topics.conditions import DAY_DONE, LEAST_COMPLETE, Conditions, described_series
from topics.coverage import marked
from topics.exposure import exposure_factor
from topics.levels import Array
from topics.periods import split_periods
from topics.replay_known import Flags, Known
from topics.replay_screen import WORTH_A_LOOK, unusual
from topics.watch import watchlist_of
from topics.watched import Ask, watch_changes

Groups = Callable[[pd.DataFrame], "pd.Series[Any]"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A day as it was known by its end: counts, feeds, and what the detector is told of the days."""

    known: Known
    covered: pd.DataFrame
    conditions: Conditions
    as_of: pd.Timestamp

    @classmethod
    def of(cls, known: Known, given: Conditions, *, as_of: pd.Timestamp, groups: Groups | None = None) -> "Seen":
        """What a run at `as_of` would have been told; `groups`: the budget group of each row of a series table."""
        covered = known.coverage()
        conditions = known.conditions(given, covered, as_of=as_of)
        if groups is not None and conditions.series is not None:
            conditions = replace(conditions, series=conditions.series.assign(budget=groups(conditions.series)))
        return cls(known, covered, conditions, as_of)

    def documents(self, series: str) -> pd.DataFrame:
        """The documents of a series that had arrived."""
        return self.known.past.of_series(series, self.known.day)

    def carried(self, change: "pd.Series[Any]", segments: tuple[str, ...]) -> list[dict[str, Any]]:
        """Which segments carried a change."""
        return contributions(split_periods(change, self.documents(str(change["series"]))), segments)

    def paged(self) -> Flags:
        """Which series are told of at all."""
        table = self.conditions.series
        assert table is not None
        described = described_series([str(name) for name in table["series"]], table)
        return self.known.among(described.index[described["monitored"]])

    def unusual(self) -> Flags:
        """Which series end in days unlike those before."""
        worth = np.zeros(len(self.known.past.names), dtype=bool)
        streams = np.array([name.partition("/")[0] for name in self.known.past.names], dtype=object)
        for stream, span in self.known.spans().items():
            own = streams == stream
            expected = np.tile(self._expected(stream, self.known.past.days[span]), (int(own.sum()), 1))
            worth[own] = unusual(self.known.reporters[own, span].astype(float), expected) > WORTH_A_LOOK
        return worth

    def _expected(self, stream: str, days: pd.DatetimeIndex) -> Array:
        """Multiplier of each day of a stream: exposure, completeness, 0 where a day says nothing."""
        factor = exposure_factor(days, self.conditions.exposure, mitigation=None)
        late, masks = self.conditions.completeness, self.conditions.masks
        if late is not None and len(late):
            own = late[late["stream"] == stream].set_index("day")["completeness"]
            share = own.reindex(days).fillna(1.0).to_numpy(float)
            factor = factor * np.where(share < LEAST_COMPLETE, 0.0, share)
        if masks is not None and len(masks):
            factor[days.isin(masks["day"][masks["series"] == stream])] = 0.0
        if self.as_of < days[-1] + DAY_DONE:
            factor[-1] = 0.0
        return factor


def close_look(seen: Seen, names: Flags, settings: DetectionSettings) -> pd.DataFrame:
    """The changes that a run of all series would find of these, with `coverage`; watchlists are left out.

    The budget of a run is over all series: these get their part of it, so that their alarm levels are those of a run.
    """
    table = seen.conditions.series
    assert table is not None
    shared = table[[watchlist_of(str(name)) is None for name in table["series"]]]
    weights = described_series([str(name) for name in shared["series"]], shared)["weight"]
    volumes = seen.known.volumes(names & seen.known.among(shared["series"]))
    part = portion(settings, shared, weights, set(volumes["series"].unique()))
    found = changes(volumes, conditions=seen.conditions, settings=part)
    return marked(found, seen.covered, seen.documents)


def portion(
    settings: DetectionSettings, table: pd.DataFrame, weights: "pd.Series[float]", names: Iterable[str]
) -> DetectionSettings:
    """The settings under which `names` searched alone get the alarm levels that they get among all of the table.

    `weights` by series. A budget is shared by weight: part of the series gets that part of it.
    """
    chosen = weights.index.isin(list(names))
    group = table["budget"] if "budget" in table else pd.Series([None] * len(table), dtype=object)
    known = group.isin(list(settings.budgets)).to_numpy()

    def share(name: str | None) -> float:
        own = ~known if name is None else known & (group == name).to_numpy()
        whole = float(weights[own].sum())
        return float(weights[own & chosen].sum()) / whole if whole else 0.0

    budgets = {name: value * share(name) for name, value in settings.budgets.items()}
    return replace(settings, false_alerts_per_week=settings.false_alerts_per_week * share(None), budgets=budgets)


def asked_look(seen: Seen, asks: Sequence[Ask], settings: DetectionSettings) -> pd.DataFrame:
    """The changes of these watchlists, with `coverage`; a first sight has none."""
    wanted = {ask.id for ask in asks}
    names = np.array([watchlist_of(name) in wanted for name in seen.known.past.names], dtype=bool) & seen.known.present
    volumes = seen.known.volumes(names)
    own = {str(name): seen.documents(str(name)).reset_index(drop=True) for name in volumes["series"].unique()}
    found = watch_changes(volumes, own, asks, conditions=seen.conditions, settings=settings)
    told = marked(found, seen.covered, seen.documents)
    told.loc[told["type"] == "first_seen", "coverage"] = None
    return told


def joined(*tables: pd.DataFrame) -> pd.DataFrame:
    """Tables of changes as one, sorted as `topics.change.changes` sorts."""
    full = [table for table in tables if len(table)]
    if not full:
        return tables[0]
    rows = [row for table in full for row in table.to_dict("records")]
    columns = max((table.columns for table in full), key=len)
    table = pd.DataFrame(rows, columns=list(columns))
    for name in ("day", "day_low", "day_high", "end", "detected_on"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[ns]")
    return table.sort_values(["day", "series", "direction", "type"], kind="stable", ignore_index=True)
