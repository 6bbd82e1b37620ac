"""Pages of the dashboard: the queue of grave documents; closing and reopening them."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from api.access import REVEALERS, STAFF, allow, may
from api.actions_triage import close, reopen, seen_owners
from api.db import now, store, workspace
from api.forms import back, sent
from api.page_parts import asked, base_context, next_address
from api.queries_triage import CloseBody, ReopenBody, TriageQuery
from jobs.store_triage import OUTCOMES
from jobs.triage_age import clock

blueprint = Blueprint("pages_triage", __name__)


@blueprint.get("/triage")
@allow(STAFF, "triage")
def triage() -> str:
    """Documents that may be grave, worst first; the open ones unless asked otherwise."""
    query = asked(TriageQuery)
    everything = request.args.get("state") == ""
    wanted = query if query.state or everything else query.model_copy(update={"state": "open"})
    search = store().search
    owners = seen_owners()
    page = search.triage.page(wanted.wanted(owners), limit=query.limit, cursor=query.cursor)
    return render_template(
        "triage.html",
        page=page,
        wanted=wanted,
        owners=[row for row in search.triage.owners() if owners is None or row["owner_id"] in owners],
        domains=search.documents.choices()["harm_domain"],
        outcomes=OUTCOMES,
        may_close=may(REVEALERS),
        moment=clock(store(), workspace().settings, now()),
        next=next_address(page),
        **base_context(),
    )


@blueprint.post("/triage/<id:document_id>/close")
@allow(REVEALERS, "triage")
def close_triage(document_id: str) -> ResponseReturnValue:
    """The form beside a document."""
    body = sent(CloseBody, "outcome", "reason")
    with store().transaction():
        close(document_id, body.outcome, body.reason)
    return back(url_for("pages_triage.triage"))


@blueprint.post("/triage/<id:document_id>/reopen")
@allow(REVEALERS, "triage")
def reopen_triage(document_id: str) -> ResponseReturnValue:
    """The form beside a closed document."""
    body = sent(ReopenBody, "reason")
    with store().transaction():
        reopen(document_id, body.reason)
    return back(url_for("pages_triage.triage"))
