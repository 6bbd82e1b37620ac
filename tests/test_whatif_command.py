"""What another threshold would do in a workspace: the command, the proposal that an owner signs, API and page."""

import json
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from api import ServerSettings, create_app
from jobs.cli import cli
from jobs.decision_log import DecisionLog, Partition
from jobs.ingest_reference import Release
from jobs.proposal import NotAProposal, missing, read, written
from jobs.store_decisions import COLUMNS
from jobs.whatif import Asked, in_force, whatif
from jobs.whatif_chart import drawn
from jobs.workspace import Workspace

UNKNOWN: Any = None
GUARD = "cyber-classifier"
ROWS = 3_000
HOSTILE = "<b>edu</b>"


def decisions() -> pd.DataFrame:
    """Four weeks of right scores, blocks from 0.7 on, half of them and a third of the rest audited."""
    dice = np.random.default_rng(5)
    score = dice.beta(1.0, 1.4, ROWS).round(4)
    harmful, edu = dice.random(ROWS) < score, dice.random(ROWS) < 0.3
    blocked = score >= 0.7
    chance = np.where(blocked, 0.5, 0.33)
    drawn_at = dice.random(ROWS) < chance
    rows: dict[str, Any] = dict.fromkeys(COLUMNS)
    rows |= {
        "decision_id": [f"d{number:05d}" for number in range(ROWS)],
        "decided_at": pd.date_range("2026-02-20", periods=ROWS, freq="13min", tz="UTC"),
        "mitigation": GUARD,
        "action": np.where(blocked, "block", "allow"),
        "score": score,
        "threshold": 0.7,
        "version": "v13",
        "customer": [f"c{number % 50}" for number in range(ROWS)],
        "segments": np.where(edu, json.dumps({"plan": HOSTILE}), '{"plan":"pro"}'),
        "truth": np.where(drawn_at, np.where(harmful, "harmful", "benign"), UNKNOWN),
        "truth_source": np.where(drawn_at, "audit", UNKNOWN),
        "inclusion_probability": np.where(drawn_at, chance, np.nan),
    }
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def place(_filled_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with one mitigation's log; read only."""
    path = tmp_path_factory.mktemp("whatif") / "workspace"
    shutil.copytree(_filled_workspace, path)
    workspace = Workspace(path)
    rows, log = decisions(), DecisionLog(workspace.decisions)
    for month, part in rows.groupby(rows["decided_at"].dt.strftime("%Y-%m")):
        log.write(Partition(GUARD, str(month)), "part-a", part)
    return workspace


@pytest.fixture(scope="module")
def reader(place: Workspace) -> FlaskClient:
    with place.open_store() as store:
        _, secret = store.keys.create(holder="Ann", role="analyst", now=datetime.now(UTC))
    client = create_app(place, ServerSettings()).test_client()
    client.environ_base["HTTP_X_API_KEY"] = secret
    return client


def asked(place: Workspace, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(place.path), "whatif", *words])


def test_candidates_stand_beside_today_with_intervals_volumes_and_customers(place: Workspace) -> None:
    result = asked(place, GUARD, "--threshold", "0.6", "--threshold", "0.8", "--json")
    record = json.loads(result.stdout)
    assert record["today"]["threshold"] == 0.7
    lower, higher = record["candidates"]
    assert not lower["loosens"] and higher["loosens"]
    log = decisions()
    between = log["score"].between(0.7, 0.8, inclusive="left")
    assert higher["moved"] == between.sum()
    assert higher["moved_per_week"] == pytest.approx(between.sum() / record["weeks"])
    assert higher["touched"]["customers"] == log["customer"][between].nunique()
    assert set(higher["evidence"]) <= set(log["decision_id"][between & log["truth"].notna()])
    assert higher["under_change_per_10k_low"] > 0 > higher["over_change_per_10k_high"]
    told = asked(place, GUARD, "--threshold", "0.8").stdout
    assert "It loosens the safeguard" in told and "0.7 (today)" in told and "0.8" in told
    assert "cannot tell their revenue" in told


