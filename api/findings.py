"""/changes and /alerts: what moved, and what needs eyes."""

from flask import Response, jsonify

from api.access import STAFF, allow
from api.actions import acknowledge, found
from api.db import store
from api.description import resource
from api.once import once
from api.queries import AcknowledgeBody, AlertPath, AlertQuery, ChangeQuery
from api.representation import listing, written
from api.rows import Listed
from api.rows_findings import Alert, AlertRow, ChangeRow

blueprint = resource("findings")


class Changes(Listed[ChangeRow]):
    """A page of changepoints."""


class Alerts(Listed[AlertRow]):
    """A page of alerts."""


@blueprint.get("/changes", responses={200: Changes}, summary="Changepoints, newest first")
@allow(STAFF, "changes")
def list_changes(query: ChangeQuery) -> Response:
    """Every change with ratio, interval, significance and explanation."""
    page = store().search.findings.changes(query.wanted(), limit=query.limit, cursor=query.cursor)
    return listing(page, ChangeRow, chosen=query.format)


@blueprint.get("/alerts", responses={200: Alerts}, summary="Alerts, newest first")
@allow(STAFF, "alerts")
def list_alerts(query: AlertQuery) -> Response:
    """One cause, one alert."""
    page = store().search.findings.alerts(query.wanted(), limit=query.limit, cursor=query.cursor)
    return listing(page, AlertRow, chosen=query.format)


@blueprint.get("/alerts/<alert_id>", responses={200: Alert}, summary="One alert")
@allow(STAFF, "alerts")
def show_alert(path: AlertPath) -> Response:
    """With the changes it stands for and what people did."""
    return jsonify(found(store().search.findings.alert(path.alert_id), f"alert {path.alert_id!r}"))


@blueprint.post("/alerts/<alert_id>/acknowledge", responses={200: Alert}, summary="Say that you look after it")
@allow(STAFF, "alerts")
def acknowledge_alert(path: AlertPath, body: AcknowledgeBody) -> Response:
    """The alert as it is afterwards."""
    once(lambda: acknowledge(path.alert_id, body.note), status=200)
    alert = found(store().search.findings.alert(path.alert_id), f"alert {path.alert_id!r}")
    return written(alert, status=200)
