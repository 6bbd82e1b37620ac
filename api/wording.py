"""How numbers, days and names are written on pages: Jinja filters, nothing that computes."""

from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any
from urllib.parse import unquote

from flask import Flask
from markupsafe import Markup, escape

from api.wording_board import BOARD_FILTERS
from api.wording_themes import THEME_FILTERS
from jobs.charts import sparkline
from jobs.store_delivery import values
from jobs.store_search_documents import HIT_END, HIT_START
from jobs.telling import corrections, tells
from jobs.triage_age import age
from topics.watch import watchlist_of

NONE = "–"
SEARCHABLE = ("kind", "harm_domain", "theme", "mitigation", "watch", "novel")


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


def span(low: float | None, high: float | None) -> str:
    """An interval; one without an upper end is open.

    >>> span(1.5, 4.123), span(8.67, float("inf")), span(None, 2)
    ('1.5 to 4.12', '8.67 or more', '0 to 2')
    """
    if high is None or not isfinite(high):
        return f"{short(low)} or more"
    return f"{'0' if low is None else short(low)} to {short(high)}"


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


def week(value: str, year: bool = True) -> str:
    """An ISO week by its Monday.

    >>> week("2026-W10"), week("2026-W10", False)
    ('2 Mar 2026', '2 Mar')
    """
    return day(date.fromisocalendar(int(value[:4]), int(value[6:]), 1).isoformat(), year)


def week_end(value: str, year: bool = True) -> str:
    """The last day of an ISO week.

    >>> week_end("2026-W10")
    '8 Mar 2026'
    """
    return day(date.fromisocalendar(int(value[:4]), int(value[6:]), 7).isoformat(), year)


def slice_label(key: str) -> str:
    """A slice as words; documents that do not say are unattributed.

    >>> slice_label("all"), slice_label("harm_domain=cyber&plan=a%26b"), slice_label("plan=(none)")
    ('all', 'harm domain cyber, plan a&b', 'plan unattributed')
    """
    if "=" not in key:
        return key
    parts = [part.partition("=") for part in key.split("&")]
    told = (
        f"{name.replace('_', ' ')} {'unattributed' if value == '(none)' else unquote(value)}"
        for name, _, value in parts
    )
    return ", ".join(told)


def revised(row: Mapping[str, Any]) -> str | None:
    """What was said of a week before, and is now; None where it was never revised.

    >>> said = [{"claimed_unique": 41, "claims_estimated": None, "reason": None}]
    >>> revised({"revisions": [*said, {"claimed_unique": 47, "claims_estimated": 50.2, "reason": "late arrivals"}]})
    'was 41, now 47 (late arrivals)'
    """
    told = row["revisions"] or []
    if len(told) < 2:
        return None
    first, last = told[0], told[-1]
    reasons = dict.fromkeys(one["reason"] for one in told if one["reason"])
    why = f" ({', '.join(reasons)})" if reasons else ""
    if first["claimed_unique"] != last["claimed_unique"]:
        return f"was {first['claimed_unique']:,}, now {last['claimed_unique']:,}{why}"
    if first["claims_estimated"] is None or last["claims_estimated"] is None:
        return None
    return f"estimate was {short(first['claims_estimated'])}, now {short(last['claims_estimated'])}{why}"


def named_customers(row: Mapping[str, Any]) -> str:
    """Distinct customers; where people wrote and none named a customer, that, for it is no nought.

    >>> named_customers({"customers": 0, "reporters": 18}), named_customers({"customers": 1200, "reporters": 2000})
    ('none named', '1,200')
    """
    return "none named" if row["customers"] == 0 and row["reporters"] else number(row["customers"])


def series_filters(series: str) -> dict[str, str]:
    """The document search behind a series; of an anomaly type only its stream, for documents have no such filter.

    >>> series_filters("feedback/kind=over_block&harm_domain=cyber")
    {'stream': 'feedback', 'kind': 'over_block', 'harm_domain': 'cyber'}
    >>> series_filters("feedback/unassigned")
    {'stream': 'feedback', 'theme': 'unassigned'}
    >>> series_filters("feedback/watch=sabotage&novel=yes")
    {'stream': 'feedback', 'watch': 'sabotage', 'novel': 'yes'}
    """
    stream, _, rest = series.partition("/")
    given = {name: value for name, value in values(series).items() if name in SEARCHABLE}
    return {"stream": stream, **given, **({"theme": "unassigned"} if rest == "unassigned" else {})}


def coverage_line(row: Mapping[str, Any]) -> str:
    """A coverage change as a sentence: what, when, and how many documents a day before and after.

    >>> told = {"dimension": "product", "value": "api", "type": "start", "evidence": {"before": 0.8, "after": 866.67}}
    >>> coverage_line({**told, "day_low": "2015-02-22", "day_high": "2015-02-22"})
    'starts on 22 Feb 2015: 0.8 documents a day before, then 867'
    """
    verb = {"gap": "is silent", "start": "starts", "stop": "stops"}.get(row["type"], row["type"])
    single = row["day_low"] == row["day_high"]
    when = f"on {day(row['day_low'])}" if single else f"from {day(row['day_low'])} to {day(row['day_high'])}"
    evidence = row["evidence"] or {}
    if evidence.get("before") is None or evidence.get("after") is None:
        return f"{verb} {when}"
    return f"{verb} {when}: {short(evidence['before'])} documents a day before, then {short(evidence['after'])}"


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


FILTERS = (
    age,
    number,
    short,
    span,
    percent,
    day,
    moment,
    week,
    week_end,
    label,
    marked,
    passages,
    sparkline,
    named_customers,
    slice_label,
    revised,
    series_filters,
    coverage_line,
    corrections,
    watchlist_of,
)


def register(app: Flask) -> None:
    """Make the filters known to templates."""
    for one in (*FILTERS, *THEME_FILTERS, *BOARD_FILTERS):
        app.jinja_env.filters[one.__name__] = one
    app.jinja_env.tests["telling"] = lambda row: tells(row["wrongful_estimated"], row["wrongful_high"])
