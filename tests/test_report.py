"""The weekly one-pager: five lines, every number of the ledger, hostile names as text, "cannot tell" where so."""

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from jobs import ledger_job
from jobs.cli import cli
from jobs.report import Ask, NotInLedger, as_html, as_json, weekly
from jobs.report_text import render_markdown
from jobs.store import Store
from jobs.workspace import Workspace

AS_OF = "2026-03-10T20:00:00Z"
HOSTILE = "plan=<img src=x onerror=alert(1)> [free](https://evil.example) @channel 41"
LINES = ["claims", "errors", "change", "where", "unknown"]


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    return tags


def told(store: Store, workspace: Workspace, **ask: Any) -> dict[str, Any]:
    """The report as plain data; its lines by key."""
    found = as_json(weekly(store, workspace.settings, Ask(**ask)))
    return {**found, "lines": {line["key"]: line for line in found["lines"]}}


def test_five_lines_each_with_change_confidence_owner_and_next_step(store: Store, workspace: Workspace) -> None:
    report = told(store, workspace)
    assert list(report["lines"]) == LINES and report["week"] == "2026-W10"
    for line in report["lines"].values():
        assert line["text"] and line["owner"] and line["next_step"] and line["confidence_because"]
        assert line["confidence"] in ("high", "fair", "low", "cannot tell")
    row = store.ledger.rows(kind="over_block", newest=2)[0]
    assert row["week"] == "2026-W10" and row["slice"] == "all"
    claims = report["lines"]["claims"]["text"]
    assert f"{row['claimed_raw']} reports, {row['claimed_unique']} once copies are taken out" in claims
    assert f"from {row['customers']} customers" in claims and "per 10,000 of the 280,000 requests" in claims
    assert f"{row['audited']} randomly audited blocks" in report["lines"]["errors"]["text"]
    assert "2026-W06 to 2026-W09" in report["lines"]["change"]["change"]
    assert report["lines"]["where"]["owner"] == "Cyber safeguards"


@pytest.mark.parametrize("kind", ["over_block", "under_block"])
@pytest.mark.parametrize("ask", [{}, {"by": "plan"}, {"week": "2026-W02"}, {"week": "2026-W11"}, {"small_cell": 5}])
def test_every_form_is_written_only_with_numbers_of_the_ledger(
    kind: str, ask: dict[str, Any], store: Store, workspace: Workspace
) -> None:
    page = weekly(store, workspace.settings, Ask(kind, **ask))
    text, html, data = render_markdown(page), as_html(page), as_json(page)
    assert len(re.findall(r"\d+", text)) > 20
    for line in data["lines"]:
        assert line["text"] in re.sub(r"\s+", " ", " ".join(read(html).words))
        for figure in line["figures"]:
            assert data["cells"][figure["cell"]] == figure["value"]


def test_cells_are_those_of_the_ledger(store: Store, workspace: Workspace) -> None:
    cells = told(store, workspace)["cells"]
    rows = {(row["week"], row["slice"]): row for row in store.ledger.rows(kind="over_block")}
    compared = 0
    for reference, value in cells.items():
        week, part, column = (reference.split("/") + ["", ""])[:3]
        if (week, part) in rows and column in rows[week, part]:
            assert rows[week, part][column] == value, reference
            compared += 1
    assert compared > 200


def test_week_that_is_not_there_is_refused_with_those_that_are(store: Store, workspace: Workspace) -> None:
    with pytest.raises(NotInLedger, match="2026-W01 to 2026-W11.*got 2031-W01"):
        told(store, workspace, week="2031-W01")
    for by in ("colour", "all", "plan,,plan"):
        with pytest.raises(NotInLedger, match=f"got '{by}'"):
            told(store, workspace, by=by)


def test_attribute_may_have_a_number_in_its_name(store: Store, workspace: Workspace) -> None:
    store.db.execute("UPDATE ledger SET slice = replace(slice, 'plan=', 'tier_2=') WHERE slice LIKE 'plan=%'")
    assert "Most claims by tier 2: " in told(store, workspace, by="tier_2")["lines"]["where"]["text"]


def test_week_that_is_not_over_says_so(store: Store, workspace: Workspace) -> None:
    page = weekly(store, workspace.settings, Ask(week="2026-W11"))
    assert "The week is not complete." in render_markdown(page)
    assert told(store, workspace, week="2026-W11")["lines"]["change"]["text"].startswith("Claims: cannot tell")


