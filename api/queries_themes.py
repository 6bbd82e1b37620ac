"""What a request may ask of themes."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.queries import Name, Paging, Stream, Strict
from jobs.theme_filter import ThemeFilter

ThemeId = Annotated[str, StringConstraints(pattern=r"^T\d{4,9}$")]
Sort = Literal["reporters", "size", "ratio", "share", "new", "quality", "alerts", "name"]


class ThemeQuery(Paging):
    """Which themes, in which order."""

    stream: Stream | None = None
    state: Literal["living", "emerging", "active", "dormant", "merged", "retired"] | None = Field(
        None, description="`living`: emerging, active or dormant"
    )
    kind: Name | None = Field(None, description="a fifth of the recent unique documents are of it; or an anomaly type")
    harm_domain: Name | None = Field(None, description="a fifth of the recent unique documents are in it")
    new_since: date | None = Field(None, description="born on this day or later")
    parent: ThemeId | None = Field(None, description="children of this roll-up")
    level: Literal[0, 1] | None = Field(None, description="0: themes that documents are in, 1: roll-ups of these")
    pinned: bool | None = None
    muted: bool | None = None
    sort: Sort = Field("reporters", description="most first; `new`: the newest first, `name`: from A")

    def wanted(self, **instead: str) -> ThemeFilter:
        """The store's filter; `instead` overrides parameters that were not given."""
        given = self.model_dump(include=set(ThemeFilter.__slots__), exclude_none=True)
        if self.new_since is not None:
            given["new_since"] = self.new_since.isoformat()
        return ThemeFilter(**{**instead, **given})


class ThemePageQuery(ThemeQuery):
    """What the page of themes shows: a list, or what a search found."""

    q: Annotated[str, StringConstraints(max_length=300)] | None = None


class ThemeSearchQuery(Strict):
    """What themes are to speak of."""

    q: Annotated[str, StringConstraints(min_length=1, max_length=300)] = Field(
        description="words, or a whole complaint"
    )
    limit: int = Field(10, ge=1, le=100, description="themes at most")
