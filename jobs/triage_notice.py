"""Who is told of grave documents: one message an owner and batch, queued with what it tells of, group after group."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from jobs.channel_options import Options, identity
from jobs.dates import stamp
from jobs.digest_facts import figure
from jobs.escapes import one_line
from jobs.reach import notification_id, owner_row, tiers
from jobs.settings import Settings
from jobs.store import Store

Row = dict[str, Any]

SEGMENTS_SHOWN = 4


def queue_messages(store: Store, settings: Settings) -> int:
    """Queue one message an owner about the documents nobody was told of; returns the documents told of.

    A message and what it tells of are written together, so a process that is killed leaves either both or neither.
    """
    with store.transaction():
        rows = store.triage.untold()
        for owner in sorted({row["owner"] for row in rows}):
            _queue_message(store, settings, owner, [row for row in rows if row["owner"] == owner])
    return len(rows)


def _queue_message(store: Store, settings: Settings, owner: str, rows: Sequence[Row]) -> None:
    content = message_content(store, settings, owner, rows)
    ids = sorted(row["document_id"] for row in rows)
    message = {
        "message_id": "G" + notification_id(owner, *ids)[1:],
        "owner": owner,
        "urgent": bool(content["documents"]),
        "as_of": content["as_of"],
        "content": content,
    }
    store.triage.write_message(message, ids)
    first = tiers(store, owner, urgent=message["urgent"], default=settings.default_owner)[0]
    store.delivery.queue([_notification(message, options) for options in first])


def fall_back(store: Store, settings: Settings) -> int:
    """Queue the next group of channels for each message that no channel of the groups before has taken.

    Returns the notifications queued. A channel that failed for now is tried again all the same, later.
    """
    rows = []
    for message in store.triage.unreached():
        for group in tiers(store, message["owner"], urgent=bool(message["urgent"]), default=settings.default_owner):
            left = [options for options in group if identity(options) not in message["channels"]]
            if left:
                rows += [_notification(message, options) for options in left]
                break
    with store.transaction():
        return store.delivery.queue(rows)


def message_content(store: Store, settings: Settings, owner: str, rows: Sequence[Row]) -> Row:
    """What a message says: documents by link with the reason, never their text; older ones are only counted.

    `rows` as `Triage.untold` gives them, worst first. Older is what arrived more than `triage_fresh_days` before the
    newest document: a backfill pages nobody.
    """
    as_of = store.documents.latest_received() or ""
    newest = datetime.fromisoformat(as_of).astimezone(UTC) if as_of else datetime.now(UTC)
    oldest_fresh = stamp(newest - timedelta(days=settings.triage_fresh_days))
    fresh = [row for row in rows if row["received_at"] >= oldest_fresh]
    older = sorted(row["received_at"][:10] for row in rows if row["received_at"] < oldest_fresh)
    base = settings.base_url.rstrip("/")
    return {
        "scope": "triage",
        "owner": owner,
        "owner_name": one_line(str(owner_row(store, owner)["name"]), most=80),
        "installation": one_line(settings.name, most=80),
        "as_of": as_of,
        "documents": [_told(row, base) for row in fresh[: settings.triage_listed]],
        "more": max(len(fresh) - settings.triage_listed, 0),
        "older": len(older),
        "older_from": older[0] if older else None,
        "older_to": older[-1] if older else None,
        "fresh_days": settings.triage_fresh_days,
        "link": f"{base}/triage?owner={quote(owner, safe='')}",
    }


def _told(row: Row, base: str) -> Row:
    segments = [f"{name} {value}" for name, value in sorted(row["segments"].items()) if value is not None]
    return {
        "document_id": one_line(row["document_id"], most=120),
        "link": f"{base}/documents/{quote(row['document_id'], safe='')}",
        "day": row["received_at"][:10],
        "source": one_line(row["source"], most=60),
        "segments": one_line(", ".join(segments[:SEGMENTS_SHOWN]), most=160),
        "kind": row["kind"],
        "harm_domain": row["harm_domain"],
        "probability": figure(row["probability"]),
        "reasons": [one_line(reason["words"], most=300) for reason in row["reasons"]],
    }


def _notification(message: Mapping[str, Any], options: Options) -> Row:
    channel = identity(options)
    return {
        "notification_id": notification_id("triage", message["message_id"], channel),
        "triage_id": message["message_id"],
        "owner": message["owner"],
        "channel": channel,
    }
