"""Commands for the classifier: train it on what people labelled, measure it on labels."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobs.cli_context import MARKER, find_workspace, json_option, output_file, show
from jobs.workspace import Workspace

if TYPE_CHECKING:
    from jobs.train import Trained

Row = dict[str, Any]
TAXONOMY = click.Path(exists=True, dir_okay=False, path_type=Path)
ENDINGS = (".json", ".md")
WIDE = ("lenient", "surest 85 %")
"""Columns that a terminal of 80 characters has no room for."""


@click.command("train")
@click.option("--taxonomy", type=TAXONOMY, help="Without a workspace: train for this taxonomy, into the cache.")
@click.option("--force", is_flag=True, help="Let the new model serve even if it is worse.")
@click.option(
    "--student/--no-student",
    default=False,
    show_default=True,
    help="Also teach the embedder anew on up to 25,000 claims.",
)
@json_option
@click.pass_context
def train(ctx: click.Context, taxonomy: Path | None, force: bool, student: bool, as_json: bool) -> None:
    """Train the classifier on the seed corpus, the taxonomy and the workspace's labels; it serves unless worse."""
    from jobs.train import train_default, train_workspace
    from nlp.taxonomy import load_taxonomy

    now = datetime.now(UTC)
    workspace = workspace_or_none(ctx, taxonomy)
    if workspace is None:
        trained, teaching = train_default(load_taxonomy(taxonomy)), None
    else:
        trained = train_workspace(workspace, now=now, force=force)
        teaching = teach(workspace, now) if student else None
    if as_json:
        show(summary(trained) | ({"student": teaching} if teaching else {}), True)
        return
    tell(trained, workspace)
    if teaching:
        click.echo(f"\nembedder: {teaching['verdict']}")
        show(teaching["domains"], False)


def teach(workspace: Workspace, now: datetime) -> Row:
    """Teach the embedder anew."""
    from jobs.train_student import train_student

    return train_student(workspace, now=now)


def workspace_or_none(ctx: click.Context, taxonomy: Path | None) -> Workspace | None:
    """The workspace to train for; None where a taxonomy is given and no workspace is named.

    Raises `click.UsageError` where both are: a workspace's taxonomy is its setting `taxonomy_file`."""
    given = ctx.find_root().obj["workspace"]
    if taxonomy is None:
        return find_workspace(given)
    if given is not None:
        raise click.UsageError(
            f"expected --taxonomy or a workspace, got both; in a workspace set 'taxonomy_file: {taxonomy}' in {MARKER}"
        )
    return None


def summary(trained: "Trained") -> Row:
    """What `--json` prints."""
    return {
        "version": trained.version,
        "file": str(trained.path) + ".npz",
        "documents": trained.card["documents"],
        "workspace_labels": trained.own,
        "promoted": trained.promoted,
        "forced": trained.forced,
        "reasons": trained.reasons,
        "serving_before": trained.serving,
        "comparison": trained.comparison,
        "labels": trained.labels,
        "needs": trained.needs,
    }


def tell(trained: "Trained", workspace: Workspace | None) -> None:
    """The report on a terminal."""
    made = trained.card["trained_on"]["source"]
    click.echo(f"{trained.version}: {', '.join(f'{name} {count:,}' for name, count in made.items())} texts")
    click.echo(f"\non held-out documents, beside {trained.serving}")
    show([compared(row) for row in trained.comparison], False)
    click.echo("\nby label, held out")
    show([labelled(row) for row in trained.labels if row["field"] != "use_case"], False)
    click.echo("\nwhat would help most")
    show([{"field": row["field"], "label": row["label"], "why": row["why"]} for row in trained.needs], False)
    if trained.card["facets_not_learnt"]:
        click.echo(f"facets not learnt, for want of examples: {', '.join(trained.card['facets_not_learnt'])}")
    click.echo(f"\nmodel card: {trained.path}.md")
    for reason in trained.reasons:
        click.echo(f"worse than the serving model: {reason}")
    if workspace is None:
        click.echo("it serves wherever this taxonomy is used")
    elif trained.promoted:
        forced = " (forced)" if trained.forced else ""
        click.echo(f"promoted{forced}; next: groundswell -w {workspace.path} run")
    else:
        click.echo("not promoted; the file is kept. 'groundswell train --force' lets it serve all the same")


def compared(row: Row) -> Row:
    """One line of the comparison."""
    return {
        "measure": row["measure"],
        "documents": row["documents"],
        "new": f"{row['candidate']:.3f}",
        "serving": f"{row['serving']:.3f}",
        "difference": f"{row['difference']:+.3f}",
        "from": f"{row['difference_low']:+.3f}",
        "to": f"{row['difference_high']:+.3f}",
        "allowed": "" if row["margin"] is None else f"{-row['margin']:+.2f}",
    }


