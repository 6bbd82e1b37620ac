"""A digest's content as Markdown, plain text and HTML. Every number shown is one of the content's."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jobs.digest_lines import (
    FOUND_WRONG,
    KINDS,
    STATES,
    by_audit,
    customers,
    lead,
    many,
    number,
    scope,
    span,
    summary,
    title,
    week_line,
)
from jobs.escapes import file_name, markdown, tame
from jobs.message import with_images

TEMPLATES = Path(__file__).parent / "templates"
COLOURS = {"critical": "#b42318", "elevated": "#b25e09", "low": "#3b5bdb"}


def render_markdown(content: Mapping[str, Any]) -> str:
    """The digest as Markdown."""
    return _written(markdown, False, content)


def render_text(content: Mapping[str, Any]) -> str:
    """The digest as plain text, for mail and chat."""
    return _written(tame, True, content)


def render_html(content: Mapping[str, Any], charts: Mapping[str, bytes], *, inline: bool = True) -> str:
    """The digest as one HTML page; `charts`: PNG by alert_id.

    `inline`: images inside the page. Otherwise they are referred to as "cid:NAME", NAME from `image_name`.
    """
    page = _page().render(c=content, charts={name: image_name(name) for name in charts})
    return with_images(page, images(charts)) if inline else page


def images(charts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The charts under the names by which the page refers to them."""
    return {image_name(name): image for name, image in charts.items()}


def image_name(alert_id: str) -> str:
    """The name of an alert's chart in a page.

    >>> image_name("A0001")
    'chart-A0001'
    """
    return f"chart-{file_name(alert_id)}"


def matcher(fields: Mapping[str, Any]) -> str:
    """What a silence matches, as a person reads it.

    >>> matcher({"kind": "billing", "hazard": "low"})
    'hazard low, kind billing'
    """
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in sorted(fields.items()))


def holds(silence: Mapping[str, Any]) -> str:
    """What a silence keeps from being delivered now.

    >>> holds({"holds_back": 1}), holds({"holds_back": 0})
    ('holds back 1 alert now', 'holds back no alert now')
    """
    return f"holds back {many(silence['holds_back'], 'alert') if silence['holds_back'] else 'no alert'} now"


def _written(escape: Callable[[str], str], plain: bool, content: Mapping[str, Any]) -> str:
    text = _text(escape).render(c=content, plain=plain)
    lines = (line.rstrip() for line in text.splitlines())
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).rstrip() + "\n"


@cache
def _text(escape: Callable[[str], str]) -> Any:
    environment = template_environment(autoescape=False)
    environment.filters["t"] = escape
    return environment.get_template("digest.md.j2")


@cache
def _page() -> Any:
    environment = template_environment(autoescape=True)
    environment.filters["t"] = tame
    return environment.get_template("digest.html.j2")


def template_environment(*, autoescape: bool) -> Environment:
    """The templates of messages, with what they say of numbers and names."""
    loader = FileSystemLoader(TEMPLATES)
    environment = Environment(loader=loader, autoescape=autoescape, undefined=StrictUndefined)
    environment.globals.update(
        title=title,
        summary=summary,
        lead=lead,
        week_line=week_line,
        scope=scope,
        n=number,
        span=span,
        many=many,
        customers=customers,
        by_audit=by_audit,
        found_wrong=FOUND_WRONG,
        matcher=matcher,
        holds=holds,
        kinds=KINDS,
        state=STATES.get,
        colours=COLOURS,
    )
    return environment
