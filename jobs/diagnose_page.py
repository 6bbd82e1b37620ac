"""A diagnosis as HTML: one file that needs nothing else, and the same sections for the dashboard; words escaped."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jobs.cli_context import CONTROLS
from jobs.diagnose_curves import charts
from jobs.diagnose_words import MEANINGS, Record, per_10k, shown
from mitigations.error_rates import FIGURES

TEMPLATES = Path(__file__).parent / "templates"
TITLES = {"over_block": "Over-blocks", "under_block": "Under-blocks"}


def page(record: Record, *, name: str) -> str:
    """The page of a record of `jobs.diagnose.diagnosis`; `name`: of the file or the mitigation."""
    return _templates().get_template("diagnose.html.j2").render(name=name, **_given(record))


def sections(record: Record, *, documents_at: str, themes_at: str, decisions_at: str) -> str:
    """What the page shows below its heading, as HTML without scripts and styles: safe to put into another page.
    `documents_at` and so on: where documents, themes and decisions have their pages, such as /documents/."""
    template = _templates().get_template("diagnose_sections.html.j2")
    places = {"documents_at": documents_at, "themes_at": themes_at, "decisions_at": decisions_at}
    return template.render(**{**_given(record), **places})


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(TEMPLATES)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"say": say, "share": shown, "per_10k": per_10k, "count": _count, "digits": _digits}
    return environment


def _given(record: Record) -> Mapping[str, Any]:
    return {
        "record": record,
        "figures": FIGURES,
        "meanings": MEANINGS,
        "titles": TITLES,
        "charts": charts(record),
        "documents_at": "",
        "themes_at": "",
        "decisions_at": "",
    }


def say(text: Any) -> str:
    """The log's own words without what drives a terminal or turns text round; the template escapes the rest."""
    return CONTROLS.sub("", str(text))


def _count(value: Any) -> str:
    return "?" if value is None else f"{value:,.0f}"


def _digits(value: Any, digits: int = 3) -> str:
    return "?" if value is None else f"{value:.{digits}g}"
