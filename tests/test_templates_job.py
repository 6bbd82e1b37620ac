"""The step that learns forms: it takes effect at the next run, once, resumably, and the user may veto it."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs import templates_job
from jobs.ingest import ingest
from jobs.ingest_plan import Request
from jobs.rules import TemplatesInvalid, named, serving_rules
from jobs.settings import SettingsError
from jobs.store import Store
from jobs.workspace import Workspace, create_workspace
from nlp.entities import entities
from nlp.extract import Rules
from nlp.records import EntityPattern

pytestmark = pytest.mark.usefixtures("no_models")

NOW = datetime(2026, 7, 1, tzinfo=UTC)
SLOGAN = "verified but still blocked"
FORM = "### Where does it pinch?\n{}\n### Customer colour\n{}\n### Wished outcome\n{}\n"
WORDS = "model sample culture refuses invoice lab plasmid lecture answer photo cell novel exam villain packet".split()


def row(number: int) -> dict[str, str]:
    dice = random.Random(number)
    story = " ".join(dice.choice(WORDS) for _ in range(9))
    text = FORM.format(f"{SLOGAN} {story}", dice.choice(WORDS), story[::-1]) if number % 3 else SLOGAN
    return {"id": f"d{number:03}", "text": text, "received_at": "2026-06-01", "reporter_id": f"r{number}"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "workspace")[0]


@pytest.fixture
def take(workspace: Workspace, tmp_path: Path) -> Callable[[range], None]:
    def taken(numbers: range) -> None:
        path = tmp_path / f"{numbers.start}.jsonl"
        path.write_text("".join(json.dumps(row(number)) + "\n" for number in numbers), "utf-8")
        with workspace.open_store() as store:
            ingest(workspace, store, Request(path), now=NOW)

    return taken


def claims(store: Store) -> dict[str, str]:
    return dict(store.db.conn.execute("SELECT document_id, claim FROM document ORDER BY document_id").fetchall())


def test_what_is_learnt_takes_effect_at_the_next_run(workspace: Workspace, take: Callable[[range], None]) -> None:
    take(range(90))
    with workspace.open_store() as store:
        first = claims(store)
        assert templates_job.run(store, workspace) == 0
        assert claims(store) == first and sum("pinch" in claim for claim in first.values()) == 60
        assert templates_job.due(store, workspace)
        assert templates_job.run(store, workspace) == 60
        second = claims(store)
        assert not any("pinch" in claim or "colour" in claim for claim in second.values())
        assert all(SLOGAN in claim for claim in second.values())
        assert not templates_job.due(store, workspace)
        assert templates_job.run(store, workspace) == 0 and claims(store) == second
        spans = store.db.conn.execute("SELECT count(*) FROM span WHERE name = 'form'").fetchone()[0]
        assert spans == 180


def test_new_documents_are_taken_apart_by_what_serves(workspace: Workspace, take: Callable[[range], None]) -> None:
    take(range(90))
    with workspace.open_store() as store:
        templates_job.run(store, workspace)
        templates_job.run(store, workspace)
    take(range(90, 99))
    with workspace.open_store() as store:
        assert store.documents.stale_count(serving_rules(workspace).version) == 0
        assert not any("pinch" in claim for claim in claims(store).values())


def test_veto_brings_a_template_back(workspace: Workspace, take: Callable[[range], None]) -> None:
    take(range(90))
    (workspace.path / "templates.yaml").write_text("veto:\n  - where does it pinch\n", "utf-8")
    with workspace.open_store() as store:
        templates_job.run(store, workspace)
        templates_job.run(store, workspace)
        assert sum("pinch" in claim for claim in claims(store).values()) == 60
        assert not any("colour" in claim for claim in claims(store).values())
        (workspace.path / "templates.yaml").unlink()
        assert templates_job.due(store, workspace)
        assert templates_job.run(store, workspace) == 60
        assert not any("pinch" in claim for claim in claims(store).values())


def test_interrupted_step_goes_on_where_it_was(workspace: Workspace, take: Callable[[range], None]) -> None:
    take(range(90))
    with workspace.open_store() as store:
        templates_job.run(store, workspace)
        entries = named(workspace)
        templates_job.name(workspace, serving=entries["next"])
        rules = serving_rules(workspace)
        chunk = store.documents.stale(rules.version, most=40)
        with store.transaction():
            rows = [
                templates_job._row(name, text, rules) for name, text in zip(chunk.document_id, chunk.text, strict=True)
            ]
            store.documents.reread(rows, rules_version=rules.version)
        assert store.documents.stale_count(rules.version) == 50
        assert templates_job.due(store, workspace)
        templates_job.run(store, workspace)
        assert not any("pinch" in claim for claim in claims(store).values())


def test_what_models_said_of_a_changed_claim_is_dropped(workspace: Workspace, take: Callable[[range], None]) -> None:
    take(range(90))
    with workspace.open_store() as store:
        templates_job.run(store, workspace)
        ids = list(claims(store))
        store.db.conn.executemany("INSERT INTO vector VALUES (?, 'v', x'00')", [(name,) for name in ids])
        templates_job.run(store, workspace)
        assert store.db.conn.execute("SELECT count(*) FROM vector").fetchone()[0] == 30


def test_account_tells_what_each_template_takes(workspace: Workspace, take: Callable[[range], None]) -> None:
    take(range(90))
    with workspace.open_store() as store:
        templates_job.run(store, workspace)
    card = json.loads((workspace.models / f"{named(workspace)['next']}.json").read_text("utf-8"))
    assert {row["text"] for row in card["removes"]} == {"Where does it pinch?", "Customer colour", "Wished outcome"}
    assert all(row["documents"] == 60 and row["characters"] > 0 and row["emptied"] == 0 for row in card["removes"])


def test_faulty_files_are_refused(workspace: Workspace) -> None:
    (workspace.path / "templates.yaml").write_text("veto: 3\n", "utf-8")
    with pytest.raises(SettingsError, match="list of texts"):
        serving_rules(workspace)
    (workspace.path / "templates.yaml").unlink()
    (workspace.models / "templates.json").write_text('{"serving": "../x"}', "utf-8")
    with pytest.raises(TemplatesInvalid, match="name files"):
        serving_rules(workspace)
    (workspace.models / "templates.json").write_text("{", "utf-8")
    with pytest.raises(TemplatesInvalid, match="expected JSON"):
        serving_rules(workspace)


def test_field_that_the_taxonomy_adds_is_read_from_stored_documents(
    workspace: Workspace, take: Callable[[range], None]
) -> None:
    take(range(9))
    with workspace.open_store() as store:
        templates_job.run(store, workspace)
        before = serving_rules(workspace)
        own = (EntityPattern("slogan", "still blocked"),)
        assert entities(SLOGAN, patterns=own)
        assert templates_job.take_apart(store, Rules(before.templates, own)) == 9
        found = store.db.conn.execute("SELECT count(*) FROM entity WHERE name = 'slogan'").fetchone()[0]
        assert found == 9
