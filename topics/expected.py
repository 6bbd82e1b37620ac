"""What the weeks before lead one to expect of a day: the dashed line of a chart."""

import numpy as np
import pandas as pd

from topics.conditions import Conditions, panels
from topics.levels import Array
from topics.prepare import prepared

TRAILING_DAYS = 28
LEAST_KNOWN = 7
"""A day is expected from this many known days at least."""


def expected_reporters(volumes: pd.DataFrame, *, conditions: Conditions, detector: str) -> pd.DataFrame:
    """Reporters a day that the four weeks before lead one to expect: series, day, expected.

    `volumes` and `conditions` as for `topics.change.changes`. The level of the four weeks before, at the day's
    exposure, weekday and completeness; nothing of the day itself or later enters. NaN where fewer than a week
    of those days is known, and on masked days.
    """
    tables = []
    for panel in panels(volumes, conditions) if len(volumes) else ():
        ready = prepared(
            panel.counts, panel.exposure, panel.days, detector=detector, causal=True, holidays=conditions.holidays
        )
        level = trailing_level(ready.counts, ready.expected)
        expected = np.where(ready.expected > 0, level * ready.expected, np.nan)
        table = pd.DataFrame(expected, index=pd.Index(panel.names, name="series"), columns=panel.days)
        tables.append(table.melt(ignore_index=False, var_name="day", value_name="expected").reset_index())
    columns = ["series", "day", "expected"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def trailing_level(counts: Array, expected: Array) -> Array:
    """Counts per unit of expectation over the days before, (series, days); NaN with too few known days.

    >>> trailing_level(np.full((1, 9), 3.0), np.ones((1, 9)))[0, -2:].tolist()
    [3.0, 3.0]
    """
    known = expected > 0
    sums = [np.cumsum(values, axis=1) for values in (np.where(known, counts, 0.0), expected, known.astype(float))]
    total, exposed, days = (_before(values) for values in sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        level: Array = np.where(days >= LEAST_KNOWN, total / exposed, np.nan)
    return level


def _before(cumulated: Array) -> Array:
    """Sum over the trailing days before each day, from cumulated sums (series, days)."""
    shifted = np.pad(cumulated, ((0, 0), (1, 0)))[:, :-1]
    older = np.pad(shifted, ((0, 0), (TRAILING_DAYS, 0)))[:, : shifted.shape[1]]
    difference: Array = shifted - older
    return difference
