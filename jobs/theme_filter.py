"""Which themes of the list, in which order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]

ALIVE = ("emerging", "active", "dormant")
STATES = ("living", *ALIVE, "merged", "retired")
LEAST_PART = 0.2
"""A filter by kind or harm domain finds themes with at least this share of their recent unique documents in it."""
SORTS: dict[str, Callable[[Row], Any]] = {
    "reporters": lambda row: row["reporters"],
    "size": lambda row: row["size"],
    "ratio": lambda row: row["ratio"],
    "share": lambda row: row["share"],
    "new": lambda row: row["born_on"],
    "quality": lambda row: (row["quality"] or {}).get("coherence"),
    "alerts": lambda row: row["open_alerts"],
    "name": lambda row: _backwards(row["name"].casefold()),
}
"""Orders of the list: most first, the newest first, names from A to Z."""
LOWEST = {"new": "", "name": ""}


@dataclass(frozen=True, slots=True)
class ThemeFilter:
    """Which themes, in which order (a key of `SORTS`).

    `state` may be "living"; `kind` and `harm_domain` as `LEAST_PART` says (the kind of a usage anomaly is its type);
    `new_since` an ISO day; `parent` the id of a roll-up; `level` 0 for leaves, 1 for roll-ups.
    """

    stream: str | None = None
    state: str | None = None
    kind: str | None = None
    harm_domain: str | None = None
    new_since: str | None = None
    parent: str | None = None
    level: int | None = None
    pinned: bool | None = None
    muted: bool | None = None
    sort: str = "reporters"


ALL = ThemeFilter()
EQUAL = ("stream", "level", "pinned", "muted")


def matches(row: Row, wanted: ThemeFilter) -> bool:
    """Whether a row of the list is one of those wanted."""
    if wanted.state is not None and row["state"] not in (ALIVE if wanted.state == "living" else (wanted.state,)):
        return False
    if any(getattr(wanted, name) not in (None, row[name]) for name in EQUAL):
        return False
    if wanted.parent not in (None, row["parent_id"]) or (wanted.new_since or "") > row["born_on"]:
        return False
    return _carries(row, "kinds", "main_kind", wanted.kind) and _carries(
        row, "harm_domains", "main_domain", wanted.harm_domain
    )


def _carries(row: Row, mix: str, main: str, value: str | None) -> bool:
    """Whether the theme is about this; where no recent document tells, by the most frequent of all its days."""
    if value is None or not row[mix]:
        return value in (None, row[main])
    return any(part["value"] == value and part["share"] >= LEAST_PART for part in row[mix])


def order(sort: str) -> Callable[[Row], list[Any]]:
    """The key by which rows are sorted, the largest first: a value and the id."""

    def key(row: Row) -> list[Any]:
        value = SORTS[sort](row)
        return [LOWEST.get(sort, -1) if value is None else value, row["theme_id"]]

    return key


def _backwards(text: str) -> str:
    """Text that sorts descending as the given one sorts ascending."""
    return "".join(chr(0x10FFFF - ord(letter)) for letter in text) + chr(0x10FFFF)
