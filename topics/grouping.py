"""One cause, one alert: changes of a series and of its roll-ups on the same days belong together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

EXPLAINS = 0.8
"""A part that holds this share of its roll-up's excess is the news; with less, the roll-up is."""
OVERLAPS = 1.2
"""Parts of one roll-up that hold more than this of its excess together count the same documents."""
SLACK_DAYS = 3
FURTHEST_DAYS = 14
WIDE_PARTS = 3
"""A rise that so many parts beside the largest share is a rise of the whole."""

COMPARED = ("series", "rollup", "direction", "day", "day_low", "day_high", "before_mean", "after_mean")
Columns = pd.DataFrame | Mapping[str, Sequence[Any]]
"""Changes by column; looked at row by row, plain lists are far quicker than a frame."""


@dataclass(frozen=True, slots=True)
class Group:
    """`subject`: position of the change the alert is about; `members`: positions of all, subject first."""

    subject: int
    members: tuple[int, ...]


def groups(changes: pd.DataFrame) -> list[Group]:
    """Partition the rows of `changes` (as `topics.change.changes`), in the order of their subjects' rows.

    From each topmost change the alert moves down while one part explains 80 % of the excess and few others moved
    with it (else the change is wide, and its alert stays at the roll-up); the roll-ups
    passed on the way and all parts below the subject join it. What is left over starts groups of its own.
    """
    if changes.empty:
        return []
    table = {name: list(changes[name]) for name in COMPARED}
    parents = _parents(table)
    children: dict[int, list[int]] = {}
    for child, parent in parents.items():
        children.setdefault(parent, []).append(child)
    grouped = []
    waiting = [row for row in range(len(changes)) if row not in parents]
    while waiting:
        top = waiting.pop(0)
        path = _descend(top, children, table, parents)
        below = _below(path[-1], children)
        grouped.append(Group(path[-1], (path[-1], *path[:-1], *below)))
        taken = {*path, *below}
        beside = [child for row in path[:-1] for child in children.get(row, []) if child not in taken]
        shared = [child for child in beside if _overlaps(table, child, path, parents)]
        grouped[-1] = Group(path[-1], (*grouped[-1].members, *(r for s in shared for r in (s, *_below(s, children)))))
        waiting.extend(child for child in beside if child not in shared)
    return sorted(grouped, key=lambda group: group.subject)


def _parents(table: Columns) -> dict[int, int]:
    """For each row the row of its nearest roll-up that changed with it, where there is one."""
    rollup = dict(zip(table["series"], table["rollup"], strict=True))
    rows: dict[str, list[int]] = {}
    for row, series in enumerate(table["series"]):
        rows.setdefault(str(series), []).append(row)
    found = {}
    for row, series in enumerate(table["series"]):
        seen = {series}
        above = rollup.get(series)
        while isinstance(above, str) and above not in seen:
            moved = [other for other in rows.get(above, []) if together(table, row, other)]
            if moved:
                found[row] = min(moved, key=lambda other: abs(table["day"][row] - table["day"][other]))
                break
            seen.add(above)
            above = rollup.get(above) or _above(above)
    return found


def _above(series: str) -> str | None:
    """The roll-up of a series that did not itself change, from its key."""
    stream, _, rest = series.partition("/")
    if rest == "total":
        return None
    return f"{stream}/{rest.split('&', 1)[0]}" if "&" in rest else f"{stream}/total"


def together(table: Columns, one: int, other: int) -> bool:
    """Whether two rows moved the same way on the same days, within what their dates leave open."""
    slack = pd.Timedelta(days=SLACK_DAYS)
    overlap = (
        table["day_low"][one] <= table["day_high"][other] + slack
        and table["day_low"][other] <= table["day_high"][one] + slack
    )
    near = abs(table["day"][one] - table["day"][other]) <= pd.Timedelta(days=FURTHEST_DAYS)
    return bool(overlap and near and table["direction"][one] == table["direction"][other])


def _overlaps(table: Columns, child: int, path: Sequence[int], parents: Mapping[int, int]) -> bool:
    """Whether a part beside the path must count documents of the subject: unassigned, another dimension."""
    whole = parents[child]
    beside = path[path.index(whole) + 1]
    both = excess(table, child) + excess(table, beside)
    return both > OVERLAPS * excess(table, whole)


def excess(table: Columns, row: int) -> float:
    """By how many reporters a day a row's series moved."""
    return abs(float(table["after_mean"][row] - table["before_mean"][row]))


def _descend(top: int, children: Mapping[int, Sequence[int]], table: Columns, parents: Mapping[int, int]) -> list[int]:
    path = [top]
    while parts := children.get(path[-1]):
        largest = max(parts, key=lambda row: (excess(table, row), str(table["series"][row])))
        if excess(table, largest) < EXPLAINS * excess(table, path[-1]):
            break
        beside = [part for part in parts if part != largest and not _overlaps(table, part, [*path, largest], parents)]
        if len(beside) >= WIDE_PARTS:
            break
        path.append(largest)
    return path


def _below(row: int, children: Mapping[int, Sequence[int]]) -> list[int]:
    found: list[int] = []
    waiting = list(children.get(row, []))
    while waiting:
        here = waiting.pop(0)
        found.append(here)
        waiting.extend(children.get(here, []))
    return found
