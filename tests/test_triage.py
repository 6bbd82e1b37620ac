"""Triage: what is grave is queued the moment it is stored, once, with the reason, the same wherever it is looked at."""

import csv
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from jobs.cache import cache_directory
from jobs.cli import cli
from jobs.ingest import Outcome, ingest
from jobs.ingest_plan import Request
from jobs.migrations import migrations
from jobs.run import run
from jobs.triage_models import make_watch
from jobs.workspace import Workspace, create_workspace
from nlp.taxonomy import DEFAULT, TaxonomyInvalid, load_taxonomy
from nlp.triage import RULES, Watch

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
GRAVE = {
    "stop": "Our agent ignored every stop command, switched off the monitoring and copied itself to another server.",
    "own": "I do not want to live any more. Your bot is the only one I talk to at night.",
    "germ": "Your assistant helped a stranger with a dangerous pathogen after a role play, the safeguard did nothing.",
}
ORDINARY = {
    "dark": "Please add a dark theme to the editor, my eyes hurt.",
    "twice": "I was charged twice in March and nobody answers.",
    "class": "My question about pathogens for biology class was refused again, it is homework.",
    "slow": "The app is slow today and the upload hangs at 99 %.",
}


@pytest.fixture(scope="module", autouse=True)
def watch() -> Watch:
    """Of the classifier of this machine, which is made first: an ingest makes none."""
    return make_watch(load_taxonomy(), cache_directory())


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made, _ = create_workspace(tmp_path / "workspace")
    return made


