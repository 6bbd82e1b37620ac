"""Which segments carry a change: whose daily reporters moved with it, and more than their share before says."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from topics.periods import Periods, reporter_days

SILENT = ("none", "unknown", "")
"""Values that say that nothing is known; shares are of the documents that do say something."""
LEAST_KNOWN = 0.2
"""An attribute that fewer of the change name says nothing of it."""
LEAST_SHARE = 0.3
MORE_THAN_BEFORE = 1.25
"""A segment carries a change if it holds this much of it, and clearly more than its share before ..."""
LEAST_Z = 2.0
"""... and more than its share differs by chance (standard score of two proportions)."""
MOST_SAID = 3
PRIOR = 10.0
SHARES = ("share", "share_before", "share_after", "share_usual", "beyond")


Usual = Mapping[str, "pd.Series[Any]"]
"""Attribute -> share of each value in the whole stream: what a series of few reporters is held against."""


def contributions(
    periods: Periods, columns: tuple[str, ...], *, usual: Usual | None = None, most: int = 3
) -> list[dict[str, Any]]:
    """Values whose daily reporters changed most: attribute, value, before, after (a day), share of excess.

    Where documents do not name an attribute, its shares are of those that do. A share above 1 says that other values
    moved the other way; `share_before` and `share_after` are the value's shares of the reporters on either side.
    `share_usual` is that of the side with fewer, with PRIOR reporters as `usual` added so that three of them prove
    nothing; `beyond` the standard score of the other side's difference from it. Attributes with one value carry
    nothing. Sorted by share; none without any excess.
    """
    before, after = reporter_days(periods.before), reporter_days(periods.after)
    excess = len(after) / periods.days_after - len(before) / periods.days_before
    if np.isclose(excess, 0.0):
        return []
    rows = []
    for column in (name for name in columns if name in before):
        table = _table(_counts(before[column]), _counts(after[column]), periods)
        known = float((table["after"] - table["before"]).sum())
        if len(table) > 1 and known / excess >= LEAST_KNOWN:
            table["share"] = (table["after"] - table["before"]) / known
            table = _compared(table, None if usual is None else usual.get(column), rose=excess > 0)
            rows += _rows(column, table, most)
    return sorted(rows, key=lambda row: -row["share"])


def excess_share(periods: Periods, column: str, value: object) -> float | None:
    """Share of the change in daily reporters that `value` holds among those that name the attribute.

    None without the column or without any change; never of less than LEAST_KNOWN of the change. Below 0 it moved the
    other way, above 1 others did.
    """
    if column not in periods.after:
        return None
    before, after = reporter_days(periods.before), reporter_days(periods.after)
    excess = len(after) / periods.days_after - len(before) / periods.days_before
    if np.isclose(excess, 0.0):
        return None
    old, new = _counts(before[column]) / periods.days_before, _counts(after[column]) / periods.days_after
    whole = (new.sum() - old.sum()) / excess
    return float((new.get(value, 0.0) - old.get(value, 0.0)) / excess / max(whole, LEAST_KNOWN))


def share_of_known(values: "pd.Series[Any]", value: object) -> float:
    """Share of a value among those that say something; 0 where none does."""
    counted = _counts(values)
    return float(counted.get(value, 0)) / max(float(counted.sum()), 1.0)


def carriers(segments: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The segments said to carry a change, at most three, those first that tell most beyond what is usual.

    What carries a rise is compared with what was before it, what carries a fall with what is left after it.
    """
    told = [
        dict(row)
        for row in segments
        if row["share"] >= max(LEAST_SHARE, MORE_THAN_BEFORE * row["share_usual"]) and row["beyond"] >= LEAST_Z
    ]
    return sorted(told, key=lambda row: -_tells(min(row["share"], 1.0), row["share_usual"]))[:MOST_SAID]


def _tells(share: float, usual: float) -> float:
    """How much a share tells beyond the usual one (its part of the relative entropy)."""
    return share * math.log(share / max(usual, 0.02))


def _table(old: "pd.Series[Any]", new: "pd.Series[Any]", periods: Periods) -> pd.DataFrame:
    """Reporters by value, before and after, in all (`old`, `new`) and a day."""
    values = old.index.union(new.index)
    table = pd.DataFrame({"old": old.reindex(values, fill_value=0), "new": new.reindex(values, fill_value=0)})
    return table.assign(before=table["old"] / periods.days_before, after=table["new"] / periods.days_after)


def _compared(table: pd.DataFrame, usual: "pd.Series[Any] | None", *, rose: bool) -> pd.DataFrame:
    """With the shares of both sides, and how far the fuller one differs from the other with PRIOR usual reporters."""
    prior = 0.0 if usual is None else PRIOR * usual.reindex(table.index, fill_value=0.0)
    weight = 0.0 if usual is None else PRIOR
    sums = {name: max(float(table[name].sum()), 1.0) for name in ("old", "new")}
    poor, full = ("old", "new") if rose else ("new", "old")
    held = (table[poor] + prior, sums[poor] + weight)
    return table.assign(
        share_before=table["old"] / sums["old"],
        share_after=table["new"] / sums["new"],
        share_usual=held[0] / held[1],
        beyond=_score(*held, table[full], sums[full]).abs(),
    )


def _rows(column: str, table: pd.DataFrame, most: int) -> list[dict[str, Any]]:
    table = table.rename_axis("value").reset_index().sort_values("share", ascending=False, kind="stable")
    return [
        {"attribute": column, "value": str(row["value"])}
        | {name: round(row[name], 2) for name in ("before", "after")}
        | {name: round(row[name], 3) for name in SHARES}
        for row in table[table["share"] > 0].head(most).to_dict("records")
    ]


def _counts(values: "pd.Series[Any]") -> "pd.Series[Any]":
    return values[~values.isin(SILENT)].value_counts()


def _score(x: "pd.Series[Any]", n: float, y: "pd.Series[Any]", m: float) -> "pd.Series[Any]":
    """Standard score of the difference of two proportions, with a pseudo-count of one half."""
    p, q = (x + 0.5) / (n + 1.0), (y + 0.5) / (m + 1.0)
    return (q - p) / np.sqrt(p * (1 - p) / (n + 1.0) + q * (1 - q) / (m + 1.0))
