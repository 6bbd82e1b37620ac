"""Deliveries that did not arrive, or may not have: listed, tried again where that is safe, settled by people."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from api import create_app
from jobs.cli import cli
from jobs.store import Store
from jobs.undelivered import CannotRetry, arrived, retry, retryable
from jobs.workspace import Workspace

NOW = datetime(2026, 3, 10, 21, tzinfo=UTC)
HOOK, MAIL, FILE = "webhook:hooks.example.org#3a09e0a0", "email:a@example.org", "file:digests"


def put(store: Store, state: str, channel: str, *, claimed: datetime | None = None, name: str = "N1") -> dict[str, Any]:
    """A delivery of alert A1 in this state."""
    store.db.execute(
        "INSERT INTO notification (notification_id, alert_id, owner, channel, alert_state, onset, state, attempts, "
        "claimed_at) VALUES (?, 'A1', 'cyber-team', ?, 'new', '2026-02-23', ?, 3, ?)",
        (name, channel, state, claimed.isoformat(timespec="microseconds") if claimed else None),
    )
    row = store.search.delivery.one(name)
    assert row is not None
    return row


LONG_AGO = NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "channel", "claimed", "safe"),
    [
        ("pending", MAIL, None, True),
        ("failed", MAIL, LONG_AGO, True),
        ("dead", MAIL, LONG_AGO, True),
        ("dead", HOOK, LONG_AGO, True),
        ("sent", HOOK, LONG_AGO, False),
        ("uncertain", HOOK, LONG_AGO, True),
        ("uncertain", FILE, LONG_AGO, True),
        ("uncertain", MAIL, LONG_AGO, False),
        ("uncertain", "apprise:CHAT", LONG_AGO, False),
        ("claimed", HOOK, NOW, False),
        ("claimed", HOOK, LONG_AGO, True),
        ("claimed", MAIL, LONG_AGO, False),
    ],
)
def test_only_what_cannot_be_doubled_is_tried_again(
    store: Store, state: str, channel: str, claimed: datetime | None, safe: bool
) -> None:
    row = put(store, state, channel, claimed=claimed)
    assert retryable(row, NOW) is safe
    if not safe:
        with pytest.raises(CannotRetry, match="expected a delivery"):
            retry(store, row, actor="Ann", now=NOW)
        return
    retry(store, row, actor="Ann", now=NOW)
    after = store.search.delivery.one("N1")
    assert after is not None and (after["state"], after["attempts"], after["next_attempt_at"]) == ("pending", 0, None)
    assert after["error"] == "due again by Ann"


def test_person_who_asked_the_receiver_may_settle_an_uncertain_one(store: Store) -> None:
    for name, state in (("N1", "pending"), ("N2", "sent")):
        row = put(store, "uncertain", MAIL, claimed=LONG_AGO, name=name)
        if state == "pending":
            retry(store, row, actor="Ann\x1b[2J", now=NOW, not_arrived=True)
        else:
            arrived(store, row, actor="Ann", now=NOW)
        after = store.search.delivery.one(name)
        assert (
            after is not None and after["state"] == state and "Ann" in after["error"] and "\x1b" not in after["error"]
        )


def test_nobody_can_say_that_one_under_way_did_not_arrive(store: Store) -> None:
    row = put(store, "claimed", MAIL, claimed=NOW)
    for act in (lambda: retry(store, row, actor="Ann", now=NOW, not_arrived=True), lambda: _arrived(store, row)):
        with pytest.raises(CannotRetry):
            act()


def _arrived(store: Store, row: dict[str, Any]) -> None:
    arrived(store, row, actor="Ann", now=NOW)


def test_of_two_people_one_settles_it(store: Store) -> None:
    row = put(store, "uncertain", MAIL, claimed=LONG_AGO)
    arrived(store, row, actor="Ann", now=NOW)
    with pytest.raises(CannotRetry, match="at work"):
        retry(store, row, actor="Bo", now=NOW, not_arrived=True)


def command(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(workspace.path), "notifications", *arguments])


def test_bare_noun_lists_what_needs_a_person_first(workspace: Workspace, store: Store) -> None:
    for number, state in enumerate(("sent", "pending", "dead", "failed", "uncertain")):
        put(store, state, MAIL, name=f"N{number}", claimed=LONG_AGO)
    rows = json.loads(command(workspace, "--json").stdout)
    assert [row["state"] for row in rows] == ["uncertain", "dead", "failed", "pending"]
    assert rows[0]["title"] == "Exploit analysis refused ×4.31"
    assert "in all: 1 pending, 1 failed, 1 uncertain, 1 dead, 1 sent" in command(workspace).stdout
    assert [row["state"] for row in json.loads(command(workspace, "--state", "waiting", "--json").stdout)] == [
        "failed",
        "pending",
    ]
    assert json.loads(command(workspace, "--owner", "nobody", "--json").stdout) == []


def test_retried_delivery_goes_out_at_once(workspace: Workspace, store: Store) -> None:
    put(store, "dead", "file:digests", name="N4f1")
    done = command(workspace, "retry", "N4", "--by", "Ann")
    assert done.exit_code == 0 and "N4 is sent" in done.stdout
    assert list(workspace.digests.glob("alert-A1-*.md"))
    assert "sent at" in command(workspace, "retry", "N4").stderr


def test_retry_that_fails_again_says_why_and_fails(workspace: Workspace, store: Store) -> None:
    put(store, "dead", "webhook:gone.example.org#00000000")
    done = command(workspace, "retry", "N1")
    assert done.exit_code == 1 and "no longer listed" in done.stdout


def test_uncertain_mail_is_not_sent_again_without_a_word(workspace: Workspace, store: Store) -> None:
    put(store, "uncertain", MAIL)
    refused = command(workspace, "retry", "N1")
    assert refused.exit_code == 1 and "does not deduplicate" in refused.stderr and "--not-arrived" in refused.stderr
    assert command(workspace, "arrived", "N1").exit_code == 0
    assert json.loads(command(workspace, "show", "N1", "--json").stdout)["state"] == "sent"
    assert "no notification" in command(workspace, "show", "zzz").stderr


@pytest.fixture
def client(api_workspace: Workspace) -> FlaskClient:
    return create_app(api_workspace).test_client()


def test_api_refuses_what_could_double_and_takes_a_persons_word(client: FlaskClient, api_keys: dict[str, str]) -> None:
    key = {"X-API-Key": api_keys["analyst"]}
    refused = client.post("/api/v1/notifications/N3/retry", headers=key, json={})
    assert refused.status_code == 409 and "may have" in refused.json["detail"]
    assert client.get("/api/v1/notifications/N3", headers=key).json["retryable"] is False
    again = client.post("/api/v1/notifications/N3/retry", headers=key, json={"not_arrived": True})
    assert (again.status_code, again.json["state"], again.json["retryable"]) == (200, "pending", True)
    assert "Ann of analyst" in again.json["error"]
    states = [row["state"] for row in client.get("/api/v1/notifications", headers=key).json["items"]]
    assert states == ["uncertain", "dead", "pending"]


def test_page_offers_only_what_is_safe_and_shows_errors_as_text(client: FlaskClient, api_keys: dict[str, str]) -> None:
    page = client.get("/deliveries", headers={"X-API-Key": api_keys["admin"]}).get_data(as_text=True)
    assert page.count(">Try again<") == 1 and page.count(">It arrived<") == page.count("send again<") == 2
    assert "<script>alert(1)" not in page and "&lt;script&gt;" in page
    owners = client.get("/deliveries?state=all", headers={"X-API-Key": api_keys["owner"]}).get_data(as_text=True)
    assert "Try again" not in owners and "file:digests" in owners
    assert client.get("/deliveries", headers={"X-API-Key": api_keys["pm"]}).status_code == 403
    assert client.get("/deliveries?state=lost", headers={"X-API-Key": api_keys["admin"]}).status_code == 422


def test_form_of_the_page_settles_a_delivery(client: FlaskClient, api_keys: dict[str, str]) -> None:
    def token(path: str) -> str:
        return client.get(path).get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]

    client.post("/signin", data={"csrf_token": token("/signin"), "key": api_keys["admin"]})
    form = token("/deliveries")
    assert client.post("/deliveries/N3/arrived", data={}).status_code == 400
    done = client.post("/deliveries/N3/arrived", data={"csrf_token": form})
    assert done.status_code == 303
    assert client.post("/deliveries/N2/retry", data={"csrf_token": form}).status_code == 303
    states = client.get("/api/v1/notifications?state=all").json["items"]
    assert {row["notification_id"]: row["state"] for row in states} == {
        "N1": "sent",
        "N2": "pending",
        "N3": "sent",
        "N4": "uncertain",
    }
