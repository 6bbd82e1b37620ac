"""The commands over findings and keys: tables for people, JSON for programs, clear refusals."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner, Result

from jobs.cli import cli
from jobs.workspace import Workspace, create_workspace

ROOT = Path(__file__).parent.parent


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(workspace.path), *arguments], catch_exceptions=False)


def as_json(workspace: Workspace, *arguments: str) -> Any:
    result = run(workspace, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


@pytest.mark.parametrize("noun", ["documents", "themes", "changes", "alerts", "keys"])
def test_a_bare_noun_lists(api_workspace: Workspace, noun: str) -> None:
    assert run(api_workspace, noun).exit_code == 0
    assert isinstance(as_json(api_workspace, noun), list)


def test_documents_are_searched_and_critical_ones_withheld(api_workspace: Workspace) -> None:
    found = as_json(api_workspace, "documents", "still", "blocked", "--segment", "plan=team", "--limit", "3")
    assert len(found) == 3 and all("still blocked" in row["excerpt"] for row in found)
    assert {row["excerpt"] for row in as_json(api_workspace, "documents", "--theme", "T0005")} == {"(withheld)"}


def test_show_tells_all_of_one(api_workspace: Workspace) -> None:
    assert as_json(api_workspace, "themes", "show", "T0001")["changes"][0]["change_id"] == "ch1"
    assert as_json(api_workspace, "alerts", "show", "A0001")["changes"][0]["series"] == "feedback/theme=T0001"
    assert "reporters a day" in run(api_workspace, "alerts", "show", "A0001").output
    assert "exemplar" in run(api_workspace, "themes", "show", "T0001").output


def test_acknowledging_once(api_workspace: Workspace) -> None:
    assert "acknowledged by Ann" in run(api_workspace, "alerts", "ack", "A0001", "--by", "Ann").output
    assert "was acknowledged by Ann" in run(api_workspace, "alerts", "ack", "A0001", "--by", "Bo").output
    assert as_json(api_workspace, "alerts")[0]["acknowledged_by"] == "Ann"
    assert len(as_json(api_workspace, "alerts", "--state", "all")) == 2


def test_keys_are_made_listed_and_revoked(api_workspace: Workspace) -> None:
    made = as_json(
        api_workspace, "keys", "create", "--holder", "Bo", "--role", "pm", "--days", "30", "--scope", "counts"
    )
    listed = as_json(api_workspace, "keys")
    assert [row["key_id"] for row in listed] == [made["key_id"]] and made["key"] not in str(listed)
    assert run(api_workspace, "keys", "revoke", made["key_id"]).exit_code == 0
    assert as_json(api_workspace, "keys", "list")[0]["revoked_at"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["documents", "--from", "2026-13-01"], 2),
        (["documents", "--segment", "plan"], 2),
        (["documents", "--segment", 'a"b=c'], 2),
        (["changes", "--direction", "sideways"], 2),
        (["alerts", "show", "A9999"], 1),
        (["alerts", "ack", "A9999", "--by", "Ann"], 1),
        (["themes", "show", "T9999"], 1),
        (["keys", "create", "--holder", "Bo", "--role", "root"], 2),
    ],
)
def test_misuse_is_refused(api_workspace: Workspace, arguments: list[str], code: int) -> None:
    result = run(api_workspace, *arguments)
    assert result.exit_code == code and "Error" in result.output


def test_no_terminal_escape_of_a_document_gets_through(api_workspace: Workspace) -> None:
    with api_workspace.open_store() as store:
        store.db.execute("UPDATE theme SET name = 'a' || char(27) || '[2Jb' WHERE theme_id = 'T0001'")
    assert "\x1b[2J" not in run(api_workspace, "themes").output


def test_serving_on_a_taken_port_is_refused_before_a_key_is_made(api_workspace: Workspace) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run(api_workspace, "serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1 and "another with --port" in result.output
    assert as_json(api_workspace, "keys") == []


@pytest.mark.slow
def test_the_first_serve_prints_a_key_once_and_answers(tmp_path: Path) -> None:
    workspace, _ = create_workspace(tmp_path / "served")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-c", "from jobs.cli import main; main()", "-w", str(workspace.path), "serve"]
    server = subprocess.Popen([*command, "--port", port], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert server.stdout is not None
    try:
        secret = server.stdout.readline().rpartition(" ")[2].strip()
        assert secret.startswith("gs_") and f":{port}" in server.stdout.readline()
        asked = Request(f"http://127.0.0.1:{port}/api/v1/themes", headers={"X-API-Key": secret})
        for _ in range(100):
            try:
                with urlopen(asked, timeout=10) as answer:
                    assert json.load(answer)["items"] == []
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("the server did not answer")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
        server.stdout.close()
    assert len(as_json(workspace, "keys")) == 1
