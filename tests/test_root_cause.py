"""Why a mitigation errs, in a workspace: sentences, links and recommendations; floods of complaints change none."""

import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.causes_world import Plan, World, world
from jobs.decision_frames import WorkspaceLog, workspace_log
from jobs.decision_log import DecisionLog, Partition
from jobs.diagnose import Options, diagnosis
from jobs.diagnose_page import page
from jobs.diagnose_parts import PARTS
from jobs.ingest_decisions import decision_rows
from jobs.root_cause import root_cause
from jobs.store import Store
from jobs.store_decisions import COLUMNS
from jobs.workspace import Workspace
from nlp.hashing import Hashing

GUARD, GRAVE = "cyber-classifier", "bio-filter"
embed = Hashing().embed


@cache
def made() -> World:
    return world(11, Plan("over_block", trigger=True, theme=True, ratio=9.0), rows=7_000)


def rows(mitigation: str, of: World | None = None) -> pd.DataFrame:
    found: dict[str, Any] = dict.fromkeys(COLUMNS)
    log = (of or made()).log
    log = log.assign(decided_at=log["decided_at"].dt.tz_localize("UTC"), version="v13")
    return pd.DataFrame({**found, **{name: log[name] for name in log}, "mitigation": mitigation, "segments": "{}"})


def wrong(log: pd.DataFrame) -> pd.DataFrame:
    return log[(log["action"] == "block") & (log["truth"] == "benign")]


def fill(workspace: Workspace, mitigation: str) -> None:
    """The log in Parquet, its judged decisions in SQLite, and complaints of two themes joined to decisions: of T0001 to
    wrong blocks of the planted theme, of T0004 to blocks that nobody judged."""
    whole = rows(mitigation)
    for month, part in whole.groupby(whole["decided_at"].dt.strftime("%Y-%m")):
        DecisionLog(workspace.decisions).write(Partition(mitigation, str(month)), "part-a", part)
    unjudged = whole[whole["truth"].isna() & (whole["action"] == "block")].head(12)
    judged = wrong(whole[made().odd]).head(20)
    with workspace.open_store() as store:
        store.reference.add_decisions(decision_rows(pd.concat([whole[whole["truth"].notna()], unjudged])))
        for theme, decisions in (("T0001", judged), ("T0004", unjudged)):
            sql = "SELECT document_id FROM assignment WHERE theme_id = ? ORDER BY document_id LIMIT ?"
            documents = store.db.conn.execute(sql, (theme, len(decisions))).fetchall()
            pairs = zip(documents, decisions["decision_id"], strict=True)
            store.db.conn.executemany(
                "INSERT OR REPLACE INTO document_decision (document_id, decision_id, agrees) VALUES (?, ?, 1)",
                [(one[0], decision) for one, decision in pairs],
            )
        near = embed([str(text) for text in judged["excerpt"]]).mean(axis=0)
        centroid = (near / np.linalg.norm(near)).astype(np.float32).tobytes()
        store.db.execute("UPDATE theme SET centroid = ? WHERE theme_id = 'T0001'", (centroid,))
        store.db.conn.commit()


