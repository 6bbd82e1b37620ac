"""Anomalies of accounts as rows that say what was seen, what is usual, and which decisions stand behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mitigations.accounts_daily import DAY, Daily
from mitigations.accounts_records import Judged
from mitigations.accounts_tails import beta_binomial_ends, negative_binomial_ends
from mitigations.anomalies import COLUMNS, MOST_DECISIONS, NEWCOMERS, SHARE, VOLUME

COUNTED = {VOLUME: "decisions", SHARE: "blocked decisions", NEWCOMERS: "new accounts that were blocked"}


@dataclass(frozen=True, slots=True)
class Found:
    """One test that was surprising: day, type, entry of `judged`; `expected`: false ones a day as surprising."""

    day: int
    name: str
    judged: Judged
    at: int
    expected: float
    budget: float

    def facts(self) -> dict[str, Any]:
        """Counts, baseline with its 95 % interval, and the expected false rate."""
        judged, at = self.judged, self.at
        seen, mean, spread = (float(values[at]) for values in (judged.seen, judged.mean, judged.spread))
        told = {
            "window_days": int(np.atleast_1d(judged.days)[min(at, np.size(judged.days) - 1)]),
            "observed": int(seen),
        }
        if judged.trials is None:
            low, high = negative_binomial_ends(mean, spread)
        else:
            trials = float(judged.trials[at])
            low, high = beta_binomial_ends(trials, mean, spread)
            mean *= trials
            told["decisions"] = int(trials)
        usual = {"usual": round(mean, 3), "usual_low": low, "usual_high": high}
        false = {"expected_false_a_day": float(f"{self.expected:.3g}"), "level_a_day": round(self.budget, 5)}
        return {**told, "counted": COUNTED.get(self.name, "decisions of the mitigation"), **usual, **false}


def events(found: Sequence[Found], counts: Daily, decisions: pd.DataFrame) -> pd.DataFrame:
    """The rows of `mitigations.anomalies.COLUMNS`, in the order found."""
    if not found:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS}).astype({"surprise": float})
    log = _Log(decisions)
    rows = [_event(one, counts, log) for one in found]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table[table["observed_at"].notna()].reset_index(drop=True)


class _Log:
    """The decisions of a customer, or of a mitigation, of some days."""

    def __init__(self, decisions: pd.DataFrame) -> None:
        self.rows = decisions
        self.day = decisions["decided_at"].to_numpy().astype("datetime64[D]")
        customers = decisions["customer"].astype(object).reset_index(drop=True)
        self.of: Mapping[Any, Any] = customers.groupby(customers).indices
        self.seen: pd.Series[Any] | None = None

    def of_customer(self, customer: str, first: Any, last: Any) -> pd.DataFrame:
        """Between two days, both included, by time."""
        places = self.of[customer]
        days = self.day[places]
        chosen: pd.DataFrame = self.rows.iloc[places[(days >= first) & (days <= last)]]
        return chosen.sort_values(["decided_at", "decision_id"])

    def of_newcomers(self, mitigation: str, day: Any) -> pd.DataFrame:
        """Blocks of customers on the day they are first seen."""
        if self.seen is None:
            self.seen = pd.Series(self.day).groupby(self.rows["customer"].to_numpy(dtype=object)).min()
        rows = self.rows[self.day == day]
        fresh = rows["customer"].map(self.seen).to_numpy().astype("datetime64[D]") == day
        chosen: pd.DataFrame = rows[
            fresh & (rows["mitigation"] == mitigation).to_numpy() & (rows["action"] == "block").to_numpy()
        ]
        return chosen.sort_values(["decided_at", "decision_id"])


def _event(one: Found, counts: Daily, log: _Log) -> dict[str, Any]:
    place, facts = int(one.judged.place[one.at]), one.facts()
    day = counts.first + one.day * DAY
    first = day - (facts["window_days"] - 1) * DAY
    customer = mitigation = None
    if one.name == VOLUME:
        customer = counts.accounts[place]
        behind = log.of_customer(customer, first, day)
    elif one.name == NEWCOMERS:
        mitigation = counts.mitigations[place]
        behind = log.of_newcomers(mitigation, day)
        facts["customers"] = sorted(set(behind["customer"]))[:MOST_DECISIONS]
    else:
        account, own = divmod(place, len(counts.mitigations))
        customer, mitigation = counts.accounts[account], counts.mitigations[own]
        behind = log.of_customer(customer, first, day)
        behind = behind[behind["mitigation"] == mitigation]
        behind = behind[behind["action"] == "block"] if one.name == SHARE else behind
    return {
        "observed_at": behind["decided_at"].iloc[-1] if len(behind) else None,
        "anomaly_type": one.name,
        "magnitude": round(facts["observed"] / max(facts["usual"], 0.1), 2),
        "customer": customer,
        "mitigation": mitigation,
        "segments": {},
        "attributes": {**facts, "first_day": str(first), "day": str(day), "decisions_behind": len(behind)},
        "text": None,
        "decision_ids": behind["decision_id"].tolist()[:MOST_DECISIONS],
        "surprise": one.expected,
    }
