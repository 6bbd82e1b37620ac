"""When each theme was last seen, and what state that makes it: active, dormant, or a birth that came to nothing."""

from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from jobs.curation_rules import standing
from jobs.store import Store
from jobs.theme_filter import ALIVE

DORMANT_DAYS = 28
"""A theme without a document for so many days is dormant; it wakes with the next one."""


def settle_states(store: Store, stream: str, *, as_of: str) -> None:
    """Write `last_seen` and the state of every living theme; a birth that nobody wrote to again ends.

    A roll-up was last seen with any of its children and is dormant when all of them are.
    """
    themes = store.themes.all(stream)
    themes = themes[themes["state"].isin(ALIVE)]
    seen = store.themes.seen(stream).set_index("theme_id")["last_seen"]
    since = (datetime.fromisoformat(as_of) - timedelta(days=DORMANT_DAYS)).strftime("%Y-%m-%d")
    people = standing(store, stream)
    meant = {people.owner[strand] for strand in people.kept}
    leaves = [_leaf(row, seen, since, meant) for row in themes[themes["level"] == 0].to_dict("records")]
    parents = dict(zip(themes["theme_id"], themes["parent_id"], strict=True))
    above = [_above(row, leaves, parents) for row in themes[themes["level"] == 1].to_dict("records")]
    ended = [row for row in leaves if row["state"] == "retired"]
    with store.transaction():
        store.themes.write_states([(row["state"], row["last_seen"], row["theme_id"]) for row in [*leaves, *above]])
        store.themes.drop_prototypes([row["theme_id"] for row in ended])
        store.themes.add_events([_ending(row, as_of) for row in ended])


def _leaf(row: Mapping[Any, Any], seen: "pd.Series[str]", since: str, meant: Set[str]) -> dict[str, Any]:
    """`meant`: themes that people pinned, merged or split: no birth of theirs comes to nothing."""
    last = str(seen[row["theme_id"]]) if row["theme_id"] in seen.index else row["last_seen"]
    quiet = (last or row["born_on"]) < since
    if row["state"] == "emerging":
        state = "retired" if quiet and row["theme_id"] not in meant and row["named_by"] == "fit" else "emerging"
    else:
        state = "dormant" if quiet else "active"
    return {**row, "state": state, "last_seen": last}


def _above(row: Mapping[Any, Any], leaves: list[dict[str, Any]], parents: dict[str, str]) -> dict[str, Any]:
    own = [leaf for leaf in leaves if parents[leaf["theme_id"]] == row["theme_id"] and leaf["state"] in ALIVE]
    last = max((leaf["last_seen"] for leaf in own if leaf["last_seen"]), default=row["last_seen"])
    awake = any(leaf["state"] != "dormant" for leaf in own)
    return {**row, "state": "active" if awake else "dormant", "last_seen": last}


def _ending(row: dict[str, Any], as_of: str) -> dict[str, Any]:
    """A birth that came to nothing: it is gone, and says since when nobody wrote."""
    return {
        "theme_id": row["theme_id"],
        "event": "gone",
        "fit_id": row["fit_id"],
        "happened_as_of": as_of,
        "author": "run",
        "detail": {"unconfirmed": True, "last_seen": row["last_seen"], "days": DORMANT_DAYS},
    }
