"""`groundswell changes --series FILE`: changepoints of any series, without a workspace."""

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from jobs.cli_context import CONTROLS, finite, output_file, show, wished_columns
from jobs.progress import bar, say

SERIES_OPTIONS = (
    click.option(
        "--series",
        "file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Changes of this file's series (series, day or index, count or value, exposure), without a workspace.",
    ),
    click.option("--online", is_flag=True, help="With --series: replay step by step, and say when each was reported."),
    click.option(
        "--false-alerts-per-week",
        "budget",
        type=click.FloatRange(0, min_open=True),
        callback=finite,
        help="With --series and counts: false alerts a week over all series of the file together; 1 unless said.",
    ),
    click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="With --series: name its columns."),
    click.option("--date-format", help="With --series: how its days are written; else ISO 8601, ISO weeks or numbers."),
    click.option("--encoding", help="With --series: its encoding, such as cp1252; else UTF-8 or what a mark says."),
    click.option("--quarantine", type=output_file, help="Where refused rows are listed; else FILE.quarantine.jsonl."),
)
SERIES_ARGUMENTS = ("file", "online", "budget", "mapping", "date_format", "encoding", "quarantine")


class NotListed(ValueError):
    """The place for the list of refused rows cannot be written to."""


def series_options(command: Any) -> Any:
    """What `changes` takes beside the options of a workspace."""
    for option in reversed(SERIES_OPTIONS):
        command = option(command)
    return command


def asks_for_file(given: dict[str, Any], *, others: Sequence[Any]) -> bool:
    """Whether a file is meant. Raises `click.UsageError` where options of a file and of a workspace mix."""
    if given["file"] is None and any(given[name] for name in SERIES_ARGUMENTS):
        raise click.UsageError("expected --series FILE with options of a file, got none; name it")
    if given["file"] is not None and any(others):
        raise click.UsageError("expected --series FILE alone, got filters of a workspace beside it; leave them out")
    return given["file"] is not None


def changes_of_file(given: dict[str, Any], *, as_json: bool) -> None:
    """Print the changes of the series of a file: as JSON unless on a terminal."""
    from jobs.file_pass import distinct_files
    from jobs.series_file import Asked, read_series
    from topics.change import DetectionSettings
    from topics.given_series import count_changes, real_value_changes

    wished = {name: columns[0] for name, columns in wished_columns(given["mapping"]).items() if columns}
    try:
        distinct_files([("the input", given["file"]), ("--quarantine", given["quarantine"])])
        with bar(f"reading {given['file'].name}", None):
            read = read_series(Asked(given["file"], wished, given["date_format"] or "iso", given["encoding"]))
        refused = listed(read.refused, given["quarantine"], given["file"])
    except (ValueError, LookupError, OSError) as error:
        raise click.ClickException(CONTROLS.sub("", str(error))) from None
    tell(read, refused)
    if read.real and given["budget"] is not None:
        say("left aside: --false-alerts-per-week; real values know no counting model, p-values limit what is reported")
    settings = DetectionSettings(false_alerts_per_week=given["budget"] or 1.0)
    with bar(f"looking for changes in {given['file'].name}", None):
        if read.real:
            rows = real_value_changes(read.given, online=given["online"])
        else:
            rows = count_changes(read.given, settings, online=given["online"])
    if as_json or not sys.stdout.isatty():
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        show([_short(row) for row in rows], False)


def tell(read: Any, refused: Path | None) -> None:
    """What was read, and what was not, beside the output."""
    columns = ", ".join(f"{name} <- {column}" for name, column in read.columns.items())
    steps = f"{len(read.given.labels):,} {read.given.unit}s"
    say(CONTROLS.sub("", f"{columns}; {len(read.given.names):,} series, {steps}, {read.rows:,} rows"))
    if read.unexposed:
        say(f"left out: {read.unexposed:,} rows without exposure, or with exposure 0")
    if refused is not None:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in read.reasons().items())
        say(CONTROLS.sub("", f"quarantined: {len(read.refused):,} rows ({reasons}), listed in {refused}"))


def listed(refused: list[Any], asked: Path | None, file: Path) -> Path | None:
    """Write down the refused rows of a file, beside it unless another place is asked for; None where there are none.

    As everywhere: a list that is asked for is written even if it is empty, one of an earlier run does not stay.
    """
    from jobs.channels import write_whole
    from jobs.file_documents import quarantined

    path = asked or file.with_name(f"{file.name}.quarantine.jsonl")
    if not refused and asked is None:
        with suppress(OSError):  # on a disk that is only read, not even a file that is absent can be removed
            path.unlink()
        return None
    try:
        write_whole(path, "".join(json.dumps(quarantined(refusal)) + "\n" for refusal in refused))
    except OSError as error:
        raise NotListed(
            f"expected to list {len(refused):,} refused rows in {path}, got: {error.strerror}; name another place with "
            "--quarantine"
        ) from None
    return path if refused else None


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """A change as the table shows it."""
    ratio = (
        "" if row["ratio"] is None else f"x{row['ratio']:.2f} ({_end(row['ratio_low'])} to {_end(row['ratio_high'])})"
    )
    return {
        "series": row["series"],
        "day": row["day"],
        "between": f"{row['day_low']} and {row['day_high']}",
        "what": f"{row['direction']}, {row['type'].replace('_', ' ')}",
        "ratio": ratio,
        "q": f"{row['q_value']:.2g}",
        "reported": row["detected_on"] if row["detected_on"] is not None else "",
    }


def _end(value: float | None) -> str:
    return "?" if value is None else f"{value:.2f}"
