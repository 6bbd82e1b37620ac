"""Recommendations as a diagnosis keeps them, for the tests of what ranks and tells them."""

from typing import Any

from jobs.store import Store

Row = dict[str, Any]


def recommended(text: str, **said: Any) -> Row:
    """A change that spares two wrong blocks in 10,000 decisions and lets nothing more through."""
    plain = {
        "change": "threshold",
        "where": None,
        "customers": 3,
        "cost": "low",
        "confidence": "high",
        "loosens": False,
    }
    effects = {
        "over_block": {"estimate": -2.0, "low": -3.0, "high": -1.0},
        "under_block": {"estimate": 0.0, "low": 0.0, "high": 0.0},
    }
    return {**plain, **effects, "text": text, "rests_on": "9 judged decisions", "evidence": [], **said}


def diagnosed(store: Store, *made: Row) -> None:
    """Keep a diagnosis of cyber-guard that recommends these."""
    record: Row = {"mitigation": "cyber-guard", "as_of": "2026-03-10T20:00:00Z", "rates": []}
    store.diagnosis.write(
        "cyber-guard",
        record["as_of"],
        {**record, "root_cause": {"recommendations": list(made)}},
    )
