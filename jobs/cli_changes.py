"""Changes in the terminal: those of series, and those of what we see, which are none of what happens."""

from math import isfinite
from typing import Any

import click

from jobs.cli_context import show
from jobs.store import Store

Rows = list[dict[str, Any]]

SHOWN = ["from", "to", "what", "type", "stream", "documents"]
NOTE = "changes in what we see, not in what happens; documents: a day, before and after"


def coverage_changes(
    store: Store, *, day_from: str | None = None, day_to: str | None = None, limit: int | None = None
) -> Rows:
    """Gaps, starts and stops that touch the days from `day_from` to before `day_to`, newest first."""
    rows = store.findings.coverage()
    kept = [row for row in rows if (day_from or "") <= row["day_high"] and (not day_to or row["day_low"] < day_to)]
    return kept[:limit]


def show_coverage(rows: Rows) -> None:
    """A table under a heading of its own; nothing where there is none."""
    if rows:
        click.echo("\ncoverage changes")
        show([coverage_row(row) for row in rows], False, columns=SHOWN, note=NOTE)


def coverage_row(row: dict[str, Any]) -> dict[str, Any]:
    """A coverage change as the table shows it.

    >>> told = {"stream": "feedback", "dimension": "product", "value": "api", "type": "start", "evidence": {}}
    >>> coverage_row({**told, "day_low": "2026-03-01", "day_high": "2026-03-01"})["what"]
    'product api'
    """
    evidence = row["evidence"] or {}
    levels = [evidence[name] for name in ("before", "after") if evidence.get(name) is not None]
    return {
        "from": row["day_low"],
        "to": row["day_high"],
        "what": f"{row['dimension'].replace('_', ' ')} {row['value']}",
        "type": row["type"],
        "stream": row["stream"].replace("_", " "),
        "documents": " to ".join(f"{level:,.0f}" if level >= 10 else f"{level:.2g}" for level in levels) or None,
    }


CHANGE_COLUMNS = "day series way ratio interval q reporters found note".split()
WIDE_COLUMNS = ("interval", "reporters")


def change_columns(rows: Rows, *, wide: bool) -> list[str]:
    """The columns of these changes: the second-rank ones where there is room, notes where there are any."""
    left_out = set(() if wide else WIDE_COLUMNS) | ({"note"} if not any(row.get("note") for row in rows) else set())
    return [name for name in CHANGE_COLUMNS if name not in left_out]


def change_row(row: dict[str, Any]) -> dict[str, Any]:
    """A change as the table shows it; a note where something else explains it or later days do not bear it out."""
    low, high = row["ratio_low"], row["ratio_high"]
    ends = (
        [f"{low:.3g}" if low is not None else "0", "to", f"{high:.3g}"] if high is not None and isfinite(high) else []
    )
    notes = [row["coverage"], None if row["confirmed"] else "not borne out"]
    return {
        "day": row["day"],
        "series": row["title"],
        "way": row["direction"],
        "ratio": "from 0" if row["ratio"] is None else f"×{row['ratio']:.3g}",
        "interval": " ".join(ends) or (None if low is None else f"{low:.3g} or more"),
        "q": f"{row['q_value']:.2g}" if row["q_value"] is not None else None,
        "reporters": row["reporters"],
        "found": row["detected_on"],
        "note": "; ".join(note for note in notes if note) or None,
    }
