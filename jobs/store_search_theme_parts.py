"""What is known about one theme beside its row in the list: weeks, mixes, segments, lineage, kin, texts, edits."""

import re
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from sqlite_utils import Database

from jobs.store_rows import records
from jobs.store_search_documents import DocumentSearch
from jobs.store_search_theme_kin import related
from jobs.store_small_cells import blanked, marked
from jobs.store_theme_queries import (
    ABOUT,
    AS_OF,
    EDITS,
    EFFECTIVE_DOMAIN,
    EFFECTIVE_KIND,
    FAMILY,
    LINEAGE,
    MIX_COUNTS,
    MIX_OF_ONE,
    SEGMENT_COUNTS,
    SEGMENTS,
    STREAM_WEEKS,
    WATCHED,
    WEEK_COUNTS,
    WEEKS,
    WINDOW,
)
from jobs.theme_lineage import themes_alone

Row = dict[str, Any]
WEEK = timedelta(days=7)
MOST_EXEMPLARS = 8
THEME_ID = re.compile(r"T\d{4,}")


class ThemeParts:
    """Read queries about one theme; `small_cell` 0 hides nothing."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def about(self, theme: Row, *, small_cell: int, texts: bool) -> Row:
        """The parts of a theme's page; `texts` False leaves out all that comes of single documents."""
        theme_id, stream = theme["theme_id"], theme["stream"]
        counts: Row = {"kinds": [], "harm_domains": [], "history": [], "segments": []}
        # What a roll-up says less what its children say could be a small cell.
        if not (small_cell and theme["level"]):
            counts = self._counts(theme_id, stream, small_cell)
        found = records(self.db, ABOUT, (theme_id,))[0]
        chosen = found.pop("exemplars")
        return (
            found
            | counts
            | {
                "as_of": self.as_of(),
                "lineage": self.lineage(theme_id, counts=not small_cell),
                "family": records(self.db, FAMILY, {"theme": theme_id}),
                "related": related(self.db, theme_id, stream),
                "edits": records(self.db, EDITS, {"theme": theme_id}),
                "watchlists": records(self.db, WATCHED, {"theme": theme_id}) if texts else [],
                "exemplars": self.exemplars(chosen or self._of_children(theme_id)) if texts else [],
            }
        )

    def _counts(self, theme_id: str, stream: str, small_cell: int) -> Row:
        return {
            "kinds": self.mix(theme_id, EFFECTIVE_KIND, small_cell=small_cell),
            "harm_domains": self.mix(theme_id, EFFECTIVE_DOMAIN, small_cell=small_cell),
            "history": self.weeks(theme_id, stream, small_cell=small_cell),
            "segments": self.segments(theme_id, stream, small_cell=small_cell),
        }

    def as_of(self) -> str:
        """The last of the 28 days that counts are of."""
        return str(self.db.execute(f"SELECT {AS_OF}").fetchone()[0])

    def mix(self, theme_id: str, what: str, *, small_cell: int) -> list[Row]:
        """How the unique documents of the last 28 days divide by an expression, the largest part first."""
        sql = marked(MIX_OF_ONE.format(what=what), group="1", key="value")
        rows = records(self.db, sql, {**WINDOW, "theme": theme_id, "small_cell": small_cell})
        whole = sum(row["documents"] for row in rows)
        rows.sort(key=lambda row: (-row["documents"], row["value"] or ""))
        parts = [{**row, "value": row["value"] or "unknown", "share": row["documents"] / whole} for row in rows]
        kept = blanked(parts, MIX_COUNTS)
        names = {"documents": "unique_documents"}
        return [{names.get(name, name): row[name] for name in row if name != "customers"} for row in kept]

    def weeks(self, theme_id: str, stream: str, *, small_cell: int) -> list[Row]:
        """Counts by ISO week, oldest first, without a gap up to the week of the as-of day, which may be `partial`."""
        # The weeks of the last 28 days add up to what the list shows.
        sql = marked(WEEKS, group="recent", key="monday")
        parameters = {"theme": theme_id, "small_cell": small_cell, "recent": WINDOW["recent"]}
        rows = blanked(records(self.db, sql, parameters), WEEK_COUNTS)
        if not rows:
            return []
        today = date.fromisoformat(self.as_of())
        whole = dict(self.db.execute(STREAM_WEEKS, {"stream": stream}).fetchall())
        known = {date.fromisoformat(row.pop("monday")): row for row in rows if row.pop("recent") is not None}
        none = {**dict.fromkeys(WEEK_COUNTS, 0), "suppressed": False}
        weeks, monday = [], min(known)
        while monday <= max(today, *known):
            counts = {**none, **known.get(monday, {}), "stream_unique_documents": whole.get(monday.isoformat())}
            partial = monday + WEEK > today + timedelta(days=1)
            weeks.append({"week": f"{monday:%G-W%V}", "day": monday.isoformat(), **counts, "partial": partial})
            monday += WEEK
        return weeks

    def segments(self, theme_id: str, stream: str, *, small_cell: int) -> list[Row]:
        """Shares of every segment in the theme and in its stream, last 28 days."""
        sql = f"{marked(SEGMENTS, group='segment', key='value')} ORDER BY segment, unique_documents DESC, value"
        parameters = {"theme": theme_id, "stream": stream, "recent": WINDOW["recent"], "small_cell": small_cell}
        rows = blanked(records(self.db, sql, parameters), SEGMENT_COUNTS)
        return [{name: value for name, value in row.items() if name != "unique_documents"} for row in rows]

    def lineage(self, theme_id: str, *, counts: bool = True) -> list[Row]:
        """Events, newest first; `names` holds the names of the themes that the evidence speaks of.

        Without `counts` the evidence names themes and nothing else: a birth may be of few customers."""
        events = records(self.db, LINEAGE, (theme_id,))
        if not counts:
            events = [{**event, "detail": themes_alone(event["detail"])} for event in events]
        named = [sorted(set(THEME_ID.findall(str(event["detail"]))) - {theme_id}) for event in events]
        names = self.names(sorted({one for ids in named for one in ids}))
        return [
            {**event, "names": {one: names[one] for one in ids if one in names}}
            for event, ids in zip(events, named, strict=True)
        ]

    def names(self, theme_ids: list[str]) -> dict[str, str]:
        """The names of these themes."""
        marks = ", ".join("?" * len(theme_ids))
        return dict(
            self.db.execute(f"SELECT theme_id, name FROM theme WHERE theme_id IN ({marks})", theme_ids).fetchall()
        )

    def _of_children(self, theme_id: str) -> list[Any]:
        """The first exemplars of each child in turn, for a roll-up has none of its own."""
        sql = "SELECT exemplars FROM theme WHERE parent_id = ? ORDER BY theme_id"
        lists = [row["exemplars"] for row in records(self.db, sql, (theme_id,))]
        turns = zip_longest(*lists)
        return [one for turn in turns for one in turn if one is not None][:MOST_EXEMPLARS]

    def exemplars(self, chosen: list[Any]) -> list[Row]:
        """List rows of the exemplars, one of each customer; a customer who is not known counts as one of its own."""
        ids = [str(entry["document_id"]) if isinstance(entry, dict) else str(entry) for entry in chosen]
        marks = ", ".join("?" * len(ids))
        sql = f"SELECT document_id, customer FROM document WHERE document_id IN ({marks})"
        customer = dict(self.db.execute(sql, ids).fetchall())
        first: dict[str, str] = {}
        for one in ids:
            first.setdefault(customer.get(one) or one, one)
        return DocumentSearch(self.db).some(list(first.values()))
