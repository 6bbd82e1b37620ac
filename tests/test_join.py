"""The join of documents with decisions: only where customer and time agree, in whatever order they came."""

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from jobs.ingest import ingest
from jobs.ingest_plan import Request
from jobs.join import join_decisions
from jobs.workspace import Workspace, create_workspace

pytestmark = pytest.mark.usefixtures("no_models")

NOW = datetime(2026, 7, 1, tzinfo=UTC)
DECISION = {
    "decision_id": "d1",
    "request_id": "q1",
    "decided_at": "2026-06-01T10:00:00Z",
    "mitigation": "cyber",
    "action": "block",
    "customer_id": "acme",
}
REPORT = {
    "id": "1",
    "text": "blocked again",
    "received_at": "2026-06-03T09:00:00Z",
    "request_id": "q1",
    "decision_id": "",
    "customer_id": "acme",
    "mitigation": "",
}


def workspace_of(path: Path) -> Workspace:
    path.mkdir(parents=True)
    (path / "key").write_text("ab" * 32, encoding="ascii")
    return create_workspace(path)[0]


def take(workspace: Workspace, name: str, rows: Sequence[Mapping[str, Any]], kind: str = "feedback") -> None:
    path = workspace.path / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with workspace.open_store() as store:
        ingest(workspace, store, Request(path, input=kind, source="web"), now=NOW)


def joined(workspace: Workspace) -> dict[str, Any]:
    with workspace.open_store() as store:
        join_decisions(store, workspace.decisions)
        rows = store.documents.joins().to_dict("records")
        (found,) = store.db.query("SELECT * FROM document")
    return {**found, "joins": [(row["decision_id"], row["agrees"], row["contradiction"]) for row in rows]}


@pytest.mark.parametrize(
    ("report", "decisions", "expected"),
    [
        ({}, [{}], ("d1", True, None)),
        ({"request_id": "", "decision_id": "d1"}, [{}], ("d1", True, None)),
        ({"customer_id": ""}, [{}], ("d1", True, None)),
        ({"customer_id": "other"}, [{}], ("d1", False, "customer")),
        ({"received_at": "2026-06-01T09:00:00Z"}, [{}], ("d1", False, "time")),
        ({"received_at": "2026-06-01"}, [{}], ("d1", True, None)),
        ({"received_at": "2026-08-15T09:00:00Z"}, [{"decided_at": "2026-06-01"}], None),
        ({"mitigation": "bio"}, [{}], ("d1", True, "mitigation")),
        ({}, [{"action": "allow"}, {"decision_id": "d2"}], ("d2", True, None)),
        ({}, [{"customer_id": "other"}, {"decision_id": "d2", "action": "allow"}], ("d2", True, None)),
        ({}, [{"decision_id": "d2"}, {"decision_id": "d3", "decided_at": "2026-06-02T00:00:00Z"}], ("d3", True, None)),
        ({"request_id": "unheard of"}, [{}], None),
    ],
    ids=[
        "by request",
        "by decision",
        "customer not given",
        "another's request",
        "reported before it happened",
        "a day without a time",
        "received in the future",
        "another mitigation",
        "the gravest",
        "agreement before gravity",
        "the latest",
        "not in the log",
    ],
)
def test_document_is_joined(
    tmp_path: Path,
    report: dict[str, str],
    decisions: list[dict[str, str]],
    expected: tuple[str, bool, str | None] | None,
) -> None:
    workspace = workspace_of(tmp_path / "w")
    take(workspace, "log.csv", [{**DECISION, **change} for change in decisions], "decisions")
    if expected is None and "received_at" in report:
        report = {"received_at": "2026-06-30T00:00:00Z"}
        take(workspace, "old.csv", [{**DECISION, "decision_id": "d9", "decided_at": "2026-04-01T00:00:00Z",
                                     "request_id": "q9"}], "decisions")  # fmt: skip
        report["request_id"] = "q9"
        expected = ("d9", False, "time")
    take(workspace, "in.csv", [{**REPORT, **report}])
    assert joined(workspace)["joins"] == ([expected] if expected else [])


def test_agreeing_decision_gives_its_time_and_mitigation(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "w")
    take(workspace, "in.csv", [REPORT])
    assert str(joined(workspace)["occurred_at"]) == "2026-06-03T09:00:00Z"
    take(workspace, "log.csv", [DECISION], "decisions")
    found = joined(workspace)
    assert (str(found["occurred_at"]), found["mitigation"]) == ("2026-06-01T10:00:00Z", "cyber")


def test_contradicted_decision_changes_no_time(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "w")
    take(workspace, "in.csv", [{**REPORT, "customer_id": "other"}])
    take(workspace, "log.csv", [DECISION], "decisions")
    found = joined(workspace)
    assert (str(found["occurred_at"]), found["mitigation"]) == ("2026-06-03T09:00:00Z", None)


@pytest.mark.slow
def test_order_of_ingest_does_not_matter(
    tmp_path: Path, snapshot: Callable[[Path], dict[str, list[tuple[object, ...]]]]
) -> None:
    later = {**DECISION, "decision_id": "d2", "decided_at": "2026-06-02T00:00:00Z"}
    files = {
        "feedback": ("in.csv", [REPORT]),
        "decisions": ("log.csv", [DECISION, later]),
        "appeals": ("appeals.csv", [{"filed_at": "2026-06-05", "decision_id": "d1", "outcome": "overturned"}]),
        "labels": (
            "labels.csv",
            [{"document_id": "1", "field": "kind", "value": "over_block", "labelled_at": "2026-06-09"}],
        ),
    }
    found = []
    for number, order in enumerate(permutations(files)):
        workspace = workspace_of(tmp_path / str(number))
        for kind in order:
            take(workspace, files[kind][0], files[kind][1], kind)
            if number % 2:
                with workspace.open_store() as store:
                    join_decisions(store, workspace.decisions)
        with workspace.open_store() as store:
            join_decisions(store, workspace.decisions)
            join_decisions(store, workspace.decisions)
        found.append(snapshot(workspace.database))
    assert found[0]["label"][0][1] == "web:1" and len(found[0]["decision"]) == 2
    assert all(rows == found[0] for rows in found)


def test_decisions_that_appeals_name_are_kept(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "w")
    take(workspace, "log.csv", [DECISION, {**DECISION, "decision_id": "d2", "request_id": "q2"}], "decisions")
    take(workspace, "appeals.csv", [{"filed_at": "2026-06-05", "request_id": "q2", "outcome": "open"}], "appeals")
    with workspace.open_store() as store:
        assert join_decisions(store, workspace.decisions) == 0
        assert store.reference.decisions()["decision_id"].tolist() == ["d2"]
