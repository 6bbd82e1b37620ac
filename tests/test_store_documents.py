"""The documents of the store: what goes in comes out, and times are UTC days."""

from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from jobs.migrations import migrations
from jobs.store_documents import Documents


@pytest.fixture
def store(tmp_path: Path) -> Documents:
    db = Database(tmp_path / "store.db")
    migrations.apply(db)
    return Documents(db)


def document(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "document_id": f"web:{name}",
        "stream": "feedback",
        "source": "web",
        "text": f"text of {name} <EMAIL_1>",
        "claim": f"text of {name}",
        "received_at": "2026-03-02T10:00:00Z",
        "occurred_at": "2026-03-01T23:59:59Z",
        "occurred_from": "reported",
        "ingested_at": "2026-03-03T00:00:00Z",
        "customer": None,
        "reporter": f"u_{name}",
        "reporter_known": 0,
        "segments": {"plan": "pro"},
        "attributes": None,
        "request_id": None,
        "decision_id": None,
        "mitigation": None,
        "content_hash": f"hash of {name}",
        "fingerprint": "f",
        "template": "t",
        "file_hash": "file",
        "redactor_version": "1",
        "spans": [(8, 20, "redaction", "EMAIL"), (0, 4, "boilerplate", "form")],
        "entities": {"model": ["m-1", "m-1"], "version": ["2"]},
        **fields,
    }


def test_spans_and_entities_are_kept_once(store: Documents) -> None:
    store.add([document("a")])
    spans = store.db.execute("SELECT type, name, start, end FROM span ORDER BY type").fetchall()
    assert spans == [("boilerplate", "form", 0, 4), ("redaction", "EMAIL", 8, 20)]
    assert store.db.execute("SELECT name, value FROM entity ORDER BY name").fetchall() == [
        ("model", "m-1"),
        ("version", "2"),
    ]


def test_text_can_be_searched_at_once(store: Documents) -> None:
    store.add([document("apple"), document("pear")])
    found = store.db.execute("SELECT text FROM document_fts WHERE document_fts MATCH 'pear'").fetchall()
    assert found == [("text of pear <EMAIL_1>",)]


def test_content_hashes_are_of_the_known_documents_alone(store: Documents) -> None:
    store.add([document("a")])
    assert store.content_hashes(["web:a", "web:b", "web:a"]) == {"web:a": "hash of a"}


def test_input_hash_changes_with_documents_and_not_with_joins(store: Documents) -> None:
    store.add([document("a")])
    before = store.input_hash()
    store.db.table("decision").insert(
        {"decision_id": "d", "decided_at": "2026-03-01T00:00:00Z", "mitigation": "m", "action": "block"}
    )
    join = {"document_id": "web:a", "decision_id": "d", "decided_at": "2026-03-01T00:00:00Z", "mitigation": "m"}
    store.write_joins([{**join, "agrees": True, "contradiction": None}])
    assert store.input_hash() == before
    store.add([document("b")])
    assert store.input_hash() != before


def test_counts_tell_sources_days_and_unknown_reporters(store: Documents) -> None:
    store.add([document("a"), document("b", reporter="r_1", reporter_known=1)])
    (row,) = store.counts()
    assert (row["documents"], row["first_day"], row["last_day"]) == (2, "2026-03-01", "2026-03-01")
    assert (row["reporters"], row["unknown_reporters"]) == (2, 0.5)
