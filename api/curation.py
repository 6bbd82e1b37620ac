"""/themes/edits: what people did to themes, how they do more, and how it is taken back."""

from dataclasses import replace
from typing import Any

from flask import Response, jsonify

from api.access import EVERYONE, REVEALERS, allow
from api.actions_curation import edit, one, parts, shown, undo
from api.db import store
from api.description import problem_response, resource
from api.once import once
from api.queries import ThemePath
from api.queries_curation import EditBody, EditPath, EditQuery, PartsBody, UndoBody
from api.representation import listing, written
from api.rows_curation import EditRow, Edits, Parts, Undone

blueprint = resource("theme_edits")

CHANGED: Any = {409: problem_response("the theme ended, or what is asked was done already")}


@blueprint.get("/themes/edits", responses={200: Edits}, summary="What people did to themes, newest first")
@allow(EVERYONE, "themes")
def list_edits(query: EditQuery) -> Response:
    """Edits in force survive every fit; documents and counts follow at the next run."""
    page = store().curation.page(theme=query.theme, limit=query.limit, cursor=query.cursor)
    return listing(replace(page, rows=shown(page.rows)), EditRow, chosen=query.format)


@blueprint.get("/themes/edits/<edit_id>", responses={200: EditRow}, summary="One edit")
@allow(EVERYONE, "themes")
def show_edit(path: EditPath) -> Response:
    """With its author, its reason, and whether it holds."""
    return jsonify(one(path.edit_id))


@blueprint.post("/themes/<theme_id>/edits", responses={201: EditRow, **CHANGED}, summary="Edit a theme")
@allow(REVEALERS, "themes")
def edit_theme(path: ThemePath, body: EditBody) -> Response:
    """Names, marks, states and, by a mute, open alerts change at once; documents and counts follow at the next run."""
    made = once(
        lambda: edit(path.theme_id, body.action, body.given(path.theme_id), body.reason),
        status=201,
    )
    return written(one(made["edit_id"]), status=201)


@blueprint.post("/themes/<theme_id>/parts", responses={200: Parts, **CHANGED}, summary="What a split would make")
@allow(REVEALERS, "themes")
def show_parts(path: ThemePath, body: PartsBody) -> Response:
    """Nothing is changed: parts with their sizes, names and exemplars."""
    return jsonify({"items": parts(path.theme_id, body.divided())})


@blueprint.post("/themes/edits/<edit_id>/undo", responses={200: Undone, **CHANGED}, summary="Take an edit back")
@allow(REVEALERS, "themes")
def undo_edit(path: EditPath, body: UndoBody) -> Response:
    """As though it had never been made; later edits that rest on it hold no longer."""
    return written(once(lambda: undo(path.edit_id, body.reason), status=200), status=200)
