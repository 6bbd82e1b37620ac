"""Charts as Vega-Lite specifications: drawn by the dashboard in the page and by digests as PNG."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from jobs.chart_layers import (
    AMBER,
    BLUE,
    GREY,
    Rows,
    change_rules,
    dated,
    day_axis,
    inline,
    lineage_rules,
    nowcasts,
    number_tooltips,
    release_rules,
    shade,
    volume_days,
    volume_lines,
    within,
)

Spec = dict[str, Any]

COMPLETE = 0.9
"""A day of which less than this share of reports has arrived is drawn as incomplete."""
MOST_LABELS = 18
LEDGER_COLUMNS = (
    "week span claimed_raw claimed_unique claims_estimated claims_low claims_high "
    "nowcast nowcast_low nowcast_high partial"
).split()
FONT = "Inter, 'Segoe UI', 'DejaVu Sans', sans-serif"
INK, GRID = "#566072", "#e6e9ee"
LIGHT: Spec = {
    "background": "#ffffff",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {"labelColor": INK, "titleColor": INK, "gridColor": GRID, "domain": False, "titleFontWeight": "normal"},
    "title": {"color": "#1b2330", "anchor": "start", "fontSize": 14, "fontWeight": 600},
    "legend": {"labelColor": INK, "titleColor": INK},
    "text": {"color": "#1b2330"},
}


def volume_chart(
    volume: Rows, changes: Rows, releases: Rows, title: str, lineage: Sequence[Mapping[str, Any]] = ()
) -> Spec:
    """Daily volume of one series with its changepoints and the releases in its time.

    `volume`: day (datetime64 or ISO text), documents, reporters; optionally expected, completeness, masked.
    `changes`: day, day_low, day_high, direction, ratio. `releases`: released_on, mitigation_name, version.
    `lineage`: happened_as_of, event; that a theme went on as it was is not drawn.
    Only what happened on days that are drawn is shown.
    """
    import altair as alt

    days = volume_days(volume)
    changes = dated(changes, ("day", "day_low", "day_high")) if len(changes) else pd.DataFrame({"day": []})
    releases = dated(releases, ("released_on",)) if len(releases) else pd.DataFrame({"released_on": []})
    turns = [{"day": row["happened_as_of"], "event": row["event"]} for row in lineage if row["event"] != "matched"]
    events = dated(turns, ("day",)) if turns else pd.DataFrame({"day": []})
    layers = [
        *shade(days[days["masked"]], "no data, or left out of detection", GREY, 0.25),
        *shade(days[days["completeness"] < COMPLETE], "reports still arriving", AMBER, 0.18),
        *volume_lines(days),
        *change_rules(within(changes, "day", days)),
        *release_rules(within(releases, "released_on", days)),
        *lineage_rules(within(events, "day", days)),
    ]
    return _finished(alt.layer(*layers).resolve_scale(color="independent"), title, height=240)


def weekly_chart(ledger: Rows, title: str = "") -> Spec:
    """Estimated claims by week with their interval, unique and all documents as ticks, incomplete weeks pale.

    Where a week is not complete, what its unique claims will come to is a diamond with its interval.
    `ledger`: LEDGER_COLUMNS, `week` as "2026-W10", numbers None or NaN where unknown or suppressed.
    """
    import altair as alt

    weeks = pd.DataFrame(ledger, copy=True).reindex(columns=LEDGER_COLUMNS)
    claims = "claims in four weeks" if (weeks["span"] == 4).any() else "claims a week"
    weeks["day"] = [date.fromisoformat(f"{week}-1").isoformat() for week in weeks["week"]]
    weeks["partial"] = weeks["partial"].astype(float).fillna(0.0) > 0
    mondays = sorted(set(weeks["day"]))[:: 1 + len(weeks) // MOST_LABELS]
    # Without an estimate the unique claims are the best there is; they then have no interval either.
    weeks["claims_estimated"] = weeks["claims_estimated"].astype(float).fillna(weeks["claimed_unique"].astype(float))
    base = alt.Chart(inline(weeks.sort_values("day"))).encode(x=day_axis("day", mondays))
    # An incomplete week is a point of its own: joined to the others it would read as a drop.
    arrived = base.transform_filter("!datum.partial")
    band = arrived.mark_area(color=BLUE, opacity=0.18)
    tick: Any = {"thickness": 2, "width": 14, "orient": "horizontal"}
    line = arrived.mark_line(color=BLUE, strokeWidth=2)
    shown = alt.condition("datum.partial", alt.value(0.4), alt.value(1))
    tooltip = [
        alt.Tooltip("week:N"),
        *number_tooltips(estimated="claims_estimated", low="claims_low", high="claims_high"),
        *number_tooltips(unique="claimed_unique", all="claimed_raw"),
        alt.Tooltip("partial:N", title="not complete"),
    ]
    # Lines through no point at all make the renderer complain, where no week is complete yet.
    whole = not weeks["partial"].all() and weeks["claims_low"].notna().any()
    ground = [band.encode(y=alt.Y("claims_low:Q", title=claims), y2="claims_high:Q")] if whole else []
    layers = alt.layer(
        *ground,
        base.mark_tick(color=GREY, opacity=0.5, **tick).encode(y=alt.Y("claimed_raw:Q", title=claims)),
        base.mark_tick(color=AMBER, **tick).encode(y="claimed_unique:Q", tooltip=tooltip),
        *([line.encode(y="claims_estimated:Q")] if whole else []),
        base.mark_circle(size=60, color=BLUE).encode(y="claims_estimated:Q", opacity=shown, tooltip=tooltip),
        *(nowcasts(base) if weeks["nowcast"].notna().any() else []),
    )
    return _finished(layers, title, height=260)


def sparkline(values: Sequence[float], *, width: int = 112, height: int = 26) -> str:
    """The points of an SVG polyline through the values, left to right; "" for fewer than two.

    >>> sparkline([0, 2, 1], width=12, height=6)
    '1.0,5.0 6.0,1.0 11.0,3.0'
    """
    if len(values) < 2:
        return ""
    top, step = max(*values, 1), (width - 2) / (len(values) - 1)
    points = enumerate(height - 1 - (height - 2) * value / top for value in values)
    return " ".join(f"{1 + place * step:.1f},{y:.1f}" for place, y in points)


def png(spec: Spec, *, width: int = 720, scale: float = 2.0) -> bytes:
    """The specification as a PNG image on white, `width` CSS pixels wide, for mail and print."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png({**spec, "width": width}, scale=scale, config=LIGHT))


def _finished(chart: Any, title: str, *, height: int) -> Spec:
    """The specification without configuration: page and mail each bring the one for their ground."""
    named = chart.properties(width="container", height=height, title=title, description=title or "Chart")
    spec: Spec = named.to_dict()
    spec.pop("config", None)
    return spec
