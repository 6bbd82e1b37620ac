"""Keyset paging for every list of the API and the command line: stable pages while rows are being added."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from jobs.store_rows import records


class BadCursor(ValueError):
    """A cursor that no page of this list handed out."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A query to page through. `order` names columns of its result that are unique together."""

    sql: str
    parameters: Mapping[str, Any]
    order: tuple[str, ...]
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, the cursor of the next page (None on the last), and how many rows match in all."""

    rows: list[dict[str, Any]]
    next_cursor: str | None
    total: int
    extra: Mapping[str, Any] = field(default_factory=dict)


def encode_cursor(key: list[Any]) -> str:
    """The sort key of a row as URL-safe text.

    >>> decode_cursor(encode_cursor(["2026-03-01", "d1"]), 2)
    ['2026-03-01', 'd1']
    """
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_cursor(text: str, length: int) -> list[str | int | float]:
    """The sort key of a cursor; raises `BadCursor` for anything that is not one of this length."""
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, UnicodeError, ValueError):
        key = None
    sound = isinstance(key, list) and len(key) == length
    if not sound or not all(type(part) in (str, int, float) for part in key):
        raise BadCursor("expected a cursor from a page of this list, got other text; leave it out to start again")
    return list(key)


def read_page(db: Database, listing: Listing, *, limit: int, cursor: str | None) -> Page:
    """One page of at most `limit` rows, in the order of the listing."""
    parameters = dict(listing.parameters)
    total = db.execute(f"SELECT count(*) FROM ({listing.sql})", parameters).fetchone()[0]
    where = ""
    if cursor is not None:
        key = decode_cursor(cursor, len(listing.order))
        parameters |= {f"after_{place}": part for place, part in enumerate(key)}
        marks = ", ".join(f":after_{place}" for place in range(len(key)))
        where = f"WHERE ({', '.join(listing.order)}) {'<' if listing.descending else '>'} ({marks})"
    order = ", ".join(f"{name} {'DESC' if listing.descending else 'ASC'}" for name in listing.order)
    sql = f"SELECT * FROM ({listing.sql}) {where} ORDER BY {order} LIMIT :page_limit"
    rows = records(db, sql, {**parameters, "page_limit": limit + 1})
    more = len(rows) > limit
    rows = rows[:limit]
    last = encode_cursor([rows[-1][name] for name in listing.order]) if more else None
    return Page(rows=rows, next_cursor=last, total=total)


def cut_page(
    rows: list[dict[str, Any]], key: Callable[[dict[str, Any]], list[Any]], *, limit: int, cursor: str | None
) -> Page:
    """One page of rows that are few enough to have been read whole, by descending `key`, unique among them."""
    ordered = sorted(rows, key=key, reverse=True)
    if cursor is not None:
        after = decode_cursor(cursor, len(key(rows[0])) if rows else 2)
        try:
            ordered = [row for row in ordered if key(row) < after]
        except TypeError:
            raise BadCursor(
                "expected a cursor of this order, got one of another; leave it out to start again"
            ) from None
    page = ordered[:limit]
    last = encode_cursor(key(page[-1])) if len(ordered) > limit else None
    return Page(rows=page, next_cursor=last, total=len(rows))