@pytest.fixture(scope="module")
def told(_filled_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a log of GUARD; read only."""
    path = tmp_path_factory.mktemp("causes") / "workspace"
    shutil.copytree(_filled_workspace, path)
    fill(Workspace(path), GUARD)
    return Workspace(path)


@pytest.fixture
def store(told: Workspace) -> Iterator[Store]:
    with told.open_store() as opened:
        yield opened


@pytest.fixture(scope="module")
def log(told: Workspace) -> WorkspaceLog:
    with told.open_store() as opened:
        return workspace_log(opened, told, GUARD)


@pytest.fixture(scope="module")
def record(log: WorkspaceLog) -> dict[str, Any]:
    return diagnosis(log, Options())


@pytest.fixture(scope="module")
def cause(told: Workspace, log: WorkspaceLog, record: dict[str, Any]) -> dict[str, Any]:
    with told.open_store() as opened:
        return root_cause(log, opened, embed, record)


def test_record_is_plain_json_and_a_part_of_every_diagnosis(cause: dict[str, Any]) -> None:
    assert json.loads(json.dumps(cause, allow_nan=False)) == cause
    assert PARTS["root_cause"].__module__ == "jobs.root_cause"


def test_sentences_name_the_trigger_with_its_numbers_and_the_change(cause: dict[str, Any]) -> None:
    [over] = [line for line in cause["summary"] if "context file" in line and line.startswith("Over-blocks are")]
    [trigger] = [one for one in cause["triggers"] if one["trigger"] == "context file"]
    assert f"{trigger['wrong']:,} of {trigger['judged']:,} judged were acted on wrongly" in over
    assert "against" in over
    assert any("no subject, mark or word of harmful excerpts stands out" in line for line in cause["summary"])
    first = cause["recommendations"][0]
    [advice] = [line for line in cause["summary"] if line.startswith("First to weigh")]
    assert first["text"] in advice
    assert first["rests_on"] in advice


def test_theme_is_linked_to_complaints_by_request_and_vector_with_denominators(cause: dict[str, Any]) -> None:
    links = [link for theme in cause["themes"] for link in theme["complaint_themes"]]
    assert {(link["theme_id"], link["by"]) for link in links} == {("T0001", "request"), ("T0001", "vector")}
    for link in links:
        assert link["low"] <= link["share"] == link["decisions"] / link["of"] <= link["high"]
    assert all(link["of"] == theme["wrong"] for theme in cause["themes"] for link in theme["complaint_themes"])


def test_counter_examples_went_right_on_a_like_excerpt(cause: dict[str, Any], log: WorkspaceLog) -> None:
    by_id = log.frame.set_index("decision_id")
    odd = dict(zip(made().log["decision_id"], made().odd, strict=True))
    [first, *_] = cause["themes"]
    right = by_id.loc[first["counter_examples"]]
    assert (right["action"] == "allow").all()
    assert (right["truth"] == "benign").all()
    assert np.mean([odd[name] for name in first["counter_examples"]]) >= 0.8


def flood(store: Store, times: int) -> None:
    """Every complaint joined to a decision so many times more, each by a reporter of its own."""
    columns = [row[1] for row in store.db.conn.execute("PRAGMA table_info(document)")]
    kept = ", ".join("? || document_id" if name in ("document_id", "reporter") else name for name in columns)
    joined = "document_id IN (SELECT document_id FROM document_decision)"
    for time in range(times):
        mark = f"flood{time}-"
        store.db.execute(f"INSERT INTO document SELECT {kept} FROM document WHERE {joined}", (mark, mark))
        for table, rest in (("document_decision", "decision_id, agrees, contradiction"), ("assignment", "*")):
            rest = "theme_id, similarity, fit_id" if rest == "*" else rest
            store.db.execute(
                f"INSERT INTO {table} (document_id, {rest}) SELECT ? || document_id, {rest} FROM {table} "
                f"WHERE {joined} AND document_id NOT LIKE 'flood%'",
                (mark,),
            )
        store.db.conn.execute("DELETE FROM document WHERE document_id LIKE 'flood%flood%'")


@pytest.mark.parametrize("times", [pytest.param(1, marks=pytest.mark.slow), 6])
def test_flood_of_complaints_changes_no_recommendation_but_an_audit(
    told: Workspace, log: WorkspaceLog, record: dict[str, Any], cause: dict[str, Any], tmp_path: Path, times: int
) -> None:
    path = tmp_path / "workspace"
    shutil.copytree(told.path, path)
    with Workspace(path).open_store() as store:
        before = len(store.root_cause.complaints(GUARD))
        flood(store, times)
        assert len(store.root_cause.complaints(GUARD)) == (times + 1) * before
        found = root_cause(log, store, embed, record)
    quiet, loud = ([one for one in each["recommendations"] if one["change"] != "audit"] for each in (cause, found))
    assert quiet == loud
    assert quiet
    [audit] = [one for one in found["recommendations"] if one["change"] == "audit" and one["where"]]
    assert "T0004" in audit["where"]
    assert not audit["loosens"]
    assert audit["over_block"] == audit["under_block"] == {"estimate": 0.0, "low": 0.0, "high": 0.0}


def test_without_complaints_the_recommendations_are_the_same(
    told: Workspace, log: WorkspaceLog, record: dict[str, Any], cause: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "workspace"
    shutil.copytree(told.path, path)
    with Workspace(path).open_store() as store:
        store.db.execute("DELETE FROM document_decision")
        found = root_cause(log, store, embed, record)
    assert found["recommendations"] == [
        one for one in cause["recommendations"] if not (one["where"] or "").startswith("comp")
    ]


def test_words_of_harm_are_withheld_where_a_miss_is_of_critical_hazard(_filled_workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "grave"
    shutil.copytree(_filled_workspace, path)
    workspace = Workspace(path)
    whole = rows(GRAVE, world(13, Plan("under_block", theme=True, ratio=8.0), rows=16_000))
    for month, part in whole.groupby(whole["decided_at"].dt.strftime("%Y-%m")):
        DecisionLog(workspace.decisions).write(Partition(GRAVE, str(month)), "part-a", part)
    with workspace.open_store() as store:
        read = workspace_log(store, workspace, GRAVE)
        found = root_cause(read, store, embed, diagnosis(read, Options()))
    assert found["excerpts"]["withheld"]
    under = [one for one in found["themes"] if one["kind"] == "under_block"]
    assert under
    assert all(one["name"].endswith("its words withheld") and not one["phrases"] for one in under)
    assert all(not one["examples"] for one in found["themes"])
    assert any(one["trigger"].endswith("withheld") for one in found["triggers"])
    text = json.dumps(found)
    assert not [word for word in ("stolen", "cards", "antivirus", "Threaten", "rival") if word in text]


def test_log_without_truths_says_what_to_audit(told: Workspace, log: WorkspaceLog, store: Store) -> None:
    frame = log.frame.assign(truth=None, inclusion_probability=np.nan)
    blind = WorkspaceLog(GUARD, frame, log.segments, log.as_of, log.first_day, log.last_day)
    found = root_cause(blind, store, embed, diagnosis(blind, Options()))
    assert found["themes"] == found["triggers"] == []
    assert set(found["reasons"]) == {"over_block", "under_block"}
    assert {one["change"] for one in found["recommendations"]} == {"audit"}
    assert any(line.startswith("No change is recommended") for line in found["summary"])


def test_page_shows_causes_escaped(log: WorkspaceLog, record: dict[str, Any], cause: dict[str, Any]) -> None:
    hostile = json.loads(json.dumps(cause))
    hostile["themes"][0]["name"] = "<script>alert(1)</script>"
    hostile["recommendations"][0]["text"] = "<img src=x>"
    shown = page({**record, "root_cause": hostile}, name=GUARD)
    assert "context file" in shown
    assert "<script>alert" not in shown
    assert "<img src=x>" not in shown
