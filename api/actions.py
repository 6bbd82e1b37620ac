"""What people do to findings, from the API and from the dashboard alike: acknowledge, reveal."""

from typing import Any

from werkzeug.exceptions import NotFound

from api.access import actor
from api.db import now, store
from jobs.store_keys import timestamp


def acknowledge(alert_id: str, note: str) -> dict[str, Any]:
    """Note that somebody looks after an alert; the first one stands."""
    alert = found(store().search.findings.alert(alert_id), f"alert {alert_id!r}")
    if alert["acknowledged_at"] is None:
        who, detail = actor(), {"note": note} if note else {}
        store().findings.add_alert_event(
            alert_id, at=timestamp(now()), actor=who.holder, action="acknowledged", detail=detail
        )
    return {"alert_id": alert_id}


def reveal(document_id: str, reason: str) -> dict[str, Any]:
    """Write down who reads a withheld text and why; the text itself is read afterwards."""
    found(store().search.documents.document(document_id), f"document {document_id!r}")
    who = f"{actor().holder} ({actor().key_id})"
    return {"reveal_id": store().keys.reveal(document_id, actor=who, reason=reason, now=now())}


def found(
    row: dict[str, Any] | None, what: str, *, why: str = "it may have been forgotten, or the id is misspelt"
) -> dict[str, Any]:
    """The row; 404 if there is none."""
    if row is None:
        raise NotFound(f"no {what}; {why}")
    return row
