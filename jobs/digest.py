"""The periodic summary of each owner: built when it is due, stored, written to files, and delivered."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from jobs.channels import FileChannel
from jobs.digest_check import NumberNotInDigest
from jobs.digest_content import CADENCE_DAYS, digest_content
from jobs.digest_facts import View, look
from jobs.digest_text import render_html, render_markdown, render_text
from jobs.letters import digest_letter, digest_name
from jobs.message import Message
from jobs.notify import deliver, queue_digest
from jobs.reach import owner_row
from jobs.settings import Settings
from jobs.store import Store
from jobs.workspace import Workspace

__all__ = ["build", "deliver", "render_html", "render_markdown", "render_text", "run"]

log = logging.getLogger(__name__)

Quiet = Sequence[Mapping[str, Any]]


def run(
    store: Store,
    settings: Settings,
    workspace: Workspace,
    *,
    as_of: str,
    quiet: Quiet = (),
    now: datetime | None = None,
) -> int:
    """Make and deliver the digests that are due as of this moment (ISO 8601 UTC); returns how many.

    A rerun as of the same moment makes the same digests again and sends none twice. Raises `NumberNotInDigest`,
    once the other owners have theirs, where a text says a number that its content does not. `quiet`: series
    without a change (series, title, smallest_ratio). `now` is the clock on the wall, for retries.
    """
    view = look(store, settings, as_of=as_of)
    made: dict[str, Message] = {}
    wrong: list[NumberNotInDigest] = []
    for owner in owners(store, settings, view):
        if due(owner_row(store, owner)["cadence"], _previous(store, owner, as_of), as_of=as_of):
            try:
                made |= publish(workspace, view, _content(view, owner, quiet))
            except NumberNotInDigest as error:
                log.error("the digest of %s is held back: %s", owner, error)
                wrong.append(error)
    deliver(store, settings, workspace, as_of=as_of, now=now, written=made)
    if wrong:  # the other owners have theirs
        raise wrong[0]
    return len(made)


def publish(workspace: Workspace, view: View, content: Mapping[str, Any]) -> dict[str, Message]:
    """Write a digest's files, store it, and queue it for the channels of its owner; its message by its id.

    The files are digests/<owner>-<day>.md and .html.
    """
    row = _stored(content)
    message = digest_letter(view, row, message_id=row["digest_id"])
    FileChannel.write(workspace.digests, message)
    with view.store.transaction():
        view.store.delivery.write_digest(row)
        queue_digest(view.store, row)
    return {row["digest_id"]: message}


def build(store: Store, settings: Settings, owner: str, *, as_of: str, quiet: Quiet = ()) -> dict[str, Any]:
    """What `owner` would be told as of this moment, whether it is due or not; nothing is written."""
    return _content(look(store, settings, as_of=as_of), owner, quiet)


def owners(store: Store, settings: Settings, view: View) -> list[str]:
    """Everybody who gets a digest: the owners of owners.yaml and of alerts, else the default owner."""
    named = {row["owner_id"] for row in store.reference.owners()} | {alert["owner"] for alert in view.alerts}
    return sorted(named or {settings.default_owner})


def due(cadence: str, previous: Mapping[str, Any] | None, *, as_of: str) -> bool:
    """Whether so much time has passed since the last digest.

    >>> due("weekly", {"as_of": "2026-03-01T08:00:00Z"}, as_of="2026-03-08T07:00:00Z")
    True
    >>> due("weekly", {"as_of": "2026-03-01T08:00:00Z"}, as_of="2026-03-07T23:00:00Z")
    False
    """
    if previous is None:
        return True
    passed = date.fromisoformat(as_of[:10]) - date.fromisoformat(previous["as_of"][:10])
    return passed.days >= CADENCE_DAYS.get(cadence, 7)


def _content(view: View, owner: str, quiet: Quiet) -> dict[str, Any]:
    before = _previous(view.store, owner, view.as_of)
    return digest_content(
        view, owner_row(view.store, owner), previous=before["content"] if before else None, quiet=quiet
    )


def _previous(store: Store, owner: str, as_of: str) -> dict[str, Any] | None:
    """The digest before this moment's day: one of the same day is made anew, not followed."""
    found = store.delivery.digests(owner=owner, before=as_of[:10])
    return found[0] if found else None


def _stored(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "digest_id": digest_name(content),
        "owner": content["owner"],
        "period_from": content["period"]["from"],
        "period_to": content["period"]["to"],
        "as_of": content["as_of"],
        "content": dict(content),
    }