def test_without_audits_labels_exposure_and_delays_it_cannot_tell(store: Store, workspace: Workspace) -> None:
    store.db.execute("UPDATE decision SET truth = NULL, truth_source = NULL, inclusion_probability = NULL")
    store.db.execute("DELETE FROM exposure")
    store.db.execute("UPDATE document SET received_at = occurred_at")
    ledger_job.run(store, workspace.settings, as_of=AS_OF)
    report = told(store, workspace)
    lines = report["lines"]
    assert lines["errors"]["text"].startswith("Cannot tell: no block of this week was drawn at random")
    assert lines["errors"]["confidence"] == "cannot tell" and "label next --decisions" in lines["errors"]["next_step"]
    assert "no exposure is on record" in lines["claims"]["text"] and "no rate" in lines["unknown"]["text"]
    assert "as the classifier sorts them" in lines["claims"]["text"] and lines["claims"]["confidence"] == "low"
    assert "cannot be told: none says when it happened" in lines["unknown"]["text"]
    assert "Wrongful blocks: cannot tell." in report["headline"]


def test_audits_that_leave_everything_open_tell_nothing(store: Store, workspace: Workspace) -> None:
    store.db.execute("UPDATE ledger SET wrongful_estimated = 1, wrongful_low = 0, wrongful_high = 900, audited = 3")
    errors = told(store, workspace)["lines"]["errors"]
    assert errors["text"] == "Cannot tell: 3 randomly audited blocks leave anything open from 0 to 900."
    assert "cannot tell" in errors["change"]


def test_first_week_has_nothing_to_be_compared_with(store: Store, workspace: Workspace) -> None:
    change = told(store, workspace, week="2026-W02")["lines"]["change"]
    assert change["text"] == "Claims: cannot tell. Wrongful blocks: cannot tell."
    assert change["change"] == "not all are on record"


def test_flood_reporter_and_campaign_are_told(store: Store, workspace: Workspace) -> None:
    where = told(store, workspace, week="2026-W07")["lines"]["where"]["text"]
    assert "One reporter filed" in where and "A flood is suspected: 29 copies are not counted" in where
    store.db.execute("UPDATE ledger SET suspected_campaign = 1 WHERE week = '2026-W10'")
    assert "1 report may belong to a campaign" in told(store, workspace)["lines"]["where"]["text"]


def test_rise_asks_for_audits_and_names_the_release(store: Store, workspace: Workspace) -> None:
    store.db.execute("UPDATE ledger SET change_4w = 3, change_4w_low = 2, change_4w_high = 4 WHERE week = '2026-W10'")
    lines = told(store, workspace)["lines"]
    assert "a clear rise, 3.00 (2.00 to 4.00) times the four weeks before" in lines["change"]["text"]
    assert "Audit a random sample" in lines["change"]["next_step"]
    assert "cyber-guard 4.0 (2026-02-23)" in lines["change"]["next_step"]
    assert "It rose clearly in cyber" in lines["where"]["text"]
    store.db.execute("UPDATE ledger SET claims_estimated = 1 WHERE week = '2026-W10' AND slice = 'all'")
    lines = told(store, workspace)["lines"]
    assert lines["change"]["text"].startswith("Claims: the ways of correcting disagree, 3.00 (2.00 to 4.00) times")
    assert lines["change"]["confidence"] == "low" and "rose clearly" not in lines["where"]["text"]


def test_drift_gaps_and_revisions_are_told(store: Store, workspace: Workspace) -> None:
    store.db.execute("UPDATE ledger SET drift = 'labels of <b>May</b> say otherwise' WHERE week = '2026-W10'")
    store.db.execute(
        "INSERT INTO ledger_revision (week, kind, slice, span, revision, as_of, claimed_unique, relabelled) VALUES "
        "('2026-W10', 'over_block', 'all', 1, 1, '2026-03-09', 200, 0), "
        "('2026-W10', 'over_block', 'all', 1, 2, '2026-03-10', 47, -30)"
    )
    line = told(store, workspace)["lines"]["unknown"]
    assert "may no longer fit these weeks: labels of <b>May</b> say otherwise" in line["text"]
    assert line["confidence"] == "low" and "A feed changed (source <b>app</b>: gap)" in line["text"]
    assert "first counted as 200 without copies" in line["change"]
    assert line["change"].endswith("a new classifier made it 30 fewer")
    assert "<b>May</b>" not in as_html(weekly(store, workspace.settings, Ask()))


@pytest.fixture
def hostile(store: Store) -> Store:
    """A plan, an owner and a mitigation's version that attackers named."""
    store.db.execute("UPDATE ledger SET slice = ? WHERE slice = 'plan=pro'", (HOSTILE,))
    store.db.execute("UPDATE owner SET name = '<script>alert(1)</script> |# [x](https://evil.example)'")
    store.db.execute("UPDATE release SET version = '**4.0** <b>'")
    store.db.execute("UPDATE ledger SET change_4w = 3, change_4w_low = 2, change_4w_high = 4 WHERE week = '2026-W10'")
    return store


