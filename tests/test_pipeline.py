"""A small invented world through every job: what was planted is found, and a second run changes nothing."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from jobs.cli import cli
from jobs.demo import make_demo
from jobs.run import NothingToDo, run
from jobs.workspace import Workspace, create_workspace

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo at a sixteenth of its size, ingested and run once, with the quickest embedder."""
    directory = tmp_path_factory.mktemp("world") / "demo"
    make_demo(directory, now=NOW, seed=1, days=75, documents=1200, end=date(2026, 6, 28))
    with (directory / "groundswell.yaml").open("a", encoding="utf-8") as settings:
        settings.write("\nembedder: static\n")
    run(Workspace(directory), now=NOW)
    return directory


def call(world: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(world), *arguments], catch_exceptions=False)


def listed(world: Path, *arguments: str) -> Any:
    result = call(world, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_every_document_of_the_file_is_stored_or_quarantined(world: Path) -> None:
    truth = json.loads((world / "input" / "truth.json").read_text(encoding="utf-8"))
    with Workspace(world).open_store() as store:
        stored = store.understanding.counted()
    given = pd.read_csv(world / "input" / "feedback.csv", dtype=str)
    assert (stored["stream"] == "feedback").sum() == given["id"].nunique()
    assert truth["world"]["seed"] == 1


def test_every_document_is_understood_and_placed(world: Path) -> None:
    with Workspace(world).open_store() as store:
        stored = store.understanding.counted()
    feedback = stored[stored["stream"] == "feedback"]
    assert feedback["kind"].notna().all() and feedback["hazard"].notna().all()
    assert feedback["theme_id"].notna().mean() > 0.6


def test_second_run_changes_no_row(
    world: Path, snapshot: Callable[[Path], dict[str, list[tuple[object, ...]]]]
) -> None:
    before = snapshot(world / "groundswell.db")
    states = {row["state"] for row in run(Workspace(world), now=NOW)}
    assert states == {"skipped"}
    assert snapshot(world / "groundswell.db") == before


def test_single_reporter_flood_counts_as_one_reporter(world: Path) -> None:
    truth = json.loads((world / "input" / "truth.json").read_text(encoding="utf-8"))
    flood = next(event for event in truth["events"] if event["type"] == "single_reporter_flood")
    with Workspace(world).open_store() as store:
        stored = store.understanding.counted()
    members = stored[[name.partition(":")[2] in set(flood["document_ids"]) for name in stored["document_id"]]]
    assert len(members) == len(flood["document_ids"])
    assert members["kept"].sum() <= max(2, 0.1 * len(members))


@pytest.mark.parametrize("command", ["documents", "themes", "changes", "alerts", "status"])
def test_findings_are_listed_as_json(world: Path, command: str) -> None:
    assert listed(world, command)


def test_weekly_counts_stand_raw_beside_unique_with_interval_and_exposure(world: Path) -> None:
    rows = listed(world, "counts", "weekly", "--kind", "over_block")
    assert rows
    for row in rows:
        assert row["claimed_raw"] >= row["claimed_unique"] >= 0
        assert row["claims_low"] <= row["claims_estimated"] <= row["claims_high"]
        assert row["correction"] and row["as_of"] and "requests" in row


def test_digest_of_every_owner_is_written_once(world: Path) -> None:
    owners = {row["owner"] for row in listed(world, "alerts", "--state", "all")} | {"default"}
    written = {path.name.rpartition("-2026")[0] for path in (world / "digests").glob("*.md")}
    assert owners <= written
    with Workspace(world).open_store() as store:
        sent = store.delivery.notifications()
    assert sent and {row["state"] for row in sent} == {"sent"}
    assert len({row["notification_id"] for row in sent}) == len(sent)


def test_run_on_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    workspace, _ = create_workspace(tmp_path / "empty")
    with pytest.raises(NothingToDo, match="groundswell ingest"):
        run(workspace, now=NOW)


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys; from jobs.cli import cli; import click; cli.get_help(click.Context(cli)); "
        "heavy = {'bertopic', 'evoc', 'spacy', 'onnxruntime', 'sklearn', 'ruptures', 'altair', 'numba'}; "
        "heavy &= set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
