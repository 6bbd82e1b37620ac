"""What several pages of the dashboard put together alike: checked parameters, charts, addresses."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import UnprocessableEntity

from api.access import REVEALERS, STAFF, may, small_cell
from api.db import store
from api.errors import field_problems
from jobs.charts import Spec, volume_chart
from jobs.store_paging import Page
from jobs.store_search_findings import ChangeFilter
from jobs.store_theme_queries import RECENT_DAYS

Q = TypeVar("Q", bound=BaseModel)


def asked(model: type[Q]) -> Q:
    """The query parameters as their model; a field left empty in a form is one not given."""
    given = {name: value for name, value in request.args.items() if value.strip()}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        reasons = "; ".join(f"{entry.field}: {entry.reason}" for entry in field_problems(error))
        raise UnprocessableEntity(reasons[:500]) from None


def next_address(page: Page) -> str | None:
    """This page's address with the cursor of the next page."""
    if page.next_cursor is None:
        return None
    return f"{request.path}?{urlencode({**request.args.to_dict(), 'cursor': page.next_cursor})}"


def series_chart(series: str, title: str, lineage: Sequence[Mapping[str, Any]] = ()) -> Spec:
    """The volume of a series with its changes, all releases in its time and the lineage of its theme, if it has one."""
    search = store().search
    volume = search.counts.volume_frame(series, small_cell=small_cell())
    changes = search.findings.changes(ChangeFilter(series=series), limit=200).rows if may(STAFF) else []
    spec = volume_chart(volume, changes, search.findings.releases(), title, lineage)
    # The page has a heading of its own; the description stays, for those who hear the page.
    return {name: value for name, value in spec.items() if name != "title"}


def compared(stream: str | None) -> bool:
    """Whether the stream (None: any) has data of all the 28 days before the last 28; else a nought there is none."""
    status = store().search.status
    as_of = status.as_of()
    days = [feed["first_day"] for feed in status.feeds() if stream in (None, feed["stream"])]
    if as_of is None or not days:
        return False
    return date.fromisoformat(min(days)) <= date.fromisoformat(as_of[:10]) - timedelta(days=2 * RECENT_DAYS - 1)


def base_context() -> dict[str, Any]:
    """What every signed-in page shows around itself."""
    return {"as_of": store().search.status.as_of(), "staff": may(STAFF), "may_correct": may(REVEALERS)}
