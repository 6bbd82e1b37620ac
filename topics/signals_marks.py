"""What is known of the account behind each document: whether it is new."""

import numpy as np
import numpy.typing as npt
import pandas as pd

YOUNG_DAYS = 30
"""An account is new for so many days."""
QUIET_DAYS = 56
"""Where no opening day is known: an account silent for longer is first seen anew."""

Marks = npt.NDArray[np.int8]
UNKNOWN = np.int8(-1)


def young(day: "pd.Series[pd.Timestamp]", since: "pd.Series[pd.Timestamp]") -> Marks:
    """1: the account was opened within YOUNG_DAYS days before the document, 0: earlier, -1: not known."""
    age = (day - since).dt.days.to_numpy(dtype=float)
    return np.where(np.isnan(age), UNKNOWN, np.where(age < YOUNG_DAYS, 1, 0)).astype(np.int8)


def first_seen(days: npt.NDArray[np.int64], accounts: npt.NDArray[np.int64]) -> Marks:
    """1: within YOUNG_DAYS days of the account's first document after QUIET_DAYS of silence, 0: later, -1: nothing is
    known of that many days before."""
    if not len(days):
        return np.zeros(0, dtype=np.int8)
    order = np.lexsort((days, accounts))
    ordered, whose = days[order], accounts[order]
    gap = np.full(len(order), np.inf)
    gap[1:] = np.where(whose[1:] == whose[:-1], np.diff(ordered), np.inf)
    start = np.maximum.accumulate(np.where(gap > QUIET_DAYS, np.arange(len(order)), 0))
    marks = np.empty(len(order), dtype=np.int8)
    marks[order] = np.where(ordered - ordered[start] < YOUNG_DAYS, 1, 0)
    marks[days - days.min() < QUIET_DAYS] = UNKNOWN
    return marks
