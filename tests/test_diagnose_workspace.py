"""A mitigation diagnosed in a workspace: its log with the newest truth, the step, the command line, API and page."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from api import ServerSettings, create_app
from jobs.cli import cli
from jobs.decision_frames import UnknownMitigation, workspace_log
from jobs.decision_log import DecisionLog, Partition
from jobs.diagnose import Options
from jobs.diagnose_parts import PARTS
from jobs.diagnose_step import logged, of_log, run
from jobs.ingest_decisions import decision_rows
from jobs.ingest_reference import read_reference
from jobs.run import Day
from jobs.store import Store
from jobs.store_decisions import COLUMNS
from jobs.workspace import Workspace

UNKNOWN: Any = None
GUARD = "cyber-classifier"
ROWS = 3_000


def decisions(*, audited: bool = True) -> pd.DataFrame:
    """Four weeks in which benign requests of edu are blocked four times as often; of allowed ones a tenth is logged."""
    dice = np.random.default_rng(5)
    harmful, edu = dice.random(ROWS) < 0.3, dice.random(ROWS) < 0.2
    blocked = dice.random(ROWS) < np.where(harmful, 0.8, np.where(edu, 0.6, 0.15))
    chance = np.where(blocked, 0.6, 0.05)
    drawn = dice.random(ROWS) < (np.where(blocked, 0.6, 0.5) if audited else 0)
    rows: dict[str, Any] = dict.fromkeys(COLUMNS)
    rows |= {
        "decision_id": [f"d{number:05d}" for number in range(ROWS)],
        "decided_at": pd.date_range("2026-02-20", periods=ROWS, freq="13min", tz="UTC"),
        "mitigation": GUARD,
        "action": np.where(blocked, "block", "allow"),
        "score": np.where(blocked, dice.uniform(0.7, 1, ROWS), dice.uniform(0, 0.7, ROWS)).round(3),
        "threshold": 0.7,
        "version": np.where(np.arange(ROWS) < 1_200, "v12", "v13"),
        "segments": np.where(edu, '{"plan":"<b>edu</b>"}', '{"plan":"pro"}'),
        "truth": np.where(drawn, np.where(harmful, "harmful", "benign"), UNKNOWN),
        "truth_source": np.where(drawn, "audit", UNKNOWN),
        "inclusion_probability": np.where(drawn, chance, np.nan),
    }
    return pd.DataFrame(rows)


def fill(workspace: Workspace, rows: pd.DataFrame) -> None:
    """As an ingest leaves it: parts by month, judged decisions in SQLite."""
    log = DecisionLog(workspace.decisions)
    for month, part in rows.groupby(rows["decided_at"].dt.strftime("%Y-%m")):
        log.write(Partition(GUARD, str(month)), "part-a", part)
    with workspace.open_store() as store:
        store.reference.add_decisions(decision_rows(rows[rows["truth"].notna()]))


@pytest.fixture(scope="module")
def told(_filled_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace whose one mitigation with decisions is diagnosed; read only."""
    path = tmp_path_factory.mktemp("told") / "workspace"
    shutil.copytree(_filled_workspace, path)
    workspace = Workspace(path)
    fill(workspace, decisions())
    with workspace.open_store() as store:
        log = workspace_log(store, workspace, GUARD)
        store.diagnosis.write(GUARD, log.as_of, of_log(log, Options()))
    return workspace


@pytest.fixture
def store(told: Workspace) -> Iterator[Store]:
    with told.open_store() as opened:
        yield opened


def said(workspace: Workspace, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(workspace.path), "diagnose", *words])


def test_the_log_is_read_by_days_with_its_segments_as_columns(told: Workspace, store: Store) -> None:
    whole = workspace_log(store, told, GUARD)
    assert (whole.rows, whole.first_day, whole.last_day) == (ROWS, "2026-02-20", "2026-03-19")
    assert whole.segments == ("version", "plan") and str(whole.frame["plan"].dtype) == "category"
    assert whole.frame["decided_at"].dt.tz is None and whole.frame["decided_at"].is_monotonic_increasing
    some = workspace_log(store, told, GUARD, since="2026-02-27", until="2026-03-02")
    assert (some.first_day, some.last_day) == ("2026-02-27", "2026-03-01")
    none = workspace_log(store, told, GUARD, since="2027-01-01")
    assert none.rows == 0 and none.first_day is None and set(none.frame.columns) >= {"truth", "score", "excerpt"}
    with pytest.raises(UnknownMitigation, match="bio-filter, cyber-classifier"):
        workspace_log(store, told, "nobody")


