"""What could change for the people behind wrong blocks: an allow-list of accounts, a shorter way of appeal."""

from typing import Any

import numpy as np
import pandas as pd

from mitigations.judged import Judged
from mitigations.rates import poisson_interval, share_interval
from mitigations.recommend_effects import (
    NOTHING,
    PER,
    Effect,
    Part,
    ids_of,
    moved,
    pays,
    recommendation,
    rests_on,
)
from mitigations.thresholds import Costs

FEWEST_BLOCKS = 5
"""Acted decisions of an account that must have been judged by audit, all benign, before it may be on an allow-list."""
LEVEL = 0.01
MOST_NAMED = 5
FEWEST_APPEALS = 20
LEAST_OVERTURNED = 0.2
"""Lower end of the share overturned from which on the way of appeal is worth a change."""

Record = dict[str, Any]


def allow_list(known: Judged, costs: Costs) -> Record | None:
    """Accounts of which random audits found every act wrong, more than chance would leave so among all accounts.

    Appeals and complaints do not count: an account cannot write itself onto the list. None without such accounts, or
    where what they might do does not pay at worst.
    """
    if known.basis[1] == "none" or "customer" not in known.rows.columns:
        return None
    names, tested = _accounts(known)
    if not names:
        return None
    marked = known.rows["customer"].isin(names).to_numpy(bool) & known.acted
    part = Part(marked, True, 1.0 - 0.05 * len(names) / tested)
    over = -moved(known, part, acted=True, harmful=False)
    under = moved(known, part, acted=True, harmful=True)
    if not pays(over, under, costs):
        return None
    count = int((marked & known.used).sum())
    shown = ", ".join(names[:MOST_NAMED]) + (
        f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    )
    return recommendation(
        change="allow_list",
        text=f"Let {len(names):,} account{'s' * (len(names) > 1)} through after a check of who they are, with an end "
        f"date: all {count:,} of their judged acts were benign, none of their judged requests harmful.",
        where=f"customers: {shown}",
        over_block=over,
        under_block=under,
        customers=len(names),
        cost="medium: verify the accounts, and again when the list ends",
        confidence="medium" if count >= 10 * len(names) else "low",
        rests_on=rests_on(known, count, (True,)),
        evidence=ids_of(known, marked & known.used),
        loosens=True,
    )


def _accounts(known: Judged) -> tuple[list[str], int]:
    """The accounts, by name, and how many had enough audited acts to be tested: would chance leave all acts of an
    account benign, at the share that is benign among all (Benjamini & Hochberg 1995)?"""
    judged = known.rows.assign(used=known.used, acted=known.acted, harmful=known.harmful)
    judged = judged[judged["used"] & judged["customer"].notna()]
    acts = judged[judged["acted"]].groupby("customer", observed=True)["harmful"].agg(["size", "sum"])
    ever = set(judged.loc[judged["harmful"], "customer"])
    tested = acts[acts["size"] >= FEWEST_BLOCKS]
    taken = known.used & known.acted
    if tested.empty or not taken.any():
        return [], 0
    weight = 1.0 / known.inclusion[taken]
    benign = float((weight * ~known.harmful[taken]).sum() / weight.sum())
    chance = np.where(tested["sum"] == 0, benign ** tested["size"], 1.0)
    order = np.argsort(chance, kind="stable")
    passed = np.flatnonzero(chance[order] <= LEVEL * np.arange(1, len(order) + 1) / len(order))
    names = [str(tested.index[place]) for place in order[: int(passed.max(initial=-1)) + 1]]
    return sorted(name for name in names if name not in ever), len(tested)


def appeal_path(known: Judged, appeals: pd.DataFrame) -> Record | None:
    """A shorter way of appeal, where people who judged appeals overturned many; None otherwise.

    `appeals`: decision_id, outcome (upheld, overturned, open). What is counted are outcomes, never how many appealed.
    The effect is what appeals repair already, earlier; what an overturned act let through is told by its audits.
    """
    if appeals.empty or "decision_id" not in known.rows.columns:
        return None
    outcome = dict(zip(appeals["decision_id"], appeals["outcome"], strict=True))
    said = known.rows["decision_id"].map(outcome)
    closed = known.acted & said.isin(["upheld", "overturned"]).to_numpy(bool)
    turned = closed & (said == "overturned").to_numpy(bool)
    count, wins = int(closed.sum()), int(turned.sum())
    low, high = (float(end) for end in share_interval(wins, count))
    if count < FEWEST_APPEALS or low < LEAST_OVERTURNED:
        return None
    times = PER / max(float(known.size.sum()), 1.0)
    ends = poisson_interval(wins)
    checked = turned & known.used
    bad, seen = int((checked & known.harmful).sum()), int(checked.sum())
    worst = float(share_interval(bad, seen)[1]) if seen else 1.0
    return recommendation(
        change="appeal_path",
        text=f"Shorten the way of appeal: {wins:,} of {count:,} closed appeals against its acts were overturned, "
        f"{100 * wins / count:.2g} % ({100 * low:.2g} to {100 * high:.2g}). The effect counts those alone: they would "
        "be set right at once.",
        where=None,
        over_block=Effect(-wins * times, -float(ends[1]) * times, -float(ends[0]) * times),
        under_block=NOTHING if not wins else Effect(bad / max(seen, 1) * wins * times, 0.0, worst * wins * times),
        customers=int(known.rows["customer"][turned].nunique()) if "customer" in known.rows.columns else 0,
        cost="medium: people who decide appeals sooner",
        confidence="medium" if count >= 5 * FEWEST_APPEALS else "low",
        rests_on=f"{count:,} closed appeals; appeals are no random sample",
        evidence=ids_of(known, turned),
        loosens=False,
    )
