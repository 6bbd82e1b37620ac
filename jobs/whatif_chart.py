"""Both errors' changes at each candidate threshold as bars with their intervals around nought; numbers only."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any

from jobs.whatif_words import number, unit

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 720, 60, 30, 10, 26
EACH = 44
SIDES = (("over_change", "benign ones acted on", "#3b82f6"), ("under_change", "harmful ones let through", "#d97706"))
MOST_TICKS = 6


def drawn(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where to draw the bars, the intervals' whiskers, nought and the ticks; None where no change can be told."""
    rows = [row for row in record["candidates"] if row["threshold"] != record["today"]["threshold"]]
    weekly = unit(record["today"]) == "per_week"
    bars = [_bars(row, weekly) for row in rows]
    values = [end for row in bars for bar in row for end in bar["ends"]]
    if not values:
        return None
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return float(round(LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / span, 1))

    foot = TOP + EACH * len(rows)
    return {
        "width": WIDTH,
        "height": foot + BOTTOM,
        "top": TOP,
        "foot": foot,
        "left": LEFT,
        "nought": x(0.0),
        "unit": "decisions a week" if weekly else "of 10,000 decisions",
        "sides": [{"title": title, "colour": colour} for _, title, colour in SIDES],
        "rows": [
            {"text": f"{row['threshold']:.4g}", "y": TOP + EACH * place + EACH / 2 + 4, "bars": _placed(bar, place, x)}
            for place, (row, bar) in enumerate(zip(rows, bars, strict=True))
        ],
        "ticks": [{"x": x(value), "text": _signed(value)} for value in _ticks(low, high)],
    }


def _bars(row: Mapping[str, Any], weekly: bool) -> list[dict[str, Any]]:
    """The told changes of a candidate, in the order of SIDES."""
    found = []
    for place, (name, _, colour) in enumerate(SIDES):
        keys = [f"{name}{end}_per_week" if weekly else f"{name}_per_10k{end}" for end in ("", "_low", "_high")]
        if row[keys[0]] is not None:
            found.append({"place": place, "colour": colour, "ends": [float(row[key]) for key in keys]})
    return found


def _placed(bars: Sequence[Mapping[str, Any]], place: int, x: Any) -> list[dict[str, Any]]:
    placed = []
    for bar in bars:
        value, low, high = (x(end) for end in bar["ends"])
        nought = x(0.0)
        y = TOP + EACH * place + 6 + 17 * bar["place"]
        placed.append(
            {
                "colour": bar["colour"],
                "x": min(value, nought),
                "length": round(abs(value - nought), 1),
                "y": y,
                "middle": y + 7,
                "low": low,
                "high": high,
            }
        )
    return placed


def _ticks(low: float, high: float) -> list[float]:
    """Round values from `low` to `high`, nought among them.

    >>> _ticks(-345.0, 2700.0)
    [0.0, 1000.0, 2000.0]
    """
    most = (high - low) / MOST_TICKS or 1.0
    power = 10.0 ** floor(log10(most))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= most)
    return [step * place for place in range(ceil(low / step), floor(high / step) + 1)]


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"
