"""The weekly account of over- and under-blocks: four columns that never merge, denominator, interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mitigations.arrivals import Arrivals, arrivals
from mitigations.cells import ALL, EPOCH, SPANS, slice_codes, slicing, week_name, weeks
from mitigations.claims import COUNTS, KINDS, Claims, counted, members, of_kind
from mitigations.corrected import UNCORRECTED, Answers, answered, answers, estimated
from mitigations.known import Axes, Evidence, adjudicated, audits, blocks, exposure, weekly_exposure
from mitigations.ledger_columns import derived
from mitigations.windows import Codes

__all__ = ["COLUMNS", "UNCORRECTED", "Evidence", "weekly"]
COLUMNS = tuple(
    "week kind slice span claimed_raw claimed_unique reporters customers unknown_reporters collapsed "
    "top_reporter_share effective_reporters claims_estimated claims_low claims_high correction method corroborated "
    "adjudicated wrongful_estimated wrongful_low wrongful_high audited requests blocked active_customers "
    "per_10k_requests per_10k_requests_low per_10k_requests_high wrongful_per_10k_requests "
    "wrongful_per_10k_requests_low wrongful_per_10k_requests_high block_precision block_precision_low "
    "block_precision_high customers_per_10k_active seats revenue nowcast nowcast_low nowcast_high change_4w "
    "change_4w_low change_4w_high drift suspected_campaign sparse completeness partial detail as_of".split()
)
WHOLE = [*COUNTS, "adjudicated", "audited"]
"""Columns of whole numbers."""


def weekly(documents: pd.DataFrame, evidence: Evidence, *, by: Sequence[str], as_of: pd.Timestamp) -> pd.DataFrame:
    """Rows of the ledger, by ISO week (UTC), kind, slice and span in weeks; the columns of `COLUMNS`.

    `documents`: see `claims.members` and `corrected.answers`. `by`: ways of slicing besides the total, such as
    "plan" or "harm_domain&plan". Every slice that ever had a claim of the kind has a row in every week, so
    that none is silently absent; the total is counted and estimated as such, not summed. A row of span 4 is
    of the named week and the three before it. `collapsed` and `detail` are dicts; what cannot be told is NaN or
    NA. `as_of` is naive UTC.
    """
    if documents.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    mondays = weeks(documents["day"].min(), max(as_of, documents["day"].max()))
    known = arrivals(documents, evidence.completeness, mondays, as_of=as_of)
    read = members(documents, mondays)
    kinds = {kind: (of_kind(read, kind), one) for kind, one in answers(documents, evidence, kinds=KINDS).items()}
    parts: list[pd.DataFrame] = []
    for way in sorted({slicing(one) for one in [ALL, *by]}):
        codes, keys = slice_codes(documents, way)
        exposed = weekly_exposure(evidence, way)
        for kind, (claims, said) in kinds.items():
            axes, own = _axes(mondays, codes[claims.place], codes, keys)
            if len(axes.slices):
                one = Slicing(way, kind, axes, own, exposed)
                parts += _rows(one, read.week, claims, said, evidence, known)
    rows = derived(pd.concat(parts, ignore_index=True), known)
    rows["as_of"] = as_of.strftime("%Y-%m-%dT%H:%M:%SZ")
    rows[WHOLE] = rows[WHOLE].astype("Int64")
    order = np.lexsort((rows["span"], rows["slice"], rows["kind"], rows["place"]))
    rows["week"] = np.array([week_name(start) for start in mondays], dtype=object)[rows["place"]]
    return rows.iloc[order].reset_index(drop=True)[list(COLUMNS)]


@dataclass(frozen=True, slots=True)
class Slicing:
    """One way of slicing one kind: its cells, the slice (n,) of each document (-1: none), and its exposure."""

    way: tuple[str, ...]
    kind: str
    axes: Axes
    code: Codes
    exposed: pd.DataFrame | None


def _axes(mondays: pd.DatetimeIndex, claimed: Codes, codes: Codes, keys: Sequence[str]) -> tuple[Axes, Codes]:
    """The slices that ever had a claim of the kind, and the place among them of each document, -1 for none.

    `claimed`: codes of the claims' slices; `codes` (n,): of all documents'.
    """
    # The total has its rows even where nothing was ever claimed.
    seen = sorted((keys[code], code) for code in (np.unique(claimed).tolist() if list(keys) != [ALL] else [0]))
    own = np.full(len(keys) + 1, -1, dtype=np.int64)
    for place, (_, code) in enumerate(seen):
        own[code] = place
    return Axes(mondays, pd.Index([key for key, _ in seen], dtype=object)), own[codes]


def _rows(
    one: Slicing, week: Codes, claims: Claims, said: Answers, evidence: Evidence, known: Arrivals
) -> list[pd.DataFrame]:
    """The rows of one way of slicing one kind, for each span."""
    grids = [one.axes.grid(span) for span in SPANS]
    cell = grids[0].cell(week, one.code)
    answer = answered(said, cell, one.code, grids[0])
    reviewed = adjudicated(evidence, one.way, one.axes, kind=one.kind)
    made = blocks(evidence, one.way, one.axes, kind=one.kind)
    found = []
    for grid, columns in zip(grids, counted(claims, cell[claims.place], grids), strict=True):
        columns |= estimated(
            answer,
            grid,
            noise=said.noise,
            unique=columns["claimed_unique"],
            arrived=known.share,
            first=(one.axes.mondays[0] - EPOCH).days // 7,
        )
        columns |= audits(evidence, one.way, one.axes, grid.span, kind=one.kind, decisions=made)
        columns["adjudicated"] = grid.rolled(reviewed)
        columns |= exposure(one.exposed, one.axes, grid.span)
        if not claims.any_joined:
            columns["corroborated"] = np.full(grid.cells, np.nan)
        columns["place"] = np.repeat(np.arange(grid.weeks), grid.slices)
        columns["slice"] = np.tile(np.asarray(one.axes.slices, dtype=object), grid.weeks)
        found.append(pd.DataFrame(columns).assign(kind=one.kind, span=grid.span))
    return found
