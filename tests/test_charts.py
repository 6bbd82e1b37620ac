"""Charts: one specification for page and mail, right days, no configuration of its own, empty data drawn too."""

import json

import pandas as pd
import pytest

from jobs.charts import Spec, png, sparkline, volume_chart, weekly_chart


@pytest.fixture
def volume() -> pd.DataFrame:
    days = pd.date_range("2026-03-01", "2026-03-20")
    columns = {"documents": range(20), "reporters": [n // 2 for n in range(20)], "masked": [0] * 19 + [1]}
    return pd.DataFrame({"day": days, **columns, "completeness": [1.0] * 17 + [0.5] * 3})


CHANGE = {"day": "2026-03-09", "day_low": "2026-03-08", "day_high": "2026-03-10", "direction": "up", "ratio": 2.4}
RELEASE = {"released_on": "2026-03-09", "mitigation_name": "</script><b>", "version": "v2"}
WEEK = {"claimed_raw": 9, "claimed_unique": 7, "claims_low": 5, "claims_high": 9, "partial": False}


def texts(spec: Spec) -> str:
    return json.dumps(spec)


def test_days_stay_utc_days_wherever_the_reader_is(volume: pd.DataFrame) -> None:
    spec = volume_chart(volume, [CHANGE], [RELEASE], "a")
    assert '"2026-03-01"' in texts(spec) and "T00:00" not in texts(spec)
    axes = [layer["encoding"]["x"] for layer in flat(spec) if "x" in layer.get("encoding", {})]
    assert axes and all(axis["scale"] == {"type": "utc"} for axis in axes)


def flat(spec: Spec) -> list[Spec]:
    return [one for layer in spec["layer"] for one in (flat(layer) if "layer" in layer else [layer])]


def test_changes_and_releases_outside_the_days_are_left_out(volume: pd.DataFrame) -> None:
    inside = volume_chart(volume, [CHANGE], [RELEASE], "a")
    outside = volume_chart(volume, [{**CHANGE, "day": "2025-01-01"}], [{**RELEASE, "released_on": "2027-01-01"}], "a")
    assert "×2.4" in texts(inside) or "\\u00d72.4" in texts(inside)
    assert len(flat(outside)) < len(flat(inside))
    assert "v2" not in texts(outside)


def test_the_specification_brings_no_colours_of_a_page(volume: pd.DataFrame) -> None:
    for spec in (volume_chart(volume, [], [], "a"), weekly_chart([{"week": "2026-W10", **WEEK}], "a")):
        assert "config" not in spec and spec["width"] == "container" and spec["description"] == "a"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_mail_gets_the_same_chart_as_png(volume: pd.DataFrame) -> None:
    for spec in (
        volume_chart(volume, [CHANGE], [RELEASE], "a"),
        weekly_chart([{"week": "2026-W10", **WEEK}, {"week": "2026-W11", **WEEK, "partial": True}], "b"),
        volume_chart([], [], [], "empty"),
        weekly_chart([], "empty"),
    ):
        assert png(spec, scale=1).startswith(b"\x89PNG")


def test_suppressed_weeks_are_gaps_not_zeros() -> None:
    rows = [{"week": "2026-W10", **dict.fromkeys(WEEK), "partial": False}]
    assert '"claimed_unique": null' in texts(weekly_chart(rows))


def test_a_sparkline_needs_two_values_and_stays_in_its_box() -> None:
    assert sparkline([]) == sparkline([5]) == ""
    points = [tuple(map(float, point.split(","))) for point in sparkline([0, 9, 3, 9]).split()]
    assert all(0 <= x <= 112 and 0 <= y <= 26 for x, y in points)
    assert sparkline([0, 0]) == "1.0,25.0 111.0,25.0"
