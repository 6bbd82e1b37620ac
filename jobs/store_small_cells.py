"""Suppression of small cells: no number about fewer than k distinct customers leaves in any form.

A cell is small with documents but fewer than k customers. Where exactly one cell of a group is small, the
next smallest is suppressed too: otherwise the group's total minus the others would give it away.
"""

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from jobs.store_rows import frame

WORKING = ("small", "small_in_group", "place")
"""Columns of the suppression itself, which nobody is shown."""


def marked(sql: str, *, group: str, key: str, documents: str = "documents") -> str:
    """The query with a column `suppressed` (0 or 1); takes the parameter `:small_cell` (0: nothing is small).

    `group` names the columns within which cells add up to a visible total, `key` the cell in its group.
    """
    small = f"SELECT *, {documents} > 0 AND customers < :small_cell AS small FROM ({sql})"
    place = f"ORDER BY {documents} = 0, customers, {key}"
    counted = (
        f"SELECT *, sum(small) OVER (PARTITION BY {group}) AS small_in_group, "
        f"row_number() OVER (PARTITION BY {group}, small {place}) AS place FROM ({small})"
    )
    return f"SELECT *, small OR (small_in_group = 1 AND place = 1) AS suppressed FROM ({counted})"


def unmarked(sql: str) -> str:
    """The same without looking at any cell, which is quicker: for readers from whom nothing is hidden."""
    return f"SELECT *, 0 AS suppressed FROM ({sql})"


def blanked(rows: Iterable[dict[str, Any]], columns: Iterable[str]) -> list[dict[str, Any]]:
    """The rows, with None in these columns where a row is suppressed, without the columns of `marked`."""
    gone = dict.fromkeys(columns)
    kept = []
    for row in rows:
        hidden = bool(row["suppressed"])
        plain = {name: value for name, value in row.items() if name not in WORKING}
        kept.append({**plain, **(gone if hidden else {}), "suppressed": hidden})
    return kept


def hidden_cells(db: Database, *, kind: str | None, small_cell: int) -> tuple[set[Any], set[Any]]:
    """Cells of the ledger (week, kind, slice, span) not to be shown, and those whose change is not."""
    from mitigations.small_cells import suppressed

    if not small_cell:
        return set(), set()
    sql = """
        SELECT week, kind, slice, span, claimed_raw, customers FROM ledger WHERE :kind IS NULL OR kind = :kind"""
    cells = frame(db, sql, {"kind": kind})
    found = suppressed(cells, least=small_cell)
    keys = list(cells[["week", "kind", "slice", "span"]].itertuples(index=False, name=None))
    rows = ({key for key, flag in zip(keys, flags, strict=True) if flag} for flags in (found.row, found.change))
    hidden, change = rows
    return hidden, change
