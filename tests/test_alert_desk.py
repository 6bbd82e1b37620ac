"""What people do with an alert: from the command line, the API and the page, and what it changes."""

from datetime import date
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from jobs import digest, notify
from jobs.alert_desk import ACTS, LONGEST, CannotAct, Desk, act
from jobs.cli import cli
from jobs.detect import anchors
from jobs.store import Store
from jobs.store_search_findings import AlertFilter
from jobs.workspace import Workspace

AS_OF = "2026-03-10T20:00:00Z"
TODAY = date(2026, 3, 10)
GIVEN = {"owner": "bio-team", "ticket": "T-17", "until": "2026-03-15", "action": "release 4.1"}
WITH = {"assign": ["--owner", "bio-team"], "ticket": ["--ticket", "T-17"], "close": ["--action", "release 4.1"]}


def do(store: Store, word: str, alert_id: str = "A1", *, actor: str = "Ann", at: str = AS_OF, **given: str) -> Any:
    alert = store.search.findings.alert(alert_id)
    assert alert is not None
    return act(Desk(store, alert, TODAY), word, GIVEN | given, actor=actor, at=at)


def standing(store: Store, alert_id: str = "A1") -> dict[str, Any]:
    alert = store.search.findings.alert(alert_id)
    assert alert is not None
    return alert


def ids(store: Store, state: str) -> set[str]:
    return {row["alert_id"] for row in store.search.findings.alerts(AlertFilter(state=state)).rows}


@pytest.mark.parametrize("word", sorted(ACTS))
def test_every_act_leaves_who_when_and_why(store: Store, word: str) -> None:
    do(store, word, note="because")
    event = standing(store)["events"][-1]
    assert (event["actor"], event["happened_at"], event["action"]) == ("Ann", AS_OF, ACTS[word].event)
    assert event["detail"]["note"] == "because"


@pytest.mark.parametrize("word", sorted(word for word, one in ACTS.items() if one.needs))
def test_what_an_act_needs_is_asked_for(store: Store, word: str) -> None:
    with pytest.raises(CannotAct, match=f"expected {ACTS[word].needs}"):
        do(store, word, **{str(ACTS[word].needs): "  "})


