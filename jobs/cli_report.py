"""The commands that write the weekly one-pager and the executive brief."""

from pathlib import Path

import click

from jobs.cli_context import iso_week, json_option, kind_option, output_file, pass_workspace
from jobs.workspace import Workspace

report_file = click.option(
    "-o",
    "--output",
    type=output_file,
    help="Write it to this file, as its ending says: .html, .md or .json. Without: Markdown, printed.",
)


@click.group("report")
def report() -> None:
    """Reports to hand on."""


@report.command("weekly")
@kind_option
@click.option("--week", callback=iso_week, help="An ISO week, such as 2026-W10; without: the last one that is over.")
@click.option("--by", default="harm_domain", show_default=True, help="Attributes to slice by, such as plan.")
@click.option(
    "--for",
    "reader",
    type=click.Choice(["analyst", "pm"]),
    default="analyst",
    show_default=True,
    help="Who reads it: for a pm, numbers of few customers are not shown.",
)
@report_file
@json_option
@pass_workspace
def weekly(
    workspace: Workspace, kind: str, week: str | None, by: str, reader: str, output: Path | None, as_json: bool
) -> None:
    """One page for a manager: how many, is it better, where, what cannot be told yet."""
    from jobs.report import Ask, NotInLedger, written

    settings = workspace.settings
    ask = Ask(kind, week, by, settings.small_cell if reader == "pm" else 0)
    form = _form(output, as_json)
    with workspace.open_store() as store:
        try:
            text = written(store, settings, ask, form=form)
        except NotInLedger as error:
            raise click.ClickException(str(error)) from None
    _give(text, output)


@report.command("brief")
@report_file
@json_option
@pass_workspace
def brief_command(workspace: Workspace, output: Path | None, as_json: bool) -> None:
    """One page for an executive: which safeguard errs on which side, what changed, what to do first."""
    from jobs.brief import BRIEF_FORMATS, NoBoard, brief

    form = _form(output, as_json)
    with workspace.open_store() as store:
        try:
            text = BRIEF_FORMATS[form](brief(store, workspace.settings))
        except NoBoard as error:
            raise click.ClickException(str(error)) from None
    _give(text, output)


def _form(output: Path | None, as_json: bool) -> str:
    """The form that the file's ending names. Raises `click.UsageError`."""
    from jobs.report import UnknownFormat, form_of

    try:
        return form_of(output) if output is not None else "json" if as_json else "md"
    except UnknownFormat as error:
        raise click.UsageError(str(error)) from None


def _give(text: str, output: Path | None) -> None:
    """Print it, or write it to the file whole."""
    from jobs.channels import write_whole

    if output is None:
        click.echo(text, nl=False)
        return
    write_whole(output, text)
    click.echo(f"wrote {output}", err=True)
