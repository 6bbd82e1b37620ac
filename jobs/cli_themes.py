"""Command `themes`: the list of themes; what is done with one stands in modules of its own."""

from collections.abc import Callable
from typing import Any

import click

from jobs.cli_context import cell, json_option, pass_workspace, show
from jobs.cli_curate import CURATE
from jobs.cli_findings import limit_option, parsed_day
from jobs.cli_theme_file import check_file_options, file_options, themes_of_file
from jobs.cli_theme_map import map_command
from jobs.cli_theme_search import search_themes
from jobs.cli_theme_show import mixed, show_theme
from jobs.spark import BLOCKS, PLAIN, by_week, spark, terminal_marks
from jobs.theme_filter import SORTS, STATES, ThemeFilter
from jobs.theme_quality import name_check
from jobs.workspace import Workspace

Row = dict[str, Any]

LISTING = (
    click.option("--stream", type=click.Choice(["feedback", "usage_anomaly"]), help="Only this stream."),
    click.option(
        "--state", type=click.Choice([*STATES, "all"]), default="living", show_default=True, help="Only this state."
    ),
    click.option("--kind", help="Only those with a fifth of their recent documents of this kind."),
    click.option("--harm-domain", help="Only those with a fifth of their recent documents in this harm domain."),
    click.option("--new-since", metavar="DAY", help="Only those born on this day or later."),
    click.option("--parent", metavar="ID", help="Only the children of this roll-up."),
    click.option("--pinned", is_flag=True, default=None, help="Only pinned ones."),
    click.option("--muted", is_flag=True, default=None, help="Only muted ones."),
    click.option("--sort", type=click.Choice(list(SORTS)), default="reporters", show_default=True, help="The order."),
    limit_option,
    json_option,
)
"""Options of `themes` and of `themes list`, in the order of the help."""
ARROWS = {BLOCKS: "→", PLAIN: "->"}
SHOWN = 2
"""So many parts of a mix are named in the list."""


def listing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of `LISTING`."""
    for option in reversed(LISTING):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@listing_options
@file_options
@click.pass_context
def themes(ctx: click.Context, /, **given: Any) -> None:
    """Themes: list, search, show one, correct them; or find those of any file (--file)."""
    listing = {name: given.pop(name) for name in [parameter.name for parameter in list_themes.params] if name in given}
    check_file_options(given)
    if given["file"] is not None:
        themes_of_file({**given, "limit": listing["limit"]}, as_json=listing["as_json"])
    elif ctx.invoked_subcommand is None:
        ctx.invoke(list_themes, **listing)


@themes.command("list")
@listing_options
@pass_workspace
def list_themes(workspace: Workspace, limit: int, as_json: bool, state: str, **filters: Any) -> None:
    """Themes, those with most reporters in the last 28 days first."""
    filters["new_since"] = parsed_day(filters["new_since"])
    wanted = ThemeFilter(state=None if state == "all" else state, **filters)
    with workspace.open_store() as store:
        page = store.search.themes.page(wanted, limit=limit)
        as_of = store.search.status.as_of()
    if as_json:
        show(page.rows, True)
        return
    marks = terminal_marks()
    rows = [list_line(row, marks) for row in page.rows]
    told = NOTE.format(as_of=(as_of or "-")[:10], arrow=ARROWS[marks])
    show(rows, False, note=f"{len(page.rows):,} of {page.total:,} themes\n{told}")


NOTE = """\
size: unique documents of all days; reporters: of the 28 days before {arrow} of the 28 days to {as_of}
mixes: of the unique documents of those 28 days; trend: reporters by week"""


def list_line(row: Row, marks: str) -> Row:
    """A theme as a reader sees it in the list: few columns, the rest under id and name."""
    flags = [name for name in ("pinned", "muted") if row[name]]
    return {
        "id": "\n".join([row["theme_id"], row["state"], *flags]),
        "theme": "\n".join(line for line in (row["name"], *_details(row)) if line),
        "size": row["size"],
        "reporters": f"{cell(row['previous_reporters'])} {ARROWS[marks]} {cell(row['reporters'])}",
        "trend": spark(by_week(row["trend"]), marks=marks),
    }


def _details(row: Row) -> list[str]:
    mixes = [mixed((row[name] or [])[:SHOWN]) for name in ("kinds", "harm_domains")]
    seen = f"since {row['first_seen'] or row['born_on']}"
    if row["merged_into"]:
        family = f"merged into {row['merged_into']}"
    elif row["level"]:
        family = f"roll-up of {row['children']}"
    else:
        family = f"part of {row['parent_id']}" if row["parent_id"] else ""
    facts = "; ".join(part for part in (seen, family) if part)
    return ["; ".join(part for part in mixes if part), facts, name_check(row["quality"] or {}) or ""]


SUBCOMMANDS: tuple[click.Command, ...] = (search_themes, show_theme, map_command, *CURATE)
for subcommand in SUBCOMMANDS:
    themes.add_command(subcommand)
