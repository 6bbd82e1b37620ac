"""How answers are written: JSON, or CSV that no spreadsheet takes for formulas."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, jsonify, request
from pydantic import BaseModel

from api.db import store
from jobs.spreadsheet import as_csv
from jobs.store_paging import Page


def listing(page: Page, item: type[BaseModel], *, chosen: str | None) -> Response:
    """A page of a list as JSON or CSV, with the address of the next page in body and Link header."""
    following = _next_address(page.next_cursor)
    if wants_csv(chosen):
        response = csv_response(page.rows, list(item.model_fields))
    else:
        body = {"items": page.rows, "total": page.total, "next": following, "as_of": store().search.status.as_of()}
        response = jsonify({**body, **page.extra})
    if following is not None:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def wants_csv(chosen: str | None) -> bool:
    """Whether the reader wants CSV: by `format`, else by the Accept header."""
    if chosen is not None:
        return chosen == "csv"
    return request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv"


def csv_response(rows: list[dict[str, Any]], columns: list[str]) -> Response:
    """Rows as a CSV file named after the resource."""
    name = request.path.rstrip("/").replace("/api/v1/", "").replace("/", "-")
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(as_csv(rows, columns), mimetype="text/csv", headers=headers)


def written(body: Mapping[str, Any], *, status: int) -> Response:
    """The answer to a write; marked where it was given before under the same Idempotency-Key."""
    response = jsonify(body)
    response.status_code = status
    if g.get("replayed"):
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _next_address(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    return f"{request.path}?{urlencode({**request.args.to_dict(), 'cursor': cursor})}"
