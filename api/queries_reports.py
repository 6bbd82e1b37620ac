"""What a request about the weekly report or the bridge may ask for."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.queries import Name, Paging, Strict, Week
from jobs.report import Ask
from jobs.store_search_counts import CountFilter

By = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,200}$")]


class ReportQuery(Strict):
    """Which report."""

    kind: Literal["over_block", "under_block"] = "over_block"
    week: Week | None = Field(None, description="such as 2026-W10; without: the last that is over")
    by: By = Field("harm_domain", description="attributes to slice by, such as plan")
    format: Literal["json", "html", "md"] = "json"

    def wanted(self, small_cell: int) -> Ask:
        """The report as the job takes it."""
        return Ask(self.kind, self.week, self.by, small_cell)


class BridgeQuery(Paging):
    """Which weeks of the bridge; half-open."""

    limit: int = Field(400, ge=1, le=5000, description="rows on a page")
    kind: Literal["over_block", "under_block"] | None = None
    slice: Name | None = Field(None, description="`all`, or such as harm_domain=cyber")
    from_: Week | None = Field(None, alias="from", description="first week, such as 2026-W10")
    to: Week | None = Field(None, description="first week not wanted")

    def wanted(self) -> CountFilter:
        """The store's filter."""
        return CountFilter(kind=self.kind, slice=self.slice, week_from=self.from_, week_to=self.to)
