"""/board and /report/brief: both errors of every mitigation side by side, and the page an executive reads."""

from typing import Literal

from flask import Response, jsonify
from werkzeug.exceptions import NotFound

from api.access import STAFF, allow
from api.db import store, workspace
from api.description import resource
from api.queries import Strict
from api.reports import page_policy
from api.rows_board import Board, Brief
from jobs.board import board
from jobs.brief import NoBoard, as_html, as_json, as_markdown, brief

blueprint = resource("board")


class BoardQuery(Strict):
    """Nothing can be chosen."""


class BriefQuery(Strict):
    """How the brief is written."""

    format: Literal["json", "html", "md"] = "json"


@blueprint.get("/board", responses={200: Board}, summary="Over- and under-block of every mitigation")
@allow(STAFF, "mitigations")
def show_board(query: BoardQuery) -> Response:
    """Both errors per the same requests and decisions of the last four weeks that are over, and what to do, ranked."""
    return jsonify(board(store(), workspace().settings))


@blueprint.get("/report/brief", responses={200: Brief}, summary="The executive brief over all mitigations")
@allow(STAFF, "mitigations")
def show_brief(query: BriefQuery) -> Response:
    """One page as JSON, HTML or Markdown; refused if a number of its text is not the board's."""
    try:
        page = brief(store(), workspace().settings)
    except NoBoard as error:
        raise NotFound(str(error)) from None
    if query.format == "json":
        return jsonify(as_json(page))
    if query.format == "md":
        return Response(as_markdown(page), mimetype="text/markdown")
    text = as_html(page)
    return Response(text, mimetype="text/html", headers={"Content-Security-Policy": page_policy(text)})
