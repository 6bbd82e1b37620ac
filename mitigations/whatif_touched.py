"""Whose decisions another threshold would change, and what is known of their worth."""

from dataclasses import dataclass, replace

import pandas as pd

from mitigations.judged import Flags, Judged
from nlp.frames import require


@dataclass(frozen=True, slots=True)
class Touched:
    """Distinct `customers` among the decisions that would change, None where the log names none; `at_least`: the log
    holds only a part of such decisions. `of`: customers in all decisions compared. `revenue` and `seats` of those of
    whom they are known (`revenue_known`, `seats_known` of them), None where of none."""

    customers: int | None
    at_least: bool
    of: int
    revenue: float | None = None
    revenue_known: int = 0
    seats: float | None = None
    seats_known: int = 0


def touched(known: Judged, changes: Flags, worth: pd.DataFrame | None = None) -> Touched:
    """`changes`: the rows that would change. `worth`: customer, revenue, seats (NaN: not known), a row a customer."""
    if "customer" not in known.rows.columns or known.rows["customer"].isna().all():
        return Touched(None, False, 0)
    who = known.rows["customer"][changes].dropna().unique()
    thinned = bool((known.size[changes] != 1.0).any())
    found = Touched(len(who), thinned, int(known.rows["customer"].nunique()))
    if worth is None:
        return found
    require(worth, {"customer": "str", "revenue": "float", "seats": "float"}, what="worth")
    own = worth.set_index("customer").reindex(who)
    revenue, seats = (_sum(own[name]) for name in ("revenue", "seats"))
    return replace(found, revenue=revenue[0], revenue_known=revenue[1], seats=seats[0], seats_known=seats[1])


def _sum(column: "pd.Series[float]") -> tuple[float | None, int]:
    """The sum of what is known, None of nothing, and of how many it is."""
    known = int(column.notna().sum())
    return (float(column.sum()) if known else None), known
