"""A weekly report as Markdown, as one HTML page and as JSON; none leaves unless its numbers are the ledger's."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from jinja2 import Environment, pass_context
from markupsafe import Markup, escape

from jobs.digest_text import template_environment
from jobs.escapes import markdown, tame
from jobs.report_cells import Cells, Figure, Part, Said
from jobs.report_check import check, check_chart, page_text, written
from jobs.report_page import Page


@dataclass(slots=True)
class _Voice:
    """Writes parts into a text, and remembers what it wrote, in order."""

    escape: Callable[[str], str]
    said: list[Part] = field(default_factory=list)

    def __call__(self, parts: Said) -> str:
        self.said += parts
        return self.escape("".join(written(part) for part in parts))


class Checked(Protocol):
    """Whatever is written from parts: its texts are `Said`, and `cells` is the object that their numbers come from."""

    @property
    def cells(self) -> Cells:
        """Every number and every name of it."""


def fill_markdown(template: str, page: Checked) -> str:
    """A page in a template of Markdown, its texts by the filter `say`. Raises NumberNotInLedger."""
    voice = _Voice(_inline)
    text = _environment(voice, autoescape=False).get_template(template).render(page=page)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip() + "\n"
    check(text, voice.said, page.cells)
    return text


def fill_html(template: str, page: Checked, **given: str) -> str:
    """A page in a template of HTML, likewise; `given`: what else the template takes. Raises NumberNotInLedger."""
    voice = _Voice(lambda text: Markup(escape(tame(text))))
    text = _environment(voice, autoescape=True).get_template(template).render(page=page, **given)
    check(page_text(text), voice.said, page.cells)
    return text


def render_markdown(page: Page) -> str:
    """The report as Markdown. Raises NumberNotInLedger."""
    return fill_markdown("report.md.j2", page)


def render_html(page: Page, picture: str) -> str:
    """The report as one HTML page with its picture (SVG) inside. Raises NumberNotInLedger."""
    address = "data:image/svg+xml;base64," + b64encode(picture.encode()).decode("ascii")
    text = fill_html("report.html.j2", page, picture=address)
    check_chart(page.chart, page.cells)
    return text


def as_json(page: Page) -> dict[str, Any]:
    """The report as plain data: texts with the cells of their figures, and the cells. Raises NumberNotInLedger."""
    texts: list[Said] = []

    def told(said: Said) -> str:
        texts.append(said)
        return "".join(written(part) for part in said)

    body = {
        "title": told(page.title),
        "kind": page.kind,
        "week": page.week,
        "by": page.by,
        "as_of": page.as_of,
        "headline": told(page.headline),
        "lines": [
            {
                "key": line.key,
                "title": line.title,
                "text": told(line.said),
                "change": told(line.change),
                "confidence": line.word,
                "confidence_because": line.why,
                "owner": told((line.owner,)),
                "next_step": told(line.step),
                "figures": figures((*line.said, *line.change)),
            }
            for line in page.lines
        ],
        "slices": [{name: told(said) for name, said in row.items()} for row in page.slices],
        "notes": [told(said) for said in page.notes],
        "method": [told(said) for said in page.method],
        "chart": page.chart,
        "cells": {**page.cells.values},
        "derived": {**page.cells.formulas},
    }
    for said in texts:
        check("".join(written(part) for part in said), said, page.cells)
    check_chart(page.chart, page.cells)
    return body


def _inline(text: str) -> str:
    """Text inside a line of Markdown: our own words begin every line, so a number there begins no list."""
    return markdown(f"x {text}")[2:]


def figures(said: Said) -> list[dict[str, Any]]:
    """The figures of a text: as written, with their cell and its value."""
    return [{"shown": part.text, "cell": part.cell, "value": part.value} for part in said if isinstance(part, Figure)]


def _environment(voice: _Voice, *, autoescape: bool) -> Environment:
    environment = template_environment(autoescape=autoescape)
    # With the context, which it does not need, lest constants be written when the template is compiled, out of order.
    environment.filters["say"] = pass_context(lambda context, parts: voice(parts))
    return environment


__all__ = ["Cells", "as_json", "figures", "fill_html", "fill_markdown", "render_html", "render_markdown"]
