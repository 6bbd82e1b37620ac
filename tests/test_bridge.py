"""The bridge: the same weeks under two versions, so that a relabelling is never read as a trend."""

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from api import create_app
from jobs import bridge, enrich, ledger_job
from jobs.cli import cli
from jobs.store import Store
from jobs.store_search_counts import CountFilter
from jobs.workspace import Workspace
from mitigations.against import difference, mean_of
from mitigations.bridge import SIDES, WEEKS, bridged, first_day
from nlp.hashing import Hashing
from nlp.seed import seed_corpus
from nlp.taxonomy import load_taxonomy
from nlp.training import train

AS_OF = "2026-03-10T20:00:00Z"
KINDS = ("over_block", "under_block", "praise")
DOMAINS = ("cyber", "none")

document = st.fixed_dictionaries(
    {
        "day": st.sampled_from(pd.date_range("2026-02-27", periods=12).tolist()),
        "kept": st.booleans(),
        "customer": st.sampled_from(["a", "b", None]),
        "kind": st.sampled_from(KINDS),
        "harm_domain": st.sampled_from(DOMAINS),
        "read_before": st.booleans(),
        "kind_before": st.sampled_from(KINDS),
        "harm_domain_before": st.sampled_from(DOMAINS),
    }
)
documents = st.lists(document, min_size=1, max_size=40).map(pd.DataFrame)


@pytest.mark.slow
@settings(max_examples=25)
@given(documents)
def test_the_same_version_twice_has_equal_sides(rows: pd.DataFrame) -> None:
    same = rows.assign(kind_before=rows["kind"], harm_domain_before=rows["harm_domain"])
    found = bridged(same)
    assert (found["unique_before"] == found["unique_after"]).all()
    assert (found["both"] == found["unique_after"]).all()


@settings(max_examples=25)
@given(documents)
def test_sides_hold_each_document_once_and_the_unread_apart(rows: pd.DataFrame) -> None:
    found = bridged(rows).set_index(["week", "kind", "slice"])
    kept = rows[rows["kept"]].assign(week=lambda frame: frame["day"].dt.strftime("%G-W%V"))
    kept = kept[kept["week"].isin(kept.loc[kept["read_before"], "week"])]
    for (week, kind), own in kept[kept["kind"].isin(KINDS[:2])].groupby(["week", "kind"]):
        cell = found.loc[week, kind, "all"]
        assert cell["unique_after"] + cell["unread_before"] == len(own)
        assert cell["unread_before"] == (~own["read_before"]).sum()
    assert (found["both"] <= found[["unique_before", "unique_after"]].min(axis=1)).all()
    parts = found[found.index.get_level_values("slice") != "all"]
    totals = found[found.index.get_level_values("slice") == "all"]
    for side in ("unique_before", "unique_after", "unread_before"):
        assert parts[side].sum() == totals[side].sum()
    assert (found[list(SIDES)].sum(axis=1) > 0).all(), "no empty cell"


def test_document_that_moves_between_domains_is_the_same_in_the_total_alone() -> None:
    row = {"day": pd.Timestamp("2026-03-03"), "kept": True, "customer": "a", "kind": "over_block"}
    row |= {"harm_domain": "cyber", "read_before": True, "kind_before": "over_block", "harm_domain_before": "none"}
    found = bridged(pd.DataFrame([row])).set_index("slice")
    assert found.loc["all", list(SIDES)].tolist() == [1, 1, 1, 0]
    assert found.loc["harm_domain=cyber", list(SIDES)].tolist() == [0, 1, 0, 0]
    assert found.loc["harm_domain=none", list(SIDES)].tolist() == [1, 0, 0, 0]
    assert found["week"].tolist() == ["2026-W10"] * 3 and found["customers"].tolist() == [1] * 3


def test_no_document_makes_no_row() -> None:
    row = {"day": pd.Timestamp("2026-03-03"), "kept": True, "customer": "a", "kind": "over_block"}
    row |= {"harm_domain": "cyber", "read_before": False, "kind_before": None, "harm_domain_before": None}
    assert bridged(pd.DataFrame([row])).empty, "a week of which the version before read nothing"
    assert bridged(pd.DataFrame([row]).iloc[:0]).empty


def test_interval_of_a_mean_is_narrower_and_that_of_a_difference_wider_than_its_parts() -> None:
    week = (10.0, 6.0, 15.0)
    mean, low, high = mean_of([week] * 4)
    assert (mean, low, high) == (10.0, 8.0, 12.5)
    change = difference(week, (mean, low, high))
    assert change[0] == 0 and change[1] < week[1] - week[0] and change[2] > week[2] - week[0]


def read_anew(store: Store, version: str, *, moves: str = "UPDATE classification SET severity = 1") -> None:
    """All documents are classified by another version, which says `moves` otherwise."""
    ids = [row[0] for row in store.db.execute("SELECT document_id FROM classification")]
    bridge.keep(store, ids, version=version)
    store.db.execute(moves)
    store.db.execute("UPDATE classification SET classifier_version = ?", (version,))


