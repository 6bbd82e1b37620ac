"""`groundswell whatif`: what another threshold would do to both errors, and a proposal of it for an owner to sign."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from jobs.cli_context import CONTROLS, cell, find_workspace, json_option, output_file, show, wished_columns
from jobs.cli_diagnose import acted_option, costs_option
from jobs.progress import say


def day_option(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """An ISO day. Raises `click.BadParameter`."""
    try:
        return None if value is None else date.fromisoformat(value).isoformat()
    except ValueError:
        raise click.BadParameter(f"expected a day such as 2026-03-09, got {value!r}", ctx, param) from None


@click.command()
@click.argument("mitigation", required=False)
@click.option("--threshold", "thresholds", multiple=True, type=float, metavar="SCORE", help="A candidate (repeatable).")
@click.option("--segment", metavar="NAME=VALUE", help="Only decisions such as plan=edu, or plan=edu&language=de.")
@click.option("--since", metavar="DAY", callback=day_option, help="Only decisions from this day on.")
@click.option("--today", type=float, metavar="SCORE", help="The threshold in force; else the newest in the log.")
@click.option(
    "--acted",
    callback=lambda ctx, param, value: None if value is None else acted_option(ctx, param, value),
    help="Actions that count as a yes, by comma; else those that follow from the threshold.",
)
@click.option("--every-version", is_flag=True, help="Decisions of every version, not of the newest alone.")
@click.option(
    "--costs", metavar="OVER,UNDER", callback=costs_option, help="Name the threshold that costs least, as 1,5."
)
@click.option("--by", metavar="NAME", help="With --costs: thresholds of each value's own, where the truths support it.")
@click.option("--propose", type=output_file, metavar="FILE.yaml", help="Write the one candidate as a proposal to sign.")
@click.option(
    "--check",
    "checked",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.yaml",
    help="Say what a proposal lacks; exit code 1 where it is not complete, signed and still true of the log.",
)
@click.option(
    "--decisions",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of scores, actions and truths in place of a workspace's log.",
)
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="With --decisions: name a column.")
@json_option
@click.pass_context
def whatif(ctx: click.Context, /, mitigation: str | None, checked: Path | None, as_json: bool, **given: Any) -> None:
    """Tell what another threshold would do: both errors, volume, customers, revenue, and what that rests on.

    Candidates stand beside today's threshold, with 95 % intervals from the sampled truths. Nothing here counts how
    often people complain.
    """
    try:
        if checked is not None:
            _check(ctx, checked)
            return
        _asked_enough(mitigation, given)
        log, worth = _log(ctx, mitigation, given)
        if given["thresholds"]:
            _candidates(log, worth, given, as_json)
        if given["costs"] is not None:
            _costs(log, given, as_json)
    except (ValueError, LookupError, OSError) as error:
        text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        raise click.ClickException(CONTROLS.sub("", text)) from None


def _asked_enough(mitigation: str | None, given: dict[str, Any]) -> None:
    if (mitigation is None) == (given["file"] is None):
        raise click.UsageError("expected a MITIGATION or --decisions FILE, got neither or both")
    if bool(given["thresholds"]) == (given["costs"] is not None):
        raise click.UsageError("expected --threshold SCORE or --costs OVER,UNDER, got neither or both")
    if given["by"] and given["costs"] is None:
        raise click.UsageError("expected --costs OVER,UNDER with --by, got none; name what either error costs")
    if given["propose"] and (len(given["thresholds"]) != 1 or mitigation is None):
        raise click.UsageError("expected a MITIGATION and one --threshold with --propose; propose one at a time")


def _log(ctx: click.Context, mitigation: str | None, given: dict[str, Any]) -> tuple[Any, Any]:
    """The decisions, and the worth of customers where a workspace knows it."""
    if mitigation is None:
        from jobs.log_file import Asked, read_log
        from jobs.whatif import parts

        wanted = tuple(parts(given["segment"])) if given["segment"] else ()
        columns = tuple(dict.fromkeys((*wanted, *([given["by"]] if given["by"] else []))))
        return read_log(Asked(given["file"], wished_columns(given["mapping"]), columns)), None
    from jobs.decision_frames import workspace_log

    workspace = find_workspace(ctx.find_root().obj["workspace"])
    with workspace.open_store() as store:
        return workspace_log(store, workspace, mitigation, since=given["since"]), store.worth.by_customer()


def _wished(given: dict[str, Any]) -> Any:
    from jobs.whatif import parts
    from mitigations.whatif_setting import Asked

    segment = parts(given["segment"]) if given["segment"] else {}
    return Asked(segment, given["today"], given["acted"], given["every_version"])


def _candidates(log: Any, worth: Any, given: dict[str, Any], as_json: bool) -> None:
    from jobs.whatif import whatif as compared

    record = compared(log, given["thresholds"], revenue=worth, asked=_wished(given))
    if given["propose"]:
        from jobs.channels import write_whole
        from jobs.proposal import proposal, written

        write_whole(given["propose"], written(proposal(record, given["thresholds"][0])))
        say(CONTROLS.sub("", f"written: {given['propose']}"))
    if as_json:
        show(record, True)
    else:
        _tell(record)


def _tell(record: dict[str, Any]) -> None:
    from jobs.whatif_words import rows

    _about(record)
    if record["today"] is None:
        return
    columns = [record["today"], *record["candidates"]]
    names = [f"{row['threshold']:.4g}{' (today)' if row['is_today'] else ''}" for row in columns]
    show([{"figure": title} | dict(zip(names, told, strict=True)) for title, told in rows(record)], False)
    for row in record["candidates"]:
        click.echo(f"at {row['threshold']:.4g}:")
        for line in (*row["summary"], *(f"Caution: {one}." for one in row["cautions"])):
            click.echo(f"  {cell(line)}")


def _about(record: dict[str, Any]) -> None:
    """What is compared, above the table."""
    days = f", {record['first_day']} to {record['last_day']}" if record["first_day"] else ""
    segment = f", {record['segment']}" if record["segment"] else ""
    acted = ", ".join(record["acted"])
    click.echo(cell(f"{record['decisions']:,} decisions with a score{segment}{days}; acted on: {acted}"))
    for note in (record["reason"], *record["notes"]):
        if note:
            click.echo(f"- {cell(note)}")


def _costs(log: Any, given: dict[str, Any], as_json: bool) -> None:
    from jobs.whatif import by_costs
    from mitigations.thresholds import Costs

    record = by_costs(log, Costs(*given["costs"]), by=given["by"], asked=_wished(given))
    if as_json:
        show(record, True)
        return
    _about(record)
    best = record["cheapest"]
    ends = f"({best['threshold_low']:.4g} to {best['threshold_high']:.4g})" if "threshold" in best else ""
    where = f" {best['threshold']:.4g} {ends}" if ends else ""
    today = "" if record["today"] is None else f"; today's is {record['today']:.4g}"
    click.echo(f"cheapest threshold{where}: {best['verdict']}{today}")
    if not record["segments"]:
        return
    shown = [
        {
            **{name: row[name] for name in ("segment", "decisions", "judged")},
            "own_truths_allow": "-" if row["low"] is None else f"{row['low']:.4g} to {row['high']:.4g}",
            "verdict": row["verdict"],
            "saves": "-"
            if row["saving"] is None
            else f"{row['saving']:.3g} ({row['saving_low']:.3g} to {row['saving_high']:.3g})",
        }
        for row in record["segments"]
    ]
    show(
        shown,
        False,
        note="saves: against the common threshold, in the costs' unit, a thousand decisions of the segment",
    )


def _check(ctx: click.Context, file: Path) -> None:
    """Print what a proposal lacks and end with 1, or that it lacks nothing."""
    from jobs.proposal import missing, read

    content = read(file.read_text(encoding="utf-8"))
    today = _in_force(ctx, content)
    if today is None:
        say("not compared with a log: no workspace here; name one with -w")
    found = missing(content, today=today)
    for line in found:
        click.echo(cell(line))
    if found:
        raise click.ClickException(f"expected a proposal that can be carried out, got {len(found)} to mend: see above")
    click.echo(cell(f"complete, signed by {content['signed_by']} on {content['signed_on']}"))


def _in_force(ctx: click.Context, content: dict[str, Any]) -> dict[str | None, float] | None:
    """The thresholds in force by segment, from the workspace's log; None without a workspace."""
    from jobs.decision_frames import workspace_log
    from jobs.whatif import in_force

    try:
        workspace = find_workspace(ctx.find_root().obj["workspace"])
    except click.UsageError:
        return None
    rows = content.get("thresholds")
    named = [row.get("segment") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    segments = [name for name in named if name is None or isinstance(name, str)]
    with workspace.open_store() as store:
        log = workspace_log(store, workspace, str(content.get("mitigation")))
    return in_force(log, segments)
