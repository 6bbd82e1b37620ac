"""Signing in: an API key is exchanged for a signed session cookie that holds the key's id alone."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from api.access import EVERYONE, PUBLIC, allow, check_csrf
from api.db import now, store

blueprint = Blueprint("sessions", __name__)


@blueprint.route("/signin", methods=["GET", "POST"])
@allow(PUBLIC, "sessions")
def sign_in() -> ResponseReturnValue:
    """The form, and what it sends."""
    target = safe_target(request.values.get("next", ""))
    if request.method == "GET":
        return render_template("signin.html", next=target)
    check_csrf()
    key = store().keys.holder_of(request.form.get("key", "").strip(), now=now())
    if key is None:
        flash("This key is unknown, expired or revoked. Make one with “groundswell keys create”.")
        return render_template("signin.html", next=target), 401
    # A new session: nothing set before signing in may outlive it.
    session.clear()
    session.permanent = True
    session["key_id"] = key.key_id
    return redirect(target)


@blueprint.post("/signout")
@allow(EVERYONE, "sessions")
def sign_out() -> ResponseReturnValue:
    """Forget the session."""
    check_csrf()
    session.clear()
    return redirect(url_for("sessions.sign_in"))


def safe_target(path: str) -> str:
    """Where to go after signing in: a path of ours, else the overview.

    >>> safe_target("/themes?limit=5"), safe_target("//evil.example"), safe_target("https://evil.example")
    ('/themes?limit=5', '/', '/')
    """
    local = path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path
    return path if local and path.isprintable() else "/"
