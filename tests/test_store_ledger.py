"""The ledger's tables: what they are made of comes out in the shape the counting takes."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlite_utils import Database

from jobs import ledger_job, migrations
from jobs.settings import Settings
from jobs.store import Store
from jobs.store_ledger import spread
from jobs.store_search_counts import AUTO, CountFilter, VolumeFilter, ledger_cell


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The store of a small world (delivery_world.sql)."""
    Store(tmp_path / "groundswell.db").close()
    connection = sqlite3.connect(tmp_path / "groundswell.db")
    connection.executescript(Path(__file__).with_name("delivery_world.sql").read_text(encoding="utf-8"))
    connection.close()
    with Store(tmp_path / "groundswell.db") as opened:
        yield opened


def test_documents_carry_segments_duplicates_and_what_their_decision_did(store: Store) -> None:
    documents = store.ledger.documents().set_index("document_id")
    assert len(documents) == 450
    assert documents.loc["d0001", "plan"] == "pro"
    assert not documents.loc["d0421", "kept"] and documents.loc["d0421", "rule"] == "template"
    assert documents.loc["d0009", "action"] == "block"
    assert documents.loc["d0001", "mitigation"] == "cyber-guard"
    assert documents["day"].dtype == "datetime64[ns]" and (documents["received_day"] >= documents["day"]).all()
    assert "seats" not in documents, "what nobody told is no column"


def test_empty_store_gives_empty_frames_with_their_columns(tmp_path: Path) -> None:
    with Store(tmp_path / "empty.db") as store:
        for read in ("documents", "exposure", "decision_days", "audited", "appeals", "closed"):
            assert getattr(store.ledger, read)().empty
        assert "action" in store.ledger.documents()
        assert store.ledger.rows() == []


def test_appeal_by_request_is_counted_in_the_week_of_its_decision(store: Store) -> None:
    store.db.execute(
        "INSERT INTO appeal VALUES ('a1', '2026-03-09', NULL, 'q3', NULL, 'overturned', NULL, NULL), "
        "('a2', '2026-03-09', NULL, 'unknown', NULL, 'open', NULL, NULL)"
    )
    appeals = store.ledger.appeals().set_index("decision_id")
    assert appeals.loc["x3", "day"] == pd.Timestamp("2026-01-05")
    assert appeals.loc["x3", "action"] == "block" and appeals.loc["x3", "harm_domain"] == "cyber"
    assert appeals.loc["request unknown", "day"] == pd.Timestamp("2026-03-09")


def test_segment_cannot_stand_in_for_a_column() -> None:
    frame = spread(pd.DataFrame({"kind": ["quality"], "segments": ['{"kind":"over_block","plan":"pro"}']}))
    assert frame.to_dict("records") == [{"kind": "quality", "plan": "pro"}]


OLD_ROW = {
    "week": "2026-W05",
    "kind": "over_block",
    "slice": "all",
    "claimed_raw": 41,
    "claimed_unique": 41,
    "reporters": 40,
    "customers": 40,
    "unknown_reporters": 0,
    "collapsed": "{}",
    "claims_estimated": 41.0,
    "correction": "adjusted counting: sampling and classifier error, 80 random labels",
    "partial": 0,
    "as_of": "2026-02-10T00:00:00Z",
}


def test_store_of_an_earlier_release_opens_and_keeps_its_revisions(tmp_path: Path) -> None:
    path = tmp_path / "groundswell.db"
    old = Database(path)
    migrations.migrations.apply(old, stop_before="m008_duplicates")
    old.table("ledger").insert(OLD_ROW)
    for number, unique in ((1, 39), (2, 41)):
        cell = {"week": "2026-W05", "kind": "over_block", "slice": "all", "revision": number}
        old.table("ledger_revision").insert({**cell, "as_of": f"2026-02-0{number}", "claimed_unique": unique})
    old.close()
    with Store(path) as store:
        (row,) = store.ledger.rows()
        assert (row["span"], row["claimed_unique"], row["method"]) == (1, 41, "adjusted counting")
        kept = [(one["revision"], one["span"], one["claimed_unique"]) for one in store.ledger.revisions()]
        assert kept == [(1, 1, 39), (2, 1, 41)]
        (shown,) = store.search.counts.weekly(CountFilter()).rows
        assert [one["claimed_unique"] for one in shown["revisions"]] == [39, 41]
        assert shown["nowcast"] is None and shown["sparse"] is False
        assert store.runs.state("ledger") is None, "the next run writes the new columns"


def test_label_overrides_the_classifier_in_the_documents_that_are_counted(store: Store) -> None:
    row = {"field": "kind", "value": "quality", "labeller": "ann", "labelled_at": "2026-03-10T00:00:00Z"}
    store.db.table("label").insert_all(
        [
            {**row, "label_id": "l1", "document_id": "d0001", "inclusion_probability": None},
            {**row, "label_id": "l2", "document_id": "d0003", "inclusion_probability": 0.2},
            {**row, "label_id": "l3", "document_id": "d0005", "value": "praise", "inclusion_probability": None},
            {**row, "label_id": "l4", "document_id": "d0005", "labeller": "bo", "inclusion_probability": None},
        ]
    )
    found = store.ledger.documents().set_index("document_id")
    assert found.loc["d0001", ["kind", "said", "certain"]].tolist() == ["quality", "over_block", True]
    assert found.loc["d0003", ["kind", "said", "certain"]].tolist() == ["quality", "under_block", False]
    assert found.loc["d0005", "kind"] == found.loc["d0005", "said"], "people differ: nothing is settled"
    drawn = ledger_job.sample(store)
    assert drawn[["document_id", "inclusion_probability"]].to_numpy().tolist() == [["d0003", 0.2]]
    assert drawn["answers"].tolist() == [["quality"]]


