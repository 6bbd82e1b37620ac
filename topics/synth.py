"""Simulated worlds with planted truth: theme volumes that drift, scatter, stop, come late and sometimes change."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from topics.synth_events import EVENTS, plant, truth_table
from topics.synth_feed import arrival_shares, arrivals, floods, known_by, outages

__all__ = ["EVENTS", "Nulls", "World", "days_from_start", "known_by", "null_counts", "world"]

Array = npt.NDArray[np.float64]

FIRST_DAY = pd.Timestamp("2025-01-06")
WEEKDAY_SPREAD = 0.25
DRIFT = 0.15
"""Benign change of a theme's level over a year, as a standard deviation of its logarithm."""
LEVELS = (0.1, 50.0)
HOLIDAYS_APART = 45


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

    `truth`: TRUTH_COLUMNS of `topics.synth_events`; `outages`: day; `floods`: series, day. `means` (series,
    days): what the counts were drawn around, in the order of `names`; `null_means`: the same without events;
    `scatter` (series,). `arrived` (series, days, delay): the reporters by how late they are known
    (`known_by`); `shares` (delay,): how late they come in general.
    """

    volumes: pd.DataFrame
    exposure: pd.DataFrame
    truth: pd.DataFrame
    outages: pd.DataFrame
    floods: pd.DataFrame
    means: Array
    scatter: Array
    names: list[str]
    null_means: Array
    arrived: npt.NDArray[np.int32]
    shares: Array


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


def world(seed: int, *, series: int = 300, days: int = 365, affected: float = 1 / 3) -> World:
    """One world: a third of the series (`affected`) get one event each, after day 60, before the last 35 days.

    Base levels 0.1 to 50 a day (log-uniform), a common exposure with growth, weekends and holidays, three
    feed outages of two to four days, reporter floods in one series of ten (documents, not reporters), and
    reports that are known up to two weeks late.
    """
    rng = np.random.default_rng(seed)
    calendar = days_from_start(days)
    names = [f"feedback/theme=T{number:04d}" for number in range(1, series + 1)]
    load = _load(rng, calendar)
    base = np.exp(rng.uniform(np.log(LEVELS[0]), np.log(LEVELS[1]), series))
    scatter = np.exp(rng.normal(np.log(0.12), 0.5, series))
    size = (series, days)
    usual = base[:, None] * load * weekday_profile(rng, *size) * drift(rng, *size)
    planted = plant(rng, usual, base, affected=int(series * affected))
    gone = outages(rng, days)
    planted.nulls[:, gone] = 0.0
    planted.means[:, gone] = 0.0
    counts = negative_binomial(rng, planted.means, scatter)
    flooded = floods(rng, series, days)
    counts[flooded[0], flooded[1]] += 1.0
    shares = arrival_shares(rng)
    return World(
        _volumes(names, calendar, counts, flooded),
        pd.DataFrame({"day": calendar, "requests": np.round(1e6 * load)}),
        truth_table(planted, scatter, names, calendar),
        pd.DataFrame({"day": calendar[gone]}),
        pd.DataFrame({"series": [names[row] for row in flooded[0]], "day": calendar[flooded[1]]}),
        planted.means,
        scatter,
        names,
        planted.nulls,
        arrivals(rng, counts, shares),
        shares,
    )


def _load(rng: np.random.Generator, calendar: pd.DatetimeIndex) -> Array:
    """Requests relative to the first day: growth, weekends, holidays, a little noise."""
    days = len(calendar)
    growth = np.exp(np.linspace(0.0, rng.normal(0.3, 0.2), days))
    weekend = np.where(calendar.dayofweek >= 5, 0.7, 1.0)
    holiday = np.ones(days)
    holiday[rng.choice(days, max(days // HOLIDAYS_APART, 1), replace=False)] = 0.6
    noise: Array = np.exp(rng.normal(0.0, 0.03, days))
    return growth * weekend * holiday * noise


def _volumes(
    names: list[str],
    calendar: pd.DatetimeIndex,
    counts: Array,
    flooded: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]],
) -> pd.DataFrame:
    """The long frame that `topics.volume.daily` would give; a flood adds documents beside its one reporter."""
    rows, when, extra = flooded
    reporters = counts.astype(np.int64)
    documents = reporters.copy()
    documents[rows, when] += extra - 1
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