def test_newer_truth_stands_and_an_appeal_speaks_where_nobody_audited(api_workspace: Workspace) -> None:
    fill(api_workspace, decisions())
    rows = decisions()
    audited = rows[(rows["truth"] == "benign") & (rows["action"] == "block")]["decision_id"].iloc[:2].tolist()
    silent = rows[rows["truth"].isna() & (rows["action"] == "block")].iloc[:1]
    with api_workspace.open_store() as store:
        store.reference.add_decisions(decision_rows(silent))
        store.db.execute("UPDATE decision SET truth = 'harmful' WHERE decision_id = ?", (audited[0],))
        appeal = "INSERT INTO appeal (appeal_id, filed_at, decision_id, outcome, closed_at) VALUES (?, ?, ?, ?, ?)"
        for number, name in enumerate([audited[1], silent["decision_id"].iloc[0]]):
            store.db.execute(appeal, (f"p{number}", "2026-03-20", name, "overturned", "2026-03-25"))
        found = workspace_log(store, api_workspace, GUARD).frame.set_index("decision_id")
    assert found.loc[audited[0], "truth"] == "harmful" and found.loc[audited[0], "truth_source"] == "audit"
    assert found.loc[audited[1], "inclusion_probability"] == 0.6
    (last,) = found.loc[silent["decision_id"], ["truth", "truth_source", "inclusion_probability"]].to_numpy()
    assert list(last[:2]) == ["benign", "appeal"] and np.isnan(last[2])


def test_where_the_log_holds_a_part_of_what_was_allowed_the_audits_say_how_much_there_was(store: Store) -> None:
    record = store.diagnosis.latest(GUARD)
    assert record is not None
    row = record["rates"][0]
    allowed = int((decisions()["action"] == "allow").sum())
    assert row["decisions"] - row["acted"] == pytest.approx(10 * allowed, rel=0.15)
    assert any("the log holds" in note for note in record["notes"])
    # Of benign decisions 24 % of the rows are blocks; each allowed row stands for ten.
    assert row["fpr_low"] < 0.24 / (0.24 + 7.6) < row["fpr_high"] < 0.06


def test_the_record_tells_slices_weeks_versions_and_the_decisions_it_rests_on(store: Store) -> None:
    record = store.diagnosis.latest(GUARD)
    assert record is not None
    (found,) = record["slices"][0]["found"]
    assert found["slice"] == "plan=<b>edu</b>" and found["evidence"]["count"] == found["wrong"]
    assert len(found["evidence"]["decisions"]) == 20 == len(set(found["evidence"]["decisions"]))
    assert [one["slice"] for one in record["trend"]] == ["2026-W08", "2026-W09", "2026-W10", "2026-W11", "2026-W12"]
    assert [one["partial"] for one in record["trend"]] == [True, False, False, False, True]
    assert sum(one["judged"] for one in record["trend"]) == record["rates"][0]["judged"]
    assert [one["version"] for one in record["versions"]] == ["v12", "v13"]
    assert record["thresholds"]["today"] == [0.7]
    by = {(one["attribute"], one["value"]): one for one in record["reliability_by"]}
    assert by["version", "v12"]["ece_low"] <= by["version", "v12"]["ece"] <= by["version", "v12"]["ece_high"]


def test_the_step_keeps_one_record_a_mitigation_and_says_the_same_twice(api_workspace: Workspace) -> None:
    def models() -> Any:
        raise AssertionError("no decision has an excerpt: nothing to embed")

    fill(api_workspace, decisions())
    assert logged(api_workspace) == [GUARD]
    with api_workspace.open_store() as store:
        store.diagnosis.write("gone", "2026-01-01T00:00:00Z", {"mitigation": "gone"})
        reference = read_reference(api_workspace.path)
        day = Day(api_workspace, store, api_workspace.settings, "2026-03-31T18:00:00Z", reference, models)
        assert run(day) == 1
        (first,) = store.diagnosis.all()
        assert (first["mitigation"], first["as_of"]) == (GUARD, "2026-03-31T18:00:00Z")
        assert set(PARTS) <= set(first)
        run(day)
        assert store.diagnosis.all() == [first] and store.diagnosis.latest("gone") is None


