"""Pages of the dashboard: the two-sided board, and one mitigation with its errors, interventions and releases."""

from flask import Blueprint, render_template

from api.access import STAFF, allow
from api.actions import found
from api.db import store, workspace
from api.page_parts import base_context
from jobs.board import board, of_one

blueprint = Blueprint("pages_mitigations", __name__)


@blueprint.get("/mitigations")
@allow(STAFF, "mitigations")
def mitigations() -> str:
    """Both errors of every mitigation side by side, and what to do, in order."""
    return render_template("mitigations.html", board=board(store(), workspace().settings), **base_context())


@blueprint.get("/mitigations/<id:mitigation>")
@allow(STAFF, "mitigations")
def mitigation(mitigation: str) -> str:
    """One mitigation: both errors, interventions, releases, declared and inferred, newest first."""
    shown = found(store().effects.mitigation(mitigation), f"mitigation {mitigation!r}")
    own = of_one(store(), workspace().settings, mitigation)
    return render_template("mitigation.html", mitigation=shown, **own, **base_context())
