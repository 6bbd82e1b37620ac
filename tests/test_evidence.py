"""What stands behind a number: every count of the ledger is the number of its documents, labels and decisions."""

import csv
import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from jobs import ledger_job
from jobs.store_search_evidence import PARTS, Cell
from jobs.workspace import Workspace

AS_OF = "2026-03-31T18:00:00Z"
AT = "/api/v1/counts/weekly/evidence"


def judge(workspace: Workspace) -> None:
    """Audits and an appeal, so that decisions stand behind numbers too."""
    with workspace.open_store() as store:
        audit = "UPDATE decision SET truth = ?, truth_source = 'audit', inclusion_probability = 0.2 WHERE rowid % 4 = ?"
        store.db.execute("UPDATE decision SET truth = NULL")
        store.db.execute(audit, ("benign", 1))
        store.db.execute(audit, ("harmful", 3))
        appeal = "INSERT INTO appeal (appeal_id, filed_at, decision_id, outcome) VALUES (?, ?, ?, 'overturned')"
        for place, decision in enumerate(("dec-711", "dec-9999")):
            store.db.execute(appeal, (f"a{place}", "2026-03-12T09:00:00Z", decision))


def test_every_number_of_the_ledger_is_the_number_of_its_rows(api_workspace: Workspace) -> None:
    judge(api_workspace)
    with api_workspace.open_store() as store:
        ledger_job.run(store, api_workspace.settings, as_of=AS_OF)
        sql = """
            SELECT week, kind, slice, span, claimed_raw, claimed_unique, collapsed, corroborated, adjudicated, audited
            FROM ledger
            WHERE week IN ('2026-W11', '2026-W12') ORDER BY 1, 2, 3, 4"""
        rows = store.db.execute(sql).fetchall()
        assert len(rows) > 50 and {row[3] for row in rows} == {1, 4}
        for week, kind, part, span, raw, unique, collapsed, *decided in rows:
            sizes = store.search.evidence.sizes(Cell(week, kind, part, span))
            told = (sizes["counted"] + sizes["collapsed"], sizes["counted"], sizes["collapsed"])
            assert told == (raw, unique, sum(json.loads(collapsed).values())), (week, kind, part, span)
            for name, number in zip(("corroborated", "adjudicated", "audited"), decided, strict=True):
                assert number in (None, sizes[name]), (week, kind, part, span, name)


def test_a_label_moves_its_document_out_of_the_number(client: FlaskClient, analyst: dict[str, str]) -> None:
    body = client.get(f"{AT}?week=2026-W11&part=corrected", headers=analyst).json
    (row,) = body["items"]
    assert (row["document_id"], row["kind"], row["classified_kind"]) == ("d0719", "quality", "over_block")
    assert (row["label"], row["labelled_by"], row["labelled_at"]) == ("quality", "Bo", "2026-03-22T10:00:00Z")
    counted = client.get(f"{AT}?week=2026-W11&part=counted&limit=1000", headers=analyst).json["items"]
    assert "d0719" not in [one["document_id"] for one in counted]
    drawn = client.get(f"{AT}?week=2026-W11&part=drawn_here", headers=analyst).json["items"]
    assert [(one["document_id"], one["inclusion_probability"]) for one in drawn] == [("d0719", 0.05)]
    other = client.get(f"{AT}?week=2026-W10&part=drawn_elsewhere", headers=analyst).json["items"]
    assert [one["document_id"] for one in other] == ["d0719"]


def test_a_label_given_over_http_is_a_revision_after_the_next_run(
    client: FlaskClient, analyst: dict[str, str], api_workspace: Workspace
) -> None:
    def recount() -> dict[str, Any]:
        with api_workspace.open_store() as store:
            ledger_job.run(store, api_workspace.settings, as_of=AS_OF)
        cell: dict[str, Any] = client.get(f"{AT}?week=2026-W11", headers=analyst).json["cell"]
        return cell

    before = recount()
    label = {"target": "d0722", "field": "kind", "value": "praise"}
    assert client.post("/api/v1/labels", headers=analyst, json={"labels": [label]}).status_code == 201
    after = recount()
    assert after["claimed_unique"] == before["claimed_unique"] - 1
    told = [row["claimed_unique"] for row in after["revisions"]]
    assert told[-2:] == [before["claimed_unique"], after["claimed_unique"]]


