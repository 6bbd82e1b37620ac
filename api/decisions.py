"""/decisions/<id>: one decision behind a number, and revealing its withheld excerpt."""

from typing import Any

from flask import Response, jsonify
from pydantic import BaseModel

from api.access import REVEALERS, STAFF, actor, allow
from api.actions import found
from api.actions_labels import reveal_item, taxonomy
from api.db import store, workspace
from api.description import resource
from api.once import once
from api.queries import Name, RevealBody
from api.representation import written
from api.rows_decisions import Decision, RevealedDecision
from jobs.label_draws import DECISIONS
from jobs.one_decision import one_decision
from jobs.store_search_labels import LabelFilter

blueprint = resource("decisions")

JUDGED = ("truth", "truth_source", "inclusion_probability")
NOT_LOGGED = "the log may have forgotten it, or the id is misspelt"


class DecisionPath(BaseModel):
    """A decision's id."""

    decision_id: Name


@blueprint.get("/decisions/<id:decision_id>", responses={200: Decision}, summary="One decision")
@allow(STAFF, "mitigations")
def show_decision(path: DecisionPath) -> Response:
    """Its facts, its truth and who gave it, what was asked around it, and the documents that speak of it."""
    return jsonify(shown(path.decision_id, revealed=False))


@blueprint.post(
    "/decisions/<id:decision_id>/reveal",
    responses={200: RevealedDecision},
    summary="Read a withheld excerpt, with a reason",
)
@allow(REVEALERS, "mitigations")
def reveal_decision(path: DecisionPath, body: RevealBody) -> Response:
    """The decision with its excerpt; who read it and why is kept."""
    once(lambda: reveal(path.decision_id, body.reason), status=200)
    return written({"decision": shown(path.decision_id, revealed=True)}, status=200)


def reveal(decision_id: str, reason: str) -> dict[str, Any]:
    """Write down who reads a withheld excerpt and why; 404 where there is no such decision."""
    shown(decision_id, revealed=False)
    reveal_item(DECISIONS, decision_id, reason)
    return {"decision_id": decision_id}


def shown(decision_id: str, *, revealed: bool) -> dict[str, Any]:
    """One decision as API and page show it to this reader; 404 where there is none."""
    one = one_decision(store(), workspace(), decision_id, grave=taxonomy().grave_domains)
    row = found(one, f"decision {decision_id!r}", why=NOT_LOGGED)
    labels, reader = store().search.labels, actor().holder
    hidden = bool(labels.asked(decision_id, reader=reader))
    judged = dict.fromkeys(JUDGED) | {"appeals": []} if hidden else {}
    return {
        **row,
        **judged,
        "excerpt": row["excerpt"] if revealed or not row["withheld"] else None,
        "hidden": hidden,
        "labels": labels.page(LabelFilter(decision=decision_id), reader=reader).rows,
    }
