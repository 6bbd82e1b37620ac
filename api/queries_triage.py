"""What a request about grave documents may ask for."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.queries import Days, Name, Strict
from jobs.store_search_triage import TriageFilter

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Outcome = Literal["grave", "not_grave", "duplicate", "handled"]


class TriageQuery(Days):
    """Which documents in triage, by days of arrival."""

    state: Literal["open", "closed"] | None = None
    owner: Name | None = None
    harm_domain: Name | None = Field(None, description="what is feared")

    def wanted(self, owners: tuple[str, ...] | None) -> TriageFilter:
        """The store's filter; `owners`: those whose documents the reader may see, None for all."""
        return TriageFilter(
            state=self.state, owner=self.owner, harm_domain=self.harm_domain, owners=owners, **self.days()
        )


class CloseBody(Strict):
    """What a document was, and why it is closed."""

    outcome: Outcome
    reason: Words


class ReopenBody(Strict):
    """Why a document is opened again."""

    reason: Words