@pytest.mark.parametrize(
    ("word", "given"),
    [
        ("assign", {"owner": "nobody"}),
        ("assign", {"owner": "cyber-team"}),
        ("ticket", {"ticket": "javascript://alert"}),
        ("ticket", {"ticket": "two words"}),
        ("snooze", {"until": "2026-03-10"}),
        ("snooze", {"until": "2026-04-08"}),
        ("snooze", {"until": "soon"}),
        ("dance", {}),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(store: Store, word: str, given: dict[str, str]) -> None:
    before = standing(store)["events"]
    with pytest.raises(CannotAct, match="expected"):
        do(store, word, **given)
    assert standing(store)["events"] == before


def test_an_assigned_alert_is_told_to_its_new_owner(store: Store, workspace: Workspace) -> None:
    do(store, "assign")
    notify.queue_alerts(store, workspace.settings, as_of=AS_OF)
    assert [row["owner"] for row in store.delivery.notifications() if row["alert_id"] == "A1"] == ["bio-team"]


def test_a_snoozed_alert_is_not_told_until_its_day_and_the_digest_says_so(store: Store, workspace: Workspace) -> None:
    do(store, "snooze")
    notify.queue_alerts(store, workspace.settings, as_of=AS_OF)
    assert not [row for row in store.delivery.notifications() if row["alert_id"] == "A1"]
    told = digest.build(store, workspace.settings, "cyber-team", as_of=AS_OF, quiet=())
    assert [(row["until"], row["by"]) for row in told["snoozed"]] == [("2026-03-15", "Ann")]
    assert "A1" not in {row["alert_id"] for row in (*told["alerts"], *told["others"])}
    for text in (digest.render_markdown(told), digest.render_html(told, {}), digest.render_text(told)):
        assert "2026-03-15" in text
    later = "2026-03-16T20:00:00Z"
    again = digest.build(store, workspace.settings, "cyber-team", as_of=later, quiet=())
    block = next(row for row in again["alerts"] if row["alert_id"] == "A1")
    assert block["reads"][0] == "It was put off until 2026-03-15 and is told again." and not again["snoozed"]
    notify.queue_alerts(store, workspace.settings, as_of=later)
    assert [row for row in store.delivery.notifications() if row["alert_id"] == "A1"]


def test_a_snooze_can_be_ended(store: Store) -> None:
    do(store, "snooze")
    do(store, "wake")
    assert standing(store)["snoozed_until"] is None


def test_a_closed_alert_is_listed_as_such_and_not_told(store: Store, workspace: Workspace) -> None:
    do(store, "close")
    assert "A1" in ids(store, "closed") and "A1" not in ids(store, "open")
    assert standing(store)["closed_with"] == "release 4.1"
    notify.queue_alerts(store, workspace.settings, as_of=AS_OF)
    assert not [row for row in store.delivery.notifications() if row["alert_id"] == "A1"]
    do(store, "reopen")
    assert "A1" in ids(store, "open")


def test_a_closed_alert_that_comes_back_worse_is_open_by_itself(store: Store) -> None:
    do(store, "close")
    store.db.execute("UPDATE alert SET state = 'ongoing' WHERE alert_id = 'A1'")
    assert "A1" in ids(store, "closed")
    store.db.execute("UPDATE alert SET state = 'regressed' WHERE alert_id = 'A1'")
    assert "A1" in ids(store, "open") and standing(store)["closed_at"] is None


def test_the_last_word_of_each_person_counts(store: Store) -> None:
    do(store, "useful", at="2026-03-10T01:00:00Z")
    do(store, "not-useful", at="2026-03-10T02:00:00Z")
    do(store, "useful", actor="Bo")
    alert = standing(store)
    assert (alert["useful"], alert["not_useful"]) == (1, 1)
    (row,) = [row for row in store.search.findings.judged() if row["owner"] == alert["owner"]]
    assert row["disputed"] == 1 and row["useful"] == row["not_useful"] == 0


def test_long_and_hostile_words_are_cut_and_tamed(store: Store) -> None:
    do(store, "close", action="x\x1b[2J" + "y" * 2 * LONGEST)
    assert "\x1b" not in standing(store)["closed_with"] and len(standing(store)["closed_with"]) == LONGEST


def test_a_later_run_keeps_what_people_did(store: Store) -> None:
    do(store, "assign")
    rows = [{**row, "owner": "cyber-team"} for row in store.findings.alert_rows()]
    store.findings.write_alerts(rows)
    assert standing(store)["owner"] == "bio-team"


def called(workspace: Workspace, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(workspace.path), "alerts", *words])


@pytest.mark.parametrize("word", sorted(ACTS))
def test_every_act_is_a_command(api_workspace: Workspace, word: str) -> None:
    with api_workspace.open_store() as store:
        owners = [row["owner_id"] for row in store.reference.owners()]
        other = next(one for one in owners if one != standing(store, "A0001")["owner"])
    options = ["--owner", other] if word == "assign" else WITH.get(word, [])
    result = called(api_workspace, word, "A0001", "--by", "Ann", *options)
    assert result.exit_code == 0 and "A0001" in result.output


def test_closed_alerts_are_listed_and_judged_from_the_command_line(api_workspace: Workspace) -> None:
    assert called(api_workspace, "close", "A0001", "--action", "release v13").exit_code == 0
    assert called(api_workspace, "useful", "A0001").exit_code == 0
    assert "A0001" in called(api_workspace, "list", "--state", "closed").output
    assert "A0001" not in called(api_workspace).output
    assert "release v13" in called(api_workspace, "show", "A0001").output
    assert "100%" in called(api_workspace, "judged").output
    result = called(api_workspace, "list", "--state", "shut")
    assert result.exit_code == 2 and "expected --state" in result.output


def test_an_act_over_http_is_the_holders_and_a_wrong_one_is_a_problem(
    client: FlaskClient, analyst: dict[str, str], api_workspace: Workspace
) -> None:
    address = "/api/v1/alerts/A0001/acts"
    done = client.post(address, headers=analyst, json={"act": "close", "action": "label campaign", "note": "done"})
    assert done.status_code == 200 and done.json["closed_with"] == "label campaign"
    assert client.post(address, headers=analyst, json={"act": "close"}).status_code == 422
    assert client.post(address, headers=analyst, json={"act": "dance"}).status_code == 422
    assert client.post("/api/v1/alerts/none/acts", headers=analyst, json={"act": "useful"}).status_code == 404
    with api_workspace.open_store() as store:
        assert standing(store, "A0001")["events"][-1]["actor"] == done.json["closed_by"] != ""


def test_forms_of_the_page_do_what_they_say(client: FlaskClient, api_keys: dict[str, str]) -> None:
    def token(address: str) -> str:
        return client.get(address).text.split('name="csrf_token" value="')[1].split('"')[0]

    client.post("/signin", data={"csrf_token": token("/signin"), "key": api_keys["analyst"], "next": "/"})
    form = {"csrf_token": token("/alerts/A0001"), "act": "ticket", "ticket": "https://tickets.example/7"}
    assert client.post("/alerts/A0001/acts", data=form).status_code == 303
    page = client.get("/alerts/A0001").text
    assert 'href="https://tickets.example/7"' in page and "ticketed" in page
    assert client.post("/alerts/A0001/acts", data={**form, "ticket": "javascript://x"}).status_code == 422
    assert client.post("/alerts/A0001/acts", data={**form, "csrf_token": "no"}).status_code == 400


def test_a_level_that_a_person_settles_is_what_slow_moves_are_measured_against(store: Store) -> None:
    assert anchors(store).empty
    do(store, "settle")
    [found] = anchors(store).to_dict("records")
    assert found == {"series": standing(store)["series"], "day": pd.Timestamp(TODAY)}
