"""Delivery: queues one notification an alert and channel, claims it, sends it, records what became of it."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from jobs.channel_options import Options, Place, identity
from jobs.channels import Channel, open_channel
from jobs.dates import stamp
from jobs.digest_check import NumberNotInDigest
from jobs.digest_facts import LOUD, View, look, put_off, silenced, silences_in_force
from jobs.letters import alert_letter, digest_letter
from jobs.message import ChannelError, Message
from jobs.reach import FALLBACK, channels_by_owner, notification_id, owner_row, triage_channels
from jobs.settings import Settings
from jobs.store import Store
from jobs.store_delivery import OPEN
from jobs.triage_letters import triage_letter
from jobs.triage_notice import fall_back
from jobs.workspace import Workspace

log = logging.getLogger(__name__)

Row = dict[str, Any]

MOST_ATTEMPTS = 6
TRIES_AT_ONCE = 3
"""How often a passing failure is tried within one attempt, seconds apart."""
FIRST_WAIT = timedelta(minutes=5)
LEASE = timedelta(minutes=10)
"""A claim older than this was left by a process that died between sending and recording."""
SAME_ONSET_DAYS = 14
"""A change whose day is found anew this near the day that was told is the same news."""


@dataclass(frozen=True)
class Post:
    """One round of delivery: the store, what channels open in, and the messages written so far."""

    store: Store
    place: Place
    as_of: str
    written: dict[str, Message] = field(default_factory=dict)

    @cached_property
    def view(self) -> View:
        """The findings as of this moment, read when the first message about them is written."""
        return look(self.store, self.place.settings, as_of=self.as_of)


def run(store: Store, settings: Settings, workspace: Workspace, *, as_of: str, now: datetime | None = None) -> int:
    """Queue what is new since the last time and deliver whatever is due; returns the notifications sent.

    `as_of` (ISO 8601 UTC) is the moment the findings speak of; `now` is the clock on the wall, by which
    retries and claims go.
    """
    queue_alerts(store, settings, as_of=as_of)
    return deliver(store, settings, workspace, as_of=as_of, now=now)


def queue_alerts(store: Store, settings: Settings, *, as_of: str) -> int:
    """Queue each alert that is new, growing or back, once a channel of its owner, unless silenced."""
    view = look(store, settings, as_of=as_of)
    silences = silences_in_force(store, as_of=as_of)
    told, channels, rows = store.delivery.onsets(), channels_by_owner(store), []
    for alert in view.alerts:
        if (
            put_off(alert, as_of=as_of)
            or alert["state"] not in LOUD
            or silenced(alert, view.series.get(alert["series"], {}), silences)
        ):
            continue
        for options in channels.get(alert["owner"], FALLBACK):
            channel = identity(options)
            if not _told(alert, told.get((alert["alert_id"], alert["state"], channel), [])):
                rows.append(_notification(alert, channel))
    return store.delivery.queue(rows)


def queue_digest(store: Store, digest: Row) -> int:
    """Queue a digest, once a channel of its owner."""
    rows = [
        {
            "notification_id": notification_id("digest", digest["digest_id"], identity(options)),
            "alert_id": None,
            "digest_id": digest["digest_id"],
            "owner": digest["owner"],
            "channel": identity(options),
            "alert_state": None,
            "onset": None,
        }
        for options in channels_by_owner(store).get(digest["owner"], FALLBACK)
    ]
    return store.delivery.queue(rows)


def deliver(
    store: Store,
    settings: Settings,
    workspace: Workspace,
    *,
    as_of: str,
    now: datetime | None = None,
    written: Mapping[str, Message] | None = None,
) -> int:
    """Send what is due, once: claimed before it is sent, recorded after. Returns how many were sent.

    `written`: messages that are ready, by alert_id or digest_id; the others are written here.
    """
    post = _post(store, settings, workspace, now)
    post = replace(post, as_of=as_of, written=dict(written or {}))
    return _rounds(post, triage_only=False)


def deliver_triage(store: Store, settings: Settings, workspace: Workspace, *, now: datetime | None = None) -> int:
    """Send what is due about grave documents and nothing else; returns how many messages were sent."""
    return _rounds(_post(store, settings, workspace, now), triage_only=True)


def _post(store: Store, settings: Settings, workspace: Workspace, now: datetime | None) -> Post:
    place = Place(workspace.path, settings, os.environ, now or datetime.now(UTC))
    return Post(store, place, as_of="")


def _rounds(post: Post, *, triage_only: bool) -> int:
    """Attempt all that waits; where no channel took a grave report, the next group of channels, until none is left."""
    sent, again = 0, True
    while again:
        waiting = post.store.delivery.notifications(states=OPEN)
        for row in waiting:
            if row["triage_id"] or not triage_only:
                sent += _attempt(post, row, _known_channels(post, row))
        again = fall_back(post.store, post.place.settings) > 0
    return sent


def _known_channels(post: Post, row: Row) -> dict[str, Options]:
    """The channels that this notification's owner may be reached by, by name."""
    if row["triage_id"]:
        return triage_channels(post.store, row["owner"], default=post.place.settings.default_owner)
    channels = channels_by_owner(post.store).get(row["owner"], FALLBACK)
    return {identity(options): options for options in channels}


