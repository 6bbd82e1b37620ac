"""The layers charts are put together from: days, shades, lines, and rules for changes and releases."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

Rows = pd.DataFrame | Sequence[Mapping[str, Any]]

# Middle tones that keep their contrast on a white and on a dark page.
BLUE, GREY, RED, GREEN, AMBER, VIOLET = "#3b82f6", "#8b95a5", "#e5484d", "#2f9e6b", "#d9902f", "#9061d6"
DIRECTION_COLOURS = {"up": RED, "down": GREEN}
DAY = "%Y-%m-%d"
VOLUME_COLUMNS = ["day", "documents", "reporters", "expected", "completeness", "masked"]


def inline(rows: pd.DataFrame) -> Any:
    """Rows inside the specification, NaN as null and days as plain text, so that no zone moves them."""
    import altair as alt

    plain = rows.astype(object).where(rows.notna(), None)
    rows_out: list[Any] = plain.to_dict("records")
    return alt.InlineData(values=rows_out)


def volume_days(volume: Rows) -> pd.DataFrame:
    """VOLUME_COLUMNS with defaults, `day` and its `end` (the next day) as ISO text."""
    days = pd.DataFrame(volume, copy=True).reindex(columns=VOLUME_COLUMNS)
    start = pd.to_datetime(days["day"])
    days["day"], days["end"] = start.dt.strftime(DAY), (start + pd.Timedelta(days=1)).dt.strftime(DAY)
    days["completeness"] = days["completeness"].astype(float).fillna(1.0)
    days["masked"] = days["masked"].astype(float).fillna(0.0) > 0
    return days


def dated(rows: Rows, columns: Sequence[str]) -> pd.DataFrame:
    """Rows with these columns as ISO day text; the columns are there even where there is no row."""
    found = pd.DataFrame(rows, copy=True)
    found = found.reindex(columns=[*found.columns, *(name for name in columns if name not in found)])
    for name in columns:
        found[name] = pd.to_datetime(found[name]).dt.strftime(DAY)
    return found


def within(rows: pd.DataFrame, column: str, days: pd.DataFrame) -> pd.DataFrame:
    """The rows whose day is among the days drawn."""
    if days.empty or rows.empty:
        return rows.iloc[:0]
    return rows[rows[column].between(days["day"].min(), days["day"].max())]


def day_axis(column: str, ticks: Sequence[str] = ()) -> Any:
    """A horizontal axis of UTC days, labelled at `ticks` (ISO days) where they are given."""
    import altair as alt

    # Without the UTC scale a browser west of Greenwich would show the day before.
    days = [date.fromisoformat(tick) for tick in ticks]
    values = [alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True) for day in days]
    places: Any = {"values": values} if values else {"tickCount": 8}
    axis = alt.Axis(format="%-d %b", labelFlush=True, grid=False, **places)
    return alt.X(f"{column}:T", title=None, scale=alt.Scale(type="utc"), axis=axis)


def day_tooltip(column: str, title: str = "day") -> Any:
    """A UTC day in a tooltip."""
    import altair as alt

    return alt.Tooltip(f"{column}:N", title=title)


def number_tooltips(**columns: str) -> list[Any]:
    """Numbers in a tooltip, as title=column."""
    import altair as alt

    return [alt.Tooltip(f"{column}:Q", title=title, format=",.3~r") for title, column in columns.items()]


def shade(days: pd.DataFrame, meaning: str, colour: str, opacity: float) -> list[Any]:
    """Days with a coloured ground; none where there are no days."""
    import altair as alt

    if days.empty:
        return []
    chart = alt.Chart(inline(days.assign(meaning=meaning)[["day", "end", "meaning"]]))
    note = [alt.Tooltip("meaning:N", title="note"), day_tooltip("day")]
    return [chart.mark_rect(color=colour, opacity=opacity).encode(x=day_axis("day"), x2="end:T", tooltip=note)]


def volume_lines(days: pd.DataFrame) -> list[Any]:
    """All documents as ground, distinct reporters as line, expected reporters dashed."""
    import altair as alt

    base = alt.Chart(inline(days)).encode(x=day_axis("day"))
    tooltip = [
        day_tooltip("day"),
        *number_tooltips(reporters="reporters", documents="documents", expected="expected"),
    ]
    colour = alt.Color(
        "measure:N",
        title=None,
        scale=alt.Scale(domain=["reporters", "all documents"], range=[BLUE, GREY]),
        legend=alt.Legend(orient="top", direction="horizontal", symbolType="square", symbolOpacity=1, offset=4),
    )
    ground = base.transform_calculate(measure="'all documents'").mark_area(interpolate="step", opacity=0.3)
    line = base.transform_calculate(measure="'reporters'").mark_line(strokeWidth=1.8, strokeJoin="round")
    expected = base.mark_line(strokeDash=[4, 3], strokeWidth=1.2, color=GREY).encode(y="expected:Q")
    hover = base.mark_point(opacity=0, size=90).encode(y="reporters:Q", tooltip=tooltip)
    pair = alt.layer(
        ground.encode(y=alt.Y("documents:Q", title="a day"), color=colour),
        line.encode(y="reporters:Q", color=colour),
    )
    return [pair, *([expected] if days["expected"].notna().any() else []), hover]


def nowcasts(base: Any) -> list[Any]:
    """What the unique claims of incomplete weeks will come to, as a hollow diamond with its interval."""
    import altair as alt

    known = base.transform_filter("isValid(datum.nowcast)")
    tooltip = [
        alt.Tooltip("week:N"),
        *number_tooltips(**{"unique in the end": "nowcast", "low": "nowcast_low", "high": "nowcast_high"}),
    ]
    rule = known.mark_rule(color=AMBER, strokeDash=[2, 2], strokeWidth=1.5)
    point = known.mark_point(shape="diamond", size=90, color=AMBER, filled=False, strokeWidth=2)
    return [
        rule.encode(y="nowcast_low:Q", y2="nowcast_high:Q", tooltip=tooltip),
        point.encode(y="nowcast:Q", tooltip=tooltip),
    ]


def _ratio(ratio: float) -> str:
    """Two digits, and no exponent: ×0.45, ×12, ×208."""
    return f"×{ratio:,.0f}" if ratio >= 100 else f"×{ratio:.2g}"


def change_rules(changes: pd.DataFrame) -> list[Any]:
    """A rule on the day of each change, the interval of that day as ground, the ratio as label."""
    import altair as alt

    if changes.empty:
        return []
    label = [_ratio(ratio) if pd.notna(ratio) else "" for ratio in changes["ratio"]]
    rows = changes.assign(label=label)[["day", "day_low", "day_high", "direction", "label"]]
    base = alt.Chart(inline(rows))
    colour = alt.Color(
        "direction:N",
        legend=None,
        scale=alt.Scale(domain=list(DIRECTION_COLOURS), range=list(DIRECTION_COLOURS.values())),
    )
    tooltip = [
        day_tooltip("day", "change on"),
        day_tooltip("day_low", "earliest"),
        day_tooltip("day_high", "latest"),
        alt.Tooltip("direction:N"),
        alt.Tooltip("label:N", title="ratio"),
    ]
    ground = base.mark_rect(opacity=0.12).encode(x=day_axis("day_low"), x2="day_high:T", color=colour)
    rule = base.mark_rule(strokeWidth=2).encode(x=day_axis("day"), color=colour, tooltip=tooltip)
    text = base.mark_text(align="left", dx=4, y=26, fontWeight="bold", fontSize=11)
    return [ground, rule, text.encode(x=day_axis("day"), text="label:N", color=colour)]


def release_rules(releases: pd.DataFrame) -> list[Any]:
    """A dotted rule on the day of each release, with its version at the foot."""
    import altair as alt

    if releases.empty:
        return []
    names = releases.reindex(columns=["released_on", "mitigation_name", "version"])
    base = alt.Chart(inline(names))
    tooltip = [
        day_tooltip("released_on", "release on"),
        alt.Tooltip("mitigation_name:N", title="mitigation"),
        alt.Tooltip("version:N"),
    ]
    rule = base.mark_rule(strokeDash=[2, 3], strokeWidth=1.4, color=GREY)
    text = base.mark_text(align="right", dx=-4, y=12, fontSize=11, color=GREY)
    x = day_axis("released_on")
    return [rule.encode(x=x, tooltip=tooltip), text.encode(x=x, text="version:N", tooltip=tooltip)]


def lineage_rules(events: pd.DataFrame) -> list[Any]:
    """A dashed rule on the day of each event of a theme's lineage, with its word at the top."""
    import altair as alt

    if events.empty:
        return []
    base = alt.Chart(inline(events[["day", "event"]]))
    tooltip = [day_tooltip("day"), alt.Tooltip("event:N")]
    rule = base.mark_rule(strokeDash=[5, 3], strokeWidth=1.4, color=VIOLET)
    text = base.mark_text(align="right", dx=-4, y=40, fontSize=11, color=VIOLET)
    x = day_axis("day")
    return [rule.encode(x=x, tooltip=tooltip), text.encode(x=x, text="event:N", tooltip=tooltip)]
