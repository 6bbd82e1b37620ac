"""Digests: every number is one of the object's, hostile text is shown as text, nothing to say is said in two lines."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from jobs import digest
from jobs.cli import cli
from jobs.digest_lines import by_audit, customers, number, summary, title
from jobs.store import Store
from jobs.telling import WIDEST, tells
from jobs.workspace import Workspace, create_workspace

AS_OF = "2026-03-10T20:00:00Z"
QUIET = ({"series": "feedback/kind=praise", "title": "praise", "smallest_ratio": 1.8734},)
# What the texts say beside figures: "95 % interval", "per 10,000 requests", the numbers of list items.
FIXED = {"95", "10000", "1", "2", "3", "4", "5"}
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?")
RENDERERS = {
    "markdown": digest.render_markdown,
    "text": digest.render_text,
    "html": lambda content: page_text(digest.render_html(content, {})),
}


class Words(HTMLParser):
    """The text of a page as a reader sees it, and the tags it is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def page(html: str) -> Words:
    words = Words()
    words.feed(html)
    return words


def page_text(html: str) -> str:
    return " ".join(page(html).words)


def built(store: Store, workspace: Workspace, owner: str = "cyber-team") -> dict[str, Any]:
    return digest.build(store, workspace.settings, owner, as_of=AS_OF, quiet=QUIET)


def figures(value: Any) -> set[str]:
    """Every number of an object as a text would show it, and those inside its texts."""
    if isinstance(value, dict):
        return set().union(*(figures(part) for part in value.values()), set())
    if isinstance(value, list | tuple):
        # A text may also say how many there are of what the object lists.
        return set().union(*(figures(part) for part in value), {str(len(value))})
    if isinstance(value, str):
        return {found.replace(",", "") for found in NUMBER.findall(value)}
    return set() if value is None or isinstance(value, bool) else {number(value).replace(",", "")}


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("owner", ["cyber-team", "bio-team", "nobody"])
def test_every_number_shown_is_one_of_the_object(form: str, owner: str, store: Store, workspace: Workspace) -> None:
    content = built(store, workspace, owner)
    shown = {found.replace(",", "") for found in NUMBER.findall(RENDERERS[form](content))}
    assert len(shown) > 5
    assert shown <= figures(content) | FIXED


def test_five_lines_come_first_with_interval_and_denominator(store: Store, workspace: Workspace) -> None:
    lines = summary(built(store, workspace))
    assert len(lines) == 5
    assert lines[0] == "Alerts in the 7 days to 2026-03-10: 1 new, 1 growing further, 1 still open."
    assert "×4.31 (95 % interval 3.2 to 5.7)" in lines[1]
    assert "per 10,000 of 280,000 requests" in lines[2] and "unique of" in lines[2]
    assert "random audits" in lines[3]


def test_what_was_told_before_is_listed_not_told_again(store: Store, workspace: Workspace) -> None:
    assert digest.run(store, workspace.settings, workspace, as_of=AS_OF) == 2
    later = digest.build(store, workspace.settings, "cyber-team", as_of="2026-03-17T20:00:00Z")
    assert later["alerts"] == []
    assert [alert["alert_id"] for alert in later["others"]] == ["A1", "A4", "A2"]
    assert title(later) == "Cyber safeguards: 3 alerts still open, nothing new, to 2026-03-17"
    told = "Nothing new since the digest of 2026-03-10: 3 alerts told before and still open"
    assert summary(later)[0].startswith(told)
    assert later["period"] == {"from": "2026-03-10", "to": "2026-03-17", "days": 7}
    store.db.execute("UPDATE alert SET state = 'regressed' WHERE alert_id = 'A1'")
    again = digest.build(store, workspace.settings, "cyber-team", as_of="2026-03-17T20:00:00Z")
    assert [alert["alert_id"] for alert in again["alerts"]] == ["A1"]
    assert title(again) == "Cyber safeguards: 1 alert, 2 more still open, to 2026-03-17"


