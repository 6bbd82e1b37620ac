"""/runs, /coverage, /healthz and /readyz: whether data and jobs are in order."""

from flask import Response, jsonify
from pydantic import BaseModel
from werkzeug.exceptions import ServiceUnavailable

from api.access import EVERYONE, PUBLIC, allow
from api.db import store, workspace
from api.description import resource
from api.queries import CoverageQuery, RunQuery
from api.representation import listing
from api.rows import CoverageRow, Listed, RunRow
from jobs.store_search_status import readable

blueprint = resource("status")
probes = resource("probes", open_to_all=True)


class Runs(Listed[RunRow]):
    """A page of runs."""


class Coverage(Listed[CoverageRow]):
    """A page of coverage changes."""


class Health(BaseModel):
    """Whether the process answers."""

    status: str


@blueprint.get("/runs", responses={200: Runs}, summary="Executions of jobs, newest first")
@allow(EVERYONE, "runs")
def list_runs(query: RunQuery) -> Response:
    """Rows in and out, what was refused, versions, errors."""
    page = store().search.status.runs(job=query.job, state=query.state, limit=query.limit, cursor=query.cursor)
    return listing(page, RunRow, chosen=query.format)


@blueprint.get("/coverage", responses={200: Coverage}, summary="Feed gaps, starts and stops")
@allow(EVERYONE, "coverage")
def list_coverage(query: CoverageQuery) -> Response:
    """Changes in what we see, which are no changes in what happens."""
    page = store().search.status.coverage(stream=query.stream, limit=query.limit, cursor=query.cursor)
    return listing(page, CoverageRow, chosen=query.format)


@probes.get("/healthz", responses={200: Health}, summary="Whether the process answers")
@allow(PUBLIC, "status")
def healthz() -> Response:
    """Reads nothing."""
    return jsonify(Health(status="ok").model_dump())


@probes.get("/readyz", responses={200: Health}, summary="Whether the store can be read")
@allow(PUBLIC, "status")
def readyz() -> Response:
    """Opens the store and asks it something."""
    if not readable(workspace().open_store):
        raise ServiceUnavailable("expected a readable store, got an error; see 'groundswell doctor'")
    return jsonify(Health(status="ready").model_dump())
