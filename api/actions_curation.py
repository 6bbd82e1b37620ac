"""What people do to themes, from the API and from the dashboard alike: edit, take back, look at a split first."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from werkzeug.exceptions import Conflict, NotFound, UnprocessableEntity

from api.access import STAFF, actor, may
from api.db import now, store
from jobs import curation
from jobs.curation_rules import BadEdit, StaleEdit, UnknownEdit, UnknownTheme

R = TypeVar("R")

HIDDEN = ("anchors", "before")
"""What an edit keeps for itself."""


def edit(theme_id: str, action: str, given: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """Edit a theme; 404 without it, 409 where it ended or nothing would change, 422 where it cannot be."""
    row = _answered(lambda: curation.make(store(), action, theme_id, given, by=_by(reason)))
    return {"edit_id": row["edit_id"]}


def undo(edit_id: str, reason: str) -> dict[str, Any]:
    """Take an edit back; 404 without it, 409 where it was taken back already."""
    return _answered(lambda: curation.undo(store(), edit_id, by=_by(reason)))


def parts(theme_id: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a split would make."""
    return _answered(lambda: curation.preview(store(), theme_id, given))


def place_of(document_id: str) -> str:
    """The theme a document is in; 404 without the document, 409 where it is in none."""
    return _answered(lambda: curation.place_of(store(), document_id))


def shown(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Edits as the reader may see them, with their state; documents are named for staff alone."""
    state = curation.states(store())
    hidden = HIDDEN if may(STAFF) else (*HIDDEN, "document_id")
    return [
        {name: value for name, value in row.items() if name != "number"}
        | {"detail": {name: value for name, value in row["detail"].items() if name not in hidden}, "state": state(row)}
        for row in rows
    ]


def one(edit_id: str) -> dict[str, Any]:
    """An edit as the reader may see it; 404 if there is none."""
    row = store().curation.edit(edit_id)
    if row is None:
        raise NotFound(f"no edit {edit_id!r}; /themes/edits lists them")
    return shown([row])[0]


def _by(reason: str) -> curation.By:
    return curation.By(f"{actor().holder} ({actor().key_id})", reason, now())


def _answered(write: Callable[[], R]) -> R:
    try:
        return write()
    except (UnknownTheme, UnknownEdit) as error:
        raise NotFound(str(error)) from None
    except StaleEdit as error:
        raise Conflict(str(error)) from None
    except BadEdit as error:
        raise UnprocessableEntity(str(error)) from None
