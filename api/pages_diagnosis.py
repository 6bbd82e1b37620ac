"""The page of the dashboard on where a mitigation errs, and why."""

from flask import Blueprint, render_template, url_for
from markupsafe import Markup

from api.access import STAFF, allow
from api.actions import found
from api.db import store
from api.page_parts import base_context
from jobs.diagnose_page import sections

blueprint = Blueprint("pages_diagnosis", __name__)


@blueprint.get("/mitigations/<id:mitigation>/diagnosis")
@allow(STAFF, "mitigations")
def diagnosis(mitigation: str) -> str:
    """What the last run found of it; before the first, what to do."""
    shown = found(store().effects.mitigation(mitigation), f"mitigation {mitigation!r}")
    record = store().diagnosis.latest(mitigation)
    places = {
        "documents_at": url_for("pages_documents.documents") + "/",
        "themes_at": url_for("pages_findings.themes") + "/",
        "decisions_at": url_for("pages_decisions.decision", decision_id="-").removesuffix("-"),
    }
    # The sections escape every word of the log themselves, in a template of their own.
    body = None if record is None else Markup(sections(record, **places))  # noqa: S704
    return render_template("diagnosis.html", mitigation=shown, record=record, body=body, **base_context())
