"""What the pages of themes are put together from: the search, links that sort, the days counted."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import request

from api.access import STAFF, may
from api.db import store, workspace
from jobs.store_theme_queries import RECENT_DAYS


def themes_found(text: str | None) -> Any:
    """What a search found, None where nothing was sought; product managers get no hits in texts."""
    if text is None or not text.strip():
        return None
    from jobs.theme_search import find_themes

    return find_themes(store(), workspace(), text, texts=may(STAFF))


def sorted_address(sort: str) -> str:
    """This page in another order, from its first row."""
    kept = {name: value for name, value in request.args.items() if name not in ("cursor", "sort") and value}
    return f"{request.path}?{urlencode({**kept, 'sort': sort})}"


def recent_from(as_of: str | None) -> str | None:
    """The first of the 28 days that counts are of."""
    if as_of is None:
        return None
    return (date.fromisoformat(as_of[:10]) - timedelta(days=RECENT_DAYS - 1)).isoformat()
