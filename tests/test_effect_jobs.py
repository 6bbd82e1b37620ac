"""Releases nobody declared, what releases did, and actions checked after four weeks: jobs, command line, API, pages."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from api import ServerSettings, create_app
from jobs import effect_checks, effects, releases
from jobs.alert_desk import Desk, act
from jobs.cli import cli
from jobs.ingest import ingest
from jobs.ingest_plan import Request
from jobs.ingest_reference import sync_reference
from jobs.store import Store
from jobs.surroundings import releases as told_releases
from jobs.workspace import Workspace, create_workspace

AS_OF = "2026-03-31T18:00:00Z"
CLOSED = date(2026, 3, 16)
LATER = "2026-04-13T06:00:00Z"


@pytest.fixture
def store(api_workspace: Workspace) -> Iterator[Store]:
    with api_workspace.open_store() as opened:
        yield opened


def use(store: Store, *stages: tuple[str, int, str, float], mitigation: str = "cyber-classifier") -> None:
    """The log of a mitigation: from so-and-so on, for so many days, a version at a threshold."""
    rows = [
        {"day": f"{day:%Y-%m-%d}", "version": version, "threshold": threshold, "decisions": 30}
        for first, days, version, threshold in stages
        for day in pd.date_range(first, periods=days)
    ]
    for month in sorted({row["day"][:7] for row in rows}):
        own = [row for row in rows if row["day"].startswith(month)]
        store.effects.replace_settings(mitigation, month, own)


def forget(store: Store, release: str = "cyber-v13") -> None:
    """Somebody takes a release out of releases.yaml."""
    store.reference.replace("release", [row for row in _declared(store) if row["release_id"] != release])


def _declared(store: Store) -> list[dict[str, Any]]:
    return [row for row in store.reference.releases() if row["declared"]]


V13 = (("2025-12-08", 91, "v12", 0.8), ("2026-03-09", 22, "v13", 0.7))


def test_a_declared_release_that_the_log_shows_is_not_doubled(store: Store) -> None:
    use(store, *V13)
    assert releases.run(store, as_of=AS_OF) == 0
    rows = store.effects.releases("cyber-classifier")
    assert [(row["release_id"], row["declared"], row["first_day"]) for row in rows] == [
        ("cyber-v13", True, "2026-03-09")
    ]
    assert rows[0]["in_log"].startswith("version v13 in place of v12 and threshold 0.7 in place of 0.8")


def test_a_forgotten_release_is_inferred_and_told_beside_the_declared_ones(store: Store) -> None:
    use(store, *V13)
    forget(store)
    assert releases.run(store, as_of=AS_OF) == 1
    told = told_releases(store).set_index("release_id")
    found = told.loc["cyber-classifier@2026-03-09"]
    assert (
        found["inferred"] and found["day"] == pd.Timestamp("2026-03-09") and "v13 in place of v12" in found["evidence"]
    )
    assert not told.loc["bio-v4", "inferred"]


def test_a_release_that_is_declared_later_takes_the_place_of_the_inferred_one(store: Store) -> None:
    use(store, *V13)
    declared = _declared(store)
    forget(store)
    releases.run(store, as_of=AS_OF)
    store.reference.replace("release", declared)
    assert releases.run(store, as_of=AS_OF) == 0
    assert [row["release_id"] for row in store.effects.releases("cyber-classifier")] == ["cyber-v13"]


def test_inferring_twice_gives_the_same_rows_and_is_no_new_input(store: Store) -> None:
    use(store, *V13)
    forget(store)
    before = store.reference.input_hash()
    releases.run(store, as_of=AS_OF)
    first = store.effects.releases()
    releases.run(store, as_of=AS_OF)
    assert store.effects.releases() == first and store.reference.input_hash() == before


def decisions(path: Path) -> Path:
    """A log of sixty days whose threshold was lowered on the fortieth, at noon; thresholds of one day are mixed."""
    dice = np.random.default_rng(3)
    times = [
        pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(hours=float(hour)) for hour in dice.uniform(0, 1440, 900)
    ]
    low = [time >= pd.Timestamp("2026-02-09T12:00:00Z") for time in times]
    frame = pd.DataFrame({"decided_at": times, "mitigation": "guard", "action": "block", "version": "1.0"})
    frame.assign(
        threshold=np.where(low, 0.7, 0.8), decision_id=[f"d{number}" for number in range(900)], plan="pro"
    ).to_parquet(path / "log.parquet")
    return path / "log.parquet"


@pytest.mark.usefixtures("no_models")
def test_an_ingested_log_shows_the_release_that_releases_yaml_forgot(tmp_path: Path) -> None:
    workspace, _ = create_workspace(tmp_path / "small")
    request = Request(decisions(tmp_path), input="decisions")
    declared = "releases:\n  - {id: g-2, mitigation: guard, released_on: 2026-02-10, version: '1.0'}\n"
    with workspace.open_store() as store:
        ingest(workspace, store, request, now=datetime(2026, 3, 2, tzinfo=UTC))
        assert store.effects.settings()["decisions"].sum() == 900
        assert releases.run(store, as_of=AS_OF) == 1
        (found,) = store.effects.releases()
        assert (found["release_id"], found["type"]) == ("guard@2026-02-09", "threshold") and not found["declared"]
        (workspace.path / "releases.yaml").write_text(declared, encoding="utf-8")
        sync_reference(workspace, store)
        assert releases.run(store, as_of=AS_OF) == 0
        assert [row["release_id"] for row in store.effects.releases()] == ["g-2"]


def test_effects_are_measured_for_declared_and_inferred_releases_and_measured_twice_alike(store: Store) -> None:
    use(store, *V13)
    releases.run(store, as_of=AS_OF)
    effects.run(store, as_of=AS_OF)
    first = store.effects.effects(release="cyber-v13")
    over = next(row for row in first if row["measure"] == "over_blocks")
    assert over["verdict"] == "worsened" and over["ratio"] > 1.5 and over["ratio_low"] > 1
    assert over["day"] == "2026-03-09" and over["detail"]["days_after"] >= 14
    effects.run(store, as_of=AS_OF)
    assert store.effects.effects(release="cyber-v13") == first
    forget(store)
    releases.run(store, as_of=AS_OF)
    effects.run(store, as_of=AS_OF)
    names = {row["release_id"] for row in store.effects.effects(mitigation="cyber-classifier")}
    assert names == {"cyber-classifier@2026-03-09"}


def close(store: Store, action: str, on: date = CLOSED, alert_id: str = "A0001") -> None:
    alert = store.search.findings.alert(alert_id)
    assert alert is not None
    at = f"2026-11-20T08:00:{len(alert['events']):02d}Z"
    act(Desk(store, alert, on), "close", {"action": action}, actor="Ann", at=at)


def test_a_closed_alert_is_checked_after_four_weeks_once(store: Store) -> None:
    close(store, "wrote to the desk")
    assert not effects.due(store, as_of="2026-04-12T23:00:00Z")
    assert effect_checks.run(store, as_of="2026-04-12T23:00:00Z") == 0
    assert effects.due(store, as_of=LATER)
    assert effect_checks.run(store, as_of=LATER) == 1
    first = store.effects.check("A0001")
    assert first is not None and first["checked_as_of"] == LATER and first["closed_on"] == "2026-03-16"
    assert effect_checks.run(store, as_of="2026-05-20T00:00:00Z") == 0 and store.effects.check("A0001") == first


def test_a_check_cut_short_is_taken_up_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    close(store, "wrote to the desk")
    close(store, "label campaign", alert_id="A0002")
    write = store.effects.write_check
    written: list[str] = []

    def interrupted(row: dict[str, Any]) -> None:
        if written:
            raise KeyboardInterrupt
        written.append(row["alert_id"])
        write(row)

    monkeypatch.setattr(store.effects, "write_check", interrupted)
    with pytest.raises(KeyboardInterrupt):
        effect_checks.run(store, as_of=LATER)
    monkeypatch.undo()
    assert effect_checks.run(store, as_of=LATER) == 1
    assert all(store.effects.check(name) for name in ("A0001", "A0002"))


def test_an_action_that_names_a_release_is_measured_from_its_day(store: Store) -> None:
    for action in ("release cyber-v13", "rolled out v13.", "V13"):
        close(store, action)
        row = effect_checks.due(store, as_of=LATER)[0]
        assert (row["onset"], row["release"]) == (date(2026, 3, 9), "cyber-v13"), action
    close(store, "label campaign 13")
    assert effect_checks.due(store, as_of=LATER)[0]["onset"] == CLOSED


def test_an_alert_that_is_opened_again_is_not_checked_and_a_later_closing_is_checked_anew(store: Store) -> None:
    close(store, "first try")
    effect_checks.run(store, as_of=LATER)
    alert = store.search.findings.alert("A0001")
    assert alert is not None
    act(Desk(store, alert, date(2026, 4, 20)), "reopen", {}, actor="Ann", at="2026-11-21T08:00:00Z")
    assert not effects.due(store, as_of="2026-07-01T00:00:00Z")
    act(
        Desk(store, alert, date(2026, 4, 21)), "close", {"action": "second try"}, actor="Ann", at="2026-11-22T08:00:00Z"
    )
    assert effect_checks.run(store, as_of="2026-05-19T00:00:00Z") == 1
    checked = store.effects.check("A0001")
    assert checked is not None and checked["action"] == "second try"


def test_owners_are_told_of_checks_since_their_last_digest(store: Store) -> None:
    close(store, "wrote to the desk")
    effect_checks.run(store, as_of=LATER)
    (row,) = store.effects.told("safeguards-cyber", since="2026-04-06T18:00:00Z", until=LATER)
    assert row["alert_id"] == "A0001" and row["action"] in row["sentence"] and row["title"] in row["sentence"]
    assert "detail" not in row and row["verdict"] in ("improved", "worsened", "no detectable effect", "cannot tell")
    assert store.effects.told("safeguards-cyber", since=LATER) == []
    assert store.effects.told("safeguards-bio") == []


def test_days_without_data_after_an_action_are_told_as_too_few(store: Store) -> None:
    close(store, "too late", on=date(2026, 3, 29))
    effect_checks.run(store, as_of="2026-04-30T00:00:00Z")
    checked = store.effects.check("A0001")
    assert checked is not None and checked["verdict"] == "cannot tell" and "14 of each are needed" in checked["reason"]


@pytest.fixture(scope="module")
def measured(_filled_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """With a release inferred, effects measured, and an alert that was closed and checked; read only."""
    path = tmp_path_factory.mktemp("measured") / "workspace"
    shutil.copytree(_filled_workspace, path)
    workspace = Workspace(path)
    with workspace.open_store() as store:
        use(store, *V13)
        forget(store)
        releases.run(store, as_of=AS_OF)
        close(store, "<b>wrote</b> to the desk")
        effects.run(store, as_of=LATER)
    return workspace


def said(workspace: Workspace, *words: str) -> str:
    result = CliRunner().invoke(cli, ["-w", str(workspace.path), *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_line_tells_effects_and_releases_nobody_declared(measured: Workspace) -> None:
    told = said(measured, "effect", "cyber-classifier")
    assert "cyber-classifier@2026-03-09 (not declared)" in told and "over-blocks claimed" in told
    release = json.loads(
        said(measured, "effect", "cyber-classifier", "--release", "cyber-classifier@2026-03-09", "--json")
    )
    assert [row["release_id"] for row in release["releases"]] == ["cyber-classifier@2026-03-09"]
    assert {"verdict", "ratio", "reason"} <= set(release["releases"][0]["effects"][0])
    for words in (["status"], ["changes"]):
        assert "inferred releases" in said(measured, *words)
    assert "wrote" in said(measured, "alerts", "show", "A0001").split("effect")[-1]
    assert json.loads(said(measured, "alerts", "show", "A0001", "--json"))["effect"]["closed_on"] == "2026-03-16"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["effect", "nobody"], "expected a mitigation (bio-filter, cyber-classifier), got 'nobody'; correct it"),
        (
            ["effect", "bio-filter", "--release", "v9"],
            "expected a release of bio-filter (bio-v4), got 'v9'; correct it",
        ),
    ],
)
def test_the_command_line_says_what_would_have_been_right(measured: Workspace, words: list[str], message: str) -> None:
    result = CliRunner().invoke(cli, ["-w", str(measured.path), *words])
    assert result.exit_code == 1 and message in " ".join(result.output.split())


@pytest.fixture(scope="module")
def analyst(measured: Workspace) -> dict[str, str]:
    with measured.open_store() as store:
        now = datetime(2026, 4, 1, tzinfo=UTC)
        return {"X-API-Key": store.keys.create(holder="Ann", role="analyst", now=now)[1]}


@pytest.fixture
def client(measured: Workspace) -> FlaskClient:
    app = create_app(measured, ServerSettings(rate="100000 per minute"))
    app.validate_response = True  # type: ignore[attr-defined]
    return app.test_client()


def test_the_api_lists_releases_with_their_effects(client: FlaskClient, analyst: dict[str, str]) -> None:
    listed = client.get("/api/v1/mitigations", headers=analyst).get_json()["items"]
    assert [(row["mitigation"], row["releases"], row["inferred"]) for row in listed] == [
        ("bio-filter", 1, 0),
        ("cyber-classifier", 1, 1),
    ]
    shown = client.get("/api/v1/mitigations/cyber-classifier/effects", headers=analyst).get_json()
    (release,) = shown["releases"]
    assert not release["declared"] and release["effects"][0]["measure"] == "over_blocks"
    missing = client.get("/api/v1/mitigations/cyber-classifier/effects?release=v1", headers=analyst)
    assert missing.status_code == 404 and "v1" in missing.get_json()["detail"]
    alert = client.get("/api/v1/alerts/A0001", headers=analyst).get_json()
    assert alert["effect"]["action"] == "<b>wrote</b> to the desk"


def test_the_pages_show_releases_effects_and_what_came_of_an_action(
    client: FlaskClient, analyst: dict[str, str]
) -> None:
    assert "Cyber classifier" in client.get("/mitigations", headers=analyst).text
    page = client.get("/mitigations/cyber-classifier", headers=analyst).text
    assert "nobody declared it" in page and "over-blocks claimed" in page
    assert client.get("/mitigations/none-such", headers=analyst).status_code == 404
    alert = client.get("/alerts/A0001", headers=analyst).text
    assert "What came of it" in alert and "&lt;b&gt;wrote&lt;/b&gt;" in alert and "<b>wrote" not in alert
