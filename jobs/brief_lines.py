"""The sentences of the executive brief on what is: which side each safeguard errs on, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobs.brief_said import FOUND, NOUNS, counted, listed, spanned
from jobs.report_cells import Cells, Said
from mitigations.board import BLOCKING, DOWN, PASSING, SIDES, UNTOLD, UP

Row = dict[str, Any]

MOST_ROWS = 12
"""Mitigations in the table: more do not fit a page."""
MOST_LINES = 5
"""Sentences of a section."""
TOP = 3
"""So many interventions are told."""
ONE_SIDED = {
    "over_block": "what they let through cannot be told, so nobody can say what loosening them would cost.",
    "under_block": "whom they block wrongly cannot be told, so nobody can say what tightening them would cost.",
}
"""What is said of safeguards of which this side alone can be told."""
MEASURED = ("improved", "worsened")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its sentences."""

    key: str
    title: str
    lines: tuple[Said, ...]


def ordered(rows: Sequence[Row]) -> list[Row]:
    """Mitigations with the errors that can be told first, those with most of them before the others."""

    def weight(row: Row) -> tuple[int, float, str]:
        told = [row[side][row[side]["compared"]]["estimate"] for side in SIDES if row[side]["told"]]
        return -len(told), -max(told, default=0.0), row["mitigation"]

    return sorted(rows, key=weight)


def headline(cells: Cells, board: Row) -> Said:
    """The brief in one or two sentences: which safeguard errs most on which side, and of how many it can be told."""
    rows = board["mitigations"]
    cells.derive("safeguards", len(rows), "mitigations on the board")
    said: Said = ()
    for side in SIDES:
        told = [row for row in rows if row[side]["told"] and row[side][row[side]["compared"]] is not None]
        cells.derive(f"told/{side}", len(told), f"of them, those whose rate of {side} can be told")
        known: Said = (cells.figure(f"told/{side}", "whole"), " of ", *counted(cells, "safeguards", "safeguard"))
        start: Said = (f"{NOUNS[side].capitalize()}: ",)
        if not told:
            said = (*said, *start, "cannot tell of any of ", *counted(cells, "safeguards", "safeguard"), ". ")
            continue
        worst = max(told, key=lambda row: (row[side][row[side]["compared"]]["estimate"], row["mitigation"]))
        rate = spanned(cells, f"{worst['mitigation']}/{side}/rate")
        of = FOUND[worst[side]["compared"]]
        said = (
            *said,
            *start,
            "most by ",
            cells.name(worst["name"]),
            ", about ",
            *rate,
            f" {of}; known of ",
            *known,
            ". ",
        )
    return (*said[:-1], ".")


def changed(cells: Cells, board: Row) -> Section:
    """Rates that clearly moved, releases with what they did, alerts that are open."""
    lines = [*_moved(cells, board), *_releases(cells, board), *_alerts(cells, board)]
    return Section("changed", "What changed", tuple(lines))


def _moved(cells: Cells, board: Row) -> list[Said]:
    pairs = [(row, side) for row in board["mitigations"] for side in SIDES]
    clear = [(row, side) for row, side in pairs if row[side]["change"]["verdict"] in (UP, DOWN)]
    lines: list[Said] = []
    for row, side in clear[:MOST_LINES]:
        place, one = f"{row['mitigation']}/{side}", row[side]
        was, now = spanned(cells, f"{place}/before"), spanned(cells, f"{place}/rate")
        start: Said = (cells.name(row["name"]), f": {NOUNS[side]} {one['change']['verdict']} from ", *was, " to ", *now)
        lines.append((*start, f" {FOUND[one['compared']]}."))
    if clear:
        return lines
    untold = sum(row[side]["change"]["verdict"] == UNTOLD for row, side in pairs)
    cells.derive("compared", len(pairs), "rates of all safeguards and both sides")
    cells.derive("untold", untold, "of them, those whose change cannot be told")
    return [
        (
            "No rate clearly changed; of ",
            *counted(cells, "compared", "rate"),
            " compared, the change of ",
            cells.figure("untold", "whole"),
            " cannot be told.",
        )
    ]


def _releases(cells: Cells, board: Row) -> list[Said]:
    """Releases since the first day compared, with what each did."""
    since = board["weeks"]["before"]
    found = [(row, one) for row in board["mitigations"] for one in row["releases"] if one["day"] >= since]
    lines: list[Said] = []
    for row, one in sorted(found, key=lambda pair: (pair[1]["day"], pair[0]["mitigation"]))[-TOP:]:
        clear = [effect for effect in one["effects"] if effect["verdict"] in MEASURED]
        told = ", ".join(f"{effect['title']} {effect['verdict']}" for effect in clear) or "no clear effect"
        name = cells.name(f"{one['version'] or one['release_id']} ({one['day']})")
        lines.append((cells.name(row["name"]), ", release ", name, f": {told}."))
    return lines


def _alerts(cells: Cells, board: Row) -> list[Said]:
    rows = [row for row in board["mitigations"] if row["alerts"]]
    if not rows:
        return [("No alert of a safeguard is open.",)]
    # One alert can speak of one mitigation only, so they add up.
    cells.derive("alerts", sum(len(row["alerts"]) for row in rows), "open alerts that speak of a mitigation")
    most = max(rows, key=lambda row: (len(row["alerts"]), row["mitigation"]))
    many = cells.figure(f"{most['mitigation']}/alerts", "whole")
    return [(*counted(cells, "alerts", "alert"), " open, most of them of ", cells.name(most["name"]), " (", many, ").")]


def trade_offs(cells: Cells, rows: Sequence[Row]) -> Section:
    """Of each safeguard which side it errs on, and what is not known before anybody turns it up or down."""
    both = [row for row in rows if all(row[side]["told"] for side in SIDES)]
    lines = [_both(cells, row) for row in both[:MOST_LINES]]
    for side, words in ONE_SIDED.items():
        other = next(name for name in SIDES if name != side)
        names = [cells.name(row["name"]) for row in rows if row[side]["told"] and not row[other]["told"]]
        if names:
            lines.append((*listed(names[:MOST_ROWS]), f": {words}"))
    lines = [*lines, *_missed(cells, rows[:MOST_ROWS])]
    lines = lines or [("Of no safeguard can either error be told: what turning it would do is unknown.",)]
    return Section("trade_offs", "Which side each errs on", tuple(lines))


def _both(cells: Cells, row: Row) -> Said:
    stopped, missed = (spanned(cells, f"{row['mitigation']}/{side}/rate") for side in SIDES)
    of = FOUND[row["over_block"]["compared"]]
    said: Said = (cells.name(row["name"]), ": ", *stopped, " blocked wrongly against ", *missed)
    return (*said, f" let through, {of}; {_side(row['leaning'])}.")


def _missed(cells: Cells, rows: Sequence[Row]) -> list[Said]:
    """Over the whole diagnosed log: which share of what was harmful got through."""
    said: Said = ()
    for row in rows:
        if row["under_block"]["error_share"] is not None:
            share = spanned(cells, f"{row['mitigation']}/under_block/error_share", "portion")
            said = (*said, ", " if said else "", cells.name(row["name"]), " ", *share)
    return [("Of all that was harmful, over the whole log, got through: ", *said[1:], ".")] if said else []


def _side(leaning: str) -> str:
    words = {BLOCKING: "it errs more often by blocking", PASSING: "it errs more often by letting through"}
    return words.get(leaning, "which of them is more cannot be told")
