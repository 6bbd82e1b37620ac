"""Which cells of the ledger a reader may not see, so that no small one can be worked out from the others.

A cell is small with documents but fewer than k customers. What is shown must not give it away by subtraction: along
slices (a total less the others), along time (four weeks less the other three) and along crossings. So each kind and
way of slicing is settled in blocks of four weeks that never overlap:

- A slice with a small week in a block has all weeks of that block hidden; where it is the only such slice of its way,
  the next smallest is hidden too. Its four weeks together, as the row of the block's last week, are shown if they are
  not small themselves; where one sum of a block is hidden, a second one is.
- Every other four-week row is shown only if all its weeks are.
- A crossing of attributes is shown in a week only if none of its cells is small and every slice of its single
  attributes is shown; four weeks of it only if all their weeks are.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.cells import EPOCH, WEEK, attributes_of, monday
from mitigations.windows import Floats

Flags = npt.NDArray[np.bool_]
BLOCK = 4


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Flags by row: the row itself, and its change against the weeks before, which tells what those were."""

    row: Flags
    change: Flags


@dataclass(frozen=True, slots=True)
class _Tables:
    """Documents, customers and four-week customers of one way, (slices, weeks); weeks begin and end with a block."""

    documents: Floats
    customers: Floats
    summed: Floats
    """Customers of the block that ends with each week (slices, blocks)."""


def suppressed(cells: pd.DataFrame, *, least: int) -> Suppressed:
    """What to hide of these rows from a reader who may see no fewer than `least` customers.

    `cells`: week ("2026-W10"), kind, slice, span (1 or 4), claimed_raw, customers; all rows of the kinds concerned,
    or nothing is certain.
    """
    hidden, change = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    if not least or cells.empty:
        return Suppressed(hidden, change)
    week = _week_numbers(cells["week"])
    way = cells["slice"].map(_ways(cells["slice"])).to_numpy(object)
    rows = cells.assign(number=week, way=way, place=np.arange(len(cells)))
    for _, own in rows.groupby("kind", sort=True):
        place = own["place"].to_numpy()
        hidden[place], change[place] = _of_kind(own, least)
    return Suppressed(hidden, change)


def _of_kind(rows: pd.DataFrame, least: int) -> tuple[Flags, Flags]:
    first = int(rows["number"].min()) // BLOCK * BLOCK
    weeks = (int(rows["number"].max()) // BLOCK + 1) * BLOCK - first
    week = rows["number"].to_numpy() - first
    code, keys = pd.factorize(rows["slice"])
    span, ways = rows["span"].to_numpy(), rows["way"].to_numpy(object)
    seen = np.zeros((len(keys), weeks), dtype=bool)
    block = np.zeros((len(keys), weeks // BLOCK), dtype=bool)
    table = _tables(rows, code, week, len(keys), weeks)
    by_way = {name: np.unique(code[ways == name]) for name in dict.fromkeys(ways.tolist())}
    for name in sorted(by_way, key=lambda one: one.count("&")):
        own = by_way[name]
        part = _Tables(table.documents[own], table.customers[own], table.summed[own])
        if "&" in name:
            margins = np.concatenate([by_way.get(one, own[:0]) for one in ("", *name.split("&"))])
            seen[own] = _crossing(part, seen[margins], table.documents[margins], least)
        else:
            seen[own], block[own] = _single(part, least, alone=name == "")
    whole = _all_of(seen)
    last = (week % BLOCK == BLOCK - 1) & (week >= BLOCK - 1)
    shown = np.where(span == 1, seen[code, week], whole[code, week] | (last & block[code, week // BLOCK]))
    before = np.where(span == 1, 1, BLOCK)
    known = (week >= before) & whole[code, np.maximum(week - before, 0)]
    return ~shown, ~(shown & known)


def _tables(rows: pd.DataFrame, code: npt.NDArray[np.int64], week: Floats, slices: int, weeks: int) -> _Tables:
    span = rows["span"].to_numpy()
    documents, customers, summed = (np.zeros((slices, weeks)) for _ in range(3))
    for name, table, which in (
        ("claimed_raw", documents, span == 1),
        ("customers", customers, span == 1),
        ("customers", summed, span != 1),
    ):
        table[code[which], week[which]] = rows[name].to_numpy(np.float64)[which]
    return _Tables(documents, customers, summed[:, BLOCK - 1 :: BLOCK])


def _single(part: _Tables, least: int, *, alone: bool) -> tuple[Flags, Flags]:
    """Weeks (slices, weeks) and block sums (slices, blocks) that are shown, of a way of one attribute or the total."""
    shape = (len(part.documents), -1, BLOCK)
    documents, customers = part.documents.reshape(shape), part.customers.reshape(shape)
    there = documents.sum(axis=2) > 0
    hidden: Flags = np.any((documents > 0) & (customers < least), axis=2)
    few = hidden & there & (part.summed < least)
    if not alone:
        hidden = _two_or_none(hidden, there, customers.sum(axis=2))
        # Nor may a week be left with one hidden slice that has anything: the others would be known to be nought.
        for week in range(BLOCK):
            hidden = _two_or_none(hidden, documents[:, :, week] > 0, customers[:, :, week])
        few = _two_or_none(few, hidden & there, part.summed)
    return np.repeat(~hidden, BLOCK, axis=1), ~few


def _two_or_none(hidden: Flags, there: Flags, size: Floats) -> Flags:
    """The flags (slices, blocks) with the smallest further slice that is there, where exactly one is hidden."""
    lonely = (hidden & there).sum(axis=0) == 1
    others = np.where(there & ~hidden, size, np.inf)
    second = np.argmin(others, axis=0)
    found = hidden.copy()
    columns = np.flatnonzero(lonely & np.isfinite(others.min(axis=0)))
    found[second[columns], columns] = True
    return found


def _crossing(part: _Tables, margins: Flags, documents: Floats, least: int) -> Flags:
    small = ((part.documents > 0) & (part.customers < least)).any(axis=0)
    covered = (~margins & (documents > 0)).any(axis=0)
    return np.broadcast_to(~(small | covered), part.documents.shape)


def _all_of(seen: Flags) -> Flags:
    """Whether a week and the three before it are all shown; the first three of the account never."""
    whole = seen.copy()
    for back in range(1, BLOCK):
        whole[:, back:] &= seen[:, :-back]
        whole[:, :back] = False
    return whole


def _ways(slices: "pd.Series[str]") -> dict[str, str]:
    """The way of slicing of each key: its attributes joined by "&", "" for the total."""
    return {key: "&".join(attributes_of(key)) for key in slices.unique()}


def _week_numbers(weeks: "pd.Series[str]") -> npt.NDArray[np.int64]:
    """Weeks counted from `EPOCH`."""
    numbers = {name: (pd.Timestamp(monday(name)) - EPOCH) // WEEK for name in weeks.unique()}
    return weeks.map(numbers).to_numpy(np.int64)
