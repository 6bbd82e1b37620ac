"""How the board's numbers and small pictures are written on pages: Jinja filters."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.board_shapes import reach
from jobs.board_shapes import trend as drawn
from jobs.brief_steps import first_sentence
from jobs.report_cells import rate

NONE = "–"


def signed(value: float | None) -> str:
    """A change with its sign, two significant digits at most.

    >>> signed(-1.234), signed(0.5), signed(-1e-7), signed(None)
    ('−1.2', '+0.5', '0', '–')
    """
    if value is None:
        return NONE
    told = rate(abs(value))
    return told if told == "0" else f"{'−' if value < 0 else '+'}{told}"


def rated(value: float | None) -> str:
    """A rate as reports write it: two significant digits, whole from ten on, nought below a thousandth.

    >>> rated(2.604), rated(1.03e-5), rated(None)
    ('2.6', '0', '–')
    """
    return NONE if value is None else rate(value)


def priced(cost: Any) -> str:
    """A cost with its reason, however it is kept.

    >>> priced("low: a setting"), priced({"cost": "low", "reason": "a setting"})
    ('low: a setting', 'low: a setting')
    """
    return ": ".join(str(part) for part in cost.values()) if isinstance(cost, Mapping) else str(cost or NONE)


def trend(points: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The polylines and polygons of a rate by week."""
    return drawn(points)


def bar(ends: Mapping[str, float] | None) -> dict[str, float] | None:
    """An interval on the common scale: low, width, point."""
    return reach(ends)


BOARD_FILTERS = (signed, rated, first_sentence, priced, trend, bar)
