"""Commands `documents` and `changes`: what was found, in the terminal."""

import re
import textwrap
from datetime import datetime
from typing import Any

import click

from jobs.cli_changes import change_columns, change_row, coverage_changes, show_coverage
from jobs.cli_context import find_workspace, json_option, pass_workspace, show, width
from jobs.cli_effect import show_undeclared, undeclared
from jobs.cli_series import SERIES_ARGUMENTS, asks_for_file, changes_of_file, series_options
from jobs.store_search_documents import HIT_END, HIT_START, DocumentFilter
from jobs.store_search_findings import ChangeFilter
from jobs.workspace import Workspace

Rows = list[dict[str, Any]]

TEXT_LINES = 2
"""Lines of the terminal that the text of a document may fill."""
OTHER_COLUMNS = 56
"""Characters that the columns beside a long text take."""
WIDE = 100
"""From so many characters on, a table shows its second-rank columns too."""

limit_option = click.option(
    "--limit", default=30, show_default=True, type=click.IntRange(1, 100_000), help="Rows at most."
)
from_option = click.option("--from", "day_from", metavar="DAY", help="First day, such as 2026-03-01.")
to_option = click.option("--to", "day_to", metavar="DAY", help="First day not wanted.")


class BadDay(click.UsageError):
    """A day that is not an ISO date."""


@click.command()
@click.argument("words", nargs=-1)
@click.option("--stream", type=click.Choice(["feedback", "usage_anomaly"]), help="Only this stream.")
@click.option("--kind", help="Only this kind, such as over_block.")
@click.option("--harm-domain", help="Only this harm domain.")
@click.option("--theme", help="Only this theme id, or 'unassigned'.")
@click.option("--watch", metavar="ID", help="Only what this watchlist matches.")
@click.option("--source", help="Only this source.")
@click.option("--segment", multiple=True, metavar="NAME=VALUE", help="Only this segment (repeatable).")
@from_option
@to_option
@limit_option
@json_option
@pass_workspace
def documents(
    workspace: Workspace,
    words: tuple[str, ...],
    segment: tuple[str, ...],
    limit: int,
    as_json: bool,
    **filters: Any,
) -> None:
    """Search documents, newest first; texts of critical hazard are withheld."""
    filters |= {name: parsed_day(filters[name]) for name in ("day_from", "day_to")}
    segments = tuple(_segment(one) for one in segment)
    wanted = DocumentFilter(text=" ".join(words) or None, segments=segments, **filters)
    with workspace.open_store() as store:
        page = store.search.documents.page(wanted, limit=limit)
    rows = [{**row, "excerpt": plain(row["excerpt"]), "of": row["kind"] or row["anomaly_type"]} for row in page.rows]
    if as_json:
        rows = [{name: value for name, value in row.items() if name != "of"} for row in rows]
    columns = {"id": "document_id", "day": "occurred_at", "kind": "of", "theme": "theme_id", "text": "excerpt"}
    list_rows(
        rows, as_json, columns, f"{len(rows):,} of {page.total:,} documents that match, {page.extra['of']:,} in all"
    )


@click.command()
@click.option("--theme", help="Only this theme id.")
@click.option("--direction", type=click.Choice(["up", "down"]), help="Only rises or falls.")
@click.option("--coverage", is_flag=True, help="Only changes in what we see: feed gaps, values that start or stop.")
@from_option
@to_option
@limit_option
@series_options
@json_option
@click.pass_context
def changes(ctx: click.Context, /, coverage: bool, limit: int, as_json: bool, **filters: Any) -> None:
    """Changepoints of every series, newest first; below them what changed in the feeds."""
    given = {name: filters.pop(name) for name in SERIES_ARGUMENTS}
    if asks_for_file(given, others=[*filters.values(), coverage]):
        changes_of_file(given, as_json=as_json)
        return
    workspace = find_workspace(ctx.find_root().obj["workspace"])
    days = {name: parsed_day(filters[name]) for name in ("day_from", "day_to")}
    with workspace.open_store() as store:
        page = store.search.findings.changes(ChangeFilter(**filters | days), limit=limit)
        feeds = coverage_changes(store, **days, limit=limit)
        inferred = undeclared(store, **days)
    if coverage and (as_json or not feeds):
        show(feeds, as_json)
        return
    if not coverage:
        rows = page.rows if as_json else [change_row(row) for row in page.rows]
        columns = {name: name for name in change_columns(rows, wide=width() >= WIDE)}
        list_rows(rows, as_json, columns, f"{len(page.rows):,} of {page.total:,} changes")
    if not as_json:
        show_coverage(feeds)
        show_undeclared([] if coverage else inferred)


def reads(moved: Rows) -> None:
    """The sentences that explain changes, and what to do."""
    for change in moved:
        said = change["explanation"] or {}
        lines = [*said.get("reads", []), *(f"To do: {step}" for step in said.get("to_do", []))]
        show([{f"change of {change['day']}": line} for line in lines], False)


def found(row: dict[str, Any] | None, what: str, where: str) -> dict[str, Any]:
    """The row; raises `click.ClickException` where there is none, saying what shows the ids."""
    if row is None:
        raise click.ClickException(f"no {what}; '{where}' shows the ids")
    return row


def list_rows(rows: Rows, as_json: bool, columns: dict[str, str], note: str) -> None:
    """Whole rows as JSON; for a reader few columns under short names, so that they fit 80 characters."""
    if as_json:
        show(rows, True)
        return
    show(brief(rows, columns), False, note=note)


def brief(rows: Rows, columns: dict[str, str]) -> Rows:
    """These columns of the rows under short names, long text cut, timestamps as days."""
    return [{name: _brief(row[column]) for name, column in columns.items()} for row in rows]


def _brief(value: Any) -> Any:
    """Timestamps as days, long text cut."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
        return value[:10]
    most = TEXT_LINES * max(width() - OTHER_COLUMNS, 30)
    return textwrap.shorten(value, most, placeholder=" …") if isinstance(value, str) and len(value) > most else value


def plain(excerpt: str | None) -> str:
    """An excerpt on one line without the marks of hits."""
    if excerpt is None:
        return "(withheld)"
    return " ".join(excerpt.replace(HIT_START, "").replace(HIT_END, "").split()) or "(no text)"


def parsed_day(text: str | None) -> str | None:
    """An ISO day as given, None for none; raises `BadDay`."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        raise BadDay(f"expected a day such as 2026-03-01, got {text!r}; correct it") from None


def _segment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.replace("_", "").replace("-", "").isalnum():
        raise click.UsageError(f"expected a segment such as plan=pro, got {text!r}; correct it")
    return name, value
