"""What the API answers about people's edits of themes."""

from typing import Any

from pydantic import Field

from api.rows import DocumentRow, Listed, Row


class EditRow(Row):
    """What a person did to a theme, and whether it holds."""

    edit_id: str
    action: str
    theme_id: str
    name: str = Field(description="the theme's name now")
    stream: str
    detail: dict[str, Any] = Field(description="what the edit says; documents only for staff")
    author: str
    reason: str
    made_at: str
    undone_by: str | None
    undone_at: str | None
    undone_reason: str | None
    state: str = Field(description="`in force`, `taken back`, or `void: …` where what it rests on is no more")


class Edits(Listed[EditRow]):
    """A page of edits."""


class Undone(Row):
    """An edit that was taken back, and what rested on it."""

    edit_id: str
    void: dict[str, str] = Field(description="edits that hold no longer, and why")


class PartRow(Row):
    """What one part of a split would be."""

    theme_id: str = Field(description="the id it would have")
    name: str
    phrases: list[str]
    documents: int
    share: float
    keeps_id: bool = Field(description="it holds four fifths: it stays the theme")
    exemplars: list[DocumentRow]


class Parts(Row):
    """What a split would make; nothing is changed."""

    items: list[PartRow]
