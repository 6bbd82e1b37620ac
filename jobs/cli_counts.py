"""Commands that show counts: the weekly account of over- and under-blocks."""

from collections.abc import Sequence
from typing import Any

import click

from jobs.cli_context import json_option, pass_workspace, show, width
from jobs.escapes import one_line
from jobs.spreadsheet import as_csv
from jobs.store import Store
from jobs.store_rows import null
from jobs.telling import tells
from jobs.workspace import Workspace

Row = dict[str, Any]

ROOMY = {"all": 112, "sliced": 130}
"""From so many characters on, an interval stands beside its number, below that under it."""
WHOLE = {"all": 98, "sliced": 114}
"""From so many characters on, the account has all columns."""
ERRORS = {"over_block": "wrongful", "under_block": "missed"}
"""The column of the estimate from audits."""
TELLS_NOT = {
    "corroborated": "no document is joined to a decision (corroborated)",
    "adjudicated": "nothing was reviewed (adjudicated)",
    "wrongful": "no random audit of blocks (wrongful)",
    "missed": "no random audit of allowed traffic (missed)",
    "per_10k": "no exposure (per 10k)",
}
"""Why a column is empty in every row; it is then left out and said below."""


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
        click.echo(as_csv([plain(row) for row in rows], list(rows[0])) if rows else "", nl=False)
        return
    if as_json or form == "json" or not rows:
        show(rows, as_json or form == "json")
        return
    _show(rows)


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


def _show(rows: Sequence[Row]) -> None:
    """The account as a table that fits the terminal; columns without any number are named below it."""
    shape = "sliced" if len({row["slice"] for row in rows}) > 1 else "all"
    told = [table_row(row, roomy=width() >= ROOMY[shape]) for row in rows]
    empty = [name for name in TELLS_NOT if name in told[0] and all(row[name] is None for row in told)]
    left_out = [*empty, *(["slice"] if shape == "all" else [])]
    if width() < WHOLE[shape]:
        left_out += ["corroborated", "adjudicated"]
    columns = [name for name in told[0] if name not in left_out]
    filled = [row | ({"per_10k": "no exposure"} if row["per_10k"] is None else {}) for row in told]
    show(filled, False, columns=columns, note=_note(rows, columns, empty))


def table_row(row: Row, *, roomy: bool = True) -> Row:
    """A ledger row as the table shows it: intervals beside or under their numbers, None where nothing is known."""
    wrong = [row[f"wrongful_{end}"] for end in ("estimated", "low", "high")]
    by_audit = spanned(*wrong, roomy=roomy)
    if by_audit and not tells(wrong[0], wrong[2]):
        by_audit = f"cannot tell{' ' if roomy else chr(10)}({row['audited']} audits)"
    return {
        "week": row["week"] + (" *" if row["partial"] else ""),
        "slice": row["slice"],
        "claims": spanned(row["claims_estimated"], row["claims_low"], row["claims_high"], roomy=roomy),
        "unique": row["claimed_unique"],
        "raw": row["claimed_raw"],
        "customers": "none named" if row["customers"] == 0 and row["reporters"] else row["customers"],
        "corroborated": row["corroborated"],
        "adjudicated": row["adjudicated"],
        ERRORS[row["kind"]]: by_audit,
        "per_10k": spanned(*(row[f"per_10k_requests{end}"] for end in ("", "_low", "_high")), roomy=roomy),
    }


def spanned(estimate: float | None, low: float | None, high: float | None, *, roomy: bool = True) -> str | None:
    """An estimate with its interval, beside it or on a line of its own.

    >>> spanned(12.0, 6.2006, 20.96), spanned(12.0, 6.2006, 20.96, roomy=False)
    ('12 (6.2–21)', '12\\n6.2–21')
    """
    if estimate is None or low is None or high is None:
        return None
    span = f"{_short(low)}–{_short(high)}"
    return f"{_short(estimate)} ({span})" if roomy else f"{_short(estimate)}\n{span}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 10 else f"{value:.0f}"


def _note(rows: Sequence[Row], columns: Sequence[str], empty: Sequence[str]) -> str:
    slices = sorted({row["slice"] for row in rows})
    kind = rows[0]["kind"].replace("_", "-")
    lines = [
        f"{kind}, {'slice ' + slices[0] if len(slices) == 1 else f'{len(slices)} slices'}; as of {rows[-1]['as_of']}"
    ]
    lines.append("claims with 95 % interval: " + "; ".join(sorted({row["correction"] for row in rows})))
    meanings = {
        "wrongful": "wrongful: blocks found wrong, estimated from random audits",
        "missed": "missed: harm let through, estimated from random audits of allowed traffic",
        "per_10k": "per 10k: claims per 10,000 requests",
    }
    lines += [meaning for name, meaning in meanings.items() if name in columns]
    lines += [f"cannot tell: {'; '.join(TELLS_NOT[name] for name in empty)}"] if empty else []
    lines += ["* the week is not complete"] if any(row["partial"] for row in rows) else []
    cut = {"corroborated", "adjudicated"} - {*columns, *empty}
    lines += (
        [] if not cut else [f"{', '.join(name for name in TELLS_NOT if name in cut)}: on a wider terminal, or --json"]
    )
    return "\n".join(lines)


def plain(row: Row) -> Row:
    """The row without controls in its text: a slice must not drive the reader's terminal."""
    return {name: one_line(value) if isinstance(value, str) else value for name, value in row.items()}
