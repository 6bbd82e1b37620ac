"""What the API answers about changes, alerts and weekly counts."""

from typing import Any

from pydantic import Field

from api.rows import Row


class ChangeRow(Row):
    """A changepoint with its explanation; days by occurrence, `ratio` null for a birth."""

    change_id: str
    series: str
    title: str
    theme_id: str | None
    hazard: str | None
    day: str
    day_low: str
    day_high: str
    direction: str
    type: str
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    before_mean: float = Field(description="reporters a day before")
    after_mean: float = Field(description="reporters a day after")
    p_value: float | None
    q_value: float | None
    score: float
    reporters: int
    customers: int
    detected_on: str | None
    ends_on: str | None
    confirmed: bool = Field(description="whether later days bear it out")
    coverage: str | None = Field(description="the coverage change that explains it, if one does")
    as_of: str
    explanation: dict[str, Any]


class AlertRow(Row):
    """An alert."""

    alert_id: str
    series: str
    theme_id: str | None
    direction: str
    state: str
    type: str
    hazard: str
    title: str
    day: str
    detected_on: str
    owner: str
    owner_name: str
    members: list[str] = Field(description="ids of the changes it stands for")
    raised_as_of: str
    updated_as_of: str
    acknowledged_at: str | None
    acknowledged_by: str | None


class AlertEvent(Row):
    """What happened to an alert."""

    happened_at: str
    actor: str
    action: str
    detail: Any


class Alert(AlertRow):
    """An alert with the changes it stands for, the leading one first, and its events."""

    changes: list[ChangeRow]
    events: list[AlertEvent]


class Revision(Row):
    """What a week's count was at an earlier as-of."""

    as_of: str
    claimed_unique: int


class WeeklyRow(Row):
    """A line of the ledger; every number about claims is null where `suppressed`."""

    week: str
    kind: str
    slice: str
    claimed_raw: int | None
    claimed_unique: int | None
    reporters: int | None
    customers: int | None
    unknown_reporters: int | None
    collapsed: dict[str, Any] | None
    top_reporter_share: float | None
    effective_reporters: float | None
    claims_estimated: float | None
    claims_low: float | None
    claims_high: float | None
    correction: str
    corroborated: int | None
    adjudicated: int | None
    wrongful_estimated: float | None
    wrongful_low: float | None
    wrongful_high: float | None
    audited: int | None
    requests: float | None = Field(description="denominator of per_10k_requests")
    blocked: float | None
    active_customers: float | None
    per_10k_requests: float | None
    per_10k_requests_low: float | None
    per_10k_requests_high: float | None
    completeness: float | None
    partial: bool
    detail: dict[str, Any] | None
    as_of: str
    revisions: list[Revision] | None
    suppressed: bool
