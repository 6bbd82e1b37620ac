"""Labels of people: drawn with known chances, settled among labellers, tested by planted items, counted."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jobs.label_draws import Ask, NothingToDraw, next_draw
from jobs.label_import import import_labels
from jobs.labelling import (
    NoReason,
    NotALabeller,
    UnknownField,
    UnknownLabel,
    UnknownTarget,
    adjudicate,
    agreement,
    checked_value,
    disputed,
    give,
    holder,
    labels_of,
    queue,
    status,
)
from jobs.own_labels import labelled_documents
from jobs.store import Store
from jobs.store_keys import timestamp
from jobs.store_search_documents import DocumentFilter
from jobs.workspace import Workspace
from nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
NOW = pd.Timestamp("2026-04-01T12:00:00Z").to_pydatetime()
AT = timestamp(NOW)
WIDE = Ask(items=40, weeks=30, gold=0, double=0)


@pytest.fixture
def workspace(api_workspace: Workspace) -> Workspace:
    """Classified feedback of seventeen weeks that nobody has labelled."""
    with api_workspace.open_store() as store:
        for table in ("label_item", "label_draw", "label_verdict", "label"):
            store.db.execute(f"DELETE FROM {table}")
    return api_workspace


def later(minutes: int) -> str:
    return timestamp((pd.Timestamp(NOW) + pd.Timedelta(minutes=minutes)).to_pydatetime())


def drawn(workspace: Workspace, store: Store, ask: Ask = WIDE, *, at: str = AT) -> list[str]:
    next_draw(store, workspace, ask, actor="Ann", at=at)
    return [row["item_id"] for row in queue(store, TAXONOMY, of=ask.of, field=ask.field, limit=1000)]


def says(store: Store, target: str, value: str, *, labeller: str = "Ann", field: str = "kind", at: str = AT) -> Any:
    return give(store, TAXONOMY, target=target, field=field, value=value, labeller=labeller, at=at)


def decides(store: Store, target: str, value: str, *, field: str = "kind") -> Any:
    told = {"actor": "Cleo", "reason": "read it twice", "at": later(9)}
    return adjudicate(store, TAXONOMY, target=target, field=field, value=value, **told)


def test_a_draw_is_topped_up_and_not_repeated(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        first = drawn(workspace, store)
        assert len(first) == 40 and drawn(workspace, store) == first
        for target in first[:10]:
            says(store, target, "over_block")
        more = drawn(workspace, store, at=later(5))
        assert more[:30] == first[10:] and len(more) == 40
        assert status(store)[0] | {"last_drawn_at": ""} == {
            "of": "documents", "field": "kind", "draws": 2, "drawn": 50, "answered": 10, "waiting": 40,
            "second_opinions_waiting": 0, "disputed": 0, "adjudicated": 0, "labellers": 1, "last_drawn_at": "",
        }  # fmt: skip


def test_the_queue_says_why_and_withholds_what_is_critical(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        drawn(workspace, store, Ask(items=400, weeks=30, gold=0))
        rows = queue(store, TAXONOMY, limit=400)
        assert all(row["why"].startswith(("random check, 202", "classifier unsure whether over")) for row in rows)
        assert not {"said", "gold_value", "inclusion_probability", "kind"} & set(rows[0])
        hidden = [row for row in rows if row["withheld"]]
        assert hidden and all(row["text"] is None for row in hidden)
        assert all(row["text"] for row in rows if not row["withheld"])
        shown = queue(store, TAXONOMY, limit=400, revealed=True)
        assert all(row["text"] for row in shown)


def test_collapsed_and_otherwise_labelled_documents_are_not_drawn(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        known = store.labels.population("kind", since="2025-01-01")["item_id"]
        collapsed = {row[0] for row in store.db.execute("SELECT document_id FROM duplicate")}
        assert collapsed and not collapsed & set(known)
        says(store, known[0], "praise")
        assert known[0] not in set(store.labels.population("kind", since="2025-01-01")["item_id"])
        assert known[0] in set(store.labels.population("severity", since="2025-01-01")["item_id"])
        assert store.labels.certain()["document_id"].tolist() == [known[0]]


def test_a_label_takes_the_probability_of_its_draw_and_no_other(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        first = drawn(workspace, store)[0]
        told = says(store, first, "over_block")
        assert 0 < told["inclusion_probability"] < 1 and told["settled"] == "over_block"
        assert says(store, first, "cyber", field="harm_domain")["inclusion_probability"] is None
        kept = store.reference.labels().set_index("field")["inclusion_probability"]
        assert kept["kind"] == told["inclusion_probability"] and pd.isna(kept["harm_domain"])


def test_chances_grow_with_further_draws_and_stand_for_everybody(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        first = drawn(workspace, store)[0]
        before = says(store, first, "over_block")["inclusion_probability"]
        drawn(workspace, store, Ask(items=300, weeks=30, gold=0), at=later(5))
        for row in queue(store, TAXONOMY, limit=1000):
            says(store, row["item_id"], "billing")
        sample = store.labels.sample()
        after = sample.set_index("document_id").loc[first, "inclusion_probability"]
        assert len(sample) == 301 or len(sample) == 300
        assert after > before
        population = len(store.labels.population("kind", since="2025-01-01"))
        assert (1 / sample["inclusion_probability"]).sum() == pytest.approx(population, rel=0.15)


def test_a_half_worked_queue_stands_for_all(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        for target in drawn(workspace, store, Ask(items=200, weeks=30, gold=0))[:100]:
            says(store, target, "billing")
        sample = store.labels.sample()
        population = len(store.labels.population("kind", since="2025-01-01"))
        assert len(sample) == 100
        assert (1 / sample["inclusion_probability"]).sum() == pytest.approx(population, rel=0.25)
        assert (1 / sample["drawn_probability"]).sum() < 0.7 * population


def test_labels_of_another_random_draw_are_part_of_the_sample(workspace: Workspace) -> None:
    row = {"label_id": "l1", "document_id": "d0011", "decision_id": None, "field": "kind", "value": "praise"}
    with workspace.open_store() as store:
        store.reference.add_labels([{**row, "labeller": "Dan", "labelled_at": AT, "inclusion_probability": 0.2}])
        says(store, drawn(workspace, store)[0], "billing")
        sample = store.labels.sample().set_index("document_id")
        assert len(sample) == 2 and sample.loc["d0011", "inclusion_probability"] == 0.2
        assert store.labels.certain().empty


def test_two_labellers_who_differ_dispute_and_a_third_decides(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        one = drawn(workspace, store)[0]
        says(store, one, "over_block")
        told = says(store, one, "Quality", labeller="Bob", at=later(1))
        assert told["disputed"] and told["settled"] is None
        row = disputed(store)[0]
        assert row["target"] == one and [answer["value"] for answer in row["answers"]] == ["over_block", "quality"]
        sample = store.labels.sample().iloc[0]
        assert sample["value"] is None and sample["answers"] == ["over_block", "quality"]
        with pytest.raises(NoReason, match="expected a reason"):
            adjudicate(store, TAXONOMY, target=one, field="kind", value="quality", actor="C", reason=" ", at=AT)
        assert decides(store, one, "quality")["settled"] == "quality"
        assert not disputed(store)
        sample = store.labels.sample().iloc[0]
        assert (sample["value"], sample["answers"], sample["labellers"]) == ("quality", ["quality"], 0)
        assert store.labels.pairs()[["first", "second"]].to_numpy().tolist() == [["over_block", "quality"]]
        assert [verdict["actor"] for verdict in labels_of(store, one)["verdicts"]] == ["Cleo"]


def test_who_changes_their_mind_ends_a_dispute(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        says(store, "d0999", "billing")
        says(store, "d0999", "praise", labeller="Bob", at=later(1))
        assert says(store, "d0999", "praise", at=later(2))["before"] == "billing"
        assert labels_of(store, "d0999")["settled"] == {"kind": "praise"}
        assert len(labels_of(store, "d0999")["labels"]) == 2


def test_second_opinions_go_to_another_labeller(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        everything = drawn(workspace, store, Ask(items=40, weeks=30, gold=0, double=1.0))
        for target in everything:
            says(store, target, "over_block")
        assert not queue(store, TAXONOMY, labeller="Ann")
        assert [row["item_id"] for row in queue(store, TAXONOMY, labeller="Bob")] == everything
        assert status(store)[0]["second_opinions_waiting"] == 40
        for place, target in enumerate(everything):
            says(store, target, "over_block" if place % 4 else "billing", labeller="Bob")
        found = agreement(store)["fields"][0]
        assert (found["items"], found["agreement"]) == (40, 0.75)
        assert not queue(store, TAXONOMY, labeller="Cleo")


def test_planted_items_look_like_others_and_tell_who_is_right(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        settled = drawn(workspace, store)[:10]
        for target in settled:
            says(store, target, "quality")
            decides(store, target, "over_block")
        ask = Ask(items=50, weeks=30, gold=0.2, double=0)
        next_draw(store, workspace, ask, actor="Bob", at=later(20))
        rows = queue(store, TAXONOMY, labeller="Bob", limit=100)
        planted = {row["item_id"] for row in rows} & set(settled)
        assert len(planted) == 4 and len({frozenset(row) for row in rows}) == 1
        assert not {row["item_id"] for row in queue(store, TAXONOMY, labeller="Ann", limit=100)} & set(settled)
        for place, target in enumerate(sorted(planted)):
            says(store, target, "over_block" if place else "praise", labeller="Bob", at=later(30))
        found = agreement(store)["labellers"]
        assert [(row["labeller"], row["gold"], row["right"]) for row in found] == [("Bob", 4, 3)]
        assert found[0]["low"] < 0.75 < found[0]["high"]
        assert labels_of(store, min(planted))["settled"]["kind"] == "over_block"


def test_settled_labels_are_counted_listed_and_learnt_from(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        before = store.understanding.counted().set_index("document_id").loc["d0011"]
        said = store.search.documents.document("d0011", revealed=True)
        assert said is not None and not said["corrected"] and before["kind"] != "praise"
        says(store, "d0011", "praise")
        says(store, "d0011", "3", field="severity")
        after = store.understanding.counted().set_index("document_id").loc["d0011"]
        assert (after["kind"], after["severity"]) == ("praise", 3) and after["hazard"] == before["hazard"]
        found = store.search.documents.document("d0011", revealed=True)
        assert found is not None and found["corrected"] and found["said_kind"] == before["kind"]
        listed = store.search.documents.page(DocumentFilter(kind="praise"), limit=500).rows
        assert [row["corrected"] for row in listed if row["document_id"] == "d0011"] == [True]
        assert sum(row["corrected"] for row in listed) == 1
        learnt = labelled_documents(store, TAXONOMY).set_index("id")
        assert learnt.loc["d0011", "kind"] == "praise"
        decides(store, "d0011", "quality")
        assert labelled_documents(store, TAXONOMY).set_index("id").loc["d0011", "kind"] == "quality"


def test_labels_verdicts_and_draws_are_input_of_the_next_run(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        seen = [store.reference.input_hash()]
        one = drawn(workspace, store)[0]
        seen.append(store.reference.input_hash())
        says(store, one, "praise")
        seen.append(store.reference.input_hash())
        decides(store, one, "quality")
        seen.append(store.reference.input_hash())
        assert len(set(seen)) == 4


@pytest.mark.parametrize(
    ("target", "field", "value", "error", "said"),
    [
        ("nowhere", "kind", "praise", UnknownTarget, "no document 'nowhere'; give its document_id"),
        ("d0011", "kynd", "praise", UnknownField, "expected a field among kind, harm_domain"),
        ("d0011", "kind", "priase", UnknownLabel, "got 'priase'; correct it"),
        ("d0011", "severity", "4", UnknownLabel, "expected a severity among 0, 1, 2, 3, got '4'"),
        ("d0011", "facets", "churn_risk, bliss", UnknownLabel, "expected a facets among"),
        ("x-1", "truth", "benign", UnknownTarget, "no decision 'x-1'; label one that was drawn"),
    ],
)
def test_a_label_that_does_not_fit_is_refused_and_says_what_would(
    workspace: Workspace, target: str, field: str, value: str, error: type[Exception], said: str
) -> None:
    with workspace.open_store() as store, pytest.raises(error, match="(?s)" + said.replace("(", "\\(")):
        says(store, target, value, field=field)


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        ("kind", " Over-Block ", "over_block"),
        ("harm_domain", "self harm", "self_harm"),
        ("severity", "2.0", "2"),
        ("facets", "churn_risk;asks_refund", "asks_refund,churn_risk"),
        ("facets", '["churn_risk"]', "churn_risk"),
        ("facets", "[]", "[]"),
        ("truth", "Legitimate", "benign"),
    ],
)
def test_spellings_of_one_value_are_one_value(field: str, given: str, stored: str) -> None:
    assert checked_value(TAXONOMY, field, given) == stored


def test_only_holders_of_keys_label(workspace: Workspace, api_keys: dict[str, str]) -> None:
    with workspace.open_store() as store:
        assert holder(store, "Ann of analyst") == "Ann of analyst"
        with pytest.raises(NotALabeller, match="nobody named 'Zed' holds a key; these do: Ann of admin"):
            holder(store, "Zed")


def test_nothing_to_draw_says_what_to_do(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        with pytest.raises(NothingToDraw, match="expected block decisions of the last 8 weeks, got none"):
            next_draw(store, workspace, Ask(of="decisions"), actor="Ann", at=AT)
        store.db.execute("DELETE FROM classification")
        with pytest.raises(NothingToDraw, match="expected classified feedback of the last 30 weeks"):
            next_draw(store, workspace, WIDE, actor="Ann", at=AT)


def test_a_file_of_labels_is_taken_row_by_row(workspace: Workspace, api_keys: dict[str, str], tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"document_id": "d0011", "field": "kind", "value": "over_block", "labeller": "Ann of analyst"},
        {"document_id": "d0012", "field": "kind", "value": "ufo", "labeller": "Ann of analyst"},
        {"document_id": "d0013", "field": "kind", "value": "", "labeller": "Ann of analyst"},
        {"document_id": "d0014", "field": "kind", "value": "praise", "labeller": "Zed"},
        {"document_id": "gone", "field": "kind", "value": "praise"},
        {"document_id": "d0015", "field": "", "value": "praise"},
        {"document_id": "d0016", "field": "severity", "value": 2},
        {"document_id": "d0017", "field": "facets", "value": ["churn_risk"], "labelled_at": "2099-01-01T00:00:00Z"},
    ]
    file = tmp_path / "labels.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n", encoding="utf-8")
    with workspace.open_store() as store:
        given = {"labeller": None, "login": "local", "now": NOW}
        found = import_labels(workspace, store, file, **given)
        assert (found.rows, found.new, found.empty, found.quarantined) == (9, 3, 1, 5)
        assert set(found.reasons) >= {"unknown_label", "not_a_labeller", "unknown_target", "malformed"}
        assert any("got 'ufo'" in refusal.detail for refusal in found.refused)
        assert sum(row["rows"] for row in store.runs.quarantined() if row["input"] == "labels") == 5
        kept = store.reference.labels().set_index("document_id")
        assert kept["labeller"].to_dict() == {"d0011": "Ann of analyst", "d0016": "local", "d0017": "local"}
        assert kept.loc["d0017", "labelled_at"] == AT
        again = import_labels(workspace, store, file, **given)
        assert (again.new, again.same, again.quarantined) == (0, 3, 5)
