"""/series, /volumes and /counts/weekly: numbers by day and by week, with their denominators."""

from flask import Response

from api.access import EVERYONE, allow, small_cell
from api.db import store
from api.description import resource
from api.queries import SeriesQuery, VolumeQuery, WeeklyQuery
from api.representation import listing
from api.rows import Listed, SeriesRow, VolumeRow
from api.rows_findings import WeeklyRow

blueprint = resource("counts")


class Series(Listed[SeriesRow]):
    """A page of series."""


class Volumes(Listed[VolumeRow]):
    """A page of daily volumes."""


class WeeklyCounts(Listed[WeeklyRow]):
    """A page of the ledger."""


@blueprint.get("/series", responses={200: Series}, summary="What is counted by day")
@allow(EVERYONE, "volumes")
def list_series(query: SeriesQuery) -> Response:
    """Keys for /volumes and /changes."""
    page = store().search.counts.series(stream=query.stream, limit=query.limit, cursor=query.cursor)
    return listing(page, SeriesRow, chosen=query.format)


@blueprint.get("/volumes", responses={200: Volumes}, summary="Counts by series and day")
@allow(EVERYONE, "volumes")
def list_volumes(query: VolumeQuery) -> Response:
    """Raw and unique documents, reporters, customers, and requests as denominator."""
    page = store().search.counts.volumes(
        query.wanted(), small_cell=small_cell(), limit=query.limit, cursor=query.cursor
    )
    return listing(page, VolumeRow, chosen=query.format)


@blueprint.get("/counts/weekly", responses={200: WeeklyCounts}, summary="The weekly account, newest first")
@allow(EVERYONE, "counts")
def list_weekly(query: WeeklyQuery) -> Response:
    """Claimed, corroborated, adjudicated and estimated, never merged, with exposure, interval and revisions."""
    page = store().search.counts.weekly(query.wanted(), small_cell=small_cell(), limit=query.limit, cursor=query.cursor)
    return listing(page, WeeklyRow, chosen=query.format)
