"""Decisions by week and slice: made, found wrong, and wrong by random audit."""

import pandas as pd
import pytest

from mitigations.cells import NotASlicing, slice_keys, slicing, week_name, weeks
from mitigations.decisions import audited_errors, found_wrong, made
from mitigations.denominators import exposed

WEEK = pd.Timestamp("2026-03-02")


def audits(rows: list[tuple[str, str, str, float | None]], source: str = "audit") -> pd.DataFrame:
    """Decisions of Wednesday 2026-03-04: action, truth, plan, inclusion probability."""
    frame = pd.DataFrame(rows, columns=["action", "truth", "plan", "inclusion_probability"])
    frame["inclusion_probability"] = frame["inclusion_probability"].astype(float)
    return frame.assign(
        day=WEEK + pd.Timedelta(days=2), decision_id=[f"x{n}" for n in range(len(frame))], truth_source=source
    )


def test_decisions_are_counted_by_week_and_slice() -> None:
    days = pd.DataFrame(
        {
            "day": pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-08", "2026-03-08"]),
            "action": ["block", "block", "block", "allow"],
            "decisions": [1, 2, 3, 100],
            "plan": ["pro", "pro", None, "pro"],
        }
    )
    counted = made(days, ("plan",), action="block")
    assert counted.to_dict() == {
        (pd.Timestamp("2026-02-23"), "plan=pro"): 1,
        (WEEK, "plan=(none)"): 3,
        (WEEK, "plan=pro"): 2,
    }


def test_decision_found_wrong_by_audit_and_appeal_counts_once() -> None:
    audited = audits(
        [("block", "benign", "pro", 0.5), ("block", "harmful", "pro", 0.5), ("flag", "benign", "pro", 1.0)]
    )
    appeals = pd.DataFrame(
        {
            "day": WEEK,
            "decision_id": ["x0", "y1", "y2", "y3"],
            "outcome": ["overturned", "overturned", "upheld", "overturned"],
            "action": ["block", None, None, "flag"],
            "plan": ["pro", None, None, "pro"],
        }
    )
    assert found_wrong(audited, appeals, (), kind="over_block").to_dict() == {(WEEK, "all"): 2}
    assert found_wrong(audited, appeals, ("plan",), kind="over_block").to_dict() == {
        (WEEK, "plan=(none)"): 1,
        (WEEK, "plan=pro"): 1,
    }
    assert found_wrong(audited, appeals, (), kind="under_block").empty


def test_wrong_blocks_are_the_audited_share_times_the_blocks() -> None:
    audited = audits([("block", "benign", "pro", 0.1)] * 10 + [("block", "harmful", "pro", 0.1)] * 30)
    blocks = pd.Series({(WEEK, "all"): 1000.0})
    found = audited_errors(audited, blocks, (), kind="over_block").loc[(WEEK, "all")]
    assert found["audited"] == 40
    assert found["wrong"] == pytest.approx(250)
    assert 100 < found["wrong_low"] < 250 < found["wrong_high"] < 450


def test_weights_stand_for_allowed_traffic_that_no_log_counts() -> None:
    audited = audits([("allow", "harmful", "pro", 0.01)] + [("allow", "benign", "pro", 0.01)] * 99)
    found = audited_errors(audited, None, (), kind="under_block").loc[(WEEK, "all")]
    assert found["population"] == pytest.approx(10_000)
    assert found["wrong"] == pytest.approx(100)


@pytest.mark.parametrize("source", ["appeal", "red_team"])
def test_truth_that_was_not_drawn_at_random_enters_no_estimate(source: str) -> None:
    assert audited_errors(audits([("block", "benign", "pro", 0.5)], source), None, (), kind="over_block").empty
    assert audited_errors(audits([("block", "benign", "pro", None)]), None, (), kind="over_block").empty


def exposure(rows: list[tuple[str, str | None, dict[str, str], float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["mitigation", "harm_domain", "segments", "requests"])
    return frame.assign(day=WEEK, blocked=1.0, customers=10.0)


def test_exposure_of_different_breakdowns_is_never_added_up() -> None:
    rows = exposure(
        [("all", None, {}, 100.0), ("all", None, {"plan": "pro"}, 60.0), ("all", None, {"plan": "free"}, 40.0)]
    )
    total, plans = exposed(rows, ()), exposed(rows, ("plan",))
    assert total is not None and plans is not None
    assert total["requests"].to_dict() == {(WEEK, "all"): 100.0}
    assert plans["requests"].to_dict() == {(WEEK, "plan=free"): 40.0, (WEEK, "plan=pro"): 60.0}
    assert plans["active_customers"].tolist() == [10.0, 10.0]


def test_finer_exposure_is_summed_but_its_customers_are_not() -> None:
    found = exposed(exposure([("all", None, {"plan": "pro"}, 60.0), ("all", None, {"plan": "free"}, 40.0)]), ())
    assert found is not None
    assert found["requests"].tolist() == [100.0]
    assert found["active_customers"].isna().all()


def test_slice_without_exposure_of_its_own_has_no_denominator() -> None:
    rows = exposure([("all", None, {"plan": "pro"}, 60.0), ("m1", "cyber", {}, 60.0), ("m2", "cyber", {}, 60.0)])
    assert exposed(rows, ("locale",)) is None
    assert exposed(rows, ("harm_domain",)) is None, "two mitigations of a domain see the same requests"
    assert exposed(rows[rows["mitigation"] != "m2"], ("harm_domain",)) is not None


def test_weeks_are_iso_weeks() -> None:
    found = weeks(pd.Timestamp("2025-12-31"), pd.Timestamp("2026-01-12 09:00"))
    assert [week_name(start) for start in found] == ["2026-W01", "2026-W02", "2026-W03"]


@pytest.mark.parametrize("text", ["", "plan&", "plan&plan"])
def test_slicing_names_each_attribute_once(text: str) -> None:
    with pytest.raises(NotASlicing, match="expected attributes"):
        slicing(text)


def test_values_cannot_forge_a_slice_key() -> None:
    keys = slice_keys(pd.DataFrame({"plan": ["pro&harm_domain=cyber"]}), ("plan",))
    assert keys.tolist() == ["plan=pro%26harm_domain%3Dcyber"]
