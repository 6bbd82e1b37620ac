"""Command `silences`: what is kept from being delivered until when, adding a silence, ending one."""

from datetime import UTC, date, datetime
from typing import Any

import click

from jobs.cli_context import as_option, json_option, pass_workspace, reason_option, show
from jobs.silence import MATCHED
from jobs.silence_file import SilenceFile
from jobs.store import Store
from jobs.store_reference import DECLARED
from jobs.workspace import Workspace

Row = dict[str, Any]


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def silences(ctx: click.Context, as_json: bool) -> None:
    """Silences of silences.yaml: list with what each holds back now, add one, end one."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_silences, as_json=as_json)


@silences.command("list")
@json_option
@pass_workspace
def list_silences(workspace: Workspace, as_json: bool) -> None:
    """Every silence: what it matches, until when, why, and the alerts it holds back now."""
    from jobs.silences import listed

    with workspace.open_store() as store:
        rows = listed(store, as_of=_moment(store, workspace), declared=SilenceFile(workspace.path).entries())
    if as_json:
        show(rows, True)
        return
    show([_shown(row) for row in rows], False)
    held = {alert for row in rows for alert in row["alerts"]}
    if rows:
        force = sum(row["in_force"] for row in rows)
        click.echo(f"{force} of {len(rows)} in force; alerts held back: {', '.join(sorted(held)) or 'none'}")


@silences.command("add")
@click.option(
    "--matcher",
    "matchers",
    multiple=True,
    metavar="FIELD=VALUE",
    help=f"What an alert must be, all of them (repeatable); of {', '.join(MATCHED)}.",
)
@click.option("--until", required=True, metavar="DAY", help="The first day it no longer holds, such as 2026-12-24.")
@reason_option
@as_option
@json_option
@pass_workspace
def add_silence(
    workspace: Workspace, matchers: tuple[str, ...], until: str, reason: str, actor: str, as_json: bool
) -> None:
    """Keep alerts from being delivered until a day; they are shown and told in digests all the same."""
    from jobs.ingest_reference import sync_silences
    from jobs.silence import silence_row
    from jobs.silences import listed
    from nlp.taxonomy import load_taxonomy

    values = {"matcher": _matcher(matchers), "until": until, "reason": reason, "author": actor}
    taxonomy = load_taxonomy(workspace.settings.taxonomy_file)
    with workspace.open_store() as store:
        moment = _moment(store, workspace)
        entry = SilenceFile(workspace.path).add(values, taxonomy, today=date.fromisoformat(moment[:10]))
        sync_silences(workspace, store)
        (row,) = [one for one in listed(store, as_of=moment) if one["silence_id"] == silence_row(entry)["silence_id"]]
    if as_json:
        show(row, True)
        return
    held, short = ", ".join(row["alerts"]) or "no alert", row["silence_id"].removeprefix(DECLARED)
    click.echo(f"{short} is in silences.yaml until {entry.until}; it holds back {held} now")


@silences.command("end")
@click.argument("silence_id", metavar="ID")
@pass_workspace
def end_silence(workspace: Workspace, silence_id: str) -> None:
    """Take a silence out of silences.yaml; what it held back and is still news goes out in the next round."""
    from jobs.ingest_reference import sync_silences

    entry = SilenceFile(workspace.path).end(silence_id)
    with workspace.open_store() as store:
        sync_silences(workspace, store)
    click.echo(f"{silence_id} is out of silences.yaml; it would have held until {entry.until}")


def _matcher(pairs: tuple[str, ...]) -> dict[str, str]:
    """The fields of a matcher; raises `click.UsageError` for none, a malformed or a repeated one."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise click.UsageError(f"expected --matcher FIELD=VALUE such as kind=billing, got {pair!r}; correct it")
        if name.strip() in found:
            raise click.UsageError(
                f"expected each field of a matcher once, got {name.strip()!r} twice; add two silences"
            )
        found[name.strip()] = value.strip()
    if not found:
        raise click.UsageError("expected --matcher FIELD=VALUE, got none; say which alerts are to be silent")
    return found


def _moment(store: Store, workspace: Workspace) -> str:
    from jobs.triage_age import clock

    return clock(store, workspace.settings, datetime.now(UTC))


def _shown(row: Row) -> Row:
    """A silence as the table shows it."""
    return {
        "id": row["silence_id"].removeprefix(DECLARED),
        "matches": ", ".join(f"{name}={value}" for name, value in sorted(row["matcher"].items())),
        "until": row["until"],
        "holds back": row["holds_back"] if row["in_force"] else "over",
        "reason": row["reason"],
        "author": row["author"],
    }
