"""/triage: single documents that may be grave; closing and reopening them."""

from typing import Any

from flask import Response, jsonify

from api.access import REVEALERS, STAFF, allow
from api.actions_triage import close, one, reopen, seen_owners
from api.db import store
from api.description import problem_response, resource
from api.once import once
from api.queries import DocumentPath
from api.queries_triage import CloseBody, ReopenBody, TriageQuery
from api.representation import listing, written
from api.rows import Listed
from api.rows_triage import TriageDocument, TriageRow

blueprint = resource("triage")

CLOSED: Any = {200: TriageDocument, 409: problem_response("closed before, with another outcome")}


class TriageDocuments(Listed[TriageRow]):
    """A page of documents in triage."""


@blueprint.get("/triage", responses={200: TriageDocuments}, summary="Documents that may be grave, worst first")
@allow(STAFF, "triage")
def list_triage(query: TriageQuery) -> Response:
    """Why each is there, whose it is, who was told. A key of role owner sees its own; no text is in it."""
    page = store().search.triage.page(query.wanted(seen_owners()), limit=query.limit, cursor=query.cursor)
    return listing(page, TriageRow, chosen=query.format)


@blueprint.get("/triage/<id:document_id>", responses={200: TriageDocument}, summary="One document in triage")
@allow(STAFF, "triage")
def show_triage(path: DocumentPath) -> Response:
    """With the deliveries of its message and what people did."""
    return jsonify(one(path.document_id))


@blueprint.post("/triage/<id:document_id>/close", responses=CLOSED, summary="Say what it was")
@allow(REVEALERS, "triage")
def close_triage(path: DocumentPath, body: CloseBody) -> Response:
    """The document as it is afterwards."""
    once(lambda: close(path.document_id, body.outcome, body.reason), status=200)
    return written(one(path.document_id), status=200)


@blueprint.post(
    "/triage/<id:document_id>/reopen", responses={200: TriageDocument}, summary="Put it back into the queue"
)
@allow(REVEALERS, "triage")
def reopen_triage(path: DocumentPath, body: ReopenBody) -> Response:
    """The document as it is afterwards."""
    once(lambda: reopen(path.document_id, body.reason), status=200)
    return written(one(path.document_id), status=200)
