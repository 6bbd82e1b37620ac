"""Commands that show counts: the weekly account of over- and under-blocks, and what stands behind a number."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from jobs.cli_bridge import bridge
from jobs.cli_context import iso_week, json_option, kind_option, output_file, pass_workspace, show
from jobs.escapes import one_line
from jobs.spreadsheet import as_csv
from jobs.store import Store
from jobs.store_rows import encoded, null
from jobs.workspace import Workspace

Row = dict[str, Any]

SPANS = ("auto", "1", "4")
EVERYTHING = 1_000_000
LEFT_OUT = ("suppressed",)
"""The command line suppresses nothing."""


@click.group("counts")
def counts() -> None:
    """Counts with their denominators and intervals."""


counts.add_command(bridge)


@counts.command("weekly")
@kind_option
@click.option("--by", help="Attributes to slice by, such as plan or plan,harm_domain; without: the total alone.")
@click.option("--week", callback=iso_week, help="One ISO week, such as 2026-W10.")
@click.option(
    "--weeks", type=click.IntRange(min=1), default=8, show_default=True, help="How many weeks, the newest last."
)
@click.option(
    "--span",
    type=click.Choice(SPANS),
    default="auto",
    show_default=True,
    help="Weeks a row is of: 1, or 4 with the three before it; auto: 4 where a slice is sparse.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    default="table",
    show_default=True,
    help="CSV, JSON and Parquet hold every column of the account.",
)
@click.option("-o", "--output", type=output_file, help="Write to this file.")
@json_option
@pass_workspace
def weekly(
    workspace: Workspace, week: str | None, weeks: int, form: str, output: Path | None, as_json: bool, **asked: str
) -> None:
    """The account of the weeks: claimed, corroborated, adjudicated and estimated, side by side."""
    form = "json" if as_json else form
    if output and form == "table":
        raise click.UsageError("expected --format csv, json or parquet with -o, got table; name one")
    with workspace.open_store() as store:
        found = account(store, **asked)
    kept = [week] if week else sorted({row["week"] for row in found})[-weeks:]
    rows = [row for row in found if row["week"] in kept]
    if form == "table" and rows:
        from jobs.counts_table import show_counts

        show_counts(rows)
    elif form == "table":
        show([], False)
    else:
        put(WRITERS[form](rows), output)


def account(store: Store, *, kind: str, by: str | None, span: str) -> list[Row]:
    """Ledger rows of a kind: the total and, if asked for, one way of slicing; by week, the total first.

    A way of slicing that the ledger does not hold is counted now, as of the same moment.
    """
    from jobs.store_search_counts import AUTO, CountFilter
    from mitigations.cells import ALL, attributes_of, slicing

    wanted = slicing(by) if by else ()
    chosen = CountFilter(kind=kind, span=AUTO if span == "auto" else int(span))
    rows = store.search.counts.weekly(chosen, limit=EVERYTHING).rows
    if not rows:
        return []
    held = [row for row in rows if row["slice"] == ALL or attributes_of(row["slice"]) == wanted]
    if wanted and all(row["slice"] == ALL for row in held):
        held = _counted_now(store, kind, "&".join(wanted), span, rows[0]["as_of"])
    shown = [{name: value for name, value in row.items() if name not in LEFT_OUT} for row in held]
    return sorted(shown, key=lambda row: (row["week"], row["slice"] != ALL, row["slice"]))


def _counted_now(store: Store, kind: str, by: str, span: str, as_of: str) -> list[Row]:
    from jobs.ledger_job import counted
    from mitigations.cells import attributes_of, unattributed

    frame = counted(store, by=by, as_of=as_of)
    frame = frame[frame["kind"] == kind]
    frame = frame[frame["span"] == (frame["sparse"] * 3 + 1 if span == "auto" else int(span))]
    rows = [{str(name): null(value) for name, value in row.items()} for row in frame.astype(object).to_dict("records")]
    known = {name for row in rows for name in attributes_of(row["slice"])}
    if not known or all(part.endswith("=(none)") for row in rows for part in row["slice"].split("&") if "=" in part):
        raise click.ClickException(f"expected attributes that documents have, got {by!r}; see 'groundswell documents'")
    flags = ("partial", "sparse")
    return [
        {
            **row,
            **{name: bool(row[name]) for name in flags},
            "unattributed": unattributed(row["slice"]),
            "revisions": [],
        }
        for row in rows
    ]


@counts.command("evidence")
@click.option("--week", required=True, callback=iso_week, help="The ISO week of the number, such as 2026-W10.")
@kind_option
@click.option("--slice", "key", default="all", show_default=True, help="Its slice, such as harm_domain=cyber.")
@click.option("--span", type=click.IntRange(1, 52), default=1, show_default=True, help="Weeks that the number sums up.")
@click.option("--part", help="One part alone, such as counted, collapsed, corrected, audited.")
@click.option("--limit", type=click.IntRange(min=1), default=200, show_default=True, help="Rows at most.")
@json_option
@pass_workspace
def evidence(
    workspace: Workspace, week: str, kind: str, key: str, span: int, part: str | None, limit: int, as_json: bool
) -> None:
    """What stands behind one number: documents counted and collapsed, labels that corrected it, audits."""
    from jobs.store_search_evidence import PARTS, Cell

    if part not in (None, *PARTS):
        raise click.UsageError(f"expected a part among {', '.join(PARTS)}, got {part!r}")
    if key != "all" and not all("=" in part for part in key.split("&")):
        raise click.UsageError(f"expected a slice such as all or harm_domain=cyber&plan=pro, got {key!r}")
    cell = Cell(week=week, kind=kind, slice=key, span=span)
    with workspace.open_store() as store:
        page = store.search.evidence.rows(cell, part=part, limit=limit)
        sizes = store.search.evidence.sizes(cell)
    if as_json:
        show({"parts": sizes, "rows": [plain(row) for row in page.rows], "total": page.total}, True)
        return
    told = [_evidence_row(row) for row in page.rows]
    note = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in sizes.items() if number)
    more = f"\n{page.total - len(told):,} more; see --limit" if page.total > len(told) else ""
    show(told, False, note=f"{note or 'nothing stands behind it'}{more}")


def _evidence_row(row: Row) -> Row:
    """A row of evidence as the table shows it."""
    read = row["classified_kind"]
    return plain(
        {
            "part": row["part"].replace("_", " "),
            "id": row["document_id"] or row["decision_id"],
            "day": (row["occurred_at"] or "")[:10],
            "read as": f"{read} {row['classified_probability']:.0%}" if row["classified_probability"] else read,
            "label": row["label"] or row["truth"],
            "by": row["labelled_by"] or row["truth_source"],
            "collapsed by": row["rule"],
            "kept": row["kept_id"],
            "drawn with": row["inclusion_probability"],
        }
    )


def csv_bytes(rows: Sequence[Row]) -> bytes:
    """The account as CSV that no spreadsheet takes for formulas; empty without rows."""
    return as_csv([plain(row) for row in rows], list(rows[0])).encode() if rows else b""


def json_bytes(rows: Sequence[Row]) -> bytes:
    """The account as a list of objects."""
    return (json.dumps(list(rows), ensure_ascii=False, indent=2, default=str) + "\n").encode()


def parquet_bytes(rows: Sequence[Row]) -> bytes:
    """The account as Parquet, objects and lists as JSON text; a column without any number is of floats."""
    import io

    import pandas as pd

    flat = [
        {name: encoded(value) if isinstance(value, list | dict) else value for name, value in row.items()}
        for row in rows
    ]
    frame = pd.DataFrame(flat)
    empty = {name: "float64" for name in frame if frame[name].isna().all()}
    out = io.BytesIO()
    frame.astype(empty).convert_dtypes().to_parquet(out, index=False)
    return out.getvalue()


WRITERS = {"csv": csv_bytes, "json": json_bytes, "parquet": parquet_bytes}


def put(content: bytes, output: Path | None) -> None:
    """Write to the file, else to the standard output; bytes that are no text never to a terminal."""
    if output:
        output.write_bytes(content)
        click.echo(f"wrote {output}", err=True)
        return
    if content[:4] == b"PAR1" and sys.stdout.isatty():
        raise click.UsageError("expected -o FILE or a pipe for Parquet, got a terminal; name a file")
    click.echo(content, nl=False)


def plain(row: Row) -> Row:
    """The row without controls in its text: a slice must not drive the reader's terminal."""
    return {name: one_line(value) if isinstance(value, str) else value for name, value in row.items()}
