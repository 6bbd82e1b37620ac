"""/mitigations/<id>/diagnosis: where a mitigation errs and why, as the last run found it."""

from typing import Any

from flask import Response, jsonify
from pydantic import Field

from api.access import STAFF, allow
from api.actions import found
from api.db import store
from api.description import resource
from api.mitigations import MitigationPath
from api.queries import Strict
from api.rows import Row

blueprint = resource("diagnosis")

NOT_YET = "there is no such mitigation, or it has no decisions, or no run was made since; next: groundswell run"


class Diagnosis(Row):
    """Both errors of a mitigation, where they are more, scores and thresholds, causes; null where it cannot tell."""

    mitigation: str
    as_of: str
    since: str | None = Field(None, description="first day asked for; none of what the run keeps")
    first_day: str | None = Field(description="of its decisions")
    last_day: str | None
    rows: int = Field(description="decisions in the log")
    quarantined: dict[str, int] = Field(description="of a file's rows; none of a workspace's")
    columns: dict[str, str] = Field(description="likewise")
    segments: list[str]
    acted: list[str] = Field(description="actions that count as the mitigation's yes")
    summary: list[str]
    notes: list[str] = Field(description="what was left out, and why")
    next: list[str] = Field(description="what would let it tell more")
    rates: list[dict[str, Any]] = Field(description="figures with 95 % intervals: of all decisions, then by slice")
    versions: list[dict[str, Any]]
    trend: list[dict[str, Any]] = Field(description="the same figures by ISO week")
    slices: list[dict[str, Any]] = Field(description="slices that err more, by kind of error, with their evidence")
    evidence: dict[str, Any] = Field(description="ids of decisions judged wrong, by kind of error")
    reliability: dict[str, Any] = Field(description="whether scores say how likely harm is")
    reliability_by: list[dict[str, Any]]
    thresholds: dict[str, Any] = Field(description="both errors at other thresholds")
    root_cause: dict[str, Any] | None = Field(None, description="themes of the errors, and what to change")
    evasion: dict[str, Any] | None = Field(None, description="tries after a block, techniques, displacement")


class Nothing(Strict):
    """Nothing can be chosen."""


@blueprint.get(
    "/mitigations/<id:mitigation>/diagnosis",
    responses={200: Diagnosis},
    summary="Where a mitigation errs, and why",
)
@allow(STAFF, "mitigations")
def show_diagnosis(path: MitigationPath, query: Nothing) -> Response:
    """The record of the last run, the same as `groundswell diagnose MITIGATION --json` prints."""
    record = store().diagnosis.latest(path.mitigation)
    return jsonify(found(record, f"diagnosis of {path.mitigation!r}", why=NOT_YET))
