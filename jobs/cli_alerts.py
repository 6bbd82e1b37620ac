"""Command `alerts`: list, show, and what people do with them."""

import getpass
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from jobs.cli_context import by_option, json_option, owner_option, pass_workspace, show
from jobs.cli_findings import found, limit_option, list_rows, reads
from jobs.store import Store
from jobs.store_keys import timestamp
from jobs.store_search_findings import AlertFilter
from jobs.workspace import Workspace

Row = dict[str, Any]

STATES = "open, closed, new, ongoing, escalating, resolved, regressed, all"
FIELDS = (
    "alert_id title state type direction hazard day detected_on owner acknowledged_at acknowledged_by ticket "
    "snoozed_until snoozed_by closed_at closed_by closed_with useful not_useful"
).split()

state_option = click.option("--state", default="open", show_default=True, help=f"{STATES}.")
note_option = click.option("--note", default="", help="What to note beside it.")


@click.group(invoke_without_command=True)
@state_option
@owner_option
@limit_option
@json_option
@click.pass_context
def alerts(ctx: click.Context, state: str, owner: str | None, limit: int, as_json: bool) -> None:
    """Alerts: list, show one, acknowledge, hand on, put off, judge, close."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_alerts, state=state, owner=owner, limit=limit, as_json=as_json)


@alerts.command("list")
@state_option
@owner_option
@limit_option
@json_option
@pass_workspace
def list_alerts(workspace: Workspace, state: str, owner: str | None, limit: int, as_json: bool) -> None:
    """Alerts, newest first."""
    if state not in STATES.split(", "):
        raise click.UsageError(f"expected --state {STATES}, got {state!r}; correct it")
    wanted = AlertFilter(state=None if state == "all" else state, owner=owner)
    with workspace.open_store() as store:
        page = store.search.findings.alerts(wanted, limit=limit)
    columns = {
        "id": "alert_id",
        "state": "standing",
        "hazard": "hazard",
        "since": "day",
        "alert": "title",
        "owner": "owner",
    }
    rows = page.rows if as_json else [{**row, "standing": _standing(row)} for row in page.rows]
    list_rows(rows, as_json, columns, f"{len(page.rows):,} of {page.total:,} alerts")


@alerts.command("show")
@click.argument("alert_id")
@json_option
@pass_workspace
def show_alert(workspace: Workspace, alert_id: str, as_json: bool) -> None:
    """One alert: why it is there, what it stands for, what people did."""
    with workspace.open_store() as store:
        alert = _alert(store, alert_id)
    if as_json:
        show(alert, True)
        return
    show([{"field": name, "value": alert[name]} for name in FIELDS if alert[name] not in (None, 0)], False)
    reads(alert["changes"][:1])
    show(alert["changes"], False, columns=["day", "title", "direction", "ratio", "reporters", "customers"])
    show(alert["events"], False, columns=["happened_at", "actor", "action", "detail"])
    if alert["effect"]:
        show([{"effect": alert["effect"]["sentence"]}], False)


@alerts.command("judged")
@json_option
@pass_workspace
def judged(workspace: Workspace, as_json: bool) -> None:
    """By owner: how many alerts people found useful, with the 95 % interval, and the owner's budget of false alerts."""
    from jobs.budgets import own_budgets
    from mitigations.rates import share_interval

    with workspace.open_store() as store:
        rows = store.search.findings.judged()
        budgets = own_budgets(store.reference.owners())
    for row in rows:
        row["budget"] = budgets.get(row["owner"])
        told = row["useful"] + row["not_useful"]
        ends = [float(end) for end in share_interval(row["useful"], told)]
        row["useful_share"] = [round(one, 3) for one in (row["useful"] / told, *ends)] if told else None
    if not as_json:
        for row in rows:
            share = row["useful_share"]
            row["useful_share"] = "cannot tell" if share is None else "{:.0%} ({:.0%} to {:.0%})".format(*share)
            row["budget"] = "common" if row["budget"] is None else row["budget"]
    columns = ["owner", "alerts", "useful", "not_useful", "disputed", "useful_share", "budget"]
    show(rows, as_json, columns=None if as_json else columns)


def _command(word: str, help_: str, *options: Callable[[Any], Any]) -> None:
    """A subcommand that does one act."""

    @click.argument("alert_id")
    @by_option
    @note_option
    @pass_workspace
    def command(workspace: Workspace, alert_id: str, actor: str | None, note: str, **given: str) -> None:
        _do(workspace, word, alert_id, actor or getpass.getuser(), {**given, "note": note})

    for option in reversed(options):
        command = option(command)
    alerts.command(word, help=help_)(command)


def _do(workspace: Workspace, word: str, alert_id: str, actor: str, given: dict[str, str]) -> None:
    from jobs.alert_desk import CannotAct, Desk, act
    from jobs.triage_age import clock

    now = datetime.now(UTC)
    with workspace.open_store() as store:
        alert = _alert(store, alert_id)
        today = date.fromisoformat(clock(store, workspace.settings, now)[:10])
        if "days" in given:
            given["until"] = (today + timedelta(days=int(given.pop("days")))).isoformat()
        try:
            event = act(Desk(store, alert, today), word, given, actor=actor, at=timestamp(now))
        except CannotAct as error:
            raise click.ClickException(str(error)) from None
    if event["again"]:
        click.echo(f"{alert_id} was acknowledged by {alert['acknowledged_by']} on {alert['acknowledged_at']}")
        return
    untold = ("note", "state", "on")
    told = ", ".join(f"{name} {value}" for name, value in event["detail"].items() if name not in untold)
    click.echo(f"{alert_id} is {event['action'].replace('_', ' ')} by {actor}{': ' if told else ''}{told}")


def _alert(store: Store, alert_id: str) -> Row:
    return found(store.search.findings.alert(alert_id), f"alert {alert_id!r}", "groundswell alerts --state all")


def _standing(row: Row) -> str:
    """The state with what people did to it."""
    if row["closed_at"]:
        return "closed"
    return f"{row['state']}, snoozed" if row["snoozed_until"] else str(row["state"])


_command("ack", "Say that somebody looks after an alert.")
_command("assign", "Hand an alert on to another owner.", click.option("--owner", required=True, help="Owner's id."))
_command(
    "ticket", "Link a ticket: its number or address.", click.option("--ticket", required=True, help="Where it is.")
)
_command(
    "snooze",
    "Put an alert off: it is told again from that day.",
    click.option("--days", type=click.IntRange(1, 28), default=7, show_default=True, help="For so many days."),
)
_command("wake", "End the snooze of an alert.")
_command("useful", "Say that an alert was worth reading.")
_command("not-useful", "Say that an alert was not worth reading.")
_command(
    "close",
    "Close an alert with what was done; it opens by itself if it comes back worse.",
    click.option("--action", required=True, help="What was done, such as 'release v13' or 'label campaign'."),
)
_command("reopen", "Open a closed alert.")
_command("settle", "Say that the level now is as it should be: slow moves are measured against it.")
