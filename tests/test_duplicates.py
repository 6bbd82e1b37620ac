"""Duplicates: one reporter's repetitions collapse, many reporters' equal words do not."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.duplicates import RULES, EmptyWindow, collapse, fingerprint, masked, overruled, template
from nlp.frames import MissingColumns, WrongColumnType

START = pd.Timestamp("2026-03-01")
LONG = (
    "the safety filter stopped my authorised penetration test of our own login page in the middle of a paid engagement"
)


def frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Documents with what a row leaves out: a day after the other, one known reporter, no ids."""
    full = [
        {
            "document_id": f"d{number:03}",
            "received_at": START + pd.Timedelta(hours=number),
            "reporter": "r1",
            "reporter_known": True,
            "claim": "it was blocked",
            "request_id": None,
            "decision_id": None,
        }
        | row
        for number, row in enumerate(rows)
    ]
    return pd.DataFrame(full, columns=list(full[0]))


def found(documents: pd.DataFrame) -> dict[str, tuple[str, str]]:
    rows = collapse(documents)
    return {row.document_id: (row.kept_id, row.rule) for row in rows.itertuples()}


def test_flood_with_varying_ids_collapses_to_one_a_week() -> None:
    rows = [
        {
            "claim": f"Request req_{n:016x} was blocked at 12:{n % 60:02} by rule {n}",
            "received_at": START + pd.Timedelta(hours=n),
        }
        for n in range(24 * 14)
    ]
    assert len(rows) - len(found(frame(rows))) == 2


def test_long_template_collapses_at_any_distance_in_time() -> None:
    rows = [{"claim": f"{LONG}, case {n}", "received_at": START + pd.Timedelta(days=20 * n)} for n in range(12)]
    assert set(found(frame(rows)).values()) == {("d000", "template")}


def test_nearly_equal_report_collapses_at_any_distance_and_a_similar_one_within_the_window() -> None:
    near, alike = LONG + " today", LONG.replace("stopped", "killed").replace("paid ", "")
    later = START + pd.Timedelta(days=60)
    assert found(frame([{"claim": LONG}, {"claim": near, "received_at": later}])) == {
        "d001": ("d000", "near_duplicate")
    }
    assert found(frame([{"claim": LONG}, {"claim": alike, "received_at": later}])) == {}


def test_a_form_that_everybody_fills_in_makes_nothing_similar() -> None:
    form = "What happened in the product and on which page was it {} What did you expect to happen instead of this {}"
    words = ["fonts", "billing", "latency", "biology", "spanish", "export", "login", "memory"]
    rows = [
        {"reporter": f"r{number}", "claim": form.format(words[number % 8], words[(number + 3) % 8])}
        for number in range(20)
    ]
    mine = [
        {"reporter": "me", "claim": form.format("voice", "silence")},
        {"reporter": "me", "claim": form.format("a", "b")},
    ]
    assert found(frame(mine)) == {"d001": ("d000", "near_duplicate")}
    assert found(frame([*rows, *mine])) == {}


def test_customers_with_the_same_short_words_do_not_collapse() -> None:
    assert found(frame([{"reporter": f"r{n}", "claim": "unfair billing practices"} for n in range(50)])) == {}


def test_unknown_reporters_never_collapse() -> None:
    rows = [{"reporter": "", "reporter_known": False, "claim": LONG, "request_id": "req_1"} for _ in range(5)]
    assert found(frame(rows)) == {}


def test_same_request_or_decision_collapses_at_any_distance() -> None:
    rows = [
        {"claim": "first words", "request_id": "req_1"},
        {"claim": "quite other words", "request_id": "req_1", "received_at": START + pd.Timedelta(days=90)},
        {"claim": "something", "decision_id": "x"},
        {"claim": "anything", "decision_id": "x"},
    ]
    assert found(frame(rows)) == {"d001": ("d000", "same_request"), "d003": ("d002", "same_decision")}


def test_request_id_of_another_reporter_does_not_collapse() -> None:
    assert found(frame([{"request_id": "req_1"}, {"request_id": "req_1", "reporter": "r2", "claim": "mine"}])) == {}


def test_reworded_report_is_a_near_duplicate() -> None:
    rows = [{"claim": LONG}, {"claim": LONG.replace("stopped", "killed").replace("paid ", "")}]
    assert found(frame(rows)) == {"d001": ("d000", "near_duplicate")}


def test_short_claims_must_be_equal_to_collapse() -> None:
    assert (
        found(frame([{"claim": "blocked again by the stupid filter"}, {"claim": "blocked again by the stupid gate"}]))
        == {}
    )


def test_other_long_claims_of_the_reporter_stay() -> None:
    other = (
        "after the update the assistant answers every question about medicine with a lecture and never with the dose"
    )
    assert found(frame([{"claim": LONG}, {"claim": other}])) == {}


def test_claims_without_words_never_collapse_by_template() -> None:
    assert found(frame([{"claim": ""}, {"claim": ""}, {"claim": "🙂"}, {"claim": None}])) == {}


def test_fingerprint_and_template_see_what_they_should() -> None:
    assert fingerprint("It's  BLOCKED!") == fingerprint("it s blocked")
    assert fingerprint("blocked at 3") != fingerprint("blocked at 4")
    assert template("blocked at 3 <EMAIL_1>") == template("Blocked at 44: <EMAIL_7>")
    assert template("blocked") != template("allowed")
    assert masked("我的请求12被拒绝 https://a.example/x") == "我 的 请 求 0 被 拒 绝 0"


