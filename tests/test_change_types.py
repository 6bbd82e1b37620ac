"""Ramps, share shifts, bursts and births are told apart, and neither a decoy nor a slow boil hides a strike."""

import numpy as np
import pandas as pd
import pytest

from topics.anchor import slow_alarms
from topics.change import Conditions, DetectionSettings, changes
from topics.prepare import prepared
from topics.shifts import with_share_shifts

DAYS = pd.date_range("2026-01-05", periods=300, freq="D")
DAY = np.arange(300)


def volumes_of(**means: np.ndarray) -> pd.DataFrame:
    """Volumes of themes drawn around these means."""
    rng = np.random.default_rng(7)
    parts = []
    for name, mean in means.items():
        counts = rng.negative_binomial(20.0, 20.0 / (20.0 + mean))
        frame = {"series": f"feedback/theme={name}", "day": DAYS, "reporters": counts, "customers": counts}
        parts.append(pd.DataFrame(frame))
    return pd.concat(parts, ignore_index=True)


def found_in(mean: np.ndarray, conditions: Conditions | None = None) -> pd.DataFrame:
    """Changes of one theme around this mean."""
    return changes(volumes_of(T0001=mean), conditions=conditions or Conditions())


def ramp(start: int, length: int, ratio: float) -> np.ndarray:
    """Multiplier that rises evenly on a logarithmic scale."""
    return np.exp(np.log(ratio) * np.clip((DAY - start) / length, 0.0, 1.0))


@pytest.mark.parametrize(("level", "ratio"), [(20.0, 4.0), (60.0, 0.25)])
def test_a_slow_rise_or_fall_is_one_ramp(level: float, ratio: float) -> None:
    found = found_in(level * ramp(150, 35, ratio))
    confirmed = found[found["confirmed"]]
    assert confirmed["type"].tolist() == ["ramp"]
    assert abs((confirmed["day"].iloc[0] - DAYS[150]).days) <= 10
    assert confirmed["ratio_low"].iloc[0] < ratio < confirmed["ratio_high"].iloc[0]


@pytest.mark.parametrize("level", [3.0, 20.0])
def test_a_rise_by_as_many_each_day_is_dated_to_its_first_days(level: float) -> None:
    found = found_in(level * (1.0 + 9.0 * np.clip((DAY - 150) / 30, 0.0, 1.0)))
    confirmed = found[found["confirmed"]]
    assert confirmed["type"].tolist() == ["ramp"]
    assert -3 <= (confirmed["day"].iloc[0] - DAYS[150]).days <= 7


def test_a_sudden_rise_is_no_ramp() -> None:
    assert found_in(np.where(DAY < 150, 20.0, 60.0))["type"].tolist() == ["step"]


def test_what_one_theme_lost_another_gained_is_a_share_shift() -> None:
    moved = np.where(DAY < 170, 0.0, 12.0)
    found = changes(volumes_of(T0001=20.0 - moved, T0002=15.0 + moved, T0003=np.full(300, 9.0)))
    assert found["type"].tolist() == ["share_shift", "share_shift"]
    assert sorted(found["direction"]) == ["down", "up"]


def test_two_rises_or_unequal_moves_are_no_share_shift() -> None:
    later = DAY >= 170
    rises = changes(volumes_of(T0001=np.where(later, 30.0, 15.0), T0002=np.where(later, 30.0, 15.0)))
    unequal = changes(volumes_of(T0001=np.where(later, 5.0, 50.0), T0002=np.where(later, 20.0, 8.0)))
    for table in (rises, unequal):
        assert "share_shift" not in set(table["type"])


def test_no_change_is_in_two_share_shifts() -> None:
    columns = ["series", "day", "day_low", "day_high", "direction", "type", "confirmed", "ratio", "ratio_low",
               "ratio_high", "before_mean"]  # fmt: skip
    day = pd.Timestamp("2026-06-01")
    rows = [
        ("feedback/theme=T0001", day, day, day, "down", "step", True, 0.5, 0.4, 0.6, 20.0),
        ("feedback/theme=T0002", day, day, day, "up", "step", True, 2.0, 1.8, 2.3, 10.0),
        ("feedback/theme=T0003", day, day, day, "up", "step", True, 2.0, 1.8, 2.3, 11.0),
    ]
    types = with_share_shifts(pd.DataFrame(rows, columns=columns))
    assert types.tolist() == ["share_shift", "share_shift", "step"]


def test_a_rise_above_the_level_of_an_alert_is_told_at_once() -> None:
    decoy_then_strike = np.select([DAY < 150, DAY < 160], [10.0, 25.0], 60.0)
    found = found_in(decoy_then_strike)
    rises = found[(found["direction"] == "up") & found["detected_on"].notna()]
    assert len(rises) == 2
    assert (rises["detected_on"].max() - DAYS[160]).days <= 5


def test_a_slow_boil_is_told_though_no_day_of_it_stands_out() -> None:
    boil = 10.0 * np.exp(np.log(2.6) * np.clip((DAY - 60) / 230, 0.0, 1.0))
    found = found_in(boil)
    told = found[found["detected_on"].notna() & (found["direction"] == "up")]
    assert len(told) >= 1
    assert "ramp" in set(found["type"])


def test_a_decoy_does_not_hide_what_crept_up_before_it() -> None:
    boil = 12.0 * np.exp(np.log(2.2) * np.clip((DAY - 60) / 120, 0.0, 1.0))
    decoy = np.where((DAY >= 200) & (DAY < 207), 5.0, 1.0)
    told = found_in(boil * decoy)
    told = told[told["detected_on"].notna() & (told["direction"] == "up")]
    assert {"burst", "ramp"} <= set(told["type"])


@pytest.mark.parametrize(("anchor", "told"), [(0, True), (200, False)])
def test_a_person_who_says_that_the_level_is_right_moves_the_anchor(anchor: int, told: bool) -> None:
    boil = 12.0 * np.exp(np.log(2.2) * np.clip((DAY - 60) / 140, 0.0, 1.0))
    counts = volumes_of(T0001=boil)["reporters"].to_numpy(float)[None, :]
    ready = prepared(counts, np.ones_like(counts), DAYS, detector="robust_negbin", causal=True)
    (alarms,) = slow_alarms(ready.sums, ready.grid, np.array([13.0]), [[]], anchors=np.array([anchor]))
    assert bool(alarms) == told
    assert all(alarm.slow and alarm.direction == "up" for alarm in alarms)


def test_series_of_an_owner_share_the_owners_budget_alone() -> None:
    from topics.conditions import panels
    from topics.search import rates_of

    means = {f"T{number:04d}": np.full(300, 3.0) for number in range(6)}
    volumes = volumes_of(**means)
    names = sorted(volumes["series"].unique())
    table = pd.DataFrame({"series": names, "hazard": ["low"] * 5 + ["critical"], "budget": ["abuse"] * 2 + [None] * 4})
    panel = next(panels(volumes, Conditions(series=table)))
    settings = DetectionSettings(0.7, budgets={"abuse": 0.1, "nobody": 5.0}, most_per_series=np.inf)
    (rates,) = rates_of([panel], settings)
    assert rates[:2] == pytest.approx([0.05, 0.05])
    assert rates[2:] == pytest.approx([0.1, 0.1, 0.1, 0.4])
    (common,) = rates_of([panel], DetectionSettings(0.9, most_per_series=np.inf))
    assert common == pytest.approx([0.1] * 5 + [0.4])
