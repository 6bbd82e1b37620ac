"""`groundswell diagnose --decisions FILE`: where a mitigation errs, from any file of decisions, without a workspace."""

import json
from pathlib import Path
from typing import Any

import click

from jobs.cli_context import CONTROLS, json_option, output_file, show, wished_columns
from jobs.progress import say

ACTIONS = ("allow", "flag", "block", "downgrade")
ENDINGS = (".html", ".json")


def acted_option(ctx: click.Context, param: click.Parameter, value: str) -> frozenset[str]:
    """The actions that count as a yes. Raises `click.BadParameter`."""
    found = frozenset(name.strip() for name in value.split(",") if name.strip())
    if not found or found - set(ACTIONS) or found == set(ACTIONS):
        raise click.BadParameter(f"expected some of {', '.join(ACTIONS)}, not all, got {value!r}", ctx, param)
    return found


def costs_option(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[float, float] | None:
    """Two numbers. Raises `click.BadParameter`."""
    if value is None:
        return None
    try:
        over, under = (float(part) for part in value.split(","))
        if not (0 <= over < float("inf") and 0 <= under < float("inf") and over + under > 0):
            raise ValueError
    except ValueError:
        raise click.BadParameter(f"expected two costs from 0 on, such as 1,5, got {value!r}", ctx, param) from None
    return over, under


@click.command()
@click.option(
    "--decisions",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="A file of actions or scores, truths where there are any, and slices (CSV, JSON lines, Parquet).",
)
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Name a column, such as truth=label.")
@click.option("--segment", "segments", multiple=True, metavar="COLUMN", help="Slice by this column; else guessed.")
@click.option(
    "--acted", default="block", show_default=True, callback=acted_option, help="Actions that count as a yes, by comma."
)
@click.option(
    "--costs", metavar="OVER,UNDER", callback=costs_option, help="What an over-block and an under-block cost, as 1,5."
)
@click.option("-o", "--output", type=output_file, help="Write a page (.html, with its numbers as .json) or a .json.")
@click.option("--encoding", help="Encoding of the text, such as cp1252; else UTF-8 or what a byte order mark says.")
@click.option("--quarantine", type=output_file, help="Where refused rows are listed; else FILE.quarantine.jsonl.")
@json_option
def diagnose(file: Path, output: Path | None, quarantine: Path | None, as_json: bool, **given: Any) -> None:
    """Tell where a mitigation errs: both errors by slice, slices that err more, scores and thresholds.

    Rates rest on truths with an inclusion probability, or on a file in which every decision has a truth; appeals and
    red team findings are no sample. What the file cannot tell is said so.
    """
    from jobs.cli_series import listed
    from jobs.diagnose import Options, diagnosis
    from jobs.log_file import Asked, read_log
    from mitigations.thresholds import Costs

    if output is not None and output.suffix.lower() not in ENDINGS:
        raise click.UsageError(f"expected -o FILE ending in .html or .json, got {str(output)!r}; name it so")
    if output is not None and any(_same(name, file) for name in _written(output)):
        raise click.UsageError(f"expected another file than {str(file)!r} to write to; choose another name")
    try:
        log = read_log(Asked(file, wished_columns(given["mapping"]), given["segments"], given["encoding"]))
        refused = listed(log.refused, quarantine or file.with_name(f"{file.name}.quarantine.jsonl"))
        _tell(log, refused)
        costs = None if given["costs"] is None else Costs(*given["costs"])
        record = diagnosis(log, Options(given["acted"], costs))
        _write(record, output, file.name)
    except (ValueError, LookupError, OSError) as error:
        raise click.ClickException(CONTROLS.sub("", str(error))) from None
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        _show(record)


def _same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()


def _written(output: Path) -> list[Path]:
    return [output, output.with_suffix(".json")]


def _write(record: dict[str, Any], output: Path | None, name: str) -> None:
    """The page and the numbers beside it, each whole or not at all."""
    from jobs.channels import write_whole
    from jobs.diagnose_page import page

    if output is None:
        return
    if output.suffix.lower() == ".html":
        write_whole(output, page(record, name=name))
    write_whole(output.with_suffix(".json"), json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    say(CONTROLS.sub("", f"written: {', '.join(str(path) for path in dict.fromkeys(_written(output)))}"))


def _tell(log: Any, refused: Path | None) -> None:
    """What was read, and what was not, beside the output."""
    columns = ", ".join(f"{name} <- {column}" for name, column in log.columns.items())
    say(CONTROLS.sub("", f"{columns}; slices: {', '.join(log.segments) or 'none'}; {log.rows:,} rows"))
    if refused is not None:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in log.reasons().items())
        say(CONTROLS.sub("", f"quarantined: {len(log.refused):,} rows ({reasons}), listed in {refused}"))


def _show(record: dict[str, Any]) -> None:
    """Rates, and the slices that err more."""
    from jobs.diagnose import shown

    for line in [*record["summary"], *record["notes"]]:
        click.echo(CONTROLS.sub("", line))
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
        click.echo(f"{search['kind']}: {search['reason'] or search['measure']}; {search['tested']:,} slices tested")
        if search["found"]:
            names = ("slice", "decisions", "judged", "wrong")
            rows = [
                {
                    **{name: row[name] for name in names},
                    "rate": shown(row, "rate"),
                    "rest": shown(row, "rest"),
                    "q": f"{row['q_value']:.2g}",
                }
                for row in search["found"]
            ]
            show(rows, False)
    best = record["thresholds"]["cheapest"]
    if best is not None:
        where = f" at {best['threshold']:.4g}" if best.get("threshold") is not None else ""
        click.echo(f"cheapest threshold{where}: {best['verdict']}")
