"""/anomalies: what was unusual in use, and the decisions behind it."""

from collections import Counter
from typing import Any, Literal

from flask import Response, jsonify
from pydantic import BaseModel, Field

from api.access import STAFF, allow
from api.actions import found
from api.db import store, workspace
from api.description import resource
from api.queries import Days, Name
from api.representation import listing
from api.rows import Listed
from api.rows_anomalies import Anomaly, AnomalyRow
from jobs.anomaly_evidence import decisions_behind
from jobs.store_anomalies import AnomalyFilter

blueprint = resource("anomalies")


class AnomalyQuery(Days):
    """Which anomalies."""

    type: Name | None = Field(None, description="such as blocked_share_jump")
    mitigation: Name | None = None
    customer: Name | None = Field(None, description="as the store names it: c_ and a hash")
    theme: Name | None = None
    derived: Literal["yes", "no"] | None = Field(None, description="from the decision log, or from files")

    def wanted(self) -> AnomalyFilter:
        """The store's filter."""
        derived = None if self.derived is None else self.derived == "yes"
        return AnomalyFilter(self.type, self.mitigation, self.customer, self.theme, derived, **self.days())


class AnomalyPath(BaseModel):
    """An anomaly's document id."""

    anomaly_id: Name


class Anomalies(Listed[AnomalyRow]):
    """A page of anomalies."""

    derived: int = Field(description="anomalies derived from the decision log and the exposure, in all")
    above_cap: int = Field(description="anomalies found above the cap of their day, not stored")


@blueprint.get("/anomalies", responses={200: Anomalies}, summary="Usage anomalies, newest first")
@allow(STAFF, "anomalies")
def list_anomalies(query: AnomalyQuery) -> Response:
    """With the baseline, its interval and the false ones to be expected, where derived."""
    page = store().anomalies.page(query.wanted(), limit=query.limit, cursor=query.cursor)
    return listing(page, AnomalyRow, chosen=query.format)


@blueprint.get("/anomalies/<id:anomaly_id>", responses={200: Anomaly}, summary="One usage anomaly")
@allow(STAFF, "anomalies")
def show_anomaly(path: AnomalyPath) -> Response:
    """The decisions behind it and the other anomalies of its customers."""
    return jsonify(shown(path.anomaly_id))


def shown(anomaly_id: str) -> dict[str, Any]:
    """One anomaly as API and page show it; 404 where there is none."""
    one = found(store().anomalies.anomaly(anomaly_id), f"anomaly {anomaly_id!r}")
    rows = decisions_behind(workspace(), one)
    return {**one, "rows": rows, "actions": dict(sorted(Counter(row["action"] for row in rows).items()))}
