"""The ledger over four weeks, its headlines, its nowcast, and what counts beside the classifier."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from jobs.ledger_revisions import changed_names, late_weeks, revised, revisions, why
from mitigations.arrivals import arrivals
from mitigations.cells import weeks
from mitigations.ledger import COLUMNS, UNCORRECTED, Evidence, weekly

MONDAY = pd.Timestamp("2026-03-02")
AS_OF = pd.Timestamp("2026-03-10T12:00:00")


@pytest.fixture
def nothing() -> Evidence:
    """No exposure, no decisions, no labels."""
    decision = ["decision_id", "day", "action", "truth", "truth_source", "inclusion_probability", "outcome"]
    empty = pd.DataFrame(columns=decision).astype({"inclusion_probability": float, "day": "datetime64[ns]"})
    sample = pd.DataFrame(columns=["document_id", "answers", "inclusion_probability", "labellers"])
    pairs = pd.DataFrame(columns=["document_id", "first", "second"])
    return Evidence(pd.DataFrame(), pd.DataFrame(), empty, empty, sample, pairs)


def stream(*each_week: int, **fields: object) -> pd.DataFrame:
    """Over-block claims of the Tuesdays of consecutive weeks, the last of them the week of 2 March 2026."""
    last = len(each_week) - 1
    days = [MONDAY + pd.Timedelta(days=1 - 7 * (last - n)) for n, many in enumerate(each_week) for _ in range(many)]
    names = [f"d{n}" for n in range(len(days))]
    base = {"document_id": names, "day": days, "kind": "over_block", "reporter": names, "reporter_known": True}
    rest = {"customer": names, "kept": True, "rule": None, "action": None}
    return pd.DataFrame({**base, **rest, **fields})


def cell(ledger: pd.DataFrame, week: str, *, span: int = 1, slice: str = "all") -> pd.Series:
    of = (ledger["kind"] == "over_block") & (ledger["span"] == span) & (ledger["slice"] == slice)
    (found,) = ledger[of & (ledger["week"] == week)].to_dict("records")
    return pd.Series(found)


def test_four_weeks_count_everyone_once(nothing: Evidence) -> None:
    documents = stream(2, 2, 2, 2, 2)
    documents["reporter"] = documents["customer"] = ["ann", "bo"] * 5
    ledger = weekly(documents, nothing, by=[], as_of=AS_OF)
    found = cell(ledger, "2026-W10", span=4)
    assert (found["claimed_unique"], found["reporters"], found["customers"]) == (8, 2, 2)
    assert found["top_reporter_share"] == 0.5 and found["effective_reporters"] == pytest.approx(2.0)
    assert cell(ledger, "2026-W09", span=4)["partial"] == 1, "it began before the first document"
    assert cell(ledger, "2026-W10", span=4)["partial"] == 0
    assert cell(ledger, "2026-W11", span=4)["partial"] == 1


def test_seats_of_a_customer_are_counted_once_in_four_weeks(nothing: Evidence) -> None:
    documents = stream(1, 1, 1, 1, customer="acme", seats=[10.0, 30.0, 20.0, np.nan])
    ledger = weekly(documents, nothing, by=[], as_of=AS_OF)
    assert cell(ledger, "2026-W10", span=4)["seats"] == 30.0
    assert pd.isna(cell(ledger, "2026-W10")["seats"])


@pytest.mark.parametrize("seed", range(5))
def test_a_four_week_row_is_what_counting_the_four_weeks_as_one_gives(nothing: Evidence, seed: int) -> None:
    rng = np.random.default_rng(seed)
    documents = stream(*rng.integers(0, 30, 6), plan=None)
    size = len(documents)
    documents["plan"] = rng.choice(np.array(["pro", "free", None], dtype=object), size)
    documents["customer"] = rng.choice(np.array(["a", "b", "c", None], dtype=object), size)
    documents["reporter"] = rng.choice(["a", "b", "c", "d"], size)
    documents["reporter_known"], documents["kept"] = rng.random(size) < 0.8, rng.random(size) < 0.7
    documents["rule"] = np.where(documents["kept"], None, "template")
    ledger = weekly(documents, nothing, by=["plan"], as_of=AS_OF)
    together = documents[documents["day"] > MONDAY - pd.Timedelta(weeks=3)].assign(day=MONDAY)
    once = weekly(together, nothing, by=["plan"], as_of=AS_OF)
    names = ["claimed_raw", "claimed_unique", "reporters", "customers", "unknown_reporters", "collapsed"]
    for key in once["slice"].unique():
        four, one = cell(ledger, "2026-W10", span=4, slice=key), cell(once, "2026-W10", slice=key)
        assert four[names].tolist() == one[names].tolist()
        assert four["effective_reporters"] == pytest.approx(one["effective_reporters"], nan_ok=True)


def test_slice_of_few_claims_is_sparse_and_the_total_never(nothing: Evidence) -> None:
    plan = np.array(["rare"] + ["pro"] * 8 + ["rare"] + ["pro"] * 8, dtype=object)
    ledger = weekly(stream(9, 9, plan=plan), nothing, by=["plan"], as_of=AS_OF)
    assert cell(ledger, "2026-W10", slice="plan=rare")["sparse"] == 1
    assert cell(ledger, "2026-W10", slice="plan=pro")["sparse"] == 0
    assert weekly(stream(1, 1), nothing, by=[], as_of=AS_OF)["sparse"].max() == 0


def test_week_that_is_not_over_is_expected_to_grow_and_never_a_drop(nothing: Evidence) -> None:
    documents = stream(*[14] * 8, 4)
    documents["day"] = documents["day"] + pd.to_timedelta(
        [n % 7 - 1 for n in range(len(documents) - 4)] + [-1] * 4, "D"
    )
    ledger = weekly(documents, nothing, by=[], as_of=MONDAY + pd.Timedelta(days=2))
    found = cell(ledger, "2026-W10")
    assert found["claimed_unique"] == 4 and found["nowcast_low"] <= 14 <= found["nowcast_high"]
    assert pd.isna(found["change_4w"]), "a week that is not over is not compared"
    assert pd.isna(cell(ledger, "2026-W09")["nowcast"]), "a complete week needs none"


def test_late_reports_make_a_closed_week_incomplete(nothing: Evidence) -> None:
    days = pd.date_range(MONDAY, periods=7)
    evidence = replace(nothing, completeness=pd.Series(0.5, index=days))
    found = cell(weekly(stream(20, 20), evidence, by=[], as_of=AS_OF), "2026-W10")
    assert found["nowcast"] == pytest.approx(40, rel=0.1)
    assert found["nowcast_low"] < found["nowcast"] < found["nowcast_high"]
    assert found["completeness"] == pytest.approx(0.5)


def test_change_is_the_ratio_to_the_mean_of_four_weeks(nothing: Evidence) -> None:
    ledger = weekly(stream(5, 10, 20, 30, 20, 40), nothing, by=[], as_of=AS_OF)
    found = cell(ledger, "2026-W10")
    assert found["change_4w"] == pytest.approx(2.0)
    assert found["change_4w_low"] < 2.0 < found["change_4w_high"]
    assert pd.isna(cell(ledger, "2026-W08")["change_4w"]), "there are no four weeks before"


def test_headlines_stand_on_legitimate_requests_and_audited_blocks(nothing: Evidence) -> None:
    days = pd.date_range(MONDAY, periods=7)
    exposure = pd.DataFrame({"day": days, "mitigation": "all", "harm_domain": None, "requests": 1000.0})
    exposure = exposure.assign(blocked=100.0, customers=50.0, segments=[{} for _ in days])
    audited = pd.DataFrame(
        {
            "decision_id": [f"x{n}" for n in range(20)],
            "day": MONDAY,
            "action": "block",
            "truth": ["benign"] * 5 + ["harmful"] * 15,
            "truth_source": "audit",
            "inclusion_probability": 0.1,
        }
    )
    blocks = pd.DataFrame({"day": days, "action": "block", "decisions": 100})
    evidence = replace(nothing, exposure=exposure, audited=audited, decision_days=blocks)
    documents = stream(6).assign(day=MONDAY)
    found = cell(weekly(documents, evidence, by=[], as_of=AS_OF), "2026-W10")
    assert found["wrongful_estimated"] == pytest.approx(175)
    # 525 of the 7,000 requests were blocks that were right: no legitimate request was there to be blocked wrongly.
    assert found["wrongful_per_10k_requests"] == pytest.approx(1e4 * 175 / 6475)
    assert found["wrongful_per_10k_requests_low"] < found["wrongful_per_10k_requests"]
    assert found["block_precision"] == pytest.approx(0.75)
    assert found["block_precision_low"] < 0.75 < found["block_precision_high"]
    assert found["customers_per_10k_active"] == pytest.approx(1200)


def test_label_given_where_it_was_seen_counts_as_what_it_is_and_stands_for_no_other(nothing: Evidence) -> None:
    documents = stream(10, said="over_block", said_probability=0.9, certain=False)
    documents.loc[:2, ["kind", "certain"]] = ["quality", True]
    found = cell(weekly(documents, nothing, by=[], as_of=AS_OF), "2026-W10")
    assert (found["claimed_unique"], found["claims_estimated"]) == (7, 7)
    assert found["correction"] == UNCORRECTED and found["method"] == "uncorrected"


def test_suspected_campaign_is_named_and_stays_counted(nothing: Evidence) -> None:
    found = cell(weekly(stream(9, campaign=[True] * 4 + [False] * 5), nothing, by=[], as_of=AS_OF), "2026-W10")
    assert (found["claimed_unique"], found["suspected_campaign"]) == (9, 4)


def test_columns_are_the_tables(nothing: Evidence) -> None:
    assert tuple(weekly(stream(3), nothing, by=[], as_of=AS_OF).columns) == COLUMNS


def test_share_of_a_week_that_is_here_counts_its_days_and_their_delay() -> None:
    documents = stream(*[7] * 6)[["day", "kept"]]
    documents["day"] = documents["day"] + pd.to_timedelta(np.arange(42) % 7 - 1, "D")
    mondays = weeks(documents["day"].min(), MONDAY + pd.Timedelta(days=7))
    half = pd.Series(0.5, index=[MONDAY + pd.Timedelta(days=6)])
    found = arrivals(documents, half, mondays, as_of=MONDAY + pd.Timedelta(days=10, hours=12))
    assert found.share[-2] == pytest.approx(6.5 / 7)
    assert found.share[-1] == pytest.approx(3.5 / 7)
    assert found.partial(1).tolist() == [False] * 6 + [True]


def said(unique: int, estimate: float, raw: int = 50, revision: int = 0) -> pd.DataFrame:
    row = {"week": "2026-W10", "kind": "over_block", "slice": "all", "span": 1, "claimed_raw": raw}
    row |= {"claimed_unique": unique, "claims_estimated": estimate, "customers": 9, "as_of": "2026-03-20T00:00:00Z"}
    return pd.DataFrame([{**row, "revision": revision, "partial": 0}])


@pytest.mark.parametrize(
    ("now", "other", "late", "reason"),
    [
        (said(47, 47.0, raw=56), [], ["2026-W10"], "late arrivals"),
        (said(40, 40.0), [], ["2026-W10"], "duplicates"),
        (said(41, 30.0), ["labels"], [], "labels"),
        (said(44, 44.0, raw=52), ["new classifier", "labels"], ["2026-W10"], "late arrivals, new classifier, labels"),
        (said(44, 44.0, raw=52), [], [], None),
    ],
)
def test_revision_says_why_as_far_as_it_can_be_told(
    now: pd.DataFrame, other: list[str], late: list[str], reason: str | None
) -> None:
    changed = revised(said(41, 41.0), now.drop(columns="revision"))
    rows = revisions(changed, why(changed, late, other))
    assert [(row["revision"], row["claimed_unique"]) for row in rows] == [(1, 41), (2, now["claimed_unique"].item())]
    assert rows[1]["reason"] == reason


def test_estimate_that_reads_the_same_is_no_revision() -> None:
    assert revised(said(41, 41.2), said(41, 41.4).drop(columns="revision")).empty
    assert len(revised(said(41, 41.2), said(41, 44.0).drop(columns="revision"))) == 1


def test_documents_received_since_make_their_weeks_late() -> None:
    documents = pd.DataFrame({"day": [MONDAY, MONDAY], "received_at": ["2026-03-05", "2026-03-20T10:00:00Z"]})
    assert late_weeks(documents, since="2026-03-19T00:00:00Z") == ["2026-W10"]
    assert late_weeks(documents, since=None) == [] and changed_names({}, {"labels": "x"}) == []
