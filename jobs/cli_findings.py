"""Commands `documents`, `themes`, `changes` and `alerts`: what was found, in the terminal."""

import re
import textwrap
from datetime import UTC, datetime
from typing import Any

import click

from jobs.cli_changes import change_columns, change_row, coverage_changes, show_coverage
from jobs.cli_context import json_option, pass_workspace, show, width
from jobs.store_keys import timestamp
from jobs.store_search_documents import HIT_END, HIT_START, DocumentFilter
from jobs.store_search_findings import AlertFilter, ChangeFilter
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
    rows = [{**row, "excerpt": _plain(row["excerpt"]), "of": row["kind"] or row["anomaly_type"]} for row in page.rows]
    if as_json:
        rows = [{name: value for name, value in row.items() if name != "of"} for row in rows]
    columns = {"id": "document_id", "day": "occurred_at", "kind": "of", "theme": "theme_id", "text": "excerpt"}
    _list(rows, as_json, columns, f"{len(rows):,} of {page.total:,} documents that match, {page.extra['of']:,} in all")


@click.group(invoke_without_command=True)
@click.option("--stream", type=click.Choice(["feedback", "usage_anomaly"]), help="Only this stream.")
@click.option(
    "--state", default="living", show_default=True, help="living, emerging, active, dormant, merged, retired."
)
@limit_option
@json_option
@click.pass_context
def themes(ctx: click.Context, stream: str | None, state: str, limit: int, as_json: bool) -> None:
    """Themes: list, show one."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_themes, stream=stream, state=state, limit=limit, as_json=as_json)


@themes.command("list")
@click.option("--stream", type=click.Choice(["feedback", "usage_anomaly"]), help="Only this stream.")
@click.option(
    "--state", default="living", show_default=True, help="living, emerging, active, dormant, merged, retired."
)
@limit_option
@json_option
@pass_workspace
def list_themes(workspace: Workspace, stream: str | None, state: str, limit: int, as_json: bool) -> None:
    """Themes, those with most reporters in the last 28 days first."""
    with workspace.open_store() as store:
        page = store.search.themes.page(stream=stream, state=state, limit=limit)
        as_of = store.search.status.as_of()
    columns = {
        "id": "theme_id", "theme": "name", "state": "state", "reporters": "reporters",
        "before": "previous_reporters", "unique": "unique_documents", "all": "documents",
    }  # fmt: skip
    days = f"counts of the 28 days to {(as_of or '-')[:10]}; before: reporters in the 28 days before those"
    _list(page.rows, as_json, columns, f"{len(page.rows):,} of {page.total:,} themes; {days}")


@themes.command("show")
@click.argument("theme_id")
@json_option
@pass_workspace
def show_theme(workspace: Workspace, theme_id: str, as_json: bool) -> None:
    """One theme: numbers, phrases, lineage, exemplars."""
    with workspace.open_store() as store:
        theme = _found(store.search.themes.theme(theme_id), f"theme {theme_id!r}", "groundswell themes")
        moved = store.search.findings.changes(ChangeFilter(theme=theme_id), limit=20).rows
    if as_json:
        show({**theme, "changes": moved}, True)
        return
    show([{"field": name, "value": theme[name]} for name in THEME_FIELDS], False)
    show([{"exemplar": row["document_id"], "text": _plain(row["excerpt"])} for row in theme["exemplars"]], False)
    _reads(moved)


@click.command()
@click.option("--theme", help="Only this theme id.")
@click.option("--direction", type=click.Choice(["up", "down"]), help="Only rises or falls.")
@click.option("--coverage", is_flag=True, help="Only changes in what we see: feed gaps, values that start or stop.")
@from_option
@to_option
@limit_option
@json_option
@pass_workspace
def changes(workspace: Workspace, coverage: bool, limit: int, as_json: bool, **filters: Any) -> None:
    """Changepoints of every series, newest first; below them what changed in the feeds."""
    days = {name: parsed_day(filters[name]) for name in ("day_from", "day_to")}
    with workspace.open_store() as store:
        page = store.search.findings.changes(ChangeFilter(**filters | days), limit=limit)
        feeds = coverage_changes(store, **days, limit=limit)
    if coverage and (as_json or not feeds):
        show(feeds, as_json)
        return
    if not coverage:
        rows = page.rows if as_json else [change_row(row) for row in page.rows]
        columns = {name: name for name in change_columns(rows, wide=width() >= WIDE)}
        _list(rows, as_json, columns, f"{len(page.rows):,} of {page.total:,} changes")
    if not as_json:
        show_coverage(feeds)


@click.group(invoke_without_command=True)
@click.option(
    "--state", default="open", show_default=True, help="open, new, ongoing, escalating, resolved, regressed, all."
)
@click.option("--owner", help="Only those of this owner.")
@limit_option
@json_option
@click.pass_context
def alerts(ctx: click.Context, state: str, owner: str | None, limit: int, as_json: bool) -> None:
    """Alerts: list, show one, acknowledge."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_alerts, state=state, owner=owner, limit=limit, as_json=as_json)


