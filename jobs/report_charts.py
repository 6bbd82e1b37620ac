"""The picture of a weekly report: claims by week beside claims by slice, as one specification."""

from typing import Any

import pandas as pd

from jobs.chart_layers import AMBER, BLUE, GREY, inline
from jobs.escapes import one_line
from jobs.report_cells import Cells
from jobs.report_facts import A_WEEK, Facts, Row, place_of
from jobs.report_words import slice_words

Spec = dict[str, Any]

MOST_SLICES = 8
LONGEST_NAME = 26
SIZES = {"weeks": 380, "slices": 190, "height": 150}
NUMBERS = "claims_estimated claims_low claims_high claimed_unique nowcast nowcast_low nowcast_high".split()


def report_chart(facts: Facts) -> Spec:
    """Claims by week with interval and nowcast, and by slice with interval; every number is a cell."""
    import altair as alt

    panels = [_weeks(facts)]
    if any(row["claimed_unique"] for row in facts.parts):
        panels.append(_slices(facts))
    spec: Spec = alt.hconcat(*panels, spacing=28).to_dict()
    spec.pop("config", None)
    return spec


def svg(spec: Spec) -> str:
    """The specification as an SVG image on white."""
    import vl_convert

    from jobs.charts import LIGHT

    return str(vl_convert.vegalite_to_svg(spec, config=LIGHT))


def _cells(cells: Cells, place: str) -> dict[str, Any]:
    return {name: cells.value(f"{place}/{name}") for name in NUMBERS}


def _weeks(facts: Facts) -> Any:
    import altair as alt

    rows = pd.DataFrame(
        [
            {"week": week, "short": week[5:], "over": not row["partial"], **_cells(facts.cells, f"{week}/all")}
            for week, row in facts.weeks.items()
        ]
    )
    base = alt.Chart(inline(rows)).encode(x=alt.X("short:O", title=None, sort=None, axis=alt.Axis(labelAngle=0)))
    over = base.transform_filter("datum.over")
    y: Any = alt.Y("claims_low:Q", title="a week")
    coming = base.transform_filter("isValid(datum.nowcast)")
    reported = base.transform_filter(f"datum.week == '{facts.week}'")
    layers = alt.layer(
        over.mark_area(color=BLUE, opacity=0.18).encode(y=y, y2="claims_high:Q"),
        over.mark_line(color=BLUE, strokeWidth=2).encode(y="claims_estimated:Q"),
        base.mark_tick(color=AMBER, thickness=2, width=12, orient="horizontal").encode(y="claimed_unique:Q"),
        coming.mark_rule(color=GREY).encode(y="nowcast_low:Q", y2="nowcast_high:Q"),
        coming.mark_point(color=GREY, size=36).encode(y="nowcast:Q"),
        reported.mark_circle(color=BLUE, size=70, opacity=1).encode(y="claims_estimated:Q"),
    )
    return layers.properties(width=SIZES["weeks"], height=SIZES["height"], title=_small("Claims a week"))


def _slices(facts: Facts) -> Any:
    import altair as alt

    shown = [row for row in facts.parts if row["claimed_unique"]][:MOST_SLICES]
    rows = pd.DataFrame(
        [
            {"slice": _cut(row, place)} | {name: facts.cells.value(f"{place_of(row)}/a week/{name}") for name in A_WEEK}
            for place, row in enumerate(shown)
        ]
    )
    base = alt.Chart(inline(rows)).encode(y=alt.Y("slice:N", title=None, sort=None))
    layers = alt.layer(
        base.mark_rule(color=BLUE, strokeWidth=2, opacity=0.5).encode(
            x=alt.X("claims_low:Q", title=None), x2="claims_high:Q"
        ),
        base.mark_circle(color=BLUE, size=60, opacity=1).encode(x="claims_estimated:Q"),
        base.mark_tick(color=AMBER, thickness=2, height=12).encode(x="claimed_unique:Q"),
    )
    return layers.properties(width=SIZES["slices"], height=SIZES["height"], title=_small("Claims a week, by slice"))


def _cut(row: Row, place: int) -> str:
    """A slice's name; names that are the same once they are cut stay different lines of the chart."""
    star = " *" if row["span"] > 1 else ""
    return one_line(slice_words(row["slice"]), most=LONGEST_NAME) + star + "\u2009" * place


def _small(text: str) -> Any:
    import altair as alt

    return alt.Title(text, fontSize=12)
