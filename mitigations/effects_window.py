"""The days around a release that its effect is measured on, and the columns of a regression over them."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.effects_fit import Fit, counts, shares
from nlp.frames import require

Array = npt.NDArray[np.float64]

CONTRACT = {"day": "datetime", "count": "float", "exposure": "float"}
WEEKDAYS_FROM = 56
"""Days from which each weekday gets a factor; below, weekends get one, and below a month none."""
WEEKEND_FROM = 28
POST = 1
"""Place of the coefficient of what came after."""


@dataclass(frozen=True, slots=True)
class Window:
    """Known days in order, as days from the first day of what is measured (0): all arrays (n,).

    `control`, `control_exposure`: what should not be affected; None where there is nothing such.
    `steps`: days of known earlier changes of level, each before 0.
    """

    at: npt.NDArray[np.int64]
    weekday: npt.NDArray[np.int64]
    count: Array
    exposure: Array
    control: Array | None
    control_exposure: Array | None
    steps: tuple[int, ...] = ()

    @property
    def before(self) -> int:
        """Known days before."""
        return int((self.at < 0).sum())

    @property
    def after(self) -> int:
        """Known days after."""
        return int((self.at >= 0).sum())


def window(daily: pd.DataFrame, onset: pd.Timestamp, *, steps: tuple[pd.Timestamp, ...] = ()) -> Window:
    """All known days of `daily` around `onset` (the first day after).

    `daily`: day (datetime64, each once), count, exposure (NaN or 0: the day says nothing), and optionally control and
    control_exposure (NaN or 0 likewise).
    """
    require(daily, CONTRACT, what="daily")
    rows = daily[(daily["exposure"] > 0) & daily["count"].notna()].sort_values("day")
    compared = "control" in rows and bool((rows["control_exposure"] > 0).any())
    if compared:
        rows = rows[(rows["control_exposure"] > 0) & rows["control"].notna()]
    return Window(
        at=(rows["day"] - onset).dt.days.to_numpy().astype(np.int64),
        weekday=rows["day"].dt.dayofweek.to_numpy().astype(np.int64),
        count=rows["count"].to_numpy(float),
        exposure=rows["exposure"].to_numpy(float),
        control=rows["control"].to_numpy(float) if compared else None,
        control_exposure=rows["control_exposure"].to_numpy(float) if compared else None,
        steps=tuple((step - onset).days for step in steps),
    )


def part(whole: Window, first: int, end: int, *, zero: int = 0) -> Window:
    """The days from `first` to before `end`, counted from `zero`."""
    chosen = (whole.at >= first) & (whole.at < end)
    compared = whole.control is not None and whole.control_exposure is not None
    return Window(
        at=whole.at[chosen] - zero,
        weekday=whole.weekday[chosen],
        count=whole.count[chosen],
        exposure=whole.exposure[chosen],
        control=whole.control[chosen] if whole.control is not None and compared else None,
        control_exposure=whole.control_exposure[chosen] if whole.control_exposure is not None and compared else None,
        steps=tuple(step - zero for step in whole.steps if first < step < end),
    )


def alone(own: Window) -> Window:
    """The same without what it is compared with."""
    return replace(own, control=None, control_exposure=None)


def compared_with(own: Window) -> Window:
    """What it is compared with, as a series of its own."""
    assert own.control is not None and own.control_exposure is not None
    return replace(own, count=own.control, exposure=own.control_exposure, control=None, control_exposure=None, steps=())


def fit(own: Window, *columns: Array, dispersion: float | None = None, errors: bool = True) -> Fit:
    """A regression on an intercept, `columns` (the first at place `POST`), known steps and weekdays.

    With a control it is of their odds, else of the counts. Without `errors` for its likelihood alone.
    """
    design = np.column_stack([np.ones(len(own.at)), *columns, *_steps(own), *_weekdays(own)])
    if own.control is None or own.control_exposure is None:
        return counts(own.count, own.exposure, design, dispersion=dispersion, errors=errors)
    return shares(own.count, own.control, np.log(own.exposure / own.control_exposure), design, errors=errors)


def after(own: Window, first: int = 0) -> Array:
    """1 from day `first` on, 0 before."""
    return (own.at >= first).astype(float)


def _steps(own: Window) -> list[Array]:
    return [after(own, step) for step in own.steps if (own.at < step).sum() >= 2]


def _weekdays(own: Window) -> list[Array]:
    if len(own.at) >= WEEKDAYS_FROM:
        return [(own.weekday == day).astype(float) for day in range(1, 7) if (own.weekday == day).any()]
    return [(own.weekday >= 5).astype(float)] if len(own.at) >= WEEKEND_FROM else []
