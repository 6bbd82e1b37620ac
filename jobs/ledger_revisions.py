"""What changed in weeks that were closed: "W10 was 41, now 47", with the reason where it can be told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from jobs.store_ledger import REMEMBERED
from mitigations.cells import week_name, week_start, weeks_within

KEY = ["week", "kind", "slice", "span"]
SAID = (*REMEMBERED, "as_of")


def revised(known: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Cells of full weeks of which something else is said now: KEY, what was said (`_old`) and is, `revision`.

    `known`: as `store.ledger.closed()`. A cell is revised when its unique count changes, or its estimate as a
    reader sees it (`shown`).
    """
    closed = rows.loc[rows["partial"] == 0, [*KEY, *SAID]]
    both = known.merge(closed, on=KEY, suffixes=("_old", ""))
    before, after = (shown(both[f"claims_estimated{end}"]) for end in ("_old", ""))
    counted = (both["claimed_unique_old"] != both["claimed_unique"]).to_numpy(bool)
    changed: pd.DataFrame = both[counted | ((before != after) & ~(np.isnan(before) & np.isnan(after)))]
    return changed


def shown(estimate: "pd.Series[float]") -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Estimates as far as a reader tells them apart: whole below a thousand, else three significant digits.

    >>> shown(pd.Series([41.2, 41.7, 12345.0])).tolist()
    [41.0, 42.0, 12300.0]
    """
    values = estimate.to_numpy(np.float64)
    size = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(np.nan_to_num(values), 1.0))) - 2, 0)
    return np.asarray(np.round(values / size) * size)


def revisions(changed: pd.DataFrame, reasons: Sequence[str | None]) -> list[dict[str, Any]]:
    """Rows of `ledger_revision`; where a cell is revised for the first time, what was said before is its first."""
    added: list[dict[str, Any]] = []
    for row, reason in zip(changed.to_dict("records"), reasons, strict=True):
        cell = {name: row[name] for name in KEY}
        last = int(row["revision"])
        if last == 0:
            last = 1
            added.append({**cell, "revision": 1, **_said(row, "_old"), "reason": None})
        added.append({**cell, "revision": last + 1, **_said(row, ""), "reason": reason})
    return added


def why(changed: pd.DataFrame, late_weeks: Iterable[str], other: Sequence[str]) -> list[str | None]:
    """Why each cell changed, as far as it can be told; None where it cannot.

    `late_weeks`: weeks of which documents arrived since. `other`: what else changed since, by name: labels,
    duplicates, new classifier. A cell whose raw count stands has had no late arrival, nor another kind.
    """
    late = set(late_weeks)
    told = []
    for row in changed.to_dict("records"):
        names = [name for name in other if name != "duplicates"]
        if row["claimed_raw"] != row["claimed_raw_old"] and late & set(weeks_within(row["week"], row["span"])):
            names.insert(0, "late arrivals")
        collapsed = row["claimed_raw"] == row["claimed_raw_old"] and row["claimed_unique"] != row["claimed_unique_old"]
        if collapsed and (not names or "duplicates" in other):
            names.insert(0, "duplicates")
        told.append(", ".join(names) or None)
    return told


def late_weeks(documents: pd.DataFrame, *, since: str | None) -> list[str]:
    """Weeks of which documents were received after this moment (ISO 8601 UTC). `documents`: day, received_at."""
    if since is None:
        return []
    late = documents[documents["received_at"].astype(str) > since]
    return sorted({week_name(start) for start in week_start(late["day"]).unique()}) if len(late) else []


def changed_names(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What the ledger rests on that is not what it was; nothing where it was not noted before.

    >>> changed_names({"labels": "a", "duplicates": ""}, {"labels": "b", "duplicates": ""})
    ['labels']
    """
    return [name for name, value in after.items() if name in before and before[name] != value]


def _said(row: Mapping[Any, Any], end: str) -> dict[str, Any]:
    values = {name: row[f"{name}{end}"] for name in SAID}
    return {name: None if pd.isna(value) else value for name, value in values.items()}
