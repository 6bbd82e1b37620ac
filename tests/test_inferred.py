"""Releases read from the decision log: what counts as one, what does not, and when it began."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from jobs.scenario import write_demo
from mitigations.inferred import Inferred, infer
from mitigations.releases import evidence, matched

START = pd.Timestamp("2026-01-01")
Share = dict[tuple[str, float], float]


def log(*stages: tuple[int, Share], a_day: int = 40, mitigation: str = "guard", seed: int = 1) -> pd.DataFrame:
    """Daily counts of so many days in each stage, with shares of (version, threshold)."""
    dice = np.random.default_rng(seed)
    rows = []
    day = START
    for length, shares in stages:
        for _ in range(length):
            drawn = dice.multinomial(dice.poisson(a_day), list(shares.values()))
            for (version, threshold), count in zip(shares, drawn, strict=True):
                if count:
                    row = {"day": day, "mitigation": mitigation, "version": version, "threshold": threshold}
                    rows.append({**row, "decisions": int(count)})
            day += pd.Timedelta(days=1)
    return pd.DataFrame(rows)


def day(place: int) -> date:
    return (START + pd.Timedelta(days=place)).date()


OLD, NEW = ("1.0", 0.8), ("1.1", 0.8)


def test_a_new_version_is_a_release_on_its_first_day() -> None:
    (found,) = infer(log((30, {OLD: 1.0}), (30, {NEW: 1.0})))
    assert (found.day, found.version, found.version_before, found.type) == (day(30), "1.1", "1.0", "version")
    assert found.share == 1.0 and not found.staged and not found.rollback
    assert evidence(found) == "version 1.1 in place of 1.0 from 2026-01-31, on all requests"


def test_a_new_threshold_of_the_same_version_is_a_release() -> None:
    (found,) = infer(log((30, {OLD: 1.0}), (30, {("1.0", 0.7): 1.0})))
    assert (found.day, found.type, found.thresholds, found.thresholds_before) == (day(30), "threshold", (0.7,), (0.8,))


def test_a_staged_roll_out_is_told_as_such() -> None:
    (found,) = infer(log((30, {OLD: 1.0}), (6, {OLD: 0.9, NEW: 0.1}), (6, {OLD: 0.4, NEW: 0.6}), (20, {NEW: 1.0})))
    assert found.staged and abs((found.day - day(30)).days) <= 1
    assert found.half_on == day(36) and found.whole_on == day(42)
    assert "staged: half of the requests from 2026-02-06, all but a few from 2026-02-12" in evidence(found)


def test_a_flicker_of_a_canary_is_no_release() -> None:
    assert infer(log((30, {OLD: 1.0}), (3, {OLD: 0.9, NEW: 0.1}), (30, {OLD: 1.0}))) == []
    assert infer(log((30, {OLD: 1.0}), (1, {OLD: 0.3, NEW: 0.7}), (30, {OLD: 1.0}))) == []


def test_a_canary_that_stays_for_weeks_is_a_release_on_a_part_of_the_requests() -> None:
    (found,) = infer(log((30, {OLD: 1.0}), (30, {OLD: 0.85, NEW: 0.15})))
    assert found.whole_on is None and found.share == pytest.approx(0.15, abs=0.06) and found.until is None


def test_a_rollback_is_told_as_one() -> None:
    first, second = infer(log((30, {OLD: 1.0}), (20, {NEW: 1.0}), (30, {OLD: 1.0})))
    assert not first.rollback and first.until == day(50)
    assert second.rollback and second.day == day(50) and second.version == "1.0"
    assert evidence(second) == "back to version 1.0 in place of 1.1 from 2026-02-20, on all requests"


def test_a_trial_on_a_part_that_is_taken_back_has_a_way_back() -> None:
    first, second = infer(log((30, {OLD: 1.0}), (14, {OLD: 0.8, NEW: 0.2}), (30, {OLD: 1.0})))
    assert not first.rollback and second.rollback
    assert abs((second.day - day(44)).days) <= 1 and second.version == "1.0"


def test_what_a_log_begins_with_is_no_release() -> None:
    assert infer(log((40, {OLD: 0.7, ("1.0", 0.9): 0.3}))) == []


def test_a_log_that_begins_to_tell_its_version_released_nothing() -> None:
    assert infer(log((30, {("", float("nan")): 1.0}), (30, {NEW: 1.0}))) == []


def test_thresholds_of_segments_that_come_with_a_version_are_one_release() -> None:
    both: Share = {("1.1", 0.7): 0.6, ("1.1", 0.9): 0.4}
    (found,) = infer(log((30, {OLD: 1.0}), (30, both)))
    assert found.thresholds == (0.7, 0.9) and found.type == "version and threshold" and found.largest == 1.0


def test_a_threshold_of_one_segment_that_changes_is_a_release_on_its_share() -> None:
    before: Share = {OLD: 0.8, ("1.0", 0.9): 0.2}
    after: Share = {OLD: 0.8, ("1.0", 0.95): 0.2}
    (found,) = infer(log((30, before), (30, after)))
    assert found.type == "threshold" and found.thresholds == (0.95,)
    assert found.share == pytest.approx(0.2, abs=0.08)


def test_thresholds_set_by_request_are_no_settings() -> None:
    dice = np.random.default_rng(3)
    rows = [
        {"day": START + pd.Timedelta(days=place), "mitigation": "m", "version": "1", "threshold": value, "decisions": 1}
        for place in range(60)
        for value in dice.uniform(0.5, 0.9, 30)
    ]
    assert infer(pd.DataFrame(rows)) == []


def test_a_stray_decision_does_not_begin_a_release_early() -> None:
    (found,) = infer(log((28, {OLD: 1.0}), (1, {OLD: 0.95, NEW: 0.05}), (9, {OLD: 1.0}), (30, {NEW: 1.0}), seed=4))
    assert found.day == day(38)


@pytest.mark.parametrize("a_day", [4, 400])
def test_quiet_and_busy_mitigations_are_read_alike(a_day: int) -> None:
    (found,) = infer(log((30, {OLD: 1.0}), (30, {NEW: 1.0}), a_day=a_day))
    assert (found.day - day(30)).days in (0, 1)


def declared(place: int, version: str | None = "1.1", name: str = "r") -> dict[str, Any]:
    return {"release_id": name, "mitigation": "guard", "released_on": day(place).isoformat(), "version": version}


def found_one() -> list[Inferred]:
    return infer(log((30, {OLD: 1.0}), (30, {NEW: 1.0})))


@pytest.mark.parametrize("away", [-2, 0, 2])
def test_a_release_declared_within_two_days_is_the_same_one(away: int) -> None:
    assert matched(found_one(), [declared(30 + away, version=None)]) == ["r"]


def test_a_release_of_another_day_and_version_is_another_one() -> None:
    assert matched(found_one(), [declared(33, version="9"), declared(2)]) == [None]
    assert matched(found_one(), [declared(36)]) == ["r"]


def test_two_releases_on_one_day_take_one_declared_each() -> None:
    both = [*found_one(), *found_one()]
    assert sorted(map(str, matched(both, [declared(30, name="a"), declared(31, name="b")]))) == ["a", "b"]


def test_a_declared_day_within_a_staged_roll_out_is_that_release() -> None:
    found = infer(log((30, {OLD: 1.0}), (12, {OLD: 0.9, NEW: 0.1}), (20, {NEW: 1.0})))
    assert matched(found, [declared(41, version=None)]) == ["r"]


@pytest.mark.slow
def test_the_releases_planted_in_the_demo_are_those_inferred_and_each_one_forgotten_is_found(tmp_path: Path) -> None:
    write_demo(tmp_path, documents=3000)
    decisions = pd.read_parquet(tmp_path / "decisions.parquet")
    decisions = decisions.assign(day=pd.to_datetime(decisions["decided_at"]).dt.tz_localize(None).dt.normalize())
    keys = ["day", "mitigation", "version", "threshold"]
    found = infer(decisions.groupby(keys).size().rename("decisions").reset_index())
    entries = yaml.safe_load((tmp_path / "releases.yaml").read_text("utf-8"))["releases"]
    known = [{**row, "release_id": row["id"], "released_on": str(row["released_on"])} for row in entries]
    within = {row["id"] for row in known if row["released_on"] > str(decisions["day"].min().date())}
    assert len(within) == 6 and set(matched(found, known)) == within
    days = {row["id"]: row["released_on"] for row in known}
    for name in within:
        rest = matched(found, [row for row in known if row["id"] != name])
        (place,) = (place for place, one in enumerate(rest) if one is None)
        assert abs((found[place].day - date.fromisoformat(days[name])).days) <= 1
