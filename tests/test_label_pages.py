"""Labelling and correcting in the browser and by plain forms: one after another, blind, with a trace."""

import re
import shutil

import pytest
from flask.testing import FlaskClient

from api import ServerSettings, create_app
from jobs.workspace import Workspace

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def client(api_workspace: Workspace, api_keys: dict[str, str]) -> FlaskClient:
    """The dashboard, an analyst signed in."""
    found = create_app(api_workspace, ServerSettings(rate="100000 per minute")).test_client()
    found.post("/signin", data={"csrf_token": token(found.get("/signin").text), "key": api_keys["analyst"]})
    return found


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def send(client: FlaskClient, address: str, **fields: str) -> str:
    """Fill a form in; the page that follows."""
    data = {"csrf_token": token(client.get("/labels").text), **fields}
    answer = client.post(address, data=data, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def said(workspace: Workspace, document_id: str) -> list[tuple[str, str, str]]:
    with workspace.open_store() as store:
        sql = "SELECT field, value, labeller FROM label WHERE document_id = ? ORDER BY field, labeller"
        return store.db.execute(sql, (document_id,)).fetchall()


def test_items_are_labelled_one_after_another(client: FlaskClient, api_workspace: Workspace) -> None:
    assert "d0719 is document 1 of draw L0001" in client.get("/labels").text
    page = send(client, "/labels", target="d0719", field="kind", value="over_block", next="/labels?field=kind")
    assert "Saved: kind over block." in page and "d0905 is document 2" in page
    assert said(api_workspace, "d0719") == [
        ("kind", "over_block", "Ann of analyst"),
        ("kind", "quality", "Bo"),
    ]
    assert "d0908 is document 3" in client.get("/labels?later=1").text
    assert "Only what you put off" in client.get("/labels?later=5").text


def test_the_item_shows_nothing_of_what_was_said(client: FlaskClient) -> None:
    item = client.get("/labels").text.split("<h2>Next</h2>")[1].split("<form")[0]
    assert "two opinions wanted" in item and "researcher" in item
    assert not re.search(r"over.block|quality|Bo|\d %|T0001", item)


def test_the_reason_an_item_is_here_is_shown_as_text(client: FlaskClient) -> None:
    page = client.get("/labels?later=2").text
    assert "&lt;b&gt;random&lt;/b&gt; check" in page and "<b>random" not in page


@pytest.mark.parametrize("address", ["/labels", "/labels/draws", "/labels/verdicts", "/documents/d0004/labels"])
def test_a_form_without_its_token_says_nothing(client: FlaskClient, api_workspace: Workspace, address: str) -> None:
    data = {"target": "d0905", "field": "kind", "value": "quality", "kind": "quality", "reason": "so it is"}
    assert client.post(address, data=data).status_code == 400
    assert said(api_workspace, "d0905") == []


def test_a_withheld_text_is_labelled_after_a_reveal_with_a_reason(
    client: FlaskClient, api_workspace: Workspace
) -> None:
    with api_workspace.open_store() as store:
        store.db.execute("UPDATE classification SET hazard = 'critical' WHERE document_id = 'd0719'")
    page = client.get("/labels").text
    assert "The text is withheld" in page and "researcher" not in page
    refused = client.post("/labels/reveal", data={"csrf_token": token(page), "target": "d0719", "reason": ""})
    assert refused.status_code == 422
    shown = send(client, "/labels/reveal?field=kind", target="d0719", reason="to label it")
    assert "researcher" in shown and "d0719 is document 1" in shown
    other = client.post("/labels/reveal", data={"csrf_token": token(page), "target": "d0905", "reason": "to label it"})
    assert other.status_code == 409
    with api_workspace.open_store() as store:
        (row,) = store.db.execute("SELECT actor, reason FROM reveal WHERE document_id = 'd0719'").fetchall()
    assert row[0].startswith("Ann of analyst (k") and row[1] == "to label it"


def test_a_wrong_label_is_corrected_on_the_page_of_its_document(client: FlaskClient, api_workspace: Workspace) -> None:
    page = send(client, "/documents/d0004/labels", harm_domain="privacy", severity="3", kind="")
    assert "Saved. Counts follow at the next run." in page and "not counted yet" in page
    assert re.search(r"privacy, by Ann of analyst on \d+ \w+ \d{4}; classifier said none 0\.\d+", page)
    assert ("severity", "3", "Ann of analyst") in said(api_workspace, "d0004")
    assert "corrected by a person" in client.get("/documents?q=refund&to=2025-12-10").text
    with api_workspace.open_store() as store:
        run = "INSERT INTO job_run (run_id, job, started_at, finished_at, state) VALUES ('r', 'ledger', ?, ?, 'done')"
        store.db.execute(run, ("2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z"))
    assert "not counted yet" not in client.get("/documents/d0004").text


def test_the_page_of_a_document_hides_the_first_of_two_opinions(client: FlaskClient) -> None:
    page = client.get("/documents/d0719").text
    assert "your own opinion is wanted first" in page and "by Bo" not in page
    page = send(client, "/documents/d0719/labels", kind="over_block")
    assert "quality by Bo" in page and "Decide the kind" in page


def test_a_dispute_is_decided_on_the_page_of_labels(client: FlaskClient) -> None:
    page = client.get("/labels").text.split('id="disputed"')[1]
    assert "d0010" in page and "<strong>billing</strong> by Bo" in page
    page = send(client, "/labels/verdicts", target="d0010", field="kind", value="billing", reason="<i>it says so</i>")
    assert "Labellers differ about nothing." in page
    document = client.get("/documents/d0010").text
    assert "decided by Ann of analyst" in document and "“&lt;i&gt;it says so&lt;/i&gt;”" in document


def test_a_wrong_collapse_is_corrected_on_the_page_of_its_document(client: FlaskClient) -> None:
    page = send(client, "/documents/d0716/separate", reason="another customer")
    assert "that it counts on its own: “another customer”" in page and "not counted yet" in page
    assert "that it counts" not in send(client, "/documents/d0716/withdraw")
    page = send(client, "/documents/d0003/join", kept_id="d0009", reason="the same again")
    assert 'repeats <a href="/documents/d0009">d0009</a>' in page
    answer = client.post(
        "/documents/d0003/join", data={"csrf_token": token(page), "kept_id": "d0003", "reason": "the same again"}
    )
    assert answer.status_code == 422


def test_more_is_drawn_by_form(client: FlaskClient) -> None:
    page = send(client, "/labels/draws", of="documents", field="severity", items="7", weeks="4")
    assert "7 wait to be labelled" in page and "of draw L0002" in page
    assert "Nothing more was drawn" in send(client, "/labels/draws", of="documents", field="severity", items="7")


def test_a_draw_of_decisions_says_which_it_draws(client: FlaskClient) -> None:
    page = client.get("/labels?of=decisions").text
    assert '<select id="action" name="action"><option value="block">' in page and "blocked and allowed" not in page


def test_owners_read_but_find_no_form(api_workspace: Workspace, api_keys: dict[str, str]) -> None:
    client = create_app(api_workspace).test_client()
    owner = {"X-API-Key": api_keys["owner"]}
    for address in (
        "/labels",
        "/labels/given",
        "/documents/d0004",
        "/documents/d0716",
        "/weekly/evidence?week=2026-W11",
    ):
        page = client.get(address, headers=owner)
        assert page.status_code == 200 and page.text.count('method="post"') == 1, address
    assert client.get("/labels", headers={"X-API-Key": api_keys["pm"]}).status_code == 403


def test_the_evidence_leads_to_the_page_where_it_is_corrected(client: FlaskClient) -> None:
    page = client.get("/weekly/evidence?week=2026-W11&part=corrected").text
    assert 'href="/documents/d0719#labels">Correct</a>' in page
    assert "quality, by Bo on 22 Mar 2026; classifier said over-block 0." in page
    assert 'href="/documents/d0710#labels">Correct</a>' in client.get("/themes/T0001").text


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium")
@pytest.mark.parametrize(
    "script",
    [pytest.param(True, id="with JavaScript"), pytest.param(False, id="without", marks=pytest.mark.slow)],
)
def test_labelling_by_keyboard_and_correcting_by_mouse(
    served: str, api_workspace: Workspace, api_keys: dict[str, str], script: bool
) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(java_script_enabled=script).new_page()
        complaints: list[str] = []
        page.on("console", lambda told: complaints.append(told.text) if told.type in ("error", "warning") else None)
        page.goto(f"{served}/signin")
        page.get_by_label("API key").fill(api_keys["analyst"])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Labels", exact=True).click()
        page.get_by_role("radio").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.get_by_text("Saved: kind under block.").wait_for()
        assert ("kind", "under_block", "Ann of analyst") in said(api_workspace, "d0719")
        page.goto(f"{served}/weekly/evidence?week=2026-W11&part=collapsed")
        page.get_by_role("link", name="Correct").first.click()
        card = page.locator(".card", has=page.get_by_role("heading", name="Duplicates"))
        card.locator("summary", has_text="Correct it").click()
        card.get_by_label("Why it counts on its own").fill("<b>another</b> customer")
        card.get_by_role("button", name="Count it on its own").click()
        assert "“<b>another</b> customer”" in card.inner_text() and "not counted yet" in card.inner_text()
        browser.close()
    assert complaints == []
