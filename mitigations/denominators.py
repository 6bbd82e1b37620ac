"""Exposure by week and slice, never summed over rows that overlap: rather none than a misleading one."""

from collections.abc import Sequence

import pandas as pd

from mitigations.cells import slice_keys, week_start
from nlp.frames import require

WHOLE = "all"


def exposed(exposure: pd.DataFrame, attributes: Sequence[str]) -> pd.DataFrame | None:
    """Requests, blocks and active customers by (week, slice); None where exposure does not know the slices.

    `exposure`: day (datetime64), mitigation (`all` for the whole product), harm_domain (of the mitigation,
    None for `all`), segments (dict), requests, blocked, customers (floats, NaN unknown).
    Takes the rows of exactly these segments, else those of the fewest more, summed; a customer may be in
    several of those, so then there is no number of customers. `active_customers` is the mean of the days;
    `exposure_days` says how many days the sums rest on.
    """
    require(exposure, {"day": "datetime", "mitigation": "str", "requests": "float"}, what="exposure")
    rows = _of_mitigations(exposure, attributes)
    wanted = frozenset(attributes) - {"mitigation", "harm_domain"}
    rows, exact = _of_segments(rows, wanted)
    if rows.empty:
        return None
    segments = pd.DataFrame(rows["segments"].tolist(), index=rows.index)
    fields = pd.concat([rows[["mitigation", "harm_domain"]], segments], axis=1)
    keyed = rows.assign(week=week_start(rows["day"]), slice=slice_keys(fields, attributes))
    grouped = keyed.groupby(["week", "slice"])
    found = grouped[["requests", "blocked"]].sum(min_count=1)
    daily = keyed.groupby(["week", "slice", "day"])["customers"].sum(min_count=1)
    found["active_customers"] = daily.groupby(level=["week", "slice"]).mean() if exact else float("nan")
    found["exposure_days"] = grouped["day"].nunique()
    return found


def _of_mitigations(exposure: pd.DataFrame, attributes: Sequence[str]) -> pd.DataFrame:
    """The rows a slice adds up from: those of mitigations if it names one, else those of the product."""
    own = exposure[exposure["mitigation"] != WHOLE]
    if "mitigation" in attributes:
        return own
    if "harm_domain" in attributes:
        # Two mitigations of one domain see the same requests: their sum is the exposure of nothing.
        per_domain = own.groupby("harm_domain")["mitigation"].transform("nunique")
        return own[per_domain.reindex(own.index).eq(1)]
    return exposure[exposure["mitigation"] == WHOLE]


def _of_segments(rows: pd.DataFrame, wanted: frozenset[str]) -> tuple[pd.DataFrame, bool]:
    """The rows of the coarsest breakdown that still has the wanted segments, and whether it has no others."""
    sets = rows["segments"].map(frozenset)
    usable = sorted({names for names in sets if names >= wanted}, key=_coarsest)
    if not usable:
        return rows.iloc[:0], False
    return rows[sets == usable[0]], usable[0] == wanted


def _coarsest(names: frozenset[str]) -> tuple[int, list[str]]:
    return len(names), sorted(names)
