"""One decision over HTTP and on its page: of SQLite or of the log, its truth, its neighbours, its withheld excerpt."""

import re
from typing import Any

import pandas as pd
import pytest
from flask.testing import FlaskClient

from jobs.decision_log import DecisionLog, Partition
from jobs.store_decisions import COLUMNS
from jobs.workspace import Workspace

ROOT = "/api/v1/decisions"
LOG = {
    # id -> (decided_at, action, customer, conversation, request)
    "x/1": ("2026-03-20T10:00:00Z", "block", "c1", "talk", "req-9001"),
    "x/2": ("2026-03-20T10:07:00Z", "allow", "c1", "talk", None),
    "x/3": ("2026-03-20T23:00:00Z", "allow", "c1", None, None),
    "x/4": ("2026-03-23T10:00:00Z", "allow", "c1", None, None),
    "x/5": ("2026-03-20T10:01:00Z", "allow", "c2", None, None),
    "x/6": ("2026-02-28T23:59:00Z", "block", None, "late", None),
    "x/7": ("2026-03-01T00:01:00Z", "block", None, "late", None),
}


def logged(mitigation: str) -> pd.DataFrame:
    """Decisions of LOG as the log keeps them; the excerpt of each is its id, as hostile markup."""
    unknown: Any = None
    rows = []
    for name, (moment, action, customer, conversation, request) in LOG.items():
        facts = {"decision_id": name, "decided_at": pd.Timestamp(moment), "mitigation": mitigation, "action": action}
        about = {"customer": customer, "conversation_id": conversation, "request_id": request}
        said = {"excerpt": f"<b>{name}</b>", "segments": '{"plan":"pro"}'}
        rows.append(dict.fromkeys(COLUMNS, unknown) | facts | about | said)
    return pd.DataFrame(rows)


@pytest.fixture
def filled(api_workspace: Workspace) -> Workspace:
    """The world of the tests with LOG as the log of a mitigation that looks for something grave."""
    log, rows = DecisionLog(api_workspace.decisions), logged("bio-filter")
    for month, part in rows.groupby(rows["decided_at"].dt.strftime("%Y-%m")):
        log.write(Partition("bio-filter", str(month)), "part-a", part)
    return api_workspace


def test_a_decision_that_only_the_log_has_is_told_with_what_was_asked_around_it(
    filled: Workspace, client: FlaskClient, analyst: dict[str, str]
) -> None:
    told = client.get(f"{ROOT}/x/1", headers=analyst).json
    assert told["mitigation"] == "bio-filter" and told["segments"] == {"plan": "pro"} and told["truth"] is None
    assert [(one["decision_id"], one["together"]) for one in told["around"]] == [
        ("x/1", True),
        ("x/2", True),
        ("x/3", False),
    ]
    over_months = client.get(f"{ROOT}/x/7", headers=analyst).json["around"]
    assert [one["decision_id"] for one in over_months] == ["x/6", "x/7"], "a conversation goes on over midnight"
    assert client.get(f"{ROOT}/nowhere", headers=analyst).status_code == 404


def test_a_grave_excerpt_is_shown_on_reveal_only_and_the_reading_is_kept(
    filled: Workspace, client: FlaskClient, analyst: dict[str, str], api_keys: dict[str, str]
) -> None:
    told = client.get(f"{ROOT}/x/1", headers=analyst).json
    assert told["withheld"] and told["excerpt"] is None
    owner = {"X-API-Key": api_keys["owner"]}
    said = {"reason": "checking an appeal"}
    assert client.post(f"{ROOT}/x/1/reveal", headers=owner, json=said).status_code == 403
    assert client.post(f"{ROOT}/nowhere/reveal", headers=analyst, json=said).status_code == 404
    shown = client.post(f"{ROOT}/x/1/reveal", headers=analyst, json=said).json["decision"]
    assert shown["excerpt"] == "<b>x/1</b>"
    with filled.open_store() as store:
        kept = store.db.execute("SELECT document_id, reason FROM reveal").fetchall()
    assert ("decision x/1", "checking an appeal") in kept


def test_the_page_escapes_the_log_and_asks_for_a_reason(
    filled: Workspace, client: FlaskClient, api_keys: dict[str, str]
) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/signin").text)
    assert token is not None
    client.post("/signin", data={"csrf_token": token[1], "key": api_keys["analyst"]})
    page = client.get("/decisions/x/1").text
    assert "The excerpt is withheld" in page and "x/1&lt;" not in page and 'href="/decisions/x/2"' in page
    own = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert own is not None
    given = {"csrf_token": own[1], "reason": "checking an appeal"}
    revealed = client.post("/decisions/x/1/reveal", data=given).text
    assert "&lt;b&gt;x/1&lt;/b&gt;" in revealed and "<b>x/1" not in revealed
    assert client.post("/decisions/x/1/reveal", data={"reason": "checking an appeal"}).status_code == 400


def test_a_judged_decision_tells_its_truth_and_who_gave_it(
    api_workspace: Workspace, client: FlaskClient, analyst: dict[str, str]
) -> None:
    with api_workspace.open_store() as store:
        sql = """SELECT decision_id, request_id FROM decision WHERE truth IS NULL AND action = 'block'
            AND mitigation = 'cyber-classifier' ORDER BY 1 LIMIT 2"""
        (appealed, request), (labelled, _) = store.db.execute(sql).fetchall()
        sql = (
            "INSERT INTO appeal (appeal_id, filed_at, request_id, outcome) VALUES ('a1', '2026-03-21', ?, 'overturned')"
        )
        store.db.execute(sql, (request,))
    told = client.get(f"{ROOT}/{appealed}", headers=analyst).json
    assert (told["truth"], told["truth_source"], told["inclusion_probability"]) == ("benign", "appeal", None)
    assert [one["outcome"] for one in told["appeals"]] == ["overturned"] and "text" not in told["appeals"][0]
    assert told["documents"], "the document that names its request"
    label = {"target": labelled, "field": "truth", "value": "harmful"}
    assert client.post("/api/v1/labels", headers=analyst, json={"labels": [label]}).status_code == 201
    said = client.get(f"{ROOT}/{labelled}", headers=analyst).json["labels"]
    assert [(one["value"], one["labeller"]) for one in said] == [("harmful", "Ann of analyst")]


def test_what_others_say_is_hidden_from_who_is_still_asked(
    api_workspace: Workspace, client: FlaskClient, analyst: dict[str, str], api_keys: dict[str, str]
) -> None:
    with api_workspace.open_store() as store:
        (target,) = store.db.execute("SELECT decision_id FROM decision WHERE truth IS NOT NULL LIMIT 1").fetchone()
        store.db.execute(
            'INSERT INTO label_draw (draw_id, "of", field, drawn_at, actor, design, seed, items)'
            " VALUES ('L9', 'decisions', 'truth', '2026-03-30T08:00:00Z', 'Ann', '{}', 1, 1)"
        )
        store.db.execute(
            "INSERT INTO label_item (draw_id, item_id, position, stratum, inclusion_probability, opinions, why)"
            " VALUES ('L9', ?, 1, 'block', 0.5, 2, 'random audit')",
            (target,),
        )
    label = {"labels": [{"target": target, "field": "truth", "value": "harmful"}]}
    admin = {"X-API-Key": api_keys["admin"]}
    assert client.post("/api/v1/labels", headers=admin, json=label).status_code == 201
    told = client.get(f"{ROOT}/{target}", headers=analyst).json
    assert told["hidden"] and told["truth"] is None and [one["value"] for one in told["labels"]] == [None]
    assert not client.get(f"{ROOT}/{target}", headers=admin).json["hidden"]
