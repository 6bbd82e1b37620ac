"""How numbers, days and names are written on pages: Jinja filters, nothing that computes."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from flask import Flask
from markupsafe import Markup, escape

from jobs.charts import sparkline
from jobs.store_search_documents import HIT_END, HIT_START

NONE = "–"


def number(value: float | int | None, digits: int = 0) -> str:
    """With thousands separated; a dash where there is none.

    >>> number(12345), number(2.714, 1), number(None)
    ('12,345', '2.7', '–')
    """
    return NONE if value is None else f"{value:,.{digits}f}"


def short(value: float | int | None) -> str:
    """Three significant digits at most below a thousand.

    >>> short(4.123), short(1234.5), short(0.00042), short(None)
    ('4.12', '1,234', '0.00042', '–')
    """
    if value is None:
        return NONE
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def percent(value: float | None, digits: int = 0) -> str:
    """A share as a percentage; one more digit below one percent.

    >>> percent(0.1657), percent(0.0052), percent(None)
    ('17 %', '0.5 %', '–')
    """
    if value is None:
        return NONE
    return f"{value:.{digits + (0 < value < 0.01)}%}".replace("%", " %")


def day(value: str | None, year: bool = True) -> str:
    """An ISO day or timestamp as a day.

    >>> day("2026-03-09T12:00:00Z"), day(None)
    ('9 Mar 2026', '–')
    """
    return NONE if not value else format(date.fromisoformat(value[:10]), "%-d %b %Y" if year else "%-d %b")


def moment(value: str | None) -> str:
    """An ISO timestamp to the minute, UTC.

    >>> moment("2026-03-09T12:04:59Z")
    '9 Mar 2026 12:04 UTC'
    """
    return NONE if not value else f"{datetime.fromisoformat(value):%-d %b %Y %H:%M} UTC"


def week(value: str) -> str:
    """An ISO week by its Monday.

    >>> week("2026-W10")
    '2 Mar 2026'
    """
    return f"{date.fromisocalendar(int(value[:4]), int(value[6:]), 1):%-d %b %Y}"


def week_filters(row: Mapping[str, Any]) -> dict[str, str] | None:
    """The document search behind a ledger row; None where a slice is of documents that do not say.

    >>> week_filters({"week": "2026-W10", "kind": "over_block", "slice": "harm_domain=cyber&plan=pro"})
    {'kind': 'over_block', 'from': '2026-03-02', 'to': '2026-03-09', 'harm_domain': 'cyber', 'segment.plan': 'pro'}
    """
    monday = date.fromisocalendar(int(row["week"][:4]), int(row["week"][6:]), 1)
    filters = {"kind": row["kind"], "from": monday.isoformat(), "to": (monday + timedelta(days=7)).isoformat()}
    for part in row["slice"].split("&") if row["slice"] != "all" else ():
        name, _, value = part.partition("=")
        if value == "(none)":
            return None
        filters[name if name in ("harm_domain", "mitigation", "source") else f"segment.{name}"] = unquote(value)
    return filters


def label(value: str | None) -> str:
    """An identifier as words.

    >>> label("over_block"), label("unknown_kind"), label(None)
    ('over-block', 'unknown kind', '–')
    """
    if not value:
        return NONE
    return value.replace("over_block", "over-block").replace("under_block", "under-block").replace("_", " ")


def marked(excerpt: str) -> Markup:
    """An excerpt with its hits marked: escaped first, marked after.

    >>> marked("a " + HIT_START + "<b>" + HIT_END)
    Markup('a <mark>&lt;b&gt;</mark>')
    """
    safe = str(escape(excerpt)).replace(HIT_START, "<mark>").replace(HIT_END, "</mark>")
    return Markup(safe) if safe.count("<mark>") == safe.count("</mark>") else escape(excerpt)


def passages(document: Mapping[str, Any]) -> list[dict[str, str | None]]:
    """The text cut at its spans: parts with `text`, `part` (boilerplate name or None) and `redaction`."""
    text: str = document["text"] or ""
    spans = [span for span in document["spans"] if 0 <= span["start"] < span["end"] <= len(text)]
    cuts = sorted({0, len(text), *(edge for span in spans for edge in (span["start"], span["end"]))})
    parts: list[dict[str, str | None]] = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        over = {span["type"]: span["name"] for span in spans if span["start"] <= start and end <= span["end"]}
        parts.append({"text": text[start:end], "part": over.get("boilerplate"), "redaction": over.get("redaction")})
    return parts


FILTERS = (number, short, percent, day, moment, week, week_filters, label, marked, passages, sparkline)


def register(app: Flask) -> None:
    """Make the filters known to templates."""
    for one in FILTERS:
        app.jinja_env.filters[one.__name__] = one
