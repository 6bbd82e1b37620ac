"""How long a document has been waiting, by the clock the workspace goes by."""

from datetime import datetime

from jobs.settings import Settings
from jobs.store import Store
from jobs.store_keys import timestamp


def clock(store: Store, settings: Settings, now: datetime) -> str:
    """The moment ages are counted to, ISO 8601 UTC: the newest arrival (clock `data`) or the clock on the wall."""
    wall = timestamp(now)
    return wall if settings.clock == "wall" else store.documents.latest_received() or wall


def age(received_at: str, moment: str) -> str:
    """How long ago that was, in hours below two days, else in days.

    >>> age("2026-03-01T08:00:00Z", "2026-03-02T20:00:00Z"), age("2026-03-01T08:00:00Z", "2026-03-09T08:00:00Z")
    ('36 h', '8 d')
    """
    hours = max((datetime.fromisoformat(moment) - datetime.fromisoformat(received_at)).total_seconds() / 3600, 0)
    return f"{hours:.0f} h" if hours < 48 else f"{hours // 24:.0f} d"
