"""The forms by which a wrong label or a wrong collapse is corrected where it is seen."""

from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnprocessableEntity

from api.access import REVEALERS, actor, allow, check_csrf
from api.actions_labels import group, join, label, separate, taxonomy, withdraw
from api.db import store
from api.forms import back, checked, sent
from api.queries_labels import JoinBody, LabelGiven, SeparateBody
from api.wording_labels import CORRECTABLE, choices, corrections
from jobs.labelling import labels_of

blueprint = Blueprint("pages_corrections", __name__)

FOLLOWS = "Saved. Counts follow at the next run."


@blueprint.post("/documents/<id:document_id>/labels")
@allow(REVEALERS, "labels")
def label_document(document_id: str) -> ResponseReturnValue:
    """What the reader says of a document, field by field; a field left as it is gets no label."""
    check_csrf()
    said = {name: request.form[name] for name in CORRECTABLE if request.form.get(name)}
    if not said:
        raise UnprocessableEntity("expected a label for at least one field, got none; choose one and send again")
    label([checked(LabelGiven, {"target": document_id, "field": name, "value": value}) for name, value in said.items()])
    flash(FOLLOWS)
    return _to(document_id)


@blueprint.post("/documents/<id:document_id>/separate")
@allow(REVEALERS, "documents")
def separate_document(document_id: str) -> ResponseReturnValue:
    """It was collapsed, and counts on its own."""
    body = sent(SeparateBody, "reason")
    with store().transaction():
        separate(document_id, body.reason)
    flash(FOLLOWS)
    return _to(document_id)


@blueprint.post("/documents/<id:document_id>/join")
@allow(REVEALERS, "documents")
def join_document(document_id: str) -> ResponseReturnValue:
    """It repeats another document."""
    body = sent(JoinBody, "kept_id", "reason")
    with store().transaction():
        join(document_id, body.kept_id, body.reason)
    flash(FOLLOWS)
    return _to(document_id)


@blueprint.post("/documents/<id:document_id>/withdraw")
@allow(REVEALERS, "documents")
def withdraw_verdict(document_id: str) -> ResponseReturnValue:
    """The rules decide again how it counts."""
    check_csrf()
    with store().transaction():
        withdraw(document_id)
    flash(FOLLOWS)
    return _to(document_id)


def correctable(document: dict[str, Any]) -> dict[str, Any]:
    """What the document's page shows about corrections: fields, choices, group, whether they are counted yet."""
    search, labels = store().search.labels, taxonomy()
    known, verdict = labels_of(store(), document["document_id"]), group(document["document_id"])
    asked = search.asked(document["document_id"], reader=actor().holder)
    collapsed_at = search.counted_at("count")
    judged = verdict["verdict"]
    return {
        "corrections": corrections(document, known, counted_at=search.counted_at(), asked=asked),
        "choices": {name: choices(labels, name) for name in CORRECTABLE},
        "group": verdict,
        "collapse_pending": judged is not None and (collapsed_at is None or judged["decided_at"] >= collapsed_at),
    }


def _to(document_id: str) -> ResponseReturnValue:
    return back(url_for("pages_documents.document", document_id=document_id) + "#labels")
