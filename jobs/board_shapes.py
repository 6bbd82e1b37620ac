"""The small pictures of the board as SVG coordinates: a rate by week with its interval, an interval on one scale."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import log10
from typing import Any

WIDTH, HEIGHT = 120, 30
ROOM = 1.2
"""The height is so many times the highest estimate: an interval far wider than the number runs off the top."""
LEAST, MOST = 0.01, 1000.0
"""Ends of the common scale of rates per 10,000, which is logarithmic: what is beyond stands at its end."""


def trend(points: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Polylines of the estimates and polygons of the intervals, one for each run of weeks that are known, oldest first.

    `points`: estimate, low, high, or none of them where the week cannot be told. `dots`: runs of a single week.

    >>> trend([{"estimate": 1.0, "low": 0.5, "high": 2.0}, {}, {"estimate": 1.0, "low": 1.0, "high": 1.0}])["dots"]
    [('1.0', '5.7'), ('119.0', '5.7')]
    """
    top = ROOM * max((point["estimate"] for point in points if point.get("estimate") is not None), default=0) or 1.0
    step = (WIDTH - 2) / max(len(points) - 1, 1)
    lines, bands, dots = [], [], []
    for known, run in groupby(enumerate(points), key=lambda one: one[1].get("estimate") is not None):
        if not known:
            continue
        placed = [(1 + place * step, point) for place, point in run]
        if len(placed) == 1:
            dots.append((f"{placed[0][0]:.1f}", f"{_height(placed[0][1]['estimate'], top):.1f}"))
            continue
        lines.append(_path([(x, _height(point["estimate"], top)) for x, point in placed]))
        above = [(x, _height(point["high"], top)) for x, point in placed]
        below = [(x, _height(point["low"], top)) for x, point in placed]
        bands.append(_path([*above, *reversed(below)]))
    return {"lines": lines, "bands": bands, "dots": dots}


def place(value: float) -> float:
    """Where a rate per 10,000 stands on the common scale, in percent of its width.

    >>> place(0.0), place(0.01), place(1000), place(1e6), place(10)
    (0.0, 0.0, 100.0, 100.0, 60.0)
    """
    held = min(max(value, LEAST), MOST)
    return round(100 * (log10(held) - log10(LEAST)) / (log10(MOST) - log10(LEAST)), 2)


def reach(ends: Mapping[str, float] | None) -> dict[str, float] | None:
    """An interval on the common scale: where it begins, how wide it is, where the estimate's mark begins; None of none.

    >>> reach({"low": 0.1, "estimate": 1.0, "high": 10.0})
    {'low': 20.0, 'width': 40.0, 'point': 39.3}
    """
    if ends is None:
        return None
    low, high = place(ends["low"]), place(ends["high"])
    return {"low": low, "width": round(max(high - low, 1.0), 2), "point": round(place(ends["estimate"]) - 0.7, 2)}


def _height(value: float, top: float) -> float:
    return 1 + (HEIGHT - 2) * (1 - min(value / top, 1.0))


def _path(corners: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
