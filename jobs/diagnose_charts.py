"""The small charts of a diagnosis as places in an SVG: lines with their intervals, and today's point; numbers only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 420, 240
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 8, 26
COLOURS = ("#3b82f6", "#d97706")
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)

Point = tuple[float, float, float, float]
"""x, y, and the ends of y's interval; y from 0 on."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What to draw: `lines` (a colour each, in order), the `diagonal` of a unit square, upright `marks` (dashed; x),
    `today`'s points (x, y), the `top` of the y axis (what is above is cut), whether y is a `share` (percent), and
    `names` of the ends of the x axis in place of numbers."""

    lines: Sequence[Sequence[Point]]
    diagonal: bool = False
    marks: Sequence[float] = ()
    today: Sequence[tuple[float, float]] = ()
    top: float = 1.0
    share: bool = True
    names: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to places."""

    low: float
    span: float
    top: float

    def x(self, value: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (value - self.low) / self.span, 1)

    def y(self, value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(max(value / self.top, 0.0), 1.0)), 1)


def drawn(chart: Chart) -> dict[str, Any] | None:
    """Where everything is in a picture of WIDTH by HEIGHT; None without a point."""
    every = [point[0] for line in chart.lines for point in line] + [x for x, _ in chart.today]
    if not any(chart.lines):
        return None
    low, high = min(every), max(every)
    if chart.diagonal and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    scale = _Scale(low, (high - low) or 1.0, chart.top or 1.0)
    corner = (scale.x(1.0), scale.y(1.0))
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "foot": HEIGHT - BOTTOM,
        "lines": [_line(scale, line, colour) for line, colour in zip(chart.lines, COLOURS, strict=False)],
        "rows": [{"y": scale.y(part * scale.top), "text": _tick(part * scale.top, chart)} for part in TICKS],
        "columns": _columns(scale, chart, low),
        "diagonal": [(scale.x(0.0), scale.y(0.0)), corner] if chart.diagonal and (low, high) == (0.0, 1.0) else None,
        "marks": [scale.x(mark) for mark in chart.marks if low <= mark <= high],
        "today": [(scale.x(x), scale.y(y)) for x, y in chart.today],
    }


def _line(scale: _Scale, line: Sequence[Point], colour: str) -> dict[str, Any]:
    ground = [(scale.x(at), scale.y(bottom)) for at, _, bottom, _ in line]
    ground += [(scale.x(at), scale.y(top)) for at, _, _, top in reversed(line)]
    path = [(scale.x(at), scale.y(value)) for at, value, _, _ in line]
    return {"colour": colour, "path": _text(path), "ground": _text(ground), "dots": path}


def _columns(scale: _Scale, chart: Chart, low: float) -> list[dict[str, Any]]:
    ends = [(part, f"{low + part * scale.span:.3g}") for part in (0.0, 0.5, 1.0)]
    if chart.names is not None:
        ends = [(0.0, chart.names[0]), (1.0, chart.names[1])]
    anchors = {0.0: "start", 1.0: "end"}
    return [
        {"x": scale.x(low + part * scale.span), "text": text, "anchor": anchors.get(part, "middle")}
        for part, text in ends
    ]


def _tick(value: float, chart: Chart) -> str:
    if chart.share and chart.top == 1.0:
        return f"{value:.0%}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _text(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
