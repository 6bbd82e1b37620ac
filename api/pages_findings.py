"""Pages of the dashboard: themes, changes and alerts."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from api.access import EVERYONE, STAFF, allow, may, small_cell
from api.actions import act_on_alert, found
from api.db import store
from api.forms import sent
from api.page_parts import asked, base_context, compared, next_address, series_chart
from api.queries import AlertActBody, AlertQuery, ChangeQuery
from api.queries_themes import ThemePageQuery
from api.theme_parts import recent_from, sorted_address, themes_found
from jobs.store_search_findings import AlertFilter, ChangeFilter

blueprint = Blueprint("pages_findings", __name__)


@blueprint.get("/themes")
@allow(EVERYONE, "themes")
def themes() -> str:
    """Every theme under its roll-up, those with most reporters first; or what a search for some found."""
    query = asked(ThemePageQuery)
    search = store().search
    page = search.themes.tree(
        query.wanted(state="living"), small_cell=small_cell(), limit=query.limit, cursor=query.cursor
    )
    return render_template(
        "themes.html",
        page=page,
        query=query,
        found=themes_found(query.q),
        choices=search.documents.choices(),
        address=sorted_address,
        recent_from=recent_from(search.status.as_of()),
        next=next_address(page),
        **base_context(),
    )


@blueprint.get("/themes/<theme_id>")
@allow(EVERYONE, "themes")
def theme(theme_id: str) -> str:
    """One theme: its volume, what moved, where it comes from and what became of it, what it says."""
    search = store().search
    one = search.themes.theme(theme_id, small_cell=small_cell(), exemplars=may(STAFF))
    shown = found(one, f"theme {theme_id!r}")
    staff, series = may(STAFF), f"{shown['stream']}/theme={theme_id}"
    return render_template(
        "theme.html",
        theme=shown,
        chart=series_chart(series, shown["name"], shown["lineage"]) if search.counts.counts(series) else None,
        series=series,
        history=compared(shown["stream"]),
        recent_from=recent_from(search.status.as_of()),
        changes=search.findings.changes(ChangeFilter(theme=theme_id), limit=20).rows if staff else [],
        alerts=search.findings.alerts(AlertFilter(theme=theme_id), limit=20).rows if staff else [],
        signals=store().signals.told(theme=theme_id) if staff else [],
        links=store().anomalies.ties(theme_id, shown["stream"]) if staff else [],
        **base_context(),
    )


@blueprint.get("/changes")
@allow(STAFF, "changes")
def changes() -> str:
    """Every changepoint, newest first."""
    query = asked(ChangeQuery)
    page = store().search.findings.changes(query.wanted(), limit=query.limit, cursor=query.cursor)
    return render_template("changes.html", page=page, query=query, next=next_address(page), **base_context())


@blueprint.get("/alerts")
@allow(STAFF, "alerts")
def alerts() -> str:
    """Alerts, the open ones unless asked otherwise."""
    query = asked(AlertQuery)
    everything = request.args.get("state") == ""
    wanted = query if query.state or everything else query.model_copy(update={"state": "open"})
    page = store().search.findings.alerts(wanted.wanted(), limit=query.limit, cursor=query.cursor)
    return render_template("alerts.html", page=page, state=wanted.state, next=next_address(page), **base_context())


@blueprint.get("/alerts/<alert_id>")
@allow(STAFF, "alerts")
def alert(alert_id: str) -> str:
    """One alert: why, since when, what carries it, where the evidence is."""
    one = found(store().search.findings.alert(alert_id), f"alert {alert_id!r}")
    owners = store().reference.owners()
    return render_template(
        "alert.html",
        alert=one,
        owners=owners,
        chart=series_chart(one["series"], one["title"]),
        signals=store().signals.beside(one["changes"]),
        **base_context(),
    )


@blueprint.post("/alerts/<alert_id>/acts")
@allow(STAFF, "alerts")
def act(alert_id: str) -> ResponseReturnValue:
    """The forms on an alert's page."""
    body = sent(AlertActBody, "act", "owner", "ticket", "until", "action", "note")
    with store().transaction():
        act_on_alert(alert_id, body.act, body.model_dump(exclude={"act"}))
    return redirect(url_for("pages_findings.alert", alert_id=alert_id), 303)
