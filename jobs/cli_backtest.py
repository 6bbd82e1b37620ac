"""Command `backtest`: history as it was known each day, and what would have been alerted when."""

from pathlib import Path
from typing import Any

import click

from jobs.cli_context import json_option, pass_workspace, show
from jobs.cli_findings import from_option, parsed_day, to_option
from jobs.workspace import Workspace

Row = dict[str, Any]

MOST_BUDGETS = 8
LISTED = ("detected_on", "day", "alert", "type", "ratio", "owner")
COMPARED = {
    True: ("alerts", "alerts_a_week", "false_alerts_a_week", "precision", "recall", "median_delay_days"),
    False: ("alerts", "alerts_a_week", "useful", "not_useful", "unconfirmed", "unjudged"),
}
NOW = (
    "replayed by arrival with the kinds, themes, duplicates and watchlists of today: what was known each day is which "
    "documents had arrived, not how they were read then"
)
GUESS = (
    "no known events: false alerts are those that people judged not useful or, unjudged, that later days do not bear "
    "out; of the rest nobody knows (name events with --truth)"
)


def _budgets(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[float, ...]:
    """The budgets of a list such as 0.25,0.5,1, each once, smallest first."""
    try:
        found = tuple(sorted({float(part) for part in value.split(",")})) if value else ()
        if not all(0 < budget <= 1000 for budget in found) or len(found) > MOST_BUDGETS:
            raise ValueError
    except ValueError:
        wrong = f"expected at most {MOST_BUDGETS} positive numbers such as 0.25,0.5,1, got {value!r}"
        raise click.BadParameter(wrong, ctx, param) from None
    return found


@click.command()
@from_option
@to_option
@click.option("--truth", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Known events, as YAML.")
@click.option("--owner", help="Only what this owner would have been told, and events that are the owner's.")
@click.option(
    "--false-alerts-per-week",
    "budgets",
    metavar="X[,Y,...]",
    callback=_budgets,
    help="Budgets to try side by side: the owner's with --owner, else the common one.",
)
@json_option
@pass_workspace
def backtest(
    workspace: Workspace,
    day_from: str | None,
    day_to: str | None,
    truth: Path | None,
    owner: str | None,
    budgets: tuple[float, ...],
    as_json: bool,
) -> None:
    """Replay history as it was known each day: what would have been alerted when, how much of it falsely."""
    import pandas as pd

    from jobs.backtest import Asked, asked_days, read_world
    from jobs.backtest import backtest as replayed
    from jobs.ingest_reference import read_reference
    from jobs.known_events import read_events
    from jobs.progress import bar

    first, last = (pd.Timestamp(day) if day else None for day in map(parsed_day, (day_from, day_to)))
    events = tuple(read_events(truth)) if truth else ()
    files = read_reference(workspace.path)
    with workspace.open_store() as store:
        world = read_world(store, workspace.settings, files)
    asked = Asked(first, None if last is None else last - pd.Timedelta(days=1), owner, budgets, events)
    low, high = asked_days(world, asked)
    with bar("days replayed", (high - low).days + 1) as advance:
        found = replayed(world, asked, advance=advance)
    if as_json:
        show(_plain(found), True)
        return
    _shown(_plain(found), known=bool(events))


def _shown(found: Row, *, known: bool) -> None:
    """For a reader: the budgets side by side where there are several, else the alerts of the one."""
    rows = found["budgets"]
    if len(rows) == 1:
        last = "event" if known else "judged"
        listed = [{**row, "alert": row["title"]} for row in rows[0]["list"]]
        show(listed, False, columns=[*LISTED, last])
    of_whom = found["owner"] or "all"
    columns = ["false alerts a week allowed", *COMPARED[known]]
    show([{columns[0]: row["budget"], **row} for row in rows], False, columns=columns)
    if known:
        show(_events(rows), False)
    whose = "" if found["owner"] is None else f" of {of_whom}"
    click.echo(f"{found['days']:,} days from {found['from']} to before {found['to']}, alerts{whose}")
    click.echo(NOW)
    if not known:
        click.echo(GUESS)


def _events(rows: list[Row]) -> list[Row]:
    """Each event with the days to its first alert under each budget; a bracket: later than four weeks."""
    table = []
    for place, event in enumerate(rows[0]["of_events"]):
        line: Row = {"event": event["name"], "day": event["day"], "direction": event["direction"]}
        for row in rows:
            own = row["of_events"][place]
            days = own["delay_days"]
            told = "not found" if days is None else f"{days}" if own["found"] else f"({days})"
            line[f"days at {row['budget']:g}"] = told
        table.append(line)
    return table


def _plain(value: Any) -> Any:
    """Days as ISO dates, numbers that are none as null: what JSON can hold."""
    import pandas as pd

    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return None
    return value
