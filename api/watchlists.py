"""/watchlists: saved queries for rare risks, what they match and why."""

from urllib.parse import urlencode

from flask import Response, jsonify, request
from pydantic import BaseModel, Field

from api.access import EVERYONE, allow, small_cell
from api.db import store
from api.description import resource
from api.queries import Format, Name, Paging
from api.representation import listing
from api.rows import Listed
from api.rows_watch import Watchlist, WatchlistRow
from api.watch_parts import matches_shown, watchlist_shown
from jobs.store_paging import Page

blueprint = resource("watchlists")


class Watchlists(Listed[WatchlistRow]):
    """All watchlists."""


class WatchlistPath(BaseModel):
    """A watchlist's id."""

    watchlist: Name


class MatchQuery(Paging):
    """Which of the documents that match."""

    novel: bool | None = Field(None, description="only what is new, or only what is not")


@blueprint.get("/watchlists", responses={200: Watchlists}, summary="Watchlists, in the order of their file")
@allow(EVERYONE, "watchlists")
def list_watchlists(query: Format) -> Response:
    """Counts are of the 7 and 28 days before the as-of day."""
    rows = store().search.watch.every(small_cell=small_cell())
    return listing(Page(rows, None, len(rows)), WatchlistRow, chosen=query.format)


@blueprint.get("/watchlists/<watchlist>", responses={200: Watchlist}, summary="One watchlist")
@allow(EVERYONE, "watchlists")
def show_watchlist(path: WatchlistPath, query: MatchQuery) -> Response:
    """Its query, series, alerts, and the documents that match, newest first, with the reason of each."""
    shown = watchlist_shown(path.watchlist)
    page = matches_shown(path.watchlist, novel=query.novel, limit=query.limit, cursor=query.cursor)
    following = None
    if page.next_cursor is not None:
        following = f"{request.path}?{urlencode({**request.args.to_dict(), 'cursor': page.next_cursor})}"
    return jsonify({**shown, "matches": page.rows, "next": following})
