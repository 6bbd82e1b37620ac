"""The executive brief: one page over all mitigations, written from the board and checked against it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jobs.board import board
from jobs.brief_lines import MOST_ROWS, Section, changed, headline, ordered, trade_offs
from jobs.brief_said import put, rated
from jobs.brief_steps import to_do, unknown
from jobs.report_cells import Cells, Said
from jobs.report_check import check, written
from jobs.report_text import figures, fill_html, fill_markdown
from jobs.settings import Settings
from jobs.store import Store
from mitigations.board import SIDES

Row = dict[str, Any]

METHOD: tuple[Said, ...] = (
    (
        "Wrongly blocked and let through are estimated from random audits, per 10,000 requests of the same weeks (per "
        "10,000 decisions where requests are not on record); brackets hold 95 % intervals. A rate cannot be told where "
        "the interval reaches beyond five times the number.",
    ),
    (
        "A rate is up or down if the interval of its difference from the four weeks before leaves out no change; there "
        "is no detectable change where it leaves out a doubling too. One interval in twenty misses by chance.",
    ),
    (
        "What customers claim enters no number here and ranks nothing but audits. Changes are ranked by their expected "
        "effect on both errors; one that loosens only where audits tell what it would let through. How often an error "
        "happens says nothing of how bad it is.",
    ),
)


class NoBoard(LookupError):
    """A brief over a workspace without a mitigation, or before the first documents."""


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief before it is written: everything it says, in parts, and the cells they come from."""

    as_of: str
    week: str
    title: Said
    subtitle: Said
    headline: Said
    table: tuple[dict[str, Said], ...]
    more: Said
    sections: tuple[Section, ...]
    method: tuple[Said, ...]
    link: str
    cells: Cells


def brief(store: Store, settings: Settings) -> Brief:
    """The brief as of the last run. Raises NoBoard."""
    made = board(store, settings)
    if made["weeks"] is None:
        raise NoBoard("expected mitigations and documents, got none; ingest them and run 'groundswell run' first")
    return of_board(made, name=settings.name, base_url=settings.base_url.rstrip("/"))


def of_board(made: Row, *, name: str, base_url: str) -> Brief:
    """The brief of a board (`jobs.board.board`); `name` of the installation, `base_url` of its dashboard."""
    cells = Cells()
    put(cells, made)
    weeks = made["weeks"]
    days = [cells.name(weeks[part]) for part in ("first", "last", "before")]
    as_of = cells.name(made["as_of"].replace("T", " ").removesuffix("Z")[:16] + " UTC")
    rows = ordered(made["mitigations"])
    left = len(rows) - MOST_ROWS
    cells.derive("left", max(left, 0), "mitigations that are not in the table")
    return Brief(
        made["as_of"],
        weeks["week"],
        ("Safeguards: where they err, what changed, what to do",),
        (
            cells.name(name),
            ", ",
            days[0],
            " to ",
            days[1],
            ", against the four weeks from ",
            days[2],
            "; as of ",
            as_of,
        ),
        headline(cells, made),
        tuple(_row(cells, row) for row in rows[:MOST_ROWS]),
        (cells.figure("left", "whole"), " more on the board.") if left > 0 else (),
        (changed(cells, made), trade_offs(cells, rows), to_do(cells, made), unknown(cells, made)),
        METHOD,
        f"{base_url}/mitigations",
        cells,
    )


def _row(cells: Cells, row: Row) -> dict[str, Said]:
    place, said = row["mitigation"], {}
    for side in SIDES:
        said[side] = rated(cells, row, side)
        said[f"{side}_change"] = (row[side]["change"]["verdict"],)
    audits = tuple(cells.figure(f"{place}/{side}/audited", "whole") for side in SIDES)
    overturned, closed = (cells.figure(f"{place}/appeals/{part}", "whole") for part in ("overturned", "closed"))
    return {
        "name": (cells.name(row["name"]),),
        **said,
        "audits": (audits[0], " / ", audits[1]),
        "appeals": (overturned, " of ", closed),
        "alerts": (cells.figure(f"{place}/alerts", "whole"),),
    }


def as_json(page: Brief) -> Row:
    """The brief as plain data, with the cells that its numbers are. Raises NumberNotInLedger."""
    texts: list[Said] = []

    def told(said: Said) -> str:
        texts.append(said)
        return "".join(written(part) for part in said)

    body: Row = {
        "title": told(page.title),
        "subtitle": told(page.subtitle),
        "as_of": page.as_of,
        "week": page.week,
        "headline": told(page.headline),
        "table": [{name: told(said) for name, said in row.items()} for row in page.table],
        "sections": [
            {"key": one.key, "title": one.title, "lines": [told(line) for line in one.lines]} for one in page.sections
        ],
        "method": [told(said) for said in page.method],
        "cells": {**page.cells.values},
        "derived": {**page.cells.formulas},
    }
    for said in texts:
        check("".join(written(part) for part in said), said, page.cells)
    return {**body, "figures": [figure for said in texts for figure in figures(said)]}


def as_html(page: Brief) -> str:
    """The brief as one HTML page, an A4 page in print. Raises NumberNotInLedger."""
    return fill_html("brief.html.j2", page)


def as_markdown(page: Brief) -> str:
    """The brief as Markdown. Raises NumberNotInLedger."""
    return fill_markdown("brief.md.j2", page)


def _json(page: Brief) -> str:
    return json.dumps(as_json(page), ensure_ascii=False, indent=2) + "\n"


BRIEF_FORMATS: dict[str, Callable[[Brief], str]] = {"html": as_html, "md": as_markdown, "json": _json}
"""How a brief is written, by the ending of the file."""
