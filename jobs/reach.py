"""How an owner is reached: the channels of owners.yaml, and where to turn when they fail."""

import hashlib
from typing import Any

from jobs.channel_options import Options, identity, options_of
from jobs.store import Store

Row = dict[str, Any]

FALLBACK: tuple[Options, ...] = ({"type": "file", "path": "digests"},)


def channels_by_owner(store: Store) -> dict[str, tuple[Options, ...]]:
    """The channels each owner listed, as options; the directory digests for one who listed none."""
    listed = {row["owner_id"]: tuple(map(options_of, row["channels"])) for row in store.reference.owners()}
    return {owner: channels or FALLBACK for owner, channels in listed.items()}


def tiers(store: Store, owner: str, *, urgent: bool, default: str) -> list[tuple[Options, ...]]:
    """Groups of channels for a grave report, to be tried one group after the other until one takes it.

    The owner's urgent channels (only if it is `urgent`), those of every other message, the files of the default owner.
    """
    known = {row["owner_id"]: row for row in store.reference.owners()}
    own = known.get(owner, {"urgent": None, "channels": []})
    files = [entry for entry in known.get(default, {"channels": []})["channels"] if options_of(entry)["type"] == "file"]
    groups = [(own["urgent"] or []) if urgent else [], own["channels"], files or list(FALLBACK)]
    return [tuple(options_of(entry) for entry in group) for group in groups if group]


def triage_channels(store: Store, owner: str, *, default: str) -> dict[str, Options]:
    """Every channel that a grave report for this owner may go to, by its name."""
    groups = tiers(store, owner, urgent=True, default=default)
    return {identity(options): options for group in groups for options in group}


def owner_row(store: Store, owner: str) -> Row:
    """An owner as owners.yaml says, or as one that it does not name."""
    known = {row["owner_id"]: row for row in store.reference.owners()}
    return known.get(owner, {"owner_id": owner, "name": owner, "cadence": "weekly", "channels": list(FALLBACK)})


def notification_id(*parts: str) -> str:
    """The id of a delivery: the same news to the same channel has the same id, for ever.

    >>> notification_id("A1", "new", "file", "2026-03-01") == notification_id("A1", "new", "file", "2026-03-01")
    True
    """
    return "N" + hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
