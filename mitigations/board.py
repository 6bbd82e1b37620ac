"""The two-sided board: both errors of every mitigation in the same weeks, over the same requests and decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import pandas as pd

from mitigations.against import Interval, difference
from mitigations.cells import escaped
from mitigations.decisions import ERRORS, made
from mitigations.known import Axes, Evidence, audits, blocks, exposure, weekly_exposure
from mitigations.rates import share_interval
from mitigations.windows import Floats

SIDES = tuple(ERRORS)
SPAN = 4
"""Weeks that a row stands for, and that the weeks before it are compared with."""
TREND = 12
"""Rows of a mitigation and side: one for each of so many weeks, every one with the three weeks before it."""
ENDS = ("", "_low", "_high")
RATES = ("per_10k_requests", "per_10k_decisions", "share")
UP, DOWN, SAME, UNTOLD = "up", "down", "no detectable change", "cannot tell"
BLOCKING, PASSING = (
    "blocks wrongly more often than it lets harm through",
    "lets harm through more often than it blocks wrongly",
)
WAY = ("mitigation",)
BESIDE = ("flag", "downgrade")
"""Actions that are neither a block nor an allow: decisions, but no error of either side."""


@dataclass(frozen=True, slots=True)
class Change:
    """How much higher a rate is than before, with its 95 % interval (NaN where it cannot be told), and the verdict."""

    estimate: float
    low: float
    high: float
    verdict: str


def two_sided(evidence: Evidence, mitigations: Sequence[str], last: pd.Timestamp) -> pd.DataFrame:
    """Both errors as estimated from random audits, for every mitigation and each of the last `TREND` weeks.

    `last`: the Monday (UTC) of the newest week, which should be over. Truths, populations and requests are those of
    the ledger (`mitigations.known`); a mitigation that nobody complains about has its rows too. Returns mitigation,
    side, week (Monday of the row's last week), audited, wrong, requests, decisions, and each of `RATES`, all with
    _low and _high where they are estimates: `share` of the side's decisions (blocks, or allowed ones) that were wrong.
    NaN without audits of the side, without exposure on every day, or where the decisions cannot be told.
    """
    mondays = pd.date_range(end=last, periods=TREND + SPAN - 1, freq="7D")
    axes = Axes(mondays, pd.Index([f"mitigation={escaped(name)}" for name in mitigations], dtype=object))
    exposed = exposure(weekly_exposure(evidence, WAY), axes, SPAN)
    requests = np.where(exposed["exposure_days"] >= 7 * SPAN, exposed["requests"], np.nan)
    found = {}
    for side in SIDES:
        known = blocks(evidence, WAY, axes, kind=side)
        found[side] = audits(evidence, WAY, axes, SPAN, kind=side, decisions=known)
    decisions = _decisions(evidence, axes, found)
    week = np.repeat(mondays, len(mitigations))
    of = np.tile(np.asarray(mitigations, dtype=object), len(mondays))
    parts = [
        pd.DataFrame({"mitigation": of, "side": side, "week": week, **_rated(found[side], requests, decisions)})
        for side in SIDES
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["week"] > last - pd.Timedelta(weeks=TREND)]
    return rows.sort_values(["mitigation", "side", "week"], kind="stable").reset_index(drop=True)


def _rated(known: Mapping[str, Floats], requests: Floats, decisions: Floats) -> dict[str, Floats]:
    rated = {"audited": np.nan_to_num(known["audited"]), "requests": requests, "decisions": decisions}
    for end, name in zip(ENDS, ("wrongful_estimated", "wrongful_low", "wrongful_high"), strict=True):
        rated[f"wrong{end}"] = known[name]
        rated[f"share{end}"] = known[f"share{end}"]
        with np.errstate(divide="ignore", invalid="ignore"):
            rated[f"per_10k_requests{end}"] = np.where(requests > 0, 1e4 * known[name] / requests, np.nan)
            rated[f"per_10k_decisions{end}"] = np.where(decisions > 0, 1e4 * known[name] / decisions, np.nan)
    return rated


def _decisions(evidence: Evidence, axes: Axes, found: Mapping[str, Mapping[str, Floats]]) -> Floats:
    """Decisions of every action; allowed ones as the audits' weights say, or as logged where more are.

    Without an audit of allowed decisions their number cannot be told: a log seldom holds every one of them.
    """
    grid = axes.grid(SPAN)
    logged = {action: np.zeros(grid.cells) for action in ("block", "allow", *BESIDE)}
    if len(evidence.decision_days):
        for action in logged:
            logged[action] = grid.rolled(np.nan_to_num(axes.dense(made(evidence.decision_days, WAY, action=action))))
    blocked = np.fmax(logged["block"], found["over_block"]["population"])
    return (
        blocked + sum(logged[action] for action in BESIDE) + _more(logged["allow"], found["under_block"]["population"])
    )


def _more(logged: Floats, weighed: Floats) -> Floats:
    return np.where(np.isnan(weighed), np.nan, np.fmax(logged, weighed))


def change(now: Interval, before: Interval) -> Change:
    """A rate against the same of other weeks, drawn and audited apart (`mitigations.against.difference`).

    `no detectable change` where the interval leaves out a doubling and a fall to nought; else it cannot be told.

    >>> change((9.0, 8.0, 10.1), (5.0, 4.2, 5.9)).verdict, change((5.0, 3.0, 8.0), (6.0, 4.0, 9.0)).verdict
    ('up', 'no detectable change')
    >>> change((20.0, 0.1, 300.0), (10.0, 0.0, 280.0)).verdict
    'cannot tell'
    """
    if not all(map(isfinite, (*now, *before))):
        return Change(np.nan, np.nan, np.nan, UNTOLD)
    apart = difference(now, before)
    _, low, high = apart
    if low > 0 or high < 0:
        return Change(*apart, UP if low > 0 else DOWN)
    return Change(*apart, SAME if max(-low, high) <= before[0] else UNTOLD)


def leaning(over: Interval, under: Interval) -> str:
    """Which error of a mitigation is the more frequent one, if their intervals leave no doubt.

    How often says nothing of how bad: that is for people to weigh.

    >>> leaning((3.0, 2.0, 4.0), (0.5, 0.1, 1.2))
    'blocks wrongly more often than it lets harm through'
    >>> leaning((3.0, 2.0, 4.0), (2.0, 0.0, 9.0))
    'cannot tell'
    """
    if not all(map(isfinite, (*over, *under))):
        return UNTOLD
    return BLOCKING if over[1] > under[2] else PASSING if under[1] > over[2] else UNTOLD


def appealed(appeals: pd.DataFrame, first: pd.Timestamp, after: pd.Timestamp) -> pd.DataFrame:
    """By mitigation, of decisions made from `first` to before `after`: closed, overturned and open appeals, and share.

    `appeals`: day (of the decision), mitigation, outcome, decision_id; one decision counts once, as it was decided
    last in their order. `share` (with _low, _high) is of the closed ones. Who appeals is no sample of who was blocked:
    the share is no error rate.
    """
    own = appeals[(appeals["day"] >= first) & (appeals["day"] < after) & appeals["mitigation"].notna()]
    own = own.drop_duplicates("decision_id", keep="last")
    counts = pd.crosstab(own["mitigation"], own["outcome"]).reindex(columns=["overturned", "upheld", "open"])
    counts = counts.fillna(0).astype(int)
    closed = counts["overturned"] + counts["upheld"]
    low, high = share_interval(counts["overturned"], closed)
    share = (counts["overturned"] / closed).where(closed > 0)
    found = pd.DataFrame({"closed": closed, "overturned": counts["overturned"], "open": counts["open"], "share": share})
    return found.assign(share_low=low, share_high=high)
