"""The documents of a series before and after a change, and who and what carries the difference."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

REACH = pd.Timedelta(days=28)
SHORTEST = pd.Timedelta(days=5)
ENOUGH = pd.Timedelta(days=14)
"""So many days before a change are compared where there are as many, even if some lie in its date interval."""


@dataclass(frozen=True, slots=True)
class Periods:
    """Documents of one series: `before` start <= day < low, `after` day <= day < end (at most 28 days each).

    From `low` to `day` the change may have begun already: those days are `unsure`, and compared with neither side.
    `first`, `last`: first and last day of all its documents. `silent`: days on which a feed was down; their documents
    are left out. Counts are of `after`.
    """

    start: pd.Timestamp
    low: pd.Timestamp
    day: pd.Timestamp
    end: pd.Timestamp
    first: pd.Timestamp
    last: pd.Timestamp
    before: pd.DataFrame
    unsure: pd.DataFrame
    after: pd.DataFrame
    silent: tuple[pd.Timestamp, ...] = ()

    @property
    def days_before(self) -> int:
        """Days of the first period that say something, at least 1."""
        return max((self.low - self.start).days - sum(self.start <= day < self.low for day in self.silent), 1)

    @property
    def days_after(self) -> int:
        """Days of the second period that say something, at least 1."""
        return max((self.end - self.day).days - sum(self.day <= day < self.end for day in self.silent), 1)

    @property
    def after_documents(self) -> int:
        """All documents of the second period, collapsed ones too."""
        return len(self.after)

    @property
    def after_reporters(self) -> int:
        """Distinct reporters of the second period."""
        return int(self.after["reporter"].nunique())

    @property
    def top_reporter(self) -> str | None:
        """The reporter with most documents in the second period; of equals the first by name."""
        counted = self.after["reporter"].value_counts()
        return None if counted.empty else str(min(counted.index[counted == counted.iloc[0]]))

    @property
    def top_reporter_share(self) -> float:
        """That reporter's share of the documents of the second period."""
        return 0.0 if self.after.empty else float((self.after["reporter"] == self.top_reporter).mean())

    def share_after(self, column: str, value: object) -> float | None:
        """Share of `value` among the documents after that have `column` at all; None if none has."""
        if column not in self.after or not self.after[column].notna().any():
            return None
        return float((self.after[column].dropna() == value).mean())

    def share_before(self, column: str, value: object) -> float:
        """Share of `value` among the daily reporters before; 0 if there are none."""
        days = reporter_days(self.before)
        return float((days[column] == value).mean()) if len(days) else 0.0


def between(changes: pd.DataFrame) -> pd.DataFrame:
    """The changes with `since` and `until`: where the regimes on both sides begin and end (NaT: nowhere).

    That is the end of the confirmed change before, and the day of the next one, of the same series. What is nearer
    than SHORTEST is no boundary: too few days would be left to compare.
    """
    table = changes.reset_index(drop=True)
    sure = table[table["confirmed"].astype(bool)]
    sure = sure.assign(closed=sure["end"].fillna(sure["day"]))[["series", "day", "closed"]]
    others = dict(list(sure.groupby("series", sort=False)))
    bounds = [_bounds(change, others.get(change["series"])) for change in table.to_dict("records")]
    found = pd.DataFrame(bounds, columns=["since", "until"], dtype="datetime64[ns]")
    return table.assign(since=found["since"], until=found["until"])


def _bounds(change: Mapping[Hashable, Any], others: pd.DataFrame | None) -> tuple[pd.Timestamp, pd.Timestamp]:
    if others is None:
        return pd.NaT, pd.NaT  # type: ignore[return-value]
    before = others.loc[others["closed"] <= change["day"] - SHORTEST, "closed"]
    after = others.loc[others["day"] >= change["day"] + SHORTEST, "day"]
    return before.max(), after.min()


def split_periods(
    change: "pd.Series[Any]", documents: pd.DataFrame, *, silent: Collection[pd.Timestamp] = ()
) -> Periods:
    """`documents` of the series of the change: day, reporter, kept, and whatever columns are compared.

    A change that says `since` and `until` (see `between`) is compared within them, without the days of `silent`.
    """
    day = change["day"]
    first, last = documents["day"].min(), documents["day"].max()
    ends = [change["end"], change.get("until"), last + pd.Timedelta(days=1), day + REACH]
    start, low = _before(change, first)
    end = min(one for one in ends if pd.notna(one))
    heard = documents[~documents["day"].isin(list(silent))]
    spans = ((start, low), (low, day), (day, end))
    before, unsure, after = (heard[(heard["day"] >= one) & (heard["day"] < other)] for one, other in spans)
    return Periods(start, low, day, end, first, last, before, unsure, after, tuple(silent))


def _before(change: "pd.Series[Any]", first: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First day of what a change is compared with, and the day after its last one."""
    day = change["day"]
    low = min(change["day_low"], day) if pd.notna(change.get("day_low")) else day
    start = max(one for one in (change.get("since"), low - REACH, first) if pd.notna(one))
    return min(start, day), min(max(low, start + ENOUGH), day)


def reporter_days(documents: pd.DataFrame) -> pd.DataFrame:
    """One row per reporter and day among the kept documents: what the volumes count."""
    return documents[documents["kept"]].drop_duplicates(["day", "reporter"])


def without_top_reporter(periods: Periods) -> float | None:
    """Ratio of daily reporters after to before with the loudest reporter left out; None without a before."""
    top = periods.top_reporter
    before = reporter_days(periods.before[periods.before["reporter"] != top])
    after = reporter_days(periods.after[periods.after["reporter"] != top])
    if before.empty:
        return None
    old, new = len(before) / periods.days_before, len(after) / periods.days_after
    return round(new / old, 3)


def without(periods: Periods, days: Collection[pd.Timestamp]) -> float:
    """Ratio of daily reporters after to before with some days left out on both sides."""
    old, new = (reporter_days(part[~part["day"].isin(list(days))]) for part in (periods.before, periods.after))
    gone = [day for day in days if day not in periods.silent]
    before = periods.days_before - sum(periods.start <= day < periods.low for day in gone)
    after = periods.days_after - sum(periods.day <= day < periods.end for day in gone)
    return (len(new) + 0.5) / max(after, 1) / ((len(old) + 0.5) / max(before, 1))
