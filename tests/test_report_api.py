"""The one-pager over HTTP, in every form and for every reader, and that of an empty workspace."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from api import create_app
from jobs.cli import cli
from jobs.workspace import Workspace, create_workspace

LINES = ["claims", "errors", "change", "where", "unknown"]


@pytest.fixture
def client(api_workspace: Workspace) -> FlaskClient:
    return create_app(api_workspace).test_client()


def test_api_gives_the_report_in_every_form(client: FlaskClient, api_keys: dict[str, str]) -> None:
    def get(form: str, role: str = "analyst") -> Any:
        header = {"X-API-Key": api_keys[role]}
        return client.get(f"/api/v1/report/weekly?week=2026-W13&format={form}", headers=header)

    data = get("json").get_json()
    assert [line["key"] for line in data["lines"]] == LINES and data["cells"]["2026-W13/all/claimed_unique"] > 0
    assert get("md").mimetype == "text/markdown" and get("md").text.startswith("# Over-blocks")
    page = get("html", "pm")
    policy = page.headers["Content-Security-Policy"]
    assert page.mimetype == "text/html" and "default-src 'none'" in policy and "'unsafe-inline'" not in policy
    assert policy.count("sha256-") == 1


def test_api_suppresses_small_cells_for_a_pm_alone(
    client: FlaskClient, api_keys: dict[str, str], api_workspace: Workspace
) -> None:
    with api_workspace.open_store() as store:
        store.db.execute("UPDATE ledger SET customers = 2 WHERE slice = 'harm_domain=cyber'")
    cell = "2026-W13/harm_domain=cyber/claimed_unique"
    address = "/api/v1/report/weekly?week=2026-W13"
    for role, hidden in (("analyst", False), ("pm", True)):
        cells = client.get(address, headers={"X-API-Key": api_keys[role]}).get_json()["cells"]
        found = {name: value for name, value in cells.items() if name.startswith("2026-W13/harm_domain=cyber")}
        assert (found.get(cell) is None) == hidden
        assert all(value is None for name, value in found.items() if "claim" in name) == hidden


def test_api_says_which_weeks_there_are(client: FlaskClient, api_keys: dict[str, str]) -> None:
    answer = client.get("/api/v1/report/weekly?week=1999-W01", headers={"X-API-Key": api_keys["analyst"]})
    assert answer.status_code == 404 and "got 1999-W01" in answer.get_json()["detail"]


def test_report_of_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    made, _ = create_workspace(tmp_path / "empty")
    result = CliRunner().invoke(cli, ["-w", str(made.path), "report", "weekly"])
    assert result.exit_code == 1 and "groundswell run" in result.output
