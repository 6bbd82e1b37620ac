"""The ledger: what is counted once, against which denominator, with which interval; and the job that writes it."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jobs import ledger_job
from jobs.ledger_revisions import KEY
from jobs.settings import Settings
from jobs.store import Store
from mitigations.ledger import UNCORRECTED, Evidence, weekly

MONDAY = pd.Timestamp("2026-03-02")
AS_OF = pd.Timestamp("2026-03-10T12:00:00")


def claims(number: int, **fields: object) -> pd.DataFrame:
    """Over-block claims of Tuesday 2026-03-03, each of its own reporter and customer unless said otherwise."""
    prefix = fields.pop("prefix", "d")
    names = [f"{prefix}{n}" for n in range(number)]
    base = {
        "day": MONDAY + pd.Timedelta(days=1),
        "kind": "over_block",
        "reporter": names,
        "reporter_known": True,
        "customer": names,
        "kept": True,
        "rule": None,
        "action": None,
    }
    return pd.DataFrame({"document_id": names, **base, **fields})


@pytest.fixture
def nothing() -> Evidence:
    """No exposure, no decisions, no labels."""
    decision = ["decision_id", "day", "action", "truth", "truth_source", "inclusion_probability", "outcome"]
    empty = pd.DataFrame(columns=decision).astype({"inclusion_probability": float, "day": "datetime64[ns]"})
    sample = pd.DataFrame(columns=["document_id", "answers", "inclusion_probability", "labellers"])
    pairs = pd.DataFrame(columns=["document_id", "first", "second"])
    return Evidence(pd.DataFrame(), pd.DataFrame(), empty, empty, sample, pairs)


def row(
    ledger: pd.DataFrame, *, week: str = "2026-W10", slice: str = "all", kind: str = "over_block", span: int = 1
) -> pd.Series:
    cells = (ledger["week"] == week) & (ledger["slice"] == slice) & (ledger["kind"] == kind) & (ledger["span"] == span)
    found = ledger[cells]
    assert len(found) == 1
    return found.iloc[0]


def test_flood_of_one_reporter_is_one_claim_and_stays_visible(nothing: Evidence) -> None:
    flood = claims(40, prefix="f", reporter="tool", customer="tool")
    flood.loc[1:, ["kept", "rule"]] = [False, "template"]
    found = row(weekly(pd.concat([claims(3), flood]), nothing, by=[], as_of=AS_OF))
    assert (found["claimed_raw"], found["claimed_unique"], found["reporters"]) == (43, 4, 4)
    assert found["collapsed"] == {"template": 39}
    assert found["detail"]["raw_top_reporter_share"] == pytest.approx(40 / 43, abs=1e-4)
    assert found["effective_reporters"] == pytest.approx(4.0)


def test_dominance_is_told_of_what_was_not_collapsed(nothing: Evidence) -> None:
    loud = claims(5, prefix="l", reporter="loud", customer="loud")
    found = row(weekly(pd.concat([claims(1), loud]), nothing, by=[], as_of=AS_OF))
    assert found["top_reporter_share"] == pytest.approx(5 / 6)
    assert found["effective_reporters"] == pytest.approx(36 / 26)
    assert found["customers"] == 2


def test_unknown_reporters_count_each_as_their_own(nothing: Evidence) -> None:
    unknown = claims(4, reporter="?", reporter_known=False, customer=None)
    found = row(weekly(unknown, nothing, by=[], as_of=AS_OF))
    assert (found["reporters"], found["unknown_reporters"], found["customers"]) == (4, 4, 0)


def test_total_is_counted_and_not_the_sum_of_its_slices(nothing: Evidence) -> None:
    both = pd.concat([claims(3, plan="pro"), claims(3, prefix="e", plan="free", reporter=["d0", "d1", "d2"])])
    ledger = weekly(both.assign(customer="c"), nothing, by=["plan"], as_of=AS_OF)
    assert row(ledger)["reporters"] == 3
    assert row(ledger)["customers"] == 1
    assert row(ledger, slice="plan=pro")["reporters"] + row(ledger, slice="plan=free")["reporters"] == 6


def test_what_names_no_plan_has_a_line_of_its_own(nothing: Evidence) -> None:
    some = pd.concat([claims(2, plan="pro"), claims(3, prefix="e", plan=None)])
    ledger = weekly(some, nothing, by=["plan", "harm_domain&plan"], as_of=AS_OF)
    assert row(ledger, slice="plan=(none)")["claimed_unique"] == 3
    assert row(ledger, slice="harm_domain=(none)&plan=pro")["claimed_unique"] == 2


def test_quiet_week_is_a_row_with_an_interval_not_a_gap(nothing: Evidence) -> None:
    early = claims(2, day=MONDAY - pd.Timedelta(days=14), plan="pro")
    ledger = weekly(
        pd.concat([early, claims(1, prefix="x", kind="praise", plan="pro")]), nothing, by=["plan"], as_of=AS_OF
    )
    weekly_rows = ledger[ledger["span"] == 1]
    assert weekly_rows[weekly_rows["slice"] == "plan=pro"]["week"].tolist() == [
        "2026-W08",
        "2026-W09",
        "2026-W10",
        "2026-W11",
    ]
    quiet = row(ledger, week="2026-W09", slice="plan=pro")
    assert (quiet["claimed_unique"], quiet["claims_low"]) == (0, 0.0)
    assert quiet["claims_high"] == pytest.approx(3.689, abs=1e-3)


def test_weeks_that_are_not_over_or_began_late_are_partial(nothing: Evidence) -> None:
    days = [MONDAY - pd.Timedelta(days=4), MONDAY, MONDAY + pd.Timedelta(days=7)]
    ledger = weekly(claims(3).assign(day=days), nothing, by=[], as_of=AS_OF)
    told = ledger[(ledger["kind"] == "over_block") & (ledger["span"] == 1)].set_index("week")["partial"].to_dict()
    assert told == {"2026-W09": 1, "2026-W10": 0, "2026-W11": 1}


def with_exposure(evidence: Evidence, days: int, **fields: object) -> Evidence:
    rows = {"mitigation": "all", "harm_domain": None, "requests": 1000.0, "blocked": 10.0, "customers": 50.0}
    frame = pd.DataFrame({"day": pd.date_range(MONDAY, periods=days), **rows, **fields})
    frame["segments"] = [{} for _ in range(days)]
    return replace(evidence, exposure=frame)


def test_rate_has_the_interval_of_its_count(nothing: Evidence) -> None:
    documents = pd.concat([claims(1, prefix="a", day=MONDAY), claims(9)])
    found = row(weekly(documents, with_exposure(nothing, 7), by=[], as_of=AS_OF))
    assert (found["requests"], found["blocked"], found["active_customers"]) == (7000.0, 70.0, 50.0)
    assert found["per_10k_requests"] == pytest.approx(10 / 0.7)
    assert found["per_10k_requests_low"] == pytest.approx(found["claims_low"] / 0.7)
    assert found["customers_per_10k_active"] == 2000


def test_exposure_of_half_a_week_is_no_denominator(nothing: Evidence) -> None:
    documents = pd.concat([claims(1, prefix="a", day=MONDAY), claims(9)])
    found = row(weekly(documents, with_exposure(nothing, 4), by=[], as_of=AS_OF))
    assert pd.isna(found["requests"]) and pd.isna(found["per_10k_requests"])
    assert found["detail"]["exposure_days"] == 4


def test_slice_that_exposure_does_not_know_has_no_rate(nothing: Evidence) -> None:
    documents = claims(9, plan="pro", day=MONDAY)
    ledger = weekly(documents, with_exposure(nothing, 7), by=["plan"], as_of=AS_OF)
    assert row(ledger)["requests"] == 7000.0
    assert pd.isna(row(ledger, slice="plan=pro")["requests"])


def test_nothing_but_documents_says_so_in_every_column(nothing: Evidence) -> None:
    found = row(weekly(claims(9), nothing, by=[], as_of=AS_OF))
    assert found["correction"] == UNCORRECTED
    unknown = ["corroborated", "adjudicated", "wrongful_estimated", "audited", "requests", "completeness"]
    assert found[unknown].isna().all()


def test_the_four_columns_stand_side_by_side(nothing: Evidence) -> None:
    documents = claims(10, action=["block"] * 4 + ["allow"] + [None] * 5)
    day = MONDAY + pd.Timedelta(days=2)
    audited = pd.DataFrame(
        {
            "decision_id": [f"x{n}" for n in range(20)],
            "day": day,
            "action": "block",
            "truth": ["benign"] * 5 + ["harmful"] * 15,
            "truth_source": "audit",
            "inclusion_probability": 0.1,
        }
    )
    appeals = pd.DataFrame({"decision_id": ["x0", "z"], "day": day, "outcome": "overturned", "action": None})
    blocks = pd.DataFrame({"day": [day], "action": "block", "decisions": 400})
    evidence = replace(nothing, decision_days=blocks, audited=audited, appeals=appeals)
    found = row(weekly(documents, evidence, by=[], as_of=AS_OF))
    assert (found["claimed_unique"], found["corroborated"], found["adjudicated"]) == (10, 4, 6)
    assert found["wrongful_estimated"] == pytest.approx(100)
    assert found["wrongful_low"] < 100 < found["wrongful_high"]
    assert found["detail"]["wrong_share"][0] == 0.25


def test_random_labels_correct_the_count_and_the_row_says_so(nothing: Evidence) -> None:
    rng = np.random.default_rng(3)
    truth = rng.random(3000) < 0.1
    said = np.where(truth, rng.random(3000) < 0.8, rng.random(3000) < 0.08)
    documents = claims(3000, kind=np.where(said, "over_block", "quality"))
    labelled = rng.random(3000) < 0.3
    labels = pd.DataFrame(
        {
            "document_id": documents["document_id"][labelled],
            "answers": [[answer] for answer in np.where(truth, "over_block", "quality")[labelled]],
            "inclusion_probability": 0.3,
            "labellers": 1,
        }
    )
    found = row(weekly(documents, replace(nothing, sample=labels), by=[], as_of=AS_OF))
    assert found["method"] == "ppi" and str(labelled.sum()) in found["correction"]
    assert found["claims_low"] <= truth.sum() <= found["claims_high"]
    assert found["claimed_unique"] > found["claims_high"], "the raw count is far too high"


def test_completeness_is_what_arrived_over_what_will(nothing: Evidence) -> None:
    documents = pd.concat([claims(8), claims(2, prefix="s", day=MONDAY + pd.Timedelta(days=6))])
    late = pd.Series([0.5], index=[MONDAY + pd.Timedelta(days=6)])
    found = row(weekly(documents, replace(nothing, completeness=late), by=[], as_of=AS_OF))
    assert found["completeness"] == pytest.approx(10 / 12)


def test_no_documents_make_no_rows(nothing: Evidence) -> None:
    assert weekly(claims(0), nothing, by=["plan"], as_of=AS_OF).empty


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The store of a small world (delivery_world.sql)."""
    Store(tmp_path / "groundswell.db").close()
    connection = sqlite3.connect(tmp_path / "groundswell.db")
    connection.executescript(Path(__file__).with_name("delivery_world.sql").read_text(encoding="utf-8"))
    connection.close()
    with Store(tmp_path / "groundswell.db") as opened:
        yield opened


