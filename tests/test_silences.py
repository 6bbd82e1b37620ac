"""Silences: written without touching another line, refused where they say nothing, told everywhere."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from api import create_app
from jobs import digest, notify
from jobs.cli import cli
from jobs.digest_text import render_text
from jobs.ingest_reference import sync_silences
from jobs.settings import SettingsError
from jobs.silences import listed
from jobs.store import Store
from jobs.workspace import Workspace

AS_OF = "2026-03-10T20:00:00Z"
CYBER = ("--matcher", "harm_domain=cyber")
WORDS = ("--reason", "release 4.1 is known", "--as", "Ann")


def silences(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(workspace.path), "silences", *arguments])


def added(workspace: Workspace, *matchers: str, until: str = "2026-03-20") -> dict[str, Any]:
    done = silences(workspace, "add", *(matchers or CYBER), "--until", until, *WORDS, "--json")
    assert done.exit_code == 0, done.output
    row: dict[str, Any] = json.loads(done.stdout)
    return row


def test_added_silence_is_in_the_file_and_holds_back_what_is_news(workspace: Workspace, store: Store) -> None:
    row = added(workspace)
    assert (row["alerts"], row["holds_back"], row["in_force"]) == (["A1"], 1, True)
    (entry,) = yaml.safe_load((workspace.path / "silences.yaml").read_text())["silences"]
    assert entry["matcher"] == {"harm_domain": "cyber"} and str(entry["until"]) == "2026-03-20"
    assert (entry["reason"], entry["author"]) == ("release 4.1 is known", "Ann")
    notify.queue_alerts(store, workspace.settings, as_of=AS_OF)
    assert {one["alert_id"] for one in store.delivery.notifications()} == {"A2", "A3"}


def test_every_other_line_of_the_file_stays(workspace: Workspace) -> None:
    path = workspace.path / "silences.yaml"
    text = (
        "# ours\nsilences:\n- matcher: {kind: praise} # loud fans\n"
        "  until: 2026-04-01\n  reason: r\n  author: Bo\n# end\n"
    )
    path.write_text(text, encoding="utf-8")
    row = added(workspace)
    assert [line for line in path.read_text().splitlines() if line in text.splitlines()] == text.splitlines()
    assert silences(workspace, "end", row["silence_id"].removeprefix("declared-")).exit_code == 0
    assert path.read_text(encoding="utf-8") == text


def test_ended_silence_lets_the_alert_out(workspace: Workspace, store: Store) -> None:
    row = added(workspace)
    notify.queue_alerts(store, workspace.settings, as_of=AS_OF)
    assert silences(workspace, "end", row["silence_id"]).exit_code == 0
    notify.queue_alerts(store, workspace.settings, as_of=AS_OF)
    assert "A1" in {one["alert_id"] for one in store.delivery.notifications()}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "got none"),
        (("--matcher", "kind="), "FIELD=VALUE"),
        (("--matcher", "kind=billing", "--matcher", "kind=other"), "twice"),
        (("--matcher", "colour=red"), "'colour' is none of them"),
        (("--matcher", "kind=over-block"), "over_block"),
        (("--matcher", "hazard=huge"), "critical"),
    ],
)
def test_matcher_that_matches_nothing_is_refused(workspace: Workspace, arguments: tuple[str, ...], told: str) -> None:
    before = (workspace.path / "silences.yaml").read_bytes()
    done = silences(workspace, "add", *arguments, "--until", "2026-03-20", *WORDS)
    said = done.stderr if done.exit_code == 2 else str(done.exception)
    assert told in said and "expected" in said
    assert (workspace.path / "silences.yaml").read_bytes() == before


@pytest.mark.parametrize("until", ["2026-03-10", "2026-01-01", "2031-01-01", "soon", "2026-02-30"])
def test_day_that_is_past_or_far_away_or_none_is_refused(workspace: Workspace, until: str) -> None:
    done = silences(workspace, "add", *CYBER, "--until", until, *WORDS)
    assert isinstance(done.exception, SettingsError) and "until: expected" in str(done.exception)


def test_the_same_silence_twice_and_an_unknown_id_are_refused(workspace: Workspace) -> None:
    added(workspace)
    again = silences(workspace, "add", *CYBER, "--until", "2026-03-20", *WORDS)
    assert "there already" in str(again.exception)
    assert "expected the id of a silence (declared-" in str(silences(workspace, "end", "none").exception)


@pytest.mark.parametrize("matcher", ["{}", "{colour: red}"])
def test_file_with_a_matcher_that_says_nothing_is_refused_whole(
    workspace: Workspace, store: Store, matcher: str
) -> None:
    text = f"silences:\n- {{matcher: {matcher}, until: 2026-04-01, reason: r, author: Bo}}\n"
    (workspace.path / "silences.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="expected"):
        sync_silences(workspace, store)
    assert len(store.reference.silences()) == 2


def test_bare_noun_lists_what_each_holds_back_and_until_when(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    added(workspace, "--matcher", "owner=cyber-team")
    rows = json.loads(silences(workspace, "--json").stdout)
    force = {(row["author"], row["until"], row["in_force"]): row["holds_back"] for row in rows}
    assert force == {("Ann", "2026-03-20", True): 2, ("jo", "2026-01-01", False): 0, ("jo", "2026-04-01", True): 0}
    table = silences(workspace).stdout
    assert "owner=cyber-team" in table and re.search(r"2026-01-01 +over +over +jo", table)
    assert "2 of 3 in force; alerts held back: A1, A2" in table


def test_a_silence_that_the_file_says_and_no_run_has_read_is_listed(workspace: Workspace, store: Store) -> None:
    text = "silences:\n- {matcher: {alert_id: A1}, until: 2026-04-01, reason: r, author: Bo}\n"
    (workspace.path / "silences.yaml").write_text(text, encoding="utf-8")
    rows = json.loads(silences(workspace, "--json").stdout)
    assert [row["alerts"] for row in rows if row["author"] == "Bo"] == [["A1"]]
    assert len(listed(store, as_of=AS_OF)) == 2


def test_the_digest_tells_what_each_silence_holds_back(workspace: Workspace, store: Store) -> None:
    added(workspace, "--matcher", "owner=cyber-team")
    text = render_text(digest.build(store, workspace.settings, "cyber-team", as_of=AS_OF))
    assert "owner cyber-team until 2026-03-20: release 4.1 is known (Ann); holds back 2 alerts now" in text
    assert "kind praise until 2026-04-01: campaign [x](y) (jo); holds back no alert now" in text


@pytest.fixture
def client(api_workspace: Workspace) -> FlaskClient:
    return create_app(api_workspace).test_client()


def test_api_and_page_tell_the_silences(client: FlaskClient, api_keys: dict[str, str]) -> None:
    key = {"X-API-Key": api_keys["owner"]}
    (row,) = client.get("/api/v1/silences?in_force=true", headers=key).json["items"]
    assert (row["matcher"], row["alerts"], row["until"]) == ({"theme_id": "T0001"}, ["A0001"], "2026-04-15")
    every = client.get("/api/v1/silences", headers=key).json
    assert [one["until"] for one in every["items"]] == ["2026-04-15", "2026-03-01"]
    page = client.get("/deliveries", headers=key).get_data(as_text=True)
    assert "known release &lt;b&gt;4.1&lt;/b&gt;" in page and 'href="/alerts/A0001"' in page
    assert client.get("/api/v1/silences", headers={"X-API-Key": api_keys["pm"]}).status_code == 403


def test_new_workspace_has_a_file_that_a_silence_can_be_added_to(tmp_path: Path) -> None:
    from jobs.workspace import create_workspace

    made, _ = create_workspace(tmp_path / "new")
    done = silences(made, "add", "--matcher", "kind=praise", "--until", "2999-01-01", *WORDS)
    assert "by " in str(done.exception)
    assert json.loads(silences(made, "--json").stdout) == []
