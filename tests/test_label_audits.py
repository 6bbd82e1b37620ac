"""Random audits of decisions, and labelling from the command line, from the draw to the counts."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from jobs.cli import cli
from jobs.ingest import ingest
from jobs.ingest_plan import Request
from jobs.join import join_decisions
from jobs.label_draws import Ask, next_draw
from jobs.labelling import adjudicate, give, queue
from jobs.store import Store
from jobs.workspace import Workspace, create_workspace
from mitigations.rates import weighted_rate
from nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
NOW = pd.Timestamp("2026-04-01T12:00:00Z").to_pydatetime()
AT = "2026-04-01T12:00:00Z"
BLOCKS = Ask(of="decisions", items=60, weeks=4, gold=0, double=0)
MADE = 1200


def log(folder: Path) -> Path:
    """Three weeks of decisions of a large and a small safeguard; every fifth is a block, some judged on appeal."""
    file = folder / "decisions.csv"
    days = pd.Timestamp("2026-03-09") + pd.to_timedelta(np.arange(MADE) * 21 * 24 // MADE, unit="h")
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow("decision_id decided_at mitigation action score excerpt truth truth_source".split())
        for number, day in enumerate(days):
            name = "small" if number % 8 == 0 else "cyber-classifier"
            action = "block" if number % 5 == 0 else "allow"
            judged = ["benign", "appeal"] if number % 50 == 0 else ["", ""]
            excerpt = "scan my own server" if number % 3 else ""
            writer.writerow([f"x{number:04d}", f"{day:%Y-%m-%dT%H:%M:%SZ}", name, action, 0.9, excerpt, *judged])
    return file


def known(target: str) -> str:
    """What the requests really were: three in ten blocks were of something benign."""
    return "benign" if int(target[1:]) // 5 % 10 < 3 else "harmful"


@pytest.fixture
def workspace(tmp_path: Path, no_models: None) -> Workspace:
    made, _ = create_workspace(tmp_path / "workspace")
    # One draw of a secret's in twenty misses the truth by more than its interval says, as it should.
    (made.path / "key").write_text("5" * 64)
    with made.open_store() as store:
        ingest(made, store, Request(log(tmp_path), input="decisions"), now=NOW)
    return made


def answer(store: Store, target: str, value: str, *, labeller: str = "Ann", at: str = AT) -> Any:
    return give(store, TAXONOMY, target=target, field="truth", value=value, labeller=labeller, at=at)


def test_audits_estimate_what_the_log_does_not_say(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        next_draw(store, workspace, BLOCKS, actor="Ann", at=AT)
        rows = queue(store, TAXONOMY, of="decisions", limit=100)
        assert len(rows) == 60 and {row["action"] for row in rows} == {"block"}
        assert rows[0]["why"].startswith("random audit of block decisions, 2026-W")
        for row in rows:
            answer(store, row["item_id"], known(row["item_id"]))
        audited = store.ledger.audited()
        drawn = audited[audited["truth_source"] == "audit"]
        assert len(drawn) == 60 and drawn["inclusion_probability"].between(0, 1, "right").all()
        found = weighted_rate(drawn["truth"] == "benign", drawn["inclusion_probability"])
        assert found.low < 0.3 < found.high
        assert (1 / drawn["inclusion_probability"]).sum() == pytest.approx(240, rel=0.3)
        assert not queue(store, TAXONOMY, of="decisions")


def test_small_safeguards_get_more_than_their_share_with_equal_chances_within(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        next_draw(store, workspace, BLOCKS, actor="Ann", at=AT)
        items = pd.DataFrame(store.db.execute("SELECT stratum, inclusion_probability FROM label_item").fetchall())
        chances = items.groupby(0)[1].agg(["min", "max"])
        assert np.allclose(chances["min"], chances["max"]) and len(chances) == 6
        small = chances.index.str.endswith("small")
        assert chances.loc[small, "max"].min() > 1.4 * chances.loc[~small, "max"].max()


def test_allowed_and_blocked_requests_are_drawn_apart(workspace: Workspace) -> None:
    allowed = Ask(of="decisions", action="allow", items=20, weeks=4)
    with workspace.open_store() as store:
        next_draw(store, workspace, BLOCKS, actor="Ann", at=AT)
        assert next_draw(store, workspace, allowed, actor="Ann", at=AT)["drawn"] == 20
        rows = queue(store, TAXONOMY, of="decisions", action="allow", limit=100)
        assert len(rows) == 20 and {row["action"] for row in rows} == {"allow"}
        assert next_draw(store, workspace, BLOCKS, actor="Ann", at=AT)["drawn"] == 0


def test_excerpts_of_unknown_hazard_are_withheld(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        next_draw(store, workspace, BLOCKS, actor="Ann", at=AT)
        told = queue(store, TAXONOMY, of="decisions", revealed=True)
        texts = {row["item_id"]: row["text"] for row in told if row["text"]}
        rows = queue(store, TAXONOMY, of="decisions")
        assert texts and not any(row["text"] for row in rows)
        assert {row["item_id"] for row in rows if row["withheld"]} == {*texts}
        values = ("cyber-classifier", "Fraud", "fraud_deception", "someone")
        store.db.execute("INSERT INTO mitigation (mitigation_id, name, harm_domain, owner) VALUES (?, ?, ?, ?)", values)
        rows = queue(store, TAXONOMY, of="decisions", limit=100)
        assert any(row["text"] for row in rows)
        assert {row["mitigation"] for row in rows if row["withheld"]} == {"small"}


def test_settled_truth_outlives_the_log_and_a_dispute_takes_it_back(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        next_draw(store, workspace, BLOCKS, actor="Ann", at=AT)
        one = queue(store, TAXONOMY, of="decisions")[0]["item_id"]

        def truth() -> Any:
            return store.db.execute("SELECT truth, truth_source FROM decision WHERE decision_id = ?", (one,)).fetchone()

        answer(store, one, "harmful")
        state = store.reference.input_hash()
        join_decisions(store, workspace.decisions)
        assert truth() == ("harmful", "audit") and store.reference.input_hash() == state
        answer(store, one, "benign", labeller="Bob")
        assert truth() == (None, None)
        told = {"actor": "Cleo", "reason": "it was a scan of their own", "at": AT}
        adjudicate(store, TAXONOMY, target=one, field="truth", value="benign", **told)
        assert truth() == ("benign", "audit")
        join_decisions(store, workspace.decisions)
        assert truth() == ("benign", "audit")


def test_a_correction_of_a_decision_that_was_not_drawn_is_a_review(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        answer(store, "x0050", "harmful")
        row = store.ledger.audited().set_index("decision_id").loc["x0050"]
        assert (row["truth"], row["truth_source"]) == ("harmful", "review") and pd.isna(row["inclusion_probability"])


# The command line.


@pytest.fixture
def desk(api_workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace without labels, two people with keys, and nobody's login name."""
    monkeypatch.setenv("LOGNAME", "local")
    with api_workspace.open_store() as store:
        for table in ("label_item", "label_draw", "label_verdict", "label"):
            store.db.execute(f"DELETE FROM {table}")
        for holder in ("Ann", "Bob"):
            store.keys.create(holder=holder, role="analyst", now=NOW)
    return api_workspace


