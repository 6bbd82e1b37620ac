"""Finding themes: the list with its filters and orders, what moved most, and one theme with all about it."""

from typing import Any

from sqlite_utils import Database

from jobs.store_paging import Page, cut_page
from jobs.store_rows import records
from jobs.store_search_theme_parts import ThemeParts
from jobs.store_search_theme_words import ThemeWords
from jobs.store_small_cells import blanked
from jobs.store_theme_queries import COUNTS, LISTED, MIX, TRENDS, WINDOW
from jobs.theme_filter import ALIVE, ALL, ThemeFilter, matches, order

Row = dict[str, Any]

WORKING = ("main_kind", "main_domain")
FLAGS = ("pinned", "muted")


class ThemeSearch:
    """Read queries over `theme` and the documents assigned to it. `small_cell` 0 hides nothing."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.parts = ThemeParts(db)
        self.words = ThemeWords(db)

    def page(
        self, wanted: ThemeFilter = ALL, *, small_cell: int = 0, limit: int = 50, cursor: str | None = None
    ) -> Page:
        """Themes with their numbers of the 28 days before the as-of day.

        `previous_reporters` counts the 28 days before those, `ratio` compares the two (None from zero),
        `share` is of the stream's unique documents, `stream_unique_documents`; `kinds` and `harm_domains` divide
        `unique_documents`; `size` counts the unique documents of all days up to the last run. `trend` holds
        reporters by day, oldest first. Mixes, sizes and trends are empty where cells may be suppressed.
        """
        rows = [row for row in self._rows(small_cell) if matches(row, wanted)]
        page = cut_page(rows, order(wanted.sort), limit=limit, cursor=cursor)
        return Page(self._shown(page.rows, small_cell), page.next_cursor, page.total)

    def tree(
        self, wanted: ThemeFilter = ALL, *, small_cell: int = 0, limit: int = 50, cursor: str | None = None
    ) -> Page:
        """The same with the wanted children `inside` their roll-up, which is there for their sake; `extra["themes"]`
        counts the themes that are wanted, `total` the rows that stand alone or hold others."""
        rows = self._rows(small_cell)
        rollups = {row["theme_id"] for row in rows if row["level"] == 1}
        chosen = [row for row in rows if matches(row, wanted)]
        inside: dict[str, list[Row]] = {}
        for row in sorted(chosen, key=order(wanted.sort), reverse=True):
            if row["parent_id"] in rollups:
                inside.setdefault(row["parent_id"], []).append(row)
        held = {row["theme_id"] for row in chosen if row["parent_id"] not in rollups} | set(inside)
        tops = [row for row in rows if row["theme_id"] in held]
        page = cut_page(tops, order(wanted.sort), limit=limit, cursor=cursor)
        shown = [{**row, "inside": inside.get(row["theme_id"], [])} for row in page.rows]
        with_trends = self._shown([one for row in shown for one in (row, *row["inside"])], small_cell)
        by_id = {row["theme_id"]: row for row in with_trends}
        filled = [
            {**by_id[row["theme_id"]], "inside": [by_id[one["theme_id"]] for one in row["inside"]]} for row in shown
        ]
        return Page(filled, page.next_cursor, page.total, {"themes": len(chosen)})

    def movers(self, *, small_cell: int = 0, limit: int = 6) -> list[Row]:
        """Living leaves that doubled or halved against the 28 days before, by reporters gained or lost."""
        rows = [
            row
            for row in self._rows(small_cell, mixed=False)
            if row["state"] in ALIVE and row["level"] == 0 and not row["suppressed"] and _moved(row)
        ]
        rows.sort(key=lambda row: (-abs(row["reporters"] - (row["previous_reporters"] or 0)), row["theme_id"]))
        return self._shown(rows[:limit], small_cell)

    def theme(self, theme_id: str, *, small_cell: int = 0, exemplars: bool = True) -> Row | None:
        """One theme with all about it, None if there is no such theme; without `exemplars` nothing of its texts."""
        found = [row for row in self._rows(small_cell, mixed=False) if row["theme_id"] == theme_id]
        if not found:
            return None
        theme = self._shown(found, small_cell)[0]
        return theme | self.parts.about(theme, small_cell=small_cell, texts=exemplars)

    def _rows(self, small_cell: int, *, mixed: bool = True) -> list[Row]:
        rows = records(self.db, LISTED, {**WINDOW, "small_cell": small_cell})
        mixes = self._mixes() if mixed and not small_cell else {}
        children: dict[str, int] = {}
        for row in rows:
            row |= mixes.get(row["theme_id"], {"kinds": [], "harm_domains": []})
            row |= {name: bool(row[name]) for name in FLAGS}
            if row["parent_id"] is not None and row["state"] in ALIVE:
                children[row["parent_id"]] = children.get(row["parent_id"], 0) + 1
            if small_cell:
                row |= {"size": None, "size_documents": None, "quality": _without(row["quality"], "documents")}
        # A suppressed roll-up would be the sum of its children.
        hidden = {row["theme_id"] for row in rows if row["suppressed"]}
        for row in rows:
            row["suppressed"] = row["suppressed"] or row["parent_id"] in hidden
        return [{**row, "children": children.get(row["theme_id"], 0)} for row in blanked(rows, COUNTS)]

    def _mixes(self) -> dict[str, dict[str, list[Row]]]:
        """Kinds and harm domains of every theme's recent unique documents, the largest part first."""
        sums: dict[str, dict[str, dict[str, int]]] = {}
        for row in records(self.db, MIX, WINDOW):
            of = sums.setdefault(row["theme_id"], {"kinds": {}, "harm_domains": {}})
            for name, value in (("kinds", row["kind"]), ("harm_domains", row["harm_domain"])):
                of[name][value or "unknown"] = of[name].get(value or "unknown", 0) + row["documents"]
        return {theme: {name: _parts(counts) for name, counts in of.items()} for theme, of in sums.items()}

    def _shown(self, rows: list[Row], small_cell: int) -> list[Row]:
        trends = {} if small_cell else self._trends([row["theme_id"] for row in rows])
        return [{**_without(row, *WORKING), "trend": trends.get(row["theme_id"], [])} for row in rows]

    def _trends(self, theme_ids: list[str]) -> dict[str, list[int]]:
        trends: dict[str, list[int]] = {}
        sql = TRENDS.format(marks=", ".join("?" * len(theme_ids)))
        for theme_id, reporters in self.db.execute(sql, theme_ids):
            trends.setdefault(theme_id, []).append(reporters)
        return trends


def _parts(counts: dict[str, int]) -> list[Row]:
    whole = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"value": value, "unique_documents": n, "share": n / whole} for value, n in ordered]


def _moved(row: Row) -> bool:
    if row["previous_reporters"] is None:
        return False
    return bool(
        row["reporters"] >= 2 * row["previous_reporters"] or row["previous_reporters"] >= 2 * row["reporters"]
    ) and bool(row["reporters"] or row["previous_reporters"])


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}
