"""What people do about grave documents, from the API and from the dashboard alike: see, close, reopen."""

from typing import Any

from werkzeug.exceptions import Conflict, Forbidden

from api.access import actor, signature
from api.actions import found
from api.db import now, store
from jobs.store_keys import timestamp


def seen_owners() -> tuple[str, ...] | None:
    """Whose documents the reader may see: an owner's key those of the owner it is held by, staff everybody's (None)."""
    key = actor()
    return store().search.triage.owned_by(key.holder) if key.role == "owner" else None


def one(document_id: str) -> dict[str, Any]:
    """A document in triage that the reader may see; 404 if it never was there, 403 if it is somebody else's."""
    row = found(store().search.triage.document(document_id), f"document {document_id!r} in triage")
    owners = seen_owners()
    if owners is not None and row["owner"] not in owners:
        raise Forbidden("expected a document of the owner this key is held by, got another's; ask an analyst")
    return row


def visible(document_id: str) -> dict[str, Any] | None:
    """A document in triage if it is there and the reader may see it."""
    row, owners = store().search.triage.document(document_id), seen_owners()
    return row if row is not None and (owners is None or row["owner"] in owners) else None


def close(document_id: str, outcome: str, reason: str) -> dict[str, Any]:
    """Close a document. Closed before with the same outcome: the first time stands; with another: 409."""
    row = one(document_id)
    if row["state"] == "closed" and row["outcome"] != outcome:
        raise Conflict(f"expected an open document, got one closed as {row['outcome']}; reopen it first")
    store().triage.close(document_id, outcome=outcome, reason=reason, actor=signature(), at=timestamp(now()))
    return {"document_id": document_id}


def reopen(document_id: str, reason: str) -> dict[str, Any]:
    """Open a closed document again; an open one stays as it is."""
    one(document_id)
    store().triage.reopen(document_id, reason=reason, actor=signature(), at=timestamp(now()))
    return {"document_id": document_id}
