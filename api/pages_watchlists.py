"""Pages of the dashboard: all watchlists, and one with its series, alerts and documents."""

from flask import Blueprint, render_template

from api.access import EVERYONE, STAFF, allow, may, small_cell
from api.db import store
from api.page_parts import asked, base_context, next_address, series_chart
from api.watch_parts import matches_shown, watchlist_shown
from api.watchlists import MatchQuery
from jobs.store_search_findings import ChangeFilter

blueprint = Blueprint("pages_watchlists", __name__)


@blueprint.get("/watchlists")
@allow(EVERYONE, "watchlists")
def watchlists() -> str:
    """Every watchlist, in the order of the file."""
    rows = store().search.watch.every(small_cell=small_cell())
    return render_template("watchlists.html", rows=rows, **base_context())


@blueprint.get("/watchlists/<watchlist>")
@allow(EVERYONE, "watchlists")
def watchlist(watchlist: str) -> str:
    """One watchlist: what it looks for, how it runs by day, its alerts, the documents and why they match."""
    shown = watchlist_shown(watchlist)
    query = asked(MatchQuery)
    page = matches_shown(watchlist, novel=query.novel, limit=query.limit, cursor=query.cursor)
    findings = store().search.findings
    changes = [
        change
        for series in (shown["series"] if may(STAFF) else [])
        for change in findings.changes(ChangeFilter(series=series), limit=20).rows
    ]
    return render_template(
        "watchlist.html",
        watch=shown,
        charts=[(series, series_chart(series, shown["name"])) for series in shown["series"]],
        changes=changes,
        page=page,
        novel=query.novel,
        next=next_address(page),
        **base_context(),
    )