@pytest.mark.parametrize("form", ["markdown", "text"])
def test_digest_with_nothing_to_say_says_so_in_two_lines(form: str, store: Store, workspace: Workspace) -> None:
    store.db.execute("DELETE FROM alert")
    store.db.execute("DELETE FROM silence")
    store.db.execute("DELETE FROM coverage_change")
    store.db.execute("UPDATE volume SET completeness = 1")
    text = RENDERERS[form](built(store, workspace))
    said = [line for line in text.splitlines() if re.match(r"\d\. ", line)]
    assert len(said) == 2
    assert "no alert is open" in said[0] and "×1.87" in said[0]
    assert "over-block claims" in said[1]
    assert len([line for line in text.splitlines() if line.strip("=")]) == 4


def test_estimate_with_a_hopeless_interval_cannot_tell_and_says_what_it_rests_on() -> None:
    row = {"wrongful": [0, 0, 82911], "wrongful_tells": tells(0, 82911), "audited": 207}
    assert by_audit(row) == "cannot tell from 207 audits"
    told = {"wrongful": [396, 276, 535], "wrongful_tells": tells(396, 535), "audited": 99}
    assert by_audit(told) == "396 (276 to 535)"
    assert not tells(1000, 1000 * WIDEST + 1) and tells(1000, 1000 * WIDEST)


def test_claims_without_a_named_customer_are_no_nought_customers() -> None:
    assert customers({"customers": 0, "reporters": 55}) == "no customer named"
    assert customers({"customers": 0, "reporters": 0}) == "0 customers"


def test_hostile_names_are_shown_as_text_in_the_page(store: Store, workspace: Workspace) -> None:
    parsed = page(digest.render_html(built(store, workspace), {"A1": b"png"}))
    images = [attributes["src"] for tag, attributes in parsed.tags if tag == "img"]
    assert all(str(source).startswith("data:image/png;base64,") for source in images) and len(images) == 1
    links = {attributes["href"] for tag, attributes in parsed.tags if tag == "a"}
    assert links == {f"http://127.0.0.1:8000/alerts/{name}" for name in ("A1", "A2", "A4")}
    assert not {tag for tag, _ in parsed.tags} & {"script", "iframe", "form", "link"}
    assert "<img src=x onerror=alert(1)>" in " ".join(parsed.words)


def test_hostile_names_are_shown_as_text_in_markdown(store: Store, workspace: Workspace) -> None:
    rendered = (
        MarkdownIt("commonmark", {"html": True}).enable("table").render(digest.render_markdown(built(store, workspace)))
    )
    parsed = page(rendered)
    assert not {tag for tag, _ in parsed.tags} - {"h1", "h2", "p", "ol", "ul", "li", "a", "blockquote"}
    assert all(attributes["href"].startswith("http://127.0.0.1:8000/") for tag, attributes in parsed.tags if tag == "a")


@pytest.mark.parametrize("form", RENDERERS)
def test_nobody_is_called_and_nothing_of_others_is_a_link(form: str, store: Store, workspace: Workspace) -> None:
    text = RENDERERS[form](built(store, workspace))
    assert "@channel" not in text and "https://evil" not in text


@pytest.mark.parametrize("form", RENDERERS)
def test_reports_of_critical_hazard_are_linked_not_quoted(form: str, store: Store, workspace: Workspace) -> None:
    content = built(store, workspace, "bio-team")
    assert [alert["withheld"] for alert in content["alerts"]] == [True]
    assert "SECRETPROTOCOL" not in json.dumps(content)
    assert "not quoted" in RENDERERS[form](content)


def test_exemplars_are_of_different_reporters(store: Store, workspace: Workspace) -> None:
    examples = built(store, workspace)["alerts"][0]["exemplars"]
    assert len(examples) == 3
    ids = [row["document_id"] for row in examples]
    reporters = store.db.execute(
        f"SELECT count(DISTINCT reporter) FROM document WHERE document_id IN ({','.join('?' * 3)})", ids
    ).fetchone()
    assert reporters == (3,)


