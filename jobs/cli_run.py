"""Commands that make and run things: prepare, demo, run."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from jobs.cli_context import json_option, pass_workspace, show
from jobs.workspace import Workspace


@click.command("prepare")
def prepare_command() -> None:
    """Compile and build once what every workspace shares: clustering code, token table, classifier."""
    from jobs.prepare import prepare

    for line in prepare():
        click.echo(line)


@click.command(
    "run",
    help="Run every job on what is new: anomalies, join, templates, enrich, themes, watch, count, ledger, "
    "releases, detect, effects, diagnose, notify, digest.",
)
@json_option
@pass_workspace
def run_command(workspace: Workspace, as_json: bool) -> None:
    """Do every step whose input changed."""
    from jobs.run import run

    rows = run(workspace, now=datetime.now(UTC))
    show(rows, as_json, note=f"look: groundswell -w {workspace.path} serve")


@click.command("demo")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), default=Path("demo"))
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, another world.")
@click.option("--days", type=click.IntRange(40, 730), default=180, show_default=True, help="Days of the stream.")
@click.option(
    "--documents", type=click.IntRange(300, 200_000), default=20_000, show_default=True, help="About so many."
)
@click.option("--end", type=click.DateTime(["%Y-%m-%d"]), default="2026-06-28", show_default=True, help="Last day.")
@click.option(
    "--events",
    type=click.Choice(["few", "all"]),
    default="few",
    show_default=True,
    help="With all, something is planted for everything that a change may coincide with.",
)
@json_option
def demo(directory: Path, as_json: bool, **world: Any) -> None:
    """Make a demo workspace: an invented stream with planted events, ingested and ready to run."""
    from jobs.demo import make_demo

    end: date = world.pop("end").date()
    busy = world.pop("events") == "all"
    rows = make_demo(directory, now=datetime.now(UTC), end=end, busy=busy, **world)
    show(rows, as_json, note=f"next: groundswell -w {directory} run")