def test_a_proposal_that_loosens_says_what_harm_it_risks_and_what_it_rests_on(place: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "proposal.yaml"
    assert asked(place, GUARD, "--threshold", "0.8", "--propose", str(file)).exit_code == 0
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert content["direction"] == "loosens" and "loosens" in content["warning"]
    assert any("harmful ones let through" in line for line in content["says"])
    assert content["thresholds"] == [{"segment": None, "current": 0.7, "proposed": 0.8}]
    assert content["rests_on"]["judged_between_the_thresholds"] > 20
    assert content["before"]["fnr"]["low"] < content["before"]["fnr"]["estimate"] < content["after"]["fnr"]["high"]
    assert not re.search("complain|claim|report", file.read_text(encoding="utf-8"), re.IGNORECASE)
    entry = yaml.safe_load(content["releases_entry"].replace("YYYY-MM-DD", "2026-03-30"))[0]
    assert Release.model_validate(entry).released_on == date(2026, 3, 30)


def test_only_a_complete_signed_proposal_that_is_still_true_of_the_log_passes(place: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "proposal.yaml"
    asked(place, GUARD, "--threshold", "0.8", "--segment", "plan=pro", "--propose", str(file))
    unsigned = asked(place, "--check", str(file))
    assert unsigned.exit_code == 1
    assert {line.split(":")[0] for line in unsigned.stdout.splitlines()} >= {"signed_by", "signed_on", "reason"}
    content = read(file.read_text(encoding="utf-8"))
    signed = {**content, "signed_by": "Ann", "signed_on": "2026-04-01", "reason": "fewer wrong blocks"}
    file.write_text(written(signed), encoding="utf-8")
    passed = asked(place, "--check", str(file))
    assert (passed.exit_code, passed.stdout.strip()) == (0, "complete, signed by Ann on 2026-04-01")
    changed = {**signed, "thresholds": [{**signed["thresholds"][0], "proposed": 0.9}]}
    assert missing(changed, today={"plan=pro": 0.7})[0].startswith("seal:")
    assert "the log now says 0.62" in missing(signed, today={"plan=pro": 0.62})[0]
    assert missing({**signed, "signed_on": "2026-02-30"}, today=None) == [
        "signed_on: expected a day such as 2026-03-09, got 2026-02-30"
    ]
    assert "before: expected" in missing({name: signed[name] for name in signed if name != "before"}, today=None)[0]


def test_a_proposal_that_somebody_wrote_over_is_told_and_not_read(place: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "proposal.yaml"
    asked(place, GUARD, "--threshold", "0.8", "--propose", str(file))
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    for odd in (7, [{"segment": ["x"]}], [{1: "a", "b": 2}], {"current": "high"}):
        file.write_text(yaml.safe_dump({**content, "thresholds": odd}), encoding="utf-8")
        result = asked(place, "--check", str(file))
        assert result.exit_code == 1
        assert result.stdout.startswith("seal: the content was changed")


@pytest.mark.parametrize("text", ["- a", "proposal: 2", "a: [", "proposal: 1\na: &x [1]\nb: *x", "x" * 70_000])
def test_what_is_no_proposal_is_refused(text: str) -> None:
    with pytest.raises(NotAProposal):
        read(text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((GUARD,), "expected --threshold SCORE or --costs"),
        (("--threshold", "0.8"), "expected a MITIGATION or --decisions FILE"),
        (("nobody", "--threshold", "0.8"), "expected a mitigation"),
        ((GUARD, "--threshold", "nan"), "thresholds that are numbers"),
        ((GUARD, "--threshold", "0.8", "--segment", "edu"), "expected a segment such as plan=edu"),
        ((GUARD, "--threshold", "0.8", "--segment", "plan=x"), "got none with 'x'"),
        ((GUARD, "--threshold", "0.8", "--by", "plan"), "expected --costs OVER,UNDER with --by"),
        ((GUARD, "--costs", "1,5", "--by", "decision_id"), "correct --by"),
        ((GUARD, "--threshold", "0.7", "--propose", "p.yaml"), "other than today's threshold"),
    ],
)
def test_what_cannot_be_compared_is_said(place: Workspace, words: tuple[str, ...], said: str) -> None:
    result = asked(place, *words)
    assert result.exit_code != 0
    assert said in result.output


def test_outside_the_scores_and_in_small_segments_it_warns(place: Workspace) -> None:
    rows = json.loads(asked(place, GUARD, "--threshold", "1.5", "--threshold", "0.7001", "--json").stdout)["candidates"]
    assert "above every score seen" in rows[0]["cautions"][0]
    assert rows[0]["precision"] is None and rows[0]["fnr"] == 1.0
    assert rows[1]["cautions"]
    small = asked(place, GUARD, "--threshold", "0.8", "--since", "2026-03-18").stdout
    assert "too few to rest a threshold on" in small


def test_a_file_of_decisions_needs_no_workspace(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    log = decisions()[["action", "score", "threshold", "truth", "truth_source", "inclusion_probability"]]
    log.assign(plan=np.where(np.arange(ROWS) % 2, "edu", "pro")).to_csv(file, index=False)
    words = ["whatif", "--decisions", str(file), "--segment", "plan=edu", "--threshold", "0.8", "--json"]
    record = json.loads(CliRunner().invoke(cli, words).stdout)
    assert (record["segment"], record["decisions"], record["weeks"]) == ("plan=edu", ROWS // 2, None)
    assert record["candidates"][0]["touched"]["customers"] is None
    assert "of 10,000" in record["candidates"][0]["summary"][0]
    costs = CliRunner().invoke(cli, ["whatif", "--decisions", str(file), "--costs", "1,1", "--by", "plan"])
    assert "keep the common one" in costs.stdout.replace("\n", " ") or "keep the" in costs.stdout


def test_api_and_page_tell_the_same_and_escape_what_a_log_says(reader: FlaskClient) -> None:
    address = f"/mitigations/{GUARD}/whatif?threshold=0.6,0.8&segment=plan={HOSTILE}"
    record = reader.get(f"/api/v1{address}").get_json()
    assert [row["threshold"] for row in record["candidates"]] == [0.6, 0.8]
    page = reader.get(address).text
    assert HOSTILE not in page and "&lt;b&gt;edu&lt;/b&gt;" in page
    assert record["candidates"][1]["summary"][1] in page
    assert "<svg" in page and "<script" not in page.split("<main")[1]
    proposal = reader.get(f"/mitigations/{GUARD}/proposal?threshold=0.8")
    assert proposal.mimetype == "application/yaml"
    assert read(proposal.text)["mitigation"] == GUARD


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/mitigations/nobody/whatif?threshold=0.8", 404),
        (f"/api/v1/mitigations/{GUARD}/whatif?threshold=high", 422),
        (f"/api/v1/mitigations/{GUARD}/whatif?threshold=1,2,3,4,5,6,7", 422),
        (f"/api/v1/mitigations/{GUARD}/whatif?threshold=0.8&segment=edu", 422),
        (f"/mitigations/{GUARD}/proposal?threshold=0.8,0.9", 422),
        (f"/mitigations/{GUARD}/proposal?threshold=0.7", 422),
        (f"/mitigations/{GUARD}/whatif?segment=plan=nobody", 200),
        (f"/mitigations/{GUARD}/whatif", 200),
        ("/mitigations/nobody/whatif", 404),
    ],
)
def test_what_a_request_cannot_have_is_refused(reader: FlaskClient, address: str, status: int) -> None:
    assert reader.get(address).status_code == status


def test_a_log_without_scores_cannot_tell(place: Workspace) -> None:
    from jobs.decision_frames import workspace_log

    with place.open_store() as store:
        log = workspace_log(store, place, GUARD)
        unscored = workspace_log(store, place, GUARD, since="2030-01-01")
    record = whatif(unscored, [0.8])
    assert (record["today"], record["candidates"], record["reason"]) == (None, [], "cannot tell: the log has no scores")
    assert in_force(log, [None, "plan=pro", "plan=nobody"]) == {None: 0.7, "plan=pro": 0.7}
    assert drawn(whatif(log, [], asked=Asked({}))) is None