def test_collapsed_documents_name_rule_and_the_one_that_counts(client: FlaskClient, analyst: dict[str, str]) -> None:
    rows = client.get(f"{AT}?week=2026-W11&part=collapsed", headers=analyst).json["items"]
    assert rows and {(row["rule"], row["kept_id"]) for row in rows} == {("template", "d0710")}


def test_pages_cover_every_row_once_in_the_order_of_the_parts(client: FlaskClient, analyst: dict[str, str]) -> None:
    following: str | None = f"{AT}?week=2026-W11&limit=7"
    seen: list[dict[str, Any]] = []
    while following:
        body = client.get(following, headers=analyst).json
        seen, following = seen + body["items"], body["next"]
    assert len(seen) == body["total"] == sum(body["parts"].values())
    places = [PARTS.index(row["part"]) for row in seen]
    assert places == sorted(places)
    text = client.get(f"{AT}?week=2026-W11&limit=1000&format=csv", headers=analyst).text
    assert len(list(csv.reader(io.StringIO(text)))) == len(seen) + 1


def test_no_text_is_in_the_evidence(client: FlaskClient, analyst: dict[str, str]) -> None:
    for query in ("", "&format=csv"):
        said = client.get(f"{AT}?week=2026-W11&limit=1000{query}", headers=analyst).text
        assert "researcher" not in said and "refused" not in said


def test_a_product_manager_sees_how_many_but_not_which(client: FlaskClient, api_keys: dict[str, str]) -> None:
    pm = {"X-API-Key": api_keys["pm"]}
    body = client.get(f"{AT}?week=2026-W11", headers=pm).json
    assert body["items"] == [] and body["total"] == 0 and body["parts"]["counted"] > 5
    assert client.get(f"{AT}?week=2026-W11&format=csv", headers=pm).text.count("\n") == 1
    page = client.get("/weekly/evidence?week=2026-W11", headers=pm)
    assert page.status_code == 200 and "/documents/" not in page.text


def test_a_small_cell_holds_for_its_evidence(
    client: FlaskClient, api_keys: dict[str, str], api_workspace: Workspace
) -> None:
    with api_workspace.open_store() as store:
        store.db.execute("UPDATE ledger SET customers = 2 WHERE week = '2026-W08' AND slice = 'harm_domain=biological'")
    pm, at = {"X-API-Key": api_keys["pm"]}, f"{AT}?week=2026-W08&slice=harm_domain%3Dbiological"
    body = client.get(at, headers=pm).json
    assert body["cell"]["suppressed"] and body["parts"] is None and body["cell"]["claimed_raw"] is None
    page = client.get("/weekly/evidence?week=2026-W08&slice=harm_domain%3Dbiological", headers=pm).text
    assert "Fewer customers than may be shown" in page and "Moved by a label" not in page
    assert client.get(at, headers={"X-API-Key": api_keys["admin"]}).json["parts"]["counted"] > 0


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("?week=2026-10", 422),
        ("?week=2025-W53", 422),
        ("?week=2026-W11&kind=praise", 422),
        ("?week=2026-W11&part=all", 422),
        ("?week=2026-W11&slice=plan%3Dnone", 404),
        ("?week=2020-W11", 404),
        ("?week=2026-W11&span=3", 404),
    ],
)
def test_a_cell_that_is_not_there_is_told_from_one_that_cannot_be(
    client: FlaskClient, analyst: dict[str, str], query: str, status: int
) -> None:
    answer = client.get(f"{AT}{query}", headers=analyst)
    assert answer.status_code == status and answer.mimetype == "application/problem+json"
