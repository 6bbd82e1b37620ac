"""Pages of the dashboard: all mitigations, and one with its releases and what each did."""

from flask import Blueprint, render_template

from api.access import STAFF, allow
from api.actions import found
from api.db import store
from api.page_parts import base_context

blueprint = Blueprint("pages_mitigations", __name__)


@blueprint.get("/mitigations")
@allow(STAFF, "mitigations")
def mitigations() -> str:
    """Every mitigation, by id."""
    return render_template("mitigations.html", rows=store().effects.mitigations(), **base_context())


@blueprint.get("/mitigations/<id:mitigation>")
@allow(STAFF, "mitigations")
def mitigation(mitigation: str) -> str:
    """One mitigation: its releases, declared and inferred, newest first."""
    shown = found(store().effects.mitigation(mitigation), f"mitigation {mitigation!r}")
    return render_template("mitigation.html", mitigation=shown, **base_context())
