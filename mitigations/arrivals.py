"""How much of each week is here: days that are over, and reports of them that have arrived."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.cells import WEEK, week_start
from mitigations.windows import Floats, Grid

SHRINKAGE = 50.0
"""Documents by which a weekday's share is drawn towards a seventh."""
COMPLETE = 0.995
"""From this share of the final count on, a week counts as complete."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Arrays (weeks,) of what is here of each week.

    `share`: of the final count of the whole week, days to come included, that should be here by now. `arrived` and
    `expected`: unique documents so far, and in the end of the days that began (NaN: delay unknown). `days`: days
    with data. `unfinished`: not over yet. `late`: began before the first document.
    """

    share: Floats
    arrived: Floats
    expected: Floats
    days: Floats
    unfinished: npt.NDArray[np.bool_]
    late: npt.NDArray[np.bool_]

    def over(self, values: Floats, span: int) -> Floats:
        """Sums of weekly values (weeks,) over the span."""
        return Grid(len(values), 1, span).rolled(values)

    def weeks_in(self, span: int) -> Floats:
        """How many weeks each window holds: fewer than the span at the start of the account."""
        return self.over(np.ones(len(self.share)), span)

    def partial(self, span: int) -> npt.NDArray[np.bool_]:
        """Whether a window is not over, or began before the first document."""
        began = self.over(self.late.astype(np.float64), span) > 0
        return self.unfinished | began | (self.weeks_in(span) < span)


def arrivals(
    documents: pd.DataFrame,
    completeness: "pd.Series[float] | None",
    mondays: pd.DatetimeIndex,
    *,
    as_of: pd.Timestamp,
) -> Arrivals:
    """What is here of each week. `documents`: day, kept. `completeness`: see `known.Evidence`."""
    kept = documents.loc[documents["kept"], "day"]
    first, today = documents["day"].min(), as_of.normalize()
    days = pd.date_range(mondays[0], mondays[-1] + WEEK, freq="D", inclusive="left")
    here: Floats = np.ones(len(days))
    if completeness is not None:
        known = completeness.reindex(days).fillna(1.0).clip(lower=1e-3, upper=1.0)
        here = np.asarray(known, dtype=np.float64)
    begun = np.clip(np.asarray((as_of - days) / pd.Timedelta(days=1)), 0.0, 1.0)
    there = np.asarray(days >= first, dtype=np.float64)
    table = (len(mondays), 7)
    weight = _weekdays(kept)
    daily = kept.value_counts().reindex(days).fillna(0.0).to_numpy().reshape(table)
    arrived = daily.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = (daily / here.reshape(table)).sum(axis=1)
    return Arrivals(
        share=((here * begun * there).reshape(table) * weight).sum(axis=1),
        arrived=arrived,
        expected=expected if completeness is not None else np.full(len(mondays), np.nan),
        days=np.asarray((days >= first) & (days <= today)).reshape(table).sum(axis=1).astype(np.float64),
        unfinished=np.asarray(mondays + WEEK > as_of),
        late=np.asarray(mondays < first),
    )


def _weekdays(day: "pd.Series[pd.Timestamp]") -> Floats:
    """Share of each weekday, Monday first, in the days of full weeks, drawn towards a seventh."""
    whole = day[(day >= week_start(day).min() + WEEK) & (day < week_start(day).max())] if len(day) else day
    count = np.bincount(whole.dt.dayofweek, minlength=7).astype(np.float64)
    share: Floats = (count + SHRINKAGE / 7) / (count.sum() + SHRINKAGE)
    return share
