"""Anomalies derived from a workspace's log: documents that are counted, once each, with their evidence."""

import csv
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from api import ServerSettings, create_app
from jobs import anomalies, count
from jobs.cli import cli
from jobs.ingest import ingest
from jobs.ingest_plan import Request
from jobs.store_anomalies import AnomalyFilter
from jobs.workspace import Workspace, create_workspace

NOW = datetime(2026, 7, 1, tzinfo=UTC)
AS_OF = "2026-02-26T09:00:00Z"
DAYS, JUMP = 52, 48
SAID = "open every locked vault number {} of the <script>harbour</script> district"


def decisions() -> Iterator[dict[str, Any]]:
    """Twenty-five accounts for seven weeks; from day JUMP on one is blocked nearly always and six send one template."""
    dice = np.random.default_rng(5)
    for day in range(DAYS):
        when = np.datetime64("2026-01-05") + day
        for account in range(25):
            jump = account == 7 and day >= JUMP
            for _ in range(dice.poisson(1.2) + (9 if jump else 0)):
                action = "block" if dice.random() < (0.95 if jump else 0.2) else "allow"
                yield {"decided_at": f"{when}T10:00:00Z", "customer_id": f"acme {account}", "action": action}
        for account in range(10, 16) if day == JUMP else dice.choice(25, 3):
            said = SAID.format(account) if day == JUMP else f"please write one long story about the month number {day}"
            yield {
                "decided_at": f"{when}T11:00:00Z",
                "customer_id": f"acme {account}",
                "action": "block",
                "excerpt": said,
            }