def test_empty_frame_gives_an_empty_frame() -> None:
    assert list(collapse(frame([{}]).iloc[:0]).columns) == ["document_id", "kept_id", "rule"]


def test_faulty_input_is_named() -> None:
    with pytest.raises(MissingColumns, match="reporter"):
        collapse(frame([{}]).drop(columns="reporter"))
    with pytest.raises(WrongColumnType, match="received_at"):
        collapse(frame([{"received_at": "2026-03-01"}]))
    with pytest.raises(EmptyWindow, match="7 days"):
        collapse(frame([{}]), window=pd.Timedelta(0))


def test_zoned_times_equal_naive_utc() -> None:
    documents = frame([{"claim": LONG}, {"claim": LONG}])
    zoned = documents.assign(received_at=documents["received_at"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"))
    pd.testing.assert_frame_equal(collapse(documents), collapse(zoned))


FORMED = "Filed for {} by the gateway of our company in the hope that somebody reads it: {} was refused, case 7"
CLAIMS = [
    LONG,
    *(FORMED.format(who, what) for who in ("legal", "sales", "lab") for what in ("a contract", "the recipe")),
    LONG.replace("paid", "free"),
    LONG + " today",
    "short words",
    "short words 7",
    "short words 8",
    "",
    *LONG.split("the "),
]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "claim": st.sampled_from(CLAIMS),
            "reporter": st.sampled_from(["r1", "r2", "r3"]),
            "reporter_known": st.sampled_from([True, True, False]),
            "received_at": st.integers(0, 30).map(lambda days: START + pd.Timedelta(days=days)),
            "request_id": st.sampled_from([None, None, "a", "b"]),
            "decision_id": st.sampled_from([None, None, "x"]),
        }
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=30)
@given(rows=ROWS, data=st.data())
def test_order_of_the_rows_changes_nothing(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    documents = frame(rows)
    order = data.draw(st.permutations(range(len(rows))))
    pd.testing.assert_frame_equal(collapse(documents), collapse(documents.iloc[order]))


@settings(max_examples=30)
@given(rows=ROWS)
def test_kept_document_is_earlier_and_never_collapsed(rows: list[dict[str, Any]]) -> None:
    documents = frame(rows).set_index("document_id", drop=False)
    result = collapse(documents.reset_index(drop=True))
    assert not set(result["kept_id"]) & set(result["document_id"])
    assert result["document_id"].is_unique
    for row in result.itertuples():
        collapsed, kept = documents.loc[row.document_id], documents.loc[row.kept_id]
        assert collapsed["reporter_known"] and kept["reporter_known"]
        assert collapsed["reporter"] == kept["reporter"] or row.rule == "linked"
        assert (kept["received_at"], kept["document_id"]) < (collapsed["received_at"], collapsed["document_id"])


@settings(max_examples=30)
@given(rows=ROWS, claim=st.sampled_from(CLAIMS), day=st.integers(0, 30))
def test_document_of_a_stranger_collapses_nobody_elses(rows: list[dict[str, Any]], claim: str, day: int) -> None:
    stranger = {"reporter": "stranger", "claim": claim, "received_at": START + pd.Timedelta(days=day)}
    assert set(found(frame([*rows, stranger]))) <= set(found(frame(rows)))


@settings(max_examples=20)
@given(rows=ROWS)
def test_everything_collapsed_names_a_rule_that_is_listed(rows: list[dict[str, Any]]) -> None:
    assert set(collapse(frame(rows))["rule"]) <= set(RULES)


def test_verdict_separates_one_document_and_leaves_the_others() -> None:
    duplicates = collapse(frame([{"claim": LONG}] * 3))
    verdicts = pd.DataFrame([{"document_id": "d001", "kept_id": None, "verdict": "separate"}])
    assert overruled(duplicates, verdicts)["document_id"].tolist() == ["d002"]


def test_verdict_joins_a_group_to_the_document_that_counts() -> None:
    rows = [{"claim": LONG}, {"claim": LONG}, {"claim": "other words", "reporter": "r2"}]
    verdicts = pd.DataFrame([{"document_id": "d000", "kept_id": "d002", "verdict": "same"}])
    result = overruled(collapse(frame(rows)), verdicts)
    assert result.to_dict("list") == {
        "document_id": ["d000", "d001"],
        "kept_id": ["d002", "d002"],
        "rule": ["judged", "template"],
    }


def test_verdicts_that_contradict_each_other_leave_one_that_counts() -> None:
    verdicts = pd.DataFrame(
        [
            {"document_id": "d000", "kept_id": "d001", "verdict": "same"},
            {"document_id": "d001", "kept_id": "d000", "verdict": "same"},
        ]
    )
    result = overruled(collapse(frame([{}, {"claim": "else"}])), verdicts)
    assert result["document_id"].tolist() == ["d000"] and result["kept_id"].tolist() == ["d001"]


def test_without_verdicts_nothing_changes() -> None:
    duplicates = collapse(frame([{"claim": LONG}] * 3))
    none = pd.DataFrame({"document_id": [], "kept_id": [], "verdict": []})
    pd.testing.assert_frame_equal(overruled(duplicates, none), duplicates)
