"""Options of `themes --file`, and what is done with them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from jobs.cli_context import CONTROLS, finite, output_file, show
from jobs.progress import say

C = TypeVar("C", bound=Callable[..., Any])

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITTEN = output_file
OPTIONS = (
    click.option("--file", "file", type=FILE, help="Find the themes of this file; no workspace is needed."),
    click.option(
        "-o", "--output", type=WRITTEN, help="Write id, theme and similarity of every document; - is standard output."
    ),
    click.option("--summary", type=WRITTEN, help="Write themes and facts of the run as JSON."),
    click.option("--text", multiple=True, metavar="COLUMNS", help="Columns of the text, such as title,body."),
    click.option("--time", "time_", metavar="COLUMN", help="The column of the days, for weekly sizes; '' for none."),
    click.option("--id", "id_", metavar="COLUMN", help="The column of the ids; a row without one is named line-N."),
    click.option("--reporter", metavar="COLUMN", help="The column that says who wrote; '' for none."),
    click.option(
        "--vectors",
        type=click.Choice(["teacher", "student", "static"]),
        help="The slow exact teacher (default below 6,000 claims), a student taught on the file, the static table.",
    ),
    click.option(
        "--min-size", type=click.IntRange(2), metavar="N", help="Documents a theme needs; else by their root."
    ),
    click.option(
        "--coverage",
        type=click.FloatRange(0, 1, min_open=True),
        callback=finite,
        help="Share of documents to place; 0.9 unless said.",
    ),
    click.option("--save", type=WRITTEN, help="Keep the themes for other files (npz)."),
    click.option("--model", type=FILE, help="Place documents in themes that --save kept; nothing is fitted."),
    click.option("--map", "map_", type=WRITTEN, help="Draw the themes as a map (PNG)."),
    click.option("--date-format", metavar="FORMAT", help="How days are written: day-first, mixed-mdy, or %d/%m/%Y."),
    click.option("--timezone", metavar="ZONE", help="Zone of times that name none; else UTC."),
    click.option("--encoding", help="Encoding of the text, such as cp1252; else UTF-8 or what a byte order mark says."),
    click.option("--max-documents", type=click.IntRange(1), metavar="N", help="Stop after so many documents."),
    click.option("--quarantine", type=WRITTEN, help="Where refused rows are listed; else FILE.quarantine.jsonl."),
    click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes that redact; else one a core."),
)
FILE_PARAMETERS = tuple(
    "output summary text time_ id_ reporter vectors min_size coverage save model map_ date_format timezone encoding "
    "max_documents quarantine jobs".split()
)


def file_options(command: C) -> C:
    """Give the group `themes` what `--file` takes."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def check_file_options(given: dict[str, Any]) -> None:
    """Raises `click.UsageError` where an option of files is given without one, or a file with a subcommand."""
    inner = click.get_current_context().invoked_subcommand
    if given["file"] is not None and inner is not None:
        raise click.UsageError(f"expected --file or '{inner}', got both; give one")
    stray = next((name for name in FILE_PARAMETERS if given[name]), None)
    if given["file"] is None and stray:
        option = stray.rstrip("_").replace("_", "-")
        raise click.UsageError(f"expected --file FILE with --{option}, got none; name the file")


def themes_of_file(given: dict[str, Any], *, as_json: bool) -> None:
    """Find the themes of the file, write what is wanted, show them."""
    from jobs.theme_file import Method, Outputs, pretty, themes_of
    from jobs.theme_file_read import Asked
    from jobs.theme_file_told import account, table

    if given["model"] is not None:
        fixed = [name for name in ("vectors", "min_size", "coverage") if given[name] is not None]
        if fixed:
            raise click.UsageError(
                f"expected --model alone, got --{fixed[0].replace('_', '-')} too; a model has its own"
            )
    asked = Asked(
        given["file"],
        **{name: given[name] for name in ("text", "reporter", "date_format", "timezone", "encoding")},
        time=given["time_"],
        id=given["id_"],
        limit=given["max_documents"],
    )
    outputs = Outputs(given["output"], given["summary"], given["save"], given["map_"], given["quarantine"])
    chosen = {name: given[name] for name in ("vectors", "min_size", "coverage", "model", "jobs")}
    method = Method(**{name: value for name, value in chosen.items() if value is not None})
    try:
        told = themes_of(asked, outputs, method, now=datetime.now(UTC), tell=lambda line: say(CONTROLS.sub("", line)))
    except (ValueError, LookupError, OSError) as error:
        # Names of columns are the file's own words: none of them must drive the terminal.
        raise click.ClickException(CONTROLS.sub("", str(error))) from None
    to_output = str(given["output"]) == "-"
    if as_json:
        click.echo(pretty(told), nl=False, err=to_output)
        return
    for line in account(told):
        say(CONTROLS.sub("", line))
    if not to_output:
        show(table(told, most=given["limit"]), False)
