"""The executive brief: every number is the board's, a wrong one is refused, hostile names stay text."""

import copy
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from markdown_it import MarkdownIt
from recommended import diagnosed, recommended

from jobs.board import board
from jobs.brief import Brief, as_html, as_json, as_markdown, brief, of_board
from jobs.cli import cli
from jobs.report_cells import Figure, Name
from jobs.report_check import NumberNotInLedger
from jobs.store import Store
from jobs.workspace import Workspace, create_workspace

Row = dict[str, Any]
HOSTILE = "<img src=x onerror=alert(1)> [free](https://evil.example) @channel 41"
WRITERS = (as_html, as_markdown, as_json)


@pytest.fixture
def made(store: Store, workspace: Workspace) -> Row:
    """The board of a workspace in which two changes, one that loosens blindly, and an audit are recommended."""
    diagnosed(
        store,
        recommended("raise the threshold to 0.85"),
        recommended("retrain on context files", over_block={"estimate": -1.0, "low": -2.5, "high": 0.4}, cost="high"),
        recommended("allow the researchers", change="allow_list", under_block=None),
        recommended("audit 300 allowed requests", change="audit"),
    )
    return board(store, workspace.settings)


@pytest.fixture
def page(made: Row) -> Brief:
    return of_board(made, name="groundswell", base_url="https://desk.example")


def section(body: Row, key: str) -> list[str]:
    (found,) = [one["lines"] for one in body["sections"] if one["key"] == key]
    return list(found)


def test_numbers_of_the_text_are_those_of_the_board(made: Row, page: Brief) -> None:
    body = as_json(page)
    rows = {row["mitigation"]: row for row in made["mitigations"]}
    ends = rows["cyber-guard"]["over_block"]["per_10k_requests"]
    for end, name in (("estimate", ""), ("low", "_low"), ("high", "_high")):
        assert body["cells"][f"cyber-guard/over_block/rate{name}"] == ends[end]
    shown = f"{ends['estimate']:.2g} ({ends['low']:.2g} to {ends['high']:.2g})"
    assert f"about {shown} of every 10,000 requests" in body["headline"]
    assert shown in as_markdown(page)
    assert all(figure["value"] == body["cells"][figure["cell"]] for figure in body["figures"])
    assert json.loads(json.dumps(body)) == body


def test_brief_says_what_to_do_and_what_must_be_audited_first(page: Brief) -> None:
    body = as_json(page)
    first, second, needs = section(body, "to_do")
    assert first.startswith(
        "1. Cyber guard: raise the threshold to 0.85. Of every 10,000 decisions, wrongly blocked 2 few"
    )
    assert "(3 fewer to 1 fewer), let through 0 (0 to 0)" in first and "confidence high; rests on 9 judged" in first
    assert second.startswith("2. ") and "(2.5 fewer to 0.4 more)" in second
    assert needs == "1 further change would loosen a safeguard and needs an audit first."
    unknown = section(body, "unknown")
    assert any("Harm let through, no random audit at all: " in line for line in unknown)
    assert "Cyber guard: audit 300 allowed requests." in unknown
    assert not any("allow the researchers" in line for one in body["sections"] for line in one["lines"])


def test_at_most_three_changes_are_told(store: Store, workspace: Workspace) -> None:
    diagnosed(store, *(recommended(f"change {letter}", where=letter) for letter in "abcde"))
    told = section(as_json(brief(store, workspace.settings)), "to_do")
    assert [line[0] for line in told] == ["1", "2", "3"]


@pytest.mark.parametrize("write", WRITERS)
def test_wrong_number_is_refused_in_every_form(write: Any, page: Brief) -> None:
    figure = next(part for part in page.headline if isinstance(part, Figure))
    lie = tuple(replace(part, value=99.0) if part is figure else part for part in page.headline)
    for wrong in (lie, ("About 99 of them.",), (Name("a name nobody has"),)):
        with pytest.raises(NumberNotInLedger):
            write(replace(page, headline=wrong))


def test_a_clear_change_and_its_numbers_are_told(made: Row) -> None:
    changed = copy.deepcopy(made)
    side = next(row for row in changed["mitigations"] if row["mitigation"] == "cyber-guard")["over_block"]
    side["before"] = {"estimate": 0.5, "low": 0.4, "high": 0.6}
    side["change"] = {"estimate": 1.0, "low": 0.6, "high": 1.4, "verdict": "up"}
    body = as_json(of_board(changed, name="g", base_url=""))
    assert section(body, "changed")[0].startswith("Cyber guard: wrongly blocked up from 0.5 (0.4 to 0.6) to ")
    assert section(as_json(of_board(made, name="g", base_url="")), "changed")[0].startswith("No rate clearly changed")


