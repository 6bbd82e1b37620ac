"""`groundswell diagnose`: where a mitigation errs, from a workspace's log or from any file of decisions."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from jobs.cli_context import CONTROLS, find_workspace, json_option, output_file, wished_columns
from jobs.progress import bar, say

ACTIONS = ("allow", "flag", "block", "downgrade")
ENDINGS = (".html", ".json")
OF_FILES = {"mapping": "--map", "encoding": "--encoding", "quarantine": "--quarantine"}
"""Options that say how a file is read, by parameter."""


def acted_option(ctx: click.Context, param: click.Parameter, value: str | None) -> frozenset[str] | None:
    """The actions that count as a yes. Raises `click.BadParameter`."""
    if value is None:
        return None
    found = frozenset(name.strip() for name in value.split(",") if name.strip())
    if not found or found - set(ACTIONS) or found == set(ACTIONS):
        raise click.BadParameter(f"expected some of {', '.join(ACTIONS)}, not all, got {value!r}", ctx, param)
    return found


def costs_option(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[float, float] | None:
    """Two numbers. Raises `click.BadParameter`."""
    if value is None:
        return None
    try:
        over, under = (float(part) for part in value.split(","))
        if not (0 <= over < float("inf") and 0 <= under < float("inf") and over + under > 0):
            raise ValueError
    except ValueError:
        raise click.BadParameter(f"expected two costs from 0 on, such as 1,5, got {value!r}", ctx, param) from None
    return over, under


def since_option(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A day as ISO text. Raises `click.BadParameter`."""
    try:
        return None if value is None else date.fromisoformat(value).isoformat()
    except ValueError:
        raise click.BadParameter(f"expected a day such as 2026-03-01, got {value!r}", ctx, param) from None


@click.command()
@click.argument("mitigation", required=False)
@click.option("--since", metavar="DATE", callback=since_option, help="With MITIGATION: decisions from this UTC day on.")
@click.option(
    "--decisions",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="In place of MITIGATION: a file of actions or scores, truths and slices (CSV, JSON lines, Parquet).",
)
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Name a column, such as truth=label.")
@click.option("--segment", "segments", multiple=True, metavar="NAME", help="Slice by this one; else by all there are.")
@click.option("--acted", callback=acted_option, help="Actions that count as a yes, by comma; else block.")
@click.option(
    "--costs", metavar="OVER,UNDER", callback=costs_option, help="What an over-block and an under-block cost, as 1,5."
)
@click.option("-o", "--output", type=output_file, help="Write a page (.html, with its numbers as .json) or a .json.")
@click.option("--encoding", help="Encoding of the text, such as cp1252; else UTF-8 or what a byte order mark says.")
@click.option("--quarantine", type=output_file, help="Where refused rows are listed; else FILE.quarantine.jsonl.")
@json_option
def diagnose(mitigation: str | None, file: Path | None, output: Path | None, as_json: bool, **given: Any) -> None:
    """Tell where a mitigation errs: both errors by slice, slices that err more, scores and thresholds.

    Of MITIGATION in a workspace: what the last run found, or anew with --since, --segment, --acted or --costs. Or of
    any file of decisions. Rates rest on truths with an inclusion probability, or on decisions that all have a truth;
    appeals and red team findings are no sample. What cannot be told is said so.
    """
    from jobs.cli_diagnose_show import show_record, write_record

    _check(mitigation, file, output, given)
    try:
        if file is not None:
            record = _of_file(file, given)
        else:
            record = _of_mitigation(str(mitigation), given)
        write_record(record, output, file.name if file is not None else str(mitigation))
    except (ValueError, LookupError, OSError) as error:
        text = str(error.args[0]) if isinstance(error, LookupError) and error.args else str(error)
        raise click.ClickException(CONTROLS.sub("", text)) from None
    show_record(record, as_json)


def _check(mitigation: str | None, file: Path | None, output: Path | None, given: dict[str, Any]) -> None:
    """Raises `click.UsageError` for options that do not go together."""
    if (mitigation is None) == (file is None):
        got = "neither" if file is None else f"both ({mitigation} and {file})"
        raise click.UsageError(f"expected MITIGATION or --decisions FILE, got {got}; name one of them")
    wrong = (
        [name for key, name in OF_FILES.items() if given[key]] if file is None else ["--since"] * bool(given["since"])
    )
    if wrong:
        place = "--decisions FILE" if file is None else "MITIGATION"
        raise click.UsageError(f"expected {wrong[0]} with {place} alone; leave it out")
    if output is not None and output.suffix.lower() not in ENDINGS:
        raise click.UsageError(f"expected -o FILE ending in .html or .json, got {str(output)!r}; name it so")
    written = [] if output is None else [output, output.with_suffix(".json")]
    if file is not None and any(name.resolve() == file.resolve() for name in written):
        raise click.UsageError(f"expected another file than {str(file)!r} to write to; choose another name")


def _of_file(file: Path, given: dict[str, Any]) -> dict[str, Any]:
    from jobs.cli_series import listed
    from jobs.diagnose import diagnosis
    from jobs.file_pass import distinct_files
    from jobs.log_file import Asked, read_log

    distinct_files([("the input", file), ("--quarantine", given["quarantine"])])
    log = read_log(Asked(file, wished_columns(given["mapping"]), given["segments"], given["encoding"]))
    refused = listed(log.refused, given["quarantine"], file)
    _tell(log, refused)
    with bar(f"diagnosing {file.name}", None):
        return diagnosis(log, _options(given))


def _of_mitigation(mitigation: str, given: dict[str, Any]) -> dict[str, Any]:
    """What the last run kept, unless something else is asked for or there is nothing yet."""
    from jobs.diagnose_step import Asked, of_days

    place = click.get_current_context().find_root().obj or {}
    workspace = find_workspace(place.get("workspace"))
    with workspace.open_store() as store:
        usual = not any(given[name] for name in ("since", "segments", "acted", "costs"))
        kept = store.diagnosis.latest(mitigation) if usual else None
        if kept is not None:
            return kept
        return of_days(store, workspace, mitigation, Asked(_options(given), given["since"], given["segments"]))


def _options(given: dict[str, Any]) -> Any:
    from jobs.diagnose import Options
    from mitigations.judged import ACTED
    from mitigations.thresholds import Costs

    return Options(given["acted"] or ACTED, None if given["costs"] is None else Costs(*given["costs"]))


def _tell(log: Any, refused: Path | None) -> None:
    """What was read, and what was not, beside the output."""
    columns = ", ".join(f"{name} <- {column}" for name, column in log.columns.items())
    say(CONTROLS.sub("", f"{columns}; slices: {', '.join(log.segments) or 'none'}; {log.rows:,} rows"))
    if refused is not None:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in log.reasons().items())
        say(CONTROLS.sub("", f"quarantined: {len(log.refused):,} rows ({reasons}), listed in {refused}"))
