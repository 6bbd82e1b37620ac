"""Two small charts of a diagnosis as SVG: lines with their intervals over a score; numbers only."""

from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT = 420, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 10, 8, 26
COLOURS = ("#3b82f6", "#d97706")

Point = tuple[float, float, float, float]
"""x, y, and the ends of y's interval; y from 0 to 1."""


def lines(
    points: Sequence[Sequence[Point]], *, diagonal: bool = False, mark: float | None = None
) -> dict[str, Any] | None:
    """Where to draw each line, its interval as ground, ticks, the diagonal and an upright `mark`; None for no point."""
    every = [point for line in points for point in line]
    if not every:
        return None
    low, high = min(point[0] for point in every), max(point[0] for point in every)
    if diagonal and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / span, 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(max(value, 0.0), 1.0)), 1)

    drawn = []
    for colour, line in zip(COLOURS, points, strict=False):
        ground = [(x(at), y(bottom)) for at, _, bottom, _ in line] + [
            (x(at), y(top)) for at, _, _, top in reversed(line)
        ]
        path = [(x(at), y(value)) for at, value, _, _ in line]
        drawn.append({"colour": colour, "path": _text(path), "ground": _text(ground), "dots": path})
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "foot": HEIGHT - BOTTOM,
        "lines": drawn,
        "rows": [{"y": y(share), "text": f"{share:.0%}"} for share in (0.0, 0.25, 0.5, 0.75, 1.0)],
        "columns": [{"x": x(low + part * span), "text": f"{low + part * span:.3g}"} for part in (0.0, 0.5, 1.0)],
        "diagonal": [(x(0.0), y(0.0)), (x(1.0), y(1.0))] if diagonal and (low, high) == (0.0, 1.0) else None,
        "mark": x(mark) if mark is not None and low <= mark <= high else None,
    }


def _text(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
