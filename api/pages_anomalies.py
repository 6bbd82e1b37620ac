"""Pages of the dashboard: usage anomalies, and what stands behind one."""

from flask import Blueprint, render_template, request

from api.access import STAFF, allow
from api.anomalies import AnomalyQuery, shown
from api.db import store, workspace
from api.page_parts import asked, base_context, next_address

blueprint = Blueprint("pages_anomalies", __name__)


@blueprint.get("/anomalies")
@allow(STAFF, "anomalies")
def anomalies() -> str:
    """Every usage anomaly, newest first."""
    query = asked(AnomalyQuery)
    kept = store().anomalies
    page = kept.page(query.wanted(), limit=query.limit, cursor=query.cursor)
    return render_template(
        "anomalies.html",
        page=page,
        query=query,
        types=kept.types(),
        mitigations=store().reference.mitigation_names(),
        budget=workspace().settings.false_anomalies_per_week,
        next=next_address(page),
        narrowed=any(value for value in request.args.values()),
        **base_context(),
    )


@blueprint.get("/anomalies/<id:anomaly_id>")
@allow(STAFF, "anomalies")
def anomaly(anomaly_id: str) -> str:
    """One anomaly: what was seen, what is usual, the decisions, the customer's other anomalies."""
    return render_template(
        "anomaly.html",
        one=shown(anomaly_id),
        with_page={row["mitigation"] for row in store().effects.mitigations()},
        budget=workspace().settings.false_anomalies_per_week,
        **base_context(),
    )
