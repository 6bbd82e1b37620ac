"""What a request that edits themes may ask for."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from api.queries import Name, Paging, Strict
from api.queries_triage import Words
from topics.describe import LONGEST_NAME

Action = Literal["rename", "merge", "split", "pin", "unpin", "mute", "unmute", "move", "must_not_merge"]
Set = Annotated[list[Name], Field(min_length=1, max_length=50)]

NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "rename": (("name",),),
    "merge": (("into",),),
    "split": (("parts",), ("documents",)),
    "move": (("document_id",), ("document_id", "out")),
    "must_not_merge": (("other",),),
}
"""Which fields each action takes; the others take none."""


class PartsBody(Strict):
    """How a theme is to be divided: so many parts, or around documents that say what each is about."""

    parts: int | None = Field(None, ge=2, le=20, description="of `split`: so many, by what the documents say")
    documents: Annotated[list[Set], Field(min_length=2, max_length=20)] | None = Field(
        None, description="of `split`: ids of documents of the theme, a set for each part"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if type(self) is PartsBody and (self.parts is None) == (self.documents is None):
            raise ValueError("expected parts or documents, got both or neither")
        return self

    def divided(self) -> dict[str, Any]:
        """As the job takes it."""
        return {"anchors": self.documents} if self.documents else {"into": self.parts}


class EditBody(PartsBody):
    """One edit of a theme, and why. `move` puts a document into this theme, with `out` from it into none."""

    action: Action
    reason: Words
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)] | None = (
        Field(None, description="of `rename`; one line of plain characters is kept")
    )
    into: Name | None = Field(None, description="of `merge`: the theme whose documents these become")
    document_id: Name | None = Field(None, description="of `move`")
    out: bool | None = Field(None, description="of `move`: into no theme at all")
    other: Name | None = Field(None, description="of `must_not_merge`")

    @model_validator(mode="after")
    def _what_it_needs(self) -> Self:
        fields = set(EditBody.model_fields) - {"action", "reason"}
        given = {name for name in fields if getattr(self, name) is not None}
        ways = [set(way) for way in NEEDS.get(self.action, ((),))]
        if given not in ways:
            wanted = " or ".join(" and ".join(sorted(way)) for way in ways if way) or "nothing besides"
            raise ValueError(f"expected {wanted} for {self.action}, got {', '.join(sorted(given)) or 'nothing'}")
        return self

    def given(self, theme_id: str) -> dict[str, Any]:
        """As the job takes it."""
        if self.action == "split":
            return self.divided()
        if self.action == "move":
            return {"document_id": self.document_id, "to": None if self.out else theme_id}
        return {name: getattr(self, name) for name in ("name", "into", "other") if getattr(self, name) is not None}


class EditQuery(Paging):
    """Which edits."""

    theme: Name | None = Field(None, description="those that name this theme")


class UndoBody(Strict):
    """Why an edit is taken back."""

    reason: Words


class EditPath(BaseModel):
    """An edit's id."""

    edit_id: Name
