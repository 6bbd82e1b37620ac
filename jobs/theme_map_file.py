"""The map of a file's themes as a picture."""

from typing import Any

import numpy as np
import pandas as pd

from jobs.theme_file_fit import FileThemes
from jobs.theme_file_summary import Placed
from jobs.theme_map_chart import map_chart, map_png
from topics.map import laid_out, radii, scattered
from topics.standing import centroids

MOST_POINTS = 4_000
"""Documents drawn, evenly over the file."""


def draw(themes: FileThemes, placed: Placed, records: list[dict[str, Any]]) -> bytes:
    """Themes and documents of the file as PNG; `records` are those of the summary."""
    ids, middles = centroids(themes.prototypes)
    record = {one["id"]: one for one in records}
    signed = any("reporters" in one for one in records)
    measure = "reporters" if signed else "documents"
    sizes = np.array([record[one].get(measure, 0) for one in ids], dtype=np.int64)
    documents = np.array([record[one]["size"] for one in ids], dtype=np.int64)
    places = laid_out(middles, documents)
    groups = [record[one]["parent"] and record[record[one]["parent"]]["name"] for one in ids]
    bubbles = pd.DataFrame(
        {
            "theme_id": ids,
            "name": [record[one]["name"] for one in ids],
            "x": places[:, 0],
            "y": places[:, 1],
            "size": sizes,
            "group": np.array(groups, dtype=object),
        }
    )
    number = {one: row for row, one in enumerate(ids)}
    drawn = _evenly(np.flatnonzero(placed.vectors.any(axis=1)))
    own = np.array([number.get(placed.theme[row], -1) for row in drawn], dtype=np.int64)
    spots = scattered(placed.vectors[drawn], own, middles, places, radii(documents))
    points = pd.DataFrame(
        {
            "x": spots[:, 0],
            "y": spots[:, 1],
            "group": np.array([groups[row] if row >= 0 else None for row in own], dtype=object),
        }
    )
    return map_png(map_chart(bubbles, points, size=measure, group="roll-up", linked=False))


def _evenly(rows: np.ndarray) -> np.ndarray:
    if len(rows) <= MOST_POINTS:
        return rows
    return np.asarray(rows[np.arange(MOST_POINTS) * len(rows) // MOST_POINTS])
