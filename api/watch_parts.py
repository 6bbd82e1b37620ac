"""What the API and the page of a watchlist both show: itself, its alerts, its documents and why they match."""

from typing import Any

from api.access import REVEALERS, STAFF, may, small_cell
from api.actions import found
from api.db import store
from jobs.store_paging import Page


def watchlist_shown(watchlist: str) -> dict[str, Any]:
    """One watchlist as this reader may see it; 404 where there is none."""
    one = store().search.watch.one(watchlist, small_cell=small_cell())
    alerts = store().search.watch.alerts(watchlist) if may(STAFF) else []
    return {**found(one, f"watchlist {watchlist!r}"), "alerts": alerts}


def matches_shown(watchlist: str, *, novel: bool | None, limit: int, cursor: str | None) -> Page:
    """The documents that match, none for product managers.

    Who may not reveal a text is not told which of the words a withheld one says.
    """
    if not may(STAFF):
        return Page([], None, 0)
    page = store().search.watch.matches(watchlist, novel=novel, limit=limit, cursor=cursor)
    if not may(REVEALERS):
        for row in page.rows:
            if row["withheld"]:
                row["why"] |= {"words": None, "example": None, "similarity": None}
    return page
