"""What the OpenAPI document says of every resource alike: keys, and errors as problem documents."""

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.info import Info
from flask_openapi3.models.tag import Tag

from api.errors import TYPE, Problem

INFO = Info(
    title="Groundswell",
    version="1",
    description=(
        "Findings from feedback and usage anomalies. Times are UTC, ranges half-open, lists paged by cursor. "
        "Every list can be had as CSV (`format=csv` or `Accept: text/csv`); every GET has an ETag; every POST "
        "takes an `Idempotency-Key`; every error is a problem document (RFC 9457)."
    ),
)
SCHEMES: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
ERRORS = {
    401: "no valid key",
    403: "the key's role or scope does not allow it",
    404: "no such thing",
    422: "parameters, path or body that do not fit",
    429: "too many requests; see Retry-After",
    500: "an error of ours",
}


def problem_response(description: str) -> dict[str, Any]:
    """A problem document as a response that an operation may give."""
    schema = {"schema": Problem.model_json_schema(ref_template="#/components/schemas/{model}")}
    return {"description": description, "content": {TYPE: schema}}


def resource(name: str, *, open_to_all: bool = False) -> APIBlueprint:
    """A blueprint whose operations state keys and errors."""
    wanted = [500] if open_to_all else list(ERRORS)
    errors: Any = {status: problem_response(ERRORS[status]) for status in wanted}
    return APIBlueprint(
        name,
        "api",
        abp_tags=[Tag(name=name)],
        abp_security=[] if open_to_all else [{"bearer": []}, {"key": []}],
        abp_responses=errors,
    )
