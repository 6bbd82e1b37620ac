"""The map of themes as a Vega-Lite specification: the same for the page and for a PNG."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from jobs.chart_layers import GREY, inline
from jobs.charts import Spec, png
from topics.map import HEIGHT as MAP_HEIGHT
from topics.map import WIDTH as MAP_WIDTH
from topics.map import radii
from topics.map_labels import label_places, wrapped

WIDTH = 1125
"""Pixels; fixed, because the labels were placed for it."""
UNIT = WIDTH / MAP_WIDTH
HEIGHT = int(MAP_HEIGHT * UNIT)
MOST_GROUPS = 10
DOCUMENTS = "unique documents"
OTHERS = "others"
# Middle tones that keep their contrast on a white and on a dark page.
PALETTE = (
    "#3b82f6", "#d9902f", "#2f9e6b", "#e5484d", "#8b5cf6", "#0ea5b7", "#c2559d", "#9a7b2c", "#5b7fa6", "#7fa650",
)  # fmt: skip


def map_chart(bubbles: pd.DataFrame, points: pd.DataFrame, *, size: str, group: str, linked: bool) -> Spec:
    """Themes as discs with names, documents as points below them; no point carries a text.

    `bubbles`: theme_id, name, x, y (map units), size (what `size` says), group (what `group` says, None for none);
    further columns are told in the tooltip. `points`: x, y, group. `linked`: a click on a disc opens the theme's page.
    """
    import altair as alt

    bubbles = _sized(bubbles)
    groups = _groups(bubbles)
    chart = alt.layer(
        *_points(points, groups, group), *_discs(bubbles, groups, size, group, linked=linked), *_names(bubbles)
    )
    made = chart.properties(width=WIDTH, height=HEIGHT, description=f"Map of {len(bubbles)} themes")
    spec: Spec = made.to_dict()
    spec.pop("config", None)
    return spec


def map_png(spec: Spec) -> bytes:
    """The map as a PNG image on white."""
    return png(spec, width=WIDTH)


def _sized(bubbles: pd.DataFrame) -> pd.DataFrame:
    """Largest first, with the radius and area of each disc in pixels and the place of its name."""
    found = bubbles.sort_values(["size", "theme_id"], ascending=[False, True], ignore_index=True)
    reach = radii(found["size"].to_numpy(dtype=np.int64)) * UNIT
    middles = np.column_stack([(found["x"] + MAP_WIDTH / 2) * UNIT, (MAP_HEIGHT / 2 - found["y"]) * UNIT])
    labels = [wrapped(str(name)) for name in found["name"]]
    spots = label_places(middles.astype(np.float64), reach, labels, width=WIDTH, height=HEIGHT)
    return found.assign(
        area=np.round(np.pi * reach**2, 1),
        label=labels,
        label_x=np.array([spot[0] / UNIT - MAP_WIDTH / 2 if spot else np.nan for spot in spots]),
        label_y=np.array([MAP_HEIGHT / 2 - spot[1] / UNIT if spot else np.nan for spot in spots]),
    )


def _groups(bubbles: pd.DataFrame) -> list[str]:
    """Groups that get a colour of their own, the largest, by their names: so a colour rarely changes its meaning."""
    sizes = bubbles.dropna(subset=["group"]).groupby("group")["size"].sum()
    return sorted(sorted(sizes.index, key=lambda one: (-int(sizes[one]), str(one)))[:MOST_GROUPS])


def _scale(groups: Sequence[str]) -> Any:
    import altair as alt

    return alt.Scale(domain=[*groups, OTHERS], range=[*PALETTE[: len(groups)], GREY])


def _colour(groups: Sequence[str], title: str) -> Any:
    import altair as alt

    shown = alt.Legend(orient="top", title=title, values=list(groups), columns=6, symbolType="circle", symbolOpacity=1)
    return alt.Color("shade:N", scale=_scale(groups), legend=shown if groups else None)


def _shaded(rows: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    return rows.assign(shade=rows["group"].where(rows["group"].isin(groups), OTHERS))


def _axes() -> dict[str, Any]:
    """The map's own units, without axes: they mean nothing."""
    import altair as alt

    return {
        name: kind(
            f"{name}:Q", axis=None, scale=alt.Scale(domain=[-whole / 2, whole / 2], nice=False, zero=False, clamp=True)
        )
        for name, kind, whole in (("x", alt.X, MAP_WIDTH), ("y", alt.Y, MAP_HEIGHT))
    }


def _points(points: pd.DataFrame, groups: Sequence[str], title: str) -> list[Any]:
    import altair as alt

    if points.empty:
        return []
    rows = _shaded(points[["x", "y", "group"]], groups)[["x", "y", "shade"]]
    base = alt.Chart(inline(rows)).mark_circle(size=9, opacity=0.4, aria=False)
    return [base.encode(**_axes(), color=_colour(groups, title))]


def _discs(bubbles: pd.DataFrame, groups: Sequence[str], size: str, group: str, *, linked: bool) -> list[Any]:
    import altair as alt

    if bubbles.empty:
        return []
    rows = _shaded(bubbles, groups).drop(columns=["label", "label_x", "label_y"])
    # What those hear who do not see the map.
    rows["told"] = [f"{name}: {count:,} {size}" for name, count in zip(rows["name"], rows["size"], strict=True)]
    told = [name for name in ("state", DOCUMENTS, "hazard") if name in rows and rows[name].notna().any()]
    tooltip = [
        alt.Tooltip("name:N", title="theme"),
        alt.Tooltip("theme_id:N", title="id"),
        alt.Tooltip("size:Q", title=size, format=","),
        *([alt.Tooltip("group:N", title=group)] if rows["group"].notna().any() else []),
        *(alt.Tooltip(f"{name}:{'Q' if name == DOCUMENTS else 'N'}") for name in told),
    ]
    link = {"href": alt.Href("href:N")} if linked else {}
    base = alt.Chart(inline(rows)).encode(
        **_axes(), size=alt.Size("area:Q", scale=None, legend=None), color=_colour(groups, group)
    )
    edge = base.mark_point(shape="circle", filled=False, strokeWidth=1.5, opacity=0.9, aria=False)
    disc = base.mark_circle(opacity=0.18, cursor="pointer" if linked else "default")
    return [edge, disc.encode(tooltip=tooltip, description=alt.Description("told:N"), **link)]


def _names(bubbles: pd.DataFrame) -> list[Any]:
    import altair as alt

    placed = bubbles[bubbles["label_x"].notna()]
    if placed.empty:
        return []
    rows = placed[["label", "label_x", "label_y"]].rename(columns={"label_x": "x", "label_y": "y"})
    base = alt.Chart(inline(rows)).mark_text(
        fontSize=11, fontWeight=600, lineBreak="\n", baseline="middle", align="center", lineHeight=13, aria=False
    )
    return [base.encode(**_axes(), text="label:N")]
