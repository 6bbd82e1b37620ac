"""What a request for the evidence of a number may ask for."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from api.queries import Name, Paging, Week
from jobs.store_search_evidence import Cell

Part = Literal[
    "counted", "collapsed", "corrected", "drawn_here", "drawn_elsewhere", "corroborated", "adjudicated", "audited"
]


class EvidenceQuery(Paging):
    """Which cell of the ledger, and which part of what stands behind it."""

    week: Week
    kind: Literal["over_block", "under_block"] = "over_block"
    slice: Name = Field("all", description="as the ledger writes it, such as harm_domain=cyber")
    span: int = Field(1, ge=1, le=52, description="weeks that the number sums up, the named one being the last")
    part: Part | None = Field(None, description="all of them unless given")

    @model_validator(mode="after")
    def _exists(self) -> Self:
        try:
            date.fromisocalendar(int(self.week[:4]), int(self.week[6:]), 1)
        except ValueError:
            raise ValueError(f"expected a week that exists, got {self.week}; the year has fewer") from None
        return self

    def cell(self) -> Cell:
        """The store's name of it."""
        return Cell(week=self.week, kind=self.kind, slice=self.slice, span=self.span)
