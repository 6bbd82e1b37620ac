"""Segments that a release reached and segments that it left alone, as the decision log shows them."""

from dataclasses import dataclass

import pandas as pd

from nlp.frames import require

BEFORE_DAYS = 7
OLD_SHARE = 0.05
"""A setting with this share of the decisions of the week before is no new one."""
REACHED, LEFT_ALONE = 0.8, 0.05
"""A segment is reached, or left alone, if new settings made this share of its decisions."""
LEAST_DECISIONS = 20
"""Of a segment with fewer decisions nothing is said."""
CONTRACT = {"day": "datetime", "version": "str", "threshold": "float", "decisions": "int"}


@dataclass(frozen=True, slots=True)
class Split:
    """An attribute (plan, product, …) with the values that were reached and those that were not."""

    attribute: str
    reached: frozenset[str]
    left_alone: frozenset[str]


def split(days: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> Split | None:
    """The attribute by which a release was rolled out from `start` to before `end`; None if by none.

    `days`: the log of one mitigation: day (datetime64), version, threshold, decisions, and a column an attribute. Of
    several attributes the one that sorts the most decisions.
    """
    require(days, CONTRACT, what="days")
    setting = days["version"] + "|" + days["threshold"].astype(str)
    before = days["day"].between(start - pd.Timedelta(days=BEFORE_DAYS), start, inclusive="left")
    weights = days[before].groupby(setting[before])["decisions"].sum()
    old = set(weights[weights >= OLD_SHARE * weights.sum()].index)
    after = days[days["day"].between(start, end, inclusive="left")].assign(new=~setting.isin(old))
    found = [
        (sorted_, one)
        for name in sorted(set(days.columns) - {*CONTRACT, "mitigation", "action", "customers"})
        if (told := _by(after, name)) is not None
        for sorted_, one in [told]
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _by(after: pd.DataFrame, attribute: str) -> tuple[float, Split] | None:
    rows = after.dropna(subset=[attribute])
    made = rows.groupby(attribute)["decisions"].sum()
    share = rows[rows["new"]].groupby(attribute)["decisions"].sum().reindex(made.index, fill_value=0) / made
    known = made >= LEAST_DECISIONS
    reached = frozenset(map(str, share.index[known & (share >= REACHED)]))
    left = frozenset(map(str, share.index[known & (share <= LEFT_ALONE)]))
    if not reached or not left:
        return None
    return float(made[made.index.astype(str).isin(reached | left)].sum()), Split(attribute, reached, left)
