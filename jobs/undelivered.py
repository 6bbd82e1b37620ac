"""What a person may do about a delivery that did not arrive, or may not have: try it again, say that it arrived."""

from datetime import datetime
from typing import Any

from jobs.channels import CHANNELS
from jobs.escapes import one_line
from jobs.notify import LEASE
from jobs.store import Store

Row = dict[str, Any]


class CannotRetry(ValueError):
    """A delivery that must not be sent again, or needs no word of a person."""


def deduplicates(channel: str) -> bool:
    """Whether the receiver of a channel, named as it is stored, takes a second message for the first.

    >>> deduplicates("webhook:hooks.example.org#3a09e0a0"), deduplicates("email:a@example.org"), deduplicates("pigeon")
    (True, False, False)
    """
    kind = CHANNELS.get(channel.partition(":")[0])
    return kind is not None and kind.deduplicates


def unknown(row: Row, now: datetime) -> bool:
    """Whether nobody can tell if the delivery arrived: it says so, or whoever claimed it is long gone."""
    if row["state"] != "claimed":
        return bool(row["state"] == "uncertain")
    return now - datetime.fromisoformat(row["claimed_at"]) >= LEASE


def retryable(row: Row, now: datetime) -> bool:
    """Whether sending again can do no harm."""
    if row["state"] == "sent":
        return False
    if row["state"] in ("claimed", "uncertain"):
        return deduplicates(row["channel"]) and unknown(row, now)
    return True


def retry(store: Store, row: Row, *, actor: str, now: datetime, not_arrived: bool = False) -> None:
    """Make a delivery due now, with all its attempts before it. Raises `CannotRetry`.

    `not_arrived`: a person asked the receiver, who does not have it; without that, what may have arrived is sent
    again only to a receiver that takes it for the first.
    """
    if not retryable(row, now) and not (not_arrived and unknown(row, now)):
        raise CannotRetry(_why_not(row, now))
    said = f"due again by {one_line(actor, most=80)}"
    note = f"{said}, who found that it did not arrive" if not_arrived else said
    if not store.delivery.settle(row, state="pending", note=note):
        raise CannotRetry(f"expected {row['notification_id']} as it was read, got it at work; look again in a minute")


def arrived(store: Store, row: Row, *, actor: str, now: datetime) -> None:
    """Note that a delivery of unknown outcome arrived, as somebody found out. Raises `CannotRetry`."""
    if not unknown(row, now):
        raise CannotRetry(f"expected a delivery of unknown outcome, got one that is {row['state']}; leave it")
    note = f"arrived, as {one_line(actor, most=80)} found out"
    if not store.delivery.settle(row, state="sent", note=note, now=now):
        raise CannotRetry(f"expected {row['notification_id']} as it was read, got it at work; look again in a minute")


def _why_not(row: Row, now: datetime) -> str:
    if row["state"] == "sent":
        return f"expected a delivery that did not arrive, got one sent at {row['sent_at']}; nothing is sent twice"
    if not unknown(row, now):
        return f"expected a delivery nobody is at, got one claimed at {row['claimed_at']}; look again in a few minutes"
    return (
        f"expected a delivery that surely did not arrive, got one that may have ({row['channel']} does not "
        "deduplicate); ask the receiver, then say that it did not arrive, or that it did"
    )
