"""Who may do what, and that writes count once and leave a trace."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api import ServerSettings, create_app
from api.sessions import safe_target
from jobs.cli_serve import RESOURCES
from jobs.workspace import Workspace


@pytest.fixture
def app(api_workspace: Workspace) -> Flask:
    return create_app(api_workspace, ServerSettings(rate="100000 per minute"))


@pytest.fixture
def client(app: Flask, api_keys: dict[str, str]) -> FlaskClient:
    return app.test_client()


def events(workspace: Workspace) -> list[tuple[str, str]]:
    with workspace.open_store() as store:
        rows = store.db.execute("SELECT actor, action FROM alert_event WHERE alert_id = 'A0001' ORDER BY event_id")
        return rows.fetchall()[1:]


def reveals(workspace: Workspace) -> list[tuple[str, str, str]]:
    with workspace.open_store() as store:
        return store.db.execute("SELECT document_id, actor, reason FROM reveal").fetchall()


def token_of(client: FlaskClient, address: str) -> str:
    return client.get(address).text.split('name="csrf_token" value="')[1].split('"')[0]


def sign_in(client: FlaskClient, secret: str, target: str = "/") -> Any:
    form = {"csrf_token": token_of(client, "/signin"), "key": secret, "next": target}
    return client.post("/signin", data=form)


def test_an_expired_or_revoked_key_is_refused(client: FlaskClient, api_workspace: Workspace, app: Flask) -> None:
    now = datetime.now(UTC)
    with api_workspace.open_store() as store:
        _, old = store.keys.create(holder="A", role="admin", now=now - timedelta(days=3), lifetime=timedelta(days=1))
        revoked_id, revoked = store.keys.create(holder="B", role="admin", now=now)
        store.keys.revoke(revoked_id, now=now)
    for secret in (old, revoked):
        assert client.get("/api/v1/runs", headers={"X-API-Key": secret}).status_code == 401


def test_a_scoped_key_opens_only_its_resources(client: FlaskClient, api_workspace: Workspace) -> None:
    with api_workspace.open_store() as store:
        _, secret = store.keys.create(holder="A", role="admin", now=datetime.now(UTC), scope=("counts",))
    headers = {"X-API-Key": secret}
    assert client.get("/api/v1/counts/weekly", headers=headers).status_code == 200
    refused = client.get("/api/v1/documents", headers=headers)
    assert refused.status_code == 403
    assert refused.get_json()["detail"] == "expected a key for documents, got one for counts alone"
    assert client.post("/api/v1/alerts/A0001/acknowledge", headers=headers, json={}).status_code == 403


def test_every_view_says_who_may_use_it(app: Flask) -> None:
    open_ones = ("static", "openapi.", "swagger.")
    views = {name: view for name, view in app.view_functions.items() if not name.startswith(open_ones)}
    assert [name for name, view in views.items() if not hasattr(view, "access")] == []


def test_every_resource_can_be_the_scope_of_a_key(app: Flask) -> None:
    marked = [view.__dict__["access"] for view in app.view_functions.values() if "access" in view.__dict__]
    assert {access.resource for access in marked if access.roles} <= set(RESOURCES)


def test_acknowledging_twice_leaves_one_trace(
    client: FlaskClient, api_workspace: Workspace, api_keys: dict[str, str]
) -> None:
    for role in ("owner", "analyst"):
        answer = client.post(
            "/api/v1/alerts/A0001/acknowledge", headers={"X-API-Key": api_keys[role]}, json={"note": "n"}
        )
        assert answer.status_code == 200 and answer.json["acknowledged_by"] == "Ann of owner"
    assert events(api_workspace) == [("Ann of owner", "acknowledged")]


def test_a_repeated_post_with_its_key_counts_once(
    client: FlaskClient, api_workspace: Workspace, api_keys: dict[str, str]
) -> None:
    headers = {"X-API-Key": api_keys["analyst"], "Idempotency-Key": "one"}
    ask = {"reason": "checking a report"}
    first = client.post("/api/v1/documents/d0005/reveal", headers=headers, json=ask)
    second = client.post("/api/v1/documents/d0005/reveal", headers=headers, json=ask)
    assert first.status_code == second.status_code == 201
    assert first.json["reveal_id"] == second.json["reveal_id"]
    assert "Idempotent-Replayed" not in first.headers and second.headers["Idempotent-Replayed"] == "true"
    other = client.post("/api/v1/documents/d0005/reveal", headers=headers, json={"reason": "another reason"})
    assert other.status_code == 422 and other.mimetype == "application/problem+json"
    elsewhere = client.post("/api/v1/documents/d0011/reveal", headers=headers, json=ask)
    assert elsewhere.status_code == 422
    assert len(reveals(api_workspace)) == 1


def test_the_answer_kept_for_a_repeated_post_holds_no_text(
    client: FlaskClient, api_workspace: Workspace, api_keys: dict[str, str]
) -> None:
    headers = {"X-API-Key": api_keys["admin"], "Idempotency-Key": "one"}
    revealed = client.post("/api/v1/documents/d0005/reveal", headers=headers, json={"reason": "checking a report"})
    assert "pathogen" in revealed.json["document"]["text"]
    with api_workspace.open_store() as store:
        kept = store.db.execute("SELECT response FROM request_once").fetchall()
    assert "pathogen" not in str(kept)
    assert reveals(api_workspace)[0][0] == "d0005" and "Ann of admin" in reveals(api_workspace)[0][1]


def test_revealing_what_is_not_there_leaves_no_trace(
    client: FlaskClient, api_workspace: Workspace, api_keys: dict[str, str]
) -> None:
    headers = {"X-API-Key": api_keys["admin"], "Idempotency-Key": "one"}
    assert client.post("/api/v1/documents/none/reveal", headers=headers, json={"reason": "a reason"}).status_code == 404
    assert reveals(api_workspace) == []


def test_owners_cannot_search_withheld_texts(client: FlaskClient, api_keys: dict[str, str]) -> None:
    found = {
        role: client.get("/api/v1/documents?q=pathogen", headers={"X-API-Key": api_keys[role]}).json["total"]
        for role in ("owner", "analyst")
    }
    assert found["owner"] == 0 < found["analyst"]


def test_product_managers_see_no_small_cell_anywhere(
    app: Flask, client: FlaskClient, api_workspace: Workspace, api_keys: dict[str, str]
) -> None:
    (api_workspace.path / "groundswell.yaml").write_text("small_cell: 10\n", encoding="utf-8")
    client = create_app(Workspace(api_workspace.path)).test_client()
    pm, admin = ({"X-API-Key": api_keys[role]} for role in ("pm", "admin"))
    for address in ("/themes", "/volumes?limit=5000", "/counts/weekly"):
        seen = client.get(f"/api/v1{address}", headers=pm).json["items"]
        full = client.get(f"/api/v1{address}", headers=admin).json["items"]
        assert any(row["suppressed"] for row in seen) and not any(row["suppressed"] for row in full)
        for row in seen:
            count = row.get("claimed_raw", row.get("documents"))
            assert row["suppressed"] or count == 0 or row["customers"] >= 10
            assert not row["suppressed"] or (count is None and row["customers"] is None)
    theme = client.get("/api/v1/themes/T0004", headers=pm).json
    assert theme["suppressed"] and theme["exemplars"] == [] and theme["trend"] == []
    assert all(row["documents"] is None for row in theme["segments"] if row["suppressed"])


def test_a_session_is_a_cookie_scripts_cannot_read(client: FlaskClient, api_keys: dict[str, str]) -> None:
    answer = sign_in(client, api_keys["owner"], "/themes?limit=5")
    assert answer.status_code == 302 and answer.headers["Location"] == "/themes?limit=5"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and api_keys["owner"] not in cookie
    assert client.get("/themes").status_code == 200


def test_a_wrong_key_gets_no_session(client: FlaskClient) -> None:
    answer = sign_in(client, "gs_k0_wrong")
    assert answer.status_code == 401 and "unknown, expired or revoked" in answer.text
    assert client.get("/").headers["Location"].startswith("/signin")


def test_a_session_ends_with_its_key(client: FlaskClient, api_workspace: Workspace) -> None:
    with api_workspace.open_store() as store:
        key_id, secret = store.keys.create(holder="A", role="admin", now=datetime.now(UTC))
    sign_in(client, secret)
    assert client.get("/").status_code == 200
    with api_workspace.open_store() as store:
        store.keys.revoke(key_id, now=datetime.now(UTC))
    assert client.get("/data").headers["Location"] == "/signin?next=/data"


def test_signing_out_needs_its_form_and_ends_the_session(client: FlaskClient, api_keys: dict[str, str]) -> None:
    sign_in(client, api_keys["admin"])
    assert client.post("/signout").status_code == 400
    assert client.post("/signout", data={"csrf_token": token_of(client, "/")}).status_code == 302
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("address", ["/alerts/A0001/acts", "/documents/d0005/reveal", "/signin", "/signout"])
def test_forms_without_their_token_change_nothing(
    client: FlaskClient, api_workspace: Workspace, api_keys: dict[str, str], address: str
) -> None:
    sign_in(client, api_keys["admin"])
    for token in ({}, {"csrf_token": ""}, {"csrf_token": "wrong"}):
        answer = client.post(address, data={"reason": "a long reason", "note": "n", **token})
        assert answer.status_code == 400
    assert events(api_workspace) == [] and reveals(api_workspace) == []


def test_the_api_takes_the_cookie_for_reading_only(client: FlaskClient, api_keys: dict[str, str]) -> None:
    sign_in(client, api_keys["admin"])
    assert client.get("/api/v1/counts/weekly?format=csv").status_code == 200
    assert client.post("/api/v1/alerts/A0001/acknowledge", json={}).status_code == 401


def test_guessing_keys_is_slow(api_workspace: Workspace) -> None:
    client = create_app(api_workspace, ServerSettings(sign_in_rate="2 per minute")).test_client()
    assert [sign_in(client, "x").status_code for _ in range(3)] == [401, 401, 429]


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb", ""])
def test_signing_in_leads_nowhere_else(target: str) -> None:
    assert safe_target(target) == "/"


def test_every_answer_carries_the_policy(client: FlaskClient, api_keys: dict[str, str]) -> None:
    sign_in(client, api_keys["admin"])
    for address in ("/", "/signin", "/nowhere", "/api/v1/runs", "/openapi/swagger", "/static/style.css"):
        with client.get(address) as answer:
            headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"
        if address != "/static/style.css":
            scripts = headers["Content-Security-Policy"].split("script-src ")[1].split(";")[0]
            assert "unsafe" not in scripts and "default-src 'none'" in headers["Content-Security-Policy"]


def test_pages_for_people_err_as_pages(client: FlaskClient, api_keys: dict[str, str]) -> None:
    sign_in(client, api_keys["admin"])
    for address, status in (
        ("/nowhere", 404),
        ("/themes/T9999", 404),
        ("/documents?limit=0", 422),
        ("/documents?q=!", 422),
    ):
        answer = client.get(address)
        assert answer.status_code == status and answer.mimetype == "text/html"
