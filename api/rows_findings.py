"""What the API answers about changes, alerts and weekly counts."""

from typing import Any

from pydantic import Field

from api.rows import Row
from api.rows_effects import EffectCheck


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
    closed_at: str | None = Field(description="closed by somebody, and not come back worse since")
    closed_by: str | None
    closed_with: str | None = Field(description="what was done about it")
    snoozed_until: str | None = Field(description="the first day on which it is told again")
    snoozed_by: str | None
    ticket: str | None
    useful: int = Field(description="people who found it useful")
    not_useful: int


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
    effect: EffectCheck | None = Field(description="what came of the action, four weeks after it was closed")


class Revision(Row):
    """What was said of a week at another time; the first is what was said at first."""

    as_of: str
    claimed_unique: int
    claims_estimated: float | None
    reason: str | None = Field(description="why it is not what it was before, as far as it can be told")
    relabelled: int | None = Field(description="by how many unique documents a new classifier alone changed it")


class WeeklyRow(Row):
    """A line of the ledger; every number about claims is null where `suppressed`."""

    week: str = Field(description="the ISO week, or the last of `span` weeks")
    kind: str
    slice: str
    span: int = Field(description="weeks the row is of: 1, or 4 with the three before it")
    unattributed: bool = Field(description="whether it is of documents that do not say: `(none)`")
    claimed_raw: int | None
    claimed_unique: int | None
    reporters: int | None
    customers: int | None = Field(description="distinct over all weeks of the row")
    unknown_reporters: int | None
    collapsed: dict[str, Any] | None
    top_reporter_share: float | None
    effective_reporters: float | None
    suspected_campaign: int | None = Field(description="of the unique claims, those of a suspected campaign")
    claims_estimated: float | None
    claims_low: float | None
    claims_high: float | None
    method: str | None
    correction: str | None = Field(description="what the interval of the estimate covers")
    drift: str | None = Field(description="what changed between the labels and the count; null if nothing did")
    corroborated: int | None
    adjudicated: int | None
    wrongful_estimated: float | None
    wrongful_low: float | None
    wrongful_high: float | None
    audited: int | None
    block_precision: float | None = Field(description="share of audited blocks that were right")
    block_precision_low: float | None
    block_precision_high: float | None
    requests: float | None = Field(description="denominator of per_10k_requests")
    blocked: float | None
    active_customers: float | None
    per_10k_requests: float | None = Field(description="estimated claims per 10,000 requests")
    per_10k_requests_low: float | None
    per_10k_requests_high: float | None
    wrongful_per_10k_requests: float | None = Field(description="of an over-block per 10,000 legitimate requests")
    wrongful_per_10k_requests_low: float | None
    wrongful_per_10k_requests_high: float | None
    customers_per_10k_active: float | None = Field(description="customers who claim per 10,000 active customers")
    seats: float | None = Field(description="of those customers, each once")
    revenue: float | None
    nowcast: float | None = Field(description="what claimed_unique will come to; null once the weeks are complete")
    nowcast_low: float | None
    nowcast_high: float | None
    change_4w: float | None = Field(
        description="ratio to the mean of the four weeks before; null until the week is over"
    )
    change_4w_low: float | None
    change_4w_high: float | None
    completeness: float | None
    partial: bool
    sparse: bool = Field(description="whether a week of the slice has too few claims to say much")
    detail: dict[str, Any] | None
    as_of: str
    revisions: list[Revision] | None
    suppressed: bool
