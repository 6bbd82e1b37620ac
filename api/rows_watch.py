"""What the API answers about watchlists."""

from typing import Any

from pydantic import Field

from api.rows import DocumentRow, Row


class WatchlistRow(Row):
    """A watchlist; counts of the last 28 days before the as-of day are null where `suppressed`.

    For product managers `query`, `novel`, `total`, `last_seen` and the counts of seven days are null, and there
    are no series: who sees a count and a part of it can subtract.
    """

    watchlist: str
    name: str
    owner: str | None = Field(description="as the file says, else whose its newest alert is")
    hazard: str | None
    since: str = Field(description="the moment it was first run")
    query: dict[str, Any] | None = Field(description="what it looks for")
    floor: int = Field(description="fewest distinct reporters within `floor_days` that matter")
    floor_days: int
    false_alerts_per_week: float = Field(description="its own budget")
    documents: int | None
    unique_documents: int | None
    reporters: int | None
    customers: int | None
    novel: int | None = Field(description="unique documents in no theme, or in one born within a fortnight of them")
    documents_7d: int | None
    unique_7d: int | None
    reporters_7d: int | None
    last_seen: str | None = Field(description="day of its newest document")
    total: int | None = Field(description="documents of all days")
    open_alerts: int
    suppressed: bool


class Why(Row):
    """Why a document matches; null where its text is withheld from the reader."""

    words: list[str] | None = Field(description="words and phrases of the query that it says")
    example: str | None = Field(description="the nearest example sentence, if it is near enough")
    similarity: float | None = Field(description="to the nearest example; null without examples")
    novel: bool


class MatchRow(DocumentRow):
    """A document that a watchlist matches."""

    why: Why


class WatchAlert(Row):
    """An alert about a series of the watchlist."""

    alert_id: str
    series: str
    title: str
    state: str
    type: str
    hazard: str
    day: str
    detected_on: str
    owner: str


class Watchlist(WatchlistRow):
    """A watchlist with its series, its alerts and the newest documents that match (none for product managers)."""

    series: list[str]
    alerts: list[WatchAlert]
    matches: list[MatchRow]
    next: str | None = Field(description="address of the next documents; null on the last page")
