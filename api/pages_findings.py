"""Pages of the dashboard: themes, changes and alerts."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from werkzeug.exceptions import UnprocessableEntity

from api.access import EVERYONE, STAFF, allow, check_csrf, may, small_cell
from api.actions import acknowledge, found
from api.db import store
from api.page_parts import asked, base_context, compared, next_address, series_chart
from api.queries import AcknowledgeBody, AlertQuery, ChangeQuery, ThemeQuery
from jobs.store_search_findings import AlertFilter, ChangeFilter

blueprint = Blueprint("pages_findings", __name__)


@blueprint.get("/themes")
@allow(EVERYONE, "themes")
def themes() -> str:
    """Every theme, those with most reporters first."""
    query = asked(ThemeQuery)
    page = store().search.themes.page(
        stream=query.stream,
        state=query.state or "living",
        small_cell=small_cell(),
        limit=query.limit,
        cursor=query.cursor,
    )
    return render_template("themes.html", page=page, query=query, next=next_address(page), **base_context())


@blueprint.get("/themes/<theme_id>")
@allow(EVERYONE, "themes")
def theme(theme_id: str) -> str:
    """One theme: its volume, what moved, where it comes from, what it says."""
    search = store().search
    one = search.themes.theme(theme_id, small_cell=small_cell(), exemplars=may(STAFF))
    shown = found(one, f"theme {theme_id!r}")
    staff = may(STAFF)
    return render_template(
        "theme.html",
        theme=shown,
        chart=series_chart(f"{shown['stream']}/theme={theme_id}", shown["name"]),
        series=f"{shown['stream']}/theme={theme_id}",
        history=compared(shown["stream"]),
        changes=search.findings.changes(ChangeFilter(theme=theme_id), limit=20).rows if staff else [],
        alerts=search.findings.alerts(AlertFilter(theme=theme_id), limit=20).rows if staff else [],
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
    return render_template("alert.html", alert=one, chart=series_chart(one["series"], one["title"]), **base_context())


@blueprint.post("/alerts/<alert_id>/acknowledge")
@allow(STAFF, "alerts")
def acknowledge_alert(alert_id: str) -> ResponseReturnValue:
    """The form on an alert's page."""
    check_csrf()
    try:
        body = AcknowledgeBody(note=request.form.get("note", ""))
    except ValidationError:
        raise UnprocessableEntity("note: expected at most 500 characters; shorten it") from None
    with store().transaction():
        acknowledge(alert_id, body.note)
    return redirect(url_for("pages_findings.alert", alert_id=alert_id), 303)
