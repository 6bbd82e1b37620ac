"""Changes of many daily series: found in retrospect, dated as they would have been reported, sized."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from topics.conditions import Conditions, Panel, panels
from topics.findings import CHANGE_COLUMNS, change_table, found_rows
from topics.levels import LIKELIHOODS, Array
from topics.partition import changepoints, optimum
from topics.prepare import prepared
from topics.quiet import smallest_detectable
from topics.search import DetectionSettings, blocks, rates_of, searched

__all__ = [
    "CHANGE_COLUMNS", "DETECTORS", "Conditions", "DetectionSettings", "changes", "detect", "smallest_rises"
]  # fmt: skip

DETECTORS = LIKELIHOODS
"""Detector name -> log-likelihood of a day's count at each level (`topics.levels`)."""
LEAST_DAYS = 4


class UnknownDetector(ValueError):
    """The settings name a detector we do not have."""


class SeriesTooShort(ValueError):
    """A series has too few days to hold a change."""


def changes(
    volumes: pd.DataFrame,
    *,
    conditions: Conditions = Conditions(),  # noqa: B008 - frozen
    settings: DetectionSettings = DetectionSettings(),  # noqa: B008 - frozen
) -> pd.DataFrame:
    """Every change of every series; CHANGE_COLUMNS, sorted by day, series.

    `volumes`: series, day, reporters, customers as `topics.volume.daily` gives them; `reporters` is what
    is searched. `day` is the first day of the new regime, within day_low..day_high at 95 %; `end` the
    first day after a burst. `detected_on` is the first day the change would have been reported within the
    budget, NaT if only later data show it. `confirmed` is False for an alarm later data do not bear out.
    `ratio` compares at equal exposure and weekday; `before_mean` and `after_mean` are plain daily means.
    `reporters` and `customers` sum the days of the new regime. `monitored` False: listed, never paged.
    """
    every = [] if volumes.empty else list(panels(volumes, conditions))
    return changes_of(every, conditions=conditions, settings=settings)


def changes_of(
    every: Sequence[Panel],
    *,
    conditions: Conditions = Conditions(),  # noqa: B008 - frozen
    settings: DetectionSettings = DetectionSettings(),  # noqa: B008 - frozen
) -> pd.DataFrame:
    """As `changes`, of series that are matrices already; the budget is over all panels."""
    _check(settings.detector)
    rates = rates_of(every, settings)
    rows = [
        row
        for panel, own in zip(every, rates, strict=True)
        if len(panel.days) >= LEAST_DAYS
        for ready in blocks(panel, own, conditions, settings)
        for found in searched(ready, settings)
        for row in found_rows(panel, found, ready.online)
    ]
    return change_table(rows, series=sum(len(panel.names) for panel in every))


def smallest_rises(
    volumes: pd.DataFrame,
    *,
    conditions: Conditions = Conditions(),  # noqa: B008 - frozen
    settings: DetectionSettings = DetectionSettings(),  # noqa: B008 - frozen
) -> pd.DataFrame:
    """What quiet means, series by series: series, smallest_ratio (infinite where no rise would be seen).

    Same arguments as `changes`; `smallest_ratio` is that of `topics.quiet.smallest_detectable` at the end of
    the series. Series too short to hold a change are left out.
    """
    rows = []
    every = [panel for panel in panels(volumes, conditions) if len(panel.days) >= LEAST_DAYS] if len(volumes) else []
    for panel, own in zip(every, rates_of(every, settings), strict=True):
        for ready in blocks(panel, own, conditions, settings, retrospect=False):
            online, levels = ready.online, ready.levels(settings)
            for place, level in enumerate(levels):
                ratio = smallest_detectable(online.counts[place], online.expected[place], float(level))
                rows.append({"series": panel.names[ready.first + place], "smallest_ratio": ratio})
    return pd.DataFrame(rows, columns=["series", "smallest_ratio"])


def detect(
    counts: Array, expected: Array | None = None, *, detector: str = "robust_negbin", penalty: float = 8.0
) -> list[int]:
    """First days of the new regimes of one series of counts, in retrospect; [] if it never changed.

    `counts`: (days,) non-negative; `expected`: multipliers of the same shape, 0 for a day to leave out.
    """
    _check(detector)
    if len(counts) < LEAST_DAYS:
        raise SeriesTooShort(f"need at least {LEAST_DAYS} days, got {len(counts)}; give a longer series")
    own = np.asarray(counts, dtype=float)[None, :]
    exposure = np.ones_like(own) if expected is None else np.asarray(expected, dtype=float)[None, :]
    days = pd.date_range("2001-01-01", periods=own.shape[1], freq="D")
    ready = prepared(own, exposure, days, detector=detector, causal=False)
    return changepoints(optimum(ready.likelihood, penalty=penalty), 0)


def _check(detector: str) -> None:
    if detector not in DETECTORS:
        raise UnknownDetector(f"no detector named {detector!r}; available: {', '.join(sorted(DETECTORS))}")
