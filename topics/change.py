"""Changes of many daily series: found in retrospect, dated as they would have been reported, sized."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from topics.calibrate import MOST_PER_SERIES, Budget, Search, alarm_levels
from topics.conditions import Conditions, Panel, panels
from topics.findings import CHANGE_COLUMNS, Found, change_table, found_rows
from topics.levels import LIKELIHOODS, Array
from topics.partition import changepoints, optimum
from topics.prepare import Prepared, prepared
from topics.quiet import smallest_detectable
from topics.regimes import merged, regimes
from topics.score import replay, scores

__all__ = [
    "CHANGE_COLUMNS", "DETECTORS", "Conditions", "DetectionSettings", "changes", "detect", "smallest_rises"
]  # fmt: skip

DETECTORS = LIKELIHOODS
"""Detector name -> log-likelihood of a day's count at each level (`topics.levels`)."""
BLOCK = 64
LEAST_DAYS = 4


class UnknownDetector(ValueError):
    """The settings name a detector we do not have."""


class SeriesTooShort(ValueError):
    """A series has too few days to hold a change."""


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """What a user may turn. `false_alerts_per_week` is over all series of a run together.

    `most_per_series`: the most of them that one series may raise. `window_days`: how far back an alarm may
    date a change. `smallest_ratio`: smallest change worth a row. `penalty`: nats a change must gain in
    retrospect. `warm_up_days`: no alarm before (half of a series that is shorter than twice this). `seed` is
    for detectors that draw; today's do not.
    """

    false_alerts_per_week: float = 1.0
    window_days: int = 35
    smallest_ratio: float = 1.35
    penalty: float = 8.0
    seed: int = 0
    detector: str = "robust_negbin"
    warm_up_days: int = 14
    most_per_series: float = MOST_PER_SERIES


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
    weight = sum(float(panel.weights.sum()) for panel in every)
    rows = [
        row
        for panel in every
        if len(panel.days) >= LEAST_DAYS
        for row in _panel_rows(panel, conditions, settings, share=float(panel.weights.sum()) / max(weight, 1e-9))
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
    weight = sum(float(panel.weights.sum()) for panel in every)
    for panel in every:
        share = float(panel.weights.sum()) / max(weight, 1e-9)
        for low in range(0, len(panel.names), BLOCK):
            block = slice(low, low + BLOCK)
            online = _prepared(panel, block, conditions, settings, causal=True)
            levels = _levels(panel, block, online, settings, share=share)
            for place, name in enumerate(panel.names[block]):
                ratio = smallest_detectable(online.counts[place], online.expected[place], float(levels[place]))
                rows.append({"series": name, "smallest_ratio": ratio})
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


def _panel_rows(
    panel: Panel, conditions: Conditions, settings: DetectionSettings, *, share: float
) -> Iterator[dict[str, object]]:
    for low in range(0, len(panel.names), BLOCK):
        block = slice(low, low + BLOCK)
        online, final = (_prepared(panel, block, conditions, settings, causal=causal) for causal in (True, False))
        levels = _levels(panel, block, online, settings, share=share)
        for found in _search(low, online, final, levels, settings):
            yield from found_rows(panel, found, online)


def _prepared(
    panel: Panel, block: slice, conditions: Conditions, settings: DetectionSettings, *, causal: bool
) -> Prepared:
    return prepared(
        panel.counts[block],
        panel.exposure[block],
        panel.days,
        detector=settings.detector,
        causal=causal,
        holidays=conditions.holidays,
    )


def _levels(panel: Panel, block: slice, online: Prepared, settings: DetectionSettings, *, share: float) -> Array:
    """Alarm level of each series of the block: its part of the panel's part of the budget."""
    weights = np.where(panel.weights[block] > 0, panel.weights[block], 1.0)
    means = (online.counts.sum(axis=1)) / np.maximum(online.expected.sum(axis=1), 1e-9)
    part = weights.sum() / max(float(panel.weights.sum()), 1e-9)
    return alarm_levels(
        means,
        online.scatter[:, -1],
        weights,
        budget=Budget(settings.false_alerts_per_week * share * part, settings.most_per_series),
        search=Search(settings.detector, settings.window_days, settings.penalty),
    )


def _search(low: int, online: Prepared, final: Prepared, levels: Array, settings: DetectionSettings) -> Iterator[Found]:
    scored = scores(online.likelihood, window=settings.window_days, penalty=settings.penalty)
    best = optimum(final.likelihood, penalty=settings.penalty)
    warm_up = min(settings.warm_up_days, online.counts.shape[1] // 2)
    for place in range(online.counts.shape[0]):
        days = merged(
            final.sums[:, place],
            final.grid[:, place],
            changepoints(best, place),
            smallest_ratio=settings.smallest_ratio,
        )
        alarms = replay(
            scored,
            online.sums,
            place,
            level=float(levels[place]),
            window=settings.window_days,
            warm_up=warm_up,
        )
        found = regimes(final.sums[:, place], final.grid[:, place], days, smallest_ratio=settings.smallest_ratio)
        yield Found(low + place, place, float(levels[place]), settings.smallest_ratio, found, alarms)


def _check(detector: str) -> None:
    if detector not in DETECTORS:
        raise UnknownDetector(f"no detector named {detector!r}; available: {', '.join(sorted(DETECTORS))}")