def _notification(alert: Row, channel: str) -> Row:
    return {
        "notification_id": notification_id(alert["alert_id"], alert["state"], channel, alert["day"]),
        "alert_id": alert["alert_id"],
        "digest_id": None,
        "owner": alert["owner"],
        "channel": channel,
        "alert_state": alert["state"],
        "onset": alert["day"],
    }


def _told(alert: Row, onsets: list[str]) -> bool:
    day = date.fromisoformat(alert["day"])
    return any(abs((date.fromisoformat(onset) - day).days) <= SAME_ONSET_DAYS for onset in onsets)


def _attempt(post: Post, row: Row, channels: Mapping[str, Options]) -> bool:
    """Claim, send and record one notification if it is due; true if it was sent."""
    delivery, now = post.store.delivery, post.place.now
    try:
        channel = _opened(channels, row["channel"], post.place)
        if _abandoned(row, channel, now):
            delivery.claim(row, now=now, state="uncertain")
            log.warning("delivery %s to %s: outcome unknown", row["notification_id"], row["channel"])
        if not _due(row, channel, now):
            return False
        message = _letter(post, row)
    except ChannelError as error:
        if row["state"] != "uncertain" and delivery.claim(row, now=now):
            _failed(post, row, error)
        return False
    if not delivery.claim(row, now=now):
        return False
    try:
        sending(channel, message)
    except ChannelError as error:
        _failed(post, row, error, deduplicates=channel.deduplicates)
        return False
    delivery.record(row["notification_id"], state="sent", now=now)
    return True


def _opened(channels: Mapping[str, Options], name: str, place: Place) -> Channel:
    if name not in channels:
        raise ChannelError("expected a channel of its owner, got one no longer listed", permanent=True)
    return open_channel(channels[name], place)


def _abandoned(row: Row, channel: Channel, now: datetime) -> bool:
    """A claim that nobody holds any more, to a receiver that would take a second message for another."""
    if row["state"] != "claimed" or channel.deduplicates:
        return False
    return now - datetime.fromisoformat(row["claimed_at"]) >= LEASE


def _due(row: Row, channel: Channel, now: datetime) -> bool:
    """Whether to send now; what may have arrived is sent again only where that does no harm."""
    if row["state"] in ("claimed", "uncertain"):
        return channel.deduplicates
    return row["next_attempt_at"] is None or row["next_attempt_at"] <= stamp(now)


def sending(channel: Channel, message: Message) -> None:
    """Send, trying a passing failure again a few times; never again what may have arrived."""
    import stamina

    def passing(error: Exception) -> bool:
        if not isinstance(error, ChannelError) or error.permanent:
            return False
        return channel.deduplicates or not error.uncertain

    tries = stamina.retry_context(on=passing, attempts=TRIES_AT_ONCE, timeout=30, wait_initial=0.5, wait_max=5)
    for attempt in tries:
        with attempt:
            channel.send(message)


def _failed(post: Post, row: Row, error: ChannelError, *, deduplicates: bool = True) -> None:
    attempts = row["attempts"] + 1
    if error.uncertain and not deduplicates:
        state = "uncertain"
    else:
        state = "dead" if error.permanent or attempts >= MOST_ATTEMPTS else "failed"
    again = stamp(post.place.now + FIRST_WAIT * 2 ** (attempts - 1)) if state == "failed" else None
    log.warning("delivery %s to %s: %s (%s)", row["notification_id"], row["channel"], error, state)
    post.store.delivery.record(
        row["notification_id"], state=state, now=post.place.now, error=str(error), next_attempt_at=again
    )


def _letter(post: Post, row: Row) -> Message:
    """The message of a notification; its content is written once for all channels."""
    key = row["alert_id"] or row["digest_id"] or row["triage_id"]
    if key not in post.written:
        try:
            post.written[key] = _written(post, row)
        except NumberNotInDigest as error:
            raise ChannelError(str(error), permanent=True) from None
    return replace(post.written[key], message_id=row["notification_id"])


def _written(post: Post, row: Row) -> Message:
    if row["triage_id"]:
        message = post.store.triage.message(row["triage_id"])
        if message is None:
            raise ChannelError("expected the message in the store, got none; it is not sent", permanent=True)
        return triage_letter(message["content"], message_id=row["notification_id"], triage_id=row["triage_id"])
    if row["digest_id"]:
        digest = post.store.delivery.digest(row["digest_id"])
        if digest is None:
            raise ChannelError("expected the digest in the store, got none; it is not sent", permanent=True)
        return digest_letter(post.view, digest, message_id=row["notification_id"])
    alert = next((alert for alert in post.view.alerts if alert["alert_id"] == row["alert_id"]), None)
    if alert is None:
        raise ChannelError("expected the alert in the store, got none; it is not sent", permanent=True)
    return alert_letter(post.view, alert, owner_row(post.store, row["owner"]), message_id=row["notification_id"])
