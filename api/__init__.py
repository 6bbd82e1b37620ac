"""HTTP: the API under /api/v1 and the dashboard, over one workspace."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_openapi3.openapi import OpenAPI

from api import access, assets, db, errors, headers, paths, wording
from api.anomalies import blueprint as anomalies
from api.board import blueprint as board
from api.counts import blueprint as counts
from api.curation import blueprint as curation
from api.decisions import blueprint as decisions
from api.delivery import blueprint as delivery
from api.description import INFO, SCHEMES
from api.diagnosis import blueprint as diagnosis
from api.documents import blueprint as documents
from api.duplicates import blueprint as duplicates
from api.evasion import blueprint as evasion
from api.evidence import blueprint as evidence
from api.findings import blueprint as findings
from api.labels import blueprint as labels
from api.metrics import probes
from api.mitigations import blueprint as mitigations
from api.pages import blueprint as pages
from api.pages_anomalies import blueprint as pages_anomalies
from api.pages_corrections import blueprint as pages_corrections
from api.pages_curation import blueprint as pages_curation
from api.pages_decisions import blueprint as pages_decisions
from api.pages_delivery import blueprint as pages_delivery
from api.pages_diagnosis import blueprint as pages_diagnosis
from api.pages_documents import blueprint as pages_documents
from api.pages_evidence import blueprint as pages_evidence
from api.pages_findings import blueprint as pages_findings
from api.pages_labels import blueprint as pages_labels
from api.pages_map import blueprint as pages_map
from api.pages_mitigations import blueprint as pages_mitigations
from api.pages_triage import blueprint as pages_triage
from api.pages_watchlists import blueprint as pages_watchlists
from api.pages_whatif import blueprint as pages_whatif
from api.reports import blueprint as reports
from api.sessions import blueprint as sessions
from api.signals import blueprint as signals
from api.status import blueprint as status
from api.theme_map import blueprint as theme_map
from api.themes import blueprint as themes
from api.triage import blueprint as triage
from api.watchlists import blueprint as watchlists
from api.whatif import blueprint as whatif
from jobs.workspace import Workspace

LARGEST_REQUEST = 64 * 1024
RESOURCES = (
    documents,
    duplicates,
    labels,
    triage,
    theme_map,
    themes,
    curation,
    watchlists,
    counts,
    evidence,
    reports,
    findings,
    mitigations,
    diagnosis,
    decisions,
    evasion,
    whatif,
    board,
    signals,
    anomalies,
    delivery,
    status,
)
PAGES = (
    pages,
    pages_findings,
    pages_delivery,
    pages_map,
    pages_documents,
    pages_corrections,
    pages_curation,
    pages_labels,
    pages_evidence,
    pages_triage,
    pages_watchlists,
    pages_mitigations,
    pages_whatif,
    pages_anomalies,
    pages_diagnosis,
    pages_decisions,
    sessions,
)
UNLIMITED = ("static", "assets.vega", "probes.healthz", "probes.readyz", "probes.metrics")


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What one server may choose. Limits are counted in each worker process by itself."""

    rate: str = "600 per minute"
    sign_in_rate: str = "10 per minute"
    session_hours: int = 12
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def create_app(workspace: str | Path | Workspace, settings: ServerSettings = ServerSettings()) -> Flask:  # noqa: B008
    """The application over a workspace; nothing is read from it before the first request but its hash key."""
    app = OpenAPI(
        "api",
        info=INFO,
        security_schemes=SCHEMES,
        validation_error_model=errors.Problem,
        validation_error_callback=errors.invalid_request,
    )
    place = workspace if isinstance(workspace, Workspace) else Workspace(Path(workspace))
    paths.register(app)
    _configure(app, place, settings)
    app.before_request(access.identify)
    limiter = _limits(app, settings)
    for part in (access, assets, db, errors, headers, wording):
        part.register(app)
    for resource in RESOURCES:
        app.register_api(resource, url_prefix="/api/v1")
    app.register_api(probes)
    for pages_of in PAGES:
        app.register_blueprint(pages_of)
    views: dict[str, Any] = app.view_functions
    views["sessions.sign_in"] = limiter.limit(settings.sign_in_rate, methods=["POST"])(views["sessions.sign_in"])
    return app


def _configure(app: Flask, place: Workspace, settings: ServerSettings) -> None:
    app.config.update(
        WORKSPACE=place,
        NOW=settings.now,
        # The cookie's key is derived, so that who can read cookies cannot compute customer hashes.
        SECRET_KEY=hmac.new(place.hash_key(), b"dashboard session", hashlib.sha256).digest(),
        SESSION_COOKIE_NAME="groundswell",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=place.settings.base_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]


def _limits(app: Flask, settings: ServerSettings) -> Limiter:
    """Requests by key, and by address without one."""

    def who() -> str:
        key = g.get("actor")
        return f"key {key.key_id}" if key is not None else f"address {get_remote_address()}"

    limiter = Limiter(
        who,
        app=app,
        default_limits=[settings.rate],
        storage_uri="memory://",
        headers_enabled=True,
    )
    limiter.request_filter(lambda: request.endpoint in UNLIMITED)
    return limiter
