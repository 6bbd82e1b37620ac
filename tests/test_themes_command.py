"""`groundswell themes`: the list, one theme, the search, and what a plain terminal gets."""

import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from api import ServerSettings, create_app
from jobs.cli import cli
from jobs.spark import BLOCKS, PLAIN
from jobs.theme_search import find_themes
from jobs.workspace import Workspace
from nlp.hashing import Hashing

QUALITY = '{"tightness":0.6,"separation":0.1,"coherence":0.2,"name_inside":0.71,"name_outside":0.04}'


@pytest.fixture
def workspace(api_workspace: Workspace) -> Workspace:
    """The world with quality figures, and with centroids of an embedder that needs no model."""
    settings = api_workspace.path / "groundswell.yaml"
    settings.write_text(settings.read_text("utf-8") + "\nembedder: hashing\n", "utf-8")
    hashing = Hashing()
    with api_workspace.open_store() as store:
        store.db.execute("UPDATE theme_fit SET embedder_version = ?", (hashing.version,))
        store.db.execute("UPDATE theme SET quality = ? WHERE theme_id = 'T0001'", (QUALITY,))
        for theme_id, name in store.db.execute("SELECT theme_id, name FROM theme").fetchall():
            centroid = hashing.embed([name])[0].astype(np.float32).tobytes()
            store.db.execute("UPDATE theme SET centroid = ? WHERE theme_id = ?", (centroid, theme_id))
    return Workspace(api_workspace.path)


def run(workspace: Workspace, *arguments: str) -> Result:
    done = CliRunner().invoke(cli, ["-w", str(workspace.path), "themes", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def as_json(workspace: Workspace, *arguments: str) -> Any:
    return json.loads(run(workspace, *arguments, "--json").output)


def test_the_list_has_size_trend_mix_first_day_and_the_check_of_the_name(workspace: Workspace) -> None:
    text = run(workspace, "--limit", "1").output
    assert "name's words in 71% of its documents, 4%" in " ".join(text.split())
    assert "over block 99%, quality 1%; cyber 100%" in text and "since 2025-12" in text
    assert any(block in text for block in BLOCKS[1:])
    assert "1 of 6 themes" in text and "to 2026-03-31" in text


def test_filters_and_orders_of_the_list(workspace: Workspace) -> None:
    assert [row["theme_id"] for row in as_json(workspace, "--kind", "billing")] == ["T0004"]
    assert [row["theme_id"] for row in as_json(workspace, "list", "--sort", "name", "--limit", "2")] == [
        "T0003",
        "T0004",
    ]
    assert as_json(workspace, "--pinned") == [] and as_json(workspace, "--state", "merged") == []
    assert len(as_json(workspace, "--state", "all", "--new-since", "2026-02-10")) == 1


def test_a_bare_list_takes_the_options_of_list(workspace: Workspace) -> None:
    assert as_json(workspace, "--sort", "size") == as_json(workspace, "list", "--sort", "size")


def test_one_theme_says_what_its_figures_are_of(workspace: Workspace) -> None:
    text = " ".join(run(workspace, "show", "T0001").output.split())
    for told in (
        "unique of",
        "unique documents of the stream",
        "71% inside, 4% elsewhere",
        "2026-W13",
        "similarity 0.97",
    ):
        assert told in text, told
    assert "groundswell documents --theme T0001" in text


def test_texts_of_critical_hazard_are_withheld(workspace: Workspace) -> None:
    assert "(withheld)" in run(workspace, "show", "T0005").output


@pytest.mark.slow
def test_a_terminal_without_unicode_gets_plain_characters(workspace: Workspace) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii:replace", "COLUMNS": "100"}
    code = "from jobs.cli import main; main()"
    arguments = ["-w", str(workspace.path), "themes", "--limit", "3"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode("ascii")
    assert any(mark in text for mark in (PLAIN[-1], PLAIN[4])) and "T0001" in text


def test_a_search_says_why(workspace: Workspace) -> None:
    found = as_json(workspace, "search", "verified but still blocked")["found"]
    best = found[0]
    assert best["theme_id"] == "T0001" and best["why"][0] == "name has “verified”, “blocked”"
    assert best["hits"] == 0 or best["hits"] <= best["unique_documents"]
    assert best["similarity"] > 0.3
    assert "why" not in run(workspace, "search", "charged", "twice").output.split("\n")[0]


def test_a_search_counts_documents_that_hold_all_the_words(workspace: Workspace) -> None:
    [best, *_] = as_json(workspace, "search", "darker colour history vanished refund charged twice month")["found"]
    assert best["theme_id"] == "T0004"
    counted = as_json(workspace, "search", "vulnerability analysis")["found"][0]
    assert counted["theme_id"] == "T0001" and 0 < counted["hits"] <= counted["unique_documents"]


def test_withheld_texts_are_not_searched(workspace: Workspace) -> None:
    found = as_json(workspace, "search", "pathogen")["found"]
    assert all(row["hits"] == 0 for row in found) and found[0]["theme_id"] == "T0005"


def test_a_search_without_content_words_compares_meaning_alone(workspace: Workspace) -> None:
    notes = as_json(workspace, "search", "the", "of")["notes"]
    assert notes[0].startswith("no content word")


def test_without_texts_no_document_is_looked_into(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        rows = find_themes(store, workspace, "vulnerability analysis", texts=False).rows
    assert rows[0]["theme_id"] == "T0001" and all(row["hits"] == row["unique_documents"] == 0 for row in rows)


def test_vectors_of_another_version_are_not_compared(workspace: Workspace) -> None:
    with workspace.open_store() as store:
        store.db.execute("UPDATE theme_fit SET embedder_version = 'older'")
        found = find_themes(store, workspace, "charged twice")
    assert all(row["similarity"] is None for row in found.rows) and "another embedder" in " ".join(found.notes)


def test_the_api_searches_by_role(workspace: Workspace, api_keys: dict[str, str]) -> None:
    client = create_app(workspace, ServerSettings(rate="100000 per minute")).test_client()
    asked = {role: client.get("/api/v1/themes/search?q=vulnerability+analysis", headers={"X-API-Key": api_keys[role]})
             for role in ("analyst", "pm")}  # fmt: skip
    hits = {role: answer.get_json()["items"][0]["hits"] for role, answer in asked.items()}
    assert hits["analyst"] > 0 == hits["pm"]
    page = client.get("/themes?q=vulnerability+analysis", headers={"X-API-Key": api_keys["analyst"]}).text
    assert "Found for “vulnerability analysis”" in page and "hold all the words" in page
    address = re.search(r'href="(/documents\?[^"]*)">show them', page)
    assert address is not None
    shown = client.get(unescape(address[1]), headers={"X-API-Key": api_keys["analyst"]}).text
    assert "<mark>vulnerability</mark>" in shown


def test_an_empty_workspace_says_how_themes_are_made(tmp_path: Path) -> None:
    from jobs.workspace import create_workspace

    empty, _ = create_workspace(tmp_path / "empty")
    settings = empty.path / "groundswell.yaml"
    settings.write_text(settings.read_text("utf-8") + "\nembedder: hashing\n", "utf-8")
    assert "there are no themes yet" in run(Workspace(empty.path), "search", "anything").output
