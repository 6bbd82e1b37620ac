"""Page of the dashboard: what stands behind one number of the weekly account."""

from flask import Blueprint, render_template

from api.access import EVERYONE, allow
from api.db import store
from api.evidence import behind
from api.page_parts import asked, base_context, next_address
from api.queries_evidence import EvidenceQuery
from jobs.store_search_evidence import PARTS

blueprint = Blueprint("pages_evidence", __name__)


@blueprint.get("/weekly/evidence")
@allow(EVERYONE, "counts")
def evidence() -> str:
    """The cell's account, and its documents, labels and decisions for those who may see them."""
    query = asked(EvidenceQuery)
    page = behind(query)
    ids = [row["document_id"] for row in page.rows if row["document_id"]]
    return render_template(
        "evidence.html",
        query=query,
        cell=page.extra["cell"],
        parts=page.extra["parts"],
        names=PARTS,
        page=page,
        documents={row["document_id"]: row for row in store().search.documents.some(ids)},
        next=next_address(page),
        **base_context(),
    )
