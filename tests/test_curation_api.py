"""Editing themes over HTTP and in the browser: who may, what is answered, what is escaped, what counts once."""

import re

import pytest
from flask.testing import FlaskClient

from api import ServerSettings, create_app
from jobs.workspace import Workspace

EDIT = {"action": "mute", "reason": "known and in hand"}


@pytest.fixture
def client(vectored: Workspace) -> FlaskClient:
    app = create_app(vectored, ServerSettings(rate="100000 per minute"))
    app.validate_response = True  # type: ignore[attr-defined]
    return app.test_client()


@pytest.fixture
def pages(vectored: Workspace, api_keys: dict[str, str]) -> FlaskClient:
    """The dashboard, an analyst signed in."""
    found = create_app(vectored, ServerSettings(rate="100000 per minute")).test_client()
    found.post("/signin", data={"csrf_token": token(found.get("/signin").text), "key": api_keys["analyst"]})
    return found


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def send(pages: FlaskClient, address: str, **fields: str) -> str:
    """Fill a form in; the page that follows."""
    data = {"csrf_token": token(pages.get("/labels").text), **fields}
    answer = pages.post(address, data=data, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def headers(key: str) -> dict[str, str]:
    return {"X-API-Key": key}


def test_an_edit_is_answered_with_its_row_and_listed(client: FlaskClient, analyst: dict[str, str]) -> None:
    answer = client.post("/api/v1/themes/T0003/edits", json=EDIT, headers=analyst)
    assert answer.status_code == 201, answer.text
    row = answer.get_json()
    assert (row["edit_id"], row["state"], row["reason"]) == ("E0001", "in force", "known and in hand")
    assert row["author"].startswith("Ann of analyst (k")
    listed = client.get("/api/v1/themes/edits", headers=analyst).get_json()
    assert listed["total"] == 1 and listed["items"] == [row]
    assert client.get("/api/v1/themes/edits/E0001", headers=analyst).get_json() == row
    assert client.get("/api/v1/themes/edits?theme=T0002", headers=analyst).get_json()["total"] == 0


@pytest.mark.parametrize(("role", "status"), [("admin", 201), ("analyst", 201), ("owner", 403), ("pm", 403)])
def test_analysts_and_admins_edit_and_everybody_reads(
    client: FlaskClient, api_keys: dict[str, str], role: str, status: int
) -> None:
    asked = headers(api_keys[role])
    assert client.post("/api/v1/themes/T0003/edits", json=EDIT, headers=asked).status_code == status
    assert client.get("/api/v1/themes/edits", headers=asked).status_code == 200


def test_product_managers_are_not_told_which_document(
    client: FlaskClient, analyst: dict[str, str], api_keys: dict[str, str]
) -> None:
    body = {"action": "move", "document_id": "d0001", "reason": "is about refunds"}
    client.post("/api/v1/themes/T0004/edits", json=body, headers=analyst)
    seen = client.get("/api/v1/themes/edits", headers=headers(api_keys["pm"])).get_json()["items"][0]
    assert seen["detail"] == {"to": "T0004"}
    assert client.get("/api/v1/themes/edits/E0001", headers=analyst).get_json()["detail"]["document_id"] == "d0001"


def test_a_repeated_request_counts_once(client: FlaskClient, analyst: dict[str, str]) -> None:
    asked = {**analyst, "Idempotency-Key": "once"}
    first = client.post("/api/v1/themes/T0003/edits", json=EDIT, headers=asked)
    again = client.post("/api/v1/themes/T0003/edits", json=EDIT, headers=asked)
    assert again.status_code == 201 and again.get_json() == first.get_json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert client.post("/api/v1/themes/T0003/edits", json=EDIT, headers=analyst).status_code == 409


REFUSED = [
    ("T0099", EDIT, 404),
    ("T0003", {"action": "unmute", "reason": "not needed"}, 409),
    ("T0003", {"action": "rename", "reason": "so"}, 422),
    ("T0003", {"action": "rename", "name": "Some", "reason": "so it is", "into": "T0001"}, 422),
    ("T0003", {"action": "burn", "reason": "so it is"}, 422),
    ("T0003", {"action": "merge", "into": "T0006", "reason": "so it is"}, 422),
    ("T0003", {"action": "split", "reason": "so it is"}, 422),
    ("T0003", {"action": "split", "parts": 2, "documents": [["a"], ["b"]], "reason": "so it is"}, 422),
    ("T0003", {"action": "mute"}, 422),
]


@pytest.mark.parametrize(("theme", "body", "status"), REFUSED)
def test_what_cannot_be_is_a_problem_document(
    client: FlaskClient, analyst: dict[str, str], theme: str, body: dict[str, object], status: int
) -> None:
    answer = client.post(f"/api/v1/themes/{theme}/edits", json=body, headers=analyst)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json" and answer.get_json()["detail"]


@pytest.mark.slow
def test_a_split_is_looked_at_made_and_taken_back(client: FlaskClient, analyst: dict[str, str]) -> None:
    seen = client.post("/api/v1/themes/T0001/parts", json={"parts": 2}, headers=analyst).get_json()["items"]
    assert [part["theme_id"] for part in seen] == ["T0007", "T0008"] and seen[0]["exemplars"]
    assert client.get("/api/v1/themes/T0007", headers=analyst).status_code == 404
    body = {"action": "split", "parts": 2, "reason": "two subjects"}
    row = client.post("/api/v1/themes/T0001/edits", json=body, headers=analyst).get_json()
    assert row["detail"] == {"into": ["T0007", "T0008"]}
    merged = {"action": "merge", "into": "T0007", "reason": "the same"}
    client.post("/api/v1/themes/T0002/edits", json=merged, headers=analyst)
    done = client.post("/api/v1/themes/edits/E0001/undo", json={"reason": "it was one"}, headers=analyst)
    assert done.status_code == 200 and list(done.get_json()["void"]) == ["E0002"]
    states = [row["state"] for row in client.get("/api/v1/themes/edits", headers=analyst).get_json()["items"]]
    assert states[0].startswith("void: T0007") and states[1] == "taken back"
    again = client.post("/api/v1/themes/edits/E0001/undo", json={"reason": "it was one"}, headers=analyst)
    assert again.status_code == 409
    nobody = client.post("/api/v1/themes/edits/E0077/undo", json={"reason": "it was one"}, headers=analyst)
    assert nobody.status_code == 404


def test_edits_can_be_had_as_csv(client: FlaskClient, analyst: dict[str, str]) -> None:
    client.post("/api/v1/themes/T0003/edits", json={**EDIT, "reason": "=cmd|calc"}, headers=analyst)
    text = client.get("/api/v1/themes/edits?format=csv", headers=analyst).text
    assert text.startswith("edit_id,action,theme_id") and "'=cmd" in text


def test_a_theme_is_corrected_with_the_forms_of_its_page(pages: FlaskClient) -> None:
    page = pages.get("/themes/T0002").text
    assert 'id="edit"' in page and "Correct this theme" in page
    said = send(pages, "/themes/T0002/edits", action="rename", name="Lost <i>history</i>", reason="clearer <b>so</b>")
    assert "E0001: T0002 renamed “Lost i history /i”" in said and "<i>history" not in said
    send(pages, "/themes/T0004/edits", action="merge", into="T0002", reason="one subject")
    assert "Correct this theme" not in pages.get("/themes/T0004").text, "it ended"
    listed = pages.get("/themes/edits").text
    assert "clearer &lt;b&gt;so&lt;/b&gt;" in listed and "<b>so" not in listed and "T0004 merged into T0002" in listed
    assert "is taken back" in send(pages, "/themes/edits/E0002/undo", reason="they differ")
    assert "Correct this theme" in pages.get("/themes/T0004").text


def test_a_split_shows_its_parts_before_it_is_made(pages: FlaskClient) -> None:
    page = pages.get("/themes/T0001/split?parts=2").text
    assert "Nothing is changed yet" in page and "T0008" in page
    assert "T0001 split into T0007, T0008" in send(
        pages, "/themes/T0001/edits", action="split", parts="2", reason="two subjects"
    )
    assert "Merge into another" not in pages.get("/themes/T0001").text, "a roll-up has no documents of its own"


def test_a_document_is_moved_from_its_page(pages: FlaskClient) -> None:
    assert "Move it" in pages.get("/documents/d0001").text
    assert "the document goes into T0004" in send(pages, "/documents/d0001/theme", to="T0004", reason="refunds")
    assert "the document goes into no theme" in send(pages, "/documents/d0001/theme", to="", reason="neither")


def test_a_form_without_its_token_changes_nothing(pages: FlaskClient, vectored: Workspace) -> None:
    for address in ("/themes/T0003/edits", "/documents/d0001/theme", "/themes/edits/E0001/undo"):
        assert pages.post(address, data={**EDIT, "to": "T0002"}).status_code == 400
    with vectored.open_store() as store:
        assert not store.curation.edits()


@pytest.mark.parametrize("role", ["owner", "pm"])
def test_who_may_not_edit_sees_no_form(vectored: Workspace, api_keys: dict[str, str], role: str) -> None:
    reader = create_app(vectored, ServerSettings(rate="100000 per minute")).test_client()
    reader.post("/signin", data={"csrf_token": token(reader.get("/signin").text), "key": api_keys[role]})
    assert "Correct this theme" not in reader.get("/themes/T0002").text
    assert "Nobody has edited" in reader.get("/themes/edits").text
    assert reader.get("/themes/T0001/split").status_code == 403
