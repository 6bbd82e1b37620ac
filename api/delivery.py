"""/silences and /notifications: what is held back until when, and what did not arrive."""

from typing import Any

from flask import Response, jsonify

from api.access import REVEALERS, STAFF, allow
from api.actions_delivery import delivery, say_arrived, silences, try_again
from api.db import store
from api.description import problem_response, resource
from api.once import once
from api.queries_delivery import ArrivedBody, NotificationPath, NotificationQuery, RetryBody, SilenceQuery
from api.representation import listing, written
from api.rows import Listed
from api.rows_delivery import Notification, NotificationRow, SilenceRow
from jobs.store_paging import cut_page

blueprint = resource("delivery")
SETTLED: Any = {200: Notification, 409: problem_response("it may have arrived, or somebody is at it")}


class Silences(Listed[SilenceRow]):
    """Silences."""


class Notifications(Listed[NotificationRow]):
    """A page of deliveries."""


@blueprint.get("/silences", responses={200: Silences}, summary="Silences, the one that ends last first")
@allow(STAFF, "alerts")
def list_silences(query: SilenceQuery) -> Response:
    """What each matches, until when, why, and the alerts it holds back now. They are declared in silences.yaml."""
    rows = [row for row in silences() if query.in_force in (None, row["in_force"])]
    page = cut_page(rows, lambda row: [row["until"], row["silence_id"]], limit=query.limit, cursor=query.cursor)
    return listing(page, SilenceRow, chosen=query.format)


@blueprint.get("/notifications", responses={200: Notifications}, summary="Deliveries that have not arrived")
@allow(STAFF, "alerts")
def list_notifications(query: NotificationQuery) -> Response:
    """Those that need a person first: uncertain ones, then those given up, then those that wait."""
    page = store().search.delivery.page(query.wanted(), limit=query.limit, cursor=query.cursor)
    return listing(page, NotificationRow, chosen=query.format)


@blueprint.get("/notifications/<notification_id>", responses={200: Notification}, summary="One delivery")
@allow(STAFF, "alerts")
def show_notification(path: NotificationPath) -> Response:
    """What it is about, to whom, how often it was tried, why it failed, whether it may be sent again."""
    return jsonify(delivery(path.notification_id))


@blueprint.post("/notifications/<notification_id>/retry", responses=SETTLED, summary="Make a delivery due now")
@allow(REVEALERS, "alerts")
def retry_notification(path: NotificationPath, body: RetryBody) -> Response:
    """It goes out in the next round: `groundswell run`, `digest` or `notifications retry`."""
    once(lambda: try_again(path.notification_id, not_arrived=body.not_arrived), status=200)
    return written(delivery(path.notification_id), status=200)


@blueprint.post("/notifications/<notification_id>/arrived", responses=SETTLED, summary="Say that it arrived")
@allow(REVEALERS, "alerts")
def settle_notification(path: NotificationPath, body: ArrivedBody) -> Response:
    """A delivery of unknown outcome that a person found at the receiver is listed as uncertain no longer."""
    once(lambda: say_arrived(path.notification_id), status=200)
    return written(delivery(path.notification_id), status=200)