def labelled(row: Row) -> Row:
    """One line of the table of labels."""
    sure = "" if row["f1"] is None else f"{row['f1']:.2f} {row['f1_low']:.2f}–{row['f1_high']:.2f}"
    return {
        "field": row["field"],
        "label": row["label"],
        "texts": row["documents"],
        "judged": row["held_out"],
        "F1": sure,
        "taken_for": ", ".join(row["confused_with"]),
    }


@click.command("evaluate")
@click.option(
    "--labels", type=TAXONOMY, help="CSV, JSON lines or Parquet: texts, or ids of the workspace, with labels."
)
@click.option("-o", "--output", type=output_file, help="Write report.json or report.md.")
@click.option("--taxonomy", type=TAXONOMY, help="Without a workspace: the taxonomy to go by.")
@click.option("--embedder", help="Vectors of another embedder than the one that serves: teacher, static, student.")
@click.option(
    "--seen", type=click.Choice(["held-out", "exclude", "as-is"]), default="held-out", show_default=True,
    help="Documents the model was trained on: judge by out-of-fold predictions, leave out, or judge like others.",
)  # fmt: skip
@json_option
@click.pass_context
def evaluate(ctx: click.Context, /, labels: Path | None, output: Path | None, as_json: bool, **how: Any) -> None:
    """Measure the serving classifier on labels: of a file, or those people gave the workspace's documents."""
    from jobs.evaluate import evaluate_file, evaluate_workspace, workspace_judge
    from nlp.taxonomy import load_taxonomy

    if output is not None and output.suffix not in ENDINGS:
        raise click.UsageError(f"expected -o to end in {' or '.join(ENDINGS)}, got {output.name!r}; rename it")
    workspace = workspace_or_none(ctx, how["taxonomy"]) if labels is None else optional_workspace(ctx, how["taxonomy"])
    if workspace is None and labels is None:
        raise click.UsageError("expected labels, got none; give --labels FILE or a workspace (-w DIR)")
    file = workspace.settings.taxonomy_file if workspace is not None else how["taxonomy"]
    judge = workspace_judge(workspace, load_taxonomy(file), embedder=how["embedder"], seen=how["seen"])
    if labels is not None:
        report = evaluate_file(labels, workspace, judge)
    else:
        assert workspace is not None
        report = evaluate_workspace(workspace, judge)
    if output is not None:
        write(report, output)
    if as_json:
        show(report, True)
    else:
        tell_report(report)


def optional_workspace(ctx: click.Context, taxonomy: Path | None) -> Workspace | None:
    """The workspace that is named, or in which we are; None outside of any."""
    given = ctx.find_root().obj["workspace"]
    if taxonomy is not None:
        return workspace_or_none(ctx, taxonomy)
    try:
        return find_workspace(given)
    except click.UsageError:
        if given is not None:
            raise
        return None


def write(report: Row, output: Path) -> None:
    """The report as JSON or Markdown, by the file's ending."""
    from nlp.artefact import write_whole
    from nlp.report_text import report_text

    text = report_text(report) if output.suffix == ".md" else json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    write_whole(output, text.encode("utf-8"))


def tell_report(report: Row) -> None:
    """The report on a terminal, in short; a file has the rest."""
    from nlp.markdown import spread
    from nlp.report_text import critical, heading, overview_row

    click.echo(heading(report))
    names = ("field", "documents", "accuracy", "lenient", "macro-F1", "slope", "surest 85 %")
    rows = [dict(zip(names, overview_row(field, row), strict=True)) for field, row in report["fields"].items()]
    show([{name: value for name, value in row.items() if name not in WIDE} for row in rows], False)
    for field, figures in report["fields"].items():
        click.echo(field + (f", quadratic kappa {spread(figures['quadratic_kappa'])}" if field == "severity" else ""))
        show([brief(row) for row in figures["labels"]], False)
        taken = [f"{row['truth']} taken for {row['said']} {row['documents']}" for row in figures["confusion"][:4]]
        click.echo(f"commonest mistakes: {'; '.join(taken) or 'none'}\n")
    if said := critical(report):
        click.echo(said)
    click.echo("calibration, abstention, languages, lengths: -o report.md or --json")


def brief(row: Row) -> Row:
    """One label on a terminal."""
    return {
        "label": row["label"],
        "documents": row["support"],
        "said": row["predicted"],
        "precision": f"{row['precision']:.2f}",
        "recall": f"{row['recall']:.2f}",
        "F1": f"{row['f1']:.2f} ({row['f1_low']:.2f} to {row['f1_high']:.2f})",
    }
