"""Page of the dashboard: one decision, and its withheld excerpt on reveal."""

from flask import Blueprint, render_template

from api.access import REVEALERS, STAFF, allow, may
from api.db import store
from api.decisions import reveal, shown
from api.forms import sent
from api.page_parts import base_context
from api.queries import RevealBody

blueprint = Blueprint("pages_decisions", __name__)


@blueprint.get("/decisions/<id:decision_id>")
@allow(STAFF, "mitigations")
def decision(decision_id: str) -> str:
    """One decision and all that is known about it."""
    return _page(decision_id, revealed=False)


@blueprint.post("/decisions/<id:decision_id>/reveal")
@allow(REVEALERS, "mitigations")
def reveal_decision(decision_id: str) -> str:
    """The decision with its withheld excerpt; who read it and why is kept."""
    body = sent(RevealBody, "reason")
    with store().transaction():
        reveal(decision_id, body.reason)
    return _page(decision_id, revealed=True)


def _page(decision_id: str, *, revealed: bool) -> str:
    return render_template(
        "decision.html",
        decision=shown(decision_id, revealed=revealed),
        with_page={row["mitigation"] for row in store().effects.mitigations()},
        revealed=revealed,
        may_reveal=may(REVEALERS),
        **base_context(),
    )
