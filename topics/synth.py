"""Simulated worlds with planted truth: theme volumes that drift, scatter, stop and sometimes change."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

EVENTS = ("step_1.5", "step_2", "step_4", "drop_0.5", "drop_0.25", "ramp", "burst", "birth", "share_shift")
FIRST_DAY = pd.Timestamp("2025-01-06")
WEEKDAY_SPREAD = 0.25
DRIFT = 0.15
"""Benign change of a theme's level over a year, as a standard deviation of its logarithm."""


@dataclass(frozen=True, slots=True)
class Nulls:
    """How a stratum of unchanging series looks: mean level a day, dispersion, how many, how long."""

    level: float
    dispersion: float
    series: int
    days: int


@dataclass(frozen=True, slots=True)
class World:
    """`volumes`: series, day, documents, unique_documents, reporters, customers; `exposure`: day, requests.

    `truth`: series, event, day, end (NaT unless a burst), size; `outages`: day; `floods`: series, day.
    `means` (series, days): what the counts were drawn around, in the order of `names`.
    """

    volumes: pd.DataFrame
    exposure: pd.DataFrame
    truth: pd.DataFrame
    outages: pd.DataFrame
    floods: pd.DataFrame
    means: Array
    scatter: Array
    names: list[str]


def days_from_start(days: int) -> pd.DatetimeIndex:
    """`days` consecutive days from FIRST_DAY, a Monday."""
    return pd.date_range(FIRST_DAY, periods=days, freq="D", unit="ns")


def null_counts(nulls: Nulls, *, seed: int) -> Array:
    """Counts (series, days) without an event: weekday profile, slow drift, negative binomial scatter."""
    rng = np.random.default_rng(seed)
    size = (nulls.series, nulls.days)
    mean = nulls.level * weekday_profile(rng, *size) * drift(rng, *size)
    return negative_binomial(rng, mean, np.full(nulls.series, nulls.dispersion))


