"""A diagnosis on a terminal, and in files: the page and its numbers, or the numbers alone."""

import json
from pathlib import Path
from typing import Any

import click

from jobs.cli_context import CONTROLS, show
from jobs.progress import say

Record = dict[str, Any]


def write_record(record: Record, output: Path | None, name: str) -> None:
    """The page and the numbers beside it, each whole or not at all; `name`: of the file or the mitigation."""
    from jobs.channels import write_whole
    from jobs.diagnose_page import page

    if output is None:
        return
    if output.suffix.lower() == ".html":
        write_whole(output, page(record, name=name))
    numbers = output.with_suffix(".json")
    write_whole(numbers, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    say(CONTROLS.sub("", f"written: {', '.join(str(path) for path in dict.fromkeys([output, numbers]))}"))


def show_record(record: Record, as_json: bool) -> None:
    """The rates, and the slices that err more; or all of it as JSON."""
    from jobs.diagnose_words import shown

    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
        return
    if "mitigation" in record:
        days = f"{record['first_day']} to {record['last_day']}" if record["first_day"] else "no decisions"
        _line(f"{record['mitigation']}: {record['rows']:,} decisions in the log, {days}; as of {record['as_of']}")
    for line in [*record["summary"], *record["notes"], *record["next"]]:
        _line(line)
    show(
        [
            {
                "slice": row["slice"],
                "decisions": row["decisions"],
                "judged": row["judged"],
                **{name: shown(row, name) for name in ("precision", "fpr", "fnr")},
            }
            for row in record["rates"]
        ],
        False,
    )
    for search in record["slices"]:
        _searched(search)
    best = record["thresholds"]["cheapest"]
    if best is not None:
        where = f" at {best['threshold']:.4g}" if best.get("threshold") is not None else ""
        click.echo(f"cheapest threshold{where}: {best['verdict']}")


def _searched(search: Record) -> None:
    from jobs.diagnose_words import shown

    click.echo(f"{search['kind']}: {search['reason'] or search['measure']}; {search['tested']:,} slices tested")
    rows = [
        {
            **{name: row[name] for name in ("slice", "decisions", "judged", "wrong")},
            "rate": shown(row, "rate"),
            "rest": shown(row, "rest"),
            "q": f"{row['q_value']:.2g}",
        }
        for row in search["found"]
    ]
    if rows:
        show(rows, False)


def _line(text: str) -> None:
    click.echo(CONTROLS.sub("", text))
