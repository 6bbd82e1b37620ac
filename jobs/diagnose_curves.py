"""Which charts a diagnosis has, from its record: errors by week and by threshold, calibration, what thresholds cost."""

from typing import Any

from jobs.diagnose_charts import Chart, Point, drawn
from jobs.evasion_chart import success

Record = dict[str, Any]

PER = 10_000.0
HEADROOM = 2.5
"""An axis ends at so many times the highest estimate: one week's wide interval must not flatten all others."""


def charts(record: Record) -> dict[str, Any]:
    """A drawing (None: nothing to draw) by name: over_block and under_block by week, calibration, errors, precision
    and cost by threshold."""
    thresholds = record["thresholds"]
    return {
        **{kind: drawn(_by_week(record["trend"], kind)) for kind in ("over_block", "under_block")},
        "calibration": drawn(Chart([_points(record["reliability"]["table"], "score", "observed")], diagonal=True)),
        "errors": drawn(_errors(thresholds, record["rates"][0])),
        "precision": drawn(_precision(thresholds, record["rates"][0])),
        "cost": drawn(_cost(thresholds)),
        "success": drawn(success(record.get("evasion"))),
    }


def _points(rows: list[Record], x: str, y: str, times: float = 1.0) -> list[Point]:
    return [
        (row[x], times * row[y], times * row[f"{y}_low"], times * row[f"{y}_high"])
        for row in rows
        if row[x] is not None and row.get(y) is not None
    ]


def _by_week(trend: list[Record], kind: str) -> Chart:
    """Wrong decisions of 10,000 by week; weeks that the log covers in part are left out."""
    whole = [{**row, "place": float(place)} for place, row in enumerate(trend) if not row["partial"]]
    points = _points(whole, "place", kind, PER)
    if len(points) < 2:
        return Chart([])
    names = (trend[int(points[0][0])]["slice"], trend[int(points[-1][0])]["slice"])
    return Chart([points], top=_top(points), share=False, names=names)


def _top(points: list[Point]) -> float:
    highest = max(point[1] for point in points)
    return min(max(point[3] for point in points), HEADROOM * highest) or max(point[3] for point in points) or 1.0


def _errors(thresholds: Record, today: Record) -> Chart:
    """Both error rates; today's stand at today's threshold."""
    lines = [_points(thresholds["points"], "threshold", name) for name in ("fpr", "fnr")]
    at = thresholds["today"][:1]
    points = [(at[0], today[name]) for name in ("fpr", "fnr") if at and today[name] is not None]
    best = (thresholds["cheapest"] or {}).get("threshold")
    return Chart(lines, marks=[*at, *([] if best is None else [best])], today=points if any(lines) else ())


def _precision(thresholds: Record, today: Record) -> Chart:
    """Precision over recall, one point a threshold; today's point."""
    points = sorted(_points(thresholds["points"], "recall", "precision"))
    known = today["recall"] is not None and today["precision"] is not None
    return Chart([points], today=[(today["recall"], today["precision"])] if known else ())


def _cost(thresholds: Record) -> Chart:
    """The cost of a thousand decisions by threshold; marks at today's threshold and at the cheapest."""
    points = _points(thresholds["points"], "threshold", "cost")
    best = (thresholds["cheapest"] or {}).get("threshold")
    marks = [*thresholds["today"][:1], *([] if best is None else [best])]
    return Chart([points], marks=marks, top=_top(points) if points else 1.0, share=False)
