"""What every command shares: finding the workspace, and showing rows as a table or as JSON."""

import functools
import json
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

import click

from jobs.workspace import Workspace

R = TypeVar("R")

MARKER = "groundswell.yaml"
SHORT = 14
"""A column whose widest cell has at most so many characters is never broken: ids, days, numbers."""
# C0 and C1 controls but newline and tab: a document must not drive the reader's terminal.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def find_workspace(given: str | None) -> Workspace:
    """The workspace asked for, else that of the environment, else the current directory.

    Raises `click.UsageError` where none of them holds a groundswell.yaml.
    """
    path = Path(given or os.environ.get("GROUNDSWELL_WORKSPACE") or ".")
    if not (path / MARKER).is_file():
        raise click.UsageError(
            f"expected a workspace (a directory with {MARKER}), got {str(path)!r}; "
            "make one with 'groundswell init DIR' or name one with -w DIR"
        )
    return Workspace(path)


def pass_workspace(command: Callable[..., R]) -> Callable[..., R]:
    """Give the command the keyword argument `workspace`."""

    @click.pass_context
    @functools.wraps(command)
    def wrapped(ctx: click.Context, *args: Any, **kwargs: Any) -> R:
        workspace = find_workspace(ctx.find_root().obj["workspace"])
        return command(*args, **{**kwargs, "workspace": workspace})

    return wrapped


class _OutputFile(click.Path):
    """A file to write, in a folder that is there: said before the work is done, not after."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"expected a folder that exists, got {str(path.parent)!r}; make it first", param, ctx)
        return path


output_file = _OutputFile(dir_okay=False, path_type=Path)


def finite(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    """A number that is one: a range of click lets nan pass. Raises `click.BadParameter`."""
    if value is not None and not isfinite(value):
        raise click.BadParameter(f"expected a number, got {value:g}", ctx, param)
    return value


kind_option = click.option(
    "--kind",
    type=click.Choice(["over_block", "under_block"]),
    default="over_block",
    show_default=True,
    help="Legitimate use stopped, or harm let through.",
)


def iso_week(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The week asked for, as the ledger names it. Raises `click.BadParameter` where there is none such."""
    if value is None:
        return None
    year, mark, number = value.partition("-W")
    try:
        if not (mark and len(year) == 4 and len(number) == 2 and (year + number).isdecimal()):
            raise ValueError
        return f"{date.fromisocalendar(int(year), int(number), 1):%G-W%V}"
    except ValueError:
        wrong = f"expected an ISO week that exists, such as 2026-W10, got {value!r}"
        raise click.BadParameter(wrong, ctx, param) from None


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
as_option = click.option("--as", "actor", required=True, metavar="NAME", help="Who does it; is kept.")
owner_option = click.option("--owner", help="Only those of this owner.")
by_option = click.option("--by", "actor", metavar="NAME", help="Who does it; is kept. Else the login name.")
reason_option = click.option("--reason", required=True, help="Why, in words; is kept.")


def wished_columns(pairs: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Columns by field, as `--map` gives them. Raises `click.UsageError`."""
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        field, mark, columns = pair.partition("=")
        if not mark or not field:
            raise click.UsageError(f"expected --map FIELD=COLUMN, got {pair!r}")
        names = (columns,) if columns.startswith("=") else tuple(name.strip() for name in columns.split(","))
        found[field.strip()] = tuple(name for name in names if name)
    return found


def show(
    rows: Sequence[Mapping[str, Any]] | Mapping[str, Any],
    as_json: bool,
    *,
    columns: Sequence[str] | None = None,
    note: str | None = None,
) -> None:
    """Print rows as JSON or as a table of `columns` (all of the first row's unless named)."""
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    listed = [rows] if isinstance(rows, Mapping) else list(rows)
    if listed:
        _table(listed, columns or list(listed[0]))
    else:
        click.echo("nothing to list")
    if note:
        click.echo(note)


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in columns:
        widest = max(len(line) for row in rows for line in cell(row.get(name)).split("\n"))
        table.add_column(
            heading(name, widest),
            justify="right" if all(_numeric(row.get(name)) for row in rows) else "left",
            overflow="fold",
            no_wrap=widest <= SHORT,
            vertical="top",
        )
    for row in rows:
        table.add_row(*(Text(cell(row.get(name))) for name in columns))
    Console(width=width()).print(table)


def width() -> int:
    """Columns of the terminal, or of COLUMNS; 80 where there is neither."""
    return shutil.get_terminal_size((80, 24)).columns


def heading(name: str, widest: int) -> str:
    """A column's name over cells of at most `widest` characters: broken between words where it is wider.

    >>> heading("last_day", 10), heading("unknown_reporters", 5)
    ('last day', 'unknown\\nreporters')
    """
    return name.replace("_", " ") if len(name) <= widest else name.replace("_", "\n")


NUMBER = re.compile(
    r"[×<]?-?\d[\d,.]*(e-?\d+)?( ?%)?([ \n]+[(\d].*)?|cannot tell.*|none named|from 0|no exposure", re.S
)


def _numeric(value: Any) -> bool:
    """Whether a cell stands right: a number, a number with its sign or interval, or nothing."""
    return isinstance(value, int | float | None) or bool(isinstance(value, str) and NUMBER.fullmatch(value))


def cell(value: Any) -> str:
    """One value as a person reads it, with control characters gone.

    >>> cell(0.12345), cell(12345), cell(None), cell(["a", "b"]), cell("x\\x1b[2J")
    ('0.123', '12,345', '-', 'a, b', 'x[2J')
    """
    if value is None or (isinstance(value, float) and value != value):
        return "-"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"
    if isinstance(value, list | tuple):
        return ", ".join(cell(item) for item in value)
    return CONTROLS.sub("", str(value))
