"""The parts of a weekly report in their order: title, five lines, slices, notes, method, chart."""

from dataclasses import dataclass
from typing import Any

from jobs.bridge import versions
from jobs.report_cells import Cells, Said
from jobs.report_charts import report_chart
from jobs.report_confidence import confidence, flags_of
from jobs.report_facts import Ask, Facts, Row, audited, facts, interval, place_of
from jobs.report_lines import headline, lines
from jobs.report_said import Line, ratio, spanned
from jobs.report_words import ABOUT, KINDS, METHODS, slice_words
from jobs.settings import Settings
from jobs.store import Store
from mitigations.cells import monday

MOST_SLICES = 6


@dataclass(frozen=True, slots=True)
class Page:
    """A report before it is written: everything it says, in parts, and the ledger object they come from."""

    kind: str
    week: str
    by: str
    as_of: str
    title: Said
    subtitle: Said
    headline: Said
    lines: tuple[Line, ...]
    slices: tuple[dict[str, Said], ...]
    notes: tuple[Said, ...]
    method: tuple[Said, ...]
    legend: Said
    footnote: Said
    link: str
    chart: dict[str, Any]
    cells: Cells


def weekly(store: Store, settings: Settings, ask: Ask) -> Page:
    """The report of `ask` (kind, week, way of slicing, small cells). Raises `report_facts.NotInLedger`."""
    found = facts(store, settings, ask)
    cells = found.cells
    first = cells.name(f"{monday(found.week):%-d %B %Y}")
    title = (f"{KINDS[ask.kind]['title']} in the week of ", first)
    as_of = cells.name(found.as_of.replace("T", " ").removesuffix("Z")[:16] + " UTC")
    unfinished = " The week is not complete." if found.row["partial"] else ""
    subtitle = (found.name, ", ", cells.name(found.week), ", as of ", as_of, f".{unfinished}")
    return Page(
        kind=ask.kind,
        week=found.week,
        by=ask.by,
        as_of=found.as_of,
        title=title,
        subtitle=subtitle,
        headline=headline(found),
        lines=lines(found),
        slices=tuple(_slice(found, row) for row in _shown(found)),
        notes=tuple(_notes(found)),
        method=tuple(_method(found)),
        legend=_legend(),
        footnote=_footnote(found),
        link=f"{found.base_url}/weekly?kind={ask.kind}",
        chart=report_chart(found),
        cells=cells,
    )


def _shown(found: Facts) -> list[Row]:
    """The slices of the table: those with any report that may be shown."""
    return [row for row in found.parts if row["claimed_unique"]][:MOST_SLICES]


def _slice(found: Facts, row: Row) -> dict[str, Said]:
    cells, place = found.cells, place_of(row)
    wrong: Said = ("–",) if row["wrongful_estimated"] is None else ("cannot tell",)
    if audited(row) and row["wrongful_per_10k_requests"] is not None:
        wrong = spanned(found, place, "wrongful_per_10k_requests", "rate")
    return {
        "slice": (cells.name(slice_words(row["slice"])), *((" *",) if row["span"] > 1 else ())),
        "claims": spanned(found, place, "claims_estimated", "tally"),
        "reports": (cells.figure(f"{place}/claimed_unique", "whole"),),
        "customers": (cells.figure(f"{place}/customers", "whole"),),
        "change": ratio_short(found, row),
        "errors": wrong,
        "confidence": (confidence(interval(row, "claims_estimated"), flags_of(row))[0],),
        "owner": (found.owner(row["slice"]),),
    }


def ratio_short(found: Facts, row: Row) -> Said:
    """A slice's change for a table: the ratio with its interval, or that it cannot be told."""
    return ("cannot tell",) if row["change_4w"] is None else ratio(found, row)[:-1]


def _notes(found: Facts) -> list[Said]:
    """What else must be known of these weeks: that the classifier changed within them."""
    pair, cells = found.pair, found.cells
    if pair is None or not found.bridge:
        return []
    own = [row for row in found.bridge if row["week"] == found.week]
    since = cells.name(pair.since[:10])
    said: Said = ("The classifier changed (", cells.name(versions(pair), most=160), ", as of ", since, "). ")
    said = (*said, "All weeks here are counted anew by the one that serves, so that the change makes no trend.")
    if own and not own[0]["suppressed"]:
        place = f"bridge/{found.week}"
        before, after, both = (
            cells.figure(f"{place}/{name}", "whole") for name in ("unique_before", "unique_after", "both")
        )
        said = (
            *said,
            " Of the reports both have read, this week has ",
            before,
            " claims as the one before sorts them and ",
            after,
        )
        said = (*said, " as this one does, ", both, " of them the same.")
    return [said]


def _method(found: Facts) -> list[Said]:
    """The method note; of a suppressed total it is not said what corrected it."""
    texts = [*ABOUT, *([METHODS[found.row["method"]]] if found.row["method"] else [])]
    return [*((text,) for text in texts), _made(found)]


def _made(found: Facts) -> Said:
    cells = found.cells
    classifier, taxonomy = (cells.name(text) for text in found.versions)
    as_of = cells.name(found.as_of)
    return ("As of ", as_of, "; classifier ", classifier, ", taxonomy ", taxonomy, ".")


def _footnote(found: Facts) -> Said:
    long = any(row["span"] > 1 for row in _shown(found))
    return ("* over the four weeks to this one: a week alone holds too few",) if long else ()


def _legend() -> Said:
    return (
        "Blue: claims, corrected for the classifier's mistakes, with 95 % interval. Amber: different reports. Grey, "
        "hollow: reports expected once all have arrived.",
    )
