"""Claims by week and slice: raw and unique, whose they are, how far one reporter dominates them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mitigations.cells import NONE, slice_keys, week_start
from mitigations.decisions import ERRORS
from nlp.frames import require

KINDS = tuple(ERRORS)
CELL = ["week", "slice"]
COUNTS = ("claimed_raw", "claimed_unique", "reporters", "customers", "unknown_reporters", "corroborated")
CONTRACT = {
    "document_id": "str",
    "day": "datetime",
    "kind": "str",
    "reporter": "str",
    "reporter_known": "bool",
    "customer": "str",
    "kept": "bool",
    "rule": "str",
    "action": "str",
}


def counted(documents: pd.DataFrame, attributes: Sequence[str], *, kind: str) -> pd.DataFrame:
    """Claims of a kind by (week, slice); a cell is there as soon as a document of any kind is.

    `documents`: the feedback stream, as `CONTRACT`, with the attributes there are: `day` is when it
    happened (UTC), `kept` False for a collapsed duplicate and `rule` what collapsed it, `action` what
    the joined decision did (None: no decision agrees). Optional: seats, revenue (of the customer).
    Returns the columns of `COUNTS`; others (unique documents of other kinds); collapsed (dict: rule ->
    documents); top_reporter_share and effective_reporters (1 / Σ p², p a reporter's share) of the unique
    claims, raw_top_reporter_share of all; seats and revenue of the customers, each once.
    """
    require(documents, CONTRACT, what="documents")
    keyed = documents.assign(
        week=week_start(documents["day"]),
        slice=slice_keys(documents, attributes),
        # An unknown reporter is a reporter of their own, whatever stands in the column.
        reporter=documents["reporter"].where(documents["reporter_known"], "document " + documents["document_id"]),
    )
    own = keyed[keyed["kind"] == kind]
    kept = own[own["kept"]]
    cells = keyed.groupby(CELL, sort=True)["kept"].sum().rename("all_unique").to_frame()
    found = cells.join([_totals(own, kept, kind=kind), _dominance(kept), _worth(kept)])
    found["raw_top_reporter_share"] = _dominance(own)["top_reporter_share"].reindex(found.index)
    found["collapsed"] = _collapsed(own, found.index)
    found[list(COUNTS)] = found[list(COUNTS)].fillna(0).astype(np.int64)
    found["others"] = found.pop("all_unique") - found["claimed_unique"]
    return found


def _totals(own: pd.DataFrame, kept: pd.DataFrame, *, kind: str) -> pd.DataFrame:
    unique = kept.groupby(CELL)
    joined = kept[kept["action"] == ERRORS[kind].action]
    return pd.DataFrame(
        {
            "claimed_raw": own.groupby(CELL).size(),
            "claimed_unique": unique.size(),
            "reporters": unique["reporter"].nunique(),
            "customers": unique["customer"].nunique(),
            "unknown_reporters": (~kept["reporter_known"]).groupby([kept[name] for name in CELL]).sum(),
            "corroborated": joined.groupby(CELL).size(),
        }
    )


def _dominance(claims: pd.DataFrame) -> pd.DataFrame:
    each = claims.groupby([*CELL, "reporter"]).size()
    cell = each.groupby(level=CELL)
    total = cell.sum()
    squared = (each.astype(float) ** 2).groupby(level=CELL).sum()
    return pd.DataFrame({"top_reporter_share": cell.max() / total, "effective_reporters": total**2 / squared})


def _worth(kept: pd.DataFrame) -> pd.DataFrame:
    """Seats and revenue of the customers with a claim, each customer once a cell; NaN where unknown."""
    columns = [name for name in ("seats", "revenue") if name in kept]
    if not columns:
        return pd.DataFrame(index=kept.groupby(CELL).size().index)
    each = kept.groupby([*CELL, "customer"])[columns].max()
    return each.groupby(level=CELL).sum(min_count=1)


def _collapsed(own: pd.DataFrame, cells: pd.Index) -> "pd.Series[Any]":
    """Collapsed documents by rule, as a dict, for each of the cells."""
    gone = own[~own["kept"]]
    sizes = gone.assign(rule=gone["rule"].fillna(NONE)).groupby([*CELL, "rule"]).size()
    rules: dict[tuple[Any, ...], dict[str, int]] = {}
    for (*cell, rule), number in zip(sizes.index.tolist(), sizes.tolist(), strict=True):
        rules.setdefault(tuple(cell), {})[rule] = int(number)
    return pd.Series([rules.get(cell, {}) for cell in cells.tolist()], index=cells, dtype=object)
