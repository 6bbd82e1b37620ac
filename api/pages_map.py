"""The page of the map."""

from flask import Blueprint, render_template

from api.access import EVERYONE, STAFF, allow, may, small_cell
from api.db import store
from api.page_parts import asked, base_context
from api.theme_map import MapPageQuery
from jobs.map_content import COLOURS, map_spec, theme_map

blueprint = Blueprint("pages_map", __name__)

MOST_POINTS = 2_500
"""Documents drawn in a page: more make it slow."""


@blueprint.get("/map")
@allow(EVERYONE, "themes")
def theme_map_page() -> str:
    """Themes as discs, like ones near each other; for staff the newest documents too."""
    query = asked(MapPageQuery)
    staff = may(STAFF)
    colour = (query.colour or "kind") if staff else "rollup"
    found = theme_map(store(), query.stream, small_cell=small_cell(), points=MOST_POINTS if staff else 0)
    return render_template(
        "map.html",
        found=found,
        chart=map_spec(found, colour=colour, linked=True) if found.themes else None,
        colour=colour,
        colours=COLOURS,
        query=query,
        **base_context(),
    )
