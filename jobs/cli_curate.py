"""Subcommands of `themes` by which people correct themes: rename, merge, split, pin, mute, move, keep apart, undo."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import click

from jobs.cli_context import as_option, json_option, pass_workspace, reason_option, show
from jobs.cli_findings import limit_option, plain
from jobs.workspace import Workspace

Command = Callable[..., Any]

SHOWN = 3
"""Exemplars of each part of a split, before it is made."""


def _asking(command: Command) -> Command:
    """The options that every edit takes."""
    for option in (json_option, reason_option, as_option):
        command = option(command)
    return command


@click.command("rename")
@click.argument("theme_id")
@click.argument("name")
@_asking
@pass_workspace
def rename(workspace: Workspace, theme_id: str, name: str, **said: Any) -> None:
    """Give a theme another name; fits keep it."""
    _edit(workspace, "rename", theme_id, {"name": name}, said)


@click.command("merge")
@click.argument("theme_id")
@click.argument("into")
@_asking
@pass_workspace
def merge(workspace: Workspace, theme_id: str, into: str, **said: Any) -> None:
    """Let a theme's documents, now and later, be those of another (INTO)."""
    _edit(workspace, "merge", theme_id, {"into": into}, said)


@click.command("split")
@click.argument("theme_id")
@click.option("--into", type=click.IntRange(2, 20), metavar="N", help="Into so many parts, by what they say.")
@click.option(
    "--documents",
    "anchors",
    multiple=True,
    metavar="ID,ID,…",
    help="Documents that say what a part is about; once for each part.",
)
@click.option("--dry-run", is_flag=True, help="Show the parts; change nothing.")
@click.option("--as", "actor", metavar="NAME", help="Who does it; is kept.")
@click.option("--reason", help="Why, in words; is kept.")
@json_option
@pass_workspace
def split(
    workspace: Workspace, theme_id: str, into: int | None, anchors: tuple[str, ...], dry_run: bool, **said: Any
) -> None:
    """Divide a theme in two or more."""
    if (into is None) == (not anchors):
        raise click.UsageError("expected --into N, or --documents once for each part; got both or neither")
    if not dry_run and not (said["actor"] and said["reason"]):
        raise click.UsageError("expected --as NAME and --reason TEXT, or --dry-run to look first")
    sets = [[document.strip() for document in one.split(",") if document.strip()] for one in anchors]
    given = {"anchors": sets} if sets else {"into": into}
    if dry_run:
        _preview(workspace, theme_id, given, as_json=said["as_json"])
        return
    _edit(workspace, "split", theme_id, given, said)


def _marking(action: str, help: str) -> click.Command:
    @click.command(action, help=help)
    @click.argument("theme_id")
    @_asking
    @pass_workspace
    def command(workspace: Workspace, theme_id: str, **said: Any) -> None:
        _edit(workspace, action, theme_id, {}, said)

    return command


@click.command("move")
@click.argument("document_id")
@click.argument("theme_id", required=False)
@click.option("--out", is_flag=True, help="Into no theme at all.")
@_asking
@pass_workspace
def move(workspace: Workspace, document_id: str, theme_id: str | None, out: bool, **said: Any) -> None:
    """Put one document in a theme, or in none, until that is taken back."""
    from jobs.curation import place_of

    if (theme_id is None) != out:
        raise click.UsageError("expected a theme's id, or --out for none; got both or neither")
    with workspace.open_store() as store:
        where = theme_id or place_of(store, document_id)
    _edit(workspace, "move", where, {"document_id": document_id, "to": theme_id}, said)


@click.command("must-not-merge")
@click.argument("theme_id")
@click.argument("other")
@_asking
@pass_workspace
def must_not_merge(workspace: Workspace, theme_id: str, other: str, **said: Any) -> None:
    """Keep two themes apart: no fit and nobody may merge them."""
    _edit(workspace, "must_not_merge", theme_id, {"other": other}, said)


@click.command("edits")
@click.option("--theme", metavar="ID", help="Only those that name this theme.")
@limit_option
@json_option
@pass_workspace
def edits(workspace: Workspace, theme: str | None, limit: int, as_json: bool) -> None:
    """What people did to themes, newest first, and whether it holds."""
    from jobs.curation import states
    from jobs.curation_words import told

    with workspace.open_store() as store:
        page, state = store.curation.page(theme=theme, limit=limit), states(store)
    rows = [{**row, "state": state(row)} for row in page.rows]
    if as_json:
        show(rows, True)
        return
    short = [
        {
            "id": row["edit_id"],
            "day": row["made_at"][:10],
            "by": row["author"],
            "edit": told(row),
            "state": row["state"],
        }
        for row in rows
    ]
    show(short, False, note=f"{len(rows):,} of {page.total:,} edits; take one back: groundswell themes undo ID")


@click.command("undo")
@click.argument("edit_id")
@_asking
@pass_workspace
def undo(workspace: Workspace, edit_id: str, actor: str, reason: str, as_json: bool) -> None:
    """Take an edit back, as though it had never been made."""
    from jobs.curation import NEXT_RUN, By
    from jobs.curation import undo as undone

    with workspace.open_store() as store:
        row = undone(store, edit_id, by=By(actor, reason, datetime.now(UTC)))
    if as_json:
        show({**row, "from": "next run"}, True)
        return
    click.echo(f"{edit_id} is taken back; {NEXT_RUN}")
    for other, why in row["void"].items():
        click.echo(f"{other} rested on it and holds no longer: {why}")


CURATE: tuple[click.Command, ...] = (
    rename,
    merge,
    split,
    _marking("pin", "Keep a theme: no fit renames, merges or ends it."),
    _marking("unpin", "Let fits decide about a theme again."),
    _marking("mute", "Count a theme, but raise no alert for it."),
    _marking("unmute", "Let a theme raise alerts again."),
    move,
    must_not_merge,
    edits,
    undo,
)


def _edit(workspace: Workspace, action: str, theme_id: str, given: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    from jobs.curation import By, make
    from jobs.curation_words import follows, told

    by = By(said["actor"], said["reason"], datetime.now(UTC))
    with workspace.open_store() as store:
        row = make(store, action, theme_id, given, by=by)
    if said["as_json"]:
        show({**row, "follows": follows(action)}, True)
        return
    click.echo(f"{row['edit_id']}: {told(row)}; {follows(action)}")


def _preview(workspace: Workspace, theme_id: str, given: Mapping[str, Any], *, as_json: bool) -> None:
    from jobs.curation import preview

    with workspace.open_store() as store:
        parts = preview(store, theme_id, given)
        texts = {row["document_id"]: row["excerpt"] for part in parts for row in part["exemplars"]}
    if as_json:
        show(parts, True)
        return
    listed = [
        {
            "part": part["theme_id"] + (" (stays)" if part["keeps_id"] else ""),
            "name": part["name"],
            "documents": part["documents"],
            "share": f"{part['share']:.0%}",
        }
        for part in parts
    ]
    show(listed, False)
    for part in parts:
        told = [plain(texts[row["document_id"]]) for row in part["exemplars"][:SHOWN]]
        show([{f"nearest to the middle of {part['theme_id']}": text} for text in told], False)
    click.echo("nothing is changed yet; ids are those the parts would get")
