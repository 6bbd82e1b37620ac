"""What comes after a change began explains none of it, and what passes explains what is not left without it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from topics.explain import Surroundings, explain
from topics.periods import split_periods, without

DAYS = pd.date_range("2026-01-05", periods=90, freq="D")
FIRST, RELEASED = 50, 62


def documents(more: "np.ndarray[Any, Any]", **fields: Any) -> pd.DataFrame:
    """Six reports on every day, and `more` of them with `fields`."""
    rows = [
        {"day": day, "plan": "team" if number % 2 else "free"} | (fields if number >= 6 else {})
        for place, day in enumerate(DAYS)
        for number in range(6 + int(more[place]))
    ]
    table = pd.DataFrame(rows)
    table["document_id"] = table["reporter"] = table["customer"] = [f"d{number}" for number in range(len(table))]
    return table.assign(stream="feedback", kept=True, kind="over_block", harm_domain="cyber", mitigation="cyber-guard")


def change(day: int, low: int, high: int, **fields: Any) -> "pd.Series[Any]":
    known = {
        "series": "feedback/total", "direction": "up", "type": "step", "day": DAYS[day], "day_low": DAYS[low],
        "day_high": DAYS[high], "end": pd.NaT, "detected_on": DAYS[high], "ratio": 2.0, "ratio_low": 1.7,
        "ratio_high": 2.4, "before_mean": 6.0, "after_mean": 12.0, "q_value": 1e-6, "confirmed": True,
    }  # fmt: skip
    return pd.Series(known | fields)


def around() -> Surroundings:
    row = {"release_id": "r1", "mitigation": "cyber-guard", "day": DAYS[RELEASED], "harm_domain": "cyber"}
    return Surroundings(releases=pd.DataFrame([row]))


RAMP = np.clip(1.5 * (np.arange(90) - FIRST), 0, 12).astype(int)
STEP = np.where(np.arange(90) >= RELEASED, 8, 0)


@pytest.mark.parametrize(
    ("more", "found"),
    [
        (RAMP, change(FIRST, FIRST, RELEASED + 2, type="ramp")),
        (RAMP, change(RELEASED + 3, FIRST, RELEASED + 5)),
        (12 - RAMP, change(FIRST, FIRST, RELEASED + 2, type="ramp", direction="down", ratio=0.5)),
    ],
    ids=["a ramp", "a step late in a ramp", "a fall"],
)
def test_a_release_that_came_well_after_a_change_began_is_ruled_out(more: Any, found: "pd.Series[Any]") -> None:
    said = explain(found, documents(more), around=around())
    assert [row["type"] for row in said["coincides_with"]] == ["unclear"]
    assert "what speaks of it had gone to ×" in said["ruled_out"][0]["evidence_against"]


def test_a_release_on_the_day_of_a_jump_is_told_however_long_the_interval_is() -> None:
    for day in (FIRST + 8, RELEASED, RELEASED + 2):
        said = explain(change(day, FIRST, RELEASED + 5), documents(STEP), around=around())
        assert [row["id"] for row in said["coincides_with"]] == ["r1"]


def test_days_on_which_a_change_may_have_begun_are_compared_with_neither_side() -> None:
    own = documents(RAMP, plan="enterprise")
    late = change(RELEASED, FIRST, RELEASED + 5)
    periods = split_periods(late, own)
    assert (periods.low, periods.days_before, len(periods.unsure["day"].unique())) == (DAYS[FIRST], 28, 12)
    carried = explain(late, own)["carried_by"][0]
    assert (carried["value"], carried["share_before"]) == ("enterprise", 0.0)


def test_a_fortnight_before_is_compared_even_if_a_change_may_have_begun_in_it() -> None:
    periods = split_periods(change(FIRST, FIRST - 8, FIRST, since=DAYS[FIRST - 20]), documents(STEP))
    assert (periods.start, periods.low) == (DAYS[FIRST - 20], DAYS[FIRST - 6])


@pytest.mark.parametrize(("more", "told"), [(0, "outage"), (6, "unclear")])
def test_an_outage_explains_a_change_that_is_gone_without_its_day(more: int, told: str) -> None:
    days = np.arange(90)
    own = documents(np.where(days == FIRST, 90, np.where(days > FIRST, more, 0)))
    known = {"day": [DAYS[FIRST]], "end": [DAYS[FIRST + 1]], "name": ["requests fail"], "type": ["outage"]}
    said = explain(change(FIRST, FIRST, FIRST), own, around=Surroundings(calendar=pd.DataFrame(known)))
    assert [row["type"] for row in said["coincides_with"]] == [told]


def test_days_left_out_of_a_ratio_count_on_neither_side() -> None:
    days = np.arange(90)
    periods = split_periods(change(FIRST, FIRST, FIRST), documents(np.where(days == FIRST, 90, 0)))
    assert without(periods, []) > 1.4
    assert without(periods, [DAYS[FIRST]]) == pytest.approx(1.0, abs=0.01)