FEWER = "UPDATE classification SET kind = 'billing' WHERE kind = 'over_block' AND rowid % 5 = 0"


def test_without_another_version_there_is_no_bridge(store: Store) -> None:
    assert store.bridge.standing() is None and store.bridge.page(CountFilter()).rows == []
    assert {row["relabelled"] for row in store.ledger.revisions()} <= {0}


def test_only_the_last_answer_before_is_kept_of_recent_feedback(store: Store) -> None:
    store.db.execute("UPDATE document SET occurred_at = '2025-01-01T00:00:00Z' WHERE document_id = 'd0001'")
    store.db.execute("UPDATE document SET stream = 'usage_anomaly' WHERE document_id = 'd0005'")
    read_anew(store, "c2", moves=FEWER)
    read_anew(store, "c2")
    read_anew(store, "c3")
    kept = dict(store.db.execute("SELECT document_id, classifier_version FROM classification_before").fetchall())
    assert set(kept.values()) == {"c2"} and len(kept) == 448
    assert not {"d0001", "d0005"} & set(kept)


@pytest.mark.slow
def test_enriching_by_another_classifier_keeps_what_the_one_before_said(store: Store) -> None:
    said = dict(store.db.execute("SELECT document_id, kind FROM classification").fetchall())
    examples, taxonomy = seed_corpus().iloc[::23].reset_index(drop=True), load_taxonomy()
    learnt = train(examples, (Hashing().embed(examples["claim"].tolist()),), taxonomy=taxonomy)
    models = enrich.Models(Hashing(), learnt, taxonomy)
    for _ in range(2):
        enrich.run(store, models)
        kept = store.db.execute("SELECT document_id, kind, classifier_version FROM classification_before").fetchall()
        assert {row[0]: row[1] for row in kept} == said and {row[2] for row in kept} == {"c1"}
    bridge.run(store, as_of=AS_OF)
    pair = store.bridge.standing()
    assert pair is not None and (pair.version_before, pair.version_after) == ("c1", models.reading)


def test_document_that_is_read_anew_loses_the_answer_about_other_words(store: Store) -> None:
    read_anew(store, "c2")
    row = {"document_id": "d0002", "claim": "other words", "fingerprint": "f", "template": "t", "parts": []}
    store.documents.reread([{**row, "entities": {}}], rules_version="r2")
    kept = {row[0] for row in store.db.execute("SELECT document_id FROM classification_before")}
    assert "d0002" not in kept and "d0003" in kept


def test_bridge_and_ledger_agree_and_the_revision_says_what_the_version_did(store: Store, workspace: Workspace) -> None:
    before = {(row["week"], row["slice"]): row for row in store.ledger.rows(kind="over_block")}
    read_anew(store, "c2", moves=FEWER)
    ledger_job.run(store, workspace.settings, as_of=AS_OF)
    after = {(row["week"], row["slice"]): row for row in store.ledger.rows(kind="over_block")}
    rows = store.bridge.page(CountFilter(kind="over_block"), limit=500).rows
    assert {row["slice"] for row in rows} == {"all", "harm_domain=cyber"}
    moved = 0
    for row in rows:
        cell = (row["week"], row["slice"])
        assert row["unique_before"] == before[cell]["claimed_unique"]
        assert row["unique_after"] + row["unread_before"] == after[cell]["claimed_unique"]
        assert (row["version_before"], row["version_after"]) == ("c1", "c2")
        moved += row["unique_before"] - row["unique_after"]
    assert moved > 0
    changed = [row for row in store.ledger.revisions() if row["relabelled"]]
    assert {row["slice"].partition("=")[0] for row in changed} > {"all", "harm_domain", "plan"}
    for row in changed:
        if row["span"] == 1 and row["kind"] == "over_block" and (row["week"], row["slice"]) in before:
            was = before[row["week"], row["slice"]]["claimed_unique"]
            assert row["claimed_unique"] == was + row["relabelled"] and row["revision"] > 1


@pytest.mark.slow
def test_second_run_gives_the_same_bridge_and_a_later_one_marks_nothing(store: Store, workspace: Workspace) -> None:
    read_anew(store, "c2", moves=FEWER)
    ledger_job.run(store, workspace.settings, as_of=AS_OF)
    rows, marks = store.bridge.page(CountFilter(), limit=500).rows, store.ledger.revisions()
    ledger_job.run(store, workspace.settings, as_of=AS_OF)
    assert store.bridge.page(CountFilter(), limit=500).rows == rows and store.ledger.revisions() == marks
    store.db.execute("UPDATE classification SET kind = 'over_block' WHERE kind = 'billing'")
    ledger_job.run(store, workspace.settings, as_of="2026-03-11T20:00:00Z")
    later = [row for row in store.ledger.revisions() if row["as_of"] == "2026-03-11T20:00:00Z"]
    assert later and {row["relabelled"] for row in later} == {0}
    pair = store.bridge.standing()
    assert pair is not None and pair.since == AS_OF


