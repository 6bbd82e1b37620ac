"""Simulated worlds as matrices, and what ours and the methods beside it raise in them, replayed day by day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.beside_detectors import BESIDE, NullWorlds, calibrated, clairvoyant
from topics.change import Conditions, DetectionSettings, changes
from topics.conditions import panels
from topics.prepare import Prepared, prepared
from topics.synth import World, world

Array = npt.NDArray[np.float64]
Alarms = list[list[tuple[int, int]]]
"""By series, in the order of the world's names: day raised, day of the change, as columns."""

NULL_SEED = 30_000
"""Levels of the methods beside ours; ours come from null series of seeds from 20,000 on."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A world as the methods are given it: outages are seen by the silence of all series, not told."""

    planted: World
    conditions: Conditions
    prepared: Prepared

    def reported(self) -> Array:
        """Reporters (series, days), outages and all."""
        return self.planted.volumes["reporters"].to_numpy(float).reshape(self.planted.means.shape)


def ready(seed: int, *, series: int = 300, days: int = 365, affected: float = 1 / 3) -> Ready:
    """World `seed`, prepared causally; `affected`: share of its series that get an event."""
    planted = world(seed, series=series, days=days, affected=affected)
    total = planted.volumes.groupby("day")["reporters"].sum()
    silent = pd.DataFrame({"day": total.index[total <= 0.02 * total.median()]})
    conditions = Conditions(exposure=planted.exposure, masks=silent)
    panel = next(panels(planted.volumes, conditions))
    made = prepared(panel.counts, panel.exposure, panel.days, detector="robust_negbin", causal=True)
    return Ready(planted, conditions, made)


def ours(given: Ready, budget: float) -> tuple[Alarms, pd.DataFrame]:
    """Alarms of ours at `budget` false alerts a week, and the table of changes they are from."""
    settings = DetectionSettings(false_alerts_per_week=budget)
    found = changes(given.planted.volumes, conditions=given.conditions, settings=settings)
    place = {name: row for row, name in enumerate(given.planted.names)}
    first = given.planted.volumes["day"].min()
    alarms: Alarms = [[] for _ in given.planted.names]
    for row in found[found["detected_on"].notna()].sort_values("detected_on").to_dict("records"):
        alarms[place[row["series"]]].append(((row["detected_on"] - first).days, (row["day"] - first).days))
    return alarms, found


def levels_beside(
    names: Iterable[str], seeds: Iterable[int], budgets: Iterable[float], *, series: int, days: int
) -> dict[tuple[str, float], float]:
    """Level of each of the methods `names` at each budget, from worlds in which nothing happens."""
    worlds = [ready(seed, series=series, days=days, affected=0.0) for seed in seeds]
    counts = np.vstack([one.prepared.counts for one in worlds])
    scatter = np.vstack([one.prepared.scatter for one in worlds])
    learnt = NullWorlds(counts, np.vstack([one.prepared.expected for one in worlds]), scatter, len(worlds))
    known = NullWorlds(
        np.vstack([one.reported() for one in worlds]),
        np.vstack([one.planted.null_means for one in worlds]),
        np.concatenate([one.planted.scatter for one in worlds]),
        len(worlds),
    )
    return {
        (name, budget): calibrated(name, known if name == "clairvoyant" else learnt, false_alerts_per_week=budget)
        for name in names
        for budget in budgets
    }


def beside(name: str, given: Ready, level: float) -> Alarms:
    """Alarms of a method beside ours: what we prepared, or for the clairvoyant the truth."""
    if name == "clairvoyant":
        return clairvoyant(given.reported(), given.planted.null_means, given.planted.scatter, level=level)
    find: Callable[..., Alarms] = BESIDE[name]
    return find(given.prepared.counts, given.prepared.expected, level=level, dispersion=given.prepared.scatter)
