"""/counts/weekly/evidence: what stands behind one number of the ledger."""

from typing import Any

from flask import Response

from api.access import EVERYONE, STAFF, allow, may, small_cell
from api.actions import found
from api.db import store
from api.description import resource
from api.queries_evidence import EvidenceQuery
from api.representation import listing
from api.rows_evidence import Evidence, EvidenceRow
from jobs.store_paging import Page
from jobs.store_search_counts import CountFilter
from jobs.store_search_evidence import Cell

blueprint = resource("evidence")


@blueprint.get("/counts/weekly/evidence", responses={200: Evidence}, summary="What stands behind one weekly number")
@allow(EVERYONE, "counts")
def list_evidence(query: EvidenceQuery) -> Response:
    """Documents counted and collapsed, labels, decisions; a product manager gets their numbers alone."""
    return listing(behind(query), EvidenceRow, chosen=query.format)


def behind(query: EvidenceQuery) -> Page:
    """The rows the reader may see; `extra` holds the cell and the number of rows by part."""
    cell = query.cell()
    row = account(cell)
    parts = None if row["suppressed"] else store().search.evidence.sizes(cell)
    page = Page([], None, 0)
    if may(STAFF):
        page = store().search.evidence.rows(cell, part=query.part, limit=query.limit, cursor=query.cursor)
    return Page(page.rows, page.next_cursor, page.total, {"cell": row, "parts": parts})


def account(cell: Cell) -> dict[str, Any]:
    """The cell as the ledger has it, suppressed where it must be; 404 where it has none."""
    wanted = CountFilter(
        kind=cell.kind, slice=cell.slice, week_from=cell.week, week_to=cell.following(), span=cell.span
    )
    rows = store().search.counts.weekly(wanted, small_cell=small_cell(), limit=1).rows
    what = f"row of {cell.week}, {cell.kind}, {cell.slice} over {cell.span} week{'s' if cell.span > 1 else ''}"
    why = "nothing is counted there, or the ledger does not slice so; /counts/weekly lists what it holds"
    return found(rows[0] if rows else None, what, why=why)
