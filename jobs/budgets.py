"""Whose false alerts a series spends: those of the owner it stands under, where that owner has a budget."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from jobs.ingest_reference import Route
from jobs.owners import named, owner_for
from topics.watch import watchlist_of


def own_budgets(owners: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """False alerts a week by owner, of those that have a budget of their own; `owners`: rows of the table."""
    return {str(row["owner_id"]): float(row["budget"]) for row in owners if row["budget"]}


def budget_groups(
    table: pd.DataFrame,
    budgets: Mapping[str, float],
    mitigations: Sequence[Mapping[str, Any]],
    routes: Sequence[Route],
    *,
    default: str,
) -> "pd.Series[Any]":
    """The budget group of each row of a series table: its standing owner if that one is in `budgets`, else null.

    A series of a watchlist has none: it spends what the watchlist allows.
    """
    owners = [standing_owner(row, mitigations, routes, default=default) for row in table.to_dict("records")]
    groups = [
        owner if owner in budgets and watchlist_of(str(series)) is None else None
        for owner, series in zip(owners, table["series"], strict=True)
    ]
    return pd.Series(groups, index=table.index, dtype=object)


def standing_owner(
    row: Mapping[Any, Any], mitigations: Sequence[Mapping[str, Any]], routes: Sequence[Route], *, default: str
) -> str:
    """Whose a series is by what it counts, whatever a change of it may turn out to be about.

    `row`: series, kind, harm_domain, rollup (a row of a series table): what its key names, else what most of its
    documents are; the mitigation of a theme of usage anomalies is that of its roll-up.
    """
    known = {name: str(row[name]) for name in ("kind", "harm_domain") if pd.notna(row[name])}
    above = named(str(row["rollup"])) if pd.notna(row["rollup"]) else {}
    if "mitigation" in above:
        known["mitigation"] = above["mitigation"]
    return owner_for(known | named(str(row["series"])), mitigations, routes, default=default)
