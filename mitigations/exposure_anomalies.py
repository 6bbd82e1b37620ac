"""Anomalies of slices of traffic, from exposure alone: more of it blocked than usual, or more of it.

A slice is a mitigation and the segment values of its exposure. Every day is judged by days before it alone: usual is
the slice's own level of the four weeks that ended a week before, times its weekday's factor; the count is negative
binomial, and the level of an anomaly follows from the tests before it (`mitigations.anomalies_level`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.accounts_tails import negative_binomial, negative_binomial_ends
from mitigations.anomalies import COLUMNS, SLICE_BLOCKED, SLICE_VOLUME, Options
from mitigations.anomalies_level import Tail
from nlp.frames import require
from topics.dispersion import dispersion
from topics.exposure import weekday_factors

Array = npt.NDArray[np.float64]
USUAL_DAYS, GAP_DAYS = 28, 7
LEAST_DAYS = 14
"""Known days among the USUAL_DAYS, below which a slice is not judged."""
WARM_DAYS = 63
"""Days of exposure before the first anomaly: five weeks until a slice is judged, four of tests that make the level."""
QUIET_DAYS = 28
WHOLE = "all"
"""The mitigation of exposure that is of the whole product."""


@dataclass(frozen=True, slots=True)
class Slices:
    """Counts of slices by day, (slices, days), beside what they are counted among; 0 of it where nothing is known."""

    names: list[tuple[str, tuple[tuple[str, str], ...]]]
    days: pd.DatetimeIndex
    counts: Array
    among: Array


@dataclass(frozen=True, slots=True)
class Usual:
    """What was to be expected, (slices, days): mean, size of the negative binomial, and where it can be judged."""

    mean: Array
    size: Array
    judged: npt.NDArray[np.bool_]


def exposure_anomalies(exposure: pd.DataFrame, options: Options = Options()) -> pd.DataFrame:  # noqa: B008
    """Anomalies of slices by day: `mitigations.anomalies.COLUMNS`, without customer, text and decisions.

    `exposure`: day (datetime64, midnight, complete days), mitigation ('all' or an id), segments (mapping), requests,
    blocked (NaN: not known). Requests are judged once: those of 'all', else of the mitigation with most rows.
    """
    require(exposure, {"day": "datetime", "mitigation": "str"}, what="exposure")
    known = exposure[exposure["requests"].fillna(0) > 0]
    if known.empty:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    names = known["mitigation"]
    whole = known[names == (WHOLE if (names == WHOLE).any() else names.value_counts().sort_index().idxmax())]
    blocked = known[known["blocked"].notna() & (names != WHOLE)]
    tables = [
        found(_slices(blocked, "blocked", "requests"), SLICE_BLOCKED, options),
        found(_slices(whole, "requests", None), SLICE_VOLUME, options),
    ]
    rows = sorted((row for table in tables for row in table), key=lambda row: (row["observed_at"], row["anomaly_type"]))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _slices(rows: pd.DataFrame, counted: str, among: str | None) -> Slices:
    """Every slice over every day from the first to the last."""
    if rows.empty:
        return Slices([], pd.DatetimeIndex([]), np.zeros((0, 0)), np.zeros((0, 0)))
    days = pd.date_range(rows["day"].min(), rows["day"].max(), freq="D")
    keys = [(str(one), _said(two)) for one, two in zip(rows["mitigation"], rows["segments"], strict=True)]
    names = sorted(set(keys))
    place = {name: number for number, name in enumerate(names)}
    cells = ([place[key] for key in keys], days.get_indexer(pd.DatetimeIndex(rows["day"])))
    counts, trials = np.zeros((len(names), len(days))), np.zeros((len(names), len(days)))
    counts[cells] = rows[counted].to_numpy(float)
    trials[cells] = 1.0 if among is None else rows[among].to_numpy(float)
    return Slices(names, days, counts, trials)


def _said(segments: Any) -> tuple[tuple[str, str], ...]:
    own: Mapping[str, Any] = segments if isinstance(segments, Mapping) else {}
    return tuple(sorted((str(name), str(value)) for name, value in own.items()))


def usual(slices: Slices) -> Usual:
    """What was to be expected of each day by the days before it."""
    counts, days = slices.counts, slices.days
    scale = slices.among / max(float(slices.among.max(initial=0.0)), 1.0)
    expected = scale * weekday_factors(counts, scale, days, causal=True, holidays=frozenset())
    scatter = dispersion(counts, expected, causal=True)
    before, exposed, seen = (_window(one) for one in (counts, expected, (expected > 0).astype(float)))
    mean = np.maximum(before / np.maximum(exposed, 1e-9) * expected, 1e-6)
    # What is usual is itself a count: as few as it rests on, so unsure is it.
    size = 1.0 / (scatter + 1.0 / np.maximum(before, 1.0))
    return Usual(mean, size, (expected > 0) & (seen >= LEAST_DAYS))


def _window(values: Array) -> Array:
    """Sums over the USUAL_DAYS that ended GAP_DAYS before each day."""
    sums = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    day = np.arange(values.shape[1])
    last, first = np.maximum(day - GAP_DAYS, 0), np.maximum(day - GAP_DAYS - USUAL_DAYS, 0)
    found: Array = sums[:, last] - sums[:, first]
    return found


def found(slices: Slices, name: str, options: Options) -> list[dict[str, Any]]:
    """The rows of one type, day by day; an anomaly keeps its slice quiet for QUIET_DAYS."""
    if not slices.names:
        return []
    expect, tail = usual(slices), Tail()
    last = np.full(len(slices.names), -10_000)
    rows = []
    for day in range(len(slices.days)):
        tested = np.flatnonzero(expect.judged[:, day])
        counts, mean, size = (one[tested, day] for one in (slices.counts, expect.mean, expect.size))
        surprise = negative_binomial(counts, mean, size)
        loud = day - last[tested] > QUIET_DAYS
        if day >= WARM_DAYS and len(tested):
            chance = tail.expected(surprise, len(tested))
            for at in np.flatnonzero((chance <= options.daily_budget) & loud & (counts > mean)):
                last[tested[at]] = day
                baseline = (float(mean[at]), float(size[at]))
                rows.append(_row(slices, (int(tested[at]), day), name, baseline, (float(chance[at]), options)))
        tail.add(surprise[loud])
    return rows


def _row(
    slices: Slices, at: tuple[int, int], name: str, baseline: tuple[float, float], chance: tuple[float, Options]
) -> dict[str, Any]:
    (mitigation, segments), day = slices.names[at[0]], slices.days[at[1]]
    seen = float(slices.counts[at])
    low, high = negative_binomial_ends(*baseline)
    where = " & ".join(f"{one}={value}" for one, value in segments) or "all traffic"
    facts: dict[str, Any] = {
        "window_days": 1,
        "observed": round(seen),
        "counted": f"{'blocked requests' if name == SLICE_BLOCKED else 'requests'} of {where}",
        "usual": round(baseline[0], 3),
        "usual_low": low,
        "usual_high": high,
        "expected_false_a_day": float(f"{chance[0]:.3g}"),
        "level_a_day": round(chance[1].daily_budget, 5),
        "first_day": f"{day:%Y-%m-%d}",
        "day": f"{day:%Y-%m-%d}",
        "decisions_behind": 0,
    }
    if name == SLICE_BLOCKED:
        facts["decisions"] = round(float(slices.among[at]))
    return {
        "observed_at": day + pd.Timedelta(days=1) - pd.Timedelta(seconds=1),
        "anomaly_type": name,
        "magnitude": round(seen / max(baseline[0], 0.1), 2),
        "customer": None,
        "mitigation": None if mitigation == WHOLE else mitigation,
        "segments": dict(segments),
        "attributes": facts,
        "text": None,
        "decision_ids": [],
        "surprise": chance[0],
    }
