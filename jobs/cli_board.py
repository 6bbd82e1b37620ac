"""Command `board`: both errors of every mitigation side by side, and what to do, in order."""

from typing import Any

import click

from jobs.cli_context import cell, json_option, pass_workspace, show, width
from jobs.report_cells import rate
from jobs.spark import spark, terminal_marks
from jobs.workspace import Workspace

Row = dict[str, Any]

SIDES = {"over_block": "blocked", "under_block": "missed"}
EMPTY: Row = {"appeals": "", "open": ""}
MOVED = {"no detectable change": "no"}
WIDE = 100
"""Columns of a terminal from which on the weeks are drawn."""
NOTE = (
    "error: blocked wrongly, or harm missed; moved: against the four weeks before (no: no detectable change)\n"
    "claims: without copies, what customers say, part of no rate; appeals: overturned, of the closed; open: alerts"
)


@click.command("board")
@json_option
@pass_workspace
def board_command(workspace: Workspace, as_json: bool) -> None:
    """Both errors of every mitigation per 10,000 requests, against the four weeks before, and what to do."""
    from jobs.board import board

    with workspace.open_store() as store:
        made = board(store, workspace.settings)
    if as_json:
        show(made, True)
        return
    if made["weeks"] is None:
        click.echo("no mitigation yet, or nothing ingested; next: groundswell ingest, groundswell run")
        return
    weeks = made["weeks"]
    click.echo(f"of 10,000 requests, {weeks['first']} to {weeks['last']}, 95 % intervals; as of {made['as_of']}")
    lines = [line for row in made["mitigations"] for line in _shown(row)]
    columns = [name for name in lines[0] if name != "weeks" or width() >= WIDE]
    show(lines, False, columns=columns, note=NOTE)
    _interventions(made["interventions"])


def _shown(row: Row) -> list[Row]:
    """Two lines a mitigation, one for each error."""
    appeals = row["appeals"]
    overturned = f"{appeals['overturned']} of {appeals['closed']}" if appeals["closed"] else "-"
    beside = {"over_block": {"appeals": overturned, "open": len(row["alerts"])}, "under_block": EMPTY}
    return [
        {
            "mitigation": row["mitigation"] if side == "over_block" else "",
            "error": words,
            "rate": _rate(row[side]),
            "weeks": _spark(row[side]["trend"]),
            "moved": MOVED.get(row[side]["change"]["verdict"], row[side]["change"]["verdict"]),
            "audits": row[side]["audited"],
            "claims": "-" if row[side]["claims"] is None else row[side]["claims"]["claimed_unique"],
            **beside[side],
        }
        for side, words in SIDES.items()
    ]


def _rate(side: Row) -> str:
    ends = side[side["compared"]]
    if ends is None:
        return "cannot tell"
    span = f"{rate(ends['low'])} to {rate(ends['high'])}"
    return f"{rate(ends['estimate'])}\n{span}" if side["told"] else f"cannot tell\n{span}"


def _spark(points: list[Row]) -> str:
    known = [point["estimate"] for point in points if point.get("estimate") is not None]
    return spark(known, marks=terminal_marks())


def _interventions(made: Row) -> None:
    for number, one in enumerate(made["ranked"], 1):
        click.echo(f"{number}. {cell(one['mitigation'])}: {cell(one['text'])}")
        effects = ", ".join(f"{name} {_effect(one[side])}" for side, name in SIDES.items())
        click.echo(f"   of 10,000 decisions: {effects}; {one['because']}; confidence {one['confidence']}")
    for one in made["first"]:
        click.echo(f"-  {cell(one['mitigation'])}: {cell(one['text'])} ({one['because']})")
    for one in made["audits"]:
        click.echo(f"-  audit {cell(one['mitigation'])}: {cell(one['text'])}")


def _effect(ends: Row | None) -> str:
    if ends is None or ends.get("estimate") is None or ends.get("low") is None or ends.get("high") is None:
        return "cannot tell"
    return f"{ends['estimate']:+.3g} ({ends['low']:+.3g} to {ends['high']:+.3g})"
