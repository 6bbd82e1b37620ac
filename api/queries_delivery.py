"""What a request about silences and deliveries may ask for."""

from typing import Literal

from pydantic import BaseModel, Field

from api.queries import Name, Paging, Strict
from jobs.store_search_delivery import NotificationFilter


class SilenceQuery(Paging):
    """Which silences."""

    in_force: bool | None = Field(None, description="those that hold on the as-of day, or those that are over")


class NotificationQuery(Paging):
    """Which deliveries; those that have not arrived unless asked otherwise."""

    state: Literal["open", "waiting", "all", "pending", "claimed", "failed", "uncertain", "dead", "sent"] = Field(
        "open", description="`open`: all but those sent; `waiting`: those that are tried by themselves"
    )
    owner: Name | None = None

    def wanted(self) -> NotificationFilter:
        """The store's filter."""
        return NotificationFilter(self.state, self.owner)


class NotificationPath(BaseModel):
    """A delivery's id."""

    notification_id: Name


class RetryBody(Strict):
    """Whether the receiver was asked about a delivery of unknown outcome."""

    not_arrived: bool = Field(False, description="the receiver was asked and does not have it")


class ArrivedBody(Strict):
    """Nothing but the word that it arrived."""