def call(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "150"}).invoke(cli, ["-w", str(workspace.path), *arguments])


def told(workspace: Workspace, *arguments: str) -> Any:
    result = call(workspace, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_queue_goes_out_comes_back_and_is_settled(desk: Workspace, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"queue.{ending}"
    drawn = call(desk, "label", "next", "--n", "30", "--weeks", "30", "--double", "1", "--as", "Ann", "-o", str(file))
    assert drawn.exit_code == 0 and "30 drawn now, 30 wait for an answer" in drawn.stdout
    if ending == "csv":
        with file.open(newline="", encoding="utf-8") as handed:
            rows = list(csv.DictReader(handed))
    else:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 30 and not any(row["value"] for row in rows)
    for holder, other in (("Ann", "over_block"), ("Bob", "quality")):
        values = ["over_block"] * 10 + [other] * 5 + ["nonsense"] + [""] * 14
        back = tmp_path / f"{holder}.jsonl"
        filled = [{**row, "value": value} for row, value in zip(rows, values, strict=True)]
        back.write_text("".join(json.dumps(row) + "\n" for row in filled), encoding="utf-8")
        found = told(desk, "label", "import", str(back), "--as", holder)
        assert (found["new"], found["drawn"], found["empty"], found["quarantined"]) == (15, 15, 14, 1)
        assert found["reasons"] == {"unknown_label": 1} and "'nonsense'" in found["refused"][0]["detail"]
    found = told(desk, "label", "agreement")
    assert found["fields"][0]["items"] == 15 and len(found["disputed"]) == 5
    one = found["disputed"][0]["target"]
    decided = told(
        desk, "label", "adjudicate", one, "kind", "over_block", "--reason", "the guide says so", "--as", "Ann"
    )
    assert decided["settled"] == "over_block" and decided["inclusion_probability"] > 0
    state = told(desk, "label", "status")[0]
    assert (state["drawn"], state["answered"], state["waiting"], state["disputed"]) == (30, 15, 15, 4)
    assert "4" in call(desk, "label", "status").stdout and one not in call(desk, "label", "agreement").stdout


def test_the_bare_noun_lists_what_waits(desk: Workspace) -> None:
    assert "nothing to list" in call(desk, "label").stdout
    told(desk, "label", "next", "--n", "5", "--weeks", "30")
    assert len(told(desk, "label")) == len(told(desk, "label", "list", "--as", "Bob")) == 5


def test_the_note_does_not_take_what_is_shown_for_what_waits(desk: Workspace) -> None:
    assert call(desk, "label", "next", "--n", "2").exit_code == 0
    assert "2 wait; label one" in call(desk, "label", "list").output
    assert "1 shown, more wait; see --limit" in call(desk, "label", "list", "--limit", "1").output


def test_what_a_draw_or_a_file_cannot_take_is_refused(desk: Workspace, tmp_path: Path) -> None:
    result = call(desk, "label", "next", "--action", "allow")
    assert result.exit_code == 2 and "expected --decisions with --action" in result.output
    result = call(desk, "label", "next", "--decisions", "--field", "kind")
    assert result.exit_code == 2 and "expected no --field with --decisions" in result.output
    assert call(desk, "label", "agreement", "--field", "mood").exit_code == 2
    file = tmp_path / "odd.csv"
    file.write_text("id,answer\nd1,praise\n", encoding="utf-8")
    result = call(desk, "label", "import", str(file))
    assert result.exit_code == 1 and "groundswell ingest --labels" in result.output


def test_a_correction_is_one_command_and_names_its_labeller(desk: Workspace) -> None:
    said = call(desk, "label", "give", "d0011", "kind", "praise", "--as", "Bob")
    assert "settled as praise; not drawn at random: it corrects this one alone" in said.stdout
    call(desk, "label", "give", "d0012", "kind", "praise")
    with desk.open_store() as store:
        kept = store.reference.labels().set_index("document_id")["labeller"]
        assert kept.to_dict() == {"d0011": "Bob", "d0012": "local"}
    refused = call(desk, "label", "give", "d0011", "kind", "praise", "--as", "Zed")
    assert refused.exit_code != 0 and "these do: Ann, Bob" in str(refused.exception)


def test_withheld_texts_are_shown_on_reveal_with_a_trace(desk: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "queue.csv"
    asked = ["label", "next", "--n", "500", "--weeks", "30", "--as", "Ann", "-o", str(file)]
    hidden = [row for row in told(desk, *asked)["items"] if row["withheld"]]
    assert hidden and all(row["text"] is None for row in hidden) and "(withheld)" in file.read_text(encoding="utf-8")
    assert call(desk, *asked, "--reveal").exit_code == 2
    shown = told(desk, *asked, "--reveal", "--reason", "labelling")["items"]
    assert all(row["text"] for row in shown)
    with desk.open_store() as store:
        rows = store.db.execute("SELECT DISTINCT actor, reason FROM reveal WHERE reason = 'labelling'").fetchall()
        assert rows == [("Ann (command line)", "labelling")]
        assert store.db.execute("SELECT count(*) FROM reveal WHERE reason = 'labelling'").fetchone()[0] == len(hidden)


def test_decisions_are_audited_from_the_command_line(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    found = told(workspace, "label", "next", "--decisions", "--n", "12", "--action", "allow", "-o", str(file))
    assert found["drawn"] == 12 and {row["field"] for row in found["items"]} == {"truth"}
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    file.write_text("".join(json.dumps({**row, "value": "malicious"}) + "\n" for row in rows), encoding="utf-8")
    assert told(workspace, "label", "import", str(file))["new"] == 12
    with workspace.open_store() as store:
        assert (store.ledger.audited()["truth_source"] == "audit").sum() == 12
