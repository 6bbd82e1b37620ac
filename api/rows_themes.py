"""What the API answers about themes."""

from typing import Any

from pydantic import Field

from api.rows import DocumentRow, Row
from api.rows_anomalies import ThemeLink


class ThemePart(Row):
    """One value in a mix: how many unique documents of the last 28 days have it, and their share of all that do."""

    value: str
    unique_documents: int
    share: float


class ThemeRow(Row):
    """A theme; counts are of the last 28 days before the as-of day, null where `suppressed`."""

    theme_id: str
    name: str
    named_by: str = Field(description="`fit`, or who named it")
    state: str
    stream: str
    level: int = Field(description="0: documents are in it; 1: a roll-up, whose documents are those of its children")
    parent_id: str | None
    parent_name: str | None
    children: int = Field(description="living children of a roll-up")
    merged_into: str | None
    pinned: bool
    muted: bool
    born_on: str = Field(description="the as-of day of the run that found it")
    first_seen: str | None = Field(description="the first day with a document of it")
    last_seen: str | None
    phrases: list[str]
    quality: dict[str, Any] = Field(description="tightness, separation, coherence, name_inside, name_outside")
    documents: int | None
    unique_documents: int | None
    reporters: int | None
    customers: int | None
    stream_unique_documents: int = Field(description="denominator of `share`")
    share: float | None
    previous_reporters: int | None = Field(description="in the 28 days before those")
    ratio: float | None
    size: int | None = Field(description="unique documents of all days up to the last run; null for product managers")
    size_documents: int | None = Field(description="the same with those collapsed")
    kinds: list[ThemePart] | None = Field(description="divides `unique_documents`; empty for product managers")
    harm_domains: list[ThemePart] | None
    hazard: str | None
    smallest_ratio: float | None = Field(description="the smallest rise that would be found in time")
    open_alerts: int
    suppressed: bool
    trend: list[int] = Field(description="reporters by day, 56 days, oldest first")


class ThemeEvent(Row):
    """Something in a theme's lineage; `detail` is the evidence, `names` those of the themes it speaks of."""

    event: str
    happened_as_of: str
    author: str
    detail: Any
    names: dict[str, str]


class ThemeWeek(Row):
    """A theme in one ISO week; counts are null where `suppressed`."""

    week: str
    day: str = Field(description="its Monday")
    documents: int | None
    unique_documents: int | None
    reporters: int | None
    customers: int | None
    stream_unique_documents: int | None = Field(description="of the whole stream in that week; null if not counted")
    suppressed: bool
    partial: bool = Field(description="the week is not over at the as-of day")


class MixRow(Row):
    """One value in the mix of one theme; null where `suppressed`."""

    value: str
    unique_documents: int | None
    share: float | None
    suppressed: bool


class SegmentRow(Row):
    """A segment's part in a theme and in its whole stream, last 28 days; null where `suppressed`."""

    segment: str
    value: str
    documents: int | None
    reporters: int | None
    customers: int | None
    share: float | None
    stream_share: float | None
    suppressed: bool


class Relative(Row):
    """A theme that this one comes from, is part of, holds, or became."""

    relation: str = Field(description="parent, child, merged_into, merged_from, split_from or split_into")
    theme_id: str
    name: str
    state: str


class Kin(Row):
    """A living theme of the other stream near this one."""

    theme_id: str
    name: str
    state: str
    similarity: float = Field(description="cosine of the two centroids")
    mitigation: str | None = Field(description="the mitigation that both are about; null if none")


class ThemeEdit(Row):
    """What a person changed; in force while `undone_at` is null."""

    edit_id: str
    action: str
    theme_id: str
    detail: Any
    author: str
    reason: str
    made_at: str
    undone_by: str | None
    undone_at: str | None
    undone_reason: str | None


class WatchlistHits(Row):
    """A watchlist that matches documents of the theme."""

    watchlist: str
    documents: int
    novel: int


class Theme(ThemeRow):
    """A theme with all about it; nothing of its texts for product managers."""

    kinds: list[MixRow]  # type: ignore[assignment]
    harm_domains: list[MixRow]  # type: ignore[assignment]
    as_of: str = Field(description="the last of the 28 days that counts are of")
    fit_id: str
    fitted_as_of: str
    fitted_documents: int
    threshold: float
    coverage: float
    embedder_version: str
    history: list[ThemeWeek]
    lineage: list[ThemeEvent]
    family: list[Relative]
    related: list[Kin]
    links: list[ThemeLink] = Field(description="ties to themes of the other stream; empty for product managers")
    edits: list[ThemeEdit]
    watchlists: list[WatchlistHits]
    segments: list[SegmentRow]
    exemplars: list[DocumentRow]


class ThemeHit(Row):
    """A theme that a search found; `why` says how."""

    theme_id: str
    name: str
    state: str
    stream: str
    level: int
    parent_id: str | None
    merged_into: str | None
    phrases: list[str]
    score: float
    similarity: float | None = Field(description="cosine of query and centroid; null where vectors differ in version")
    hits: int = Field(description="unique documents that hold all content words; 0 for product managers")
    unique_documents: int = Field(description="denominator of `hits`, of all days")
    why: list[str]


class ThemesFound(Row):
    """Themes that speak of what was asked, best first."""

    items: list[ThemeHit]
    notes: list[str]
    as_of: str | None
