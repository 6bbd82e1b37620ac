"""Commands that show counts: the weekly account of over- and under-blocks."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import click

from jobs.cli_context import json_option, pass_workspace, show
from jobs.escapes import one_line
from jobs.store import Store
from jobs.store_rows import encoded, null
from jobs.workspace import Workspace

Row = dict[str, Any]

SHOWN = "week slice claims unique raw customers corroborated adjudicated wrongful per_10k".split()


@click.group("counts")
def counts() -> None:
    """Counts with their denominators and intervals."""


@counts.command("weekly")
@click.option(
    "--kind",
    type=click.Choice(["over_block", "under_block"]),
    default="over_block",
    show_default=True,
    help="Legitimate use stopped, or harm let through.",
)
@click.option("--by", help="Attributes to slice by, such as plan or plan,harm_domain; without: the total alone.")
@click.option("--week", help="One ISO week, such as 2026-W10.")
@click.option(
    "--weeks", type=click.IntRange(min=1), default=8, show_default=True, help="How many weeks, the newest last."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="CSV and JSON hold every column of the account.",
)
@json_option
@pass_workspace
def weekly(
    workspace: Workspace, kind: str, by: str | None, week: str | None, weeks: int, form: str, as_json: bool
) -> None:
    """The account of the weeks: claimed, corroborated, adjudicated and estimated, side by side."""
    with workspace.open_store() as store:
        found = [row for row in account(store, kind=kind, by=by) if week in (None, row["week"])]
    kept = sorted({row["week"] for row in found})[-weeks:]
    rows = [row for row in found if row["week"] in kept]
    if form == "csv":
        click.echo(as_csv(rows), nl=False)
        return
    plain = as_json or form == "json"
    note = None if plain or not rows else _note(rows)
    show(rows if plain else [table_row(row) for row in rows], plain, columns=SHOWN, note=note)


def account(store: Store, *, kind: str, by: str | None) -> list[Row]:
    """Ledger rows of a kind: the total and, if asked for, one way of slicing; by week, the total first.

    A way of slicing that the ledger does not hold is counted now, as of the same moment.
    """
    from mitigations.cells import ALL, slicing

    wanted = slicing(by) if by else ()
    rows = store.ledger.rows(kind=kind)
    if not rows:
        return []
    held = [row for row in rows if row["slice"] == ALL or attributes(row["slice"]) == wanted]
    if wanted and all(row["slice"] == ALL for row in held):
        held = _counted_now(store, kind, "&".join(wanted), rows[-1]["as_of"])
    return sorted(held, key=lambda row: (row["week"], row["slice"] != ALL, row["slice"]))


def attributes(key: str) -> tuple[str, ...]:
    """The attributes of a slice key.

    >>> attributes("harm_domain=cyber&plan=pro"), attributes("all")
    (('harm_domain', 'plan'), ())
    """
    return tuple(part.partition("=")[0] for part in key.split("&") if "=" in part)


def _counted_now(store: Store, kind: str, by: str, as_of: str) -> list[Row]:
    from jobs.ledger_job import counted

    frame = counted(store, by=by, as_of=as_of)
    wanted = frame[frame["kind"] == kind].astype(object).to_dict("records")
    rows = [{str(name): null(value) for name, value in row.items()} for row in wanted]
    known = {name for row in rows for name in attributes(row["slice"])}
    if not known or all(part.endswith("=(none)") for row in rows for part in row["slice"].split("&") if "=" in part):
        raise click.ClickException(f"expected attributes that documents have, got {by!r}; see 'groundswell documents'")
    return rows


def table_row(row: Row) -> Row:
    """A ledger row as the table shows it: intervals beside their numbers."""
    return {
        "week": row["week"] + (" *" if row["partial"] else ""),
        "slice": row["slice"],
        "claims": spanned(row["claims_estimated"], row["claims_low"], row["claims_high"]),
        "unique": row["claimed_unique"],
        "raw": row["claimed_raw"],
        "customers": row["customers"],
        "corroborated": row["corroborated"],
        "adjudicated": row["adjudicated"],
        "wrongful": spanned(row["wrongful_estimated"], row["wrongful_low"], row["wrongful_high"]),
        "per_10k": spanned(*(row[f"per_10k_requests{end}"] for end in ("", "_low", "_high"))),
    }


def spanned(estimate: float | None, low: float | None, high: float | None) -> str | None:
    """An estimate with its interval.

    >>> spanned(12.0, 6.2006, 20.96)
    '12 (6.2–21)'
    """
    if estimate is None or low is None or high is None:
        return None
    return f"{_short(estimate)} ({_short(low)}–{_short(high)})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 10 else f"{value:.0f}"


def _note(rows: Sequence[Row]) -> str:
    told = "; ".join(sorted({row["correction"] for row in rows}))
    partial = "; * the week is not complete" if any(row["partial"] for row in rows) else ""
    rate = "per_10k: claims per 10,000 requests"
    return f"claims with 95 % interval ({told}); {rate}{partial}; as of {rows[-1]['as_of']}"


def as_csv(rows: Sequence[Row]) -> str:
    """The rows as CSV with every column; text that a spreadsheet would take for a formula gets a quote before it.

    >>> as_csv([{"slice": "=1+1", "unique": 2}])
    "slice,unique\\r\\n'=1+1,2\\r\\n"
    """
    target = io.StringIO()
    writer = csv.writer(target)
    if rows:
        writer.writerow(rows[0])
        writer.writerows([_csv_cell(value) for value in row.values()] for row in rows)
    return target.getvalue()


def _csv_cell(value: Any) -> Any:
    text = encoded(value) if isinstance(value, dict | list) else value
    if not isinstance(text, str):
        return text
    text = one_line(text)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
