"""The contract of every endpoint: who may use it, how it pages, errs, is cached and written as CSV."""

import csv
import io
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from worlds import give_vectors

from api import ServerSettings, create_app
from api.access import EVERYONE, REVEALERS, STAFF
from jobs.spreadsheet import csv_cell
from jobs.workspace import Workspace, create_workspace

# (method, path in the OpenAPI document) -> (an address that answers, who may use it).
ENDPOINTS: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("GET", "/documents"): ("/documents?q=blocked", STAFF),
    ("GET", "/documents/{document_id}"): ("/documents/d0710", STAFF),
    ("POST", "/documents/{document_id}/reveal"): ("/documents/d0005/reveal", REVEALERS),
    ("GET", "/duplicates/{document_id}"): ("/duplicates/d0710", STAFF),
    ("POST", "/documents/{document_id}/separate"): ("/documents/d0716/separate", REVEALERS),
    ("POST", "/documents/{document_id}/join"): ("/documents/d0003/join", REVEALERS),
    ("POST", "/documents/{document_id}/withdraw"): ("/documents/d0003/withdraw", REVEALERS),
    ("GET", "/duplicates"): ("/duplicates?rule=template", STAFF),
    ("GET", "/labels"): ("/labels?field=kind&disputed=true", STAFF),
    ("POST", "/labels"): ("/labels", REVEALERS),
    ("GET", "/labels/queue"): ("/labels/queue?of=documents", STAFF),
    ("POST", "/labels/draws"): ("/labels/draws", REVEALERS),
    ("GET", "/labels/agreement"): ("/labels/agreement?field=kind", STAFF),
    ("POST", "/labels/verdicts"): ("/labels/verdicts", REVEALERS),
    ("GET", "/triage"): ("/triage?state=open&harm_domain=biological", STAFF),
    # Of the documents in triage a key of role owner sees those of the owner it is held by; Ann is none.
    ("GET", "/triage/{document_id}"): ("/triage/d0011", REVEALERS),
    ("POST", "/triage/{document_id}/close"): ("/triage/d0017/close", REVEALERS),
    ("POST", "/triage/{document_id}/reopen"): ("/triage/d0011/reopen", REVEALERS),
    ("GET", "/themes"): ("/themes?state=living", EVERYONE),
    ("GET", "/themes/search"): ("/themes/search?q=still+blocked", EVERYONE),
    ("GET", "/themes/{theme_id}"): ("/themes/T0001", EVERYONE),
    ("GET", "/themes/map"): ("/themes/map?stream=feedback", EVERYONE),
    ("GET", "/themes/edits"): ("/themes/edits", EVERYONE),
    ("GET", "/themes/edits/{edit_id}"): ("/themes/edits/E0001", EVERYONE),
    ("POST", "/themes/{theme_id}/edits"): ("/themes/T0002/edits", REVEALERS),
    ("POST", "/themes/{theme_id}/parts"): ("/themes/T0001/parts", REVEALERS),
    ("POST", "/themes/edits/{edit_id}/undo"): ("/themes/edits/E0001/undo", REVEALERS),
    ("GET", "/watchlists"): ("/watchlists", EVERYONE),
    ("GET", "/watchlists/{watchlist}"): ("/watchlists/agents?novel=false", EVERYONE),
    ("GET", "/series"): ("/series?stream=feedback", EVERYONE),
    ("GET", "/volumes"): ("/volumes?series=feedback/total&from=2026-03-01&to=2026-03-20", EVERYONE),
    ("GET", "/report/weekly"): ("/report/weekly?week=2026-W13&format=json", EVERYONE),
    ("GET", "/counts/bridge"): ("/counts/bridge?kind=over_block", EVERYONE),
    ("GET", "/counts/weekly"): ("/counts/weekly?kind=over_block&from=2026-W01", EVERYONE),
    ("GET", "/counts/weekly/evidence"): ("/counts/weekly/evidence?week=2026-W11", EVERYONE),
    ("GET", "/changes"): ("/changes?direction=up", STAFF),
    ("GET", "/signals"): ("/signals?theme=T0001&told=true&at=now", STAFF),
    ("GET", "/anomalies"): ("/anomalies?type=encoding_burst&derived=no", STAFF),
    ("GET", "/anomalies/{anomaly_id}"): ("/anomalies/d1005", STAFF),
    ("GET", "/alerts"): ("/alerts?state=open&acknowledged=false", STAFF),
    ("GET", "/alerts/{alert_id}"): ("/alerts/A0001", STAFF),
    ("POST", "/alerts/{alert_id}/acknowledge"): ("/alerts/A0001/acknowledge", STAFF),
    ("POST", "/alerts/{alert_id}/acts"): ("/alerts/A0001/acts", STAFF),
    ("GET", "/mitigations"): ("/mitigations", STAFF),
    ("GET", "/board"): ("/board", STAFF),
    ("GET", "/report/brief"): ("/report/brief?format=json", STAFF),
    ("GET", "/decisions/{decision_id}"): ("/decisions/dec-903", STAFF),
    ("POST", "/decisions/{decision_id}/reveal"): ("/decisions/dec-903/reveal", REVEALERS),
    ("GET", "/mitigations/{mitigation}/diagnosis"): ("/mitigations/cyber-classifier/diagnosis", STAFF),
    ("GET", "/mitigations/{mitigation}/whatif"): ("/mitigations/cyber-classifier/whatif?threshold=0.8,0.9", STAFF),
    ("GET", "/mitigations/{mitigation}/evasion"): ("/mitigations/cyber-classifier/evasion", STAFF),
    ("GET", "/mitigations/{mitigation}/effects"): ("/mitigations/cyber-classifier/effects", STAFF),
    ("GET", "/silences"): ("/silences?in_force=true", STAFF),
    ("GET", "/notifications"): ("/notifications?state=all&owner=safeguards-bio", STAFF),
    ("GET", "/notifications/{notification_id}"): ("/notifications/N2", STAFF),
    ("POST", "/notifications/{notification_id}/retry"): ("/notifications/N2/retry", REVEALERS),
    ("POST", "/notifications/{notification_id}/arrived"): ("/notifications/N3/arrived", REVEALERS),
    ("GET", "/runs"): ("/runs?state=done", EVERYONE),
    ("GET", "/coverage"): ("/coverage?stream=feedback", EVERYONE),
}
# An edit of a theme that stands already is no edit; of a delivery that arrived nothing more can be said.
ONCE = {
    ("POST", "/themes/{theme_id}/edits"),
    ("POST", "/themes/edits/{edit_id}/undo"),
    ("POST", "/notifications/{notification_id}/arrived"),
}
BODIES = {
    "reveal": {"reason": "checking a report"},
    "acknowledge": {"note": "on it"},
    "acts": {"act": "useful"},
    "edits": {"action": "rename", "name": "Refused reviews", "reason": "as the desk calls it"},
    "parts": {"parts": 2},
    "undo": {"reason": "no longer followed"},
    "close": {"outcome": "handled", "reason": "called the customer"},
    "reopen": {"reason": "they wrote again"},
    "separate": {"reason": "another customer"},
    "join": {"kept_id": "d0009", "reason": "the same person again"},
    "retry": {},
    "arrived": {},
    "labels": {"labels": [{"target": "d0008", "field": "severity", "value": "2"}]},
    "draws": {"items": 5, "weeks": 4},
    "verdicts": {"target": "d0009", "field": "severity", "value": "1", "reason": "nothing was lost"},
}
LISTS = [
    "/documents",
    "/duplicates",
    "/labels",
    "/triage",
    "/themes",
    "/series",
    "/volumes",
    "/counts/weekly",
    "/changes",
    "/signals",
    "/anomalies",
    "/alerts",
    "/silences",
    "/notifications",
    "/runs",
    "/coverage",
]
PAGED = {"/documents": 150, "/volumes": 400}


