"""Who asks, and what they may: keys in a header, the session cookie of the dashboard, roles and scopes."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized, UnprocessableEntity

from api.db import now, store, workspace
from jobs.store_keys import ROLES, ApiKey

EVERYONE = ROLES
STAFF = ("admin", "analyst", "owner")
REVEALERS = ("admin", "analyst")
PUBLIC: tuple[str, ...] = ()

# What serves no data of the workspace: assets, the API's own description.
OPEN_ENDPOINTS = ("static", "openapi.", "swagger.")
READING = ("GET", "HEAD", "OPTIONS")

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a view: roles (none: anybody) and the resource a key's scope must name."""

    roles: tuple[str, ...]
    resource: str


def allow(roles: tuple[str, ...], resource: str) -> Callable[[F], F]:
    """Say who may use a view. A view without this is refused to everybody."""

    def mark(view: F) -> F:
        view.__dict__["access"] = Access(roles, resource)
        return view

    return mark


def actor() -> ApiKey:
    """Whose key this request came with; 401 without one."""
    found: ApiKey | None = g.get("actor")
    if found is None:
        raise Unauthorized("expected a valid API key, got none; send it as 'Authorization: Bearer' or 'X-API-Key'")
    return found


def signature() -> str:
    """Who acts, as it is written into records: the holder and the id of the key."""
    return f"{actor().holder} ({actor().key_id})"


def small_cell() -> int:
    """The fewest customers a cell must have for this reader to see it; 0 where nothing is hidden."""
    return workspace().settings.small_cell if actor().role == "pm" else 0


def may(roles: tuple[str, ...]) -> bool:
    """Whether the reader has one of these roles."""
    return actor().role in roles


def presented_key() -> str | None:
    """The secret in the request's headers."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return secret.strip()
    return request.headers.get("X-API-Key")


def identify() -> None:
    """Find out who asks, before rate limits count by key."""
    g.actor = None
    if request.endpoint is None or request.endpoint.startswith(OPEN_ENDPOINTS):
        return
    secret = presented_key()
    if secret is not None:
        g.actor = store().keys.holder_of(secret, now=now())
    elif "key_id" in session and (request.method in READING or not request.path.startswith("/api/")):
        # The API takes no cookie for writes: another site could make a browser send it.
        g.actor = store().keys.valid(session["key_id"], now=now())


def authorise() -> ResponseReturnValue | None:
    """Refuse whoever may not use the view: 401 or the sign-in page without a key, 403 with the wrong one."""
    if request.endpoint is None or request.endpoint.startswith(OPEN_ENDPOINTS):
        return None
    access: Access | None = getattr(current_app.view_functions[request.endpoint], "access", None)
    if access is None:
        raise Forbidden("expected a view that says who may use it, got none; this is a fault of ours")
    if not access.roles:
        return None
    if g.actor is None and request.method == "GET" and not request.path.startswith("/api/"):
        return redirect(url_for("sessions.sign_in", next=request.full_path.rstrip("?")))
    key = actor()
    if key.role not in access.roles:
        wanted = " or ".join(access.roles)
        raise Forbidden(f"expected a key of role {wanted} for {access.resource}, got one of role {key.role}")
    if key.scope is not None and access.resource not in key.scope:
        raise Forbidden(f"expected a key for {access.resource}, got one for {', '.join(key.scope)} alone")
    return None


def refuse_repeats() -> None:
    """A parameter given twice would count once: better say so than answer half the question."""
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if repeated and request.path.startswith("/api/"):
        raise UnprocessableEntity(f"{repeated[0][:60]}: expected one value, got several; ask once for each")


def csrf_token() -> str:
    """The token that forms of this session carry."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def check_csrf() -> None:
    """Refuse a form that did not come from one of our pages in this session."""
    given = request.form.get("csrf_token", "")
    if not hmac.compare_digest(given.encode(), str(session.get("csrf", "")).encode()) or not given:
        raise BadRequest("expected the form's token, got none or an old one; reload the page and send again")


def register(app: Flask) -> None:
    """Refuse requests before their views run. `identify` is registered earlier, before the rate limits."""
    app.before_request(authorise)
    app.before_request(refuse_repeats)
    app.jinja_env.globals["csrf_token"] = csrf_token