def test_silences_gaps_and_days_still_arriving_are_told(store: Store, workspace: Workspace) -> None:
    text = digest.render_text(built(store, workspace))
    assert "kind praise until 2026-04-01" in text and "billing until" not in text
    assert "source <b>app</b>: gap between 2026-03-05 and 2026-03-06" in text
    assert "2026-03-10 (70 %)" in text


def test_digest_is_written_stored_and_sent_once(store: Store, workspace: Workspace) -> None:
    assert digest.run(store, workspace.settings, workspace, as_of=AS_OF, quiet=QUIET) == 2
    files = {
        path.relative_to(workspace.digests).as_posix(): path.read_bytes() for path in workspace.digests.rglob("*.*")
    }
    assert {"cyber-team-2026-03-10.md", "bio-team-2026-03-10.html", "bio/bio-team-2026-03-10.md"} <= set(files)
    stored = store.delivery.digests()
    told = store.delivery.notifications()
    assert {row["state"] for row in told} == {"sent"}
    digest.run(store, workspace.settings, workspace, as_of=AS_OF, quiet=QUIET)
    again = {
        path.relative_to(workspace.digests).as_posix(): path.read_bytes() for path in workspace.digests.rglob("*.*")
    }
    assert again == files
    assert store.delivery.digests() == stored
    assert store.delivery.notifications() == told


def test_digests_come_at_the_cadence_of_their_owner(store: Store, workspace: Workspace) -> None:
    digest.run(store, workspace.settings, workspace, as_of=AS_OF)
    digest.run(store, workspace.settings, workspace, as_of="2026-03-12T20:00:00Z")
    made = sorted(row["digest_id"] for row in store.delivery.digests())
    assert made == ["bio-team-2026-03-10", "bio-team-2026-03-12", "cyber-team-2026-03-10"]


def test_workspace_without_findings_gets_a_digest_that_says_so(tmp_path: Path) -> None:
    empty, _ = create_workspace(tmp_path / "empty")
    with empty.open_store() as store:
        assert digest.run(store, empty.settings, empty, as_of=AS_OF) == 1
    (text,) = [path.read_text(encoding="utf-8") for path in empty.digests.glob("*.md")]
    assert "no alert is open" in text


