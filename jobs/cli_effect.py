"""Command `effect`: what a release did; and the releases that nobody declared, for `status` and `changes`."""

from typing import Any

import click

from jobs.cli_context import cell, json_option, pass_workspace, show
from jobs.store import Store
from jobs.workspace import Workspace

Rows = list[dict[str, Any]]

SHOWN = ["day", "mitigation", "id", "in_the_log"]
NOTE = "releases that nobody declared, as the decision log shows them; releases.yaml is the place to declare them"


@click.command()
@click.argument("mitigation")
@click.option("--release", metavar="ID", help="Only this release; all unless given.")
@json_option
@pass_workspace
def effect(workspace: Workspace, mitigation: str, release: str | None, as_json: bool) -> None:
    """What each release of a mitigation did to over-blocks, under-blocks, complaints, appeals and blocks."""
    with workspace.open_store() as store:
        shown = store.effects.mitigation(mitigation)
        known = [row["mitigation"] for row in store.effects.mitigations()]
    if shown is None:
        raise click.ClickException(
            f"expected a mitigation ({', '.join(known) or 'none is known yet'}), got {mitigation!r}; correct it"
        )
    releases = [row for row in shown["releases"] if release in (None, row["release_id"])]
    if release is not None and not releases:
        ids = ", ".join(row["release_id"] for row in shown["releases"]) or "none"
        raise click.ClickException(f"expected a release of {mitigation} ({ids}), got {release!r}; correct it")
    if as_json:
        show({**shown, "releases": releases}, True)
        return
    for row in releases:
        _told(row)
    if not releases:
        click.echo(f"no release of {mitigation} is known; declare them in releases.yaml, or ingest its decision log")


def _told(release: dict[str, Any]) -> None:
    """One release: what is known of it, then its measures."""
    how = "declared" if release["declared"] else "not declared"
    click.echo(f"\n{cell(release['release_id'])} ({how}), {release['first_day'] or release['released_on']}")
    if release["in_log"]:
        click.echo(f"in the decision log: {cell(release['in_log'])}")
    if not release["effects"]:
        click.echo("not measured yet; next: groundswell run")
        return
    if all(row["ratio"] is None for row in release["effects"]):
        click.echo(f"cannot tell what it did: {release['effects'][0]['reason']}")
        return
    show([_measure(row) for row in release["effects"]], False)


def _measure(row: dict[str, Any]) -> dict[str, Any]:
    size = "-" if row["ratio"] is None else f"×{row['ratio']:.3g} ({row['ratio_low']:.3g} to {row['ratio_high']:.3g})"
    return {"measure": row["title"], "verdict": row["verdict"], "ratio": size, "why": row["reason"]}


def undeclared(store: Store, *, day_from: str | None = None, day_to: str | None = None) -> Rows:
    """Releases that the decision log shows and nobody declared, newest first, from a day to before another."""
    return [
        row
        for row in store.effects.releases()
        if not row["declared"]
        and (day_from or "") <= row["released_on"]
        and (not day_to or row["released_on"] < day_to)
    ]


def show_undeclared(rows: Rows) -> None:
    """A table under a heading of its own; nothing where there is none."""
    if rows:
        click.echo("\ninferred releases")
        told = [
            {
                "day": row["released_on"],
                "mitigation": row["mitigation"],
                "id": row["release_id"],
                "in_the_log": row["in_log"],
            }
            for row in rows
        ]
        show(told, False, columns=SHOWN, note=NOTE)
