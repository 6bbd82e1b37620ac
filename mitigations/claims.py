"""Claims by week and slice: raw and unique, whose they are, how far one reporter dominates them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.cells import NONE, week_start
from mitigations.decisions import ERRORS
from mitigations.windows import Codes, Floats, Grid, held, largest, rolled
from nlp.frames import require

KINDS = tuple(ERRORS)
CELL = ["week", "slice"]
COUNTS = "claimed_raw claimed_unique reporters customers unknown_reporters corroborated suspected_campaign".split()
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


@dataclass(frozen=True, slots=True)
class Members:
    """The documents as arrays (n,), read once for every way of slicing them."""

    week: Codes
    kind: npt.NDArray[np.object_]
    reporter: Codes
    customer: Codes
    known: npt.NDArray[np.bool_]
    kept: npt.NDArray[np.bool_]
    campaign: npt.NDArray[np.bool_]
    action: npt.NDArray[np.object_]
    rule: Codes
    rules: tuple[str, ...]
    seats: Floats
    revenue: Floats


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of one kind among the documents: their places, and what is asked of each (n claims,)."""

    place: Codes
    kept: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    campaign: npt.NDArray[np.bool_]
    joined: npt.NDArray[np.bool_]
    reporter: Codes
    customer: Codes
    rule: Codes
    rules: tuple[str, ...]
    seats: Floats
    revenue: Floats
    any_joined: bool
    """Whether any document of any kind is joined to a decision."""


def members(documents: pd.DataFrame, weeks: pd.DatetimeIndex) -> Members:
    """The feedback stream as arrays; `weeks` are the Mondays of the account.

    `documents`: as `CONTRACT`: `day` is when it happened (UTC), `kind` what it counts as (a label overrides
    the classifier), `kept` False for a collapsed duplicate and `rule` what collapsed it, `action` what the joined
    decision did (None: no decision agrees). Optional: campaign (bool: of a suspected campaign), seats, revenue.
    """
    require(documents, CONTRACT, what="documents")
    known = documents["reporter_known"].to_numpy(bool)
    # An unknown reporter is a reporter of their own, whatever stands in the column.
    reporter = documents["reporter"].where(known, "document " + documents["document_id"])
    rule, rules = pd.factorize(documents["rule"].fillna(NONE), sort=True)
    campaign = documents["campaign"] if "campaign" in documents else pd.Series(False, index=documents.index)
    worth = {name: documents[name] if name in documents else np.nan for name in ("seats", "revenue")}
    return Members(
        week=weeks.get_indexer(pd.DatetimeIndex(week_start(documents["day"]))).astype(np.int64),
        kind=documents["kind"].to_numpy(object),
        reporter=pd.factorize(reporter)[0].astype(np.int64),
        customer=pd.factorize(documents["customer"])[0].astype(np.int64),
        known=known,
        kept=documents["kept"].to_numpy(bool),
        campaign=np.asarray(campaign, dtype=bool),
        action=documents["action"].to_numpy(object),
        rule=rule.astype(np.int64),
        rules=tuple(rules),
        seats=_floats(worth["seats"], len(documents)),
        revenue=_floats(worth["revenue"], len(documents)),
    )


def of_kind(documents: Members, kind: str) -> Claims:
    """The claims of a kind."""
    place = np.flatnonzero(documents.kind == kind)
    return Claims(
        place=place,
        kept=documents.kept[place],
        known=documents.known[place],
        campaign=documents.campaign[place],
        joined=documents.action[place] == ERRORS[kind].action,
        reporter=documents.reporter[place],
        customer=documents.customer[place],
        rule=documents.rule[place],
        rules=documents.rules,
        seats=documents.seats[place],
        revenue=documents.revenue[place],
        any_joined=bool(pd.notna(documents.action).any()),
    )


def counted(claims: Claims, cell: Codes, grids: Sequence[Grid]) -> list[dict[str, npt.NDArray[Any]]]:
    """The claims by window, for each of the grids (of one shape); `cell` (n,): each claim's weekly cell, -1 for none.

    Arrays (cells,): the columns of `COUNTS`; collapsed (dicts: rule -> documents); top_reporter_share and
    effective_reporters (1 / Σ p², p a reporter's share) of the unique claims, raw_top_reporter_share of all; seats
    and revenue of the customers, each once. Who is in several weeks of a window is counted once.
    """
    weekly = grids[0]
    kept = np.where(claims.kept, cell, -1)
    totals = {
        "claimed_raw": weekly.counts(cell),
        "claimed_unique": weekly.counts(kept),
        "unknown_reporters": weekly.counts(np.where(claims.known, -1, kept)),
        "corroborated": weekly.counts(np.where(claims.joined, kept, -1)),
        "suspected_campaign": weekly.counts(np.where(claims.campaign, kept, -1)),
    }
    gone = np.where(claims.kept, -1, cell)
    by_rule = {
        rule: weekly.counts(np.where(claims.rule == place, gone, -1))
        for place, rule in enumerate(claims.rules)
        if (claims.rule == place).any()
    }
    reporters, raw = held(kept, claims.reporter), held(cell, claims.reporter)
    customers = held(kept, claims.customer)
    found = []
    for grid in grids:
        unique = rolled(grid, reporters)
        found.append(
            {
                **{name: grid.rolled(values) for name, values in totals.items()},
                "reporters": unique.distinct(grid.cells),
                "customers": rolled(grid, customers).distinct(grid.cells),
                "top_reporter_share": unique.largest_share(grid.cells),
                "effective_reporters": unique.effective(grid.cells),
                "raw_top_reporter_share": rolled(grid, raw).largest_share(grid.cells),
                "seats": largest(grid, kept, claims.customer, claims.seats),
                "revenue": largest(grid, kept, claims.customer, claims.revenue),
                "collapsed": _collapsed({rule: grid.rolled(values) for rule, values in by_rule.items()}, grid),
            }
        )
    return found


def _collapsed(by_rule: Mapping[str, Floats], grid: Grid) -> npt.NDArray[np.object_]:
    """Collapsed documents by rule, as a dict, for each cell."""
    found = np.empty(grid.cells, dtype=object)
    found[:] = [{}] * grid.cells
    for rule, number in by_rule.items():
        cells = np.flatnonzero(number)
        for cell, many in zip(cells.tolist(), number[cells].astype(np.int64).tolist(), strict=True):
            found[cell] = {**found[cell], rule: many}
    return found


def _floats(values: "pd.Series[Any] | float", length: int) -> Floats:
    return np.broadcast_to(np.asarray(values, dtype=np.float64), (length,))
