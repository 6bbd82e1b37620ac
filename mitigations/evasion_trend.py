"""Whether a way to evade gets through more and more: a trend in yes or no, each customer's tries held together."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

FEWEST_CUSTOMERS = 8
"""Who tried a technique, for a trend to be told."""
LEVEL = 0.05
"""Chance that any technique of a mitigation is told as rising, or any as falling, where none does."""


def slope(part: pd.DataFrame) -> tuple[float | None, float | None]:
    """By how much the share that passes rose from the first try to the last, and the chance of as much in that
    direction where it stays level; None: not known.

    `part`: decided_at, customer, passed of one technique's tries. A score test: tries are Bernoulli with one share, and
    those of a customer have one correlation, read off the residuals of the trend (Liang & Zeger 1986, Biometrika). As
    that correlation rests on all customers, the level holds with few of them, unlike that of errors from each one's.
    """
    at = (part["decided_at"] - part["decided_at"].min()).to_numpy().astype(np.float64)
    customer = pd.factorize(part["customer"])[0]
    groups = int(customer.max()) + 1
    passed = part["passed"].to_numpy(np.float64)
    if groups < FEWEST_CUSTOMERS or at.max() == 0 or passed.min() == passed.max():
        return None, None
    time = at / at.max() - (at / at.max()).mean()
    spread = float((time**2).sum())
    found = float((time * passed).sum() / spread)
    scatter = float(passed.mean() * (1 - passed.mean()))
    residual = passed - passed.mean() - found * time
    tries, sums = np.bincount(customer), np.bincount(customer, residual)
    pairs = float((tries * (tries - 1)).sum())
    together = float((sums**2).sum() - (residual**2).sum()) / scatter / max(pairs, 1.0)
    together = min(max(together, 0.0), 1.0)
    held = float((np.bincount(customer, time) ** 2).sum())
    error = np.sqrt(scatter * ((1 - together) * spread + together * held)) / spread
    return found, float(student.sf(abs(found) / max(error, 1e-9), groups - 1))


def trends(rows: list[dict[str, Any]]) -> list[str]:
    """For each row of customers, slope and p_value: rising, falling, steady, or cannot tell.

    LEVEL is that of all rows together, for either direction; a technique has as much of it as it has customers
    (weighted Bonferroni: Genovese, Roeder & Wasserman 2006), since those that few use could hardly show a trend.

    >>> trends([{"customers": 30, "slope": 0.5, "p_value": 0.03}, {"customers": 10, "slope": 0.5, "p_value": 0.03}])
    ['rising', 'steady']
    """
    tested = sum(row["customers"] for row in rows if row["p_value"] is not None)
    return [_trend(row, LEVEL * row["customers"] / max(tested, 1)) for row in rows]


def _trend(row: dict[str, Any], level: float) -> str:
    if row["p_value"] is None:
        return "cannot tell"
    if row["p_value"] > level:
        return "steady"
    return "rising" if row["slope"] > 0 else "falling"
