"""Command `label`: what to label next and why, labels from files and single ones, agreement between people."""

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from jobs.cli_context import json_option, output_file, pass_workspace, reason_option, show
from jobs.cli_findings import limit_option
from jobs.store import Store
from jobs.store_keys import timestamp
from jobs.workspace import Workspace

if TYPE_CHECKING:
    from jobs.label_import import Imported
    from nlp.taxonomy import Taxonomy

Row = dict[str, Any]

DRAWN = ("kind", "harm_domain", "use_case", "severity")
ENDINGS = (".csv", ".jsonl")

field_option = click.option("--field", type=click.Choice(DRAWN), default="kind", show_default=True, help="What of it.")
decisions_option = click.option("--decisions", is_flag=True, help="Decisions to audit, in place of documents.")
action_option = click.option(
    "--action", type=click.Choice(["block", "allow", "flag", "downgrade"]), help="Decisions that did this; else block."
)
as_option = click.option("--as", "who", metavar="HOLDER", help="Whose key it is done with; else the login name.")
asked_field = click.option("--field", type=click.Choice((*DRAWN, "facets", "truth")), help="Only this field.")


def labeller(store: Store, who: str | None) -> str:
    """The holder of a key, checked, else the login name. Raises `NotALabeller`."""
    from jobs.labelling import holder

    return holder(store, who) if who is not None else getpass.getuser()


def taxonomy_of(workspace: Workspace) -> "Taxonomy":
    """The workspace's taxonomy."""
    from nlp.taxonomy import load_taxonomy

    return load_taxonomy(workspace.settings.taxonomy_file)


