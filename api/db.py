"""What a request works with: the workspace, a store of its own, the time."""

from datetime import datetime

from flask import Flask, current_app, g

from jobs.store import Store
from jobs.workspace import Workspace


def workspace() -> Workspace:
    """The workspace this application serves."""
    found: Workspace = current_app.config["WORKSPACE"]
    return found


def store() -> Store:
    """The store of this request, opened when first asked for: a connection may not cross threads."""
    if "store" not in g:
        g.store = workspace().open_store()
    opened: Store = g.store
    return opened


def now() -> datetime:
    """The time of this request, with zone."""
    moment: datetime = current_app.config["NOW"]()
    return moment


def close_store(_error: BaseException | None = None) -> None:
    """Close the request's store, if one was opened."""
    opened = g.pop("store", None)
    if opened is not None:
        opened.close()


def register(app: Flask) -> None:
    """Close stores at the end of every request."""
    app.teardown_appcontext(close_store)
