"""Decisions by week and slice: how many were made, which were found wrong, how many are by random audit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mitigations.cells import slice_keys, week_start
from mitigations.rates import weighted_rates
from nlp.frames import require

CELL = ["week", "slice"]
NOT_RANDOM = ("appeal", "red_team")
"""Sources of truth that are no random sample whatever probability they state."""


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """What makes a decision an error of a kind: the action taken against the truth."""

    action: str
    truth: str


ERRORS = {"over_block": ErrorKind("block", "benign"), "under_block": ErrorKind("allow", "harmful")}


def made(decision_days: pd.DataFrame, attributes: Sequence[str], *, action: str) -> "pd.Series[float]":
    """Decisions with this action by (week, slice).

    `decision_days`: day (datetime64), action, decisions, and the attributes there are.
    """
    require(decision_days, {"day": "datetime", "action": "str", "decisions": "int"}, what="decision_days")
    own = decision_days[decision_days["action"] == action]
    return _keyed(own, attributes).groupby(CELL)["decisions"].sum().astype(float)


def found_wrong(
    audited: pd.DataFrame, appeals: pd.DataFrame, attributes: Sequence[str], *, kind: str
) -> "pd.Series[int]":
    """Decisions found wrong by audit, review or appeal, each once, by (week, slice) of the decision.

    `audited`: day, decision_id, action, truth. `appeals`: day (of the decision), decision_id, outcome,
    action (None where the decision is not in the log: an appeal is against a block unless it says otherwise).
    A flag or downgrade of something benign is wrong too, but no block: it is not counted here.
    """
    error = ERRORS[kind]
    wrong = audited[(audited["action"] == error.action) & (audited["truth"] == error.truth)]
    sources = [_keyed(wrong, attributes)]
    if kind == "over_block":
        against = appeals["action"].fillna(error.action) == error.action
        sources.append(_keyed(appeals[against & (appeals["outcome"] == "overturned")], attributes))
    # One decision, once: where an audit and an appeal both found it, the audit's week and slice stand.
    each = pd.concat([source[[*CELL, "decision_id"]] for source in sources if len(source)] or [sources[0]])
    return each.drop_duplicates("decision_id").groupby(CELL).size()


def audited_errors(
    audited: pd.DataFrame, population: "pd.Series[float] | None", attributes: Sequence[str], *, kind: str
) -> pd.DataFrame:
    """Wrong decisions of a kind as estimated from random audits, by (week, slice).

    `audited`: day, action, truth, truth_source, inclusion_probability (NaN: not drawn at random), and the
    attributes. `population`: decisions with the kind's action by (week, slice), where they are known;
    elsewhere the audits' weights stand for it. Returns audited, population, share, share_low, share_high,
    wrong, wrong_low, wrong_high; cells without an audit are absent.
    """
    error = ERRORS[kind]
    drawn = audited[
        (audited["action"] == error.action)
        & audited["inclusion_probability"].notna()
        & audited["truth"].notna()
        & ~audited["truth_source"].isin(NOT_RANDOM)
    ]
    rows = _keyed(drawn, attributes)
    cell = rows.groupby(CELL, sort=True).ngroup().to_numpy().astype(np.int64)
    cells = rows.groupby(CELL, sort=True).size().index
    inclusion = rows["inclusion_probability"].to_numpy(np.float64)
    rates = weighted_rates((rows["truth"] == error.truth).to_numpy(), inclusion, cell, len(cells))
    found = pd.DataFrame(
        {"audited": rates.audited, "share": rates.estimate, "share_low": rates.low, "share_high": rates.high},
        index=cells,
    )
    weight = np.bincount(cell, weights=1.0 / inclusion, minlength=len(cells))
    known = pd.Series(np.nan, index=cells) if population is None else population.reindex(cells)
    found["population"] = known.fillna(pd.Series(weight, index=cells)).clip(lower=found["audited"])
    for name in ("", "_low", "_high"):
        found[f"wrong{name}"] = found[f"share{name}"] * found["population"]
    return found


def _keyed(frame: pd.DataFrame, attributes: Sequence[str]) -> pd.DataFrame:
    day = frame["day"]
    # An empty frame may have no type yet; asking again of a typed one is slow.
    typed = day if day.dtype.kind == "M" else pd.to_datetime(day)
    return frame.assign(week=week_start(typed), slice=slice_keys(frame, attributes))
