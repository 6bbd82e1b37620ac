"""/mitigations/<id>/whatif: both errors, volume and customers at other thresholds."""

from datetime import date

from flask import Response, jsonify
from pydantic import Field, field_validator
from werkzeug.exceptions import NotFound, UnprocessableEntity

from api.access import STAFF, allow
from api.db import store, workspace
from api.description import resource
from api.mitigations import MitigationPath
from api.queries import Name, Strict
from api.rows_whatif import WhatIf
from jobs.decision_frames import UnknownMitigation, workspace_log
from jobs.whatif import Record, whatif

blueprint = resource("whatif")

MOST = 6


class WhatIfQuery(Strict):
    """Which thresholds, of which decisions."""

    threshold: Name | None = Field(None, description=f"one or more, by comma, such as 0.82,0.85; {MOST} at most")
    segment: Name | None = Field(None, description="such as plan=edu, or plan=edu&language=de")
    since: date | None = Field(None, description="only decisions from this day on, ISO 8601")

    @field_validator("threshold")
    @classmethod
    def _numbers(cls, value: str | None) -> str | None:
        try:
            found = [float(part) for part in (value or "").split(",") if part.strip()]
        except ValueError:
            raise ValueError("expected numbers by comma, such as 0.82,0.85") from None
        if len(found) > MOST or not all(abs(one) < float("inf") for one in found):
            raise ValueError(f"expected at most {MOST} thresholds that are numbers")
        return value

    def thresholds(self) -> list[float]:
        """The candidates, each once, in the order given."""
        return list(dict.fromkeys(float(part) for part in (self.threshold or "").split(",") if part.strip()))


def compared(mitigation: str, query: WhatIfQuery) -> Record:
    """The record of `jobs.whatif`; 404 for an unknown mitigation, 422 where nothing can be compared."""
    since = query.since.isoformat() if query.since else None
    try:
        log = workspace_log(store(), workspace(), mitigation, since=since)
        return whatif(log, query.thresholds(), segment=query.segment, revenue=store().worth.by_customer())
    except UnknownMitigation as error:
        raise NotFound(str(error)) from None
    except (ValueError, LookupError) as error:
        raise UnprocessableEntity(str(error)[:500]) from None


@blueprint.get(
    "/mitigations/<id:mitigation>/whatif",
    responses={200: WhatIf},
    summary="What other thresholds of a mitigation would do",
)
@allow(STAFF, "mitigations")
def show_whatif(path: MitigationPath, query: WhatIfQuery) -> Response:
    """Today's threshold and each candidate, with intervals from the sampled truths."""
    return jsonify(compared(path.mitigation, query))
