"""What the API answers about grave documents."""

from typing import Any

from pydantic import Field

from api.rows import Row


class TriageReason(Row):
    """One rule that holds, and what it found in words; never the document's own."""

    rule: str
    words: str
    probability: float


class TriageRow(Row):
    """A document in triage, without its text."""

    document_id: str
    state: str = Field(description="`open` or `closed`")
    received_at: str
    raised_at: str = Field(description="when it was queued, by the clock on the wall")
    source: str
    segments: dict[str, Any]
    mitigation: str | None
    kind: str | None = Field(description="of the most probable critical combination, but for distress alone")
    kind_probability: float | None
    harm_domain: str | None
    harm_domain_probability: float | None
    probability: float = Field(description="of hazard `critical`")
    score: float = Field(description="of the strongest reason; the list goes by it")
    reasons: list[TriageReason]
    owner: str | None = Field(description="null until somebody is told")
    owner_name: str | None
    told_at: str | None = Field(description="when a channel took the message; null as long as none has")
    told_to: list[str] = Field(description="the channels that took it")
    outcome: str | None = Field(description="`grave`, `not_grave`, `duplicate` or `handled`; null while open")
    closed_at: str | None
    closed_by: str | None
    close_reason: str | None
    versions: dict[str, Any]


class TriageDelivery(Row):
    """What became of the message on one channel."""

    channel: str
    state: str
    sent_at: str | None
    error: str | None


class TriageEvent(Row):
    """What a person did."""

    happened_at: str
    actor: str
    action: str
    detail: Any


class TriageDocument(TriageRow):
    """A document in triage with the deliveries of its message and what people did."""

    deliveries: list[TriageDelivery]
    events: list[TriageEvent]
