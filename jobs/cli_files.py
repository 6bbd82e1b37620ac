"""Commands over files that need no workspace: classify, redact."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jobs.cli_context import CONTROLS, MARKER, find_workspace, output_file, wished_columns
from jobs.progress import say
from jobs.workspace import Workspace

if TYPE_CHECKING:
    from jobs.file_documents import Wanted
    from jobs.file_report import Report

C = TypeVar("C", bound=Callable[..., Any])

STANDARD = "-"
COMMON = (
    click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    click.option(
        "-o",
        "--output",
        type=output_file,
        default=STANDARD,
        show_default=True,
        help="File to write; - is standard output.",
    ),
    click.option(
        "--map",
        "mapping",
        multiple=True,
        metavar="FIELD=COLUMN[,COLUMN]",
        help="Say which columns are text and id (text=body); else they are guessed and shown.",
    ),
    click.option(
        "--text", "text", multiple=True, metavar="COLUMN", help="A column of the text; repeat to join several."
    ),
    click.option("--id", "id_", metavar="COLUMN", help="The column of the ids; a row without one is named line-N."),
    click.option("--limit", type=click.IntRange(1), metavar="N", help="Stop after so many documents."),
    click.option("--quarantine", type=output_file, help="Where refused rows are listed; else FILE.quarantine.jsonl."),
    click.option(
        "--jobs", type=click.IntRange(1), metavar="N", help="Processes; else one a core, one for small files."
    ),
    click.option("--encoding", help="Encoding of the text, such as cp1252; else UTF-8 or what a byte order mark says."),
    click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON."),
)


def common_options(command: C) -> C:
    """What both commands take."""
    for option in reversed(COMMON):
        command = option(command)
    return command


@click.command("classify")
@common_options
@click.option(
    "--embedder",
    type=click.Choice(["student", "teacher", "static"]),
    help="What makes the vectors: the taught student, the slow teacher (default for fewer than 2,000 documents), "
    "the static table.",
)
@click.option(
    "--taxonomy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Taxonomy file in place of the workspace's or the built-in one.",
)
@click.option("--with-text", is_flag=True, help="Add the redacted text, in which `boilerplate` counts.")
@click.pass_context
def classify(ctx: click.Context, /, embedder: str | None, taxonomy: Path | None, with_text: bool, **given: Any) -> None:
    """Classify every document of a CSV, JSON lines or Parquet file (gzip and zstd too): one JSON object a line.

    Claim, kind, harm domain, use case, severity with probabilities, facets, entities, language, hazard, boilerplate,
    what abstained; in the order of the file. Offsets of `boilerplate` count in the redacted text. A workspace that
    is named or found lends its classifier, taxonomy and embedder; none is needed.
    """

    def work(wanted: "Wanted") -> tuple[Any, dict[str, str]]:
        from jobs.embedder import ENOUGH_TO_TEACH
        from jobs.file_documents import few
        from jobs.file_models import load_reader
        from jobs.file_work import Classify

        small = few(wanted, ENOUGH_TO_TEACH)
        reader = load_reader(_workspace(ctx), embedder=embedder, taxonomy_file=taxonomy, few=small)
        versions = {"embedder": reader.embedder.version, "classifier": reader.classifier.version}
        return Classify(reader, with_text), versions

    _run(work, given)


@click.command("redact")
@common_options
def redact(**given: Any) -> None:
    """Take personal data and secrets out of every document of a file: id, text and spans, one JSON object a line.

    Offsets of `spans` count in the original text: the cell as it is; where several columns make the text, those that
    say something new, each stripped, with an empty line between.
    """

    def work(wanted: "Wanted") -> tuple[Any, dict[str, str]]:
        from jobs.file_work import Redact
        from nlp.extract import redactor_version
        from nlp.names import load_pipeline

        pipeline = load_pipeline()
        return Redact(pipeline), {"redactor": redactor_version(pipeline)}

    _run(work, given)


def _run(work: Callable[["Wanted"], tuple[Any, dict[str, str]]], given: dict[str, Any]) -> None:
    from jobs.file_pass import Paths, pass_over

    try:
        wanted = _wanted(given)
        output = None if str(given["output"]) == STANDARD else given["output"]
        paths = Paths(output, given["quarantine"])
        report = pass_over(wanted, work, paths, jobs=given["jobs"], tell=lambda line: say(CONTROLS.sub("", line)))
    except (ValueError, LookupError, OSError) as error:
        # Names of columns are the file's own words: none of them must drive the terminal.
        raise click.ClickException(CONTROLS.sub("", str(error))) from None
    _tell(report, as_json=given["as_json"], beside=output is None)


def _wanted(given: dict[str, Any]) -> "Wanted":
    from jobs.file_documents import Wanted

    wished = wished_columns(given["mapping"])
    unknown = sorted(set(wished) - {"text", "id"})
    if unknown:
        raise click.UsageError(f"expected --map text=COLUMN or id=COLUMN, got {unknown[0]!r}; correct it")
    if (given["text"] and "text" in wished) or (given["id_"] and "id" in wished):
        raise click.UsageError("expected a field named once, got it by --map and by its own option; give one")
    ids = wished.get("id", ())
    if len(ids) > 1:
        raise click.UsageError(f"expected one column of ids, got {len(ids)}; name one with --id COLUMN")
    return Wanted(
        given["file"],
        given["text"] or wished.get("text", ()),
        given["id_"] or (ids[0] if ids else None),
        given["encoding"],
        given["limit"],
    )


def _workspace(ctx: click.Context) -> Workspace | None:
    """The workspace that is named, or that the current directory is; None where there is none."""
    named = ctx.find_root().obj["workspace"] or os.environ.get("GROUNDSWELL_WORKSPACE")
    return find_workspace(named) if named or Path(MARKER).is_file() else None


def _tell(report: "Report", *, as_json: bool, beside: bool) -> None:
    """The summary: on standard error, but JSON on standard output unless that is where the documents went."""
    if as_json:
        click.echo(json.dumps(report.summary(), ensure_ascii=False, indent=2), err=beside)
        return
    for line in report.lines():
        say(CONTROLS.sub("", line))