def invoke(workspace: Workspace, *arguments: str) -> str:
    done = CliRunner().invoke(cli, ["-w", str(workspace.path), *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_dry_run_prints_and_stores_nothing(workspace: Workspace, store: Store) -> None:
    assert invoke(workspace, "digest", "--owner", "cyber-team", "--dry-run").startswith("# Cyber safeguards: 3 alerts")
    content = json.loads(invoke(workspace, "digest", "--owner", "cyber-team", "--dry-run", "--json"))
    assert content["owner"] == "cyber-team"
    assert store.delivery.digests() == [] and store.delivery.notifications() == []


def test_command_writes_a_page_with_charts_and_sends(workspace: Workspace, store: Store, tmp_path: Path) -> None:
    target = tmp_path / "digest.html"
    invoke(workspace, "digest", "--owner", "cyber-team", "--format", "html", "-o", str(target))
    assert target.read_text(encoding="utf-8").count("data:image/png;base64,") == 3
    assert [row["digest_id"] for row in store.delivery.digests()] == ["cyber-team-2026-03-10"]
    assert [row["state"] for row in store.delivery.notifications()] == ["sent"]


def test_command_names_the_owners_it_knows(workspace: Workspace) -> None:
    done = CliRunner().invoke(cli, ["-w", str(workspace.path), "digest", "--owner", "nobody"])
    assert done.exit_code == 2
    assert "bio-team, cyber-team" in done.stderr


def test_counts_are_listed_by_week_with_the_total_first(workspace: Workspace) -> None:
    rows = json.loads(invoke(workspace, "counts", "weekly", "--by", "plan", "--weeks", "2", "--json"))
    assert [row["slice"] for row in rows if row["week"] == "2026-W10"] == [
        "all",
        "plan=(none)",
        "plan=free",
        "plan=pro",
    ]
    assert {row["week"] for row in rows} == {"2026-W10", "2026-W11"}
    crossed = json.loads(
        invoke(workspace, "counts", "weekly", "--by", "plan,harm_domain", "--week", "2026-W10", "--json")
    )
    assert "harm_domain=cyber&plan=pro" in {row["slice"] for row in crossed}


def test_counts_by_what_the_ledger_does_not_hold_are_counted_then(workspace: Workspace) -> None:
    rows = json.loads(invoke(workspace, "counts", "weekly", "--by", "source,plan", "--week", "2026-W10", "--json"))
    assert "plan=pro&source=desk" in {row["slice"] for row in rows}
    done = CliRunner().invoke(cli, ["-w", str(workspace.path), "counts", "weekly", "--by", "shoe_size"])
    assert done.exit_code == 1 and "shoe_size" in done.stderr


@pytest.mark.parametrize(("width", "arguments"), [(80, []), (80, ["--by", "plan"]), (120, ["--by", "plan"])])
def test_table_of_counts_fits_the_terminal_and_breaks_no_number(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, width: int, arguments: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    table = invoke(workspace, "counts", "weekly", "--weeks", "2", *arguments).split("\nover-block, ")[0]
    assert max(len(line) for line in table.splitlines()) <= width
    (row,) = json.loads(invoke(workspace, "counts", "weekly", "--week", "2026-W10", "--json"))
    for name in ("week", "claimed_unique", "claimed_raw", "customers", "wrongful_estimated"):
        assert re.search(rf"(?<!\S){row[name] if name == 'week' else format(row[name], ',.0f')}(?!\S)", table), name
    assert "customers" in table and "wrongful" in table


def test_table_says_which_columns_cannot_tell_anything(workspace: Workspace, store: Store) -> None:
    store.db.execute("UPDATE ledger SET requests = NULL, per_10k_requests = NULL, per_10k_requests_low = NULL")
    store.db.execute("UPDATE ledger SET wrongful_estimated = NULL, customers = 0")
    store.db.conn.commit()
    table = invoke(workspace, "counts", "weekly", "--weeks", "2")
    assert "no exposure (per 10k)" in table and "no random audit of blocks (wrongful)" in table
    assert "none named" in table


@pytest.mark.parametrize("arguments", [["changes"], ["changes", "--coverage"], ["status"]])
def test_coverage_changes_are_told_in_the_terminal(workspace: Workspace, arguments: list[str]) -> None:
    assert "source <b>app</b>" in invoke(workspace, *arguments)


def test_coverage_changes_as_json_are_a_list_of_their_own(workspace: Workspace) -> None:
    (row,) = json.loads(invoke(workspace, "changes", "--coverage", "--json"))
    assert (row["type"], row["value"]) == ("gap", "<b>app</b>")
    assert json.loads(invoke(workspace, "changes", "--coverage", "--json", "--from", "2026-03-08")) == []
    assert all("ratio" in change for change in json.loads(invoke(workspace, "changes", "--json")))
    assert json.loads(invoke(workspace, "status", "--json"))["coverage"] == [row]


def test_counts_as_csv_and_table_hold_the_same_weeks(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    csv = invoke(workspace, "counts", "weekly", "--format", "csv", "--weeks", "3")
    assert csv.startswith("week,kind,slice,span,claimed_raw,claimed_unique")
    monkeypatch.setenv("COLUMNS", "160")
    table = invoke(workspace, "counts", "weekly", "--weeks", "3")
    for week in ("2026-W09", "2026-W10", "2026-W11"):
        assert week in csv and week in table
    assert "as of 2026-03-10" in table