def test_corrected_label_is_a_revision_with_its_reason(store: Store) -> None:
    ledger_job.run(store, Settings(), as_of="2026-03-10T20:00:00Z")
    (victim,) = store.db.execute(
        "SELECT min(document_id) FROM document JOIN classification USING (document_id) "
        "WHERE kind = 'over_block' AND occurred_at BETWEEN '2026-01-26' AND '2026-02-01'"
    ).fetchone()
    label = {"label_id": "l1", "document_id": victim, "field": "kind", "value": "praise", "labeller": "ann"}
    store.db.table("label").insert({**label, "labelled_at": "2026-03-11T00:00:00Z"})
    ledger_job.run(store, Settings(), as_of="2026-03-10T20:00:00Z")
    rows = store.search.counts.weekly(CountFilter(kind="over_block", slice="all", span=1), limit=100).rows
    (row,) = [one for one in rows if one["week"] == "2026-W05"]
    first, last = row["revisions"]
    assert last["claimed_unique"] == row["claimed_unique"] == first["claimed_unique"] - 1
    assert (first["reason"], last["reason"]) == (None, "labels")


def test_spans_are_chosen_by_need_or_asked_for(store: Store) -> None:
    ledger_job.run(store, Settings(), as_of="2026-03-10T20:00:00Z")
    store.db.execute("UPDATE ledger SET sparse = slice = 'plan=free'")
    asked = {span: store.search.counts.weekly(CountFilter(span=span), limit=10_000) for span in (AUTO, 1, 4, None)}
    assert {row["span"] for row in asked[1].rows} == {1} and {row["span"] for row in asked[4].rows} == {4}
    assert asked[None].total == asked[1].total + asked[4].total == 2 * asked[AUTO].total
    assert {row["slice"] for row in asked[AUTO].rows if row["span"] == 4} == {"plan=free"}
    assert {row["slice"] for row in asked[1].rows if row["unattributed"]} >= {"plan=(none)"}
    assert {row["span"] for row in store.ledger.rows()} == {1} != {row["span"] for row in store.ledger.rows(span=None)}


def test_suppressed_row_tells_nothing_of_its_claims(store: Store) -> None:
    ledger_job.run(store, Settings(), as_of="2026-03-10T20:00:00Z")
    rows = store.search.counts.weekly(CountFilter(), small_cell=15, limit=10_000).rows
    hidden = [row for row in rows if row["suppressed"]]
    assert hidden and len(hidden) < len(rows)
    told = {name for row in hidden for name, value in row.items() if value is not None}
    exposure = {"requests", "blocked", "active_customers", "completeness", "partial", "sparse", "as_of"}
    assert told <= {"week", "kind", "slice", "span", "unattributed", "suppressed", *exposure}


def test_reader_without_small_cells_sees_revisions_of_large_totals_alone(store: Store) -> None:
    ledger_job.run(store, Settings(), as_of="2026-03-10T20:00:00Z")
    columns = "week, kind, slice, span, revision, as_of, claimed_unique, customers"
    store.db.execute(
        f"INSERT INTO ledger_revision ({columns}) SELECT week, kind, slice, span, 1, as_of, 3, 3 FROM ledger"
    )
    store.db.execute(
        f"INSERT INTO ledger_revision ({columns}) SELECT week, kind, slice, span, 2, as_of, 40, 40 FROM ledger"
    )
    rows = store.search.counts.weekly(CountFilter(), small_cell=5, limit=10_000).rows
    told = {(row["slice"], row["span"]): row["revisions"] for row in rows if row["revisions"]}
    assert set(told) == {("all", 1)}
    assert [one["claimed_unique"] for one in told["all", 1]] == [40]


@pytest.mark.parametrize("least", [3, 6, 15])
def test_days_of_a_week_are_shown_together_or_not_at_all(store: Store, least: int) -> None:
    ledger_job.run(store, Settings(), as_of="2026-03-10T20:00:00Z")
    rows = store.search.counts.weekly(CountFilter(span=1), small_cell=least, limit=10_000).rows
    weeks = {(row["week"], row["kind"], row["slice"]): row["suppressed"] for row in rows}
    days: dict[tuple[str, str, str], set[bool]] = {}
    for row in store.search.counts.volumes(VolumeFilter(), small_cell=least, limit=10_000).rows:
        cell = ledger_cell(row["series"], row["day"])
        if cell in weeks:
            days.setdefault(cell, set()).add(row["suppressed"])
    assert days and all(len(found) == 1 for found in days.values())
    assert all(days[cell] == {True} for cell, hidden in weeks.items() if hidden and cell in days)
    assert least < 15 or {True} in days.values()
