"""What the sentences of the executive brief are put together from: figures of the board with their intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.report_cells import Cells, Name, Said
from mitigations.board import SIDES

Row = dict[str, Any]

ENDS = ("estimate", "low", "high")
NOUNS = {"over_block": "wrongly blocked", "under_block": "harm let through"}
FOUND = {"per_10k_requests": "of every 10,000 requests", "per_10k_decisions": "of every 10,000 decisions"}
AUDITED = {"over_block": "audited blocks", "under_block": "audited requests that were let through"}


def put(cells: Cells, board: Row) -> None:
    """Take the numbers of the board in: `mitigation/side/rate`, ends as `_low` and `_high`."""
    for row in board["mitigations"]:
        place = row["mitigation"]
        cells.read(place, row, ("requests", "decisions"))
        cells.read(f"{place}/appeals", row["appeals"], ("closed", "overturned", "open"))
        cells.derive(f"{place}/alerts", len(row["alerts"]), "open alerts that speak of it")
        for side in SIDES:
            one = row[side]
            cells.read(f"{place}/{side}", one, ("audited", "audited_before"))
            _ends(cells, f"{place}/{side}/rate", one[one["compared"]])
            _ends(cells, f"{place}/{side}/before", one["before"])
            _ends(cells, f"{place}/{side}/change", one["change"])
            _ends(cells, f"{place}/{side}/error_share", one["error_share"])
    for number, one in enumerate(board["interventions"]["ranked"], 1):
        cells.values[f"intervention {number}/place"] = number
        cells.values[f"intervention {number}/customers"] = one["customers"]
        for side in SIDES:
            _ends(cells, f"intervention {number}/{side}", one[side])


def _ends(cells: Cells, place: str, ends: Mapping[str, Any] | None) -> None:
    for end in ENDS:
        cells.values[_cell(place, end)] = None if ends is None else ends.get(end)


def _cell(place: str, end: str = "estimate") -> str:
    return place if end == "estimate" else f"{place}_{end}"


def between(cells: Cells, place: str, style: str = "rate") -> Said:
    """The ends of an interval."""
    low, high = (cells.figure(_cell(place, end), style) for end in ("low", "high"))
    return (low, " to ", high)


def spanned(cells: Cells, place: str, style: str = "rate") -> Said:
    """A figure with its interval in brackets."""
    return (cells.figure(place, style), " (", *between(cells, place, style), ")")


def rated(cells: Cells, row: Row, side: str) -> Said:
    """A side's rate for a table; where it cannot be told, that and what the audits leave open."""
    place = f"{row['mitigation']}/{side}/rate"
    if row[side]["told"] and cells.value(place) is not None:
        return spanned(cells, place)
    if cells.value(place) is None:
        return ("cannot tell",)
    return ("cannot tell (", *between(cells, place), ")")


def counted(cells: Cells, cell: str, noun: str) -> Said:
    """A count with its noun, in the singular where it is one."""
    return (cells.figure(cell, "whole"), f" {noun}{'' if cells.value(cell) == 1 else 's'}")


def effect(cells: Cells, place: str) -> Said:
    """An expected change of an error in words: fewer, more, with the ends of its interval.

    Anything not known: cannot tell.
    """
    values = [cells.value(_cell(place, end)) for end in ENDS]
    if any(value is None for value in values):
        return ("cannot tell",)
    return (
        *_signed(cells, place),
        " (",
        *_signed(cells, _cell(place, "low")),
        " to ",
        *_signed(cells, _cell(place, "high")),
        ")",
    )


def _signed(cells: Cells, cell: str) -> Said:
    value = cells.value(cell) or 0
    return (cells.figure(cell, "distance"), " fewer" if value < 0 else " more" if value > 0 else "")


def listed(names: Sequence[Name]) -> Said:
    """Names as a list in a sentence."""
    said: Said = ()
    for place, name in enumerate(names):
        said = (*said, *(("",) if place == 0 else (" and ",) if place == len(names) - 1 else (", ",)), name)
    return said
