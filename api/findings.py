"""/changes and /alerts: what moved, and what needs eyes."""

from flask import Response, jsonify

from api.access import STAFF, allow
from api.actions import act_on_alert, found
from api.db import store
from api.description import resource
from api.once import once
from api.queries import AcknowledgeBody, AlertActBody, AlertPath, AlertQuery, ChangeQuery
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
    return _after(path.alert_id, "ack", {"note": body.note})


@blueprint.post("/alerts/<alert_id>/acts", responses={200: Alert}, summary="Assign, snooze, judge or close an alert")
@allow(STAFF, "alerts")
def act(path: AlertPath, body: AlertActBody) -> Response:
    """The alert as it is afterwards; every act is kept with who did it and when."""
    return _after(path.alert_id, body.act, body.model_dump(exclude={"act"}))


def _after(alert_id: str, word: str, given: dict[str, str | None]) -> Response:
    once(lambda: act_on_alert(alert_id, word, given), status=200)
    return written(found(store().search.findings.alert(alert_id), f"alert {alert_id!r}"), status=200)