def run(store: Store, as_of: str = "2026-03-10T20:00:00Z") -> int:
    return ledger_job.run(store, Settings(), as_of=as_of)


def test_job_writes_what_it_counts_and_a_second_run_the_same(store: Store) -> None:
    assert run(store) > 0
    first = store.ledger.rows()
    run(store)
    assert store.ledger.rows() == first
    assert store.ledger.revisions() == []


def test_job_slices_by_what_documents_know(store: Store) -> None:
    run(store)
    slices = {row["slice"] for row in store.ledger.rows(kind="over_block")}
    assert {"all", "plan=pro", "plan=(none)", "harm_domain=cyber", "harm_domain=cyber&plan=free"} <= slices
    flood = next(row for row in store.ledger.rows(kind="over_block") if row["collapsed"])
    assert flood["collapsed"] == {"template": 29}


def test_job_joins_decisions_exposure_audits_and_delay(store: Store) -> None:
    run(store)
    full = [row for row in store.ledger.rows(kind="over_block") if row["slice"] == "mitigation=cyber-guard"]
    last = [row for row in full if not row["partial"]][-1]
    assert last["requests"] == 280_000 and last["per_10k_requests"] > 0
    assert 0 < last["corroborated"] < last["claimed_unique"]
    assert last["wrongful_low"] <= last["wrongful_estimated"] <= last["wrongful_high"] <= 140
    assert 0 < last["completeness"] <= 1


