"""Every error as a problem document (RFC 9457), or as a page where a person looks at it."""

import logging
from typing import Any

from flask import Flask, Response, g, json, make_response, render_template, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException, InternalServerError, UnprocessableEntity

from jobs.store_keys import ReusedKey
from jobs.store_paging import BadCursor
from jobs.store_search_documents import BadSearch

logger = logging.getLogger(__name__)

TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """One thing wrong with one part of the request."""

    field: str
    reason: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    instance: str
    errors: list[FieldProblem] | None = None


class Refused(UnprocessableEntity):
    """A request whose form is right but whose content is not: every reason, by the part it is about."""

    def __init__(self, problems: list[FieldProblem]) -> None:
        super().__init__("; ".join(f"{entry.field}: {entry.reason}" for entry in problems)[:500])
        self.problems = problems


def problem(error: HTTPException, errors: list[FieldProblem] | None = None) -> Response:
    """The problem document of an HTTP error, with the error's own headers (Allow, Retry-After)."""
    status = error.code or 500
    body = Problem(title=error.name, status=status, detail=error.description, instance=request.path, errors=errors)
    response = make_response(json.dumps(body.model_dump(exclude_none=True)), status)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="groundswell"'
    response.content_type = TYPE
    return response


def page_or_problem(error: HTTPException) -> Response:
    """A page for the dashboard's readers, a problem document for programs."""
    if error.response is not None:
        return make_response(error.get_response())
    if request.path.startswith(("/api/", "/openapi", "/healthz", "/readyz")):
        return problem(error, error.problems if isinstance(error, Refused) else None)
    page = render_template("error.html", error=error, signed_in=g.get("actor") is not None)
    response = make_response(page, error.code or 500)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def unexpected(error: Exception) -> Response:
    """An error of ours: logged with its place, told without."""
    logger.exception("unexpected error in %s %s", request.method, request.path)
    return page_or_problem(InternalServerError("an error of ours; it is in the server's log"))


def invalid_value(error: Exception) -> Response:
    """A value that only the store could judge: a cursor, a search text, a reused idempotency key."""
    return page_or_problem(UnprocessableEntity(str(error)))


def field_problems(error: ValidationError) -> list[FieldProblem]:
    """Which fields are wrong and why, without repeating what was sent."""
    return [
        FieldProblem(
            field=".".join(str(part) for part in entry["loc"]) or "request",
            reason=_reason(entry),
        )
        for entry in error.errors(include_url=False, include_input=False)
    ]


def invalid_request(error: ValidationError) -> Response:
    """What flask-openapi3 answers where query, path or body do not fit their models."""
    found = field_problems(error)
    detail = "; ".join(f"{entry.field}: {entry.reason}" for entry in found)
    return problem(UnprocessableEntity(detail[:500]), found)


def _reason(entry: Any) -> str:
    if entry["type"] == "extra_forbidden":
        return "unknown parameter; see /openapi/openapi.json for those there are"
    if entry["type"] in ("model_type", "model_attributes_type"):
        return "expected a JSON object sent as application/json"
    return str(entry["msg"]).removeprefix("Value error, ")


def register(app: Flask) -> None:
    """Answer every error, also those Flask raises itself."""
    app.register_error_handler(HTTPException, page_or_problem)
    app.register_error_handler(Exception, unexpected)
    for kind in (BadCursor, BadSearch, ReusedKey):
        app.register_error_handler(kind, invalid_value)
