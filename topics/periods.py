"""The documents of a series before and after a change, and who and what carries the difference."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

REACH = pd.Timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Periods:
    """Documents of one series: `before` start <= day < day, `after` day <= day < end (at most 28 days each).

    `first`, `last`: first and last day of all its documents. Counts are of `after`.
    """

    start: pd.Timestamp
    day: pd.Timestamp
    end: pd.Timestamp
    first: pd.Timestamp
    last: pd.Timestamp
    before: pd.DataFrame
    after: pd.DataFrame

    @property
    def days_before(self) -> int:
        """Length of the first period, at least 1."""
        return max((self.day - self.start).days, 1)

    @property
    def days_after(self) -> int:
        """Length of the second period, at least 1."""
        return max((self.end - self.day).days, 1)

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


def split_periods(change: "pd.Series[Any]", documents: pd.DataFrame) -> Periods:
    """`documents` of the series of the change: day, reporter, kept, and whatever columns are compared."""
    day = change["day"]
    first, last = documents["day"].min(), documents["day"].max()
    end = change["end"] if pd.notna(change["end"]) else last + pd.Timedelta(days=1)
    start, end = max(day - REACH, first), min(end, day + REACH)
    when = documents["day"]
    before = documents[(when >= start) & (when < day)]
    return Periods(start, day, end, first, last, before, documents[(when >= day) & (when < end)])


def reporter_days(documents: pd.DataFrame) -> pd.DataFrame:
    """One row per reporter and day among the kept documents: what the volumes count."""
    return documents[documents["kept"]].drop_duplicates(["day", "reporter"])


def contributions(periods: Periods, columns: tuple[str, ...], *, most: int = 3) -> list[dict[str, Any]]:
    """Values whose daily reporters changed most: attribute, value, before, after (a day), share of excess.

    A share above 1 says that other values moved the other way; `share_before` is the value's share of the
    reporters before. Attributes with one value carry nothing. Sorted by share; none without any excess.
    """
    before, after = reporter_days(periods.before), reporter_days(periods.after)
    excess = len(after) / periods.days_after - len(before) / periods.days_before
    if np.isclose(excess, 0.0):
        return []
    rows = []
    both = pd.concat([before, after])
    for column in (name for name in columns if name in before and both[name].nunique() > 1):
        old = before[column].value_counts() / periods.days_before
        new = after[column].value_counts() / periods.days_after
        values = old.index.union(new.index)
        moved = (new.reindex(values, fill_value=0.0) - old.reindex(values, fill_value=0.0)) / excess
        moved = moved.sort_values(ascending=False, kind="stable")
        rows += [
            {
                "attribute": column,
                "value": str(value),
                "before": round(float(old.get(value, 0.0)), 2),
                "after": round(float(new.get(value, 0.0)), 2),
                "share": round(float(share), 3),
                "share_before": round(float(old.get(value, 0.0)) * periods.days_before / max(len(before), 1), 3),
            }
            for value, share in moved.head(most).items()
            if share > 0
        ]
    return sorted(rows, key=lambda row: -row["share"])


def without_top_reporter(periods: Periods) -> float | None:
    """Ratio of daily reporters after to before with the loudest reporter left out; None without a before."""
    top = periods.top_reporter
    before = reporter_days(periods.before[periods.before["reporter"] != top])
    after = reporter_days(periods.after[periods.after["reporter"] != top])
    if before.empty:
        return None
    old, new = len(before) / periods.days_before, len(after) / periods.days_after
    return round(new / old, 3)
