"""Command `themes show`: everything known about one theme."""

from collections.abc import Mapping
from typing import Any

import click

from jobs.cli_context import json_option, pass_workspace, show
from jobs.cli_findings import found, plain, reads
from jobs.spark import spark, terminal_marks
from jobs.store_search_findings import ChangeFilter
from jobs.theme_lineage import evidence
from jobs.theme_quality import readings
from jobs.workspace import Workspace

Row = dict[str, Any]

WEEKS = 12
"""Weeks of the history that a terminal shows; all of them are in the JSON."""
SEGMENTS = 12
SPELT = {"none": "no harm domain"}


@click.command("show")
@click.argument("theme_id")
@json_option
@pass_workspace
def show_theme(workspace: Workspace, theme_id: str, as_json: bool) -> None:
    """One theme: numbers, history, phrases, quality, segments, lineage, kin, edits, exemplars."""
    with workspace.open_store() as store:
        theme = found(store.search.themes.theme(theme_id), f"theme {theme_id!r}", "groundswell themes")
        moved = store.search.findings.changes(ChangeFilter(theme=theme_id), limit=20).rows
    if as_json:
        show({**theme, "changes": moved}, True)
        return
    show(facts(theme), False)
    for title, rows in sections(theme):
        if rows:
            click.echo(title)
            show(rows, False)
    reads(moved)
    click.echo(f"its documents: groundswell documents --theme {theme_id}")


def facts(theme: Row) -> list[Row]:
    """What one line each says, with its denominator."""
    weeks = [week["reporters"] or 0 for week in theme["history"]]
    flags = [name for name in ("pinned", "muted") if theme[name]]
    lines = {
        "theme": f"{theme['theme_id']} {theme['name']}",
        "named by": "its documents" if theme["named_by"] == "fit" else theme["named_by"],
        "state": ", ".join([theme["state"], *flags]),
        "seen": f"{theme['first_seen'] or '-'} to {theme['last_seen'] or '-'}; a theme since {theme['born_on']}",
        "hazard": theme["hazard"],
        "size": f"{theme['size']:,} unique of {theme['size_documents']:,} documents, all days",
        f"28 days to {theme['as_of']}": f"{theme['unique_documents']:,} unique of {theme['documents']:,} documents, "
        f"{theme['customers']:,} customers",
        "share": f"{_percent(theme['share'])} of {theme['stream_unique_documents']:,} unique documents of the stream",
        "reporters": f"{theme['reporters']:,}; in the 28 days before {_count(theme['previous_reporters'])}",
        "by week": f"{spark(weeks, marks=terminal_marks())}  reporters, {len(weeks)} weeks",
        "kinds, 28 days": mixed(theme["kinds"]),
        "domains, 28 days": mixed(theme["harm_domains"]),
        "phrases": ", ".join(theme["phrases"]),
        "open alerts": theme["open_alerts"],
        "fitted": f"{theme['fitted_as_of'][:10]} on {theme['fitted_documents']:,} documents; a document needs a "
        f"similarity of {theme['threshold']:.2f}, {_percent(theme['coverage'])} of the stream have it",
    }
    return [{"fact": name, "value": value} for name, value in lines.items()]


def sections(theme: Row) -> list[tuple[str, list[Row]]]:
    """Titles and rows of the tables under the facts, those without rows too."""
    return [
        (f"history, the last {WEEKS} weeks (* not complete)", [_week(row) for row in theme["history"][-WEEKS:]]),
        (
            "quality",
            [{"measure": one.measure, "value": one.value, "means": one.meaning} for one in readings(theme["quality"])],
        ),
        ("segments, 28 days, beside the whole stream", [_segment(row) for row in segments_apart(theme["segments"])]),
        ("lineage", [_event(row) for row in theme["lineage"]]),
        ("family", [_named(row, "relation") for row in theme["family"]]),
        ("themes of the other stream that are near", [_kin(row) for row in theme["related"]]),
        ("watchlists that match its documents", theme["watchlists"]),
        ("edits by people", [_edit(row) for row in theme["edits"]]),
        ("exemplars", [{"document": row["document_id"], "text": plain(row["excerpt"])} for row in theme["exemplars"]]),
    ]


def segments_apart(segments: list[Row]) -> list[Row]:
    """The segments whose share differs most from the stream's, the largest difference first."""
    apart = [row for row in segments if row["share"] is not None and row["stream_share"] is not None]
    return sorted(apart, key=lambda row: -abs(row["share"] - row["stream_share"]))[:SEGMENTS]


def mixed(parts: list[Row]) -> str:
    """The parts of a mix with their shares.

    >>> mixed([{"value": "over_block", "share": 0.7}, {"value": "billing", "share": 0.3}])
    'over block 70%, billing 30%'
    """
    spelt = [(SPELT.get(part["value"], part["value"].replace("_", " ")), part["share"]) for part in parts]
    return ", ".join(f"{name} {share:.0%}" for name, share in spelt if share is not None)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _week(row: Row) -> Row:
    names = {"unique": "unique_documents", "all": "documents", "reporters": "reporters", "customers": "customers"}
    of = {"of the stream's unique": row["stream_unique_documents"]}
    return {"week": row["week"] + (" *" if row["partial"] else ""), **{k: row[v] for k, v in names.items()}, **of}


def _segment(row: Row) -> Row:
    here = {"here": _percent(row["share"]), "stream": _percent(row["stream_share"])}
    return {
        "segment": f"{row['segment']}={row['value']}",
        **here,
        "documents": row["documents"],
        "reporters": row["reporters"],
    }


def _event(row: Row) -> Row:
    return {"day": row["happened_as_of"][:10], "event": row["event"], "by": row["author"], "evidence": evidence(row)}


def _named(row: Mapping[str, Any], first: str) -> Row:
    return {
        first: str(row[first]).replace("_", " "),
        "id": row["theme_id"],
        "theme": row["name"],
        "state": row["state"],
    }


def _kin(row: Row) -> Row:
    return {**_named(row, "similarity"), "mitigation": row["mitigation"]}


def _edit(row: Row) -> Row:
    what = f"{row['action']} {row['theme_id']} {row['detail'] or ''}".replace("{}", "").strip()
    undone = f"; undone by {row['undone_by']}: {row['undone_reason']}" if row["undone_at"] else ""
    return {"day": row["made_at"][:10], "edit": what, "by": row["author"], "reason": row["reason"] + undone}
