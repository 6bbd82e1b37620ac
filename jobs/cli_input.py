"""Commands that bring data in and tell how it stands: init, ingest, status, doctor."""

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobs.cli_changes import coverage_changes, show_coverage
from jobs.cli_context import CONTROLS, json_option, pass_workspace, show, wished_columns
from jobs.cli_effect import show_undeclared, undeclared
from jobs.progress import bar, say
from jobs.triage_age import age, clock
from jobs.workspace import Workspace, create_workspace

if TYPE_CHECKING:
    from jobs.ingest import Outcome
    from jobs.ingest_plan import Request

INPUTS = ("decisions", "exposure", "appeals", "labels")


@click.command("init")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), default=Path("."))
@json_option
def init(directory: Path, as_json: bool) -> None:
    """Make a workspace: settings, reference files, hash key, database. What exists stays as it is."""
    workspace, written = create_workspace(directory)
    rows = {"workspace": str(workspace.path), "written": written}
    next_ = f"next: groundswell -w {workspace.path} ingest FILE"
    show(rows, as_json, note=next_ if written else f"nothing to do: the workspace is complete; {next_}")


@click.command("ingest")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--stream",
    type=click.Choice(["feedback", "usage_anomaly"]),
    default="feedback",
    show_default=True,
    help="What the documents are.",
)
@click.option("--decisions", is_flag=True, help="The file is a decision log.")
@click.option("--exposure", is_flag=True, help="The file holds requests, blocked requests and customers by day.")
@click.option("--appeals", is_flag=True, help="The file holds appeals against decisions.")
@click.option("--labels", is_flag=True, help="The file holds labels of documents or decisions.")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=COLUMN[,COLUMN]",
    help="Say which columns are a field; several are joined, none (FIELD=) leaves it out, =TEXT is a constant.",
)
@click.option("--source", help="Where the rows come from; the file's name unless a column says.")
@click.option(
    "--date-format",
    "date_formats",
    multiple=True,
    metavar="[FIELD=]FORMAT",
    help="day-first, month-first, mixed-mdy, iso, epoch-s, ... or a pattern such as %d/%m/%Y.",
)
@click.option("--tz", "timezone", metavar="ZONE", help="Zone of naive times, such as Europe/Berlin; else the setting.")
@click.option("--segments", metavar="[KEY=]COLUMN,...", help="Columns that are segments; '' for none. Else guessed.")
@click.option("--encoding", help="Encoding of the text, such as cp1252; else UTF-8 or what a byte order mark says.")
@click.option("--dry-run", is_flag=True, help="Show what would be read and refused; store nothing.")
@json_option
@pass_workspace
def ingest(workspace: Workspace, file: Path, as_json: bool, **options: Any) -> None:
    """Read a CSV, JSON lines or Parquet file (gzip and zstd too): documents, decisions, exposure, appeals, labels."""
    from jobs.ingest import ingest as ingest_file

    request = _request(file, options)
    with workspace.open_store() as store:
        outcome = ingest_file(workspace, store, request, now=datetime.now(UTC), progress=bar)
    if not as_json:
        for line in [*outcome.mapping, *outcome.notes]:
            say(CONTROLS.sub("", line))
    show(_summary(outcome), as_json, columns=["file", "input", "rows", "new", "known", "quarantined"])
    if not as_json:
        _tell(outcome)


def _request(file: Path, options: dict[str, Any]) -> "Request":
    from jobs.columns import Wishes
    from jobs.ingest_plan import Request

    chosen = [name for name in INPUTS if options[name]]
    if len(chosen) > 1:
        raise click.UsageError(f"expected one kind of input, got --{' and --'.join(chosen)}; give one")
    if chosen and click.get_current_context().get_parameter_source("stream") is not click.core.ParameterSource.DEFAULT:
        raise click.UsageError(f"expected --stream or --{chosen[0]}, got both; give one")
    return Request(
        path=file,
        input=chosen[0] if chosen else options["stream"],
        wishes=Wishes(wished_columns(options["mapping"]), _segments(options["segments"])),
        source=options["source"],
        date_formats=_formats(options["date_formats"]),
        timezone=options["timezone"],
        encoding=options["encoding"],
        dry_run=options["dry_run"],
    )


def _segments(text: str | None) -> dict[str, str] | None:
    from jobs.columns import plain

    if text is None:
        return None
    pairs = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    return {key.strip() if mark else plain(key): column.strip() if mark else key for key, mark, column in pairs}


