"""Pages of the dashboard on which themes are corrected: the forms of a theme, a split before it is made, all edits."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from api.access import EVERYONE, REVEALERS, allow
from api.actions import found
from api.actions_curation import edit, one, parts, place_of, shown, undo
from api.db import store
from api.forms import back, sent
from api.page_parts import asked, base_context, next_address
from api.queries import Name, Strict
from api.queries_curation import EditBody, EditQuery, UndoBody
from jobs.curation_words import follows, told

blueprint = Blueprint("pages_curation", __name__)

FIELDS = ("action", "reason", "name", "into", "parts", "document_id", "out", "other")
FOLLOWS = "Documents and counts follow at the next run."


class SplitQuery(Strict):
    """Into how many parts."""

    parts: int = Field(2, ge=2, le=20)


class MoveBody(UndoBody):
    """Into which theme a document goes; without one into none."""

    to: Name | None = None


@blueprint.get("/themes/edits")
@allow(EVERYONE, "themes")
def edits() -> str:
    """Every edit, newest first."""
    query = asked(EditQuery)
    page = store().curation.page(theme=query.theme, limit=query.limit, cursor=query.cursor)
    return render_template(
        "theme_edits.html",
        rows=[{**row, "told": told(row)} for row in shown(page.rows)],
        page=page,
        query=query,
        next=next_address(page),
        **base_context(),
    )


@blueprint.post("/themes/<theme_id>/edits")
@allow(REVEALERS, "themes")
def edit_theme(theme_id: str) -> ResponseReturnValue:
    """One of the forms of a theme's page."""
    body = sent(EditBody, *FIELDS)
    with store().transaction():
        made = edit(theme_id, body.action, body.given(theme_id), body.reason)
        said = told(one(made["edit_id"]))
    flash(f"{made['edit_id']}: {said}; {follows(body.action)}")
    if body.action == "split":
        return redirect(url_for("pages_findings.theme", theme_id=theme_id), 303)
    return back(url_for("pages_findings.theme", theme_id=theme_id))


@blueprint.get("/themes/<theme_id>/split")
@allow(REVEALERS, "themes")
def split(theme_id: str) -> str:
    """What a split would make, and the form that makes it."""
    theme = found(store().curation.theme(theme_id), f"theme {theme_id!r}")
    query = asked(SplitQuery)
    made = parts(theme_id, {"into": query.parts})
    return render_template("theme_split.html", theme=theme, parts=made, query=query, **base_context())


@blueprint.post("/documents/<id:document_id>/theme")
@allow(REVEALERS, "themes")
def move_document(document_id: str) -> ResponseReturnValue:
    """The form of a document's page: into another theme, or into none."""
    body = sent(MoveBody, "to", "reason")
    where = body.to or place_of(document_id)
    with store().transaction():
        made = edit(where, "move", {"document_id": document_id, "to": body.to}, body.reason)
    flash(f"{made['edit_id']}: the document goes {f'into {body.to}' if body.to else 'into no theme'}. {FOLLOWS}")
    return back(url_for("pages_documents.document", document_id=document_id))


@blueprint.post("/themes/edits/<edit_id>/undo")
@allow(REVEALERS, "themes")
def undo_edit(edit_id: str) -> ResponseReturnValue:
    """The form beside an edit."""
    body = sent(UndoBody, "reason")
    with store().transaction():
        done = undo(edit_id, body.reason)
    rested = f" {', '.join(done['void'])} rested on it and holds no longer." if done["void"] else ""
    flash(f"{edit_id} is taken back.{rested} {FOLLOWS}")
    return back(url_for("pages_curation.edits"))


def living_themes(stream: str, *, but: str | None = None) -> list[dict[str, str]]:
    """Themes that documents can be in, for forms: theme_id and name."""
    return [row for row in store().curation.living(stream) if row["theme_id"] != but]


blueprint.add_app_template_global(living_themes)
