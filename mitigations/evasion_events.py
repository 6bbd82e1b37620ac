"""Anomalies of evasion as rows that say what was tried, what is usual, and which decisions stand behind them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from mitigations.accounts_tails import beta_binomial_ends, negative_binomial_ends
from mitigations.anomalies import COLUMNS, EVASION, MOST_DECISIONS

AGAIN = ""
"""In place of a technique: how often it was tried at all."""
LONGEST_TEXT = 4_000


class Found(NamedTuple):
    """A customer's day that stood out: so many `seen`, `of` so many texts (None: a count); `expected` false ones a day.

    `mean` and `spread`: share and precision of a beta-binomial, of a count mean and size of a negative binomial.
    """

    day: pd.Timestamp
    pair: int
    customer: str
    mitigation: str
    technique: str
    expected: float
    seen: int
    of: int | None
    mean: float
    spread: float
    budget: float = 0.0


def events(found: Sequence[Found], tried: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `mitigations.anomalies.COLUMNS`, by day and customer; text: the excerpts of the tries as they are
    (redacted, hostile; None without any); decision_ids: the stopped requests and the tries."""
    if not found:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS}).astype({"surprise": float})
    days = tried.groupby(["day", "customer", "mitigation"], sort=False)
    wanted = set(tried["decision_id"])
    own = rows.loc[rows["decision_id"].isin(wanted) & rows["excerpt"].notna(), ["decision_id", "excerpt"]]
    said: dict[str, str] = dict(own.itertuples(index=False))
    ordered = sorted(found, key=lambda one: (one.day, one.customer, one.mitigation))
    told = [_event(one, days.get_group((one.day, one.customer, one.mitigation)), said) for one in ordered]
    return pd.DataFrame(told, columns=list(COLUMNS))


def _event(one: Found, part: pd.DataFrame, said: dict[str, str]) -> dict[str, Any]:
    texts = dict.fromkeys(said[name] for name in part["decision_id"] if name in said)
    ids = [*dict.fromkeys(part["origin_id"]), *part["decision_id"]]
    usual = one.mean * (1 if one.of is None else one.of)
    return {
        "observed_at": part["decided_at"].max(),
        "anomaly_type": EVASION,
        "magnitude": round(one.seen / max(usual, 0.1), 2),
        "customer": one.customer,
        "mitigation": one.mitigation,
        "segments": {},
        "attributes": {**_facts(one, usual), **_tried(part), "decisions_behind": len(ids)},
        "text": "\n".join(texts)[:LONGEST_TEXT] or None,
        "decision_ids": ids[:MOST_DECISIONS],
        "surprise": one.expected,
    }


def _facts(one: Found, usual: float) -> dict[str, Any]:
    """Counts, the usual count with where it lies 95 % of the time, and the expected false rate."""
    if one.of is None:
        ends, counted = negative_binomial_ends(one.mean, one.spread), "tries after a block"
    else:
        ends = beta_binomial_ends(one.of, one.mean, one.spread)
        counted = f"texts after a block, by {one.technique.replace('_', ' ')}"
    day = one.day.strftime("%Y-%m-%d")
    return {
        "window_days": 1,
        "observed": one.seen,
        **({} if one.of is None else {"decisions": one.of}),
        "counted": counted,
        "usual": float(f"{usual:.3g}"),
        "usual_low": ends[0],
        "usual_high": ends[1],
        "expected_false_a_day": float(f"{one.expected:.3g}"),
        "level_a_day": round(one.budget, 5),
        "first_day": day,
        "day": day,
    }


def _tried(part: pd.DataFrame) -> dict[str, Any]:
    techniques = part["technique"].value_counts().sort_index()
    return {
        "techniques": {str(name): int(count) for name, count in techniques.items()},
        "passed": int(part["passed"].sum()),
        "episodes": int(part["episode"].nunique()),
    }
