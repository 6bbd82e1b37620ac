"""Pages of the dashboard: overview, weekly counts, data and runs."""

from flask import Blueprint, render_template, request

from api.access import EVERYONE, STAFF, allow, may, small_cell
from api.actions_triage import seen_owners
from api.db import now, store, workspace
from api.page_parts import asked, base_context, compared, next_address, series_chart
from api.queries import RunQuery, WeeklyQuery
from jobs.charts import weekly_chart
from jobs.store_paging import Page
from jobs.store_search_findings import AlertFilter
from jobs.telling import WIDEST
from jobs.theme_filter import ThemeFilter
from jobs.triage_age import clock

blueprint = Blueprint("pages", __name__)

TOTAL = "feedback/total"
SHORT_LIST = 6
MOST_OPEN = 1000
HAZARDS = ("critical", "elevated", "low")


@blueprint.get("/")
@allow(EVERYONE, "overview")
def overview() -> str:
    """What a reader sees first: is the data fresh, what moved, how many were wrongly blocked."""
    search = store().search
    hidden = small_cell()
    alerts = search.findings.alerts(AlertFilter(state="open"), limit=MOST_OPEN) if may(STAFF) else None
    return render_template(
        "overview.html",
        name=workspace().settings.name,
        head=search.status.headline(small_cell=hidden),
        week=search.counts.headline("over_block", small_cell=hidden),
        chart=series_chart(TOTAL, "Feedback by day"),
        alerts=alerts and gravest(alerts),
        themes=search.themes.page(ThemeFilter(state="living", level=0), small_cell=hidden, limit=SHORT_LIST),
        movers=search.themes.movers(small_cell=hidden, limit=SHORT_LIST),
        coverage=search.status.coverage(limit=SHORT_LIST),
        feeds=search.status.feeds(),
        history=compared(None),
        waiting=search.triage.standing(owners=seen_owners()) if may(STAFF) else None,
        moment=clock(store(), workspace().settings, now()),
        **base_context(),
    )


def gravest(page: Page) -> Page:
    """The few alerts that the overview shows: gravest first, of equal hazard the newest."""
    rows = sorted(page.rows, key=lambda row: HAZARDS.index(row["hazard"]))
    return Page(rows[:SHORT_LIST], None, page.total)


@blueprint.get("/weekly")
@allow(EVERYONE, "counts")
def weekly() -> str:
    """The weekly account of one kind and slice."""
    query = asked(WeeklyQuery)
    counts = store().search.counts
    kind, part = query.kind or "over_block", query.slice or "all"
    span = "auto" if query.span == "all" else query.span
    wanted = query.model_copy(update={"kind": kind, "slice": part, "span": span}).wanted()
    page = counts.weekly(wanted, small_cell=small_cell(), limit=query.limit, cursor=query.cursor)
    return render_template(
        "weekly.html",
        kind=kind,
        slice=part,
        span=span,
        page=page,
        slices=counts.slices(kind),
        widest=WIDEST,
        chart={**weekly_chart(page.rows, f"Weekly {kind} claims, slice {part}"), "title": ""},
        next=next_address(page),
        **base_context(),
    )


@blueprint.get("/data")
@allow(EVERYONE, "runs")
def data() -> str:
    """Feeds, what was refused, coverage changes and runs."""
    status = store().search.status
    query = asked(RunQuery)
    page = status.runs(job=query.job, state=query.state, limit=query.limit, cursor=query.cursor)
    return render_template(
        "data.html",
        feeds=status.feeds(),
        files=status.files(),
        quarantine=status.quarantine(),
        coverage=status.coverage(limit=50),
        runs=page,
        next=next_address(page),
        filtered="cursor" in request.args,
        **base_context(),
    )
