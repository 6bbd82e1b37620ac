"""Labels and duplicates over HTTP: who may say what, blind second opinions, all or nothing, ids with slashes."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from jobs.workspace import Workspace

NEXT = "d0905"
SLASHED = "https://forum.example//t/12?page=2"


@pytest.fixture
def second(api_workspace: Workspace) -> dict[str, str]:
    """Another analyst's key."""
    with api_workspace.open_store() as store:
        _, secret = store.keys.create(holder="Dee", role="analyst", now=datetime.now(UTC))
    return {"X-API-Key": secret}


@pytest.fixture
def slashed(api_workspace: Workspace) -> str:
    """A document whose source calls it by an address."""
    with api_workspace.open_store() as store:
        columns = ", ".join(name for name in store.db.table("document").columns_dict if name != "document_id")
        sql = f"INSERT INTO document (document_id, {columns}) SELECT ?, {columns} FROM document WHERE document_id = ?"
        store.db.execute(sql, (SLASHED, "d0004"))
        store.db.execute(
            "INSERT INTO classification SELECT ?, language, kind, kind_probability, harm_domain,"
            " harm_domain_probability, use_case, use_case_probability, severity, severity_probability, hazard, facets,"
            " abstained, classifier_version, taxonomy_version FROM classification WHERE document_id = ?",
            (SLASHED, "d0004"),
        )
    return SLASHED


def give(client: FlaskClient, headers: dict[str, str], *labels: tuple[str, str, str]) -> Any:
    body = {"labels": [dict(zip(("target", "field", "value"), one, strict=True)) for one in labels]}
    return client.post("/api/v1/labels", headers=headers, json=body)


def queue(client: FlaskClient, headers: dict[str, str], query: str = "") -> list[str]:
    return [row["item_id"] for row in client.get(f"/api/v1/labels/queue{query}", headers=headers).json["items"]]


