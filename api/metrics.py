"""/metrics: counts by state and ages for a monitoring system, in the text format of Prometheus (0.0.4)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

from flask import Response
from werkzeug.exceptions import ServiceUnavailable

from api.access import PUBLIC, allow
from api.db import now, store, workspace
from api.status import probes
from jobs.store_search_status import readable

__all__ = ["metrics", "probes"]

TEXT = "text/plain; version=0.0.4; charset=utf-8"
HELP = {
    "job_runs": "Executions of jobs that did something, by job and how they ended.",
    "documents": "Stored documents, by stream.",
    "quarantined_rows": "Rows of input that were refused, by input and reason.",
    "notifications": "Deliveries to owners, by state; uncertain and dead ones need a person.",
    "alerts": "Alerts, by state (closed: by a person) and hazard.",
    "triage_documents": "Documents that may be grave, by whether a person has closed them.",
    "last_run": "When a run last came to its end.",
    "last_failure": "When a job last failed.",
    "as_of": "The moment the findings speak of.",
    "last_arrival": "When the newest document arrived.",
}
ANSWER: Any = {
    200: {"description": "counts and ages, as Prometheus reads them", "content": {"text/plain": {"schema": {}}}}
}


@probes.get("/metrics", responses=ANSWER, summary="Counts by state and ages, for monitoring")
@allow(PUBLIC, "status")
def metrics() -> Response:
    """No text of a document, no name and no id of anybody."""
    if not readable(workspace().open_store):
        raise ServiceUnavailable("expected a readable store, got an error; see 'groundswell doctor'")
    found = store().search.metrics
    lines = [*_gauge("build_info", "The version that serves this.", [{"version": version("groundswell"), "value": 1}])]
    for name, rows in found.counts().items():
        lines += _gauge(name, HELP[name], rows)
    for name, moment in found.moments().items():
        lines += _moments(name, moment, now())
    response = Response("\n".join(lines) + "\n", content_type=TEXT)
    response.headers["Cache-Control"] = "no-store"
    return response


def _moments(name: str, moment: str | None, at: datetime) -> list[str]:
    """A moment as seconds since 1970 and as an age, neither where it never was."""
    if moment is None:
        return []
    seconds = datetime.fromisoformat(moment).timestamp()
    age = {"value": round(max(at.timestamp() - seconds, 0.0), 3)}
    return [
        *_gauge(f"{name}_timestamp_seconds", f"{HELP[name]} Seconds since 1970, UTC.", [{"value": seconds}]),
        *_gauge(f"{name}_age_seconds", f"{HELP[name]} Seconds ago.", [age]),
    ]


def _gauge(name: str, told: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """A metric: its help, its type, one line a row; every field of a row but `value` is a label."""
    full = f"groundswell_{name}"
    return [f"# HELP {full} {told}", f"# TYPE {full} gauge", *(f"{full}{_labels(row)} {row['value']}" for row in rows)]


def _labels(row: Mapping[str, Any]) -> str:
    pairs = [f'{name}="{_escaped(str(value))}"' for name, value in row.items() if name != "value"]
    return f"{{{','.join(pairs)}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
