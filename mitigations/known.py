"""What is known of each cell beside the claims: decisions found wrong, random audits, exposure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mitigations.decisions import ERRORS, audited_errors, found_wrong, made
from mitigations.denominators import exposed
from mitigations.windows import Floats, Grid

WRONG = {"wrong": "wrongful_estimated", "wrong_low": "wrongful_low", "wrong_high": "wrongful_high"}
AUDITS = ("audited", *WRONG.values(), "population", "share", "share_low", "share_high")
EXPOSED = ("requests", "blocked", "active_customers", "exposure_days")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known beside the documents; empty frames where nothing is.

    `exposure`: see `denominators.exposed`. `decision_days`, `audited`, `appeals`: see `decisions`, each with the
    attributes it has as columns. `sample`: labels of `kind` drawn at random: document_id, answers (list),
    inclusion_probability, labellers (0: adjudicated). `pairs`: first, second: two labellers' answers to one
    document. `completeness`: share of the final count that has arrived, by day, 1 for the days it leaves out; None
    where it is not known.
    """

    exposure: pd.DataFrame
    decision_days: pd.DataFrame
    audited: pd.DataFrame
    appeals: pd.DataFrame
    sample: pd.DataFrame
    pairs: pd.DataFrame
    completeness: "pd.Series[float] | None" = None


@dataclass(frozen=True, slots=True)
class Axes:
    """The Mondays and slice keys that the cells of a grid stand for."""

    mondays: pd.DatetimeIndex
    slices: pd.Index

    def grid(self, span: int) -> Grid:
        """The grid of these weeks and slices."""
        return Grid(len(self.mondays), len(self.slices), span)

    def dense(self, values: "pd.Series[float]") -> Floats:
        """Values by (week, slice) as weekly cells (cells,), NaN where there is none."""
        found = np.full(self.grid(1).cells, np.nan)
        week = self.mondays.get_indexer(pd.DatetimeIndex(values.index.get_level_values(0)))
        slice_ = self.slices.get_indexer(values.index.get_level_values(1))
        cell = self.grid(1).cell(week.astype(np.int64), slice_.astype(np.int64))
        found[cell[cell >= 0]] = values.to_numpy(np.float64)[cell >= 0]
        return found


def adjudicated(evidence: Evidence, way: Sequence[str], axes: Axes, *, kind: str) -> Floats:
    """Decisions found wrong by weekly cell, each once; NaN where none was reviewed or the slices are not known."""
    reviewed = [frame for frame in (evidence.audited, evidence.appeals) if len(frame)]
    if not reviewed or not all(_knows(frame, way) for frame in reviewed):
        return np.full(axes.grid(1).cells, np.nan)
    found = found_wrong(evidence.audited, evidence.appeals, way, kind=kind).astype(float)
    return np.nan_to_num(axes.dense(found))


def blocks(evidence: Evidence, way: Sequence[str], axes: Axes, *, kind: str) -> Floats | None:
    """Decisions of the kind's action by weekly cell, NaN where there are none; None where they are not known.

    A log holds every block but seldom every allow: those are told by the audits' own weights.
    """
    if kind != "over_block" or evidence.decision_days.empty or not _knows(evidence.decision_days, way):
        return None
    return axes.dense(made(evidence.decision_days, way, action=ERRORS[kind].action))


def audits(
    evidence: Evidence, way: Sequence[str], axes: Axes, span: int, *, kind: str, decisions: Floats | None
) -> dict[str, Floats]:
    """Audited decisions and the wrong ones they stand for; the columns of `AUDITS`, NaN without an audit.

    `decisions`: see `blocks`.
    """
    grid = axes.grid(span)
    nothing = {name: np.full(grid.cells, np.nan) for name in AUDITS}
    if evidence.audited.empty or not _knows(evidence.audited, way):
        return nothing
    population = None
    if decisions is not None:
        rolled = grid.rolled(np.nan_to_num(decisions))
        there = np.flatnonzero(rolled > 0)
        keys = [axes.mondays[there // grid.slices], axes.slices[there % grid.slices]]
        population = pd.Series(rolled[there], index=pd.MultiIndex.from_arrays(keys, names=["week", "slice"]))
    # A window that ends k weeks later holds what was audited k weeks before.
    drawn = [evidence.audited.assign(day=evidence.audited["day"] + pd.Timedelta(weeks=k)) for k in range(span)]
    found = audited_errors(pd.concat(drawn), population, way, kind=kind).rename(columns=WRONG)
    if found.empty:
        return nothing
    return {name: axes.dense(found[name].astype(float)) for name in AUDITS}


def exposure(found: pd.DataFrame | None, axes: Axes, span: int) -> dict[str, Floats]:
    """Exposure over the span from that by (week, slice) (`denominators.exposed`); the columns of `EXPOSED`.

    Requests, blocks and days add up, active customers are the mean of the weeks.
    """
    grid = axes.grid(span)
    if found is None:
        return {name: np.full(grid.cells, np.nan) for name in EXPOSED}
    weekly = {name: axes.dense(found[name].astype(float)) for name in EXPOSED}
    total = {name: grid.rolled(np.nan_to_num(values)) for name, values in weekly.items()}
    counted = {name: grid.rolled((~np.isnan(values)).astype(float)) for name, values in weekly.items()}
    with np.errstate(invalid="ignore"):
        total["active_customers"] = total["active_customers"] / counted["active_customers"]
    return {name: np.where(counted[name] > 0, total[name], np.nan) for name in EXPOSED}


def weekly_exposure(evidence: Evidence, way: Sequence[str]) -> pd.DataFrame | None:
    """`denominators.exposed`, None where there is no exposure at all."""
    return exposed(evidence.exposure, way) if len(evidence.exposure) else None


def _knows(frame: pd.DataFrame, way: Sequence[str]) -> bool:
    return all(name in frame for name in way)