@alerts.command("list")
@click.option(
    "--state", default="open", show_default=True, help="open, new, ongoing, escalating, resolved, regressed, all."
)
@click.option("--owner", help="Only those of this owner.")
@limit_option
@json_option
@pass_workspace
def list_alerts(workspace: Workspace, state: str, owner: str | None, limit: int, as_json: bool) -> None:
    """Alerts, newest first."""
    wanted = AlertFilter(state=None if state == "all" else state, owner=owner)
    with workspace.open_store() as store:
        page = store.search.findings.alerts(wanted, limit=limit)
    columns = {
        "id": "alert_id",
        "state": "state",
        "hazard": "hazard",
        "since": "day",
        "alert": "title",
        "owner": "owner",
    }
    _list(page.rows, as_json, columns, f"{len(page.rows):,} of {page.total:,} alerts")


@alerts.command("show")
@click.argument("alert_id")
@json_option
@pass_workspace
def show_alert(workspace: Workspace, alert_id: str, as_json: bool) -> None:
    """One alert: why it is there, what it stands for, what people did."""
    with workspace.open_store() as store:
        alert = _found(store.search.findings.alert(alert_id), f"alert {alert_id!r}", "groundswell alerts --state all")
    if as_json:
        show(alert, True)
        return
    show([{"field": name, "value": alert[name]} for name in ALERT_FIELDS], False)
    _reads(alert["changes"][:1])
    show(alert["changes"], False, columns=["day", "title", "direction", "ratio", "reporters", "customers"])
    show(alert["events"], False, columns=["happened_at", "actor", "action", "detail"])


@alerts.command("ack")
@click.argument("alert_id")
@click.option("--by", required=True, help="Who looks after it.")
@click.option("--note", default="", help="What to note beside it.")
@pass_workspace
def acknowledge(workspace: Workspace, alert_id: str, by: str, note: str) -> None:
    """Say that somebody looks after an alert."""
    with workspace.open_store() as store:
        alert = _found(store.search.findings.alert(alert_id), f"alert {alert_id!r}", "groundswell alerts --state all")
        if alert["acknowledged_at"] is not None:
            click.echo(f"{alert_id} was acknowledged by {alert['acknowledged_by']} on {alert['acknowledged_at']}")
            return
        at, detail = timestamp(datetime.now(UTC)), {"note": note} if note else {}
        store.findings.add_alert_event(alert_id, at=at, actor=by, action="acknowledged", detail=detail)
    click.echo(f"{alert_id} is acknowledged by {by}")


THEME_FIELDS = (
    "theme_id name state stream born_on hazard phrases reporters previous_reporters ratio unique_documents "
    "documents customers share stream_unique_documents open_alerts"
).split()
ALERT_FIELDS = (
    "alert_id title state type direction hazard day detected_on owner acknowledged_at acknowledged_by".split()
)


def _reads(moved: Rows) -> None:
    """The sentences that explain changes."""
    for change in moved:
        show([{f"change of {change['day']}": line} for line in (change["explanation"] or {}).get("reads", [])], False)


def _found(row: dict[str, Any] | None, what: str, where: str) -> dict[str, Any]:
    if row is None:
        raise click.ClickException(f"no {what}; '{where}' shows the ids")
    return row


def _list(rows: Rows, as_json: bool, columns: dict[str, str], note: str) -> None:
    """Whole rows as JSON; for a reader few columns under short names, so that they fit 80 characters."""
    if as_json:
        show(rows, True)
        return
    short = [{name: _brief(row[column]) for name, column in columns.items()} for row in rows]
    show(short, False, note=note)


def _brief(value: Any) -> Any:
    """Timestamps as days, long text cut."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
        return value[:10]
    most = TEXT_LINES * max(width() - OTHER_COLUMNS, 30)
    return textwrap.shorten(value, most, placeholder=" …") if isinstance(value, str) and len(value) > most else value


def _plain(excerpt: str | None) -> str:
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
