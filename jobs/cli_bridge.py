"""The command that shows weeks counted under two versions of the classifier side by side."""

from typing import Any

import click

from jobs.cli_context import iso_week, json_option, kind_option, pass_workspace, show
from jobs.escapes import one_line
from jobs.workspace import Workspace

MOST_ROWS = 5000
NAMES = {
    "week": "week",
    "slice": "slice",
    "unique_before": "before",
    "unique_after": "after",
    "both": "both",
    "unread_before": "not_read_before",
}
"""Columns of the table."""


@click.command("bridge")
@kind_option
@click.option("--by", type=click.Choice(["harm_domain"]), help="Slice by harm domain; without: the total alone.")
@click.option("--week", callback=iso_week, help="One ISO week, such as 2026-W10.")
@json_option
@pass_workspace
def bridge(workspace: Workspace, kind: str, by: str | None, week: str | None, as_json: bool) -> None:
    """The last 26 weeks under the classifier before and the one that serves, so that no relabelling looks a trend."""
    from jobs.bridge import versions
    from jobs.store_search_counts import CountFilter

    wanted = CountFilter(kind=kind, slice=None if by else "all")
    with workspace.open_store() as store:
        pair = store.bridge.standing()
        found = store.bridge.page(wanted, limit=MOST_ROWS).rows[::-1]
    rows = [row for row in found if week in (None, row["week"])]
    if as_json:
        show(rows, True)
    elif pair is None:
        click.echo("one version has read everything: there is nothing to compare")
    else:
        note = f"unique claims, {kind.replace('_', '-')}; {one_line(versions(pair))}, as of {pair.since[:10]}"
        show([_line(row, by) for row in rows], False, note=note)


def _line(row: dict[str, Any], by: str | None) -> dict[str, Any]:
    return {
        shown: one_line(row[name]) if isinstance(row[name], str) else row[name]
        for name, shown in NAMES.items()
        if by or name != "slice"
    }