def _formats(given: tuple[str, ...]) -> dict[str, str]:
    from jobs.columns_names import TIMES

    found = {}
    for entry in given:
        field, mark, form = entry.partition("=")
        named = bool(mark) and field in TIMES
        found[field if named else ""] = form if named else entry
    return found


def _summary(outcome: "Outcome") -> dict[str, Any]:
    return {
        "file": outcome.file,
        "input": outcome.input,
        "rows": outcome.rows_in,
        "new": outcome.rows_new,
        "known": outcome.rows_same,
        "quarantined": outcome.rows_quarantined,
        "reasons": dict(sorted(outcome.reasons.items())),
        "already_ingested": outcome.already,
        "dry_run": outcome.dry_run,
        "triage": {"queued": outcome.queued, "messages": outcome.told, "note": outcome.triage or None},
        "mapping": outcome.mapping,
        "notes": outcome.notes,
    }


def _tell(outcome: "Outcome") -> None:
    if outcome.already:
        click.echo("nothing to do: this file was ingested before, under the same options")
    for reason, count in sorted(outcome.reasons.items()):
        click.echo(f"quarantined: {count:,} {reason}")
    for refusal in outcome.examples:
        click.echo(CONTROLS.sub("", f"  line {refusal.line:,}: {refusal.detail}"))
    if outcome.queued or outcome.told:
        told = f"{outcome.told:,} message{'' if outcome.told == 1 else 's'} sent to owners"
        click.echo(f"triage: {outcome.queued:,} documents may be grave, {told}; see 'groundswell triage'")
    if outcome.triage:
        click.echo(CONTROLS.sub("", f"triage: {outcome.triage}"))
    if outcome.dry_run:
        click.echo("dry run: nothing was stored; ids that conflict with known ones are not counted")


@click.command("status")
@json_option
@pass_workspace
def status(workspace: Workspace, as_json: bool) -> None:
    """How the workspace stands: documents by stream and source, what was refused, the last runs, what is due."""
    from jobs.run import STEPS

    with workspace.open_store() as store:
        as_of = store.search.status.as_of()
        tables = {
            "documents": store.documents.counts(),
            "inputs": store.runs.files(),
            "quarantined": store.runs.quarantined(),
            "runs": store.runs.last(),
            "agreement": store.understanding.agreements(),
        }
        coverage = coverage_changes(store)
        inferred = undeclared(store)
        waiting = store.search.triage.standing()
        moment = clock(store, workspace.settings, datetime.now(UTC))
    done = {row["job"] for row in tables["runs"] if row["state"] == "done"}
    due = [step.name for step in STEPS if step.name not in done]
    if as_json:
        found = {"workspace": str(workspace.path), "as_of": as_of, **tables, "triage": waiting, "coverage": coverage}
        found["inferred_releases"] = inferred
        show({**found, "not_run": due}, True)
        return
    click.echo(f"workspace {workspace.path}, as of {as_of or 'nothing yet'}")
    for title, rows in tables.items():
        click.echo(f"\n{title}")
        show([_brief(row) for row in rows], False, columns=COLUMNS.get(title))
    if waiting["open"]:
        since = age(waiting["oldest_received_at"], moment)
        click.echo(
            f"\ntriage: {waiting['open']:,} documents wait for a person, the oldest for {since}: groundswell triage"
        )
    show_coverage(coverage)
    show_undeclared(inferred)
    if due:
        click.echo(f"\nnot run yet: {', '.join(due)}; next: groundswell -w {workspace.path} run")


def _brief(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the table shows it: days instead of moments, a share in percent."""
    told = {name: value[:10] if name == "as_of" and value else value for name, value in row.items()}
    if told.get("unknown_reporters") is not None:
        told["unknown_reporters"] = f"{told['unknown_reporters']:.0%}"
    return told


COLUMNS = {
    "documents": ["stream", "source", "documents", "first_day", "last_day", "unknown_reporters"],
    "inputs": ["name", "input", "rows_in", "rows_new", "rows_same", "rows_quarantined"],
    "runs": ["job", "state", "as_of", "rows_out", "seconds", "error"],
}
"""What fits a terminal of 80 characters; `--json` has it all."""


@click.command("doctor")
@json_option
@pass_workspace
def doctor(workspace: Workspace, as_json: bool) -> None:
    """Check settings, reference files, key, database, name finder and disk; exit code 1 where something is wrong."""
    from jobs.doctor import examine

    rows = examine(workspace, free=shutil.disk_usage(workspace.path).free)
    show(rows, as_json)
    if any(row["state"] == "wrong" for row in rows):
        sys.exit(1)
