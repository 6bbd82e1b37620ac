"""/themes/map: where themes and documents stand on the map."""

from typing import Literal

from flask import Response, jsonify
from pydantic import Field

from api.access import EVERYONE, STAFF, allow, may, small_cell
from api.db import store
from api.description import resource
from api.queries import Stream, Strict
from api.rows import Row
from jobs.map_content import theme_map

blueprint = resource("map")

MOST_POINTS = 5_000


class MapQuery(Strict):
    """Which map."""

    stream: Stream = "feedback"


class MapPageQuery(MapQuery):
    """Which map, and what its colours say."""

    colour: Literal["kind", "harm_domain", "rollup"] | None = None


class MapTheme(Row):
    """A theme on the map, `x` from -1.5 to 1.5 and `y` from -1 to 1; counts are of the last 28 days."""

    theme_id: str
    name: str
    state: str
    stream: str
    parent_id: str | None
    parent_name: str | None
    reporters: int | None
    unique_documents: int | None
    hazard: str | None
    kind: str | None = Field(description="the commonest; null for product managers")
    harm_domain: str | None
    x: float
    y: float


class MapPoint(Row):
    """A document on the map: nothing of its text, nor its id."""

    theme_id: str | None
    kind: str | None
    harm_domain: str | None
    x: float
    y: float


class MapAnswer(Row):
    """The map of one stream; no `points` for product managers."""

    stream: str
    themes: list[MapTheme]
    points: list[MapPoint]
    hidden: int = Field(description="themes with fewer customers than may be shown")
    as_of: str | None


@blueprint.get("/themes/map", responses={200: MapAnswer}, summary="The map of themes and of the newest documents")
@allow(EVERYONE, "themes")
def show_map(query: MapQuery) -> Response:
    """Like themes stand near; a theme keeps roughly its place from fit to fit."""
    found = theme_map(store(), query.stream, small_cell=small_cell(), points=MOST_POINTS if may(STAFF) else 0)
    return jsonify(
        {
            "stream": found.stream,
            "themes": found.themes,
            "points": found.points,
            "hidden": found.hidden,
            "as_of": store().search.status.as_of(),
        }
    )
