"""What a request may ask for: query parameters and bodies, checked before any view runs."""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from jobs.store_search_counts import AUTO, CountFilter, VolumeFilter
from jobs.store_search_documents import DocumentFilter
from jobs.store_search_findings import AlertFilter, ChangeFilter

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Week = Annotated[str, StringConstraints(pattern=r"^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$")]
Stream = Literal["feedback", "usage_anomaly"]
SEGMENT = re.compile(r"segment\.([A-Za-z0-9_-]{1,64})")


class Strict(BaseModel):
    """Parameters nobody knows are refused: a misspelt filter must not silently return everything."""

    model_config = ConfigDict(extra="forbid")


class Format(Strict):
    """How the answer is written."""

    format: Literal["json", "csv"] | None = Field(None, description="or send Accept: text/csv")


class Paging(Format):
    """Which part of a list."""

    limit: int = Field(50, ge=1, le=1000, description="rows on a page")
    cursor: Annotated[str, StringConstraints(max_length=600)] | None = Field(
        None, description="from `next` of the page before"
    )


class Days(Paging):
    """A half-open range of UTC days."""

    from_: date | None = Field(None, alias="from", description="first day, ISO 8601")
    to: date | None = Field(None, description="first day not wanted, ISO 8601")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ and self.to and self.from_ >= self.to:
            raise ValueError(f"expected from before to, got {self.from_} and {self.to}; the range is half-open")
        return self

    def days(self) -> dict[str, str | None]:
        """The range as the store's filters take it."""
        return {
            "day_from": self.from_.isoformat() if self.from_ else None,
            "day_to": self.to.isoformat() if self.to else None,
        }


class DocumentQuery(Days):
    """Which documents; segments as `segment.plan=pro`."""

    model_config = ConfigDict(extra="allow")

    q: Annotated[str, StringConstraints(max_length=300)] | None = Field(
        None, description='words, "a phrase", prefix*, -not'
    )
    stream: Stream | None = None
    kind: Name | None = None
    harm_domain: Name | None = None
    theme: Name | None = Field(None, description="a theme id, or `unassigned`")
    source: Name | None = None
    mitigation: Name | None = None
    watch: Name | None = Field(None, description="a watchlist's id: documents that match it")
    novel: bool | None = Field(None, description="with `watch`: what is new within it, or what is not")

    @model_validator(mode="after")
    def _only_segments(self) -> Self:
        for name in self.model_extra or {}:
            if not SEGMENT.fullmatch(name):
                raise ValueError(f"unknown parameter {name[:60]!r}; filters are named in /openapi/openapi.json")
        return self

    def wanted(self, *, search_critical: bool) -> DocumentFilter:
        """The store's filter."""
        extra: dict[str, Any] = self.model_extra or {}
        segments = tuple(sorted((name.removeprefix("segment."), str(value)) for name, value in extra.items()))
        names = ("stream", "kind", "harm_domain", "theme", "source", "mitigation", "watch", "novel")
        given: dict[str, Any] = {name: getattr(self, name) for name in names} | self.days()
        return DocumentFilter(text=self.q or None, segments=segments, search_critical=search_critical, **given)


class SeriesQuery(Paging):
    """Which series."""

    stream: Stream | None = None


class VolumeQuery(Days):
    """Which daily volumes."""

    limit: int = Field(400, ge=1, le=5000, description="rows on a page")
    series: Name | None = Field(None, description="a key of /series, such as feedback/total")
    theme: Name | None = None

    def wanted(self) -> VolumeFilter:
        """The store's filter."""
        return VolumeFilter(series=self.series, theme=self.theme, **self.days())


class ChangeQuery(Days):
    """Which changepoints."""

    series: Name | None = None
    theme: Name | None = None
    direction: Literal["up", "down"] | None = None

    def wanted(self) -> ChangeFilter:
        """The store's filter."""
        return ChangeFilter(series=self.series, theme=self.theme, direction=self.direction, **self.days())


class AlertQuery(Paging):
    """Which alerts."""

    state: Literal["open", "new", "ongoing", "escalating", "resolved", "regressed", "closed"] | None = Field(
        None, description="`open`: neither resolved nor closed by somebody; `closed`: by somebody"
    )
    owner: Name | None = None
    theme: Name | None = None
    hazard: Literal["low", "elevated", "critical"] | None = None
    acknowledged: bool | None = None

    def wanted(self) -> AlertFilter:
        """The store's filter."""
        return AlertFilter(
            state=self.state,
            owner=self.owner,
            theme=self.theme,
            hazard=self.hazard,
            acknowledged=self.acknowledged,
        )


class WeeklyQuery(Paging):
    """Which rows of the ledger; weeks half-open."""

    limit: int = Field(400, ge=1, le=5000, description="rows on a page")
    kind: Literal["over_block", "under_block"] | None = None
    slice: Name | None = Field(None, description="`all`, or such as harm_domain=cyber")
    from_: Week | None = Field(None, alias="from", description="first week, such as 2026-W10")
    to: Week | None = Field(None, description="first week not wanted")
    span: Literal["auto", "1", "4", "all"] = Field(
        "auto", description="weeks a row is of; `auto`: 4 where the slice is sparse, else 1"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ and self.to and self.from_ >= self.to:
            raise ValueError(f"expected from before to, got {self.from_} and {self.to}; the range is half-open")
        return self

    def wanted(self) -> CountFilter:
        """The store's filter."""
        span = {"auto": AUTO, "1": 1, "4": 4, "all": None}[self.span]
        return CountFilter(kind=self.kind, slice=self.slice, week_from=self.from_, week_to=self.to, span=span)


class RunQuery(Paging):
    """Which executions of jobs."""

    job: Name | None = None
    state: Literal["running", "done", "failed", "skipped"] | None = None


class CoverageQuery(Paging):
    """Which coverage changes."""

    stream: Stream | None = None


class DocumentPath(BaseModel):
    """A document's id."""

    document_id: Name


class ThemePath(BaseModel):
    """A theme's id."""

    theme_id: Name


class AlertPath(BaseModel):
    """An alert's id."""

    alert_id: Name


class RevealBody(Strict):
    """Why a withheld text must be read."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)]


class AcknowledgeBody(Strict):
    """What to note beside the acknowledgement."""

    note: Note = ""


class AlertActBody(Strict):
    """What is done with an alert, with what that needs: assign an owner, ticket, snooze until, close with an action."""

    act: Literal["ack", "assign", "ticket", "snooze", "wake", "useful", "not-useful", "close", "reopen", "settle"]
    owner: Note = Field("", description="of owners.yaml; with assign")
    ticket: Note = Field("", description="number or http address; with ticket")
    until: Note = Field("", description="the first day on which it is told again, within 28; with snooze")
    action: Note = Field("", description="what was done, such as a release or a label campaign; with close")
    note: Note = ""
