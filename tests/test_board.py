"""The two-sided board: both errors over the same requests, from audits alone; claims stand beside and enter nothing."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from recommended import diagnosed, recommended

from jobs.board import board, of_one
from jobs.board_parts import open_alerts
from jobs.cli import cli
from jobs.store import Store
from jobs.workspace import Workspace, create_workspace
from mitigations.board import (
    BLOCKING,
    DOWN,
    PASSING,
    SAME,
    SPAN,
    TREND,
    UNTOLD,
    UP,
    appealed,
    change,
    leaning,
    two_sided,
)
from mitigations.error_rates import error_rates
from mitigations.known import Evidence
from mitigations.rates import share_interval

Row = dict[str, Any]
LAST = pd.Timestamp("2026-03-02")
NOTHING = pd.DataFrame()


def evidence(*names: str, allowed: int = 200, harmful: int = 2) -> Evidence:
    """Twenty blocks a day of each mitigation, of which two are audited, one of four wrongly blocked; 1,000 requests a
    day. In each week so many allowed requests are audited, so many of them harmful."""
    days = pd.date_range(LAST - pd.Timedelta(weeks=20), periods=21 * 7)
    logged = pd.DataFrame({"day": days, "action": "block", "decisions": 20})
    audits = []
    for week in range(21):
        monday = days[week * 7]
        blocks = pd.DataFrame({"action": "block", "truth": ["benign"] + ["harmful"] * 3, "inclusion_probability": 0.1})
        passed = pd.DataFrame({"action": "allow", "truth": ["harmful"] * harmful + ["benign"] * (allowed - harmful)})
        passed["inclusion_probability"] = allowed / 6860
        audits.append(pd.concat([blocks, passed]).assign(day=monday + pd.Timedelta(days=2)))
    drawn = pd.concat(audits, ignore_index=True).assign(truth_source="audit")
    drawn["decision_id"] = [f"x{n}" for n in range(len(drawn))]
    told = [frame.assign(mitigation=name) for name in names for frame in (drawn,)]
    exposure = pd.DataFrame(
        {"day": days, "requests": 1000.0, "blocked": 20.0, "customers": 9.0, "harm_domain": "cyber"}
    )
    exposure["segments"] = pd.Series([{} for _ in days], dtype=object)
    return Evidence(
        pd.concat([exposure.assign(mitigation=name) for name in names]),
        pd.concat([logged.assign(mitigation=name) for name in names]),
        pd.concat(told),
        NOTHING,
        NOTHING,
        NOTHING,
    )


def newest(rows: pd.DataFrame, mitigation: str, side: str) -> "pd.Series[Any]":
    own = rows[(rows["mitigation"] == mitigation) & (rows["side"] == side)]
    return own.iloc[-1]


def test_both_sides_are_of_the_same_requests_and_decisions() -> None:
    rows = two_sided(evidence("guard"), ["guard"], LAST)
    over, under = (newest(rows, "guard", side) for side in ("over_block", "under_block"))
    assert over["requests"] == under["requests"] == 28_000
    assert over["decisions"] == under["decisions"] == pytest.approx(28 * 20 + 4 * 6860)
    assert (over["audited"], under["audited"]) == (16, 800)
    assert over["share"] == pytest.approx(0.25) and over["wrong"] == pytest.approx(140)
    assert over["per_10k_requests"] == pytest.approx(50)
    assert under["wrong"] == pytest.approx(4 * 6860 * 0.01) and under["per_10k_requests"] == pytest.approx(98)
    assert under["per_10k_decisions"] == pytest.approx(1e4 * under["wrong"] / under["decisions"])
    for row in (over, under):
        assert row["per_10k_requests_low"] < row["per_10k_requests"] < row["per_10k_requests_high"]


def test_every_mitigation_has_a_row_a_week_and_side_whoever_complains() -> None:
    rows = two_sided(evidence("guard"), ["guard", "a&b=quiet"], LAST)
    assert len(rows) == 2 * 2 * TREND
    quiet = newest(rows, "a&b=quiet", "over_block")
    assert quiet["audited"] == 0 and np.isnan(quiet["per_10k_requests"]) and np.isnan(quiet["requests"])


def test_without_audits_of_what_was_allowed_only_blocks_can_be_told() -> None:
    whole = evidence("guard")
    blocks = whole.audited[whole.audited["action"] == "block"]
    rows = two_sided(Evidence(whole.exposure, whole.decision_days, blocks, NOTHING, NOTHING, NOTHING), ["guard"], LAST)
    over, under = (newest(rows, "guard", side) for side in ("over_block", "under_block"))
    assert over["per_10k_requests"] == pytest.approx(50) and np.isnan(over["per_10k_decisions"])
    assert under[["per_10k_requests", "per_10k_decisions", "share"]].isna().all()


def test_a_day_without_exposure_leaves_no_rate_per_request() -> None:
    whole = evidence("guard")
    short = whole.exposure[whole.exposure["day"] != LAST]
    made = Evidence(short, whole.decision_days, whole.audited, NOTHING, NOTHING, NOTHING)
    over = newest(two_sided(made, ["guard"], LAST), "guard", "over_block")
    assert np.isnan(over["per_10k_requests"]) and over["per_10k_decisions"] > 0


def test_share_of_wrong_blocks_is_that_of_the_error_rates() -> None:
    whole = evidence("guard")
    inside = whole.audited[whole.audited["day"] > LAST - pd.Timedelta(weeks=SPAN - 1)]
    # These take the sample alone for the log, which moves the ends a little.
    rates = error_rates(inside).iloc[0]
    over = newest(two_sided(whole, ["guard"], LAST), "guard", "over_block")
    assert over["share"] == pytest.approx(1 - rates["precision"])
    assert over["share_low"] == pytest.approx(1 - rates["precision_high"], abs=0.02)
    assert over["share_high"] == pytest.approx(1 - rates["precision_low"], abs=0.02)


@pytest.mark.parametrize(
    ("now", "before", "wanted"),
    [
        ((9.0, 8.0, 10.1), (5.0, 4.2, 5.9), UP),
        ((2.0, 1.5, 2.6), (5.0, 4.2, 5.9), DOWN),
        ((5.2, 4.0, 6.5), (5.0, 4.0, 6.1), SAME),
        ((5.2, 0.1, 60.0), (5.0, 0.1, 61.0), UNTOLD),
        ((5.2, 4.0, 6.5), (np.nan, np.nan, np.nan), UNTOLD),
        ((0.0, 0.0, 3.0), (0.0, 0.0, 3.0), UNTOLD),
    ],
)
def test_change_is_judged_by_its_interval(now: Any, before: Any, wanted: str) -> None:
    assert change(now, before).verdict == wanted


def test_rates_that_stay_the_same_are_seldom_said_to_move() -> None:
    rng = np.random.default_rng(7)
    wrong = rng.binomial(120, 0.3, size=(600, 2))
    low, high = share_interval(wrong, np.full_like(wrong, 120))
    parts = np.stack([wrong / 120, low, high], axis=-1)
    found = [change(tuple(now), tuple(before)).verdict for now, before in parts]
    assert sum(verdict in (UP, DOWN) for verdict in found) <= 0.05 * 600
    assert found.count(SAME) > 0.9 * 600


def test_which_error_is_more_is_said_only_beyond_doubt() -> None:
    assert leaning((3.0, 2.0, 4.0), (0.5, 0.1, 1.2)) == BLOCKING
    assert leaning((0.5, 0.1, 1.2), (3.0, 2.0, 4.0)) == PASSING
    assert leaning((3.0, 2.0, 4.0), (3.0, 0.0, 9.0)) == UNTOLD
    assert leaning((3.0, 2.0, 4.0), (np.nan, np.nan, np.nan)) == UNTOLD


def test_appeals_count_by_the_decisions_week_and_each_decision_once() -> None:
    rows = [
        ("x1", 0, "upheld"),
        ("x1", 0, "overturned"),
        ("x2", 6, "upheld"),
        ("x3", 3, "open"),
        ("x4", 7, "overturned"),
        ("x5", -1, "overturned"),
    ]
    frame = pd.DataFrame(rows, columns=["decision_id", "day", "outcome"]).assign(mitigation="guard")
    frame["day"] = LAST + pd.to_timedelta(frame["day"], unit="D")
    found = appealed(frame, LAST, LAST + pd.Timedelta(days=7)).loc["guard"]
    assert (found["closed"], found["overturned"], found["open"], found["share"]) == (2, 1, 1, 0.5)
    assert found["share_low"] < 0.05 and found["share_high"] > 0.95


def of(made: Row, mitigation: str) -> Row:
    (row,) = [row for row in made["mitigations"] if row["mitigation"] == mitigation]
    found: Row = row
    return found


def test_the_boards_errors_are_those_of_the_ledger(store: Store, workspace: Workspace) -> None:
    made = board(store, workspace.settings)
    assert made["weeks"]["first"] < made["weeks"]["last"] < made["as_of"]
    row = of(made, "cyber-guard")
    (told,) = [
        one
        for one in store.ledger.rows(kind="over_block", span=4)
        if (one["week"], one["slice"]) == (made["weeks"]["week"], "mitigation=cyber-guard")
    ]
    side = row["over_block"]
    ends = [side["wrong"][end] for end in ("estimate", "low", "high")]
    assert ends == pytest.approx([told["wrongful_estimated"], told["wrongful_low"], told["wrongful_high"]])
    assert (side["audited"], row["requests"]) == (told["audited"], told["requests"])
    assert side["per_10k_requests"]["estimate"] == pytest.approx(1e4 * told["wrongful_estimated"] / told["requests"])
    assert side["claims"] == {name: told[name] for name in side["claims"]}
    assert side["told"] and len(side["trend"]) == TREND and side["trend"][-1]["week"] == made["weeks"]["week"]
    assert side["trend"][-1]["estimate"] == side["per_10k_requests"]["estimate"]


def test_a_side_without_audits_cannot_be_told_and_says_why(store: Store, workspace: Workspace) -> None:
    side = of(board(store, workspace.settings), "cyber-guard")["under_block"]
    assert side["per_10k_requests"] is None and not side["told"]
    assert side["why"] == "no random audit of requests that were let through"
    assert side["change"] == {"estimate": None, "low": None, "high": None, "verdict": "cannot tell"}


def test_claims_enter_no_rate_and_no_rank_but_that_of_audits(store: Store, workspace: Workspace) -> None:
    diagnosed(store, recommended("raise it"), recommended("audit", change="audit"))
    before = board(store, workspace.settings)
    store.db.execute("UPDATE ledger SET claimed_raw = 90000, claimed_unique = 80000, corroborated = 70000")
    after = board(store, workspace.settings)
    assert of(after, "cyber-guard")["over_block"]["claims"]["claimed_unique"] == 80000
    for row in (*before["mitigations"], *after["mitigations"]):
        for side in ("over_block", "under_block"):
            row[side].pop("claims")
    assert after == before
    assert [one["text"] for one in after["interventions"]["ranked"]] == ["raise it"]


def test_diagnosis_gives_the_shares_of_the_whole_log(store: Store, workspace: Workspace) -> None:
    row = {"slice": "all", "fpr": 0.01, "fpr_low": 0.005, "fpr_high": 0.02, "fnr": None, "judged": 90}
    record = {"mitigation": "cyber-guard", "as_of": "2026-03-10T20:00:00Z", "rates": [{**row, "declared": "audits"}]}
    store.diagnosis.write("cyber-guard", "2026-03-10T20:00:00Z", record)
    shown = of(board(store, workspace.settings), "cyber-guard")
    assert shown["over_block"]["error_share"]["estimate"] == 0.01 and shown["under_block"]["error_share"] is None
    assert shown["diagnosed"] == "2026-03-10T20:00:00Z"
    assert of_one(store, workspace.settings, "cyber-guard")["row"] == shown
    assert of_one(store, workspace.settings, "nobody")["row"] is None


def test_an_open_alert_stands_with_the_mitigation_it_speaks_of(store: Store) -> None:
    store.db.execute("UPDATE alert SET series = 'usage_anomaly/mitigation=bio-guard' WHERE alert_id = 'A4'")
    found = {name: {row["alert_id"] for row in rows} for name, rows in open_alerts(store).items()}
    assert found == {"cyber-guard": {"A1"}, "bio-guard": {"A3", "A4"}}, "A2 is of billing, which no mitigation guards"
    store.db.execute("UPDATE alert SET state = 'resolved'")
    assert open_alerts(store) == {}


def test_the_command_lists_the_board_and_gives_it_as_json(store: Store, workspace: Workspace) -> None:
    diagnosed(store, recommended("raise\x1b[2J it"), recommended("audit", change="audit"))
    run = CliRunner().invoke(cli, ["-w", str(workspace.path), "board"])
    assert run.exit_code == 0 and "cyber-guard" in run.output and "cannot tell" in run.output
    assert "1. cyber-guard: raise[2J it" in run.output and "-2 (-3 to -1)" in run.output
    told = json.loads(CliRunner().invoke(cli, ["-w", str(workspace.path), "board", "--json"]).output)
    assert of(told, "cyber-guard")["over_block"]["audited"] > 0


def test_an_empty_workspace_has_an_empty_board(tmp_path: Any) -> None:
    made, _ = create_workspace(tmp_path / "empty")
    with made.open_store() as opened:
        assert board(opened, made.settings)["mitigations"] == []
    run = CliRunner().invoke(cli, ["-w", str(made.path), "board"])
    assert run.exit_code == 0 and "no mitigation yet" in run.output
