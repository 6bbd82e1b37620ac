"""What people do to findings, from the API and from the dashboard alike: acts on alerts, reveal."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from werkzeug.exceptions import NotFound, UnprocessableEntity

from api.access import actor
from api.db import now, store, workspace
from jobs.alert_desk import CannotAct, Desk, act
from jobs.store_keys import timestamp
from jobs.triage_age import clock


def act_on_alert(alert_id: str, word: str, given: Mapping[str, str | None]) -> dict[str, Any]:
    """Do one of the acts of `jobs.alert_desk` in the name of the key's holder; 404, or 422 where it does not fit."""
    alert = found(store().search.findings.alert(alert_id), f"alert {alert_id!r}")
    today = date.fromisoformat(clock(store(), workspace().settings, now())[:10])
    try:
        act(Desk(store(), alert, today), word, given, actor=actor().holder, at=timestamp(now()))
    except CannotAct as error:
        raise UnprocessableEntity(str(error)) from None
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