@pytest.mark.slow
def test_changed_count_of_a_closed_week_is_kept_as_a_revision(store: Store) -> None:
    run(store)
    week, kind, cell = "2026-W05", "over_block", "all"
    before = next(row for row in store.ledger.rows(kind=kind) if (row["week"], row["slice"]) == (week, cell))
    for number in (1, 2):
        store.db.execute(
            "INSERT OR IGNORE INTO duplicate SELECT document_id, 'd0420', 'same_request' FROM document "
            "JOIN classification USING (document_id) WHERE kind = 'over_block' "
            "AND document_id NOT IN (SELECT document_id FROM duplicate) "
            "AND occurred_at BETWEEN '2026-01-26' AND '2026-02-01' LIMIT 1"
        )
        run(store, as_of=f"2026-03-1{number}T20:00:00Z")
    named = (week, kind, cell, 1)
    kept = [row for row in store.ledger.revisions() if tuple(row[name] for name in KEY) == named]
    first = before["claimed_unique"]
    assert [row["claimed_unique"] for row in kept] == [first, first - 1, first - 2]
    assert [row["reason"] for row in kept] == [None, "duplicates", "duplicates"]
    assert all(row["customers"] is not None and row["claims_estimated"] is not None for row in kept)
    assert [row["as_of"][:10] for row in kept] == ["2026-03-10", "2026-03-11", "2026-03-12"]
    run(store, as_of="2026-03-12T20:00:00Z")
    again = [row for row in store.ledger.revisions() if tuple(row[name] for name in KEY) == named]
    assert again == kept


def test_slicing_the_ledger_does_not_hold_is_counted_on_demand(store: Store) -> None:
    run(store)
    found = ledger_job.counted(store, by="plan&source", as_of="2026-03-10T20:00:00Z")
    assert "plan=pro&source=desk" in set(found["slice"])
