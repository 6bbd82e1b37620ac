"""What the API answers about silences and deliveries."""

from pydantic import Field

from api.rows import Row


class SilenceRow(Row):
    """A silence with what it holds back now."""

    silence_id: str
    matcher: dict[str, str] = Field(description="what an alert must be, all of it")
    until: str = Field(description="the first day on which it no longer holds")
    reason: str
    author: str
    created_at: str | None
    in_force: bool
    holds_back: int = Field(description="alerts that would be delivered now were it not for this silence")
    alerts: list[str] = Field(description="their ids")


class NotificationRow(Row):
    """A delivery to one channel of one owner."""

    notification_id: str
    about: str = Field(description="`alert`, `digest` or `triage`")
    about_id: str
    title: str | None = Field(description="of the alert")
    owner: str
    owner_name: str
    channel: str = Field(description="which channel; holds no secret")
    state: str = Field(description="`uncertain`: it may have arrived; `dead`: given up")
    alert_state: str | None
    onset: str | None
    attempts: int
    next_attempt_at: str | None
    claimed_at: str | None
    sent_at: str | None
    error: str | None


class Notification(NotificationRow):
    """A delivery and whether it may be sent again."""

    retryable: bool = Field(description="whether sending it again can do no harm")
