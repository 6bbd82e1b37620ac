"""Pages of the dashboard: searching documents, reading one, revealing a withheld text."""

from flask import Blueprint, render_template, request
from pydantic import ValidationError
from werkzeug.exceptions import UnprocessableEntity

from api.access import REVEALERS, STAFF, allow, check_csrf, may
from api.actions import found, reveal
from api.actions_triage import visible
from api.db import now, store, workspace
from api.page_parts import asked, base_context, next_address
from api.pages_corrections import correctable
from api.queries import DocumentQuery, RevealBody
from jobs.store_triage import OUTCOMES
from jobs.triage_age import clock

blueprint = Blueprint("pages_documents", __name__)


@blueprint.get("/documents")
@allow(STAFF, "documents")
def documents() -> str:
    """Search with filters; hits are marked."""
    query = asked(DocumentQuery)
    search = store().search.documents
    wanted = query.wanted(search_critical=may(REVEALERS))
    page = search.page(wanted, limit=query.limit, cursor=query.cursor)
    return render_template(
        "documents.html",
        page=page,
        wanted=wanted,
        choices=search.choices(),
        next=next_address(page),
        narrowed=any(value for value in request.args.values()),
        **base_context(),
    )


@blueprint.get("/documents/<id:document_id>")
@allow(STAFF, "documents")
def document(document_id: str) -> str:
    """One document and all that is known about it."""
    return _page(document_id, revealed=False)


@blueprint.post("/documents/<id:document_id>/reveal")
@allow(REVEALERS, "documents")
def reveal_document(document_id: str) -> str:
    """The document with its withheld text; who read it and why is kept."""
    check_csrf()
    try:
        body = RevealBody(reason=request.form.get("reason", ""))
    except ValidationError:
        raise UnprocessableEntity("reason: expected 5 to 500 characters; say why you must read it") from None
    with store().transaction():
        reveal(document_id, body.reason)
    return _page(document_id, revealed=True)


def _page(document_id: str, *, revealed: bool) -> str:
    row = store().search.documents.document(document_id, revealed=revealed)
    document = found(row, f"document {document_id!r}")
    return render_template(
        "document.html",
        document=document,
        **correctable(document),
        revealed=revealed,
        may_reveal=may(REVEALERS),
        triage=visible(document_id),
        outcomes=OUTCOMES,
        moment=clock(store(), workspace().settings, now()),
        **base_context(),
    )
