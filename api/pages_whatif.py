"""Pages of the dashboard: what another threshold of a mitigation would do, and the proposal of it."""

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import UnprocessableEntity

from api.access import STAFF, allow
from api.actions import found
from api.db import store
from api.page_parts import asked, base_context
from api.whatif import WhatIfQuery, compared
from jobs.proposal import NotAProposal, proposal, written
from jobs.whatif_chart import drawn
from jobs.whatif_words import rows

blueprint = Blueprint("pages_whatif", __name__)


@blueprint.get("/mitigations/<id:mitigation>/whatif")
@allow(STAFF, "mitigations")
def whatif(mitigation: str) -> str:
    """Both errors at the thresholds asked for beside today's; without one the form alone."""
    shown = found(store().effects.mitigation(mitigation), f"mitigation {mitigation!r}")
    query = asked(WhatIfQuery)
    problem, record = None, None
    try:
        record = compared(mitigation, query)
    except UnprocessableEntity as error:
        problem = error.description
    return render_template(
        "whatif.html",
        mitigation=shown,
        query=query,
        record=record,
        problem=problem,
        figures=rows(record) if record and record["today"] else [],
        chart=drawn(record) if record and record["today"] else None,
        **base_context(),
    )


@blueprint.get("/mitigations/<id:mitigation>/proposal")
@allow(STAFF, "mitigations")
def propose(mitigation: str) -> Response:
    """The proposal of one threshold, as a YAML file for an owner to sign."""
    query = asked(WhatIfQuery)
    wanted = query.thresholds()
    if len(wanted) != 1:
        raise UnprocessableEntity(f"threshold: expected one, got {len(wanted)}; propose one at a time")
    try:
        text = written(proposal(compared(mitigation, query), wanted[0]))
    except NotAProposal as error:
        raise UnprocessableEntity(str(error)) from None
    response = Response(text, mimetype="application/yaml")
    response.headers.set("Content-Disposition", "attachment", filename=f"{mitigation}-{wanted[0]:g}.yaml")
    return response
