"""Command `triage`: single grave documents in the terminal: list, show, close, reopen."""

import getpass
from datetime import UTC, datetime
from typing import Any

import click

from jobs.cli_context import as_option, json_option, owner_option, pass_workspace, reason_option, show
from jobs.cli_findings import from_option, limit_option, parsed_day, to_option
from jobs.store import Store
from jobs.store_keys import timestamp
from jobs.store_search_triage import TriageFilter
from jobs.store_triage import OUTCOMES
from jobs.triage_age import age, clock
from jobs.workspace import Workspace

Row = dict[str, Any]

STATES = ("open", "closed", "all")

state_option = click.option("--state", type=click.Choice(STATES), default="open", show_default=True, help="Which ones.")
domain_option = click.option("--harm-domain", help="Only those feared in this harm domain.")


@click.group(invoke_without_command=True)
@state_option
@owner_option
@domain_option
@from_option
@to_option
@limit_option
@json_option
@click.pass_context
def triage(ctx: click.Context, /, **asked: Any) -> None:
    """Single documents that may be grave: list, show one, close, reopen."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_triage, **asked)


@triage.command("list")
@state_option
@owner_option
@domain_option
@from_option
@to_option
@limit_option
@json_option
@pass_workspace
def list_triage(
    workspace: Workspace, state: str, day_from: str | None, day_to: str | None, limit: int, as_json: bool, **asked: Any
) -> None:
    """Documents in triage, worst first, by days of arrival."""
    wanted = TriageFilter(
        state=None if state == "all" else state,
        day_from=parsed_day(day_from),
        day_to=parsed_day(day_to),
        **asked,
    )
    with workspace.open_store() as store:
        page = store.search.triage.page(wanted, limit=limit)
        moment = clock(store, workspace.settings, datetime.now(UTC))
    if as_json:
        show(page.rows, True)
        return
    note = f"{len(page.rows):,} of {page.total:,} documents; read one: groundswell triage show ID"
    show([_brief(row, moment) for row in page.rows], False, note=note)


@triage.command("show")
@click.argument("document_id")
@click.option("--reveal", is_flag=True, help="Show the redacted text too; who read it and why is kept.")
@click.option("--reason", help="Why the text must be read; with --reveal.")
@click.option("--as", "actor", metavar="NAME", help="Who reads it; with --reveal, else the login name.")
@json_option
@pass_workspace
def show_triage(
    workspace: Workspace, document_id: str, reveal: bool, reason: str | None, actor: str | None, as_json: bool
) -> None:
    """One document: why it is there, who was told, what was done; its text only with --reveal."""
    if reveal and not (reason or "").strip():
        raise click.UsageError("expected --reason TEXT with --reveal, got none; it is kept with your name")
    with workspace.open_store() as store:
        row = _found(store, document_id)
        if reveal:
            who = f"{actor or getpass.getuser()} (command line)"
            store.keys.reveal(document_id, actor=who, reason=str(reason), now=datetime.now(UTC))
        document = store.search.documents.document(document_id, revealed=reveal) or {}
    row["text"] = document.get("text") if reveal else None
    if as_json:
        show(row, True)
        return
    show([{"field": name, "value": row[name]} for name in FIELDS], False)
    show([{"reason": one["words"], "score": one["probability"]} for one in row["reasons"]], False)
    show(row["deliveries"], False, columns=["channel", "state", "sent_at", "error"])
    if row["events"]:
        show(row["events"], False, columns=["happened_at", "actor", "action", "detail"])
    show([{"text": row["text"] if reveal else "(withheld; --reveal --reason TEXT shows it)"}], False)


@triage.command("close")
@click.argument("document_ids", nargs=-1, required=True)
@click.option("--outcome", type=click.Choice(OUTCOMES), required=True, help="What it was.")
@as_option
@reason_option
@json_option
@pass_workspace
def close(
    workspace: Workspace, document_ids: tuple[str, ...], outcome: str, actor: str, reason: str, as_json: bool
) -> None:
    """Close documents with what they were; a closed one stays as it is."""
    with workspace.open_store() as store, store.transaction():
        for document_id in document_ids:
            _found(store, document_id)
        at = timestamp(datetime.now(UTC))
        closed = [
            one for one in document_ids if store.triage.close(one, outcome=outcome, reason=reason, actor=actor, at=at)
        ]
    _tell(document_ids, closed, "closed", as_json)


@triage.command("reopen")
@click.argument("document_ids", nargs=-1, required=True)
@as_option
@reason_option
@json_option
@pass_workspace
def reopen(workspace: Workspace, document_ids: tuple[str, ...], actor: str, reason: str, as_json: bool) -> None:
    """Put closed documents back into the queue."""
    with workspace.open_store() as store, store.transaction():
        for document_id in document_ids:
            _found(store, document_id)
        at = timestamp(datetime.now(UTC))
        opened = [one for one in document_ids if store.triage.reopen(one, reason=reason, actor=actor, at=at)]
    _tell(document_ids, opened, "reopened", as_json)


FIELDS = (
    "document_id state received_at source segments mitigation kind kind_probability harm_domain "
    "harm_domain_probability probability owner told_at outcome closed_at closed_by close_reason"
).split()


def _found(store: Store, document_id: str) -> Row:
    row = store.search.triage.document(document_id)
    if row is None:
        raise click.ClickException(
            f"no document {document_id!r} in triage; 'groundswell triage --state all' shows the ids"
        )
    return row


def _brief(row: Row, moment: str) -> Row:
    """A row as it fits a terminal."""
    told = f"{row['told_at'][:10]} {', '.join(row['told_to'])}" if row["told_at"] else "nobody yet"
    fear = f"{row['kind']} {row['kind_probability']:.2f} × {row['harm_domain']} {row['harm_domain_probability']:.2f}"
    brief = {
        "id": row["document_id"],
        "received": row["received_at"][:10],
        "age": age(row["received_at"], moment),
        "source": row["source"],
        "feared": fear,
        "why": _strongest(row["reasons"]),
        "owner": row["owner"],
        "told": told,
    }
    if row["state"] == "closed":
        brief["closed"] = f"{row['outcome']}, {row['closed_at'][:10]} by {row['closed_by']}"
    return brief


def _strongest(reasons: list[Row]) -> str:
    first = max(reasons, key=lambda one: one["probability"])["words"]
    return f"{first} (+{len(reasons) - 1})" if len(reasons) > 1 else str(first)


def _tell(asked: tuple[str, ...], done: list[str], what: str, as_json: bool) -> None:
    left = [one for one in asked if one not in done]
    if as_json:
        show({what: done, "unchanged": left}, True)
        return
    for one in done:
        click.echo(f"{one} is {what}")
    for one in left:
        click.echo(f"{one} was {'closed' if what == 'closed' else 'open'} already")