def weekday_profile(rng: np.random.Generator, series: int, days: int) -> Array:
    """Each series' own weekly rhythm, averaging 1 over a week."""
    profile = np.exp(rng.normal(0.0, WEEKDAY_SPREAD, (series, 7)))
    profile /= profile.mean(axis=1, keepdims=True)
    return np.tile(profile, (1, days // 7 + 1))[:, :days]


def drift(rng: np.random.Generator, series: int, days: int) -> Array:
    """A random walk of the logarithm that has spread DRIFT after a year."""
    steps = rng.normal(0.0, DRIFT / np.sqrt(365.0), (series, days))
    walk: Array = np.exp(np.cumsum(steps, axis=1))
    return walk


def negative_binomial(rng: np.random.Generator, mean: Array, dispersion: Array) -> Array:
    """Counts with variance mean + dispersion·mean², (series, days)."""
    size = 1.0 / np.maximum(dispersion, 1e-6)[:, None]
    return rng.poisson(rng.gamma(size, np.maximum(mean, 0.0) / size)).astype(float)


def world(seed: int, *, series: int = 300, days: int = 365) -> World:
    """One world: a third of the series get one event each, after day 60 and before the last 35 days.

    Base levels 0.1 to 50 a day (log-uniform), a common exposure with growth, weekends and holidays, three
    feed outages of two to four days, and reporter floods in one series of ten (documents, not reporters).
    """
    rng = np.random.default_rng(seed)
    calendar = days_from_start(days)
    names = [f"feedback/theme=T{number:04d}" for number in range(1, series + 1)]
    load = _load(rng, calendar)
    base = np.exp(rng.uniform(np.log(0.1), np.log(50.0), series))
    scatter = np.exp(rng.normal(np.log(0.12), 0.5, series))
    effect, truth = _events(rng, names, calendar)
    size = (series, days)
    means = base[:, None] * load * weekday_profile(rng, *size) * drift(rng, *size) * effect
    outages = _outages(rng, days)
    means[:, outages] = 0.0
    counts = negative_binomial(rng, means, scatter)
    flood_rows, flood_days, extra = _floods(rng, series, days)
    volumes = _volumes(names, calendar, counts, (flood_rows, flood_days, extra))
    floods = pd.DataFrame({"series": [names[row] for row in flood_rows], "day": calendar[flood_days]})
    exposure = pd.DataFrame({"day": calendar, "requests": np.round(1e6 * load)})
    return World(volumes, exposure, truth, pd.DataFrame({"day": calendar[outages]}), floods, means, scatter, names)


def _load(rng: np.random.Generator, calendar: pd.DatetimeIndex) -> Array:
    """Requests relative to the first day: growth, weekends, holidays, a little noise."""
    days = len(calendar)
    growth = np.exp(np.linspace(0.0, rng.normal(0.3, 0.2), days))
    weekend = np.where(calendar.dayofweek >= 5, 0.7, 1.0)
    holiday = np.ones(days)
    holiday[rng.choice(days, max(days // 45, 1), replace=False)] = 0.6
    noise: Array = np.exp(rng.normal(0.0, 0.03, days))
    return growth * weekend * holiday * noise


def _events(rng: np.random.Generator, names: list[str], calendar: pd.DatetimeIndex) -> tuple[Array, pd.DataFrame]:
    """Multipliers (series, days) and the list of what was planted."""
    days = len(calendar)
    effect = np.ones((len(names), days))
    rows = []
    for row in np.sort(rng.choice(len(names), len(names) // 3, replace=False)):
        event = str(rng.choice(EVENTS))
        day = int(rng.integers(60, max(days - 35, 61)))
        end, size = _plant(rng, effect[row], event, day)
        end_day = calendar[end] if end is not None and end < days else pd.NaT
        rows.append({"series": names[row], "event": event, "day": calendar[day], "end": end_day, "size": size})
    return effect, pd.DataFrame(rows, columns=["series", "event", "day", "end", "size"])


def _plant(rng: np.random.Generator, effect: Array, event: str, day: int) -> tuple[int | None, float]:
    """Change one row in place; first day after the event if it ends, and its multiplier."""
    name, _, size = event.partition("_")
    if name == "ramp":
        length, final = int(rng.integers(14, 43)), float(rng.choice([2.0, 3.0]))
        effect[day:] = final
        rise = np.linspace(0.0, np.log(final), length)[: max(len(effect) - day, 0)]
        effect[day : day + len(rise)] = np.exp(rise)
        return None, final
    if name == "burst":
        length, final = int(rng.integers(3, 15)), float(rng.choice([3.0, 6.0]))
        effect[day : day + length] = final
        return day + length, final
    if name == "birth":
        effect[:day] = 0.0
        return None, np.inf
    final = float(rng.choice([0.6, 1.6])) if name == "share" else float(size)
    effect[day:] = final
    return None, final


def _outages(rng: np.random.Generator, days: int) -> npt.NDArray[np.int64]:
    starts = rng.choice(np.arange(30, max(days - 10, 31)), min(3, max(days // 100, 1)), replace=False)
    lengths = rng.integers(2, 5, len(starts))
    return np.unique(np.concatenate([np.arange(s, s + n) for s, n in zip(starts, lengths, strict=True)]))


def _floods(
    rng: np.random.Generator, series: int, days: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows, days and extra documents of floods of one or three days by one reporter each."""
    hit = rng.choice(series, max(series // 10, 1), replace=False)
    first = rng.integers(40, max(days - 5, 41), len(hit))
    length = rng.choice([1, 3], len(hit))
    rows = np.repeat(hit, length)
    when = np.concatenate([np.arange(f, f + n) for f, n in zip(first, length, strict=True)])
    return rows.astype(np.int64), when.astype(np.int64), rng.integers(20, 200, len(rows))


def _volumes(
    names: list[str],
    calendar: pd.DatetimeIndex,
    counts: Array,
    floods: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]],
) -> pd.DataFrame:
    """The long frame that `topics.volume.daily` would give; a flood adds documents and one reporter a day."""
    rows, when, extra = floods
    reporters = counts.astype(np.int64)
    reporters[rows, when] += 1
    documents = counts.astype(np.int64)
    documents[rows, when] += extra
    return pd.DataFrame(
        {
            "series": np.repeat(np.array(names, dtype=object), len(calendar)),
            "day": np.tile(calendar, len(names)),
            "documents": documents.ravel(),
            "unique_documents": reporters.ravel(),
            "reporters": reporters.ravel(),
            "customers": reporters.ravel(),
        }
    )
