"""/themes: what people write about, followed over time."""

from flask import Response, jsonify

from api.access import EVERYONE, STAFF, allow, may, small_cell
from api.actions import found
from api.db import store, workspace
from api.description import resource
from api.queries import ThemePath
from api.queries_themes import ThemeQuery, ThemeSearchQuery
from api.representation import listing
from api.rows import Listed
from api.rows_themes import Theme, ThemeRow, ThemesFound

blueprint = resource("themes")


class Themes(Listed[ThemeRow]):
    """A page of themes."""


@blueprint.get("/themes", responses={200: Themes}, summary="Themes, those with most reporters first")
@allow(EVERYONE, "themes")
def list_themes(query: ThemeQuery) -> Response:
    """Counts are of the 28 days before the as-of day, beside the 28 before those."""
    page = store().search.themes.page(query.wanted(), small_cell=small_cell(), limit=query.limit, cursor=query.cursor)
    return listing(page, ThemeRow, chosen=query.format)


@blueprint.get("/themes/search", responses={200: ThemesFound}, summary="Themes that speak of some words, and why")
@allow(EVERYONE, "themes")
def search_themes(query: ThemeSearchQuery) -> Response:
    """By name, phrases, meaning and, but for product managers, the full text of their documents."""
    from jobs.theme_search import find_themes

    answer = find_themes(store(), workspace(), query.q, texts=may(STAFF), limit=query.limit)
    return jsonify({"items": answer.rows, "notes": answer.notes, "as_of": store().search.status.as_of()})


@blueprint.get("/themes/<theme_id>", responses={200: Theme}, summary="One theme")
@allow(EVERYONE, "themes")
def show_theme(path: ThemePath) -> Response:
    """History, lineage, kin, segments, phrases, edits, and (but for product managers) exemplars and watchlists."""
    theme = store().search.themes.theme(path.theme_id, small_cell=small_cell(), exemplars=may(STAFF))
    one = found(theme, f"theme {path.theme_id!r}")
    return jsonify({**one, "links": store().anomalies.ties(path.theme_id, one["stream"]) if may(STAFF) else []})