def test_hostile_names_are_text_in_the_page(hostile: Store, workspace: Workspace) -> None:
    html = as_html(weekly(hostile, workspace.settings, Ask(by="plan")))
    page = read(html)
    assert not {tag for tag, _ in page.tags} & {"script", "iframe", "form", "link", "object", "svg"}
    assert [name for _, attributes in page.tags for name in attributes if name.startswith("on")] == []
    assert {attributes["href"] for tag, attributes in page.tags if tag == "a"} == {
        "http://127.0.0.1:8000/weekly?kind=over_block"
    }
    assert "<img src=x onerror=alert(1)>" in " ".join(page.words) and "https://evil" not in html
    assert "@channel" not in html


def test_hostile_names_are_text_in_markdown(hostile: Store, workspace: Workspace) -> None:
    text = render_markdown(weekly(hostile, workspace.settings, Ask(by="plan")))
    page = read(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    known = {"h1", "h2", "p", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    assert not {tag for tag, _ in page.tags} - known
    assert "https://evil" not in text and "@channel" not in text and "\\1" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1, "no name may end a cell"


def test_hostile_names_are_text_in_the_picture(hostile: Store, workspace: Workspace) -> None:
    html = as_html(weekly(hostile, workspace.settings, Ask(by="plan")))
    pictures = [attributes["src"] for tag, attributes in read(html).tags if tag == "img"]
    assert len(pictures) == 1 and str(pictures[0]).startswith("data:image/svg+xml;base64,")
    picture = base64.b64decode(str(pictures[0]).partition(",")[2]).decode()
    assert "&lt;img src=x" in picture and "<img" not in picture and "<script" not in picture


def test_page_stands_alone(store: Store, workspace: Workspace) -> None:
    html = as_html(weekly(store, workspace.settings, Ask()))
    assert html.count("<style>") == 1 and " style=" not in html and "@import" not in html and "url(" not in html
    assert "@page { size: A4" in html


def test_pm_sees_no_number_of_few_customers(store: Store, workspace: Workspace) -> None:
    store.db.execute(
        "UPDATE ledger SET customers = 3, claimed_unique = 54321, claimed_raw = 54321, claims_estimated = 54321 "
        "WHERE slice = 'plan=pro' AND week = '2026-W10'"
    )
    for_analyst = json.dumps(told(store, workspace, by="plan"))
    assert "54321" in for_analyst and "54,321" in for_analyst
    page = weekly(store, workspace.settings, Ask(by="plan", small_cell=5))
    for text in (render_markdown(page), json.dumps(as_json(page)), as_html(page)):
        assert "54321" not in text and "54,321" not in text
    assert "Slices of too few customers are not shown." in render_markdown(page)


def test_pm_is_told_that_a_total_is_hidden(store: Store, workspace: Workspace) -> None:
    store.db.execute("UPDATE ledger SET customers = 2")
    report = told(store, workspace, small_cell=5)
    assert report["lines"]["claims"]["text"] == "Not shown: fewer than 5 customers stand behind it."
    assert report["headline"] == "Wrongful blocks: cannot tell. Claims: cannot tell."
    shown = {name: value for name, value in report["cells"].items() if value is not None}
    assert not [name for name in shown if "claim" in name or "customers" in name], shown


def test_note_says_that_the_classifier_changed(store: Store, workspace: Workspace) -> None:
    from jobs.bridge import keep

    ids = [row[0] for row in store.db.execute("SELECT document_id FROM classification")]
    keep(store, ids, version="c2")
    store.db.execute("UPDATE classification SET classifier_version = 'c2', taxonomy_version = 't2'")
    ledger_job.run(store, workspace.settings, as_of=AS_OF)
    (note,) = told(store, workspace)["notes"]
    assert "The classifier changed (c1 → c2, taxonomy t1 → t2, as of 2026-03-10)" in note
    unique = store.ledger.rows(kind="over_block", newest=2)[0]["claimed_unique"]
    assert f"has {unique} claims as the one before sorts them and {unique} as this one does, {unique} of" in note


def test_file_is_written_as_its_ending_says(workspace: Workspace, tmp_path: Path) -> None:
    run = CliRunner().invoke
    for name, start in (("a.html", "<!DOCTYPE html>"), ("a.md", "# Over-blocks in the week of"), ("a.json", "{")):
        made = run(cli, ["-w", str(workspace.path), "report", "weekly", "-o", str(tmp_path / name)])
        assert made.exit_code == 0, made.output
        assert (tmp_path / name).read_text("utf-8").startswith(start)
    refused = run(cli, ["-w", str(workspace.path), "report", "weekly", "-o", str(tmp_path / "a.pdf")])
    assert refused.exit_code == 2 and "html, md, json" in refused.output
    printed = run(cli, ["-w", str(workspace.path), "report", "weekly", "--kind", "under_block", "--for", "pm"])
    assert printed.exit_code == 0 and printed.output.startswith("# Under-blocks in the week of 2 March 2026")
    missing = run(cli, ["-w", str(workspace.path), "report", "weekly", "--week", "1999-W01"])
    assert missing.exit_code == 1 and "got 1999-W01" in missing.output
