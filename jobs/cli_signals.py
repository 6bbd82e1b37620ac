"""Command `signals`: what changed in themes beside their volume, and how sure that is."""

from typing import Any

import click

from jobs.cli_context import json_option, pass_workspace, show
from jobs.cli_findings import limit_option
from jobs.store_signals import NAMES, SignalFilter
from jobs.workspace import Workspace

Row = dict[str, Any]

NOTE = "beside volume: a signal raises no alert, and none is a reason to loosen a safeguard"


@click.command()
@click.option("--theme", metavar="ID", help="Only this theme id.")
@click.option("--signal", type=click.Choice(NAMES), help="Only this signal.")
@click.option("--at-changes", is_flag=True, help="As they stood at each change, not in the last 28 days.")
@click.option("--all", "everything", is_flag=True, help="Also those that were judged and are not told.")
@limit_option
@json_option
@pass_workspace
def signals(
    workspace: Workspace,
    theme: str | None,
    signal: str | None,
    at_changes: bool,
    everything: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Adversarial signals: other words, new accounts, probing, campaigns, displacement."""
    at = "change" if at_changes else "now"
    wanted = SignalFilter(theme=theme, signal=signal, at=at, told=None if everything else True)
    with workspace.open_store() as store:
        if theme is not None and theme not in store.themes.names():
            raise click.ClickException(f"expected the id of a theme, got {theme!r}; 'groundswell themes' shows the ids")
        page = store.signals.page(wanted, limit=limit)
    if as_json:
        show({"signals": page.rows, "total": page.total, **page.extra}, True)
        return
    counted = f"{page.extra['told']:,} of {page.extra['judged']:,} judged in the last 28 days are told"
    show([_brief(row) for row in page.rows], False, note=f"{counted}; {NOTE}")


def _brief(row: Row) -> Row:
    q = f"{row['q_value']:.2g}" + ("" if row["told"] else " (not told)")
    return {"series": row["title"], "signal": row["signal"], "since": row["day"], "q": q, "what": row["reads"]}