def test_both_sides_are_weighed_in_words_where_both_can_be_told(made: Row) -> None:
    both = copy.deepcopy(made)
    row = next(row for row in both["mitigations"] if row["mitigation"] == "cyber-guard")
    row["under_block"] = {
        **copy.deepcopy(row["over_block"]),
        "per_10k_requests": {"estimate": 0.1, "low": 0, "high": 0.2},
    }
    row["leaning"] = "blocks wrongly more often than it lets harm through"
    (line, *_) = section(as_json(of_board(both, name="g", base_url="")), "trade_offs")
    assert line.endswith("let through, of every 10,000 requests; it errs more often by blocking.")
    assert " blocked wrongly against 0.1 (0 to 0.2) let through" in line


def test_hostile_names_and_texts_stay_text(made: Row) -> None:
    hostile = copy.deepcopy(made)
    for row in hostile["mitigations"]:
        row["name"] = HOSTILE
    for one in hostile["interventions"]["ranked"]:
        one["text"] = one["rests_on"] = HOSTILE
    page = of_board(hostile, name=HOSTILE, base_url="https://desk.example")
    html, text = as_html(page), as_markdown(page)

    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.seen: list[tuple[str, dict[str, str | None]]] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.seen.append((tag, dict(attrs)))

    tags = Tags()
    tags.feed(html)
    assert not [tag for tag, _ in tags.seen if tag in ("img", "script")]
    assert [attrs["href"] for tag, attrs in tags.seen if tag == "a"] == ["https://desk.example/mitigations"]
    shown = MarkdownIt().render(text)
    assert "<img" not in shown and "evil.example" not in re.findall(r'href="([^"]*)"', shown)
    assert "@channel" not in text


def test_a_board_of_many_mitigations_fits_the_page(made: Row) -> None:
    many = copy.deepcopy(made)
    (row, *_) = many["mitigations"]
    many["mitigations"] = [{**copy.deepcopy(row), "mitigation": f"guard {n}", "name": f"Guard {n}"} for n in range(40)]
    body = as_json(of_board(many, name="g", base_url=""))
    assert len(body["table"]) == 12 and body["cells"]["left"] == 28
    assert "28 more on the board." in as_markdown(of_board(many, name="g", base_url=""))


@pytest.mark.parametrize("ending", ["html", "md", "json"])
def test_command_writes_the_brief_as_the_file_is_named(workspace: Workspace, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"brief.{ending}"
    result = CliRunner().invoke(cli, ["-w", str(workspace.path), "report", "brief", "-o", str(file)])
    assert result.exit_code == 0, result.output
    assert "Safeguards: where they err" in file.read_text(encoding="utf-8")


def test_command_refuses_other_files_and_empty_workspaces(workspace: Workspace, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["-w", str(workspace.path), "report", "brief", "-o", str(tmp_path / "b.pdf")])
    assert result.exit_code == 2 and "html, md, json" in result.output
    empty, _ = create_workspace(tmp_path / "empty")
    result = CliRunner().invoke(cli, ["-w", str(empty.path), "report", "brief"])
    assert result.exit_code == 1 and "groundswell run" in result.output
    told = CliRunner().invoke(cli, ["-w", str(workspace.path), "report", "brief", "--json"])
    assert json.loads(told.output)["sections"][0]["key"] == "changed"


def test_api_and_pages_show_board_and_brief(client: FlaskClient, analyst: Row, api_workspace: Workspace) -> None:
    with api_workspace.open_store() as store:
        record = {"mitigation": "cyber-classifier", "as_of": "2026-03-31T18:00:00Z", "rates": []}
        made = [
            recommended(HOSTILE),
            recommended("audit", change="audit"),
            recommended("b", under_block=None, loosens=True),
        ]
        store.diagnosis.write(
            "cyber-classifier", "2026-03-31T18:00:00Z", {**record, "root_cause": {"recommendations": made}}
        )
        store.db.execute("UPDATE mitigation SET name = ? WHERE mitigation_id = 'bio-filter'", (HOSTILE,))
    told = client.get("/api/v1/board", headers=analyst).get_json()
    assert [row["mitigation"] for row in told["mitigations"]] == ["bio-filter", "cyber-classifier"]
    assert told["interventions"]["ranked"][0]["text"] == HOSTILE
    for path in ("/mitigations", "/mitigations/cyber-classifier", "/mitigations/bio-filter"):
        shown = client.get(path, headers=analyst)
        assert shown.status_code == 200 and "<img" not in shown.text and "Wrongly blocked" in shown.text
    assert "needs an audit first" in client.get("/mitigations", headers=analyst).text.lower()
    page = client.get("/api/v1/report/brief?format=html", headers=analyst)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"] and "<img" not in page.text
    assert client.get("/api/v1/report/brief?format=md", headers=analyst).mimetype == "text/markdown"
    assert client.get("/api/v1/report/brief", headers=analyst).get_json()["headline"]