@click.group(invoke_without_command=True)
@field_option
@decisions_option
@as_option
@limit_option
@json_option
@click.pass_context
def label(ctx: click.Context, /, **asked: Any) -> None:
    """Labels: the queue; what to label next, importing, correcting, agreement, decisions between labellers."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_queue, **asked)


@label.command("list")
@field_option
@decisions_option
@as_option
@limit_option
@json_option
@pass_workspace
def list_queue(workspace: Workspace, field: str, decisions: bool, who: str | None, limit: int, as_json: bool) -> None:
    """What was drawn and waits for a label, in order."""
    from jobs.labelling import queue

    of = "decisions" if decisions else "documents"
    with workspace.open_store() as store:
        name = labeller(store, who) if who else None
        rows = queue(store, taxonomy_of(workspace), of=of, field=field, labeller=name, limit=limit + 1)
    shown = rows[:limit]
    number = f"{len(shown):,} wait" if shown == rows else f"{len(shown):,} shown, more wait; see --limit"
    tell_queue(shown, as_json, note=f"{number}; label one: groundswell label give ID FIELD VALUE")


@label.command("next")
@click.option("--n", "items", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many.")
@field_option
@decisions_option
@action_option
@click.option("--weeks", type=click.IntRange(1, 520), help="Of the newest weeks; else the setting label_weeks.")
@click.option("--gold", type=click.FloatRange(0, 0.5), help="Share of planted settled items; else label_gold.")
@click.option("--double", type=click.FloatRange(0, 1), help="Share that two people answer; else label_double.")
@click.option("-o", "--output", type=output_file, help="Write queue.csv or queue.jsonl.")
@click.option("--reveal", is_flag=True, help="With the texts that are withheld; who read them and why is kept.")
@click.option("--reason", help="Why withheld texts must be read; with --reveal.")
@as_option
@json_option
@pass_workspace
def next_items(workspace: Workspace, **asked: Any) -> None:
    """Draw what to label now, and say why: by known chances, so that the labels can correct the counts."""
    from jobs.label_text import told, write_queue

    output, reason = asked["output"], asked["reason"] or ""
    if output is not None and output.suffix not in ENDINGS:
        raise click.UsageError(f"expected -o to end in {' or '.join(ENDINGS)}, got {output.name!r}; rename it")
    if asked["action"] and not asked["decisions"]:
        raise click.UsageError("expected --decisions with --action, got none: documents have no action; add it")
    if asked["decisions"] and _was_given("field"):
        raise click.UsageError(
            f"expected no --field with --decisions, got {asked['field']}: audits ask what a request was; leave it out"
        )
    if asked["reveal"] and not reason.strip():
        raise click.UsageError("expected --reason TEXT with --reveal, got none; it is kept with your name")
    drawn, rows = handed_out(workspace, asked)
    if output is not None:
        write_queue(rows, output)
    if asked["as_json"]:
        show({**drawn, "items": rows}, True)
        return
    tell_queue(rows, False, note=told(drawn, rows, output))


def _was_given(option: str) -> bool:
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


def handed_out(workspace: Workspace, asked: Row) -> tuple[Row, list[Row]]:
    """The account of the draw, and the items it leaves this labeller with."""
    from jobs.label_draws import Ask, next_draw
    from jobs.labelling import queue

    settings, taxonomy = workspace.settings, taxonomy_of(workspace)
    shares = {
        name: asked[name] if asked[name] is not None else getattr(settings, f"label_{name}")
        for name in ("weeks", "gold", "double")
    }
    of = "decisions" if asked["decisions"] else "documents"
    ask = Ask(of=of, field=asked["field"], items=asked["items"], action=asked["action"], **shares)
    now = datetime.now(UTC)
    with workspace.open_store() as store:
        who = labeller(store, asked["who"])
        drawn = next_draw(store, workspace, ask, actor=who, at=timestamp(now))
        wanted: Row = {"of": ask.of, "field": ask.field, "action": ask.action, "labeller": who, "limit": asked["items"]}
        rows = queue(store, taxonomy, **wanted, revealed=asked["reveal"])
        if asked["reveal"]:
            for row in (row for row in rows if row["withheld"]):
                store.keys.reveal(row["item_id"], actor=f"{who} (command line)", reason=asked["reason"], now=now)
    return drawn, rows


def tell_queue(rows: list[Row], as_json: bool, *, note: str) -> None:
    """The queue on a terminal, or as JSON."""
    from jobs.label_text import brief

    show(rows if as_json else [brief(row) for row in rows], as_json, note=None if as_json else note)


@label.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_option
@json_option
@pass_workspace
def import_command(workspace: Workspace, file: Path, who: str | None, as_json: bool) -> None:
    """Read labels from CSV, JSON lines or Parquet: document_id or decision_id, field, value."""
    from jobs.columns import MissingField
    from jobs.label_import import import_labels
    from jobs.reading_bytes import InputError

    with workspace.open_store() as store:
        name = labeller(store, who) if who else None
        try:
            found = import_labels(workspace, store, file, labeller=name, login=getpass.getuser(), now=datetime.now(UTC))
        except (MissingField, InputError) as error:
            options = "; options are those of 'groundswell ingest --labels'" if " --" in str(error) else ""
            raise click.ClickException(f"{error}{options}") from None
    tell_import(workspace, found, as_json)


def tell_import(workspace: Workspace, found: "Imported", as_json: bool) -> None:
    """What became of the file."""
    names = ("file", "rows", "new", "changed", "same", "empty", "drawn", "quarantined")
    row = {name: getattr(found, name) for name in names}
    if as_json:
        wrong = [{"line": one.line, "reason": one.reason, "detail": one.detail} for one in found.refused]
        show({**row, "reasons": dict(sorted(found.reasons.items())), "refused": wrong}, True)
        return
    show(row, False)
    for reason, count in sorted(found.reasons.items()):
        click.echo(f"quarantined: {count:,} {reason}")
    for refusal in found.refused[:5]:
        click.echo(f"  line {refusal.line:,}: {refusal.detail}")
    if found.new or found.changed:
        click.echo(f"counts follow at the next run: groundswell -w {workspace.path} run")


@label.command("give")
@click.argument("target", metavar="ID")
@click.argument("field")
@click.argument("value")
@as_option
@json_option
@pass_workspace
def give_command(workspace: Workspace, target: str, field: str, value: str, who: str | None, as_json: bool) -> None:
    """Label one document (kind, harm_domain, use_case, severity, facets) or decision (truth): correct what is wrong."""
    from jobs.labelling import give

    with workspace.open_store() as store:
        row = give(
            store, taxonomy_of(workspace), target=target, field=field, value=value,
            labeller=labeller(store, who), at=timestamp(datetime.now(UTC)),
        )  # fmt: skip
    tell_answer(row, as_json)


@label.command("adjudicate")
@click.argument("target", metavar="ID")
@click.argument("field")
@click.argument("value")
@reason_option
@as_option
@json_option
@pass_workspace
def adjudicate_command(
    workspace: Workspace, target: str, field: str, value: str, reason: str, who: str | None, as_json: bool
) -> None:
    """Decide what an item is where its labellers differ; it can be planted to test labellers afterwards."""
    from jobs.labelling import adjudicate

    with workspace.open_store() as store:
        row = adjudicate(
            store, taxonomy_of(workspace), target=target, field=field, value=value,
            actor=labeller(store, who), reason=reason, at=timestamp(datetime.now(UTC)),
        )  # fmt: skip
    tell_answer(row, as_json)


def tell_answer(row: Row, as_json: bool) -> None:
    """What an item is taken for now."""
    if as_json:
        show(row, True)
        return
    settled = "disputed: 'groundswell label agreement' lists it" if row["disputed"] else f"settled as {row['settled']}"
    drawn = row["inclusion_probability"]
    chance = (
        "not drawn at random: it corrects this one alone" if drawn is None else f"drawn with probability {drawn:.3g}"
    )
    click.echo(f"{row['target']} {row['field']} {row['value']}; {settled}; {chance}")
    click.echo("counts follow at the next 'groundswell run'")


@label.command("agreement")
@asked_field
@json_option
@pass_workspace
def agreement_command(workspace: Workspace, field: str | None, as_json: bool) -> None:
    """How far two labellers agree (kappa), who is right on planted items, and where they differ."""
    from jobs.label_text import differing
    from jobs.labelling import agreement

    with workspace.open_store() as store:
        found = agreement(store, field=field)
    if as_json:
        show(found, True)
        return
    show([{name: value for name, value in row.items() if name != "of"} for row in found["fields"]], False)
    if found["labellers"]:
        click.echo("planted items")
        show(found["labellers"], False)
    if found["disputed"]:
        click.echo("disputed")
        show([differing(row) for row in found["disputed"]], False)
        click.echo("decide: groundswell label adjudicate ID FIELD VALUE --reason TEXT")


@label.command("status")
@json_option
@pass_workspace
def status_command(workspace: Workspace, as_json: bool) -> None:
    """How many were drawn, answered, disputed, by field; when was the last draw, what comes next."""
    from jobs.label_text import standing
    from jobs.labelling import status

    with workspace.open_store() as store:
        rows = status(store)
    if as_json:
        show(rows, True)
        return
    show([standing(row) for row in rows], False, note="next: groundswell label next --n 50")
