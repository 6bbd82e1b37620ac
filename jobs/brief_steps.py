"""The sentences of the executive brief on what to do: the first interventions, and the audits that would tell more."""

import re
from collections.abc import Sequence
from typing import Any

from jobs.brief_lines import MOST_ROWS, TOP, Section
from jobs.brief_said import AUDITED, FOUND, NOUNS, between, counted, effect, listed
from jobs.report_cells import Cells, Name, Said
from mitigations.board import SIDES

Row = dict[str, Any]

LONGEST = 260
SENTENCE = re.compile(r"\.\s+(?=[A-Z])")
AUDIT = (
    "Draw decisions at random and audit them: groundswell label next --decisions. "
    "Four times as many about halve an interval."
)


def to_do(cells: Cells, board: Row) -> Section:
    """The first interventions, with what they are expected to do to both errors."""
    made = board["interventions"]
    lines = [_intervention(cells, board, number) for number in range(1, len(made["ranked"][:TOP]) + 1)]
    if not lines:
        lines = [("Nothing is ranked: no audited evidence supports a change yet.",)]
    if made["first"]:
        cells.derive("first", len(made["first"]), "loosening changes that an audit must come before")
        lines.append(
            (*counted(cells, "first", "further change"), " would loosen a safeguard and needs an audit first.")
        )
    return Section("to_do", "What to do first", tuple(lines))


def _intervention(cells: Cells, board: Row, number: int) -> Said:
    place, one = f"intervention {number}", board["interventions"]["ranked"][number - 1]
    over, under = (effect(cells, f"{place}/{side}") for side in SIDES)
    said: Said = (cells.figure(f"{place}/place", "whole"), ". ", _named(cells, board, one), ": ")
    said = (*said, cells.name(first_sentence(one["text"]), most=LONGEST), ". Of every 10,000 decisions, ")
    said = (*said, "wrongly blocked ", *over, ", let through ", *under, ". ")
    if one["customers"] is not None:
        said = (*said, "Customers touched: ", cells.figure(f"{place}/customers", "whole"), ". ")
    cost, rests = cells.name(_cost(one["cost"]), most=80), cells.name(one["rests_on"] or "not said", most=120)
    return (*said, "Cost ", cost, f", confidence {one['confidence']}; rests on ", rests, ".")


def _named(cells: Cells, board: Row, one: Row) -> Name:
    names = {row["mitigation"]: row["name"] for row in board["mitigations"]}
    return cells.name(names.get(one["mitigation"], one["mitigation"]))


def first_sentence(text: str) -> str:
    """The first sentence of a recommendation, without its full stop; what follows stands on the board.

    >>> first_sentence("Raise it to 0.85: 3 of 9 were wrong. The effect is small.")
    'Raise it to 0.85: 3 of 9 were wrong'
    """
    return SENTENCE.split(str(text).strip(), maxsplit=1)[0].rstrip(". ")


def _cost(cost: Any) -> str:
    return ": ".join(str(part) for part in cost.values()) if isinstance(cost, dict) else str(cost)


def unknown(cells: Cells, board: Row) -> Section:
    """What cannot be told of either side, what the audits leave open, and which audit would tell it."""
    lines: list[Said] = []
    for side in SIDES:
        missing = [row for row in board["mitigations"] if not row[side]["told"]]
        bare = [cells.name(row["name"]) for row in missing if not row[side]["audited"]]
        if bare:
            lines.append((f"{NOUNS[side].capitalize()}, no random audit at all: ", *listed(bare[:MOST_ROWS]), "."))
        thin = [row for row in missing if row[side]["audited"]]
        if thin:
            lines.append(_thin(cells, thin[:MOST_ROWS], side))
    audits: dict[str, Row] = {}
    for one in board["interventions"]["audits"]:
        audits.setdefault(one["mitigation"], one)
    for one in list(audits.values())[:TOP]:
        lines.append((_named(cells, board, one), ": ", cells.name(first_sentence(one["text"]), most=LONGEST), "."))
    lines = lines or [("Both errors of every safeguard can be told.",)]
    return Section("unknown", "What cannot be told, and which audit would tell it", (*lines, (AUDIT,)))


def _thin(cells: Cells, rows: Sequence[Row], side: str) -> Said:
    said: Said = (f"{NOUNS[side].capitalize()}, too few audits: ",)
    for number, row in enumerate(rows):
        place = f"{row['mitigation']}/{side}"
        # What the numbers are of is said once.
        noun, of = ("audited", "") if number else (AUDITED[side], f" {FOUND[row[side]['compared']]}")
        told: Said = (cells.name(row["name"]), " (", cells.figure(f"{place}/audited", "whole"), f" {noun}")
        left: Said = ()
        if cells.value(f"{place}/rate") is not None:
            left = (" leave open ", *between(cells, f"{place}/rate"), of)
        said = (*said, *((", ",) if number else ()), *told, *left, ")")
    return (*said, ".")
