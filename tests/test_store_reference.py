"""Reference data and the account of runs: files are mirrored, runs leave a row whatever happens."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.ingest_reference import read_reference, sync_reference
from jobs.settings import SettingsError
from jobs.store import Store
from jobs.workspace import Workspace, create_workspace

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MITIGATIONS = """\
mitigations:
  - {id: cyber, name: Cyber classifier, harm_domain: cyber, owner: sec, thresholds: {default: 0.8}}
  - {id: bio, name: Bio classifier, harm_domain: biological, owner: default}
"""
OWNERS = """\
owners:
  - {id: default, name: Everyone, channels: [{type: file, path: digests}]}
  - {id: sec, name: Security, cadence: daily, budget: 3, urgent: {type: email, to: a@x.example},
     channels: [{type: webhook, url: "https://hooks.example/1", secret_env: HOOK}]}
"""
RELEASES = "releases:\n  - {id: c-2.1, mitigation: cyber, released_on: 2026-02-03, version: 2.1, note: stricter}\n"
CALENDAR = "calendar:\n  - {id: launch, type: launch, from: 2026-02-01, to: 2026-02-02}\n"
SILENCES = "silences:\n  - {matcher: {kind: billing}, until: 2026-04-01, reason: known, author: jo}\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made, _ = create_workspace(tmp_path)
    files = {"mitigations": MITIGATIONS, "owners": OWNERS, "releases": RELEASES, "calendar": CALENDAR}
    for name, text in {**files, "silences": SILENCES}.items():
        write(made, name, text)
    return made


def write(workspace: Workspace, name: str, text: str) -> None:
    (workspace.path / f"{name}.yaml").write_text(text, encoding="utf-8")


def test_new_workspace_has_valid_reference_files(tmp_path: Path) -> None:
    create_workspace(tmp_path)
    files = read_reference(tmp_path)
    assert [owner.id for owner in files.owners] == ["default"]
    assert files.routes == [] and files.watchlists == []


def test_store_says_what_the_files_say(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        sync_reference(workspace, store, now=NOW)
        reference = store.reference
        assert [row["mitigation_id"] for row in reference.mitigations()] == ["bio", "cyber"]
        assert reference.mitigations()[1]["thresholds"] == {"default": 0.8}
        owner = reference.owners()[1]
        assert owner["channels"] == [{"type": "webhook", "url": "https://hooks.example/1", "secret_env": "HOOK"}]
        assert owner["urgent"] == [{"type": "email", "to": "a@x.example"}] and owner["budget"] == 3.0
        assert reference.releases()[0]["version"] == "2.1"
        assert reference.calendar()[0]["day_to"] == "2026-02-02"
        assert reference.silences()[0]["matcher"] == {"kind": "billing"}


def test_entry_that_left_the_file_leaves_the_store_and_what_people_made_stays(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        sync_reference(workspace, store, now=NOW)
        made = {"matcher": "{}", "until": "2026-05-01", "reason": "r", "author": "a", "created_at": "now"}
        store.db.table("silence").insert({"silence_id": "by-hand", **made})
        store.db.table("release").insert(
            {"release_id": "seen", "mitigation": "cyber", "released_on": "2026-02-09", "declared": 0}
        )
        for name in ("mitigations", "releases", "silences"):
            write(workspace, name, f"{name}: []\n")
        sync_reference(workspace, store, now=NOW)
        assert store.reference.mitigations() == []
        assert [row["release_id"] for row in store.reference.releases()] == ["seen"]
        assert [row["silence_id"] for row in store.reference.silences()] == ["by-hand"]


def test_second_sync_changes_nothing(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        sync_reference(workspace, store, now=NOW)
        before = store.reference.input_hash(), store.reference.silences()
        sync_reference(workspace, store, now=datetime(2026, 3, 9, tzinfo=UTC))
        assert (store.reference.input_hash(), store.reference.silences()) == before
        write(workspace, "releases", RELEASES.replace("2026-02-03", "2026-02-04"))
        sync_reference(workspace, store, now=NOW)
        assert store.reference.input_hash() != before[0]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("owners", "owners:\n  - {id: a, name: A, cadence: hourly}", "owners.yaml: owners[0]: cadence: expected"),
        ("owners", "owners:\n  - {id: a, name: A, channels: [{type: email}]}", "channels.0: expected 'to'"),
        ("owners", "owners:\n  - {id: a, name: A}\n  - {id: a, name: B}", "got 'a' twice"),
        (
            "mitigations",
            "mitigations:\n  - {id: a, name: A}",
            "mitigations[0]: harm_domain: expected a value, got none",
        ),
        ("mitigations", "mitigations:\n  - {id: a, name: A, harm_domain: x, owner: nobody}", "got 'nobody'"),
        ("mitigations", "safeguards: []", "expected one key 'mitigations' with a list, got key 'safeguards'"),
        ("mitigations", "mitigations:\n  - cyber", "mitigations[0]: expected 'key: value' pairs, got str"),
        ("releases", "releases:\n  - {id: a, mitigation: m, released_on: soon}", "released_on: expected"),
        ("calendar", "calendar:\n  - {id: a, type: launch, from: 2026-01-02, to: 2026-01-02}", "'to' after 'from'"),
    ],
)
def test_wrong_entry_is_named_and_nothing_is_changed(workspace: Workspace, name: str, text: str, told: str) -> None:
    with workspace.open_store() as store:
        sync_reference(workspace, store, now=NOW)
        before = store.reference.input_hash()
        write(workspace, name, text)
        with pytest.raises(SettingsError) as error:
            sync_reference(workspace, store, now=NOW)
        assert told in str(error.value)
        assert store.reference.input_hash() == before


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store.db")


def test_run_leaves_a_row_with_what_it_did(store: Store) -> None:
    with store.runs.running("count", now=NOW, as_of="2026-02-28T00:00:00Z", versions={"taxonomy": "1"}) as account:
        assert store.runs.last()[0]["state"] == "running"
        account.rows_in, account.rows_out = 5, 3
    (row,) = store.runs.last()
    assert (row["state"], row["rows_in"], row["rows_out"], row["error"]) == ("done", 5, 3, None)
    assert row["versions"] == {"taxonomy": "1"} and row["seconds"] >= 0 and row["finished_at"] >= row["started_at"]
    store.close()


def test_failed_run_says_the_sort_of_error_and_never_its_text(store: Store) -> None:
    with pytest.raises(ValueError, match="Ann Lee"), store.runs.running("count", now=NOW):
        raise ValueError("complaint of Ann Lee")
    (row,) = store.runs.last()
    assert (row["state"], row["error"]) == ("failed", "ValueError")
    assert "Ann" not in str(row)
    store.close()


def test_run_that_was_killed_is_marked_by_the_next(store: Store) -> None:
    store.runs._start("count", NOW, None, {})
    with store.runs.running("count", now=NOW):
        pass
    rows = store.db.execute("SELECT state, error FROM job_run ORDER BY rowid").fetchall()
    assert rows == [("failed", "Killed"), ("done", None)]
    store.close()


def test_state_of_a_job_is_what_it_last_did(store: Store) -> None:
    assert store.runs.state("count") is None
    store.runs.set_state("count", "hash", "run-1", "2026-02-28T00:00:00Z")
    store.runs.set_state("count", "other", "run-2", None)
    assert store.runs.state("count") == {"job": "count", "input_hash": "other", "run_id": "run-2", "as_of": None}
    store.close()
