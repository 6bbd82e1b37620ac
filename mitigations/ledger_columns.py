"""The columns of the ledger that follow from others: denominators, nowcast, completeness, what stands behind."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.arrivals import COMPLETE, Arrivals
from mitigations.cells import ALL
from mitigations.nowcast import nowcast
from mitigations.windows import Floats

SPARSE = 5
"""A slice whose median weekly unique claims are fewer is sparse: four weeks together say more."""
SPARSE_WEEKS = 12
"""So many full weeks, the latest, decide it."""
ENDS = ("", "_low", "_high")


def derived(rows: pd.DataFrame, known: Arrivals) -> pd.DataFrame:
    """The rows (place: number of the week, span, and what was counted) with the columns that follow."""
    place = rows["place"].to_numpy()
    for span in sorted(set(rows["span"])):
        of = (rows["span"] == span).to_numpy()
        for name, values in _of_weeks(known, int(span)).items():
            rows.loc[of, name] = values[place[of]]
    rows["partial"] = rows["partial"].astype(int)
    short = ~(rows["exposure_days"] >= rows["days"])
    rows.loc[short, ["requests", "blocked", "active_customers"]] = np.nan
    _nowcast(rows)
    rows.loc[rows["partial"] == 1, [f"change_4w{end}" for end in ENDS]] = np.nan
    _denominators(rows)
    rows["sparse"] = _sparse(rows)
    rows["detail"] = _detail(rows, short)
    return rows


def _of_weeks(known: Arrivals, span: int) -> dict[str, npt.NDArray[Any]]:
    with np.errstate(invalid="ignore", divide="ignore"):
        completeness = known.over(known.arrived, span) / known.over(known.expected, span)
    return {
        "partial": known.partial(span).astype(np.float64),
        "days": known.over(known.days, span),
        "completeness": completeness,
        "share_here": known.over(known.share, span) / known.weeks_in(span),
        "unfinished": known.unfinished.astype(np.float64),
    }


def _nowcast(rows: pd.DataFrame) -> None:
    """Expected final unique count of windows that are over but incomplete, or not over; NaN for the others."""
    began_late = (rows["partial"] == 1) & (rows["unfinished"] == 0)
    open_ = ~began_late & (rows["share_here"] < COMPLETE)
    ends = nowcast(rows.loc[open_, "claimed_unique"], rows.loc[open_, "share_here"])
    for end, values in zip(ENDS, ends, strict=True):
        rows[f"nowcast{end}"] = np.nan
        rows.loc[open_, f"nowcast{end}"] = values


def _denominators(rows: pd.DataFrame) -> None:
    requests = rows["requests"].where(rows["requests"] > 0)
    for end in ENDS:
        claims = rows["claims_estimated" if not end else f"claims{end}"]
        rows[f"per_10k_requests{end}"] = 1e4 * claims / requests
    blocks = rows["kind"] == "over_block"
    # Of an over-block, only a legitimate request can be one: blocks that were right are no opportunity for it.
    blocked = rows["blocked"].fillna(rows["population"]).where(blocks, 0.0)
    for end, name in zip(ENDS, ("wrongful_estimated", "wrongful_low", "wrongful_high"), strict=True):
        right = (blocked - rows[name]).clip(lower=0.0).fillna(0.0).where(blocks, 0.0)
        rows[f"wrongful_per_10k_requests{end}"] = 1e4 * rows[name] / (requests - right)
    for end, share in zip(ENDS, ("share", "share_high", "share_low"), strict=True):
        rows[f"block_precision{end}"] = (1.0 - rows[share]).where(blocks)
    active = rows["active_customers"].where(rows["active_customers"] > 0)
    rows["customers_per_10k_active"] = 1e4 * rows["customers"] / active


def _sparse(rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    """1 where the median of the latest full weeks is below `SPARSE`; the total is never sparse."""
    weekly = rows[(rows["span"] == 1) & (rows["partial"] == 0)]
    latest = weekly[weekly["place"] > weekly["place"].max() - SPARSE_WEEKS] if len(weekly) else rows[rows["span"] == 1]
    median = latest.groupby(["kind", "slice"])["claimed_unique"].median()
    few = median.index[median < SPARSE]
    found = pd.MultiIndex.from_frame(rows[["kind", "slice"]]).isin(few) & (rows["slice"] != ALL).to_numpy()
    return found.astype(np.int64)


def _detail(rows: pd.DataFrame, short: "pd.Series[bool]") -> npt.NDArray[np.object_]:
    """What stands behind a row and has no column, as dicts; a name is left out where it says nothing."""
    audited, differs = rows["share"].notna(), rows["raw_top_reporter_share"] > rows["top_reporter_share"]
    told: dict[str, tuple[pd.Series[bool], list[Floats]]] = {
        "raw_top_reporter_share": (differs, [rows["raw_top_reporter_share"].to_numpy()]),
        "exposure_days": (short & rows["exposure_days"].notna(), [rows["exposure_days"].to_numpy()]),
        "days": (short & rows["exposure_days"].notna(), [rows["days"].to_numpy()]),
        "population": (audited, [rows["population"].to_numpy()]),
        "wrong_share": (audited, [rows[name].to_numpy() for name in ("share", "share_low", "share_high")]),
    }
    found = np.empty(len(rows), dtype=object)
    found[:] = [{}] * len(rows)
    for name, (where, columns) in told.items():
        places = np.flatnonzero(where.to_numpy(bool))
        values = np.column_stack([column[places] for column in columns]).round(4).tolist()
        for place, value in zip(places.tolist(), values, strict=True):
            plain = [int(part) if part == int(part) else part for part in value]
            found[place] = {**found[place], name: plain[0] if len(plain) == 1 else plain}
    return found
