"""What is known beside the counts, and the record of one thing that a change coincides with."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from topics.periods import Periods

DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reread:
    """Documents that another classifier or taxonomy read before.

    `versions`: both, in words. `since`: as of when the later one serves (naive UTC). `volumes`: series, day, reporters
    by what the earlier one said, of days before `since`.
    """

    versions: str
    since: pd.Timestamp
    volumes: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else is known; each may be left out.

    `releases`: release_id, mitigation, day[, harm_domain (of the mitigation), type (version, threshold, policy),
    inferred (bool: nobody declared it), evidence (text)]. `calendar`: day, name, type[, end (exclusive)]. `exposure`:
    day, requests[, mitigation]. `coverage`: as `coverage.coverage`. `completeness`: as `delay.completeness`. `signals`:
    series, signal, day, strength, p_value, evidence. `campaigns`: document_id, campaign_id. `alongside`: as
    `alongside.alongside`. `usual`: as `alongside.usual`.
    """

    releases: pd.DataFrame | None = None
    calendar: pd.DataFrame | None = None
    exposure: pd.DataFrame | None = None
    coverage: pd.DataFrame | None = None
    completeness: pd.DataFrame | None = None
    signals: pd.DataFrame | None = None
    campaigns: pd.DataFrame | None = None
    alongside: pd.DataFrame | None = None
    reread: Reread | None = None
    usual: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Coincidence:
    """One thing on the same days. `chance`: of one such in an interval of this length anyway; None: no meaning.

    `contradicted`: the evidence against it is such that it is listed as ruled out.
    """

    type: str
    id: str | None
    day: pd.Timestamp | None
    evidence_for: str
    evidence_against: str = ""
    chance: float | None = None
    contradicted: bool = False

    def record(self) -> dict[str, Any]:
        """Plain values, to be stored as JSON."""
        return {
            "type": self.type,
            "id": self.id,
            "day": None if self.day is None else f"{self.day:%Y-%m-%d}",
            "evidence_for": self.evidence_for,
            "evidence_against": self.evidence_against,
            "chance": self.chance,
        }


def interval(change: "pd.Series[Any]") -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day on which something can lie to coincide with the change: what is released in the evening shows
    on the next day."""
    return change["day_low"] - DAY, change["day_high"]


def chance(days: "pd.Series[Any]", within: tuple[pd.Timestamp, pd.Timestamp], periods: Periods) -> float:
    """Probability of one event or more in the interval, if they fell evenly over the days known."""
    first, last = min(days.min(), periods.first), max(days.max(), periods.last)
    known = max((last - first).days + 1, 1)
    length = (within[1] - within[0]).days + 1
    return round(float(1.0 - (1.0 - min(length / known, 1.0)) ** len(days)), 3)