@pytest.fixture(scope="module")
def workspace(_filled_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One for all tests here: what they write does not change what they read."""
    path = tmp_path_factory.mktemp("api") / "workspace"
    shutil.copytree(_filled_workspace, path)
    give_vectors(Workspace(path))
    with Workspace(path).open_store() as store:
        sql = "INSERT INTO theme_edit (edit_id, action, theme_id, author, reason, made_at) VALUES (?, ?, ?, ?, ?, ?)"
        store.db.execute(sql, ("E0001", "pin", "T0001", "Ann", "the team follows it", "2026-03-20T10:00:00Z"))
    return Workspace(path)


@pytest.fixture(scope="module")
def keys(workspace: Workspace) -> dict[str, str]:
    now = datetime.now(UTC)
    with workspace.open_store() as store:
        return {role: store.keys.create(holder="Ann", role=role, now=now)[1] for role in EVERYONE}


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> FlaskClient:
    app = create_app(workspace, ServerSettings(rate="100000 per minute"))
    app.validate_response = True  # type: ignore[attr-defined]
    return app.test_client()


@pytest.fixture
def admin(keys: dict[str, str]) -> dict[str, str]:
    return {"X-API-Key": keys["admin"]}


def ask(client: FlaskClient, method: str, address: str, headers: dict[str, str]) -> Any:
    body = BODIES.get(address.rpartition("/")[2])
    return client.open(f"/api/v1{address}", method=method, headers=headers, json=body if method == "POST" else None)


def assert_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    body: dict[str, Any] = response.json
    assert body["status"] == status and body["title"] and body["type"] and body["instance"]
    return body


def test_the_table_names_every_endpoint(client: FlaskClient) -> None:
    document = client.get("/openapi/openapi.json").json
    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    probes = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics")}
    assert described - probes == {(method, f"/api/v1{path}") for method, path in ENDPOINTS}
    for path, item in document["paths"].items():
        for operation in item.values():
            assert operation["summary"] and "500" in operation["responses"]
            assert ("security" in operation and "401" in operation["responses"]) or not path.startswith("/api/")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=" ".join)
def test_only_a_valid_key_is_answered(client: FlaskClient, endpoint: tuple[str, str]) -> None:
    address, _ = ENDPOINTS[endpoint]
    for headers in (
        {},
        {"X-API-Key": "gs_k00000000_x"},
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic eDp5"},
    ):
        response = ask(client, endpoint[0], address, headers)
        assert_problem(response, 401)
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=" ".join)
def test_roles_decide_and_answers_fit_their_models(
    client: FlaskClient, keys: dict[str, str], endpoint: tuple[str, str]
) -> None:
    address, allowed = ENDPOINTS[endpoint]
    done = False
    for role, secret in keys.items():
        response = ask(client, endpoint[0], address, {"Authorization": f"Bearer {secret}"})
        if role in allowed and endpoint in ONCE and done:
            assert_problem(response, 409)
        elif role in allowed:
            done = True
            assert response.status_code in (200, 201), response.text
            assert response.headers["Cache-Control"] == "private, no-cache"
        else:
            assert_problem(response, 403)


@pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if one[0] == "GET"], ids=" ".join)
def test_a_read_that_did_not_change_is_not_sent_again(
    client: FlaskClient, admin: dict[str, str], endpoint: tuple[str, str]
) -> None:
    address, _ = ENDPOINTS[endpoint]
    first = ask(client, "GET", address, admin)
    etag = first.headers["ETag"]
    assert etag.startswith("W/")
    again = ask(client, "GET", address, {**admin, "If-None-Match": etag})
    assert again.status_code == 304 and again.data == b""


@pytest.mark.parametrize("address", LISTS)
def test_pages_cover_every_row_once(client: FlaskClient, admin: dict[str, str], address: str) -> None:
    following: str | None = f"/api/v1{address}?limit={PAGED.get(address, 2)}"
    seen, total = [], 0
    while following:
        response = client.get(following, headers=admin)
        body = response.json
        seen += [str(sorted(row.items(), key=str)) for row in body["items"]]
        total, following = body["total"], body["next"]
        assert body["as_of"] == "2026-03-31T18:00:00Z"
        assert (following is None) == ("Link" not in response.headers)
    assert len(seen) == len(set(seen)) == total > 0


@pytest.mark.parametrize("address", LISTS)
def test_every_list_is_also_csv(client: FlaskClient, admin: dict[str, str], address: str) -> None:
    asked = client.get(f"/api/v1{address}?format=csv", headers=admin)
    negotiated = client.get(f"/api/v1{address}", headers={**admin, "Accept": "text/csv"})
    assert asked.mimetype == negotiated.mimetype == "text/csv" and asked.data == negotiated.data
    rows = list(csv.reader(io.StringIO(asked.text)))
    items = client.get(f"/api/v1{address}", headers=admin).json["items"]
    assert len(rows) == len(items) + 1 and set(items[0]) == set(rows[0])
    assert not [cell for row in rows for cell in row if re.match(r"[=+@\t\r]|-[^\d]", cell)]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " ="])
def test_no_cell_starts_like_a_formula(start: str) -> None:
    assert csv_cell(f"{start}1") == f"'{start}1"
    assert csv_cell(-3) == -3 and csv_cell("plain = text") == "plain = text"


@pytest.mark.parametrize("address", LISTS)
def test_parameters_nobody_knows_are_refused(client: FlaskClient, admin: dict[str, str], address: str) -> None:
    body = assert_problem(client.get(f"/api/v1{address}?limt=5", headers=admin), 422)
    assert "limt" in body["detail"]


@pytest.mark.parametrize(
    "address",
    [
        "/documents?limit=0",
        "/documents?limit=100000",
        "/documents?limit=many",
        "/documents?from=2026-03-02&to=2026-03-01",
        "/documents?from=2026-03-02&to=2026-03-02",
        "/documents?from=yesterday",
        "/documents?stream=rumours",
        "/documents?q=!!!",
        "/documents?cursor=e30",
        "/documents?kind=" + "x" * 300,
        "/documents?segment.=pro",
        "/documents?segment.a%22b=pro",
        "/documents?kind=billing&kind=other",
        "/volumes?theme=a%00b",
        "/counts/weekly?from=2026-10",
        "/counts/weekly?from=2026-W12&to=2026-W10",
        "/alerts?hazard=huge",
        "/runs?state=lost",
    ],
)
def test_values_that_do_not_fit_are_refused_with_the_reason(
    client: FlaskClient, admin: dict[str, str], address: str
) -> None:
    assert assert_problem(client.get(f"/api/v1{address}", headers=admin), 422)["detail"]


@pytest.mark.parametrize(
    "address", ["/documents/none", "/themes/T9999", "/alerts/A9999", "/nowhere", "/documents/a%2Fb"]
)
def test_what_is_not_there_is_404(client: FlaskClient, admin: dict[str, str], address: str) -> None:
    assert_problem(client.get(f"/api/v1{address}", headers=admin), 404)


def test_a_method_that_is_not_there_is_405(client: FlaskClient, admin: dict[str, str]) -> None:
    response = client.delete("/api/v1/documents", headers=admin)
    assert_problem(response, 405)
    assert "GET" in response.headers["Allow"]


def test_a_body_that_is_too_large_is_413(client: FlaskClient, admin: dict[str, str]) -> None:
    body = {"note": "x" * 100_000}
    assert_problem(client.post("/api/v1/alerts/A0001/acknowledge", headers=admin, json=body), 413)


@pytest.mark.parametrize(
    "body", [None, [], "text", {"reason": "no"}, {"reason": "      "}, {"reason": "fine reason", "x": 1}]
)
def test_a_body_that_does_not_fit_is_422(client: FlaskClient, admin: dict[str, str], body: object) -> None:
    assert_problem(client.post("/api/v1/documents/d0005/reveal", headers=admin, json=body), 422)


def test_an_error_of_ours_tells_nothing_of_its_inside(api_workspace: Workspace, api_keys: dict[str, str]) -> None:
    client, admin = create_app(api_workspace).test_client(), {"X-API-Key": api_keys["admin"]}
    with api_workspace.open_store() as store:
        store.db.execute("DROP TABLE job_run")
    body = assert_problem(client.get("/api/v1/runs", headers=admin), 500)
    assert "job_run" not in str(body)
    assert client.get("/healthz").json == {"status": "ok"}
    assert_problem(client.get("/readyz"), 503)


def test_too_many_requests_are_told_when_to_come_back(api_workspace: Workspace, api_keys: dict[str, str]) -> None:
    client = create_app(api_workspace, ServerSettings(rate="3 per minute")).test_client()
    first, second = ({"X-API-Key": api_keys[role]} for role in ("admin", "analyst"))
    assert [client.get("/api/v1/runs", headers=first).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/api/v1/runs", headers=first)
    assert_problem(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert client.get("/api/v1/runs", headers=second).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_an_empty_workspace_answers_every_list(tmp_path: Any) -> None:
    workspace, _ = create_workspace(tmp_path / "empty")
    with workspace.open_store() as store:
        _, secret = store.keys.create(holder="Ann", role="admin", now=datetime.now(UTC))
    client = create_app(workspace).test_client()
    for address in LISTS:
        body = client.get(f"/api/v1{address}", headers={"X-API-Key": secret}).json
        assert (body["items"], body["total"], body["next"], body["as_of"]) == ([], 0, None, None)
        text = client.get(f"/api/v1{address}?format=csv", headers={"X-API-Key": secret}).text
        assert text.count("\n") == 1
