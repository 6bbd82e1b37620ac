"""Page of the dashboard: what did not arrive, and the silences that hold alerts back."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from api.access import REVEALERS, STAFF, allow
from api.actions_delivery import delivery, say_arrived, silences, try_again
from api.db import now, store
from api.forms import back, sent
from api.page_parts import asked, base_context, next_address
from api.queries_delivery import ArrivedBody, NotificationQuery, RetryBody
from jobs.store_search_delivery import GROUPS
from jobs.undelivered import retryable, unknown

blueprint = Blueprint("pages_delivery", __name__)


@blueprint.get("/deliveries")
@allow(STAFF, "alerts")
def deliveries() -> str:
    """Deliveries that have not arrived unless asked otherwise, and every silence."""
    query = asked(NotificationQuery)
    search = store().search
    page = search.delivery.page(query.wanted(), limit=query.limit, cursor=query.cursor)
    rows = [{**row, "retryable": retryable(row, now()), "unknown": unknown(row, now())} for row in page.rows]
    return render_template(
        "deliveries.html",
        page=page,
        rows=rows,
        state=query.state,
        states=list(GROUPS),
        counts=search.delivery.counts(),
        silences=silences(),
        next=next_address(page),
        **base_context(),
    )


@blueprint.post("/deliveries/<notification_id>/retry")
@allow(REVEALERS, "alerts")
def retry_delivery(notification_id: str) -> ResponseReturnValue:
    """The form beside a delivery; it goes out in the next round."""
    body = sent(RetryBody, "not_arrived")
    with store().transaction():
        try_again(delivery(notification_id)["notification_id"], not_arrived=body.not_arrived)
    return back(url_for("pages_delivery.deliveries"))


@blueprint.post("/deliveries/<notification_id>/arrived")
@allow(REVEALERS, "alerts")
def settle_delivery(notification_id: str) -> ResponseReturnValue:
    """The form beside a delivery of unknown outcome."""
    sent(ArrivedBody)
    with store().transaction():
        say_arrived(notification_id)
    return back(url_for("pages_delivery.deliveries"))
