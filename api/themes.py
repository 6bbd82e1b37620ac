"""/themes: what people write about, followed over time."""

from flask import Response, jsonify

from api.access import EVERYONE, STAFF, allow, may, small_cell
from api.actions import found
from api.db import store
from api.description import resource
from api.queries import ThemePath, ThemeQuery
from api.representation import listing
from api.rows import Listed, Theme, ThemeRow

blueprint = resource("themes")


class Themes(Listed[ThemeRow]):
    """A page of themes."""


@blueprint.get("/themes", responses={200: Themes}, summary="Themes, those with most reporters first")
@allow(EVERYONE, "themes")
def list_themes(query: ThemeQuery) -> Response:
    """Counts are of the 28 days before the as-of day, beside the 28 before those."""
    page = store().search.themes.page(
        stream=query.stream,
        state=query.state,
        small_cell=small_cell(),
        limit=query.limit,
        cursor=query.cursor,
    )
    return listing(page, ThemeRow, chosen=query.format)


@blueprint.get("/themes/<theme_id>", responses={200: Theme}, summary="One theme")
@allow(EVERYONE, "themes")
def show_theme(path: ThemePath) -> Response:
    """Lineage, segments, phrases and exemplars (none for product managers)."""
    theme = store().search.themes.theme(path.theme_id, small_cell=small_cell(), exemplars=may(STAFF))
    return jsonify(found(theme, f"theme {path.theme_id!r}"))
