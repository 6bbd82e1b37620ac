"""Decisions counted by day, account and mitigation, as arrays that are walked day by day."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the log: its place since the first day, and counts of each account and mitigation seen on it."""

    place: int
    weekend: bool
    account: Places
    mitigation: Places
    decisions: Array
    blocked: Array


@dataclass(frozen=True, slots=True)
class Daily:
    """The log by day; places point into `accounts` and `mitigations`, which are sorted."""

    first: np.datetime64
    accounts: list[str]
    mitigations: list[str]
    table: dict[str, Array]
    starts: Places

    def __len__(self) -> int:
        return len(self.starts) - 1

    def day(self, place: int) -> Day:
        """The counts of one day."""
        rows = slice(self.starts[place], self.starts[place + 1])
        columns = {name: values[rows] for name, values in self.table.items()}
        # 1970-01-01 was a Thursday.
        weekday = (int((self.first - np.datetime64("1970-01-01", "D")) / DAY) + place + 3) % 7
        account, mitigation = (columns[name].astype(np.int64) for name in ("account", "mitigation"))
        return Day(place, weekday >= 5, account, mitigation, columns["decisions"], columns["blocked"])


def daily(decisions: pd.DataFrame) -> Daily:
    """Count decisions that name a customer.

    `decisions`: decided_at (datetime64, naive UTC), customer (text or null), mitigation (text), action.
    """
    named = decisions[decisions["customer"].notna()]
    day = named["decided_at"].to_numpy().astype("datetime64[D]")
    account, accounts = pd.factorize(named["customer"].astype(object), sort=True)
    mitigation, mitigations = pd.factorize(named["mitigation"].astype(object), sort=True)
    first = day.min() if len(day) else np.datetime64("1970-01-01", "D")
    place = ((day - first) / DAY).astype(np.int64)
    blocked = (named["action"].astype(object) == "block").to_numpy(float)
    width = max(len(mitigations), 1)
    key = (place * max(len(accounts), 1) + account) * width + mitigation
    keys, back, counts = np.unique(key, return_inverse=True, return_counts=True)
    rest, own = np.divmod(keys, width)
    when, who = np.divmod(rest, max(len(accounts), 1))
    table = {
        "account": who.astype(float),
        "mitigation": own.astype(float),
        "decisions": counts.astype(float),
        "blocked": np.bincount(back, weights=blocked, minlength=len(keys)),
    }
    days = int(place.max()) + 1 if len(place) else 0
    starts = np.searchsorted(when, np.arange(days + 1)).astype(np.int64)
    return Daily(first, [str(one) for one in accounts], [str(one) for one in mitigations], table, starts)
