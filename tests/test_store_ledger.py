"""The ledger's tables: what they are made of comes out in the shape the counting takes."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from jobs.store import Store
from jobs.store_ledger import spread


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
        for read in ("documents", "exposure", "decision_days", "audited", "appeals", "labels", "closed"):
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
