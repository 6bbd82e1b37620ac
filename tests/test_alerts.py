"""Alerts: few, stable, in the right state."""

import pandas as pd
import pytest

from topics.alerts import ALERT_COLUMNS, STANDING_COLUMNS, alerts
from topics.change import CHANGE_COLUMNS

AS_OF = pd.Timestamp("2026-06-01")
NONE_STANDING = pd.DataFrame(columns=list(STANDING_COLUMNS))
ROLL_UPS = {
    "feedback/theme=T0001": "feedback/kind=over_block",
    "feedback/theme=T0002": "feedback/kind=over_block",
    "feedback/kind=over_block": "feedback/total",
    "feedback/unassigned": "feedback/total",
}


def change(series: str, day: str, **fields: object) -> dict[str, object]:
    """A step up from 4 to 12 a day, found two days later, unless told otherwise."""
    first = pd.Timestamp(str(day))
    usual: dict[str, object] = dict.fromkeys(CHANGE_COLUMNS, 0.0) | {
        "series": series,
        "day": first,
        "day_low": first - pd.Timedelta(days=1),
        "day_high": first + pd.Timedelta(days=1),
        "end": pd.NaT,
        "direction": "up",
        "type": "step",
        "ratio": 3.0,
        "before_mean": 4.0,
        "after_mean": 12.0,
        "detected_on": first + pd.Timedelta(days=2),
        "confirmed": True,
        "monitored": True,
        "hazard": "low",
        "rollup": ROLL_UPS.get(series),
    }
    row = usual | fields
    return row | {"change_id": f"{series}|{row['direction']}|{day}"}


def table(*rows: dict[str, object]) -> pd.DataFrame:
    """Changes as the detector gives them."""
    return pd.DataFrame(rows, columns=list(CHANGE_COLUMNS))


def written(*rows: dict[str, object], standing: pd.DataFrame = NONE_STANDING, as_of: object = AS_OF) -> pd.DataFrame:
    """The alerts these changes make."""
    return alerts(table(*rows), standing, as_of=pd.Timestamp(str(as_of)))


def test_one_change_is_one_alert() -> None:
    found = written(change("feedback/theme=T0001", "2026-05-01"))
    assert tuple(found.columns) == ALERT_COLUMNS
    assert found["title"].tolist() == ["feedback/theme=T0001 rose ×3 from 2026-05-01"]
    assert found["state"].tolist() == ["ongoing"]


def test_the_same_changes_again_give_the_same_rows() -> None:
    rows = [change("feedback/theme=T0001", "2026-05-01"), change("feedback/theme=T0002", "2026-03-01")]
    first = written(*rows)
    pd.testing.assert_frame_equal(first, written(*rows, standing=first))


def test_a_theme_that_explains_its_roll_ups_is_the_only_alert() -> None:
    found = written(
        change("feedback/total", "2026-05-01", before_mean=50.0, after_mean=59.0),
        change("feedback/kind=over_block", "2026-05-02", before_mean=20.0, after_mean=28.5),
        change("feedback/theme=T0001", "2026-05-01"),
    )
    assert found["series"].tolist() == ["feedback/theme=T0001"]
    assert len(found["members"][0]) == 3


def test_a_wide_rise_is_one_alert_about_the_roll_up() -> None:
    found = written(
        change("feedback/kind=over_block", "2026-05-01", before_mean=20.0, after_mean=40.0),
        change("feedback/theme=T0001", "2026-05-01"),
        change("feedback/theme=T0002", "2026-05-02"),
    )
    assert found["series"].tolist() == ["feedback/kind=over_block"]
    assert len(found["members"][0]) == 3


def test_a_rise_of_many_parts_is_about_the_roll_up_even_if_one_part_is_most_of_it() -> None:
    found = written(
        change("feedback/total", "2026-05-01", before_mean=20.0, after_mean=60.0),
        change("feedback/kind=reliability", "2026-05-01", rollup="feedback/total", before_mean=4.0, after_mean=36.5),
        change("feedback/kind=quality", "2026-05-01", rollup="feedback/total", before_mean=1.0, after_mean=3.0),
        change("feedback/kind=billing", "2026-05-02", rollup="feedback/total", before_mean=1.0, after_mean=3.0),
        change("feedback/kind=over_block", "2026-05-02", rollup="feedback/total", before_mean=1.0, after_mean=3.0),
    )
    assert found["series"].tolist() == ["feedback/total"]
    assert len(found["members"][0]) == 5


def test_a_second_theme_beside_the_one_that_explains_keeps_its_own_alert() -> None:
    found = written(
        change("feedback/kind=over_block", "2026-05-01", before_mean=20.0, after_mean=40.0),
        change("feedback/theme=T0001", "2026-05-01", before_mean=4.0, after_mean=21.0),
        change("feedback/theme=T0002", "2026-05-02", before_mean=1.0, after_mean=4.0),
    )
    assert found["series"].tolist() == ["feedback/theme=T0001", "feedback/theme=T0002"]