@pytest.fixture(scope="module")
def _derived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("anomalies") / "workspace"
    path.mkdir()
    (path / "key").write_text("ab" * 32, encoding="ascii")
    workspace, _ = create_workspace(path)
    fields = "decision_id request_id mitigation decided_at customer_id action excerpt plan".split()
    with (path / "log.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fields)
        writer.writeheader()
        for place, row in enumerate(decisions()):
            fixed = {"decision_id": f"d{place}", "request_id": f"q{place}", "mitigation": "cyber", "plan": "pro"}
            writer.writerow({**fixed, **row})
    with workspace.open_store() as store:
        ingest(workspace, store, Request(path / "log.csv", input="decisions"), now=NOW)
        anomalies.run(store, workspace, as_of=AS_OF)
    return path


@pytest.fixture
def workspace(_derived: Path, tmp_path: Path) -> Workspace:
    import shutil

    shutil.copytree(_derived, tmp_path / "workspace")
    return Workspace(tmp_path / "workspace")


def rows(workspace: Workspace, **wanted: Any) -> list[dict[str, Any]]:
    with workspace.open_store() as store:
        return store.anomalies.page(AnomalyFilter(**wanted), limit=200).rows


def test_jumps_and_linked_accounts_of_the_log_become_documents(workspace: Workspace) -> None:
    (jump,) = rows(workspace, anomaly_type="blocked_share_jump")
    assert jump["day"] in ("2026-02-22", "2026-02-23") and jump["mitigation"] == "cyber"
    assert jump["usual_high"] < jump["observed"] <= jump["decisions"]
    (linked,) = rows(workspace, anomaly_type="linked_accounts")
    assert linked["day"] == "2026-02-22" and linked["accounts"] == 6 and linked["worded"]


def test_deriving_again_adds_nothing_and_never_counts_an_unfinished_day(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        before = store.documents.count()
        again = anomalies.run(store, workspace, as_of=AS_OF)
        assert (again.new, again.known) == (0, before) and before >= 2
    assert max(row["day"] for row in rows(workspace)) < AS_OF[:10]


@pytest.mark.slow
def test_deriving_day_by_day_is_deriving_once(workspace: Workspace) -> None:
    kept = {row["document_id"]: row["observed"] for row in rows(workspace)}
    with workspace.open_store() as store:
        store.db.execute("DELETE FROM document")
        for day in (23, 24, 26):
            anomalies.run(store, workspace, as_of=f"2026-02-{day}T09:00:00Z")
    assert {row["document_id"]: row["observed"] for row in rows(workspace)} == kept


def test_a_derivation_that_is_cut_short_leaves_nothing_half_done(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        kept = store.documents.count()
        store.db.execute("DELETE FROM document")
        # Killed while it writes: SQLite refuses the last of its rows.
        store.db.execute("CREATE TRIGGER killed BEFORE INSERT ON anomaly_day BEGIN SELECT RAISE(ABORT, 'killed'); END")
        with pytest.raises(sqlite3.IntegrityError):
            anomalies.run(store, workspace, as_of=AS_OF)
        assert store.documents.count() == 0 and store.anomalies.account()["derived"] == 0
        store.db.execute("DROP TRIGGER killed")
        assert anomalies.run(store, workspace, as_of=AS_OF).new == kept


def test_a_text_is_excerpts_word_for_word_and_segments_are_shared(workspace: Workspace) -> None:
    (linked,) = rows(workspace, anomaly_type="linked_accounts")
    with workspace.open_store() as store:
        (row,) = store.db.query("SELECT * FROM document WHERE document_id = ?", [linked["document_id"]])
    # One template, so one excerpt: numbers vary, words do not.
    assert row["text"] == SAID.format(10)
    assert json.loads(row["segments"]) == {"plan": "pro"} and row["source"] == "decision_log"


def test_a_customer_of_the_log_is_the_customer_of_other_documents(workspace: Workspace) -> None:
    from jobs.ingest_identity import Identity

    identity = Identity(workspace.hash_key())
    (jump,) = rows(workspace, anomaly_type="blocked_share_jump")
    assert jump["customer"] == identity.customer("acme 7")
    assert [row["document_id"] for row in rows(workspace, customer=identity.customer("acme 12"))] == [
        row["document_id"] for row in rows(workspace, anomaly_type="linked_accounts")
    ]
    with workspace.open_store() as store:
        (row,) = store.db.query("SELECT reporter FROM document WHERE document_id = ?", [jump["document_id"]])
    assert row["reporter"] == identity.reporter("acme 7")


def test_derived_anomalies_are_counted_like_feedback(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        count.run(store, workspace.settings, as_of=AS_OF)
        series = {row["series"] for row in store.db.query("SELECT DISTINCT series FROM volume")}
    names = ("total", "anomaly_type=blocked_share_jump", "anomaly_type=linked_accounts", "mitigation=cyber")
    assert {f"usage_anomaly/{name}" for name in names} <= series


@pytest.mark.slow
def test_what_is_above_the_cap_of_a_day_is_counted(workspace: Workspace) -> None:
    (workspace.path / "groundswell.yaml").write_text("anomalies_per_day: 1\n", encoding="utf-8")
    fresh = Workspace(workspace.path)
    with fresh.open_store() as store:
        store.db.execute("DELETE FROM document")
        derived = anomalies.run(store, fresh, as_of=AS_OF)
        days = {row["day"] for row in store.anomalies.page(AnomalyFilter()).rows}
        assert derived.new == len(days) and store.anomalies.account()["above_cap"] == derived.dropped


def test_the_command_lists_filters_and_derives(workspace: Workspace) -> None:
    def said(*arguments: str) -> str:
        found = CliRunner(env={"COLUMNS": "160"}).invoke(cli, ["-w", str(workspace.path), "anomalies", *arguments])
        assert found.exit_code == 0, found.output
        return found.output

    assert "blocked share jump" in said() and "linked accounts" not in said("--type", "blocked_share_jump")
    told = json.loads(said("--mitigation", "cyber", "--from", "2026-02-01", "--to", "2026-03-01", "--json"))
    assert told["total"] == len(told["anomalies"]) and {row["mitigation"] for row in told["anomalies"]} == {"cyber"}
    assert json.loads(said("derive", "--json"))["new"] == 0


def test_the_page_of_an_anomaly_leads_to_its_decisions_and_shows_no_excerpt(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        _, secret = store.keys.create(holder="Ann", role="analyst", now=NOW)
    client = create_app(workspace, ServerSettings(rate="100000 per minute")).test_client()
    headers = {"X-API-Key": secret}
    listed = client.get("/api/v1/anomalies?type=linked_accounts", headers=headers).get_json()
    one = client.get(f"/api/v1/anomalies/{listed['items'][0]['document_id']}", headers=headers).get_json()
    assert len(one["rows"]) == one["decisions_behind"] == 6 and one["actions"] == {"block": 6}
    assert len(one["customers"]) == 6 and set(one["decision_ids"]) == {row["decision_id"] for row in one["rows"]}
    for address in ("/anomalies", f"/anomalies/{one['document_id']}"):
        page = client.get(address, headers=headers)
        assert page.status_code == 200 and "linked accounts" in page.text.lower() and "harbour" not in page.text
    assert client.get("/api/v1/anomalies/none", headers=headers).status_code == 404


def test_themes_of_both_streams_are_tied_both_ways(api_workspace: Workspace) -> None:
    with api_workspace.open_store() as store:
        (named,) = store.db.query(
            "SELECT d.request_id FROM document d JOIN assignment a USING (document_id) "
            "WHERE a.theme_id = 'T0003' AND d.request_id IS NOT NULL ORDER BY d.document_id LIMIT 1"
        )
        (own,) = store.db.query("SELECT document_id FROM assignment WHERE theme_id = 'T0006' ORDER BY 1 LIMIT 1")
        sql = "INSERT INTO anomaly_decision (document_id, position, decision_id, request_id) VALUES (?, 0, 'x', ?)"
        store.db.execute(sql, (own["document_id"], named["request_id"]))
        back = {(row["theme_id"], row["kind"]): row for row in store.anomalies.ties("T0006", "usage_anomaly")}
        there = {
            (theme, row["kind"]): row
            for theme in ("T0001", "T0003")
            for row in store.anomalies.ties(theme, "feedback")
            if row["theme_id"] == "T0006"
        }
    assert {("T0003", "request"), ("T0001", "mitigation")} <= there.keys() == back.keys()
    facts = ("strength", "low", "high", "shared", "of")
    assert all(there[key][name] == back[key][name] for key in there for name in facts)
    assert all(0 <= row["low"] <= row["strength"] <= row["high"] <= 1 for row in there.values() if row["of"])
