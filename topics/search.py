"""A block of series made ready and searched: alarms as they would have been raised, changes in retrospect."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from topics.anchor import slow_alarms
from topics.calibrate import MOST_PER_SERIES, Search, levels_at
from topics.conditions import Conditions, Panel
from topics.findings import Found
from topics.levels import Array
from topics.partition import changepoints, optimum
from topics.prepare import Prepared, prepared
from topics.ramps import ramps
from topics.regimes import Regime, merged, regimes, with_ramps
from topics.score import Alarm, dated_alarms, scan
from topics.sure import CANDIDATE_DISCOUNT, sure_changes

BLOCK = 64
"""Series searched together, so that memory does not grow with their number."""


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """What a user may turn. `false_alerts_per_week` is over all series of a run that are in no group of `budgets`.

    `budgets`: false alerts a week of each group of series (`Conditions.series`, column budget), over its own
    series. `most_per_series`: the most of them that one series may raise. `window_days`: how far back an alarm
    may date a change. `smallest_ratio`: smallest change worth a row. `penalty`: nats a change must have in
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
    budgets: Mapping[str, float] = field(default_factory=dict)

    def search(self) -> Search:
        """What alarm levels depend on."""
        return Search(self.detector, self.window_days, warm_up_days=self.warm_up_days)


@dataclass(frozen=True, slots=True)
class Ready:
    """Rows `first` and on of a panel, prepared as known day by day and in retrospect.

    `rates`: false alarms a week each may raise; `anchors`: row positions at which their anchors begin.
    """

    first: int
    online: Prepared
    final: Prepared
    rates: Array
    anchors: npt.NDArray[np.int64]

    def levels(self, settings: DetectionSettings) -> Array:
        """Alarm level of each series."""
        means = self.online.counts.sum(axis=1) / np.maximum(self.online.expected.sum(axis=1), 1e-9)
        return levels_at(means, self.online.scatter[:, -1], self.rates, search=settings.search())


def rates_of(every: Sequence[Panel], settings: DetectionSettings) -> list[Array]:
    """False alarms a week that each series of each panel may raise: its group's budget, shared by hazard weight.

    A series of a group that has a budget takes part in it alone. One that is not monitored takes from nobody and is
    searched as one of weight 1 in common.
    """
    groups = [_groups(panel, settings) for panel in every]
    whole: dict[str | None, float] = dict.fromkeys((None, *settings.budgets), 0.0)
    for panel, own in zip(every, groups, strict=True):
        for name, weight in zip(own, panel.weights, strict=True):
            whole[name] += float(weight)
    budgets: dict[str | None, float] = {None: settings.false_alerts_per_week}
    budgets.update(settings.budgets.items())
    each = {name: budgets[name] / max(total, 1e-9) for name, total in whole.items()}
    unwatched = budgets[None] / max(whole[None], 1.0)
    rates = []
    for panel, own in zip(every, groups, strict=True):
        shares = [
            each[name] * weight if weight > 0 else unwatched for name, weight in zip(own, panel.weights, strict=True)
        ]
        rates.append(np.minimum(np.array(shares, dtype=float), settings.most_per_series))
    return rates


def _groups(panel: Panel, settings: DetectionSettings) -> list[str | None]:
    """The group of each series that has a budget of its own; None for the common one."""
    if "budget" not in panel.described:
        return [None] * len(panel.names)
    return [name if isinstance(name, str) and name in settings.budgets else None for name in panel.described["budget"]]


def _anchors(panel: Panel) -> npt.NDArray[np.int64]:
    """Where the anchor of each series begins, as row positions: at first, or where a person put it last."""
    if "anchor" not in panel.described:
        return np.zeros(len(panel.names), dtype=np.int64)
    moved = (pd.to_datetime(panel.described["anchor"]) - panel.days[0]).dt.days.fillna(0.0)
    return np.clip(moved.to_numpy(float), 0, len(panel.days) - 1).astype(np.int64)


def blocks(
    panel: Panel, rates: Array, conditions: Conditions, settings: DetectionSettings, *, retrospect: bool = True
) -> Iterator[Ready]:
    """The series of a panel, prepared BLOCK by BLOCK; without `retrospect` only as known day by day."""
    anchors = _anchors(panel)
    for low in range(0, len(panel.names), BLOCK):
        block = slice(low, low + BLOCK)
        both = [
            prepared(
                panel.counts[block],
                panel.exposure[block],
                panel.days,
                detector=settings.detector,
                causal=causal,
                holidays=conditions.holidays,
            )
            for causal in ((True, False) if retrospect else (True,))
        ]
        yield Ready(low, both[0], both[-1], rates[block], anchors[block])


def searched(ready: Ready, settings: DetectionSettings) -> Iterator[Found]:
    """What each series of a block showed: the alarms it would have raised, and its changes in retrospect."""
    final, levels = ready.final, ready.levels(settings)
    best = optimum(final.likelihood, penalty=max(settings.penalty - CANDIDATE_DISCOUNT, 0.5))
    for place, alarms in enumerate(alarms_of(ready, levels, settings)):
        found = in_retrospect(final, changepoints(best, place), place, settings)
        yield Found(ready.first + place, place, float(levels[place]), settings.smallest_ratio, found, alarms)


def alarms_of(ready: Ready, levels: Array, settings: DetectionSettings) -> list[list[Alarm]]:
    """Alarms of each series of a block: at once for what jumps, in the end for what creeps away from its anchor."""
    online = ready.online
    warm_up, known = min(settings.warm_up_days, online.counts.shape[1] // 2), online.expected > 0
    window = settings.window_days
    scanned = scan(online.fits, known, online.grid, levels, window=window, warm_up=warm_up)
    quick = dated_alarms(scanned, online.sums, window=window)
    return slow_alarms(online.sums, online.grid, levels, quick, anchors=ready.anchors)


def in_retrospect(final: Prepared, days: Sequence[int], place: int, settings: DetectionSettings) -> list[Regime]:
    """The changes of one series among the candidates `days`."""
    if not days:
        return []
    likelihood, sums, grid = final.likelihood[:, place], final.sums[:, place], final.grid[:, place]
    sure = sure_changes(final.fits[:, place], sums, grid, days, least=settings.penalty)
    kept = merged(sums, grid, sure, smallest_ratio=settings.smallest_ratio)
    if not kept:
        return []
    found = regimes(sums, grid, kept, smallest_ratio=settings.smallest_ratio)
    return with_ramps(found, ramps(likelihood, sums, kept, spacing=float(np.log(grid[1] / grid[0]))), sums, grid)


def compile() -> None:
    """Have the loops compiled by a tiny search, for set-up: seconds at first, then cached on disk."""
    counts = np.tile(np.r_[np.full(70, 2.0), np.linspace(2.0, 40.0, 30), np.full(40, 40.0)], (2, 1))
    days = pd.date_range("2001-01-01", periods=counts.shape[1], freq="D")
    described = pd.DataFrame(index=pd.Index(["one", "other"]))
    panel = Panel("none", ["one", "other"], days, counts, counts, np.ones_like(counts), np.ones(2), described)
    settings = DetectionSettings()
    for ready in blocks(panel, np.full(2, 0.01), Conditions(), settings):
        list(searched(ready, settings))
