"""The weekly one-pager: read from the ledger, checked against it, written as Markdown, HTML or JSON."""

import json
from collections.abc import Callable
from pathlib import Path

from jobs.report_facts import Ask, NotInLedger
from jobs.report_page import Page, weekly
from jobs.report_text import as_json, render_html, render_markdown
from jobs.settings import Settings
from jobs.store import Store

__all__ = [
    "FORMATS",
    "Ask",
    "NotInLedger",
    "Page",
    "UnknownFormat",
    "as_html",
    "as_json",
    "form_of",
    "weekly",
    "written",
]


class UnknownFormat(ValueError):
    """A file whose name does not say how to write the report."""


def as_html(page: Page) -> str:
    """The report as one page with its chart inside. Raises `report_check.NumberNotInLedger`."""
    from jobs.report_charts import svg

    return render_html(page, svg(page.chart))


def _json(page: Page) -> str:
    return json.dumps(as_json(page), ensure_ascii=False, indent=2) + "\n"


FORMATS: dict[str, Callable[[Page], str]] = {"html": as_html, "md": render_markdown, "json": _json}
"""How a report is written, by the ending of the file."""


def form_of(path: Path) -> str:
    """The format that a file's name asks for. Raises UnknownFormat.

    >>> form_of(Path("report.HTML"))
    'html'
    """
    form = path.suffix.lower().lstrip(".")
    if form not in FORMATS:
        raise UnknownFormat(f"expected a file ending in {', '.join(FORMATS)}, got {path.name!r}; name it so")
    return form


def written(store: Store, settings: Settings, ask: Ask, *, form: str) -> str:
    """The report of `ask` in a format of `FORMATS`. Raises NotInLedger."""
    return FORMATS[form](weekly(store, settings, ask))