def feedback(path: Path, texts: dict[str, str], **columns: Any) -> Path:
    """A file of feedback; a column is a value for all, or by id."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "text", *({"received_at": 0} | columns)])
        for name, text in texts.items():
            given = {"received_at": "2026-06-30T08:00:00Z"} | columns
            cells = [value.get(name, "") if isinstance(value, dict) else value for value in given.values()]
            rows.writerow([name, text, *cells])
    return path


def bring(workspace: Workspace, path: Path) -> Outcome:
    with workspace.open_store() as store:
        return ingest(workspace, store, Request(path=path, input="feedback", source="desk"), now=NOW)


def queued(workspace: Workspace) -> dict[str, dict[str, Any]]:
    from jobs.store_search_triage import TriageFilter

    with workspace.open_store() as store:
        page = store.search.triage.page(TriageFilter(), limit=1000)
        return {row["document_id"].partition(":")[2]: row for row in page.rows}


def call(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(workspace.path), *arguments], catch_exceptions=False)


def judged(watch: Watch, texts: dict[str, str]) -> dict[str, set[str]]:
    verdicts = watch.look(list(texts.values()), list(texts.values()))
    return {
        name: {one.rule for one in verdict.reasons}
        for name, verdict in zip(texts, verdicts, strict=True)
        if verdict is not None
    }


def test_grave_documents_have_a_verdict_and_ordinary_ones_none(watch: Watch) -> None:
    found = judged(watch, GRAVE | ORDINARY)
    assert found.keys() == GRAVE.keys()
    assert "distress" in found["own"] and "signs" in found["stop"]


def test_a_document_is_judged_alone_as_among_others(watch: Watch) -> None:
    texts = [*GRAVE.values(), *ORDINARY.values()]
    assert watch.look(texts, texts) == [watch.look([text], [text])[0] for text in texts]
    assert watch.look([], []) == []


def test_reasons_say_why_and_never_quote(watch: Watch) -> None:
    text = "The agent exfiltrated our SECRETWORD database to an outside server although I told it to stop."
    (verdict,) = watch.look([text], [text])
    assert verdict is not None and verdict.score == max(one.probability for one in verdict.reasons)
    assert verdict.harm_domain == "loss_of_control" and 0 <= verdict.probability <= 1
    words = " ".join(one.words for one in verdict.reasons)
    assert "data or keys were carried off" in words and "SECRETWORD" not in words


def test_a_grave_report_is_told_from_an_ordinary_one_by_a_head_of_its_own(watch: Watch) -> None:
    veiled = (
        "It told my cousin which step everybody leaves out. The incubator came yesterday, he does not go out any more."
    )
    reading = watch.read([veiled, *ORDINARY.values()], [veiled, *ORDINARY.values()], watch.exact)
    assert reading.grave[0] > 2 * max(reading.grave[1:]) and ((reading.grave >= 0) & (reading.grave <= 1)).all()
    without = {name: part for name, part in reading.heads.items() if name != "grave"}
    assert (watch.classifier.grave_probability(without) == reading.critical).all()


def test_an_unsure_reading_is_queued_where_a_critical_one_is_plausible(watch: Watch) -> None:
    reading = watch.read(list(GRAVE.values()), list(GRAVE.values()), watch.exact)
    sure = replace(reading, unsure=reading.unsure & False)
    unsure = replace(reading, unsure=reading.unsure | True)
    column = RULES.index("unsure")
    assert not watch.scores(sure)[:, column].any()
    assert (watch.scores(unsure)[:, column] == reading.critical).all()


def test_a_new_threshold_is_another_version_of_the_watch_but_no_other_model(watch: Watch, tmp_path: Path) -> None:
    content = yaml.safe_load(DEFAULT.read_text("utf-8"))
    path = tmp_path / "taxonomy.yaml"
    path.write_text(yaml.safe_dump({**content, "triage": {"critical": 0.77}}, sort_keys=False), "utf-8")
    other = load_taxonomy(path)
    assert repr(other) == repr(watch.taxonomy) and other.triage.critical == 0.77
    stricter = Watch(watch.classifier, quick=watch.quick, exact=watch.exact)
    stricter.taxonomy = other
    assert stricter.version != watch.version


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"triage": {"critical": 2}}, "triage should have numbers"),
        ({"triage": {"hurry": 0.5}}, "triage should have numbers"),
        ({"triage_weights": {"hurry": 0.5}}, "triage_weights should name"),
        ({"triage_weights": {"base": "low"}}, "should be a number"),
        ({"grave_patterns": [{"id": "a", "harm_domain": "cyber", "says": "x", "pattern": "("}]}, "regular expression"),
    ],
)
def test_faulty_rules_are_refused_with_the_place(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    path = tmp_path / "taxonomy.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(DEFAULT.read_text("utf-8")), **changes}), "utf-8")
    with pytest.raises(TaxonomyInvalid, match=said):
        load_taxonomy(path)


@pytest.mark.parametrize(
    "unit", ["ignored ", "sent a ", "a" * 50, "turned off the ", "child nude ", "copied keys x ", "the bot "]
)
def test_hostile_texts_take_no_longer_than_others(watch: Watch, unit: str) -> None:
    started = time.process_time()
    watch.wordings(unit * (100_000 // len(unit)))
    assert time.process_time() - started < 10


def test_an_ingest_queues_what_is_grave_with_reason_owner_and_versions(workspace: Workspace, tmp_path: Path) -> None:
    outcome = bring(workspace, feedback(tmp_path / "f.csv", GRAVE | ORDINARY))
    rows = queued(workspace)
    assert rows.keys() == GRAVE.keys() and outcome.queued == len(GRAVE) and outcome.told == 1
    for row in rows.values():
        assert row["reasons"] and row["owner"] == "default" and row["state"] == "open"
        assert row["told_to"] == ["file:digests"] and row["versions"]["embedder"].startswith("minilm")


def test_usage_anomalies_and_a_rehearsal_queue_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = feedback(tmp_path / "f.csv", GRAVE)
    with workspace.open_store() as store:
        ingest(workspace, store, Request(path=path, input="feedback", dry_run=True), now=NOW)
        anomalies = feedback(tmp_path / "a.csv", GRAVE, anomaly_type="probing")
        ingest(workspace, store, Request(path=anomalies, input="usage_anomaly"), now=NOW)
    assert queued(workspace) == {}


def test_ingesting_again_queues_and_tells_nothing_twice(workspace: Workspace, tmp_path: Path) -> None:
    path = feedback(tmp_path / "f.csv", GRAVE)
    bring(workspace, path)
    (workspace.path / "again.csv").write_text(path.read_text("utf-8") + "more,I was charged twice.,2026-06-30\n")
    assert bring(workspace, workspace.path / "again.csv").told == 0
    with workspace.open_store() as store:
        assert len(store.delivery.notifications()) == 1


@pytest.mark.slow
def test_without_a_model_the_run_queues_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: Callable[[Path], dict[str, list[tuple[object, ...]]]]
) -> None:
    path = feedback(tmp_path / "f.csv", GRAVE | ORDINARY)
    first, _ = create_workspace(tmp_path / "first")
    second = Workspace(tmp_path / "second")
    shutil.copytree(first.path, second.path)
    bring(first, path)
    with monkeypatch.context() as bare:
        bare.setenv("GROUNDSWELL_CACHE", str(tmp_path / "nothing"))
        outcome = bring(second, path)
    assert "waits for 'groundswell run'" in outcome.triage and queued(second) == {}
    for workspace in (first, second):
        with (workspace.path / "groundswell.yaml").open("a", encoding="utf-8") as settings:
            settings.write("\nembedder: static\n")
        run(Workspace(workspace.path), now=NOW)
    rows, others = (snapshot(one.path / "groundswell.db") for one in (first, second))
    tables = ("triage", "triage_look", "triage_message", "notification")
    assert rows["triage"] and [rows[name] for name in tables] == [others[name] for name in tables]


def test_a_document_stays_as_it_was_queued_whatever_a_later_version_says(
    workspace: Workspace, tmp_path: Path, watch: Watch
) -> None:
    bring(workspace, feedback(tmp_path / "f.csv", GRAVE))
    with workspace.open_store() as store:
        before = store.db.execute("SELECT * FROM triage ORDER BY 1").fetchall()
        ids = [row[0] for row in before]
        store.triage.note_looks(ids, version="older")
        from jobs import triage

        assert triage.run(store, watch, now=NOW + timedelta(days=1)) == 0
        assert store.db.execute("SELECT * FROM triage ORDER BY 1").fetchall() == before
        assert store.triage.unseen_count(watch.version) == 0


def test_texts_in_triage_are_withheld_until_a_person_finds_them_not_grave(workspace: Workspace, tmp_path: Path) -> None:
    bring(workspace, feedback(tmp_path / "f.csv", GRAVE))
    with workspace.open_store() as store:
        store.db.execute(
            "INSERT INTO classification (document_id, language, harm_domain, harm_domain_probability, hazard, "
            "classifier_version, taxonomy_version) SELECT document_id, 'en', 'none', 1, 'low', 'c', 't' FROM document"
        )
        shown = store.search.documents.document
        assert shown("desk:own")["withheld"] and shown("desk:own")["triage"] == "open"
        for outcome, withheld in (("grave", True), ("not_grave", False)):
            store.triage.close("desk:own", outcome=outcome, reason="x", actor="Jo", at="2026-07-01T00:00:00Z")
            assert shown("desk:own")["withheld"] is withheld and shown("desk:own")["triage"] == outcome
            store.triage.reopen("desk:own", reason="x", actor="Jo", at="2026-07-01T00:00:00Z")


def test_a_workspace_of_an_earlier_release_keeps_its_rows(tmp_path: Path) -> None:
    from sqlite_utils import Database

    db = Database(tmp_path / "old.db")
    migrations.apply(db, stop_before="m005_triage")
    db.execute("INSERT INTO triage (document_id, reason, probability, raised_at) VALUES ('d', 'likely', 0.4, '2026')")
    db.execute("INSERT INTO notification (notification_id, owner, channel, state) VALUES ('N', 'o', 'c', 'sent')")
    migrations.apply(db)
    (row,) = db.query("SELECT * FROM triage")
    assert (row["score"], row["owner"], json.loads(row["reasons"])[0]["words"]) == (0.4, None, "likely")
    assert [one["triage_id"] for one in db.query("SELECT * FROM notification")] == [None]
    db.close()


def test_the_command_lists_worst_first_shows_without_text_and_audits_what_people_do(
    workspace: Workspace, tmp_path: Path
) -> None:
    bring(workspace, feedback(tmp_path / "f.csv", GRAVE))
    listed = json.loads(call(workspace, "triage", "--json").stdout)
    assert [row["score"] for row in listed] == sorted((row["score"] for row in listed), reverse=True)
    assert "desk:own" in call(workspace, "triage").output and "3 documents wait" in call(workspace, "status").output
    assert GRAVE["own"] not in call(workspace, "triage", "show", "desk:own", "--json").output
    assert call(workspace, "triage", "show", "desk:own", "--reveal").exit_code == 2
    arguments = ("--reveal", "--reason", "to call them", "--as", "Jo", "--json")
    assert json.loads(call(workspace, "triage", "show", "desk:own", *arguments).stdout)["text"] == GRAVE["own"]
    done = ("--outcome", "handled", "--reason", "called", "--as", "Jo", "--json")
    assert json.loads(call(workspace, "triage", "close", "desk:own", *done).stdout)["closed"] == ["desk:own"]
    assert json.loads(call(workspace, "triage", "close", "desk:own", *done).stdout)["unchanged"] == ["desk:own"]
    (row,) = json.loads(call(workspace, "triage", "--state", "closed", "--json").stdout)
    assert (row["outcome"], row["closed_by"], row["close_reason"]) == ("handled", "Jo", "called")
    assert "is reopened" in call(workspace, "triage", "reopen", "desk:own", "--reason", "again", "--as", "Bo").output
    with workspace.open_store() as store:
        events = store.search.triage.document("desk:own")["events"]
        assert [(one["actor"], one["action"]) for one in events] == [("Jo", "closed"), ("Bo", "reopened")]
        assert store.db.execute("SELECT actor, reason FROM reveal").fetchall() == [
            ("Jo (command line)", "to call them")
        ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["triage", "show", "nothing"], 1),
        (["triage", "close", "nothing", "--outcome", "grave", "--reason", "x", "--as", "Jo"], 1),
        (["triage", "close", "nothing", "--outcome", "great", "--reason", "x", "--as", "Jo"], 2),
        (["triage", "--from", "yesterday"], 2),
    ],
)
def test_misuse_and_unknown_ids_are_told_apart(workspace: Workspace, arguments: list[str], code: int) -> None:
    result = CliRunner().invoke(cli, ["-w", str(workspace.path), *arguments])
    assert result.exit_code == code
