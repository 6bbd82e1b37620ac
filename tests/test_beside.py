"""Methods of the field that ours is measured beside: each does what its authors say, and its level can be set."""

import numpy as np
import pytest

from benchmarks.beside_alarms import Watched, excursions
from benchmarks.beside_detectors import BESIDE, NullWorlds, calibrated, clairvoyant

CHANGED = 80
DISPERSION = 0.1


def scattered(mean: np.ndarray, seed: int) -> np.ndarray:
    """Negative binomial counts about `mean` (series, days)."""
    rng = np.random.default_rng(seed)
    return rng.poisson(rng.gamma(1 / DISPERSION, mean * DISPERSION)).astype(float)


def nulls(*, series: int = 30, days: int = 120, level: float = 8.0, seed: int = 5) -> NullWorlds:
    """Unchanging series at one level."""
    mean = np.full((series, days), level)
    return NullWorlds(scattered(mean, seed), mean, np.full(series, DISPERSION), 1)


@pytest.fixture(scope="module")
def levels() -> dict[str, float]:
    """Less than one false alert a week over 30 series."""
    return {name: calibrated(name, nulls(), false_alerts_per_week=0.6) for name in (*BESIDE, "clairvoyant")}


def alarms_of(name: str, counts: np.ndarray, expected: np.ndarray, level: float) -> list[list[tuple[int, int]]]:
    scatter = np.full(len(counts), DISPERSION)
    if name == "clairvoyant":
        return clairvoyant(counts, expected, scatter, level=level)
    return BESIDE[name](counts, expected, level=level, dispersion=scatter)


@pytest.mark.parametrize("name", [*BESIDE, "clairvoyant"])
def test_level_holds_the_false_alerts_of_other_worlds(name: str, levels: dict[str, float]) -> None:
    fresh = nulls(seed=6)
    raised = sum(map(len, alarms_of(name, fresh.counts, fresh.expected, levels[name])))
    assert raised <= 2.5 * 0.6 * (120 - 14) / 7


RISE, FALL = 6.0, 0.05
SEEING_FALLS = ("nb_cusum", "bocpd", "clairvoyant")


@pytest.mark.parametrize(
    ("name", "ratio"), [*((name, RISE) for name in (*BESIDE, "clairvoyant")), *((name, FALL) for name in SEEING_FALLS)]
)
def test_large_change_is_found_where_it_is(name: str, ratio: float, levels: dict[str, float]) -> None:
    mean = np.full((12, 95), 15.0)
    changed = mean.copy()
    changed[:, CHANGED:] *= ratio
    found = alarms_of(name, scattered(changed, 7), mean, levels[name])
    near = [any(CHANGED <= raised <= CHANGED + 10 and abs(day - CHANGED) <= 10 for raised, day in own) for own in found]
    assert np.mean(near) >= 0.75


@pytest.mark.parametrize("name", [*BESIDE, "clairvoyant"])
def test_what_comes_later_changes_no_alarm(name: str, levels: dict[str, float]) -> None:
    given = nulls(series=4, days=100, seed=8)
    counts = given.counts.copy()
    counts[:, 70:] *= 5
    early = alarms_of(name, counts[:, :80], given.expected[:, :80], levels[name])
    whole = alarms_of(name, counts, given.expected, levels[name])
    assert early == [[alarm for alarm in own if alarm[0] < 80] for own in whole]


@pytest.mark.parametrize("name", [*BESIDE, "clairvoyant"])
def test_masked_days_say_nothing(name: str, levels: dict[str, float]) -> None:
    given = nulls(series=4, days=90, seed=9)
    expected = given.expected.copy()
    expected[:, 60:66] = 0.0
    silent, loud = given.counts.copy(), given.counts.copy()
    silent[:, 60:66], loud[:, 60:66] = 0.0, 500.0
    first, second = (alarms_of(name, counts, expected, levels[name]) for counts in (silent, loud))
    assert first == second
    assert not any(60 <= raised < 66 for own in first for raised, _ in own)


@pytest.mark.parametrize("name", ["nb_cusum", "bocpd"])
def test_exposure_explains_what_it_can(name: str, levels: dict[str, float]) -> None:
    expected = np.ones((12, 100))
    expected[:, 60:] = 3.0
    found = alarms_of(name, scattered(6.0 * expected, 10), expected, levels[name])
    near = [60 <= raised <= 70 for own in found for raised, _ in own]
    assert sum(near) <= 3


def test_one_excursion_is_one_alarm_until_it_has_calmed_down() -> None:
    statistic = np.zeros((1, 80))
    statistic[0, [20, 22, 29, 60]] = 5.0
    watched = Watched(statistic, np.zeros((1, 80), dtype=np.int64), calm=7)
    found = excursions(watched, np.ones((1, 80), dtype=bool), level=4.0)
    assert [raised for raised, _ in found[0]] == [20, 60]
