"""/labels: what to label now, labels as given, how far labellers agree, verdicts."""

from typing import Any

from flask import Response, jsonify

from api.access import REVEALERS, STAFF, actor, allow
from api.actions_labels import adjudicate, draw, label, taxonomy
from api.db import store
from api.description import problem_response, resource
from api.once import once
from api.queries_labels import AgreementQuery, DrawBody, LabelQuery, LabelsBody, QueueQuery, VerdictBody
from api.representation import csv_response, listing, wants_csv, written
from api.rows_labels import Agreement, Drawn, Given, GivenLabels, LabelRow, Labels, Queue, QueueItem
from jobs import labelling

blueprint = resource("labels")

DRAWN: Any = {201: Drawn, 409: problem_response("nothing to draw from")}


@blueprint.get("/labels/queue", responses={200: Queue}, summary="What to label now, and why")
@allow(STAFF, "labels")
def list_queue(query: QueueQuery) -> Response:
    """What the holder of the key has not answered yet; texts of critical hazard are withheld."""
    rows = waiting(query, limit=query.limit)
    if wants_csv(query.format):
        return csv_response(rows, list(QueueItem.model_fields))
    return jsonify({"items": rows, "progress": labelling.status(store())})


@blueprint.post("/labels/draws", responses=DRAWN, summary="Draw what to label, with known probabilities")
@allow(REVEALERS, "labels")
def draw_labels(body: DrawBody) -> Response:
    """Fills the queue up to so many items; draws nothing where as many wait."""
    return written(once(lambda: draw(body.ask()), status=201), status=201)


@blueprint.get("/labels", responses={200: Labels}, summary="Labels, newest first")
@allow(STAFF, "labels")
def list_labels(query: LabelQuery) -> Response:
    """Who said what; another's answer is hidden as long as your opinion on the same is wanted."""
    page = store().search.labels.page(query.wanted(), reader=actor().holder, limit=query.limit, cursor=query.cursor)
    return listing(page, LabelRow, chosen=query.format)


@blueprint.post("/labels", responses={201: GivenLabels}, summary="Label documents or decisions")
@allow(REVEALERS, "labels")
def give_labels(body: LabelsBody) -> Response:
    """The holder of the key is the labeller. A later answer replaces the earlier one; counts follow at the next run."""
    return written(once(lambda: label(body.labels), status=201), status=201)


@blueprint.get("/labels/agreement", responses={200: Agreement}, summary="How far labellers agree, and about what not")
@allow(STAFF, "labels")
def show_agreement(query: AgreementQuery) -> Response:
    """Agreement where two labelled the same, accuracy on planted answers, what is disputed."""
    return jsonify(labelling.agreement(store(), field=query.field))


@blueprint.post("/labels/verdicts", responses={201: Given}, summary="Decide which answer stands")
@allow(REVEALERS, "labels")
def decide(body: VerdictBody) -> Response:
    """The adjudicated value counts, whatever labellers said or say."""
    return written(once(lambda: adjudicate(body), status=201), status=201)


def waiting(query: QueueQuery, *, limit: int, revealed: bool = False) -> list[dict[str, Any]]:
    """What waits for this reader, with every column of `QueueItem`; `revealed`: the reveal is written down."""
    rows = labelling.queue(
        store(),
        taxonomy(),
        of=query.of,
        field=query.asked_field(),
        action=query.action,
        labeller=actor().holder,
        limit=limit,
        revealed=revealed,
    )
    return [_item(row) for row in rows]


def _item(row: dict[str, Any]) -> dict[str, Any]:
    known = {name: row.get(name) for name in QueueItem.model_fields}
    moment = row.get("decided_at") or row.get("occurred_at")
    return {**known, "occurred_at": moment, "segments": row.get("segments") or {}}