def test_what_people_settled_is_the_same_under_both(store: Store, workspace: Workspace) -> None:
    labelled = store.db.execute("SELECT document_id FROM classification WHERE kind = 'over_block' LIMIT 40").fetchall()
    for place, (document_id,) in enumerate(labelled):
        store.db.execute(
            "INSERT INTO label (label_id, document_id, field, value, labeller, labelled_at) "
            "VALUES (?, ?, 'kind', 'over_block', 'Ann', '2026-03-01T00:00:00Z')",
            (f"l{place}", document_id),
        )
    ids = ",".join(f"'{row[0]}'" for row in labelled)
    read_anew(store, "c2", moves=f"UPDATE classification SET kind = 'praise' WHERE document_id IN ({ids})")
    bridge.run(store, as_of=AS_OF)
    rows = store.bridge.page(CountFilter(kind="over_block", slice="all"), limit=500).rows
    assert rows and all(row["unique_before"] == row["unique_after"] == row["both"] for row in rows)


def test_documents_that_came_later_are_counted_apart(store: Store, workspace: Workspace) -> None:
    read_anew(store, "c2")
    store.db.execute("DELETE FROM classification_before WHERE document_id IN ('d0301', 'd0302')")
    bridge.run(store, as_of=AS_OF)
    rows = store.bridge.page(CountFilter(kind="over_block", slice="all"), limit=500).rows
    assert sum(row["unread_before"] for row in rows) == 2


def test_answers_of_weeks_that_are_too_old_are_dropped(store: Store) -> None:
    read_anew(store, "c2")
    assert first_day(pd.Timestamp("2026-03-10")) == pd.Timestamp("2026-03-09") - (WEEKS - 1) * pd.Timedelta(days=7)
    bridge.run(store, as_of="2026-08-20T00:00:00Z")
    kept = store.db.execute(
        "SELECT min(occurred_at) FROM classification_before JOIN document USING (document_id)"
    ).fetchone()
    assert kept[0] >= "2026-02-23"
    bridge.run(store, as_of="2027-08-20T00:00:00Z")
    assert store.bridge.standing() is None


def test_pm_sees_no_side_of_few_customers(store: Store) -> None:
    read_anew(store, "c2", moves=FEWER)
    bridge.run(store, as_of=AS_OF)
    wanted = CountFilter(kind="over_block")
    open_rows = store.bridge.page(wanted, limit=500).rows
    store.db.execute("UPDATE bridge SET customers = 2 WHERE week = '2026-W10' AND slice = 'harm_domain=cyber'")
    rows = store.bridge.page(wanted, small_cell=5, limit=500).rows
    assert len(rows) == len(open_rows)
    hidden = [row for row in rows if row["suppressed"]]
    assert ("2026-W10", "harm_domain=cyber") in {(row["week"], row["slice"]) for row in hidden}
    assert all(row[side] is None for row in hidden for side in SIDES)
    store.db.execute("UPDATE ledger SET customers = 2 WHERE week = '2026-W09'")
    rows = store.bridge.page(
        CountFilter(kind="over_block", week_from="2026-W09", week_to="2026-W10"), small_cell=5
    ).rows
    assert rows and all(row["suppressed"] for row in rows), "what the ledger hides the bridge must not tell"


def test_command_shows_both_sides(store: Store, workspace: Workspace) -> None:
    def shown(*words: str) -> str:
        result = CliRunner().invoke(cli, ["-w", str(workspace.path), "counts", "bridge", *words])
        assert result.exit_code == 0, result.output
        return result.output

    assert "nothing to compare" in shown()
    read_anew(store, "c2", moves=FEWER)
    bridge.run(store, as_of=AS_OF)
    text = shown("--by", "harm_domain", "--week", "2026-W10")
    assert "c1 → c2" in text and "harm_domain=cyber" in text and "2026-W09" not in text
    assert '"unique_before"' in shown("--json")


def test_api_and_page_show_both_sides(api_workspace: Workspace, api_keys: dict[str, str]) -> None:
    client = create_app(api_workspace).test_client()
    header = {"X-API-Key": api_keys["analyst"]}
    assert client.get("/api/v1/counts/bridge", headers=header).get_json()["items"] == []
    assert 'id="bridge"' not in client.get("/weekly", headers=header).text
    with api_workspace.open_store() as store:
        read_anew(store, "<b>c2</b>", moves=FEWER)
        bridge.run(store, as_of="2026-03-31T18:00:00Z")
    items = client.get("/api/v1/counts/bridge?slice=all&from=2026-W11&to=2026-W12", headers=header).get_json()["items"]
    assert [(row["week"], row["slice"]) for row in items if row["kind"] == "over_block"] == [("2026-W11", "all")]
    page = client.get("/weekly", headers=header).text
    assert 'id="bridge"' in page and "&lt;b&gt;c2&lt;/b&gt;" in page and "<b>c2</b>" not in page
