"""/duplicates: what is counted once, by which rule; taking one document out of it, or into it."""

from flask import Response, jsonify

from api.access import REVEALERS, STAFF, allow
from api.actions_labels import group, join, separate, withdraw
from api.db import store
from api.description import resource
from api.once import once
from api.queries import DocumentPath
from api.queries_labels import DuplicateQuery, JoinBody, SeparateBody
from api.representation import listing, written
from api.rows_labels import DuplicateRow, Duplicates, Group

blueprint = resource("duplicates")


@blueprint.get("/duplicates", responses={200: Duplicates}, summary="Documents that count for others too")
@allow(STAFF, "documents")
def list_duplicates(query: DuplicateQuery) -> Response:
    """Groups with the rules that made them; the members of one at /duplicates/{document_id}."""
    page = store().search.duplicates.page(query.wanted(), limit=query.limit, cursor=query.cursor)
    return listing(page, DuplicateRow, chosen=query.format)


@blueprint.get("/duplicates/<id:document_id>", responses={200: Group}, summary="How a document counts")
@allow(STAFF, "documents")
def show_group(path: DocumentPath) -> Response:
    """Its group, what a person decided, ids that others quote too, the suspected campaign it belongs to."""
    return jsonify(group(path.document_id))


@blueprint.post("/documents/<id:document_id>/separate", responses={200: Group}, summary="Count it on its own")
@allow(REVEALERS, "documents")
def separate_document(path: DocumentPath, body: SeparateBody) -> Response:
    """From the next run on; the group as it is until then, with the verdict."""
    once(lambda: separate(path.document_id, body.reason), status=200)
    return written(group(path.document_id), status=200)


@blueprint.post("/documents/<id:document_id>/join", responses={200: Group}, summary="Count it as one with another")
@allow(REVEALERS, "documents")
def join_document(path: DocumentPath, body: JoinBody) -> Response:
    """From the next run on; the group as it is until then, with the verdict."""
    once(lambda: join(path.document_id, body.kept_id, body.reason), status=200)
    return written(group(path.document_id), status=200)


@blueprint.post("/documents/<id:document_id>/withdraw", responses={200: Group}, summary="Let the rules decide again")
@allow(REVEALERS, "documents")
def withdraw_verdict(path: DocumentPath) -> Response:
    """Takes back what a person decided about how it counts."""
    once(lambda: withdraw(path.document_id), status=200)
    return written(group(path.document_id), status=200)
