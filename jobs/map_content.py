"""What the map of a workspace shows to whom: themes with their numbers, and documents without their words."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from jobs.charts import Spec
from jobs.store import Store
from jobs.store_rows import null
from jobs.theme_filter import ThemeFilter
from jobs.theme_map_chart import DOCUMENTS, map_chart

Row = dict[str, Any]

MOST_THEMES = 1_000
COLOURS = {"kind": "kind", "harm_domain": "harm domain", "rollup": "roll-up"}
"""What discs and points may be coloured by, and how that is said."""
MIXES = {"kind": "kinds", "harm_domain": "harm_domains"}
SHOWN = "theme_id name state stream parent_id parent_name reporters unique_documents hazard".split()


@dataclass(frozen=True, slots=True)
class ThemeMap:
    """The map of one stream. `themes`: SHOWN, x, y, kind, harm_domain; `points`: theme_id, kind, harm_domain, x, y,
    the newest documents; `hidden`: themes too small for the reader."""

    stream: str
    themes: list[Row]
    points: list[Row]
    hidden: int


def theme_map(store: Store, stream: str, *, small_cell: int, points: int) -> ThemeMap:
    """The living themes of a stream that are on the map, and at most so many documents.

    A theme of fewer customers than `small_cell` is not shown, nor then any document.
    """
    wanted = ThemeFilter(stream=stream, state="living", level=0)
    rows = store.search.themes.page(wanted, small_cell=small_cell, limit=MOST_THEMES).rows
    places = store.map.places(stream).set_index("theme_id")[["x", "y"]].to_dict("index")
    placed = [row for row in rows if row["theme_id"] in places]
    shown = [row for row in placed if not row["suppressed"]]
    themes = [
        {
            **{name: row[name] for name in SHOWN},
            **{name: _main(row[mix]) for name, mix in MIXES.items()},
            **places[row["theme_id"]],
        }
        for row in shown
    ]
    drawn = store.map.points(stream, most=points) if points and not small_cell else pd.DataFrame()
    spots = [{str(name): null(value) for name, value in row.items()} for row in drawn.to_dict("records")]
    return ThemeMap(stream, themes, spots, len(placed) - len(shown))


def map_spec(found: ThemeMap, *, colour: str, linked: bool) -> Spec:
    """The map as a chart; `colour` a key of COLOURS."""
    own = {"rollup": "parent_name"}.get(colour, colour)
    parents = {row["theme_id"]: row["parent_name"] for row in found.themes}
    bubbles = pd.DataFrame(
        [
            {
                **{name: row[name] for name in ("theme_id", "name", "x", "y", "state", "hazard")},
                "size": row["reporters"] or 0,
                DOCUMENTS: row["unique_documents"],
                "group": _said(row[own]),
                "href": f"/themes/{row['theme_id']}",
            }
            for row in found.themes
        ],
        columns=["theme_id", "name", "x", "y", "state", "hazard", "size", DOCUMENTS, "group", "href"],
    )
    points = pd.DataFrame(
        [
            {
                "x": row["x"],
                "y": row["y"],
                "group": _said(parents.get(row["theme_id"]) if colour == "rollup" else row[colour]),
            }
            for row in found.points
        ],
        columns=["x", "y", "group"],
    )
    return map_chart(
        bubbles,
        points,
        size="reporters, 28 days",
        group=COLOURS[colour],
        linked=linked,
    )


def _main(mix: list[Row]) -> str | None:
    return str(mix[0]["value"]) if mix else None


def _said(value: str | None) -> str | None:
    return value.replace("r_block", "r-block").replace("_", " ") if value else None
