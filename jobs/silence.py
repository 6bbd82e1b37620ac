"""A silence as silences.yaml declares it: what it matches, until when, why and by whom."""

import hashlib
from datetime import date
from typing import Any

from pydantic import field_validator

from jobs.entry import Entry, Name
from jobs.store_reference import DECLARED
from jobs.store_rows import encoded

FILE = "silences.yaml"
KEY = "silences"
MATCHED = (
    "alert_id",
    "series",
    "theme_id",
    "kind",
    "harm_domain",
    "mitigation",
    "anomaly_type",
    "watch",
    "owner",
    "hazard",
    "direction",
    "type",
    "state",
)
"""What a matcher may name: what an alert, its series or the key of its series says."""


class Silence(Entry):
    """A matcher that keeps alerts from being delivered until a day, which is the first one it no longer holds on."""

    matcher: dict[str, str]
    until: date
    reason: Name
    author: Name

    @field_validator("matcher")
    @classmethod
    def _says_something(cls, matcher: dict[str, str]) -> dict[str, str]:
        if not matcher:
            raise ValueError("expected at least one field, or it would silence nothing")
        strange = [name for name in matcher if name not in MATCHED]
        if strange:
            raise ValueError(f"expected fields among {', '.join(MATCHED)}; {strange[0]!r} is none of them")
        return matcher


def silence_row(entry: Silence) -> dict[str, Any]:
    """A row of the table `silence`; the same entry has the same id."""
    told = encoded([entry.matcher, entry.until.isoformat(), entry.author, entry.reason])
    return {
        "silence_id": DECLARED + hashlib.blake2b(told.encode(), digest_size=6).hexdigest(),
        "matcher": encoded(entry.matcher),
        "until": entry.until.isoformat(),
        "reason": entry.reason,
        "author": entry.author,
    }
