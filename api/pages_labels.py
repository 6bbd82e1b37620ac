"""Pages of the dashboard: the labelling queue, agreement, and what is disputed."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from werkzeug.exceptions import Conflict

from api.access import REVEALERS, STAFF, actor, allow, may
from api.actions_labels import adjudicate, draw, label, reveal_item, taxonomy
from api.db import store
from api.forms import back, sent
from api.labels import waiting
from api.page_parts import asked, base_context, next_address
from api.queries import RevealBody
from api.queries_labels import DrawBody, LabelGiven, LabelQuery, QueueQuery, VerdictBody
from api.wording_labels import choices
from jobs import labelling

blueprint = Blueprint("pages_labels", __name__)


class QueuePage(QueueQuery):
    """Which queue, and how many of its items are put off."""

    later: int = Field(0, ge=0, le=500)


@blueprint.get("/labels")
@allow(STAFF, "labels")
def labels() -> str:
    """What to label now, one after another; how far labellers agree; what they differ about."""
    return _page(revealed=None)


@blueprint.post("/labels")
@allow(REVEALERS, "labels")
def give_label() -> ResponseReturnValue:
    """The form of one item; the next one follows."""
    body = sent(LabelGiven, "target", "field", "value")
    given = label([body])["items"][0]
    flash(f"Saved: {given['field'].replace('_', ' ')} {given['value'].replace('_', ' ')}.")
    return back(url_for("pages_labels.labels"))


@blueprint.post("/labels/reveal")
@allow(REVEALERS, "labels")
def reveal_text() -> str:
    """The same page with the withheld text of its item; who read it and why is kept."""
    body, target = sent(RevealBody, "reason"), request.form.get("target", "")
    with store().transaction():
        reveal_item(asked(QueuePage).of, target, body.reason)
    return _page(revealed=target)


@blueprint.post("/labels/draws")
@allow(REVEALERS, "labels")
def draw_more() -> ResponseReturnValue:
    """The form that fills the queue."""
    body = sent(DrawBody, "of", "field", "items", "weeks", "action")
    with store().transaction():
        made = draw(body.ask())
    drawn = f"{made['drawn']:,} drawn from {made['population']:,}" if made["drawn"] else "Nothing more was drawn"
    flash(f"{drawn}; {made['waiting']:,} wait to be labelled.")
    return redirect(url_for("pages_labels.labels", of=body.of, field=body.ask().field), 303)


@blueprint.post("/labels/verdicts")
@allow(REVEALERS, "labels")
def decide() -> ResponseReturnValue:
    """The form beside a disputed item."""
    body = sent(VerdictBody, "target", "field", "value", "reason")
    with store().transaction():
        adjudicate(body)
    flash(f"Decided: {body.field.replace('_', ' ')} {body.value.replace('_', ' ')}.")
    return back(url_for("pages_labels.labels") + "#disputed")


@blueprint.get("/labels/given")
@allow(STAFF, "labels")
def given() -> str:
    """Every label, newest first."""
    query = asked(LabelQuery)
    page = store().search.labels.page(query.wanted(), reader=actor().holder, limit=query.limit, cursor=query.cursor)
    return render_template("labels_given.html", page=page, query=query, next=next_address(page), **base_context())


def _page(*, revealed: str | None) -> str:
    query = asked(QueuePage)
    field, known, agreed = query.asked_field(), taxonomy(), labelling.agreement(store())
    item = _item(query, revealed)
    return render_template(
        "labels.html",
        of=query.of,
        field=field,
        item=item,
        later=query.later,
        text=item and _text(item, revealed=revealed is not None),
        revealed=revealed is not None,
        choices=choices(known, field),
        choices_of={row["field"]: choices(known, row["field"]) for row in agreed["disputed"]},
        progress=labelling.status(store()),
        agreed=agreed,
        may_label=may(REVEALERS),
        **base_context(),
    )


def _item(query: QueuePage, revealed: str | None) -> dict[str, Any] | None:
    """The item whose turn it is. 409 where that is no longer the one whose text was asked for."""
    rows = waiting(query, limit=query.later + 1, revealed=revealed is not None)
    item = rows[-1] if len(rows) > query.later else None
    if revealed is not None and (item is None or item["item_id"] != revealed):
        raise Conflict("expected the item that is next, got another; go back to the queue")
    return item


def _text(item: dict[str, Any], *, revealed: bool) -> dict[str, Any] | None:
    """The document of an item with its spans; nothing of what the classifier made of it. None for a decision."""
    if item["of"] == "decisions":
        return None
    row = store().search.documents.document(item["item_id"], revealed=revealed)
    return row and {name: row[name] for name in ("text", "spans")}
