"""Usage anomalies: the columns an anomaly has, what may be chosen, and how many are told a day."""

from dataclasses import dataclass

import pandas as pd

COLUMNS = (
    "observed_at anomaly_type magnitude customer mitigation segments attributes text decision_ids surprise"
).split()
"""`surprise`: false anomalies a day to be expected that are as unlikely or more, the smaller the graver; NaN unknown.
What `attributes` has is said in docs/anomalies.md."""
SHARE, VOLUME, MIX, NEWCOMERS, LINKED, SLICE_BLOCKED, SLICE_VOLUME, EVASION = TYPES = (
    "blocked_share_jump",
    "request_volume_jump",
    "mitigation_mix_shift",
    "new_account_burst",
    "linked_accounts",
    "slice_blocked_jump",
    "slice_volume_jump",
    "evasion",
)
MOST_DECISIONS = 200
"""Decisions behind an anomaly that are named, the earliest; all of them are counted."""


@dataclass(frozen=True, slots=True)
class Options:
    """What may be chosen: false anomalies to be expected a week over all accounts and slices and the types of ours, and
    how many anomalies are kept a day, of whatever source."""

    false_per_week: float = 1.0
    most_a_day: int = 20

    @property
    def daily_budget(self) -> float:
        """False anomalies a day of one type."""
        return self.false_per_week / 7.0 / len(TYPES)


def bounded(found: pd.DataFrame, *, most_a_day: int) -> "pd.Series[bool]":
    """Which of these anomalies are kept: of each day the `most_a_day` least likely by chance, then the first.

    >>> day = pd.to_datetime(["2026-03-01T01:00", "2026-03-01T02:00", "2026-03-02T01:00"])
    >>> found = pd.DataFrame({"observed_at": day, "surprise": [0.1, 0.01, 0.2]})
    >>> bounded(found, most_a_day=1).tolist()
    [False, True, True]
    """
    day = found["observed_at"].dt.floor("D")
    order = found.assign(day=day, at=range(len(found))).sort_values(["day", "surprise", "at"], na_position="last")
    rank = order.groupby("day").cumcount()
    return (rank < most_a_day).reindex(found.index)
