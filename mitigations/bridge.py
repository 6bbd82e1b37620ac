"""The same weeks counted under two versions of the classifier or taxonomy, so that a relabelling is no trend."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mitigations.cells import ALL, WEEK, slice_keys, slicing, week_name, week_start
from mitigations.claims import CELL, KINDS
from nlp.frames import require

WEEKS = 26
"""So many weeks, the last one included, are counted under both versions."""
CONTRACT = {
    "day": "datetime",
    "kept": "bool",
    "customer": "str",
    "kind": "str",
    "harm_domain": "str",
    "read_before": "bool",
    "kind_before": "str",
    "harm_domain_before": "str",
}
SIDES = ("unique_before", "unique_after", "both", "unread_before")
COLUMNS = ("week", "kind", "slice", *SIDES, "customers")


def first_day(as_of: pd.Timestamp) -> pd.Timestamp:
    """Monday of the first of the `WEEKS` weeks that end with that of `as_of` (naive UTC).

    >>> first_day(pd.Timestamp("2026-03-04 10:00"))
    Timestamp('2025-09-08 00:00:00')
    """
    monday = as_of.normalize() - pd.Timedelta(days=as_of.dayofweek)
    return monday - (WEEKS - 1) * WEEK


def bridged(documents: pd.DataFrame, *, by: Sequence[str] = (ALL, "harm_domain")) -> pd.DataFrame:
    """Unique documents by week, kind and slice under both versions; the columns of `COLUMNS`.

    `documents`: as `CONTRACT`, one row each. `read_before` says whether the version before answered; documents it
    never read are in `unread_before` and in no other column, so that `unique_after` + `unread_before` is what the
    ledger counts. `both`: of the same kind and slice under both. `customers`: distinct customers of the smallest of
    the counts that are not nought. Weeks of which the version before read nothing, and empty cells, are left out.
    """
    require(documents, CONTRACT, what="documents")
    kept = documents[documents["kept"]].assign(week=lambda rows: week_start(rows["day"]))
    read = kept.loc[kept["read_before"], "week"].unique()
    kept = kept[kept["week"].isin(read)]
    parts = [_cells(kept, slicing(way), kind) for kind in KINDS for way in by]
    rows = pd.concat(parts).reset_index() if len(kept) else pd.DataFrame(columns=list(COLUMNS))
    rows["week"] = [week_name(start) for start in rows["week"]]
    rows = rows.sort_values(["week", "kind", "slice"], kind="stable", ignore_index=True)
    return rows[list(COLUMNS)]


def _cells(kept: pd.DataFrame, way: tuple[str, ...], kind: str) -> pd.DataFrame:
    after = slice_keys(kept, way)
    before = slice_keys(kept.assign(harm_domain=kept["harm_domain_before"]), way)
    is_after, was_before = kept["kind"] == kind, kept["read_before"] & (kept["kind_before"] == kind)
    sides = {
        "unique_before": kept.assign(slice=before)[was_before],
        "unique_after": kept.assign(slice=after)[is_after & kept["read_before"]],
        "both": kept.assign(slice=after)[is_after & was_before & (before == after)],
        "unread_before": kept.assign(slice=after)[is_after & ~kept["read_before"]],
    }
    counts = pd.DataFrame({name: rows.groupby(CELL).size() for name, rows in sides.items()})
    customers = pd.DataFrame({name: rows.groupby(CELL)["customer"].nunique() for name, rows in sides.items()})
    counts["customers"] = customers.min(axis=1, skipna=True)
    return counts.fillna(0).astype(np.int64).assign(kind=kind)
