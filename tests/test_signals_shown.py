"""Signals are stored, told to owners, and shown in terminal, API and pages, where hostile words stay text."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from jobs.cli import cli
from jobs.count import counted
from jobs.signals import judge, signal_rows
from jobs.store import Store
from jobs.store_signals import SignalFilter
from jobs.workspace import Workspace

NO_CHANGES = pd.DataFrame({"series": [], "day": [], "end": []})
AS_OF = "2026-03-31T18:00:00Z"


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(workspace.path), *arguments])


def judged(store: Store) -> pd.DataFrame:
    found = judge(store, counted(store), NO_CHANGES, as_of=pd.Timestamp(AS_OF).tz_localize(None))
    return signal_rows(found, lambda series, about: "default", as_of=AS_OF)


def test_judging_and_storing_twice_gives_the_same_rows(api_workspace: Workspace) -> None:
    with api_workspace.open_store() as store:
        rows = []
        for _ in range(2):
            with store.transaction():
                store.signals.replace(judged(store))
            rows.append(store.signals.page(SignalFilter(), limit=1000).rows)
        assert rows[0] == rows[1] and rows[0]
        assert {row["as_of"] for row in rows[0]} == {AS_OF}
        assert all((row["owner"] == "default") == row["told"] for row in rows[0])


def test_what_is_told_is_found_by_owner_theme_and_change(api_workspace: Workspace) -> None:
    with api_workspace.open_store() as store:
        told = store.signals.told(owner="safeguards-cyber")
        assert [(row["signal"], row["document_ids"]) for row in told] == [("probing", ["d0710", "d0005"])]
        assert store.signals.told(theme="T0002") == [] == store.signals.told(owner="safeguards-bio")
        changes = [{"series": "feedback/theme=T0001", "day": "2026-03-09"}]
        assert [row["signal"] for row in store.signals.beside(changes)] == ["coordinated", "probing"]


def test_the_command_lists_what_is_told_and_on_request_what_is_not(api_workspace: Workspace) -> None:
    shown = run(api_workspace, "signals")
    assert shown.exit_code == 0 and "probing" in shown.output and "new_accounts" not in shown.output
    assert "1 of 2 judged" in shown.output and "no" in shown.output and "loosen a safeguard" in shown.output
    found = json.loads(run(api_workspace, "signals", "--all", "--json").output)
    assert (found["total"], found["judged"], found["told"]) == (2, 2, 1)
    at_change = json.loads(run(api_workspace, "signals", "--at-changes", "--theme", "T0001", "--json").output)
    assert [row["type"] for row in at_change["signals"]] == ["campaign"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--theme", "T9999"], "expected the id of a theme, got 'T9999'"), (["--signal", "noise"], "wording_shift")],
)
def test_an_unknown_theme_or_signal_is_refused_with_what_is_known(
    api_workspace: Workspace, arguments: list[str], said: str
) -> None:
    refused = run(api_workspace, "signals", *arguments)
    assert refused.exit_code in (1, 2) and said in refused.output


def test_the_api_filters_and_refuses_what_it_does_not_know(client: FlaskClient, analyst: dict[str, str]) -> None:
    body = client.get("/api/v1/signals?at=now&told=true", headers=analyst).json
    assert [row["signal"] for row in body["items"]] == ["probing"] and (body["judged"], body["told"]) == (2, 1)
    assert client.get("/api/v1/signals?signal=noise", headers=analyst).status_code == 422


@pytest.mark.parametrize("address", ["/themes/T0001", "/alerts/A0001"])
def test_pages_show_signals_beside_the_volume_with_hostile_words_as_text(
    client: FlaskClient, analyst: dict[str, str], address: str
) -> None:
    page = client.get(address, headers=analyst).text
    assert "“&lt;b&gt;word&lt;/b&gt;”" in page and "<b>word" not in page
    assert 'href="/documents/d0710"' in page and "none is a reason to loosen a safeguard" in page
    assert ("at the change of 9 Mar 2026" in page) == (address == "/alerts/A0001")


def test_a_product_manager_sees_no_signals(client: FlaskClient, api_keys: dict[str, str]) -> None:
    headers = {"X-API-Key": api_keys["pm"]}
    assert client.get("/api/v1/signals", headers=headers).status_code == 403
    assert "Beside the volume" not in client.get("/themes/T0001", headers=headers).text