def labels(client: FlaskClient, headers: dict[str, str], query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get(f"/api/v1/labels?{query}", headers=headers).json["items"]
    return items


def test_the_queue_says_why_and_nothing_of_what_others_said(client: FlaskClient, analyst: dict[str, str]) -> None:
    body = client.get("/api/v1/labels/queue", headers=analyst).json
    assert [row["item_id"] for row in body["items"]] == ["d0719", "d0905", "d0908"]
    asked_twice = body["items"][0]
    assert asked_twice["opinions"] == 2 and asked_twice["answers"] == 1
    assert asked_twice["why"] == "random check, 2026-W11" and asked_twice["text"]
    assert not {"value", "kind", "said", "kind_probability", "theme_id"} & set(asked_twice)
    assert "quality" not in str(body["items"]) and "over_block" not in str(body["items"])
    assert client.get("/api/v1/labels/queue?format=csv&limit=1", headers=analyst).text.count("\n") == 2


def test_a_label_is_the_holders_and_leaves_the_queue(client: FlaskClient, analyst: dict[str, str]) -> None:
    answer = give(client, analyst, (NEXT, "kind", "over_block"))
    assert answer.status_code == 201
    assert answer.json["items"][0] | {"before": None} == {
        "target": NEXT,
        "of": "documents",
        "field": "kind",
        "value": "over_block",
        "before": None,
        "inclusion_probability": 0.1,
        "settled": "over_block",
        "disputed": False,
    }
    assert queue(client, analyst) == ["d0719", "d0908"]
    (row,) = labels(client, analyst, f"document={NEXT}")
    assert row["labeller"] == "Ann of analyst" and row["inclusion_probability"] == 0.1


def test_a_later_label_replaces_the_earlier_one(client: FlaskClient, analyst: dict[str, str]) -> None:
    give(client, analyst, (NEXT, "kind", "over_block"))
    assert give(client, analyst, (NEXT, "kind", "quality")).json["items"][0]["before"] == "over_block"
    assert [row["value"] for row in labels(client, analyst, f"document={NEXT}")] == ["quality"]
    shown = client.get(f"/api/v1/documents/{NEXT}", headers=analyst).json
    assert (shown["kind"], shown["said_kind"], shown["corrected"]) == ("quality", "over_block", True)


def test_labels_are_given_all_or_none_with_every_reason(client: FlaskClient, analyst: dict[str, str]) -> None:
    answer = give(client, analyst, (NEXT, "kind", "quality"), ("nobody", "kind", "quality"), (NEXT, "kind", "odd"))
    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert [entry["field"] for entry in answer.json["errors"]] == ["labels.1.target", "labels.2.value"]
    assert labels(client, analyst, f"document={NEXT}") == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/labels", {"labels": []}, "labels"),
        ("/labels", {"labels": [{"target": NEXT, "field": "mood", "value": "x"}]}, "labels.0.field"),
        ("/labels", {"labels": [{"target": NEXT, "field": "kind", "value": "praise", "labeller": "Bo"}]}, None),
        ("/labels/verdicts", {"target": NEXT, "field": "kind", "value": "praise", "reason": " "}, "reason"),
        ("/labels/verdicts", {"target": NEXT, "field": "severity", "value": "9", "reason": "so it is"}, "value"),
        ("/labels/draws", {"items": 0}, "items"),
        ("/labels/draws", {"field": "truth"}, "request"),
        ("/labels/draws", {"field": "facets"}, "field"),
        ("/labels/draws", {"of": "decisions", "field": "kind"}, "request"),
        ("/labels/draws", {"action": "block"}, "request"),
        ("/documents/d0003/join", {"kept_id": "d0009"}, "reason"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    client: FlaskClient, analyst: dict[str, str], path: str, body: dict[str, Any], field: str | None
) -> None:
    answer = client.post(f"/api/v1{path}", headers=analyst, json=body)
    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert field is None or field in [entry["field"] for entry in answer.json["errors"]]


@pytest.mark.parametrize("sent", [b"", b"{", b"[]"])
def test_a_body_that_is_no_object_is_refused_in_words(
    client: FlaskClient, analyst: dict[str, str], sent: bytes
) -> None:
    answer = client.post("/api/v1/labels", headers=analyst, data=sent, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json["detail"] == "request: expected a JSON object sent as application/json"


def test_a_second_opinion_does_not_see_the_first(
    client: FlaskClient, analyst: dict[str, str], second: dict[str, str]
) -> None:
    (hidden,) = labels(client, analyst, "document=d0719")
    assert hidden["hidden"] and hidden["value"] is None and hidden["settled"] is None
    give(client, analyst, ("d0719", "kind", "over_block"))
    assert {row["value"] for row in labels(client, analyst, "document=d0719")} == {"quality", "over_block"}
    assert "d0719" not in queue(client, second)


def test_a_dispute_is_shown_and_decided(client: FlaskClient, analyst: dict[str, str]) -> None:
    agreement = client.get("/api/v1/labels/agreement", headers=analyst).json
    (open_,) = agreement["disputed"]
    assert open_["target"] == "d0010" and {one["labeller"] for one in open_["answers"]} == {"Bo", "Cy"}
    assert {row["items"] for row in agreement["fields"] if row["field"] == "kind"} == {2}
    assert len(labels(client, analyst, "disputed=true")) == 2
    verdict = {"target": "d0010", "field": "kind", "value": "billing", "reason": "it says so"}
    answer = client.post("/api/v1/labels/verdicts", headers=analyst, json=verdict)
    assert answer.status_code == 201 and answer.json["settled"] == "billing"
    assert client.get("/api/v1/labels/agreement", headers=analyst).json["disputed"] == []
    assert {row["decided_by"] for row in labels(client, analyst, "document=d0010")} == {"Ann of analyst"}


def test_a_draw_fills_the_queue_once(client: FlaskClient, analyst: dict[str, str]) -> None:
    headers = {**analyst, "Idempotency-Key": "draw"}
    first = client.post("/api/v1/labels/draws", headers=headers, json={"items": 12, "weeks": 4})
    again = client.post("/api/v1/labels/draws", headers=headers, json={"items": 12, "weeks": 4})
    assert first.status_code == again.status_code == 201 and again.headers["Idempotent-Replayed"] == "true"
    assert first.json == again.json and first.json["waiting"] == 12
    more = client.post("/api/v1/labels/draws", headers=analyst, json={"items": 12, "weeks": 4}).json
    assert (more["drawn"], more["population"]) == (0, None)
    assert len(queue(client, analyst, "?limit=1000")) >= 12


def test_nothing_to_draw_from_is_a_conflict(client: FlaskClient, analyst: dict[str, str]) -> None:
    answer = client.post("/api/v1/labels/draws", headers=analyst, json={"of": "decisions", "items": 5})
    assert answer.status_code == 409 and answer.mimetype == "application/problem+json"


def test_owners_read_and_product_managers_see_nothing(client: FlaskClient, api_keys: dict[str, str]) -> None:
    owner, pm = ({"X-API-Key": api_keys[role]} for role in ("owner", "pm"))
    for path in ("/labels", "/labels/queue", "/labels/agreement", "/duplicates", "/duplicates/d0710"):
        assert client.get(f"/api/v1{path}", headers=owner).status_code == 200
        assert client.get(f"/api/v1{path}", headers=pm).status_code == 403
    assert give(client, owner, (NEXT, "kind", "quality")).status_code == 403


def test_a_wrong_collapse_is_taken_apart_and_back(client: FlaskClient, analyst: dict[str, str]) -> None:
    body = {"reason": "another customer"}
    answer = client.post("/api/v1/documents/d0716/separate", headers=analyst, json=body)
    assert answer.status_code == 200 and answer.json["kept_id"] == "d0710"
    assert answer.json["verdict"]["verdict"] == "separate"
    assert answer.json["verdict"]["actor"].startswith("Ann of analyst (k")
    back = client.post("/api/v1/documents/d0716/withdraw", headers=analyst)
    assert back.json["verdict"] is None
    assert client.post("/api/v1/documents/d0710/separate", headers=analyst, json=body).status_code == 422
    assert client.post("/api/v1/documents/none/separate", headers=analyst, json=body).status_code == 404


def test_groups_are_found_by_rule_and_by_the_document_that_counts(client: FlaskClient, analyst: dict[str, str]) -> None:
    for query, total in (("", 1), ("?rule=template", 1), ("?rule=near_duplicate", 0), ("?kept_id=d0710", 1)):
        assert client.get(f"/api/v1/duplicates{query}", headers=analyst).json["total"] == total
    (group,) = client.get("/api/v1/duplicates", headers=analyst).json["items"]
    assert group["rules"] == {"template": group["documents"]}


@pytest.mark.parametrize("ending", ["duplicates", "reveal", "labels"])
def test_an_id_that_ends_as_an_address_does_is_reached(
    api_workspace: Workspace, client: FlaskClient, analyst: dict[str, str], slashed: str, ending: str
) -> None:
    name = f"{slashed}/{ending}"
    with api_workspace.open_store() as store:
        store.db.execute("PRAGMA foreign_keys = OFF")
        store.db.execute("UPDATE document SET document_id = ? WHERE document_id = ?", (name, slashed))
        store.db.execute("UPDATE classification SET document_id = ? WHERE document_id = ?", (name, slashed))
    written = quote(name, safe="/:")
    for address in ("/api/v1/documents", "/api/v1/duplicates"):
        assert client.get(f"{address}/{written}", headers=analyst).json["document_id"] == name
    assert f"Document {name}" in client.get(f"/documents/{written}", headers=analyst).text
    said = {"kept_id": "d0010", "reason": "the same again"}
    assert client.post(f"/api/v1/documents/{written}/join", headers=analyst, json=said).json["document_id"] == name


def test_ids_with_slashes_are_reached_by_every_address(
    client: FlaskClient, analyst: dict[str, str], slashed: str
) -> None:
    for written in (quote(slashed, safe="/:"), quote(slashed, safe="")):
        at = f"/api/v1/documents/{written}"
        assert client.get(at, headers=analyst).json["document_id"] == slashed
        assert client.get(f"/api/v1/duplicates/{written}", headers=analyst).json["document_id"] == slashed
        answer = client.post(f"{at}/join", headers=analyst, json={"kept_id": "d0010", "reason": "the same again"})
        assert answer.json["verdict"]["kept_id"] == "d0010"
        assert client.get(f"/documents/{written}", headers=analyst).status_code == 200
    assert client.get(f"/api/v1/documents/{slashed[:-7]}", headers=analyst).status_code == 404
    assert give(client, analyst, (slashed, "kind", "praise")).status_code == 201
