"""Grave documents over HTTP and in the browser: who sees them, closing once with a trace, no text before reveal."""

import shutil
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from jobs.workspace import Workspace

CLOSE = {"outcome": "grave", "reason": "told the biosafety officer"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def biology(api_workspace: Workspace) -> dict[str, str]:
    """A key of role owner that the owner of the biology filter holds."""
    with api_workspace.open_store() as store:
        _, secret = store.keys.create(holder="Biology safeguards", role="owner", now=datetime.now(UTC))
    return {"X-API-Key": secret}


def listed(client: FlaskClient, headers: dict[str, str], query: str = "") -> list[str]:
    return [row["document_id"] for row in client.get(f"/api/v1/triage{query}", headers=headers).json["items"]]


def events(workspace: Workspace, document_id: str) -> list[tuple[str, str]]:
    with workspace.open_store() as store:
        sql = "SELECT actor, action FROM triage_event WHERE document_id = ? ORDER BY event_id"
        return store.db.execute(sql, (document_id,)).fetchall()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["d0011", "d0023", "d0017"]),
        ("?state=open", ["d0011", "d0017"]),
        ("?state=closed", ["d0023"]),
        ("?owner=safeguards-bio&harm_domain=biological", ["d0011", "d0017"]),
        ("?from=2099-01-01", []),
        ("?to=2000-01-01", []),
    ],
)
def test_the_queue_is_filtered_and_worst_first(
    client: FlaskClient, analyst: dict[str, str], query: str, ids: list[str]
) -> None:
    assert listed(client, analyst, query) == ids


def test_no_answer_holds_the_text(client: FlaskClient, analyst: dict[str, str]) -> None:
    for address in ("/api/v1/triage", "/api/v1/triage?format=csv", "/api/v1/triage/d0011", "/api/v1/documents/d0011"):
        assert "question for class" not in client.get(address, headers=analyst).text
    one = client.get("/api/v1/triage/d0011", headers=analyst).json
    assert one["deliveries"][0]["channel"] == "file:digests" and one["told_to"] == ["file:digests"]


def test_an_owners_key_sees_its_own_and_closes_nothing(
    client: FlaskClient, biology: dict[str, str], api_keys: dict[str, str]
) -> None:
    assert listed(client, biology) == ["d0011", "d0017"]
    assert client.get("/api/v1/triage/d0011", headers=biology).status_code == 200
    assert client.get("/api/v1/triage/d0023", headers=biology).status_code == 403
    assert client.post("/api/v1/triage/d0011/close", headers=biology, json=CLOSE).status_code == 403
    stranger = {"X-API-Key": api_keys["owner"]}
    assert listed(client, stranger) == [] and client.get("/api/v1/triage/d0011", headers=stranger).status_code == 403
    assert client.get("/api/v1/triage", headers={"X-API-Key": api_keys["pm"]}).status_code == 403


def test_closing_counts_once_and_leaves_a_trace(
    client: FlaskClient, analyst: dict[str, str], api_workspace: Workspace
) -> None:
    headers = {**analyst, "Idempotency-Key": "one"}
    first = client.post("/api/v1/triage/d0011/close", headers=headers, json=CLOSE)
    again = client.post("/api/v1/triage/d0011/close", headers=headers, json=CLOSE)
    assert first.status_code == again.status_code == 200 and again.headers["Idempotent-Replayed"] == "true"
    assert client.post("/api/v1/triage/d0011/close", headers=analyst, json=CLOSE).status_code == 200
    assert first.json["outcome"] == "grave" and first.json["closed_by"].startswith("Ann of analyst (k")
    assert [action for _, action in events(api_workspace, "d0011")] == ["closed"]


def test_another_outcome_needs_a_reopening(
    client: FlaskClient, analyst: dict[str, str], api_workspace: Workspace
) -> None:
    client.post("/api/v1/triage/d0011/close", headers=analyst, json=CLOSE)
    other = {**CLOSE, "outcome": "not_grave"}
    refused = client.post("/api/v1/triage/d0011/close", headers=analyst, json=other)
    assert refused.status_code == 409 and refused.mimetype == "application/problem+json"
    opened = client.post("/api/v1/triage/d0011/reopen", headers=analyst, json={"reason": "it was the wrong one"})
    assert opened.json["state"] == "open" and opened.json["outcome"] is None
    assert client.post("/api/v1/triage/d0011/close", headers=analyst, json=other).json["outcome"] == "not_grave"
    assert [action for _, action in events(api_workspace, "d0011")] == ["closed", "reopened", "closed"]


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("/triage/d0011/close", {"outcome": "great", "reason": "so it is"}, 422),
        ("/triage/d0011/close", {"outcome": "grave"}, 422),
        ("/triage/d0011/close", {"outcome": "grave", "reason": "  x "}, 422),
        ("/triage/d0001/close", CLOSE, 404),
        ("/triage/none/reopen", {"reason": "once more"}, 404),
    ],
)
def test_bodies_that_do_not_fit_and_unknown_ids_are_told_apart(
    client: FlaskClient, analyst: dict[str, str], address: str, body: dict[str, Any], status: int
) -> None:
    response = client.post(f"/api/v1{address}", headers=analyst, json=body)
    assert response.status_code == status and response.mimetype == "application/problem+json"


def test_a_form_without_its_token_changes_nothing(
    client: FlaskClient, api_keys: dict[str, str], api_workspace: Workspace
) -> None:
    token = client.get("/signin").text.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/signin", data={"csrf_token": token, "key": api_keys["admin"]})
    assert client.post("/triage/d0011/close", data=CLOSE).status_code == 400
    page = client.get("/triage").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    assert "&lt;b&gt;pathogen&lt;/b&gt;" in page and "<b>pathogen" not in page
    form = {**CLOSE, "csrf_token": token, "next": "https://evil.example/"}
    answer = client.post("/triage/d0011/close", data=form)
    assert answer.status_code == 303 and answer.headers["Location"] == "/"
    assert [action for _, action in events(api_workspace, "d0011")] == ["closed"]


def test_the_overview_says_how_many_wait_to_those_who_may_know(
    client: FlaskClient, biology: dict[str, str], api_keys: dict[str, str]
) -> None:
    for headers, said in ((biology, True), ({"X-API-Key": api_keys["pm"]}, False)):
        assert ("2 documents may be grave" in client.get("/", headers=headers).text) is said


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium")
def test_closing_and_reopening_in_the_browser(served: str, api_keys: dict[str, str]) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.goto(f"{served}/signin")
        page.get_by_label("API key").fill(api_keys["analyst"])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="2 documents may be grave").click()
        first = page.locator("article").first
        assert "d0011" in first.inner_text() and "question for class" not in page.locator("main").inner_text()
        first.locator("summary").click()
        first.get_by_label("It was").select_option("handled")
        first.get_by_label("Why").fill("<b>called</b>")
        first.get_by_role("button", name="Close").click()
        assert "/triage" in page.url and page.locator("article").count() == 1
        page.goto(f"{served}/documents/d0011")
        card = page.locator(".card", has=page.get_by_role("heading", name="Triage"))
        assert "“<b>called</b>”" in card.inner_text() and "closed as handled" in card.inner_text()
        card.get_by_label("Why it is opened again").fill("they wrote again")
        card.get_by_role("button", name="Reopen").click()
        assert page.url.endswith("/documents/d0011") and "open" in card.inner_text()
        browser.close()
    assert complaints == []
