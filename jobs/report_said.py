"""What the lines of a weekly report are put together from: figures with intervals, verdicts on a change."""

from dataclasses import dataclass
from math import log
from statistics import NormalDist
from typing import Any

from jobs.report_cells import Name, Said
from jobs.report_facts import Facts, Row, place_of

TAIL = 0.025
USUAL = NormalDist().inv_cdf(1 - TAIL)
RISE, FALL, SAME, UNTOLD = "a clear rise", "a clear fall", "no clear change", "cannot tell"
MIXED = "the ways of correcting disagree"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what is said, how sure, whose it is, what to do next. `change` stands beside it as `against`."""

    key: str
    title: str
    said: Said
    change: Said
    word: str
    why: str
    owner: Name
    step: Said
    against: str = "Change"


def spanned(facts: Facts, place: str, column: str, style: str) -> Said:
    """A figure with its interval in brackets."""
    ends = between(facts, place, column, style)
    return (facts.cells.figure(f"{place}/{column}", style), " (", *ends, ")")


def between(facts: Facts, place: str, column: str, style: str) -> Said:
    """The ends of a figure's interval."""
    stem = "claims" if column == "claims_estimated" else column.removesuffix("_estimated")
    low, high = (facts.cells.figure(f"{place}/{stem}_{end}", style) for end in ("low", "high"))
    return (low, " to ", high)


def ratio(facts: Facts, row: Row) -> Said:
    """A row against the mean of its four weeks before."""
    if row["change_4w"] is None:
        return ("cannot tell against the four weeks before",)
    return (*spanned(facts, place_of(row), "change_4w", "times"), " times the four weeks before")


def moved(row: Row) -> str:
    """What the interval of a row's change says of it."""
    return verdict(row["change_4w_low"], row["change_4w_high"], 1)


def moved_in_all(facts: Facts) -> str:
    """The same of the total, where the numbers corrected week by week go the same way; else it cannot be told."""
    found, now = moved(facts.row), facts.row["claims_estimated"]
    before = facts.cells.value("baseline/claims_estimated")
    if now is None or before is None or found not in (RISE, FALL):
        return found
    return found if (now > before) == (found == RISE) else MIXED


def rose_among(row: Row, slices: int) -> bool:
    """Whether a slice clearly rose though so many were looked at: its change is held to 95 % over all of them.

    The interval of the ratio is taken as normal on the logarithm's scale, and the level divided (Bonferroni).
    """
    ratio, low, high = (row[f"change_4w{end}"] for end in ("", "_low", "_high"))
    if not ratio or not low or high is None or low <= 1:
        return False
    error = (log(high) - log(low)) / 2 / USUAL
    return log(ratio) > error * NormalDist().inv_cdf(1 - TAIL / max(slices, 1))


def verdict(low: Any, high: Any, none: float) -> str:
    """What the interval of a change says; `none` is the value of no change.

    >>> verdict(0.98, 1.36, 1), verdict(0.4, 3.1, 0), verdict(None, None, 1)
    ('no clear change', 'a clear rise', 'cannot tell')
    """
    if low is None or high is None:
        return UNTOLD
    return RISE if low > none else FALL if high < none else SAME


def hidden(facts: Facts) -> Said:
    """What stands in place of a number of too few customers."""
    facts.cells.derive("small_cell", facts.ask.small_cell, "setting small_cell")
    return ("Not shown: fewer than ", facts.cells.figure("small_cell", "whole"), " customers stand behind it.")


def many(facts: Facts, cell: str, noun: str) -> Said:
    """A count with its noun, in the singular where it is one."""
    return (facts.cells.figure(cell, "whole"), f" {noun}{'' if facts.cells.value(cell) == 1 else 's'}")
