"""/documents: search, one document, revealing a withheld text."""

from flask import Response, jsonify

from api.access import REVEALERS, STAFF, allow, may
from api.actions import found, reveal
from api.db import store
from api.description import resource
from api.once import once
from api.queries import DocumentPath, DocumentQuery, RevealBody
from api.representation import listing, written
from api.rows import Document, DocumentRow, Listed, Revealed
from jobs.store_search_documents import HIT_END, HIT_START

blueprint = resource("documents")


class Documents(Listed[DocumentRow]):
    """A page of documents."""

    of: int
    """Documents in the store, the denominator of `total`."""


@blueprint.get("/documents", responses={200: Documents}, summary="Search documents, newest first")
@allow(STAFF, "documents")
def list_documents(query: DocumentQuery) -> Response:
    """Full-text search with filters; texts of critical hazard are withheld."""
    wanted = query.wanted(search_critical=may(REVEALERS))
    page = store().search.documents.page(wanted, limit=query.limit, cursor=query.cursor)
    unmarked = str.maketrans("", "", HIT_START + HIT_END)
    for row in page.rows:
        row["excerpt"] = row["excerpt"] and row["excerpt"].translate(unmarked)
    return listing(page, DocumentRow, chosen=query.format)


@blueprint.get("/documents/<id:document_id>", responses={200: Document}, summary="One document")
@allow(STAFF, "documents")
def show_document(path: DocumentPath) -> Response:
    """Redacted text, spans, classification with probabilities, duplicates, joined decision."""
    row = store().search.documents.document(path.document_id)
    return jsonify(found(row, f"document {path.document_id!r}"))


@blueprint.post(
    "/documents/<id:document_id>/reveal", responses={201: Revealed}, summary="Read a withheld text, with a reason"
)
@allow(REVEALERS, "documents")
def reveal_document(path: DocumentPath, body: RevealBody) -> Response:
    """The document with its text; who read it and why is kept."""
    answer = once(lambda: reveal(path.document_id, body.reason), status=201)
    document = store().search.documents.document(path.document_id, revealed=True)
    return written({**answer, "document": found(document, f"document {path.document_id!r}")}, status=201)
