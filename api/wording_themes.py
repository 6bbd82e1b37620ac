"""How themes are written on pages: Jinja filters, nothing that computes."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from jobs.theme_lineage import evidence
from jobs.theme_quality import name_check, readings

STANDING_OUT = 6
"""Segments of a theme shown at once: those whose share differs most from the stream's."""
THEME_ID = re.compile(r"(T\d{4,})")


def linked(text: str, names: Mapping[str, str]) -> Markup:
    """A text with the ids of these themes as links, everything else escaped."""
    parts = THEME_ID.split(text)
    return Markup("").join(
        Markup('<a href="{}">{}</a>').format(url_for("pages_findings.theme", theme_id=part), part)
        if part in names
        else escape(part)
        for part in parts
    )


def segments_of_bar(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parts of a mix as pieces of a bar of 100: value, share, start and width; those without a share left out.

    >>> [(piece["start"], piece["width"]) for piece in segments_of_bar([{"share": 0.25}, {"share": 0.5}])]
    [(0.0, 25.0), (25.0, 50.0)]
    """
    pieces, start = [], 0.0
    for part in parts:
        if part["share"] is not None:
            pieces.append({**part, "start": round(start, 2), "width": round(100 * part["share"], 2)})
            start += 100 * part["share"]
    return pieces


def next_monday(value: str) -> str:
    """The first day after an ISO week.

    >>> next_monday("2026-W10")
    '2026-03-09'
    """
    return (date.fromisocalendar(int(value[:4]), int(value[6:]), 1) + timedelta(days=7)).isoformat()


def by_difference(segments: Sequence[Mapping[str, Any]], most: int = STANDING_OUT) -> tuple[list[Any], list[Any]]:
    """The segments whose share differs most from that of the stream, and the others, both in their order.

    >>> by_difference([{"share": 0.5, "stream_share": 0.5}, {"share": 0.9, "stream_share": 0.1}], most=1)
    ([{'share': 0.9, 'stream_share': 0.1}], [{'share': 0.5, 'stream_share': 0.5}])
    """
    known = [place for place, row in enumerate(segments) if None not in (row["share"], row["stream_share"])]
    ranked = sorted(known, key=lambda place: -abs(segments[place]["share"] - segments[place]["stream_share"]))
    chosen = set(ranked[:most])
    kept = [row for place, row in enumerate(segments) if place in chosen]
    return kept, [row for place, row in enumerate(segments) if place not in chosen]


THEME_FILTERS = (by_difference, evidence, linked, name_check, next_monday, readings, segments_of_bar)
