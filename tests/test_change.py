"""Changes are found, dated and sized; quiet series stay quiet."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topics.calibrate import Budget, Search, Simulation, alarm_levels, null_tails, simulated_tails
from topics.change import (
    CHANGE_COLUMNS,
    DETECTORS,
    Conditions,
    DetectionSettings,
    SeriesTooShort,
    UnknownDetector,
    changes,
    detect,
)
from topics.conditions import VolumesHaveGaps
from topics.effect import change_p_value, q_values
from topics.quiet import smallest_detectable
from topics.synth import world

TELECOM = Path(__file__).parents[1] / "../shared/data/telecom_complaints_2015.csv.gz"
DAYS = pd.date_range("2026-01-05", periods=180, freq="D")


def volumes_of(series: dict[str, np.ndarray], days: pd.DatetimeIndex = DAYS) -> pd.DataFrame:
    """Volumes whose reporters are these counts."""
    parts = [
        pd.DataFrame({"series": name, "day": days, "reporters": counts, "customers": counts})
        for name, counts in series.items()
    ]
    return pd.concat(parts, ignore_index=True)


def poisson(means: np.ndarray, seed: int = 0) -> np.ndarray:
    """Counts around these means."""
    return np.random.default_rng(seed).poisson(means)


@pytest.fixture
def surge() -> pd.DataFrame:
    """Two themes at five a day; T0002 trebles on day 120."""
    means = np.where(np.arange(180) < 120, 5.0, 15.0)
    return volumes_of(
        {"feedback/theme=T0001": poisson(np.full(180, 5.0), 1), "feedback/theme=T0002": poisson(means, 2)}
    )


@pytest.mark.parametrize("detector", sorted(DETECTORS))
@pytest.mark.parametrize("level", [0, 1, 7, 300])
def test_a_flat_series_has_no_change(detector: str, level: int) -> None:
    assert detect(np.full(60, level), detector=detector) == []


@pytest.mark.parametrize("detector", sorted(DETECTORS))
@pytest.mark.parametrize("level", [2, 5, 40, 400])
def test_a_clean_step_is_found_on_its_day(detector: str, level: int) -> None:
    counts = np.r_[np.full(60, level), np.full(60, 4 * level)]
    assert detect(counts, detector=detector) == [60]
    assert detect(counts[::-1], detector=detector) == [60]


@pytest.mark.parametrize("detector", sorted(DETECTORS))
def test_too_few_days_are_refused(detector: str) -> None:
    with pytest.raises(SeriesTooShort, match="got 3"):
        detect(np.array([1, 2, 3]), detector=detector)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 50), min_size=4, max_size=40), st.sampled_from(sorted(DETECTORS)))
def test_changes_are_ascending_days_inside_the_series(counts: list[int], detector: str) -> None:
    found = detect(np.array(counts), detector=detector)
    assert found == sorted(set(found))
    assert all(0 < day < len(counts) for day in found)


def test_an_unknown_detector_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownDetector, match="robust_negbin"):
        detect(np.ones(9), detector="cusum")


def test_a_surge_is_one_change_of_one_series(surge: pd.DataFrame) -> None:
    found = changes(surge)
    assert found["series"].tolist() == ["feedback/theme=T0002"]
    only = found.iloc[0]
    assert (only["direction"], only["type"]) == ("up", "step")
    assert only["day_low"] <= DAYS[120] <= only["day_high"]
    assert only["ratio_low"] < 3.0 < only["ratio_high"]
    assert only["detected_on"] - DAYS[120] <= pd.Timedelta(days=4)
    assert only["q_value"] < 1e-6


def test_the_table_has_its_columns_even_when_nothing_changed(surge: pd.DataFrame) -> None:
    quiet = changes(surge[surge["series"] == "feedback/theme=T0001"])
    assert quiet.empty
    assert tuple(quiet.columns) == CHANGE_COLUMNS
    assert tuple(changes(surge.iloc[:0]).columns) == CHANGE_COLUMNS


def test_a_change_would_have_been_reported_with_what_was_known_that_day(surge: pd.DataFrame) -> None:
    detected = changes(surge)["detected_on"][0]
    known = surge[surge["day"] <= detected]
    earlier = changes(known, conditions=Conditions(as_of=detected + pd.Timedelta(days=1)))
    assert earlier["detected_on"].tolist() == [detected]
    before = changes(known, conditions=Conditions(as_of=detected))
    assert before["detected_on"].isna().all()


def test_a_burst_has_an_end_and_is_one_change() -> None:
    means = np.full(180, 4.0)
    means[100:106] = 30.0
    found = changes(volumes_of({"feedback/total": poisson(means)}))
    assert found["type"].tolist() == ["burst"]
    assert found["day"][0] == DAYS[100]
    assert found["end"][0] == DAYS[106]


def test_a_theme_from_nothing_is_a_birth() -> None:
    means = np.where(np.arange(180) < 120, 0.0, 4.0)
    found = changes(volumes_of({"feedback/theme=T0001": poisson(means), "feedback/total": poisson(means + 20)}))
    born = found[found["series"] == "feedback/theme=T0001"].iloc[0]
    assert born["type"] == "birth"
    assert born["before_mean"] == 0.0


def test_a_fall_is_a_change_down() -> None:
    means = np.where(np.arange(180) < 120, 12.0, 3.0)
    found = changes(volumes_of({"feedback/total": poisson(means)}))
    assert found["direction"].tolist() == ["down"]
    assert found["ratio"][0] < 0.4


def test_a_second_rise_on_a_new_level_is_reported_too() -> None:
    means = np.select([np.arange(180) < 100, np.arange(180) < 112], [5.0, 15.0], 45.0)
    found = changes(volumes_of({"feedback/total": poisson(means)}))
    assert found["detected_on"].notna().sum() == 2
    assert found["day"].tolist() == [DAYS[100], DAYS[112]]


def test_weekends_are_no_change() -> None:
    counts = poisson(np.where(DAYS.dayofweek >= 5, 12.0, 40.0))
    assert changes(volumes_of({"feedback/total": counts})).empty


def test_growth_of_exposure_is_no_change() -> None:
    growth = np.where(np.arange(180) < 120, 1.0, 3.0)
    volumes = volumes_of({"feedback/total": poisson(8.0 * growth)})
    exposure = pd.DataFrame({"day": DAYS, "requests": 1e6 * growth})
    assert len(changes(volumes)) == 1
    assert changes(volumes, conditions=Conditions(exposure=exposure)).empty


def test_masked_and_partial_days_say_nothing() -> None:
    counts = poisson(np.full(180, 20.0))
    counts[[0, -1]] = 0
    counts[90:95] = 0
    volumes = volumes_of({"feedback/total": counts})
    masks = pd.DataFrame({"day": DAYS[90:95]})
    assert changes(volumes, conditions=Conditions(masks=masks)).empty
    assert len(changes(volumes)) == 1


def test_incomplete_days_are_expected_to_be_low() -> None:
    means = np.full(180, 20.0)
    means[-8:] = 20.0 * np.linspace(0.9, 0.25, 8)
    volumes = volumes_of({"feedback/total": poisson(means)})
    known = pd.DataFrame({"day": DAYS[-8:], "completeness": np.linspace(0.9, 0.25, 8)})
    assert len(changes(volumes)) == 1
    assert changes(volumes, conditions=Conditions(completeness=known)).empty


def test_praise_is_listed_but_not_monitored() -> None:
    means = np.where(np.arange(180) < 120, 5.0, 20.0)
    found = changes(volumes_of({"feedback/kind=praise": poisson(means)}))
    assert found["monitored"].tolist() == [False]


def test_order_of_rows_does_not_matter(surge: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(changes(surge), changes(surge.sample(frac=1.0, random_state=3)))


def test_days_that_are_missing_are_refused(surge: pd.DataFrame) -> None:
    with pytest.raises(VolumesHaveGaps, match="topics.volume.daily"):
        changes(surge.drop(index=7))


def test_critical_series_may_be_reported_sooner_than_low_ones() -> None:
    names = [f"feedback/theme=T{n:04d}" for n in range(400)]
    weights = np.where(np.arange(400) == 0, 4.0, 1.0)
    levels = alarm_levels(np.full(400, 3.0), np.full(400, 0.12), weights, budget=Budget(1.0), search=Search())
    assert len(names) == len(levels)
    assert levels[0] < levels[1]


def test_a_smaller_budget_needs_more_evidence() -> None:
    def level(budget: float) -> float:
        one = np.ones(300)
        return float(alarm_levels(one, 0.1 * one, one, budget=Budget(budget), search=Search())[0])

    assert level(0.25) > level(1.0)


@pytest.mark.slow
def test_the_shipped_null_tails_are_what_a_simulation_gives() -> None:
    small = Simulation(series=24, days=300, seed=77)
    simulated, shipped = simulated_tails(Search(), small), null_tails(Search(), small)
    at_fifteen = [tails[..., 0] - 15.0 * tails[..., 1] for tails in (simulated, shipped)]
    assert np.median(np.abs(at_fifteen[0] - at_fifteen[1])) < 0.8


def test_quiet_worlds_keep_the_budget() -> None:
    planted = world(501, series=120, days=240)
    quiet = planted.volumes[~planted.volumes["series"].isin(planted.truth["series"])]
    found = changes(quiet, conditions=Conditions(exposure=planted.exposure, masks=planted.outages))
    weeks = 240 / 7
    assert found["detected_on"].notna().sum() / weeks <= 1.3
    assert found["confirmed"].sum() <= 4


def test_large_events_of_a_world_are_found_within_a_week() -> None:
    planted = world(502, series=120, days=240)
    found = changes(planted.volumes, conditions=Conditions(exposure=planted.exposure, masks=planted.outages))
    large = planted.truth[planted.truth["event"].isin(["step_4", "birth"])].merge(found, on="series")
    days = (large["detected_on"] - large["day_x"]).dt.days
    assert (days.between(0, 7)).sum() >= 0.6 * planted.truth["event"].isin(["step_4", "birth"]).sum()


def test_a_quiet_small_series_admits_that_it_sees_little() -> None:
    small, large = np.full(60, 0.2), np.full(60, 50.0)
    ones = np.ones(60)
    assert smallest_detectable(small, ones, 16.0) > 3.0 > smallest_detectable(large, ones, 16.0) > 1.05


def test_p_values_fall_with_the_score_and_grow_with_the_search() -> None:
    assert change_p_value(30.0, length=200) < change_p_value(15.0, length=200) < 0.05
    assert change_p_value(15.0, length=30) < change_p_value(15.0, length=300)
    assert change_p_value(0.5, length=100) == 1.0


def test_q_values_count_the_series_that_were_quiet() -> None:
    few = q_values(np.array([0.001, 0.01]), tests=2)
    many = q_values(np.array([0.001, 0.01]), tests=100)
    assert few.tolist() == [0.002, 0.01]
    assert many == pytest.approx([0.1, 0.5])


@pytest.mark.skipif(not TELECOM.exists(), reason="the shared data folder is not here")
def test_the_telecom_surge_is_found_within_two_days() -> None:
    raw = pd.read_csv(TELECOM, encoding="utf-8-sig")["Date"].str.split("-", expand=True).astype(int)
    swapped = (raw[0] <= 12) & (raw[1] <= 12)
    month, day = raw[0].where(swapped, raw[1]), raw[1].where(swapped, raw[0])
    days = pd.to_datetime({"year": 2000 + raw[2], "month": month, "day": day})
    counts = days.value_counts().sort_index()
    assert len(counts) == 91
    found = changes(volumes_of({"feedback/total": counts.to_numpy()}, pd.DatetimeIndex(counts.index)))
    surge = found[found["day_high"] >= "2015-06-23"]
    assert surge["day"].tolist() == [pd.Timestamp("2015-06-23")]
    assert surge["detected_on"].iloc[0] <= pd.Timestamp("2015-06-25")
    assert len(found) <= 3


def test_settings_are_plain_and_frozen() -> None:
    with pytest.raises(AttributeError):
        DetectionSettings().penalty = 3.0  # type: ignore[misc]
