"""Deliveries and silences for the API and the dashboard alike: see them, try one again, say that one arrived."""

from typing import Any

from werkzeug.exceptions import Conflict

from api.access import signature
from api.actions import found
from api.db import now, store, workspace
from jobs.silences import listed
from jobs.triage_age import clock
from jobs.undelivered import CannotRetry, arrived, retry, retryable


def silences() -> list[dict[str, Any]]:
    """Every silence with what it holds back now."""
    return listed(store(), as_of=clock(store(), workspace().settings, now()))


def delivery(notification_id: str) -> dict[str, Any]:
    """One delivery with whether it may be sent again; 404 if it is not there."""
    row = found(store().search.delivery.one(notification_id), f"notification {notification_id!r}")
    return {**row, "retryable": retryable(row, now())}


def try_again(notification_id: str, *, not_arrived: bool) -> dict[str, Any]:
    """Make a delivery due now; 409 where that could double it."""
    try:
        retry(store(), delivery(notification_id), actor=signature(), now=now(), not_arrived=not_arrived)
    except CannotRetry as error:
        raise Conflict(str(error)) from None
    return {"notification_id": notification_id}


def say_arrived(notification_id: str) -> dict[str, Any]:
    """Note that a delivery of unknown outcome arrived; 409 where its outcome is known."""
    try:
        arrived(store(), delivery(notification_id), actor=signature(), now=now())
    except CannotRetry as error:
        raise Conflict(str(error)) from None
    return {"notification_id": notification_id}