def test_the_command_prints_what_the_run_kept_or_looks_anew(told: Workspace, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    kept = said(told, GUARD, "--json", "-o", str(page))
    assert kept.exit_code == 0, kept.output
    with told.open_store() as store:
        assert json.loads(kept.stdout) == store.diagnosis.latest(GUARD)
    html = page.read_text(encoding="utf-8")
    assert html.count("<svg") == 5 and "<b>edu" not in html and "&lt;b&gt;edu" in html
    anew = said(told, GUARD, "--since", "2026-03-05", "--segment", "plan", "--costs", "1,5", "--json")
    record = json.loads(anew.stdout)
    assert (record["since"], record["first_day"], record["segments"]) == ("2026-03-05", "2026-03-05", ["plan"])
    assert record["thresholds"]["cheapest"]["judged"] > 50
    costs = [point["cost_low"] <= point["cost"] <= point["cost_high"] for point in record["thresholds"]["points"]]
    assert costs and all(costs)
    assert "judged: " in said(told, GUARD).output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "expected MITIGATION or --decisions FILE, got neither"),
        ([GUARD, "--decisions", __file__], "got both"),
        (["nobody"], "expected a mitigation (bio-filter, cyber-classifier), got 'nobody'; correct it"),
        ([GUARD, "--segment", "colour"], f"expected a segment of {GUARD} (version, plan), got 'colour'"),
        ([GUARD, "--map", "truth=x"], "expected --map with --decisions FILE alone"),
        (["--decisions", __file__, "--since", "2026-03-01"], "expected --since with MITIGATION alone"),
        ([GUARD, "--since", "soon"], "expected a day such as 2026-03-01, got 'soon'"),
    ],
)
def test_wrong_words_are_told(told: Workspace, words: list[str], message: str) -> None:
    result = said(told, *words)
    assert result.exit_code != 0 and message in " ".join(result.output.split())


@pytest.fixture
def client(told: Workspace) -> FlaskClient:
    app = create_app(told, ServerSettings(rate="100000 per minute"))
    app.validate_response = True  # type: ignore[attr-defined]
    return app.test_client()


@pytest.fixture
def analyst(told: Workspace) -> dict[str, str]:
    with told.open_store() as store:
        secret = store.keys.create(holder="Ann", role="analyst", now=datetime(2026, 4, 1, tzinfo=UTC))[1]
    return {"X-API-Key": secret}


def test_the_api_answers_with_the_record_and_says_what_is_missing(
    client: FlaskClient, analyst: dict[str, str], store: Store
) -> None:
    shown = client.get(f"/api/v1/mitigations/{GUARD}/diagnosis", headers=analyst)
    assert shown.get_json() == store.diagnosis.latest(GUARD)
    missing = client.get("/api/v1/mitigations/bio-filter/diagnosis", headers=analyst)
    assert missing.status_code == 404 and "groundswell run" in missing.get_json()["detail"]


def test_the_page_shows_the_sections_with_words_of_the_log_escaped(
    client: FlaskClient, analyst: dict[str, str]
) -> None:
    page = client.get(f"/mitigations/{GUARD}/diagnosis", headers=analyst).get_data(as_text=True)
    assert "plan=&lt;b&gt;edu" in page and "<b>edu" not in page
    assert page.count('class="diagram"') == 5
    assert " style=" not in page and "<script" not in page
    assert "Not diagnosed yet" in client.get("/mitigations/bio-filter/diagnosis", headers=analyst).get_data(
        as_text=True
    )
    assert client.get("/mitigations/nobody/diagnosis", headers=analyst).status_code == 404


def test_a_mitigation_nobody_judged_cannot_tell_and_says_what_to_do(api_workspace: Workspace) -> None:
    fill(api_workspace, decisions(audited=False))
    result = said(api_workspace, GUARD, "--since", "2026-01-01", "-o", str(api_workspace.path / "silent.html"))
    assert result.exit_code == 0, result.output
    assert "cannot tell" in result.output and "groundswell label next --decisions --action allow" in result.output
    page = (api_workspace.path / "silent.html").read_text(encoding="utf-8")
    assert "Cannot tell how often it errs" in page and "What to do next" in page and "<svg" not in page
