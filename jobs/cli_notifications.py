"""Command `notifications`: deliveries that wait, were given up or may have arrived; trying one again."""

import getpass
from datetime import UTC, datetime
from typing import Any

import click

from jobs.cli_context import SHORT, by_option, json_option, owner_option, pass_workspace, show
from jobs.cli_findings import found, limit_option, list_rows
from jobs.store import Store
from jobs.store_search_delivery import GROUPS, NotificationFilter
from jobs.workspace import Workspace

Row = dict[str, Any]

COLUMNS = {
    "id": "notification_id",
    "state": "state",
    "tries": "attempts",
    "about": "what",
    "owner": "owner",
    "channel": "channel",
    "error": "error",
}
state_option = click.option(
    "--state",
    type=click.Choice(list(GROUPS)),
    default="open",
    show_default=True,
    help="Which; open: all but those sent; waiting: those that are tried by themselves.",
)


@click.group(invoke_without_command=True)
@state_option
@owner_option
@limit_option
@json_option
@click.pass_context
def notifications(ctx: click.Context, state: str, owner: str | None, limit: int, as_json: bool) -> None:
    """Deliveries to owners: list those that have not arrived, try one again, say that one arrived."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_notifications, state=state, owner=owner, limit=limit, as_json=as_json)


@notifications.command("list")
@state_option
@owner_option
@limit_option
@json_option
@pass_workspace
def list_notifications(workspace: Workspace, state: str, owner: str | None, limit: int, as_json: bool) -> None:
    """Deliveries, those that need a person first: uncertain ones, then those given up, then those that wait."""
    with workspace.open_store() as store:
        page = store.search.delivery.page(NotificationFilter(state, owner), limit=limit)
        counts = store.search.delivery.counts()
    rows = page.rows if as_json else [_shown(row) for row in page.rows]
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "none yet"
    list_rows(rows, as_json, COLUMNS, f"{len(page.rows):,} of {page.total:,} deliveries; in all: {told}")


@notifications.command("show")
@click.argument("notification_id", metavar="ID")
@json_option
@pass_workspace
def show_notification(workspace: Workspace, notification_id: str, as_json: bool) -> None:
    """One delivery: what it is about, to whom, how often it was tried, why it failed."""
    with workspace.open_store() as store:
        row = _one(store, notification_id)
    told = [{"field": name, "value": value} for name, value in row.items() if value is not None]
    show(row if as_json else told, as_json)


@notifications.command("retry")
@click.argument("notification_id", metavar="ID")
@click.option("--not-arrived", is_flag=True, help="The receiver was asked and does not have it.")
@by_option
@pass_workspace
def retry_notification(workspace: Workspace, notification_id: str, not_arrived: bool, actor: str | None) -> None:
    """Try a delivery again now, where that cannot double it; sends whatever else is due as well."""
    from jobs.cli_digest import moment
    from jobs.notify import deliver
    from jobs.undelivered import CannotRetry, retry, unknown

    now = datetime.now(UTC)
    with workspace.open_store() as store:
        row = _one(store, notification_id)
        try:
            retry(store, row, actor=actor or getpass.getuser(), now=now, not_arrived=not_arrived)
        except CannotRetry as error:
            way = " ('--not-arrived', 'groundswell notifications arrived')" if unknown(row, now) else ""
            raise click.ClickException(f"{error}{way}") from None
        sent = deliver(store, workspace.settings, workspace, as_of=moment(store, workspace), now=now)
        after = _one(store, notification_id)
    click.echo(f"{notification_id} is {after['state']}{': ' if after['error'] else ''}{after['error'] or ''}")
    click.echo(f"{sent} deliveries", err=True)
    if after["state"] != "sent":
        raise SystemExit(1)


@notifications.command("arrived")
@click.argument("notification_id", metavar="ID")
@by_option
@pass_workspace
def arrived_notification(workspace: Workspace, notification_id: str, actor: str | None) -> None:
    """Say that an uncertain delivery arrived, as you found out: it is no longer listed as uncertain."""
    from jobs.undelivered import CannotRetry, arrived

    with workspace.open_store() as store:
        try:
            arrived(store, _one(store, notification_id), actor=actor or getpass.getuser(), now=datetime.now(UTC))
        except CannotRetry as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{notification_id} is sent: it arrived")


def _one(store: Store, notification_id: str) -> Row:
    """The delivery of this id, or the only one whose id begins so. Raises `click.ClickException`."""
    ids = store.search.delivery.starting(notification_id)
    if len(ids) > 1:
        raise click.ClickException(f"expected the id of one notification, got the beginning of {len(ids)}; write more")
    row = store.search.delivery.one(ids[0]) if ids else None
    return found(row, f"notification {notification_id!r}", "groundswell notifications --state all")


def _shown(row: Row) -> Row:
    return {**row, "what": _what(row), "notification_id": row["notification_id"][:SHORT]}


def _what(row: Row) -> str:
    """What a delivery tells of, in a few words."""
    if row["about"] == "alert":
        return f"alert {row['about_id']}, {row['alert_state']}: {row['title'] or 'gone'}"
    return "grave documents" if row["about"] == "triage" else f"digest {row['about_id']}"
