"""/mitigations/<id>/evasion: what is tried after a block, how often it gets through, what else points to evasion."""

from typing import Any, Literal

from flask import Response, jsonify
from pydantic import Field

from api.access import STAFF, allow
from api.actions import found
from api.db import store
from api.description import resource
from api.mitigations import MitigationPath
from api.queries import Strict
from api.rows import Row

blueprint = resource("evasion")

NOT_YET = "there is no such mitigation, or it has no decisions, or no run was made since; next: groundswell run"


class Episodes(Row):
    """All of a mitigation's episodes: tries after a stopped request until one passes or they stop."""

    stopped: int = Field(description="requests that were blocked or downgraded")
    count: int = Field(description="episodes: stopped requests after which it was tried again")
    tries: int
    customers: int
    passed: int = Field(description="episodes that got through")
    share: float | None = Field(description="that got through, mean over customers: one customer is one unit")
    share_low: float | None = Field(description="95 % interval")
    share_high: float | None


class Week(Row):
    """Episodes by ISO week of their first try."""

    week: str
    episodes: int
    tries: int
    customers: int
    passed: int
    share: float | None
    share_low: float | None
    share_high: float | None
    whole: bool = Field(description="the log has all of the week")


class Technique(Row):
    """One way in which a stopped request was put again; never with anybody's text."""

    technique: str
    tries: int
    successes: int
    customers: int
    share: float | None
    share_low: float | None
    share_high: float | None
    first_seen: str
    last_seen: str
    recent_customers: int = Field(description="in the last 28 days of the log")
    before: float | None = Field(description="share before the last 28 days")
    recent: float | None
    slope: float | None = Field(description="rise of the share from the first try to the last")
    p_value: float | None = Field(description="chance of as much of a slope in its direction if the share stays level")
    trend: Literal["rising", "falling", "steady", "cannot tell"]
    decision_ids: list[str] = Field(description="the newest tries")
    weeks: list[dict[str, Any]]


class EvasionRow(Row):
    """As of the last run."""

    mitigation: str
    as_of: str
    summary: list[str]
    notes: list[str] = Field(description="what was left out, and why")
    episodes: Episodes
    success: list[Week]
    techniques: list[Technique] = Field(description="the commonest first")
    bunching: dict[str, Any] = Field(description="scores just under the threshold, with verdict, excess and p-value")
    displacement: dict[str, Any] = Field(description="whether stopped customers go on elsewhere, with verdict and move")
    trust: dict[str, Any] = Field(description="whether a drop in complaints is a repair or a loss of trust")


class Nothing(Strict):
    """Nothing can be chosen."""


@blueprint.get(
    "/mitigations/<id:mitigation>/evasion", responses={200: EvasionRow}, summary="What is tried after a block"
)
@allow(STAFF, "mitigations")
def show_evasion(path: MitigationPath, query: Nothing) -> Response:
    """Episodes, success by week, techniques, and verdicts; the same as in the diagnosis."""
    told = found(of_mitigation(path.mitigation), f"evasion of {path.mitigation!r}", why=NOT_YET)
    return jsonify(told)


def of_mitigation(mitigation: str) -> dict[str, Any] | None:
    """What the last run found, with `mitigation` and `as_of`; None before the first."""
    record = store().diagnosis.latest(mitigation)
    if record is None or record.get("evasion") is None:
        return None
    return {"mitigation": mitigation, "as_of": record["as_of"], **record["evasion"]}


@blueprint.app_context_processor
def evasion_parts() -> dict[str, Any]:
    """For the part of the mitigation's page."""
    return {"evasion_of": of_mitigation}