def test_unassigned_documents_of_the_same_rise_join_its_alert() -> None:
    found = written(
        change("feedback/total", "2026-05-01", before_mean=50.0, after_mean=70.0),
        change("feedback/kind=over_block", "2026-05-01", before_mean=20.0, after_mean=38.0),
        change("feedback/unassigned", "2026-05-01", before_mean=20.0, after_mean=35.0),
    )
    assert found["series"].tolist() == ["feedback/kind=over_block"]


@pytest.mark.parametrize("other", [{"direction": "down"}, {"day": "2026-04-01"}])
def test_other_days_or_directions_are_other_alerts(other: dict[str, str]) -> None:
    second = {"day": "2026-05-01"} | other
    found = written(
        change("feedback/kind=over_block", "2026-05-01"),
        change("feedback/theme=T0001", second["day"], direction=second.get("direction", "up")),
    )
    assert len(found) == 2


@pytest.mark.parametrize(
    "hidden",
    [{"monitored": False}, {"detected_on": pd.NaT}, {"detected_on": AS_OF + pd.Timedelta(days=1)}],
)
def test_what_is_not_monitored_or_not_detected_yet_is_not_paged(hidden: dict[str, object]) -> None:
    assert written(change("feedback/theme=T0001", "2026-05-01", **hidden)).empty


def test_a_coverage_change_is_not_paged() -> None:
    marked = table(change("feedback/total", "2026-05-01")).assign(coverage="product=x start")
    assert alerts(marked, NONE_STANDING, as_of=AS_OF).empty


def test_an_alert_is_new_for_a_week() -> None:
    one = change("feedback/theme=T0001", "2026-05-01")
    assert written(one, as_of="2026-05-05")["state"].tolist() == ["new"]
    assert written(one, as_of="2026-05-12")["state"].tolist() == ["ongoing"]


def test_a_further_rise_escalates_the_same_alert() -> None:
    first = change("feedback/theme=T0001", "2026-05-01")
    further = change("feedback/theme=T0001", "2026-05-20", before_mean=12.0, after_mean=40.0)
    found = written(first, further, as_of="2026-05-24")
    assert found["state"].tolist() == ["escalating"]
    assert found["day"].tolist() == [pd.Timestamp("2026-05-01")]


def test_a_fall_back_resolves_and_a_new_rise_regresses() -> None:
    first = change("feedback/theme=T0001", "2026-04-01")
    back = change(
        "feedback/theme=T0001", "2026-04-20", direction="down", before_mean=12.0, after_mean=4.0, monitored=False
    )
    again = change("feedback/theme=T0001", "2026-05-05", before_mean=4.0, after_mean=14.0)
    assert written(first, back, as_of="2026-04-30")["state"].tolist() == ["resolved"]
    regressed = written(first, back, again, as_of="2026-05-08")
    assert regressed["state"].tolist() == ["regressed"]
    assert regressed["alert_id"].tolist() == written(first)["alert_id"].tolist()


def test_a_burst_is_resolved_after_its_end() -> None:
    burst = change("feedback/theme=T0001", "2026-05-01", type="burst", end=pd.Timestamp("2026-05-06"))
    assert written(burst)["state"].tolist() == ["resolved"]


def test_a_date_that_moves_by_days_keeps_the_alert() -> None:
    first = written(change("feedback/theme=T0001", "2026-05-01"))
    moved = written(change("feedback/theme=T0001", "2026-05-04"), standing=first)
    assert moved["alert_id"].tolist() == first["alert_id"].tolist()
    assert moved["fingerprint"].tolist() == first["fingerprint"].tolist()
    assert moved["detected_on"].tolist() == first["detected_on"].tolist()


def test_a_roll_up_that_changes_later_joins_the_published_alert() -> None:
    leaf = change("feedback/theme=T0001", "2026-05-01")
    first = written(leaf)
    wide = change("feedback/kind=over_block", "2026-05-02", before_mean=20.0, after_mean=40.0)
    later = written(leaf, wide, standing=first)
    assert later["series"].tolist() == ["feedback/theme=T0001"]
    assert len(later["members"][0]) == 2


def test_an_alert_that_no_change_bears_out_any_more_is_resolved() -> None:
    first = written(change("feedback/theme=T0001", "2026-05-01"))
    later = written(standing=first)
    assert later["alert_id"].tolist() == first["alert_id"].tolist()
    assert later["state"].tolist() == ["resolved"]
    assert later["title"].tolist() == first["title"].tolist()
