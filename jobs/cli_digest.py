"""The command that makes or shows a digest."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from jobs.cli_context import json_option, output_file, pass_workspace
from jobs.store import Store
from jobs.workspace import Workspace


@click.command("digest")
@click.option("--owner", help="Whose; an id of owners.yaml. Without: the default owner, or the only one.")
@click.option("--dry-run", is_flag=True, help="Print it; store and send nothing.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "html"]),
    default="md",
    show_default=True,
    help="Markdown, or a page with its charts inside.",
)
@click.option("-o", "--output", type=output_file, help="Write it to this file.")
@json_option
@pass_workspace
def digest(
    workspace: Workspace, owner: str | None, dry_run: bool, form: str, output: Path | None, as_json: bool
) -> None:
    """What an owner is told now; unless --dry-run, it is stored, written to digests/ and sent.

    Where it goes is said on standard error.
    """
    from jobs.channels import write_whole
    from jobs.digest import build, deliver, owners, publish, render_html, render_markdown
    from jobs.digest_facts import look
    from jobs.letters import charts

    settings = workspace.settings
    with workspace.open_store() as store:
        view = look(store, settings, as_of=latest(store))
        whose = chosen(owner, owners(store, settings, view), settings.default_owner)
        content = build(store, settings, whose, as_of=view.as_of, quiet=store.findings.quiet())
        if as_json:
            text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        elif form == "html":
            text = render_html(content, charts(view, content))
        else:
            text = render_markdown(content)
        if output is not None:
            write_whole(output, text)
            click.echo(f"wrote {output}", err=True)
        else:
            click.echo(text, nl=False)
        click.echo(addressed(store, content, dry_run=dry_run), err=True)
        if not dry_run:
            made = publish(workspace, view, content)
            now = datetime.now(UTC)
            sent = deliver(store, settings, workspace, as_of=view.as_of, now=now, written=made)
            click.echo(f"stored in {workspace.digests}; {sent} deliveries", err=True)


def addressed(store: Store, content: Mapping[str, Any], *, dry_run: bool) -> str:
    """Under which subject a digest goes where; of one that went there already, that."""
    from jobs.channel_options import identity
    from jobs.digest_lines import title
    from jobs.letters import digest_name
    from jobs.reach import FALLBACK, channels_by_owner

    states = {
        row["channel"]: row["state"]
        for row in store.delivery.notifications()
        if row["digest_id"] == digest_name(content)
    }
    names = [identity(options) for options in channels_by_owner(store).get(content["owner"], FALLBACK)]
    told = ", ".join(f"{name} ({states[name]} before)" if name in states else name for name in names)
    verb = "would be sent" if dry_run else "goes"
    return f'"[{content["installation"]}] {title(dict(content))}" {verb} to {told}'


def latest(store: Store) -> str:
    """The moment the findings speak of; a click error where there are none yet."""
    state = store.runs.state("detect")
    if state is None or not state["as_of"]:
        raise click.ClickException("expected findings, got none; run 'groundswell run' first")
    return str(state["as_of"])


def moment(store: Store, workspace: Workspace) -> str:
    """The moment messages speak of: that of the findings, else that of the documents."""
    from jobs.triage_age import clock

    state = store.runs.state("detect")
    known = state["as_of"] if state is not None else None
    return str(known or clock(store, workspace.settings, datetime.now(UTC)))


def chosen(owner: str | None, known: list[str], default: str) -> str:
    """The owner asked for, else the default one, else the only one; a usage error where it is not clear."""
    if owner is not None and owner in known:
        return owner
    if owner is None and (default in known or len(known) == 1):
        return default if default in known else known[0]
    got = "none" if owner is None else repr(owner)
    raise click.UsageError(f"expected --owner to be one of {', '.join(known)}, got {got}")
