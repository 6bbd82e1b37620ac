"""Command `anomalies`: what was unusual in use, and deriving it from the decision log."""

from datetime import UTC, datetime
from typing import Any

import click

from jobs.cli_context import json_option, pass_workspace, show, width
from jobs.cli_findings import from_option, limit_option, to_option
from jobs.store_anomalies import AnomalyFilter
from jobs.workspace import Workspace

Row = dict[str, Any]

WIDE = 130
WIDE_COLUMNS = ("of", "id")
"""Columns that the list shows where there is room."""
NOTE = "an anomaly says where to look; it is no finding about a person, and none loosens a safeguard"


@click.group(invoke_without_command=True)
@click.option("--type", "anomaly_type", metavar="TYPE", help="Only this type, such as blocked_share_jump.")
@click.option("--mitigation", metavar="ID", help="Only of this mitigation.")
@click.option("--customer", metavar="HASH", help="Only of this customer, as the store names it (c_...).")
@click.option("--derived/--from-files", default=None, help="Only derived ones, or only those from files.")
@from_option
@to_option
@limit_option
@json_option
@pass_workspace
@click.pass_context
def anomalies(ctx: click.Context, /, workspace: Workspace, limit: int, as_json: bool, **filters: Any) -> None:
    """Usage anomalies: list them, newest first; `derive` them from the decision log now."""
    if ctx.invoked_subcommand is not None:
        return
    with workspace.open_store() as store:
        page = store.anomalies.page(AnomalyFilter(**filters), limit=limit)
    if as_json:
        show({"anomalies": page.rows, "total": page.total, **page.extra}, True)
        return
    counted = f"{len(page.rows):,} of {page.total:,}; {page.extra['derived']:,} in all are derived"
    show([_brief(row) for row in page.rows], False, note=f"{counted}{_above(page.extra['above_cap'])}; {NOTE}")


@anomalies.command("derive")
@json_option
@pass_workspace
def derive(workspace: Workspace, as_json: bool) -> None:
    """Derive anomalies of complete days from the decision log now; what is known already stays."""
    from jobs import anomalies as job
    from jobs.run import moment

    with workspace.open_store() as store:
        derived = job.run(store, workspace, as_of=moment(store, workspace.settings, datetime.now(UTC)))
    if as_json:
        show({"new": derived.new, "known": derived.known, "above_cap": derived.dropped}, True)
        return
    click.echo(f"{derived.new:,} new, {derived.known:,} known before{_above(derived.dropped)}")
    if derived.new:
        click.echo("next: groundswell run")


def _above(dropped: int) -> str:
    return f"; {dropped:,} above the cap of a day were not stored (anomalies_per_day)" if dropped else ""


def _brief(row: Row) -> Row:
    """One line of the list; whom it is of and its id where there is room."""
    told = {
        "day": row["day"],
        "type": (row["anomaly_type"] or "").replace("_", " "),
        "of": row["customer"] or (f"{row['accounts']:,} accounts" if row["accounts"] else None),
        "mitigation": row["mitigation"],
        "seen": _seen(row),
        "usual": _usual(row),
        "by chance a week": _weekly(row["expected_false_a_day"]),
        "id": row["document_id"],
    }
    return {name: value for name, value in told.items() if width() >= WIDE or name not in WIDE_COLUMNS}


def _seen(row: Row) -> str:
    """What was counted, of how many, in how many days; of a file's anomaly its magnitude."""
    if row["observed"] is None:
        return f"magnitude {row['magnitude']:g}" if row["magnitude"] is not None else ""
    of = f" of {row['decisions']:,}" if row["decisions"] is not None else ""
    where = f" {row['counted']}" if row["anomaly_type"].startswith(("slice_", "evasion")) else ""
    return f"{row['observed']:,}{of}{where}" + (f" in {row['window_days']} days" if row["window_days"] > 1 else "")


def _usual(row: Row) -> str:
    """The count that is usual, and where it lies 95 % of the time."""
    if row["usual"] is None:
        return ""
    usual = f"{row['usual']:,.0f}" if row["usual"] >= 1_000 else f"{row['usual']:.3g}"
    return f"{usual} ({row['usual_low']:,.6g} to {row['usual_high']:,.6g})"


def _weekly(expected: float | None) -> str | None:
    """False anomalies a week that are as unlikely or more.

    >>> _weekly(0.01), _weekly(1e-9), _weekly(None)
    ('0.07', '<0.0001', None)
    """
    if expected is None:
        return None
    return "<0.0001" if 7 * expected < 1e-4 else f"{7 * expected:.2g}"
