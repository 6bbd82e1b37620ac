"""What the API answers about the weekly report and the bridge between two versions."""

from typing import Any

from pydantic import Field

from api.rows import Row


class ReportFigure(Row):
    """A number of a text."""

    shown: str = Field(description="as it is written")
    cell: str = Field(description="its reference in `cells`")
    value: float | None


class ReportLine(Row):
    """One of the five lines."""

    key: str
    title: str
    text: str
    change: str
    confidence: str = Field(description="high, fair, low or cannot tell")
    confidence_because: str
    owner: str
    next_step: str
    figures: list[ReportFigure]


class WeeklyReport(Row):
    """The one-pager of a week and kind; every number of its texts is a cell."""

    title: str
    kind: str
    week: str
    by: str
    as_of: str
    headline: str
    lines: list[ReportLine]
    slices: list[dict[str, str]]
    notes: list[str]
    method: list[str]
    chart: dict[str, Any] = Field(description="a Vega-Lite specification")
    cells: dict[str, float | None] = Field(description="the ledger object: week/slice/column")
    derived: dict[str, str] = Field(description="how those cells were computed that no row has")


class BridgeRow(Row):
    """Unique documents of a week, kind and slice under two versions; counts are null where `suppressed`."""

    week: str
    kind: str
    slice: str
    version_before: str
    version_after: str
    taxonomy_before: str
    taxonomy_after: str
    since: str = Field(description="as of when the second took over")
    unique_before: int | None = Field(description="of what both versions read")
    unique_after: int | None = Field(description="of what both versions read")
    both: int | None = Field(description="the same under both")
    unread_before: int | None = Field(description="of this kind now, never read by the version before")
    as_of: str
    suppressed: bool
